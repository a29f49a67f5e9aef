# SPDX-License-Identifier: EUPL-1.2
"""A room's answer to an invitation (RFC 5546, 3.2.3), and an organiser's no to a proposal (3.2.8).

Programs match an answer by UID, RECURRENCE-ID, SEQUENCE and the ATTENDEE as it was written: some by address, others
letter by letter. So ORGANIZER and ATTENDEE are the lines of the invitation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from vconf.integrations.ical.invalid import InvalidCalendar
from vconf.integrations.ical.lines import Line, escape, folded, read_line, write_line
from vconf.integrations.ical.objects import PRODID, UTC_NAMES
from vconf.integrations.ical.text import ascii_address, one_line, paragraphs
from vconf.integrations.ical.timezones import vtimezone

#: of an ATTENDEE as it was written, what an answer does not say: it asks for nothing, and tells how it was sent nowhere
_NOT_ANSWERED = frozenset(
    {"PARTSTAT", "RSVP", "SCHEDULE-AGENT", "SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND", "X-NUM-GUESTS"}
)
_LONGEST_COMMENT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomReply:
    """What a room says to one invitation, or to one date of it.

    sequence: of the invitation. stamp: aware instant of the answer. timezone: IANA name that times are told in.
    recurrence_id: naive wall time in it; None: to the whole. starts_at, ends_at: aware instants. organiser_line,
    attendee_line: content lines of the invitation, unfolded; "" if it had none, then the addresses are written.
    comment: sentences for people. request_status: `2.0;Success` (RFC 5545, 3.8.8.3).
    """

    uid: str
    sequence: int
    stamp: datetime
    timezone: str
    starts_at: datetime
    ends_at: datetime
    title: str
    room_address: str
    organiser_address: str
    partstat: str
    recurrence_id: datetime | None = None
    is_all_day: bool = False
    organiser_line: str = ""
    attendee_line: str = ""
    comment: str = ""
    request_status: str = "2.0;Success"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDeclined:
    """An organiser does not take the time that somebody proposed. recurrence_id: as in RoomReply."""

    uid: str
    sequence: int
    stamp: datetime
    timezone: str
    starts_at: datetime
    title: str
    organiser_address: str
    organiser_name: str
    attendee_address: str
    recurrence_id: datetime | None = None
    comment: str = ""


def render_reply(reply: RoomReply) -> bytes:
    """METHOD:REPLY with one VEVENT and one ATTENDEE."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escape(one_line(reply.uid))}",
        f"DTSTAMP:{_utc(reply.stamp)}",
        f"SEQUENCE:{reply.sequence}",
        *_recurrence_id(reply.recurrence_id, reply),
        *_interval(reply),
        f"SUMMARY:{escape(one_line(reply.title))}",
        _as_written("ORGANIZER", reply.organiser_line) or _address("ORGANIZER", reply.organiser_address),
        _answering(reply),
        *_comment(reply.comment),
        _status(reply.request_status),
        "END:VEVENT",
    ]
    return _calendar("REPLY", reply.timezone, (reply.starts_at, reply.ends_at), lines)


def render_proposal_declined(declined: ProposalDeclined) -> bytes:
    """METHOD:DECLINECOUNTER, to whoever proposed."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escape(one_line(declined.uid))}",
        f"DTSTAMP:{_utc(declined.stamp)}",
        f"SEQUENCE:{declined.sequence}",
        *_recurrence_id(declined.recurrence_id, declined),
        _instant("DTSTART", declined.starts_at, declined.timezone),
        f"SUMMARY:{escape(one_line(declined.title))}",
        _address("ORGANIZER", declined.organiser_address, declined.organiser_name),
        _address("ATTENDEE", declined.attendee_address),
        *_comment(declined.comment),
        "END:VEVENT",
    ]
    return _calendar("DECLINECOUNTER", declined.timezone, (declined.starts_at,), lines)


def _calendar(method: str, timezone: str, instants: tuple[datetime, ...], lines: list[str]) -> bytes:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    zone = b""
    if timezone not in UTC_NAMES and any("TZID=" in line for line in lines):
        years = [at.year for at in instants]
        zone = vtimezone(timezone, min(years) - 1, max(years) + 1).to_ical(sorted=False)
    return folded(head) + zone + folded([*lines, "END:VCALENDAR"])


def _interval(reply: RoomReply) -> Iterator[str]:
    if reply.is_all_day:
        first, last = _local(reply.starts_at, reply.timezone), _local(reply.ends_at, reply.timezone)
        yield f"DTSTART;VALUE=DATE:{first:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{max(last, first + timedelta(days=1)):%Y%m%d}"
        return
    yield _instant("DTSTART", reply.starts_at, reply.timezone)
    yield _instant("DTEND", reply.ends_at, reply.timezone)


def _recurrence_id(at: datetime | None, of: RoomReply | ProposalDeclined) -> Iterator[str]:
    if at is None:
        return
    if isinstance(of, RoomReply) and of.is_all_day:
        yield f"RECURRENCE-ID;VALUE=DATE:{at:%Y%m%d}"
    else:
        yield _wall("RECURRENCE-ID", at, of.timezone)


def _instant(name: str, instant: datetime, timezone: str) -> str:
    """In the zone, or in UTC where wall time would mean the first of two hours (RFC 5545, 3.3.5)."""
    local = _local(instant, timezone)
    return f"{name}:{_utc(instant)}" if local.fold else _wall(name, local, timezone)


def _wall(name: str, wall: datetime, timezone: str) -> str:
    if timezone in UTC_NAMES:
        return f"{name}:{wall:%Y%m%dT%H%M%SZ}"
    return f"{name};TZID={timezone}:{wall:%Y%m%dT%H%M%S}"


def _local(instant: datetime, timezone: str) -> datetime:
    return instant.astimezone(ZoneInfo(timezone))


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _answering(reply: RoomReply) -> str:
    read = _read(reply.attendee_line)
    if read is None or read.name != "ATTENDEE":
        params = {"CUTYPE": ("ROOM",), "PARTSTAT": (reply.partstat,)}
        return write_line("ATTENDEE", _mailto(reply.room_address), params)
    kept = {
        name: tuple(one_line(value) for value in values)
        for name, values in read.params.items()
        if name not in _NOT_ANSWERED
    }
    return write_line("ATTENDEE", one_line(read.value), {**kept, "PARTSTAT": (reply.partstat,)})


def _as_written(name: str, line: str) -> str:
    """The line as the invitation had it, "" if it is none of this name."""
    read = _read(line)
    return one_line(read.raw) if read is not None and read.name == name else ""


def _read(line: str) -> Line | None:
    if not line:
        return None
    try:
        return read_line(line)
    except InvalidCalendar:
        return None


def _address(name: str, address: str, cn: str = "") -> str:
    params = {"CN": (cn,)} if (cn := one_line(cn).replace('"', "'")) else {}
    return write_line(name, _mailto(address), params)


def _mailto(address: str) -> str:
    return "mailto:" + quote(ascii_address(address), safe="@!$'*+-/=^_`{|}~.")


def _comment(words: str) -> Iterator[str]:
    if text := paragraphs(words)[:_LONGEST_COMMENT]:
        yield f"COMMENT:{escape(text)}"


def _status(status: str) -> str:
    code, _semicolon, words = status.partition(";")
    return f"REQUEST-STATUS:{one_line(code)};{escape(one_line(words))}"
