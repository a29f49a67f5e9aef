# SPDX-License-Identifier: EUPL-1.2
"""A kept mail taken apart, the way a mail reader does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

from icalendar import Calendar

from vconf.integrations.invitations.wording import interval

SHOWN_HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted")


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """The text/calendar part. `people`: (name, address, kind, answer); empty fields where it could not be read."""

    method: str
    raw: str
    title: str = ""
    when: str = ""
    status: str = ""
    location: str = ""
    organiser: str = ""
    uid: str = ""
    sequence: str = ""
    people: Sequence[tuple[str, str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class ReadMail:
    id: UUID
    to: str
    subject: str
    sent_at: datetime | None
    headers: Sequence[tuple[str, str]]
    text: str
    html: str
    calendar: CalendarPart | None


def take_apart(mail_id: UUID, octets: bytes) -> ReadMail:
    """Headers decoded, the readable parts as text, the calendar part read. Never fails on what a mail holds."""
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)  # the policy's class
    parts = {"text/plain": "", "text/html": "", "text/calendar": ""}
    method = ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind in parts and not parts[kind]:
            parts[kind] = _text(part)
            if kind == "text/calendar":
                method = str(part.get_param("method", ""))
    return ReadMail(
        id=mail_id,
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        sent_at=_date(message),
        headers=[(name, str(message[name])) for name in SHOWN_HEADERS if name in message],
        text=_with_plain_line_ends(parts["text/plain"]),
        html=_with_plain_line_ends(parts["text/html"]),
        calendar=_calendar(method, parts["text/calendar"]) if parts["text/calendar"] else None,
    )


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    octets = payload if isinstance(payload, bytes) else b""
    try:
        return octets.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return octets.decode("utf-8", "replace")


def _with_plain_line_ends(text: str) -> str:
    """As browsers read it: they take the hash of a style sheet after this step (HTML, 13.2.3.5)."""
    return text.replace("\r\n", "\n")


def _date(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError):
        return None


def _calendar(method: str, raw: str) -> CalendarPart:
    try:
        event = Calendar.from_ical(raw).events[0]
        return CalendarPart(
            method=method,
            raw=raw,
            title=str(event.get("SUMMARY", "")),
            when=_interval(event),
            status=str(event.get("STATUS", "")),
            location=str(event.get("LOCATION", "")),
            organiser=_person(event.get("ORGANIZER")) if "ORGANIZER" in event else "",
            uid=str(event.get("UID", "")),
            sequence=str(event.get("SEQUENCE", "")),
            people=[
                (
                    str(one.params.get("CN", "")),
                    _address(one),
                    str(one.params.get("CUTYPE", "")),
                    str(one.params.get("PARTSTAT", "")),
                )
                for one in _several(event.get("ATTENDEE", []))
            ],
        )
    except (ValueError, LookupError, AttributeError):
        return CalendarPart(method=method, raw=raw)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _person(value: Any) -> str:
    return f"{value.params.get('CN', '')} <{_address(value)}>".strip()


def _address(value: Any) -> str:
    return str(value).removeprefix("mailto:")


def _interval(event: Any) -> str:
    """The time in words; "" for whole days, which vconf does not write."""
    starts, ends = event.get("DTSTART"), event.get("DTEND")
    if starts is None or ends is None or not isinstance(starts.dt, datetime):
        return ""
    return interval(starts.dt, ends.dt, str(starts.params.get("TZID", "UTC")))
