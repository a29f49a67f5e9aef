# SPDX-License-Identifier: EUPL-1.2
"""Two calendar clients of one organiser, the web page, somebody invited and who approves, in any order: all see the
same booking in the end, and no edit is lost without its author being told (412).

A model keeps what was wished for and what stands. Clients edit what they last read, as programs do, and keep their
calendars by sync; the web page always edits what is there.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import factories
from tests.api.caller import Caller
from tests.bookings.wishes import at, wish
from tests.integrations.caldav.client import CalendarClient
from tests.integrations.caldav.objects import calendar, stamp
from vconf.bookings.approvals import decide
from vconf.bookings.models import Approval, Booking
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, change
from vconf.integrations.caldav import paths

#: somebody else has the room then, so it is never to be had
TAKEN = 12
FREE = (8, 10, 14, 16)
NAMES = ("one.ics", "two.ics")
ORGANISER, INVITED = "anna@im.mv.example", "bernd@im.mv.example"


@dataclass(frozen=True)
class Fields:
    """What an organiser can say of a meeting; the colour is their own."""

    title: str
    hour: int
    colour: str = ""


@dataclass
class Meeting:
    """stands: what is booked. wished: what was refused and is shown to the organiser instead. edits: how often an
    organiser changed anything.
    """

    uid: str
    stands: Fields
    wished: Fields | None = None
    partstat: str = "NEEDS-ACTION"
    edits: int = 0

    @property
    def shown(self) -> Fields:
        return self.wished or self.stands

    @property
    def is_refused(self) -> bool:
        return self.wished is not None


@dataclass
class Cached:
    """What a client has read, and how many edits there had been by then."""

    etag: str
    fields: Fields
    edits: int


@dataclass
class Device:
    client: CalendarClient
    cached: dict[str, Cached] = field(default_factory=dict)
    token: str = ""
    #: name -> ETag, kept by sync alone
    mirror: dict[str, str] = field(default_factory=dict)


def read(octets: bytes) -> tuple[Fields, str, str]:
    """Fields, the room's PARTSTAT and that of who is invited."""
    text = octets.decode().replace("\r\n ", "")

    def one(pattern: str) -> str:
        found = re.search(pattern, text, re.MULTILINE)
        return "" if found is None else found[1]

    start = one(r"^DTSTART;TZID=Europe/Berlin:(\S+)\r$")
    (hour,) = [hour for hour in (*FREE, TAKEN) if stamp(at(hour)) == start]
    fields = Fields(one(r"^SUMMARY:(.*)\r$"), hour, one(r"^COLOR:(.*)\r$"))
    room = re.search(r"^ATTENDEE;.*CUTYPE=ROOM.*$", text, re.MULTILINE)
    assert room is not None
    partstat = re.search(r"PARTSTAT=([A-Z-]+)", room[0])
    bernd = re.search(rf"^ATTENDEE;.*PARTSTAT=([A-Z-]+).*{INVITED}\r$", text, re.MULTILINE)
    assert partstat is not None and bernd is not None
    return fields, partstat[1], bernd[1]


