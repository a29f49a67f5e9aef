# SPDX-License-Identifier: EUPL-1.2
"""Reserved seats over time, per account (server, pool, authority), asked and written inside the transaction.

A step says how the level changes at one instant; steps of one instant are summed into one row, so the size of
the answer follows the number of distinct start and end times (a quarter-hour grid: at most 96 a day), not the
number of bookings. Every day that something runs into has an opening row, so no question looks further back
than midnight (UTC).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Cast, Extract

from vconf.bookings.models import LedgerStep, MonthlyUse
from vconf.writing import Writing


@dataclass(frozen=True, slots=True)
class Entry:
    """`seats` and `meetings` (negative: given back) on these accounts over [starts_at, ends_at)."""

    accounts: tuple[UUID, ...]
    starts_at: datetime
    ends_at: datetime
    seats: int
    meetings: int = 1

    def reversed(self) -> Entry:
        return Entry(self.accounts, self.starts_at, self.ends_at, -self.seats, -self.meetings)


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest levels within an interval, each with the instant it is first reached."""

    seats: int = 0
    meetings: int = 0
    seats_at: datetime | None = None
    meetings_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    seats: int
    meetings: int
    opening_seats: int = 0
    opening_meetings: int = 0


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def days_of(starts_at: datetime, ends_at: datetime) -> list[date]:
    """The UTC days that [starts_at, ends_at) touches."""
    first = starts_at.astimezone(UTC).date()
    last = (ends_at - timedelta(microseconds=1)).astimezone(UTC).date()
    return [first + timedelta(days=n) for n in range(max(0, (last - first).days) + 1)]


