# SPDX-License-Identifier: EUPL-1.2
"""Times, changes and subjects in words. Everything here speaks the active language."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vconf.bookings.mail_views import BookingMail, DateView
from vconf.bookings.models import OFF, OccurrenceState
from vconf.bookings.recurrence import parse_rule, to_instant
from vconf.bookings.wording import describe_rule
from vconf.crypto import keyed_hash
from vconf.errors import Alternative
from vconf.integrations.ical.showing import zone_for_words
from vconf.integrations.ical.text import one_line

#: dates of a series that are written out; the calendar part has them all
MOST_DATES = 8
#: sentences about single dates
MOST_CHANGES = 12

_LONG = {"de": "l, j. F Y", "en": "l, j F Y"}
_SHORT = {"de": "D., j. N Y", "en": "D, j M Y"}
#: Central, Eastern and Western European time are known by German names; other zones keep theirs
_GERMAN_ZONES = {"CET": "MEZ", "CEST": "MESZ", "EET": "OEZ", "EEST": "OESZ", "WET": "WEZ", "WEST": "WESZ"}


class News(Enum):
    """What a mail tells its reader about the meeting."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    #: one date of a series
    DATE_CANCELLED = "date-cancelled"
    UNINVITED = "uninvited"
    #: link and PINs alone
    WAY_IN = "way-in"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail says, kept so that a later one can name what is different. Texts are kept as hashes only.

    starts_at, ends_at: of the first date. room: "" if it is none that people know by name. rule: what all dates
    follow; while that stays the same, `dropped` and `own` (a date's recurrence id -> start, end, room, title) say
    which single date is different. cancelled: it was told that nothing takes place.
    """

    starts_at: datetime
    ends_at: datetime
    room: str
    title: str
    description: str
    moderator_pin: bool
    organiser: str = ""
    link: str = ""
    cancelled: bool = False
    starts_local: str = ""
    rule: str = ""
    last: str = ""
    dropped: Sequence[str] = ()
    own: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "dropped": list(self.dropped),
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
    dates = dates_to_name(mail)
    first = dates[0]
    is_series = bool(mail.rrule or mail.rdate)
    return Told(
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        room="" if mail.room_is_stock else mail.room_name,
        title=keyed_hash("told", mail.title)[:16],
        description=keyed_hash("told", mail.description)[:16],
        moderator_pin=moderator_pin,
        organiser=keyed_hash("told", mail.organiser_email)[:16],
        link=keyed_hash("told", mail.join_url + mail.pin)[:16],
        cancelled=mail.cancelled,
        starts_local=f"{mail.starts_local.isoformat()} {mail.duration} {mail.timezone}" if is_series else "",
        rule=keyed_hash("told", f"{mail.rrule} {mail.rdate}")[:16] if is_series else "",
        last=dates[-1].starts_at.isoformat() if is_series else "",
        dropped=sorted(one.recurrence_id for one in mail.occurrences if one.state in OFF)
        if is_series
        else (),
        own=_own_dates(mail) if is_series else {},
    )


def single_date(before: Told, now: Told, mail: BookingMail) -> DateView | None:
    """The one date of a series that is all that differs; None if more does, or a date is back or waits."""
    if not now.starts_local or any(getattr(before, name) != getattr(now, name) for name in _OF_THE_WHOLE):
        return None
    dates = set(before.dropped) ^ set(now.dropped)
    dates |= {
        at for at in {*before.own, *now.own} if list(before.own.get(at, ())) != list(now.own.get(at, ()))
    }
    if len(dates) != 1 or set(before.dropped) - set(now.dropped):
        return None
    only = next((one for one in mail.occurrences if one.recurrence_id in dates), None)
    return None if only is None or only.state == OccurrenceState.PENDING else only


#: what the whole of a series says
_OF_THE_WHOLE = (
    "starts_local",
    "rule",
    "room",
    "title",
    "description",
    "moderator_pin",
    "organiser",
    "link",
    "cancelled",
)


def _own_dates(mail: BookingMail) -> dict[str, list[str]]:
    """The dates that are not when, where or under what title the series is; the title as a hash."""
    found = {}
    for one in mail.occurrences:
        usual = _by_rule(one.recurrence_id, mail)
        if one.state in OFF or (
            (one.starts_at, one.ends_at) == usual and not one.room_name and not one.title
        ):
            continue
        title = keyed_hash("told", one.title)[:16] if one.title else ""
        found[one.recurrence_id] = [one.starts_at.isoformat(), one.ends_at.isoformat(), one.room_name, title]
    return found


def _by_rule(recurrence_id: str, mail: BookingMail) -> tuple[datetime, datetime]:
    """When the rule puts a date."""
    starts_at = to_instant(datetime.fromisoformat(recurrence_id), mail.timezone)
    return starts_at, starts_at + mail.duration


def dates_to_name(mail: BookingMail) -> Sequence[DateView]:
    """The dates a mail speaks of: those that take place. Of a cancelled booking those that were given up with it, not
    what was over or dropped before.
    """
    if not mail.cancelled:
        return [date for date in mail.occurrences if date.state not in OFF] or mail.occurrences
    gone = [date for date in mail.occurrences if date.given_up_at is not None]
    last = max((date.given_up_at for date in gone if date.given_up_at is not None), default=None)
    return [date for date in gone if date.given_up_at == last] or mail.occurrences


def changes(before: Told, now: Told, mail: BookingMail) -> list[str]:
    """One sentence for each thing that is different from what an earlier mail said; `now` is what this one says."""
    found = []
    zone = mail.timezone
    if before.cancelled and not now.cancelled:
        found.append(_("It takes place after all."))
    if now.starts_local and before.starts_local == now.starts_local:
        found += _changed_dates(before, now, mail)
    elif (before.starts_at, before.ends_at) != (now.starts_at, now.ends_at):
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
    if before.organiser and before.organiser != now.organiser:
        found.append(_("%(organiser)s organises it now.") % {"organiser": one_line(mail.organiser_name)})
    if before.link and before.link != now.link:
        found.append(_("The link and the PIN are new; the old ones no longer work."))
    if now.moderator_pin and not before.moderator_pin:
        found.append(_("You may lead the meeting now: the moderator PIN is for you."))
    return found


def _changed_dates(before: Told, now: Told, mail: BookingMail) -> list[str]:
    """Which dates of a series were dropped, are back, were moved or have a room or title of their own now.

    The rule itself may have changed with it: a series that ends early, or goes on.
    """
    by_id = {one.recurrence_id: one for one in mail.occurrences}
    dropped = [one for one in now.dropped if one not in before.dropped and one in by_id]
    back = [one for one in before.dropped if one not in now.dropped and one in by_id]
    lines = [_("Dropped: %(date)s") % {"date": _when(one, before, mail)} for one in dropped]
    lines += [_("Takes place after all: %(date)s") % {"date": _when(one, now, mail)} for one in back]
    for one in sorted({*before.own, *now.own} - {*dropped, *back}):
        if one in by_id and one not in now.dropped:
            lines += _changed_date(by_id[one], before, now, mail)
    if before.rule != now.rule and before.last != now.last:
        last = _day(datetime.fromisoformat(now.last).astimezone(zone_for_words(mail.timezone)), _LONG)
        lines.append(_("The last date is now on %(last)s.") % {"last": last})
    elif before.rule != now.rule and not lines:
        lines.append(_("The dates are new."))
    if len(lines) > MOST_CHANGES:
        more = len(lines) - MOST_CHANGES
        lines = [*lines[:MOST_CHANGES], _("and %(count)d more changed dates") % {"count": more}]
    return lines


def _changed_date(date: DateView, before: Told, now: Told, mail: BookingMail) -> list[str]:
    one = date.recurrence_id
    starts, ends = (moment.isoformat() for moment in _by_rule(one, mail))
    usual = [starts, ends, "", ""]
    old, new = before.own.get(one, usual), now.own.get(one, usual)
    lines = []
    at = {"date": _when(one, now, mail)}
    if list(old[:2]) != list(new[:2]):
        was = _when(one, before, mail)
        lines.append(_("Moved: %(date)s. It was: %(before)s") % {**at, "before": was})
    if old[2] != new[2]:
        room = one_line(date.room_name or mail.room_name)
        if mail.room_is_stock and not date.room_name:
            lines.append(_("The room is new: %(date)s") % at)
        else:
            lines.append(_("The room is new: %(date)s, %(room)s") % {**at, "room": room})
    if old[3] != new[3]:
        title = one_line(date.title or mail.title)
        lines.append(_("The title is new: %(date)s, %(title)s") % {**at, "title": title})
    return lines


def _when(recurrence_id: str, told: Told, mail: BookingMail) -> str:
    """When a date was, or is, by what was told."""
    own = told.own.get(recurrence_id)
    if own is None:
        return interval(*_by_rule(recurrence_id, mail), mail.timezone)
    return interval(datetime.fromisoformat(own[0]), datetime.fromisoformat(own[1]), mail.timezone)


def rule_in_words(mail: BookingMail) -> str:
    """What a series follows, `jede Woche am Dienstag`; "" for dates that follow nothing."""
    if not mail.rrule:
        return ""
    language = "en" if get_language() == "en" else "de"
    return describe_rule(parse_rule(mail.rrule, mail.timezone), mail.starts_local, language)


def dates_in_words(mail: BookingMail) -> list[str]:
    """The dates, one line each; of a long series the first ones and how many follow."""
    return listed(dates_to_name(mail), mail.timezone)


def listed(dates: Sequence[DateView], zone: str) -> list[str]:
    lines = [
        interval(date.starts_at, date.ends_at, zone) + (f" – {one_line(date.title)}" if date.title else "")
        for date in dates[:MOST_DATES]
    ]
    if len(dates) > MOST_DATES:
        last = _day(dates[-1].starts_at.astimezone(zone_for_words(zone)), _LONG)
        rest = {"count": len(dates) - MOST_DATES, "last": last}
        lines.append(_("and %(count)d more dates, the last on %(last)s") % rest)
    return lines


def interval(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """`Dienstag, 1. Dezember 2026, 10:00–11:00 Uhr MEZ`: in the booking's zone (`zone_for_words`), which is named."""
    start, end = starts_at.astimezone(zone_for_words(zone)), ends_at.astimezone(zone_for_words(zone))
    if start.date() == end.date() and start.tzname() == end.tzname():
        values = {
            "day": _day(start, _LONG),
            "start": f"{start:%H:%M}",
            "end": f"{end:%H:%M}",
            "zone": _zone(start),
        }
        return _("%(day)s, %(start)s–%(end)s %(zone)s") % values
    return _("%(start)s to %(end)s") % {"start": _moment(start, _LONG), "end": _moment(end, _LONG)}


def way_out(one: Alternative, zone: str) -> str:
    """What can be had instead of what was refused, on one line."""
    parts = []
    if one.starts_at is not None and one.ends_at is not None:
        parts.append(interval(one.starts_at, one.ends_at, zone))
    if one.room_name:
        parts.append(one_line(one.room_name))
    if one.seats is not None:
        parts.append(_("%(seats)s seats") % {"seats": one.seats})
    return ", ".join(parts)


def way_out_of(one: Alternative, date: DateView, zone: str, *, room: str) -> str:
    """The same of one date among others, as short as can be beside it. room: where the date was asked for."""
    parts = []
    if one.starts_at is not None and one.ends_at is not None and one.starts_at != date.starts_at:
        parts.append(_times(one.starts_at, one.ends_at, date, zone))
    if one.room_name and one.room_name != room:
        parts.append(one_line(one.room_name))
    if one.seats is not None:
        parts.append(_("%(seats)s seats") % {"seats": one.seats})
    if parts and one.starts_at in (None, date.starts_at):
        parts.append(_("at the same time"))
    return ", ".join(parts)


def _times(starts_at: datetime, ends_at: datetime, date: DateView, zone: str) -> str:
    """Without the day, if it is that of the date."""
    start, end = starts_at.astimezone(zone_for_words(zone)), ends_at.astimezone(zone_for_words(zone))
    day = date.starts_at.astimezone(zone_for_words(zone)).date()
    if not start.date() == end.date() == day or start.tzname() != end.tzname():
        return interval(starts_at, ends_at, zone)
    values = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "zone": _zone(start)}
    return _("%(start)s–%(end)s %(zone)s") % values


