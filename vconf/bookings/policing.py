# SPDX-License-Identifier: EUPL-1.2
"""What a room class says to a wish: when its rooms can be booked, by whom, as a series, with dates left out.

Hours and days are those of the installation's zone, whatever the zone of the booking: they are opening hours of the
house that owns the room. What `who_may_book` excludes is still seen; the room is only not to be had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.utils.dateformat import format as format_date
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vconf.authorities.models import PersonAddress
from vconf.authorities.rights import Actor
from vconf.bookings import ledger
from vconf.bookings.errors import (
    ClosedDay,
    NoCapacity,
    NotEntitled,
    OutsideHours,
    PartialNotAllowed,
    SeriesNotAllowed,
    TooFewDates,
    TooLong,
)
from vconf.bookings.recurrence import Date
from vconf.errors import Clash, Refusal, Text
from vconf.rooms.holidays import public_holidays
from vconf.rooms.models import Room, RoomClass
from vconf.rooms.policies import WEEK, Policy, entries_of, policy_of

_MIDNIGHT = time()
_DAY_NAMES = {
    "MO": _("Mon"),
    "TU": _("Tue"),
    "WE": _("Wed"),
    "TH": _("Thu"),
    "FR": _("Fri"),
    "SA": _("Sat"),
    "SU": _("Sun"),
}


def fits_policy(wanted: Date, policy: Policy) -> Refusal | None:
    """Why the class does not take this date, whoever asks and whenever: length, hours, days. None if it does."""
    longest = timedelta(minutes=policy.max_length_minutes)
    if wanted.ends_at - wanted.starts_at > longest:
        return too_long(wanted.ends_at - wanted.starts_at, policy)
    if not _limits_time(policy):
        return None
    zone = ledger.installation_zone()
    begins, ends = wanted.starts_at.astimezone(zone), wanted.ends_at.astimezone(zone)
    clash = [Clash(wanted.starts_at, wanted.ends_at, ClosedDay.code)]
    days = _days_touched(begins, ends)
    closed = _closed_days(policy.closed_days)
    for day in days:
        if day in closed or (policy.closed_on_holidays and day in public_holidays(day.year)):
            detail = format_lazy(_("The room is closed on {day}."), day=_in_words(day))
            return ClosedDay(detail, conflicts=clash)
    if all(WEEK[day.weekday()] in entries_of(policy.bookable_days) for day in days) and _in_hours(
        begins, ends, policy
    ):
        return None
    return OutsideHours(
        _hours_sentence(policy), conflicts=[Clash(wanted.starts_at, wanted.ends_at, OutsideHours.code)]
    )


def classes_closed(starts_at: datetime, ends_at: datetime) -> list[UUID]:
    """The room classes whose rooms nobody can book at that time, by their hours and days; however long it is."""
    wanted = Date(starts_at.replace(tzinfo=None), starts_at, ends_at)
    any_length = int((ends_at - starts_at).total_seconds() // 60) + 1
    return [
        room_class.id
        for room_class in RoomClass.objects.all()
        if isinstance(
            fits_policy(wanted, replace(policy_of(room_class), max_length_minutes=any_length)),
            ClosedDay | OutsideHours,
        )
    ]


def check_dates(dates: Sequence[Date], policy: Policy) -> None:
    """Raise the refusal of the first date that the class does not take, with all such dates as conflicts."""
    refused = [refusal for date_ in dates if (refusal := fits_policy(date_, policy)) is not None]
    if refused:
        refused[0].conflicts = tuple(clash for refusal in refused for clash in refusal.conflicts)
        raise refused[0]


def sort_out(dates: Sequence[Date], policy: Policy) -> list[Date]:
    """The dates that the class takes, for a partial acceptance. Raises the refusal if it takes none of them."""
    fitting = [date_ for date_ in dates if fits_policy(date_, policy) is None]
    if not fitting:
        check_dates(dates, policy)
    return fitting


def check_partial(
    policy: Policy, dates: Sequence[Date], left_out: Sequence[Date], codes: Mapping[Date, str]
) -> None:
    """Whether so many dates of a series may be left out. `codes`: why, where that is known; else capacity or quota.

    Raises PartialNotAllowed, TooFewDates, each naming the dates.
    """
    if not left_out:
        return
    conflicts = [Clash(one.starts_at, one.ends_at, codes.get(one, NoCapacity.code)) for one in left_out]
    if not policy.partial_allowed:
        raise PartialNotAllowed(limit=0, asked=len(left_out), unit="dates", conflicts=conflicts)
    by_share = len(dates) * (100 - policy.partial_share_percent) // 100
    most = min(by_share, policy.partial_most_refused)
    if len(left_out) > most:
        raise TooFewDates(
            format_lazy(
                _("{refused} of {dates} dates cannot be had; in this room {most} may be left out at most."),
                refused=len(left_out),
                dates=len(dates),
                most=most,
            ),
            limit=most,
            asked=len(left_out),
            unit="dates",
            conflicts=conflicts,
        )


def check_series(policy: Policy, dates: int) -> None:
    """Raise SeriesNotAllowed if the class takes single meetings only."""
    if not policy.series_allowed:
        raise SeriesNotAllowed(limit=1, asked=dates, unit="dates")


def is_entitled(room: Room, policy: Policy, actor: Actor) -> bool:
    """Whether the class lets them have the room. The room is one that the actor may see and book."""
    match policy.who_may_book:
        case "authority":
            return room.authority_id in actor.authority_ids
        case "admins":
            return actor.administers(room.authority_id)
        case "named":
            named = PersonAddress.objects.filter(address__in=entries_of(policy.bookers))
            return named.filter(person=actor.person).exists()
        case _:
            return True


def check_entitled(room: Room, policy: Policy, actor: Actor) -> None:
    """Raise NotEntitled if the class keeps the room for others."""
    if not is_entitled(room, policy, actor):
        raise NotEntitled()


def horizon_days(policy: Policy | None) -> int:
    """How many days ahead can be booked: the class may only be stricter than the installation."""
    if policy is None or not policy.horizon_days:
        return settings.VCONF_HORIZON_DAYS
    return min(policy.horizon_days, settings.VCONF_HORIZON_DAYS)


def too_long(length: timedelta, policy: Policy) -> TooLong:
    return TooLong(
        format_lazy(
            _("In this room a meeting may last {limit} minutes at most."), limit=policy.max_length_minutes
        ),
        limit=policy.max_length_minutes,
        asked=length.total_seconds() // 60,
        unit="minutes",
    )


def _limits_time(policy: Policy) -> bool:
    return bool(
        policy.bookable_from
        or policy.bookable_until
        or policy.closed_days
        or policy.closed_on_holidays
        or len(set(entries_of(policy.bookable_days))) < len(WEEK)
    )


def _day_in_words(day: date) -> str:
    return format_date(day, "j. F Y" if get_language() == "de" else "j F Y")


_in_words = lazy(_day_in_words, str)


@lru_cache(maxsize=256)
def _closed_days(text: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(entry) for entry in entries_of(text))


def _days_touched(begins: datetime, ends: datetime) -> list[date]:
    """A date that ends at midnight does not touch the next day."""
    last = (ends - timedelta(microseconds=1)).date()
    return [begins.date()] if last == begins.date() else [begins.date(), last]


def _in_hours(begins: datetime, ends: datetime, policy: Policy) -> bool:
    """Within the hours of the day it begins on. A limit on one side leaves the other open up to midnight."""
    if not policy.bookable_from and not policy.bookable_until:
        return True
    opens = time.fromisoformat(policy.bookable_from) if policy.bookable_from else _MIDNIGHT
    if begins.time() < opens:
        return False
    if ends.date() > begins.date():
        next_day = begins.date() + timedelta(days=1)
        return not policy.bookable_until and (ends.date(), ends.time()) == (next_day, _MIDNIGHT)
    return not policy.bookable_until or ends.time() <= time.fromisoformat(policy.bookable_until)


def _hours_sentence(policy: Policy) -> Text:
    named = entries_of(policy.bookable_days)
    days = format_lazy(", ".join(["{}"] * len(named)), *(_DAY_NAMES[day] for day in named))
    return format_lazy(
        _("This room can be booked from {begins} to {ends}: {days}."),
        begins=policy.bookable_from or "00:00",
        ends=policy.bookable_until or "24:00",
        days=days,
    )
