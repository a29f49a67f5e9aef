# SPDX-License-Identifier: EUPL-1.2
"""Calendar objects as clients write them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.bookings.wishes import at

ANNA = "ORGANIZER;CN=Anna Amsel:mailto:anna@im.mv.example"
ANNA_COMES = "ATTENDEE;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:anna@im.mv.example"
BERND = "ATTENDEE;CN=Bernd;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bernd@im.mv.example"
CLARA = "ATTENDEE;CN=Clara:mailto:clara@fm.mv.example"
SMALL = "ATTENDEE;CUTYPE=ROOM;PARTSTAT=NEEDS-ACTION:mailto:beratung@raum.mv.example"
BIG = "ATTENDEE;CUTYPE=INDIVIDUAL:mailto:grosser-saal@raum.mv.example"


def stamp(local: datetime) -> str:
    return f"{local:%Y%m%dT%H%M%S}"


def vevent(
    *lines: str,
    uid: str = "meeting-1",
    hour: float = 10,
    day: int = 0,
    hours: float = 1,
    summary: str = "Lagebesprechung",
    zone: str = "Europe/Berlin",
) -> list[str]:
    """One VEVENT at an hour of the test day, in wall time."""
    start = at(hour, day=day)
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        "DTSTAMP:20260101T000000Z",
        f"DTSTART;TZID={zone}:{stamp(start)}",
        f"DTEND;TZID={zone}:{stamp(start + timedelta(hours=hours))}",
        *([f"SUMMARY:{summary}"] if summary else []),
        *lines,
        "END:VEVENT",
    ]


def single_date(*lines: str, of_hour: float = 10, of_day: int = 0, **fields: object) -> list[str]:
    """An override of the date that the rule has at that hour."""
    recurrence = f"RECURRENCE-ID;TZID=Europe/Berlin:{stamp(at(of_hour, day=of_day))}"
    return vevent(recurrence, *lines, **{"hour": of_hour, "day": of_day, **fields})  # type: ignore[arg-type]


def calendar(*events: Sequence[str], lines: Sequence[str] = ()) -> bytes:
    """A whole object. The zone stands in it by name only, as RFC 7809 allows."""
    text = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//somebody//client//EN", *lines]
    for event in events:
        text += event
    return "\r\n".join([*text, "END:VCALENDAR", ""]).encode()