def moment(instant: datetime, zone: str) -> str:
    """`Dienstag, 1. Dezember 2026, 10:00 Uhr MEZ`."""
    return _moment(instant.astimezone(zone_for_words(zone)), _LONG)


def short_moment(instant: datetime, zone: str) -> str:
    """`Di., 1. Dez. 2026, 10:00 Uhr MEZ`, for subjects."""
    return _moment(instant.astimezone(zone_for_words(zone)), _SHORT)


def subject(news: News, mail: BookingMail, *, for_organiser: bool, only: DateView | None = None) -> str:
    """`Einladung: Lagebesprechung (Di., 1. Dez. 2026, 10:00 Uhr MEZ)`. only: the date of a series that it is about."""
    dates = dates_to_name(mail) if only is None else [only]
    when = short_moment(dates[0].starts_at, mail.timezone)
    if len(dates) > 1:
        when = _("from %(when)s") % {"when": when}
    values = {"title": one_line(mail.title), "when": when}
    if news is News.CHANGED:
        return _("Changed: %(title)s (%(when)s)") % values
    if news in (News.CANCELLED, News.DATE_CANCELLED, News.UNINVITED):
        return _("Cancelled: %(title)s (%(when)s)") % values
    if news is News.SOON:
        return _("Reminder: %(title)s (%(when)s)") % values
    if news is News.WAY_IN:
        return _("Access data: %(title)s (%(when)s)") % values
    if for_organiser:
        return _("Booked: %(title)s (%(when)s)") % values
    return _("Invitation: %(title)s (%(when)s)") % values


def heading(news: News, *, for_organiser: bool) -> str:
    if news is News.UNINVITED:
        return _("You are no longer invited to this video conference")
    if news is News.DATE_CANCELLED:
        return _("A date of the video conference is cancelled")
    if news is News.SOON:
        return _("The video conference begins soon")
    if news is News.WAY_IN:
        return _("Your access to the video conference")
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
