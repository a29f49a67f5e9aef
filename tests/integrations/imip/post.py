# SPDX-License-Identifier: EUPL-1.2
"""Mails of organisers and of people invited, as they reach `inbound`: read, judged, one after the other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from tests.bookings.wishes import at
from tests.integrations.caldav.objects import stamp
from vconf.bookings.models import OCCUPYING, Occurrence
from vconf.integrations.imip.inbound import handle, out_of_question
from vconf.integrations.imip.models import IncomingMail
from vconf.integrations.imip.shapes import Outcome, ReadMail, Trust

ANNA, BERND, CLARA = "anna@im.mv.example", "bernd@im.mv.example", "clara@fm.mv.example"
SMALL, BIG, SHARED = (f"{name}@raum.mv.example" for name in ("beratung", "grosser-saal", "offener-raum"))
ANY = "raum@raum.mv.example"
#: whom the usual invitation names
PEOPLE = (BERND, SMALL, ANNA)
ZONE = "Europe/Berlin"
OUTLOOK = "-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN"
#: when the first mail of a test was written
SENT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def utc(at_: datetime) -> str:
    return f"{at_:%Y%m%dT%H%M%SZ}"


def event(
    *lines: str,
    uid: str = "m",
    hour: float = 10,
    day: int = 0,
    hours: float = 1,
    summary: str = "Lagebesprechung",
    sequence: int = 0,
    sent: int = 0,
    organiser: str = ANNA,
    to: Sequence[str] = (SMALL,),
    of: int | None = None,
    zone: str = ZONE,
) -> list[str]:
    """A VEVENT at an hour of the test day. sent: minutes after the first mail (DTSTAMP). of: it is about the date that
    the rule has so many days after the first, at 10.
    """
    start = at(hour, day=day)
    recurrence = [] if of is None else [f"RECURRENCE-ID;TZID={zone}:{stamp(at(10, day=of))}"]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{utc(SENT + timedelta(minutes=sent))}",
        f"SEQUENCE:{sequence}",
        *recurrence,
        f"DTSTART;TZID={zone}:{stamp(start)}",
        f"DTEND;TZID={zone}:{stamp(start + timedelta(hours=hours))}",
        f"SUMMARY:{summary}",
        *([f"ORGANIZER;CN=Anna Amsel:mailto:{organiser}"] if organiser else []),
        *(f"ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:{address}" for address in to),
        *lines,
        "END:VEVENT",
    ]


def calendar(method: str, *events: Sequence[str], product: str = "-//somebody//client//EN") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{product}", f"METHOD:{method}"]
    for one in events:
        lines += one
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


@dataclass(frozen=True)
class Sent:
    """A mail on its way. by: From, which our gateway vouches for unless `believed` says otherwise. rooms: RCPT TO.
    name: what stands in Message-ID, if that matters.
    """

    text: bytes
    by: str = ANNA
    rooms: Sequence[str] = (SMALL,)
    believed: bool = True
    method: str = ""
    name: str = ""


@dataclass
class Post:
    """Hands mails over one by one. What came too early is tried again after each that was done, or told something of
    old, as the intake does.
    """

    early: list[Sent] = field(default_factory=list)

    def bring(self, sent: Sent) -> Outcome:
        outcome = self._hand_over(sent)
        if outcome.state == "early":
            self.early.append(sent)
        elif outcome.state == "done" or outcome.code == "superseded":
            waiting, self.early = self.early, []
            for one in waiting:
                if self._hand_over(one).state == "early":
                    self.early.append(one)
        return outcome

    def _hand_over(self, sent: Sent) -> Outcome:
        number = next(_numbers)
        with transaction.atomic():
            mail = IncomingMail.objects.create(
                channel="lmtp", sender=sent.by, recipients=list(sent.rooms), size=1, digest=f"{number:064}"
            )
            read = ReadMail(
                kind="itip",
                calendar=sent.text,
                method=sent.text.partition(b"METHOD:")[2].partition(b"\r")[0].decode(),
                method_param=sent.method,
                from_address=sent.by,
                message_id=f"<{sent.name or number}@mail.example>",
            )
            trust = Trust(sent.believed, sent.by, "")
            return out_of_question(read) or handle(mail, read, trust, now=timezone.now())


def request(*lines: str, by: str = ANNA, product: str = "-//somebody//client//EN", **fields: object) -> Sent:
    """One event that invites rooms: those in `to` at raum.mv.example are who gets the mail."""
    to = fields.get("to", (SMALL,))
    assert isinstance(to, Sequence)
    rooms = [address for address in to if address.endswith("@raum.mv.example")]
    text = calendar("REQUEST", event(*lines, **fields), product=product)  # type: ignore[arg-type]
    return Sent(text, by, rooms)


def cancel(*lines: str, by: str = ANNA, rooms: Sequence[str] = (SMALL,), **fields: object) -> Sent:
    text = calendar("CANCEL", event("STATUS:CANCELLED", *lines, **fields))  # type: ignore[arg-type]
    return Sent(text, by, rooms)


def reply(
    partstat: str, *lines: str, by: str = BERND, to: str = "antwort@mv.example", **fields: object
) -> Sent:
    attendee = f"ATTENDEE;PARTSTAT={partstat}:mailto:{by}"
    text = calendar("REPLY", event(attendee, *lines, **{"to": (), **fields}))  # type: ignore[arg-type]
    return Sent(text, by, [to])


def taken() -> list[tuple[str, str]]:
    """Begin and room of all that occupies."""
    rows = Occurrence.objects.filter(state__in=OCCUPYING).order_by("starts_at").select_related("room")
    return [(f"{o.starts_at.astimezone(ZoneInfo(ZONE)):%d %H:%M}", o.room.slug) for o in rows]


def day(number: int, hour: str = "10:00", slug: str = "beratung") -> tuple[str, str]:
    return f"{at(0, day=number):%d} {hour}", slug
