# SPDX-License-Identifier: EUPL-1.2
"""Times, changes and subjects in words. Everything here speaks the active language."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vconf.bookings.models import OccurrenceState
from vconf.bookings.selectors import BookingMail, DateView
from vconf.crypto import keyed_hash
from vconf.integrations.ical.text import one_line

#: dates of a series that are written out; the calendar part has them all
MOST_DATES = 8

_LONG = {"de": "l, j. F Y", "en": "l, j F Y"}
_SHORT = {"de": "D., j. N Y", "en": "D, j M Y"}
#: Central, Eastern and Western European time are known by German names; other zones keep theirs
_GERMAN_ZONES = {"CET": "MEZ", "CEST": "MESZ", "EET": "OEZ", "EEST": "OESZ", "WET": "WEZ", "WEST": "WESZ"}


class News(Enum):
    """What a mail tells its reader about the meeting."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    UNINVITED = "uninvited"


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail says, kept so that a later one can name what is different. Texts are kept as hashes only.

    starts_at, ends_at: of the first date. room: "" if it is none that people know by name.
    """

    starts_at: datetime
    ends_at: datetime
    room: str
    title: str
    description: str
    moderator_pin: bool

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Told":
        return cls(
            **{
                **stored,
                "starts_at": datetime.fromisoformat(stored["starts_at"]),
                "ends_at": datetime.fromisoformat(stored["ends_at"]),
            }
        )


def told_by(mail: BookingMail, *, moderator_pin: bool) -> Told:
    first = dates_to_name(mail)[0]
    return Told(
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        room="" if mail.room_is_stock else mail.room_name,
        title=keyed_hash("told", mail.title)[:16],
        description=keyed_hash("told", mail.description)[:16],
        moderator_pin=moderator_pin,
    )


def dates_to_name(mail: BookingMail) -> Sequence[DateView]:
    """The dates a mail speaks of: those that take place, or all if none does (a cancelled booking)."""
    off = (OccurrenceState.CANCELLED, OccurrenceState.REFUSED, OccurrenceState.PENDING)
    return [date for date in mail.occurrences if date.state not in off] or mail.occurrences


def changes(before: Told, now: Told, zone: str) -> list[str]:
    """One sentence for each thing that is different from what an earlier mail said."""
    found = []
    if (before.starts_at, before.ends_at) != (now.starts_at, now.ends_at):
        old = interval(before.starts_at, before.ends_at, zone)
        found.append(_("The time is new. It was: %(before)s") % {"before": old})
    if before.room != now.room:
        if before.room:
            found.append(_("The room is new. It was: %(before)s") % {"before": one_line(before.room)})
        else:
            found.append(_("The room is new."))
    if before.title != now.title:
        found.append(_("The title is new."))
    if before.description != now.description:
        found.append(_("The description is new."))
    if now.moderator_pin and not before.moderator_pin:
        found.append(_("You may lead the meeting now: the moderator PIN is for you."))
    return found


def dates_in_words(mail: BookingMail) -> list[str]:
    """The dates, one line each; of a long series the first ones and how many follow."""
    return listed(dates_to_name(mail), mail.timezone)


def listed(dates: Sequence[DateView], zone: str) -> list[str]:
    lines = [interval(date.starts_at, date.ends_at, zone) for date in dates[:MOST_DATES]]
    if len(dates) > MOST_DATES:
        last = _day(dates[-1].starts_at.astimezone(ZoneInfo(zone)), _LONG)
        rest = {"count": len(dates) - MOST_DATES, "last": last}
        lines.append(_("and %(count)d more dates, the last on %(last)s") % rest)
    return lines


def interval(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """`Dienstag, 1. Dezember 2026, 10:00–11:00 Uhr MEZ`: in the booking's zone, which is named."""
    start, end = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    if start.date() == end.date() and start.tzname() == end.tzname():
        values = {
            "day": _day(start, _LONG),
            "start": f"{start:%H:%M}",
            "end": f"{end:%H:%M}",
            "zone": _zone(start),
        }
        return _("%(day)s, %(start)s–%(end)s %(zone)s") % values
    return _("%(start)s to %(end)s") % {"start": _moment(start, _LONG), "end": _moment(end, _LONG)}


def subject(news: News, mail: BookingMail, *, for_organiser: bool) -> str:
    """`Einladung: Lagebesprechung (Di., 1. Dez. 2026, 10:00 Uhr MEZ)`."""
    dates = dates_to_name(mail)
    when = _moment(dates[0].starts_at.astimezone(ZoneInfo(mail.timezone)), _SHORT)
    if len(dates) > 1:
        when = _("from %(when)s") % {"when": when}
    values = {"title": one_line(mail.title), "when": when}
    if news is News.CHANGED:
        return _("Changed: %(title)s (%(when)s)") % values
    if news in (News.CANCELLED, News.UNINVITED):
        return _("Cancelled: %(title)s (%(when)s)") % values
    if for_organiser:
        return _("Booked: %(title)s (%(when)s)") % values
    return _("Invitation: %(title)s (%(when)s)") % values


def heading(news: News, *, for_organiser: bool) -> str:
    if news is News.UNINVITED:
        return _("You are no longer invited to this video conference")
    if for_organiser:
        return {
            News.NEW: _("Your video conference is booked"),
            News.CHANGED: _("Your video conference has changed"),
            News.CANCELLED: _("Your video conference is cancelled"),
        }[news]
    return {
        News.NEW: _("You are invited to a video conference"),
        News.CHANGED: _("The video conference has changed"),
        News.CANCELLED: _("The video conference is cancelled"),
    }[news]


def moment(instant: datetime, zone: str) -> str:
    """`Dienstag, 1. Dezember 2026, 10:00 Uhr MEZ`."""
    return _moment(instant.astimezone(ZoneInfo(zone)), _LONG)


def _moment(local: datetime, patterns: Mapping[str, str]) -> str:
    values = {"day": _day(local, patterns), "time": f"{local:%H:%M}", "zone": _zone(local)}
    return _("%(day)s, %(time)s %(zone)s") % values


def _day(local: datetime, patterns: Mapping[str, str]) -> str:
    return format_date(local, patterns["en" if get_language() == "en" else "de"])


def _zone(local: datetime) -> str:
    name = local.tzname() or ""
    if name[:1] in "+-":  # zones without an abbreviation of their own
        offset = local.utcoffset() or timedelta()
        sign, minutes = ("-" if offset < timedelta() else "+"), abs(offset) // timedelta(minutes=1)
        return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")
    return name if get_language() == "en" else _GERMAN_ZONES.get(name, name)