class Levels:
    """Steps of some accounts on some days, read at once; answers peaks from memory."""

    def __init__(self, steps: Iterable[tuple[UUID, date, Step]]) -> None:
        self._steps: dict[UUID, dict[date, list[Step]]] = defaultdict(lambda: defaultdict(list))
        for account, day, step in steps:
            self._steps[account][day].append(step)
        for by_day in self._steps.values():
            for found in by_day.values():
                found.sort(key=lambda step: step.at)

    def plus(self, entries: Iterable[Entry]) -> Levels:
        """These levels with more entries on top, as if they were written; nothing is. Of the days that were read."""
        found = Levels(())
        for account, by_day in self._steps.items():
            found._steps[account].update(by_day)
        added: dict[tuple[UUID, date], dict[datetime, list[int]]] = defaultdict(dict)
        for (account, at), numbers in steps_of(entries).items():
            added[account, at.astimezone(UTC).date()][at] = numbers
        for (account, day), by_instant in added.items():
            for step in found._steps[account].get(day, ()):
                known = (step.seats, step.meetings, step.opening_seats, step.opening_meetings)
                more = by_instant.get(step.at, (0, 0, 0, 0))
                by_instant[step.at] = [one + other for one, other in zip(known, more, strict=True)]
            found._steps[account][day] = [Step(at, *by_instant[at]) for at in sorted(by_instant)]
        return found

    def peak(self, account: UUID, starts_at: datetime, ends_at: datetime) -> Peak:
        """The highest levels of an account within [starts_at, ends_at)."""
        by_day = self._steps.get(account)
        if by_day is None:
            return Peak()
        best_seats = best_meetings = 0
        seats_at: datetime | None = None
        meetings_at: datetime | None = None
        for day in days_of(starts_at, ends_at):
            steps = by_day.get(day)
            if not steps:
                continue
            seats = meetings = 0
            window_from = max(starts_at, midnight(day))
            counted = False
            for step in steps:
                if step.at >= ends_at:
                    break
                if step.at > window_from and not counted:
                    counted = True
                    if seats > best_seats:
                        best_seats, seats_at = seats, window_from
                    if meetings > best_meetings:
                        best_meetings, meetings_at = meetings, window_from
                seats += step.opening_seats + step.seats
                meetings += step.opening_meetings + step.meetings
                if step.at >= window_from:
                    counted = True
                    if seats > best_seats:
                        best_seats, seats_at = seats, step.at
                    if meetings > best_meetings:
                        best_meetings, meetings_at = meetings, step.at
            if not counted:
                if seats > best_seats:
                    best_seats, seats_at = seats, window_from
                if meetings > best_meetings:
                    best_meetings, meetings_at = meetings, window_from
        return Peak(best_seats, best_meetings, seats_at, meetings_at)

    def over(
        self,
        account: UUID,
        starts_at: datetime,
        ends_at: datetime,
        *,
        seats: int | None,
        meetings: int | None,
    ) -> list[tuple[datetime, datetime, str, int, int]]:
        """Intervals in which a limit is passed: (from, until, "seats" | "meetings", limit, highest in use)."""
        found: list[tuple[datetime, datetime, str, int, int]] = []
        for what, limit in (("seats", seats), ("meetings", meetings)):
            if limit is None:
                continue
            open_from: datetime | None = None
            highest = 0
            for at, level in self.walk(account, what, starts_at, ends_at):
                if level > limit:
                    # of several at one instant, the last counts
                    highest = max(highest, level) if open_from not in (None, at) else level
                    open_from = open_from or at
                elif open_from is not None:
                    if open_from < at:
                        found.append((open_from, at, what, limit, highest))
                    open_from, highest = None, 0
            if open_from is not None:
                found.append((open_from, ends_at, what, limit, highest))
        return sorted(found)

    def walk(
        self, account: UUID, what: str, starts_at: datetime, ends_at: datetime
    ) -> Iterable[tuple[datetime, int]]:
        """(instant, level from then on), in order, over the days that have steps; a day begins at 0 unless a row says
        what is carried over into it.

        what: "seats" or "meetings". What happened before `starts_at` is told at `starts_at`, the last of it counts.
        """
        by_day = self._steps.get(account, {})
        first, last = starts_at.astimezone(UTC).date(), ends_at.astimezone(UTC).date()
        for day in sorted(day for day in by_day if first <= day <= last):
            level = 0
            for step in by_day[day]:
                level += getattr(step, f"opening_{what}") + getattr(step, what)
                if step.at >= ends_at:
                    return
                yield max(step.at, starts_at), level
            over = midnight(day + timedelta(days=1))
            following = by_day.get(over.date())
            if over < ends_at and (not following or following[0].at > over):
                yield over, 0


def read_levels(accounts: Collection[UUID], days: Collection[date]) -> Levels:
    """One query for all accounts on all these UTC days."""
    if not accounts or not days:
        return Levels(())
    return Levels(_steps(LedgerStep.objects.filter(account__in=accounts, day__in=days)))


_FIELDS: dict[str, Any] = {field.name: field for field in LedgerStep._meta.concrete_fields}
_ACCOUNT, _AT, _DAY = (_FIELDS[name] for name in ("account", "at", "day"))


def prepared_id(one: UUID) -> Any:
    """As the driver takes it; so the two below."""
    return _ACCOUNT.get_db_prep_value(one, connection)


def prepared_moment(moment: datetime) -> Any:
    return _AT.get_db_prep_value(moment, connection)


def prepared_day(day: date) -> Any:
    return _DAY.get_db_prep_value(day, connection)


def spans_by_day(times: Iterable[tuple[datetime, datetime]]) -> dict[date, tuple[datetime, datetime]]:
    """UTC day -> the earliest start and the latest end on it."""
    spans: dict[date, tuple[datetime, datetime]] = {}
    for starts_at, ends_at in times:
        for day in days_of(starts_at, ends_at):
            since, until = max(starts_at, midnight(day)), min(ends_at, midnight(day + timedelta(days=1)))
            known = spans.get(day, (since, until))
            spans[day] = (min(known[0], since), max(known[1], until))
    return spans


