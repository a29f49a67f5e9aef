# SPDX-License-Identifier: EUPL-1.2
"""Mails as text, for tests of what takes them in."""

from __future__ import annotations

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:lage-1@im.mv.example
SEQUENCE:0
DTSTAMP:20261201T080000Z
DTSTART:20270105T090000Z
DTEND:20270105T100000Z
SUMMARY:Lage
ORGANIZER;CN=Anna:mailto:anna@im.mv.example
ATTENDEE;CUTYPE=ROOM;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:saal@raum.mv.example
END:VEVENT
END:VCALENDAR
"""


def mail(
    body: str,
    content_type: str = "text/plain; charset=utf-8",
    *,
    sender: str = "Anna <anna@im.mv.example>",
    to: str = "saal@raum.mv.example",
    message_id: str = "<1@im.mv.example>",
    more: str = "",
) -> bytes:
    """A mail with these headers."""
    head = (
        f"{more}From: {sender}\nTo: {to}\nSubject: Lage\nMessage-ID: {message_id}\n"
        f"Date: Tue, 01 Dec 2026 08:00:00 +0000\nMIME-Version: 1.0\nContent-Type: {content_type}\n"
    )
    return f"{head}\n{body}".encode()


def part(body: str, content_type: str) -> str:
    return f"Content-Type: {content_type}\n\n{body}"


def winmail(**headers: str) -> bytes:
    """What Exchange makes of an invitation for domains that it is not told otherwise of: no calendar part."""
    tnef = part("eJ8+Ig==", "application/ms-tnef; name=winmail.dat")
    return mail(f"--b\n{tnef}\n--b--\n", "multipart/mixed; boundary=b", **headers)


def alternative(event: str, method: str = "REQUEST", **headers: str) -> bytes:
    """An invitation as most programs write it: words, and the calendar behind them."""
    said = part("Please come\n", "text/plain; charset=utf-8")
    calendar = part(event, f'text/calendar; charset="utf-8"; method={method}')
    return mail(
        f"--alt\n{said}\n--alt\n{calendar}\n--alt--\n", "multipart/alternative; boundary=alt", **headers
    )
