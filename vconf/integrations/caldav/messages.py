# SPDX-License-Identifier: EUPL-1.2
"""iTIP messages (RFC 5546) as they lie in inboxes: REQUEST, CANCEL and REPLY about one meeting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from vconf.bookings.models import Attendee, Booking
from vconf.bookings.recurrence import to_instant
from vconf.integrations.ical.event import CalendarEvent, Statuses
from vconf.integrations.ical.lines import escape, folded, write_line
from vconf.integrations.ical.objects import PRODID, render_object
from vconf.integrations.ical.text import one_line

_SCALE = b"CALSCALE:GREGORIAN\r\n"


def request(event: CalendarEvent) -> bytes:
    """An invitation, or what became of it (3.2.2)."""
    octets = render_object(event, statuses=Statuses())
    return octets.replace(_SCALE, _SCALE + b"METHOD:REQUEST\r\n", 1)


def cancel(booking: Booking, uid: str, address: str) -> bytes:
    """It does not take place, or not with whom it is sent to (3.2.5)."""
    lines = [
        *_event(booking, uid, None),
        f"SUMMARY:{escape(one_line(booking.title))}",
        "STATUS:CANCELLED",
        _organiser(booking),
        write_line("ATTENDEE", f"mailto:{address}"),
        "END:VEVENT",
    ]
    return _calendar("CANCEL", lines)


def reply(booking: Booking, attendee: Attendee, dates: Mapping[datetime, str]) -> bytes:
    """What an attendee says to all dates, and to single ones by their recurrence id (3.2.3)."""
    lines = list(_answer(booking, attendee, attendee.partstat, None))
    for at, partstat in sorted(dates.items()):
        lines += _answer(booking, attendee, partstat, at)
    return _calendar("REPLY", lines)


def _answer(booking: Booking, attendee: Attendee, partstat: str, at: datetime | None) -> Iterator[str]:
    yield from _event(booking, booking.uid, at)
    yield f"SUMMARY:{escape(one_line(booking.title))}"
    yield _organiser(booking)
    params = {"PARTSTAT": (partstat,)}
    if name := one_line(attendee.name):
        params["CN"] = (name,)
    yield write_line("ATTENDEE", f"mailto:{attendee.address}", params)
    if attendee.comment:
        yield f"COMMENT:{escape(attendee.comment)}"
    yield "REQUEST-STATUS:2.0;Success"
    yield "END:VEVENT"


def _event(booking: Booking, uid: str, at: datetime | None) -> Iterator[str]:
    starts_at = to_instant(
        datetime.fromisoformat(booking.starts_local) if at is None else at, booking.timezone
    )
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(one_line(uid))}"
    yield f"DTSTAMP:{_utc(booking.changed_at)}"
    yield f"SEQUENCE:{booking.sequence}"
    yield f"DTSTART:{_utc(starts_at)}"
    if at is not None:
        yield f"RECURRENCE-ID:{_utc(starts_at)}"


def _organiser(booking: Booking) -> str:
    name = one_line(booking.organiser.name)
    return write_line("ORGANIZER", f"mailto:{booking.organiser.email}", {"CN": (name,)} if name else {})


def _calendar(method: str, lines: list[str]) -> bytes:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    return folded([*head, *lines, "END:VCALENDAR"])


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