class Doors(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.scene = factories.world(approval="always")
        factories.room_class(self.scene.land, "Frei")
        self.anna, self.bernd = factories.actor(self.scene.anna), factories.actor(self.scene.bernd)
        taken = book(wish(TAKEN, room_id=self.scene.small.id, title="Andere"), actor=self.bernd)
        decide(taken.approvals.get().id, approve=True, actor=factories.actor(self.scene.chief))
        self.home = paths.bookings(self.scene.anna.id)
        self.devices = [Device(CalendarClient(self.scene.anna)) for _ in range(2)]
        self.reader = CalendarClient(self.scene.anna)
        self.guest = CalendarClient(self.scene.bernd)
        self.caller = Caller(self.scene.anna)
        self.meetings: dict[str, Meeting] = {}
        self.count = 0

    def teardown(self) -> None:
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    # --- what people do ---------------------------------------------------------------------------------

    @precondition(lambda self: len(self.meetings) < len(NAMES))
    @rule(device=st.integers(0, 1), name=st.sampled_from(NAMES), hour=st.sampled_from(FREE))
    def make(self, device: int, name: str, hour: int) -> None:
        uid = f"meeting-{self.next()}"
        fields = Fields(f"Neu {self.count}", hour)
        answer = self.put(self.devices[device], name, uid, fields, If_None_Match="*")
        clash = {other.stands.hour for other in self.meetings.values()}
        if name in self.meetings:
            assert answer.status_code == 412
        elif hour in clash:
            assert answer.status_code == 201
            # refused from the beginning: taken away again, as what nobody sees is tested elsewhere
            assert self.reader.dav("DELETE", self.home + name).status_code == 204
        else:
            assert answer.status_code == 201
            self.meetings[name] = Meeting(uid, fields)
            self.fetch(self.devices[device], name)

    @precondition(lambda self: self.meetings)
    @rule(data=st.data())
    def look(self, data: st.DataObject) -> None:
        """Both read the same, so that both may come to edit it."""
        name = data.draw(st.sampled_from(sorted(self.meetings)))
        for device in self.devices:
            self.fetch(device, name)

    @precondition(lambda self: any(one.cached for one in self.devices))
    @rule(
        device=st.integers(0, 1),
        data=st.data(),
        what=st.sampled_from(["title", "hour", "colour"]),
        hour=st.sampled_from([*FREE, TAKEN]),
    )
    def edit(self, device: int, data: st.DataObject, what: str, hour: int) -> None:
        """What was read last is changed and sent back, as clients do it, with the ETag that was read."""
        here = self.devices[device]
        if not here.cached:
            here = self.devices[1 - device]
        name = data.draw(st.sampled_from(sorted(here.cached)))
        cached, meeting = here.cached[name], self.meetings.get(name)
        value: Any = hour if what == "hour" else f"{what}{self.next()}"
        fields = replace(cached.fields, **{what: value})
        uid = "gone" if meeting is None else meeting.uid
        answer = self.put(here, name, uid, fields, If_Match=cached.etag)
        if meeting is None or cached.edits != meeting.edits:
            assert answer.status_code == 412, "an edit of somebody else was overwritten"
            del here.cached[name]
            return
        assert answer.status_code == 204, "nobody had edited it, and still it was a conflict"
        self.edited(name, meeting, fields)
        self.fetch(here, name)

    @precondition(lambda self: any(one.cached for one in self.devices))
    @rule(device=st.integers(0, 1), data=st.data(), really=st.integers(0, 3))
    def remove(self, device: int, data: st.DataObject, really: int) -> None:
        here = self.devices[device]
        if not here.cached or really:
            return
        name = data.draw(st.sampled_from(sorted(here.cached)))
        cached, meeting = here.cached.pop(name), self.meetings.get(name)
        answer = here.client.dav("DELETE", self.home + name, If_Match=cached.etag)
        if meeting is None:
            assert answer.status_code == 404
        elif cached.edits != meeting.edits:
            assert answer.status_code == 412
        else:
            assert answer.status_code == 204
            del self.meetings[name]

    @precondition(lambda self: self.meetings)
    @rule(data=st.data(), hour=st.sampled_from([None, *FREE]))
    def edit_on_the_web(self, data: st.DataObject, hour: int | None) -> None:
        name = data.draw(st.sampled_from(sorted(self.meetings)))
        meeting = self.meetings[name]
        if hour is not None and self.is_taken(name, hour):
            return
        fields = replace(meeting.stands, title=f"Web {self.next()}", colour=meeting.shown.colour)
        request = ChangeRequest(title=fields.title)
        if hour is not None:
            fields = replace(fields, hour=hour)
            request = ChangeRequest(title=fields.title, starts_local=at(hour))
        change(self.booking(meeting).id, request, actor=self.anna)
        self.edited(name, meeting, fields)

    @precondition(lambda self: self.meetings)
    @rule(data=st.data(), partstat=st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE"]))
    def answer(self, data: st.DataObject, partstat: str) -> None:
        """Whoever is invited sends their copy back."""
        meeting = self.meetings[data.draw(st.sampled_from(sorted(self.meetings)))]
        path = f"{paths.bookings(self.scene.bernd.id)}{self.booking(meeting).id}.ics"
        found = self.guest.dav("GET", path)
        if found.status_code == 404:
            return
        text = re.sub(
            rb"(ATTENDEE;[^:]*PARTSTAT=)[A-Z-]+([^:]*:mailto:bernd)",
            rb"\g<1>" + partstat.encode() + rb"\2",
            found.content.replace(b"\r\n ", b""),
        )
        sent = self.guest.dav("PUT", path, text, Content_Type="text/calendar", If_Match=found["ETag"])
        assert sent.status_code == 204, sent.content
        meeting.partstat = partstat

    @rule()
    def approve(self) -> None:
        for approval in Approval.objects.filter(state="asked"):
            decide(approval.id, approve=True, actor=factories.actor(self.scene.chief))

    @rule(device=st.integers(0, 1))
    def sync(self, device: int) -> None:
        here = self.devices[device]
        body = (
            '<D:sync-collection xmlns:D="DAV:"><D:sync-token>'
            f"{here.token}</D:sync-token><D:sync-level>1</D:sync-level>"
            "<D:prop><D:getetag/></D:prop></D:sync-collection>"
        )
        found = here.client.report(self.home, body)
        for href, response in found.items():
            if response.status == "404":
                here.mirror.pop(href, None)
            else:
                here.mirror[href] = response.text("D:getetag")
        here.token = found.token
        there = here.client.propfind(self.home, "D:getetag", depth="1")
        assert here.mirror == {
            href: response.text("D:getetag") for href, response in there.items() if href != self.home
        }

    # --- what is true at any time -------------------------------------------------------------------------

    @invariant()
    def every_door_shows_the_same(self) -> None:
        for name, meeting in getattr(self, "meetings", {}).items():
            found = self.reader.dav("GET", self.home + name)
            fields, room, invited = read(found.content)
            assert fields == meeting.shown
            assert (room == "DECLINED") == meeting.is_refused
            assert invited == meeting.partstat
            booking = self.booking(meeting)
            (date,) = booking.occurrences.exclude(state="cancelled")
            assert (booking.title, booking.starts_local) == (
                meeting.stands.title,
                at(meeting.stands.hour).isoformat(),
            )
            assert (date.state == "held") <= meeting.is_refused
            told = self.caller.get(f"bookings/{booking.id}").json()
            assert told["title"] == meeting.stands.title
            copy = self.guest.dav("GET", f"{paths.bookings(self.scene.bernd.id)}{booking.id}.ics")
            if copy.status_code == 200:
                seen, _, own = read(copy.content)
                assert (seen.title, seen.hour, own) == (
                    meeting.stands.title,
                    meeting.stands.hour,
                    meeting.partstat,
                )
                assert seen.colour == ""

    # --- how --------------------------------------------------------------------------------------------------

    def next(self) -> int:
        self.count += 1
        return self.count

    def booking(self, meeting: Meeting) -> Booking:
        return Booking.objects.get(uid=meeting.uid, cancelled_at=None)

    def is_taken(self, name: str, hour: int) -> bool:
        """By others: also where one wished to be elsewhere, for what one has stays held."""
        return hour == TAKEN or any(
            other.stands.hour == hour for key, other in self.meetings.items() if key != name
        )

    def edited(self, name: str, meeting: Meeting, fields: Fields) -> None:
        """The same once more is no edit; what cannot be had is wished for; all else is so now."""
        if fields == meeting.shown and not meeting.is_refused:
            return
        meeting.edits += 1
        if self.is_taken(name, fields.hour):
            meeting.wished = fields
            return
        if fields.hour != meeting.stands.hour:
            meeting.partstat = "NEEDS-ACTION"
        meeting.stands, meeting.wished = fields, None

    def fetch(self, device: Device, name: str) -> None:
        found = device.client.dav("GET", self.home + name)
        fields, _, _ = read(found.content)
        device.cached[name] = Cached(found["ETag"], fields, self.meetings[name].edits)

    def put(self, device: Device, name: str, uid: str, fields: Fields, **conditions: str) -> Any:
        start = at(fields.hour)
        event = [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART;TZID=Europe/Berlin:{stamp(start)}",
            f"DTEND;TZID=Europe/Berlin:{stamp(start + timedelta(hours=1))}",
            f"SUMMARY:{fields.title}",
            f"ORGANIZER:mailto:{ORGANISER}",
            f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{INVITED}",
            f"ATTENDEE;CUTYPE=ROOM:mailto:{self.scene.small.address}",
            *([f"COLOR:{fields.colour}"] if fields.colour else []),
            "END:VEVENT",
        ]
        return device.client.dav(
            "PUT", self.home + name, calendar(event), Content_Type="text/calendar", **conditions
        )


EXAMPLES = int(os.environ.get("VCONF_TEST_EXAMPLES", "12"))
PROFILE = settings(
    max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.django_db
@pytest.mark.engine
def test_doors_against_the_model():
    run_state_machine_as_test(Doors, settings=PROFILE)