def read_times(accounts: Collection[UUID], times: Iterable[tuple[datetime, datetime]]) -> Levels:
    """`read_levels` for those who ask about nothing but these times: one query, a tenth of the rows.

    What a day held up to then comes as one step, what comes later not at all. Several times of a day are read as one.
    """
    spans = spans_by_day(times)
    if not accounts or not spans:
        return Levels(())
    is_postgresql = connection.vendor == "postgresql"
    days = [prepared_day(day) for day in spans]
    wanted = [
        value
        for day, span in zip(days, spans.values(), strict=True)
        for value in (day, *(prepared_moment(moment) for moment in span))
    ]
    statement = _TIMES.format(
        spans=", ".join(["(CAST(%s AS date), CAST(%s AS timestamptz), CAST(%s AS timestamptz))"] * len(days))
        if is_postgresql
        else ", ".join(["(%s, %s, %s)"] * len(days)),
        accounts=", ".join(["%s"] * len(accounts)),
        days=", ".join(["%s"] * len(days)),
        at="CAST(EXTRACT(EPOCH FROM moment) * 1000000 AS bigint)" if is_postgresql else "moment",
    )
    asked = [prepared_id(account) for account in accounts]
    known_moments: dict[Any, datetime] = {}
    steps: list[tuple[UUID, date, Step]] = []
    with connection.cursor() as cursor:
        cursor.execute(statement, [*wanted, *asked, *days])
        for account, told, *numbers in cursor.fetchall():
            at = known_moments.get(told)
            if at is None:
                at = known_moments[told] = moment_told(told)
            steps.append((_ACCOUNT.to_python(account), at.date(), Step(at, *numbers)))
    return Levels(steps)


_TIMES = """
    WITH wanted (day, since, until) AS (VALUES {spans}), found AS (
        SELECT step.account, CASE WHEN step.at < wanted.since THEN wanted.since ELSE step.at END AS moment,
            step.seats, step.meetings, step.opening_seats, step.opening_meetings
        FROM bookings_ledgerstep AS step JOIN wanted ON wanted.day = step.day
        WHERE step.account IN ({accounts}) AND step.day IN ({days}) AND step.at < wanted.until
    )
    SELECT account, {at}, sum(seats), sum(meetings), sum(opening_seats), sum(opening_meetings)
    FROM found GROUP BY account, moment
"""


def moment_told(told: int | str) -> datetime:
    """Of microseconds (PostgreSQL, far cheaper to read than its texts) or SQLite's text, which is UTC."""
    if isinstance(told, int):
        return _EPOCH + timedelta(microseconds=told)
    return datetime.fromisoformat(told).replace(tzinfo=UTC)


def read_range(accounts: Collection[UUID], starts_at: datetime, ends_at: datetime) -> Levels:
    """All steps of these accounts between two instants (whole days), for reports over long stretches."""
    if not accounts:
        return Levels(())
    return Levels(
        _steps(
            LedgerStep.objects.filter(
                account__in=accounts, day__gte=starts_at.date(), day__lte=ends_at.date()
            )
        )
    )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _steps(rows: QuerySet[LedgerStep]) -> Iterable[tuple[UUID, date, Step]]:
    """As they are read: thousands at a time, so on PostgreSQL as microseconds, which are far cheaper than texts."""
    numbers = ("seats", "meetings", "opening_seats", "opening_meetings")
    if connection.vendor != "postgresql":
        for account, day, at, *levels in rows.values_list("account", "day", "at", *numbers):
            yield account, day, Step(at, *levels)
        return
    since = Cast(Extract("at", "epoch") * 1_000_000, BigIntegerField())
    known: dict[int, datetime] = {}
    for account, micros, *levels in rows.annotate(since=since).values_list("account", "since", *numbers):
        at = known.get(micros)
        if at is None:
            at = known[micros] = _EPOCH + timedelta(microseconds=micros)
        yield account, at.date(), Step(at, *levels)


