# SPDX-License-Identifier: EUPL-1.2
"""VFREEBUSY (RFC 5545, 3.6.4): what a request asks for, and the answer in periods of UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, FreeBusy, vCalAddress
from icalendar.prop import vText

from vconf.bookings.free_busy import LONGEST_RANGE, BusyPeriod
from vconf.integrations.caldav.unacceptable import Unacceptable
from vconf.integrations.ical.objects import PRODID

MOST_BYTES = 200_000
MOST_LINES = 3_000
MOST_RECIPIENTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """When the recipients are busy. recipients: calendar user addresses as they were written. mask: UID of the meeting
    that is being moved and does not count (X-CALENDARSERVER-MASK-UID), or "".
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    organiser: str
    recipients: tuple[str, ...]
    mask: str = ""


def read_question(octets: bytes) -> Question:
    """A METHOD:REQUEST with one VFREEBUSY (RFC 6638, 5). Raises Unacceptable."""
    if len(octets) > MOST_BYTES or octets.count(b"\n") > MOST_LINES:
        raise Unacceptable(413, "max-resource-size")
    try:
        calendar = Calendar.from_ical(octets)
        components: list[Any] = [c for c in calendar.subcomponents if c.name != "VTIMEZONE"]
        method = str(calendar.get("METHOD", "")).upper()
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise Unacceptable(400, "valid-calendar-data") from error
    if calendar.name != "VCALENDAR":
        raise Unacceptable(400, "valid-calendar-data")
    if method != "REQUEST" or [c.name for c in components] != ["VFREEBUSY"]:
        raise Unacceptable(
            403, "valid-scheduling-message", _("Only questions for free and busy times are answered here.")
        )
    asked = components[0]
    try:
        starts_at, ends_at = (_instant(asked.decoded(name)) for name in ("DTSTART", "DTEND"))
        uid, organiser = str(asked["UID"]), _one(asked["ORGANIZER"])
        recipients = _all(asked.get("ATTENDEE"))
        mask = str(asked.get("X-CALENDARSERVER-MASK-UID", ""))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Unacceptable(403, "valid-scheduling-message") from error
    if not starts_at < ends_at or ends_at - starts_at > LONGEST_RANGE or not recipients:
        raise Unacceptable(403, "valid-scheduling-message")
    if len(recipients) > MOST_RECIPIENTS:
        raise Unacceptable(403, "max-attendees-per-instance")
    return Question(
        uid=uid[:255],
        starts_at=starts_at,
        ends_at=ends_at,
        organiser=organiser,
        recipients=recipients,
        mask=mask,
    )


def render_answer(question: Question, recipient: str, periods: Sequence[BusyPeriod]) -> bytes:
    """METHOD:REPLY for one recipient (RFC 5546, 3.3.3)."""
    component = _component(question.uid, question.starts_at, question.ends_at, periods)
    component.add("organizer", vCalAddress(question.organiser))
    component.add("attendee", vCalAddress(recipient))
    return _calendar(component, "REPLY")


def render_report(uid: str, starts_at: datetime, ends_at: datetime, periods: Sequence[BusyPeriod]) -> bytes:
    """The answer to a free-busy-query (RFC 4791, 7.10): nobody is named in it, and it has no METHOD."""
    return _calendar(_component(uid, starts_at, ends_at, periods), None)


def _component(uid: str, starts_at: datetime, ends_at: datetime, periods: Sequence[BusyPeriod]) -> FreeBusy:
    component = FreeBusy()
    component.add("uid", vText(uid))
    component.add("dtstamp", timezone.now().astimezone(UTC))
    component.add("dtstart", starts_at.astimezone(UTC))
    component.add("dtend", ends_at.astimezone(UTC))
    for period in periods:
        begin, end = period.starts_at.astimezone(UTC), period.ends_at.astimezone(UTC)
        component.add("freebusy", [(begin, end)], parameters={"FBTYPE": period.kind})
    for line in _listed(component.get("freebusy")):
        line.params.pop("VALUE", None)  # a period is what it is by default
    return component


def _calendar(component: FreeBusy, method: str | None) -> bytes:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    if method is not None:
        calendar.add("method", method)
    calendar.add_component(component)
    octets: bytes = calendar.to_ical(sorted=False)
    return octets


def _instant(value: date | datetime) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError
    return value.astimezone(UTC) if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _one(value: Any) -> str:
    if isinstance(value, list):
        raise TypeError
    return str(value)


def _all(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one) for one in _listed(value)))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
