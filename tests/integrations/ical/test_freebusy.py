# SPDX-License-Identifier: EUPL-1.2
"""VFREEBUSY: what is asked, what is answered, and how periods become one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from tests.integrations.ical import strict
from tests.integrations.ical.test_render import lines
from tests.integrations.ical.texts import vcalendar
from vconf.bookings.free_busy import BusyPeriod
from vconf.integrations.ical.freebusy import read_question, render_freebusy
from vconf.integrations.ical.parse import InvalidCalendar

DAY = datetime(2026, 12, 1, tzinfo=UTC)
STAMP = datetime(2026, 11, 3, 7, 15, tzinfo=UTC)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


# as Thunderbird posts it to an outbox
QUESTION = """\
BEGIN:VCALENDAR
CALSCALE:GREGORIAN
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
METHOD:REQUEST
BEGIN:VFREEBUSY
UID:0f6c2b1a-77aa-4f0e-9a4c-1b2c3d4e5f60
DTSTAMP:20261102T080000Z
DTSTART:20261130T230000Z
DTEND:20261201T230000Z
ORGANIZER:mailto:anna@im.mv.example
ATTENDEE;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL:mailto:B
 ernd@im.mv.example
ATTENDEE:/dav/principals/rooms/0193a5c2-7b1e-7c3d-9f00-0000000000aa/
ATTENDEE:mailto:bernd@im.mv.example
X-CALENDARSERVER-MASK-UID:3b6f0c1e
END:VFREEBUSY
END:VCALENDAR
"""


def test_a_question() -> None:
    found = read_question(QUESTION.encode())

    assert (found.uid, found.masked_uid) == ("0f6c2b1a-77aa-4f0e-9a4c-1b2c3d4e5f60", "3b6f0c1e")
    assert (found.starts_at, found.ends_at) == (at(-1), at(23))
    assert found.organiser.address == "anna@im.mv.example"
    assert [(one.address, one.uri) for one in found.attendees] == [
        ("bernd@im.mv.example", "mailto:Bernd@im.mv.example"),
        ("", "/dav/principals/rooms/0193a5c2-7b1e-7c3d-9f00-0000000000aa/"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "precondition"),
    [
        ("METHOD:REQUEST\n", "", "valid-scheduling-message"),
        ("METHOD:REQUEST", "METHOD:PUBLISH", "valid-scheduling-message"),
        ("VFREEBUSY", "VEVENT", "valid-scheduling-message"),
        ("END:VFREEBUSY\n", "END:VFREEBUSY\nBEGIN:VFREEBUSY\nEND:VFREEBUSY\n", "valid-scheduling-message"),
        ("ORGANIZER:mailto:anna@im.mv.example\n", "", "valid-scheduling-message"),
        ("ATTENDEE", "X-ATTENDEE", "valid-scheduling-message"),
        ("DTEND:20261201T230000Z\n", "", "valid-calendar-data"),
        ("DTEND:20261201T230000Z\n", "DURATION:PT0S\n", "valid-scheduling-message"),
        ("DTEND:20261201T230000Z", "DTEND:20261101T230000Z", "valid-scheduling-message"),
        (
            "ATTENDEE:mailto:bernd@im.mv.example\n",
            "ATTENDEE:mailto:a@b.example\n" * 499,
            "max-attendees-per-instance",
        ),
        ("BEGIN:VFREEBUSY", "BEGIN:VFREEBUSY\n" + "X-A:1\n" * 2_000, "max-resource-size"),
    ],
)
def test_questions_that_are_none(old: str, new: str, precondition: str) -> None:
    with pytest.raises(InvalidCalendar) as refused:
        read_question(QUESTION.replace(old, new).encode())
    assert refused.value.precondition == precondition


REPLY = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//vconf//vconf 1//DE
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VFREEBUSY
UID:1
DTSTAMP:20261103T071500Z
DTSTART:20261201T080000Z
DTEND:20261201T180000Z
ORGANIZER:mailto:anna@im.mv.example
ATTENDEE:mailto:bernd@im.mv.example
FREEBUSY;FBTYPE=BUSY:20261201T080000Z/20261201T110000Z
FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261201T110000Z/20261201T120000Z
END:VFREEBUSY
END:VCALENDAR
"""


def test_an_answer() -> None:
    periods = [BusyPeriod(at(8), at(11)), BusyPeriod(at(11), at(12), "BUSY-TENTATIVE")]

    octets = render_freebusy(
        periods,
        starts_at=at(8),
        ends_at=at(18),
        stamp=STAMP,
        uid="1",
        method="REPLY",
        organiser="mailto:anna@im.mv.example",
        attendee="mailto:bernd@im.mv.example",
    )

    assert lines(octets) == REPLY
    components: list[Any] = Calendar.from_ical(octets).walk("VFREEBUSY")
    (component,) = components
    assert [(one.start, one.end) for one in component["FREEBUSY"]] == [(at(8), at(11)), (at(11), at(12))]


def test_free_all_day_for_an_address_that_is_published() -> None:
    octets = render_freebusy(
        [],
        starts_at=at(0),
        ends_at=at(24),
        stamp=STAMP,
        method="PUBLISH",
        organiser="mailto:saal@raum.example",
    )

    calendar = strict.read(octets)
    assert calendar.one("METHOD").value == "PUBLISH"
    (component,) = calendar.inside("VFREEBUSY")
    assert component.all("FREEBUSY") == component.all("ATTENDEE") == []


def test_no_question_is_no_calendar() -> None:
    with pytest.raises(InvalidCalendar):
        read_question(vcalendar())
