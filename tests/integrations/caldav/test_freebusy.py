# SPDX-License-Identifier: EUPL-1.2
"""Questions for free and busy times, read and answered."""

from datetime import UTC, datetime, timedelta

import pytest

from vconf.bookings.free_busy import BusyPeriod
from vconf.integrations.caldav.freebusy import read_question, render_answer
from vconf.integrations.caldav.unacceptable import Unacceptable

DAY = datetime(2027, 3, 1, tzinfo=UTC)
END = DAY + timedelta(days=1)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def question(*lines: str, method: str = "REQUEST", start: str = "20270301T000000Z") -> bytes:
    people = lines or ("ATTENDEE:mailto:bernd@im.mv.example",)
    text = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VFREEBUSY",
        "UID:question-1",
        "DTSTAMP:20270201T000000Z",
        f"DTSTART:{start}",
        "DTEND:20270302T000000Z",
        "ORGANIZER:mailto:anna@im.mv.example",
        *people,
        "END:VFREEBUSY",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(text).encode()


def test_a_question_names_times_people_and_the_meeting_that_is_moved():
    asked = read_question(
        question(
            "ATTENDEE;CN=Bernd:mailto:bernd@im.mv.example",
            "ATTENDEE:mailto:beratung@raum.mv.example",
            "X-CALENDARSERVER-MASK-UID:meeting-7",
        )
    )
    assert (asked.starts_at, asked.ends_at) == (DAY, END)
    assert asked.organiser == "mailto:anna@im.mv.example"
    assert asked.recipients == ("mailto:bernd@im.mv.example", "mailto:beratung@raum.mv.example")
    assert asked.mask == "meeting-7"


@pytest.mark.parametrize(
    ("octets", "status", "element"),
    [
        (b"", 400, "valid-calendar-data"),
        (b"\xff\xfe\x00", 400, "valid-calendar-data"),
        (b"BEGIN:VFREEBUSY\r\nEND:VFREEBUSY\r\n", 400, "valid-calendar-data"),
        (question(start="yesterday"), 400, "valid-calendar-data"),
        (question(method="PUBLISH"), 403, "valid-scheduling-message"),
        (question(start="20270303T000000Z"), 403, "valid-scheduling-message"),
        (question(start="20200301T000000Z"), 403, "valid-scheduling-message"),
        (question("COMMENT:nobody"), 403, "valid-scheduling-message"),
        (question().replace(b"VFREEBUSY", b"VEVENT"), 403, "valid-scheduling-message"),
        (
            question(*[f"ATTENDEE:mailto:a{n}@b.example" for n in range(501)]),
            403,
            "max-attendees-per-instance",
        ),
        (b"X" * 300_000, 413, "max-resource-size"),
        (b"\r\n" * 5_000, 413, "max-resource-size"),
    ],
)
def test_what_is_no_question_is_told_so(octets, status, element):
    with pytest.raises(Unacceptable) as refused:
        read_question(octets)
    assert (refused.value.status, refused.value.element) == (status, element)


def test_the_answer_names_one_recipient_and_busy_periods_in_utc():
    text = render_answer(
        read_question(question()),
        "mailto:bernd@im.mv.example",
        [BusyPeriod(at(9), at(11), "BUSY"), BusyPeriod(at(11), at(12), "BUSY-TENTATIVE")],
    ).decode()
    assert "METHOD:REPLY\r\n" in text
    assert "UID:question-1\r\n" in text
    assert text.count("ATTENDEE") == 1
    assert "FREEBUSY;FBTYPE=BUSY:20270301T090000Z/20270301T110000Z\r\n" in text
    assert "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270301T110000Z/20270301T120000Z\r\n" in text