def read_peaks(accounts: Collection[UUID], starts_at: datetime, ends_at: datetime) -> dict[UUID, Peak]:
    """The highest levels of each account within [starts_at, ends_at), worked out by the database in one statement.

    For long stretches: the steps stay where they are. `meetings_at` is not told; an account without steps has no row.
    """
    if not accounts:
        return {}
    account_field = LedgerStep._meta.get_field("account")
    at_field = LedgerStep._meta.get_field("at")
    day_field = LedgerStep._meta.get_field("day")
    days = [moment.astimezone(UTC).date() for moment in (starts_at, ends_at)]
    first, last = (day_field.get_db_prep_value(day, connection) for day in days)
    begins, ends = (at_field.get_db_prep_value(moment, connection) for moment in (starts_at, ends_at))
    statement = _PEAKS.format(marks=", ".join(["%s"] * len(accounts)))
    known = [account_field.get_db_prep_value(account, connection) for account in accounts]
    found: dict[UUID, Peak] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [*known, first, last, ends, first, begins])
        for account, seats, meetings, at in cursor.fetchall():
            moment = datetime.fromisoformat(at) if isinstance(at, str) else at
            moment = max(moment.replace(tzinfo=moment.tzinfo or UTC), starts_at)
            found[account_field.to_python(account)] = Peak(
                max(0, seats), max(0, meetings), moment if seats > 0 else None
            )
    return found


#: a level holds until the next step of its day, the last one until midnight; only on the first day may it have ended
#: before the interval begins
_PEAKS = """
    WITH levels AS (
        SELECT account, day, at,
            sum(opening_seats + seats) OVER through AS seats,
            sum(opening_meetings + meetings) OVER through AS meetings,
            lead(at) OVER through AS until
        FROM bookings_ledgerstep WHERE account IN ({marks}) AND day >= %s AND day <= %s
        WINDOW through AS (PARTITION BY account, day ORDER BY at ROWS UNBOUNDED PRECEDING)
    ), inside AS (
        SELECT account, at, seats, meetings FROM levels
        WHERE at < %s AND (day > %s OR until IS NULL OR until > %s)
    ), highest AS (
        SELECT account, max(seats) AS seats, max(meetings) AS meetings FROM inside GROUP BY account
    )
    SELECT highest.account, highest.seats, highest.meetings, min(inside.at)
    FROM highest JOIN inside ON inside.account = highest.account AND inside.seats = highest.seats
    GROUP BY highest.account, highest.seats, highest.meetings
"""


def steps_of(entries: Iterable[Entry]) -> dict[tuple[UUID, datetime], list[int]]:
    """(account, at) -> [seats, meetings, opening_seats, opening_meetings], entries of one instant summed."""
    steps: dict[tuple[UUID, datetime], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for entry in entries:
        for account in entry.accounts:
            start = steps[account, entry.starts_at]
            start[0] += entry.seats
            start[1] += entry.meetings
            days = days_of(entry.starts_at, entry.ends_at)
            for day in days[1:]:
                opening = steps[account, midnight(day)]
                opening[2] += entry.seats
                opening[3] += entry.meetings
            # what ends exactly at midnight is not carried into that day, so it needs no end there
            if entry.ends_at != midnight(days[-1] + timedelta(days=1)):
                end = steps[account, entry.ends_at]
                end[0] -= entry.seats
                end[1] -= entry.meetings
    return steps


def write(entries: Iterable[Entry]) -> None:
    """Add entries to the ledger: one upsert. Callers hold the accounts' locks."""
    writing = Writing()
    add_to(writing, entries)
    writing.send()


_STEP_COLUMNS = (
    ("account", "uuid"),
    ("day", "date"),
    ("at", "timestamptz"),
    ("seats", "integer"),
    ("meetings", "integer"),
    ("opening_seats", "integer"),
    ("opening_meetings", "integer"),
)
_ADD_STEP = (
    "(account, day, at) DO UPDATE SET seats = step.seats + excluded.seats,"
    " meetings = step.meetings + excluded.meetings,"
    " opening_seats = step.opening_seats + excluded.opening_seats,"
    " opening_meetings = step.opening_meetings + excluded.opening_meetings"
)


def add_to(writing: Writing, entries: Iterable[Entry]) -> None:
    """`write` with the caller's other rows. Rows in ascending order."""
    steps = steps_of(entries)
    rows = [
        (
            prepared_id(account),
            prepared_day(at.astimezone(UTC).date()),
            prepared_moment(at),
            *numbers,
        )
        for (account, at), numbers in sorted(steps.items())
        if any(numbers)
    ]
    if rows:
        writing.insert("bookings_ledgerstep", _STEP_COLUMNS, rows, alias="step", conflict=_ADD_STEP)


def installation_zone() -> ZoneInfo:
    """The zone whose months seat-hours are counted in."""
    return ZoneInfo(settings.VCONF_TIME_ZONE)


def month_of(instant: datetime) -> date:
    return instant.astimezone(installation_zone()).date().replace(day=1)


def next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """First instant of a local month, and first instant after it."""
    zone = installation_zone()
    begins, ends = (datetime.combine(day, time(), tzinfo=zone) for day in (month, next_month(month)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


def minutes_by_month(starts_at: datetime, ends_at: datetime) -> dict[date, int]:
    """Planned minutes within each local month; whole minutes, the first month takes the rest."""
    found: dict[date, int] = {}
    total = int((ends_at - starts_at).total_seconds() // 60)
    month = month_of(starts_at)
    counted = 0
    cursor = starts_at
    while cursor < ends_at:
        until = min(month_bounds(month)[1], ends_at)
        found[month] = int((until - cursor).total_seconds() // 60)
        counted += found[month]
        cursor, month = until, next_month(month)
    if found and counted < total:
        found[month_of(starts_at)] += total - counted
    return found


def seat_minutes(dates: Iterable[tuple[datetime, datetime]], seats: int) -> dict[date, int]:
    """Planned minutes x seats of these dates, per local month."""
    use: dict[date, int] = defaultdict(int)
    for starts_at, ends_at in dates:
        for month, minutes in minutes_by_month(starts_at, ends_at).items():
            use[month] += minutes * seats
    return dict(use)


def read_monthly(accounts: Collection[UUID], months: Collection[date]) -> dict[tuple[UUID, date], int]:
    rows = MonthlyUse.objects.filter(account__in=accounts, month__in=months)
    return {(account, month): n for account, month, n in rows.values_list("account", "month", "seat_minutes")}


def write_monthly(accounts: Sequence[UUID], use: dict[date, int], *, sign: int = 1) -> None:
    """Add (sign 1) or give back (sign -1) seat-minutes on these accounts."""
    writing = Writing()
    add_monthly_to(writing, accounts, use, sign=sign)
    writing.send()


_USE_COLUMNS = (("account", "uuid"), ("month", "date"), ("seat_minutes", "bigint"))
_ADD_USE = "(account, month) DO UPDATE SET seat_minutes = held.seat_minutes + excluded.seat_minutes"


def add_monthly_to(
    writing: Writing, accounts: Sequence[UUID], use: dict[date, int], *, sign: int = 1
) -> None:
    """`write_monthly` with the caller's other rows."""
    account_field = MonthlyUse._meta.get_field("account")
    month_field = MonthlyUse._meta.get_field("month")
    rows = [
        (
            account_field.get_db_prep_value(account, connection),
            month_field.get_db_prep_value(month, connection),
            sign * minutes,
        )
        for account in sorted(accounts)
        for month, minutes in sorted(use.items())
        if minutes
    ]
    if rows:
        writing.insert("bookings_monthlyuse", _USE_COLUMNS, rows, alias="held", conflict=_ADD_USE)
