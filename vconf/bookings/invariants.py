# SPDX-License-Identifier: EUPL-1.2
"""The audit of the promises: works everything out anew from the dates and compares it with what is written.

It trusts no ledger, no lock and no constraint. A sweep over the start and end times finds where rooms overlap
(invariant 1), servers and pools carry more than they can (2) and authorities more than they may (3); the ledger
has to say the same as the dates, and every date one running meeting at most (8). All is read as of one moment, so
that it can be asked while people book.

What exceeds a limit because the limit was lowered later is no violation but `over_committed`: bookings made
under the old one stay. A limit's last change is told apart by time: a date reserved (again) after it
had to respect it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from vconf.audit.selectors import last_changes
from vconf.authorities.selectors import paths_of
from vconf.bookings import ledger
from vconf.bookings.calendars import Extent, wished_span
from vconf.bookings.guards import missing_guards
from vconf.bookings.models import (
    OCCUPYING,
    RUNNING,
    Approval,
    ApprovalState,
    Attendee,
    AttendeeAnswer,
    Booking,
    BusyTime,
    CalendarEntry,
    LedgerStep,
    Meeting,
    MonthlyUse,
    Occurrence,
    OccurrenceState,
    Overrun,
    PartStat,
)
from vconf.bookings.quotas import Limits
from vconf.rooms.models import ConferenceServer, Pool, ServerState

#: states whose seats stand in the ledger: those that occupy, and those over, up to their release
KEPT = (*OCCUPYING, OccurrenceState.ENDED, OccurrenceState.NO_SHOW)
#: a limit that nobody ever changed held for every booking
ALWAYS = datetime.min.replace(tzinfo=UTC)

_BEGIN = {"postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "sqlite": "BEGIN DEFERRED"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as promised. `violation` False: over-committed by a later decision."""

    invariant: int
    what: str
    violation: bool = True

    def __str__(self) -> str:
        kind = "violation" if self.violation else "over-committed"
        return f"{kind} of invariant {self.invariant}: {self.what}"


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    booking_id: UUID
    room_id: UUID
    pool_id: UUID
    server_id: UUID
    authority_id: UUID
    starts_at: datetime
    ends_at: datetime
    blocks_from: datetime
    blocks_until: datetime
    seats: int
    state: str
    reserved_at: datetime
    released_at: datetime | None

    @property
    def until(self) -> datetime:
        """The end of what is occupied: planned, or when it was released."""
        return self.ends_at if self.released_at is None else min(self.ends_at, self.released_at)


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside is as of one moment, and no writer waits for it. Within a transaction: nothing new."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("COMMIT")


def audit_invariants() -> list[Finding]:
    """Everything that is wrong, in the order of the invariants; empty when all is well."""
    with one_moment():
        return _audit()


def _audit() -> list[Finding]:
    rows = [
        _Row(*values)
        for values in Occurrence.objects.filter(state__in=KEPT).values_list(
            "id",
            "booking_id",
            "room_id",
            "pool_id",
            "reserved_server_id",
            "booking__authority_id",
            "starts_at",
            "ends_at",
            "blocks_from",
            "blocks_until",
            "seats",
            "state",
            "reserved_at",
            "released_at",
        )
    ]
    paths = {
        authority_id: tuple(a.id for a in path)
        for authority_id, path in paths_of({row.authority_id for row in rows}).items()
    }
    return [
        *_missing_guards(),
        *_overlaps(rows),
        *_capacity(rows),
        *_quotas(rows, paths),
        *_seat_hours(rows, paths),
        *_ledger(rows, paths),
        *_meetings(),
        *_approvals(),
        *_held(),
        *_busy_times(rows),
        *_calendars(),
    ]


def _missing_guards() -> Iterator[Finding]:
    for name in missing_guards(connection):
        yield Finding(1, f"the database lacks the guard {name}")


def _overlaps(rows: Iterable[_Row]) -> Iterator[Finding]:
    by_room: dict[UUID, list[_Row]] = defaultdict(list)
    for row in rows:
        if row.state in OCCUPYING:
            by_room[row.room_id].append(row)
    for room_id, of_room in by_room.items():
        of_room.sort(key=lambda row: row.blocks_from)
        latest: _Row | None = None
        for row in of_room:
            if latest is not None and row.blocks_from < latest.blocks_until:
                yield Finding(1, f"room {room_id}: {latest.id} and {row.id} overlap at {row.blocks_from}")
            if latest is None or row.blocks_until > latest.blocks_until:
                latest = row


def _sweep(rows: Iterable[_Row]) -> Iterator[tuple[datetime, int, int, datetime]]:
    """(instant, seats, meetings, latest change of what is there) after each start, in order of time.

    At one instant ends come before starts: intervals are half-open.
    """
    steps: list[tuple[datetime, int, _Row]] = []
    for row in rows:
        if row.until > row.starts_at:
            steps += [(row.starts_at, 1, row), (row.until, 0, row)]
    steps.sort(key=lambda step: step[:2])
    seats = meetings = 0
    there: dict[UUID, datetime] = {}
    for at, begins, row in steps:
        if begins:
            seats, meetings = seats + row.seats, meetings + 1
            there[row.id] = row.reserved_at
            yield at, seats, meetings, max(there.values())
        else:
            seats, meetings = seats - row.seats, meetings - 1
            del there[row.id]


@dataclass(frozen=True, slots=True)
class _Excess:
    """More than a limit at one instant. `violation`: something there was promised after the limit was set."""

    at: datetime
    what: str
    limit: int
    in_use: int
    violation: bool

    @property
    def weight(self) -> tuple[bool, int]:
        """What is told when there are several: a violation is never hidden behind a larger over-commitment."""
        return self.violation, self.in_use - self.limit


def _exceeded(
    rows: Iterable[_Row], *, seats: int | None, meetings: int | None, decided: datetime
) -> _Excess | None:
    """The gravest instant beyond a limit that was last changed at `decided`, or None."""
    worst: _Excess | None = None
    for at, n_seats, n_meetings, reserved_at in _sweep(rows):
        for what, limit, in_use in (("seats", seats, n_seats), ("meetings", meetings, n_meetings)):
            if limit is not None and in_use > limit:
                excess = _Excess(at, what, limit, in_use, reserved_at > decided)
                if worst is None or excess.weight > worst.weight:
                    worst = excess
    return worst


def _capacity(rows: list[_Row]) -> Iterator[Finding]:
    by_server: dict[UUID, list[_Row]] = defaultdict(list)
    by_pool: dict[UUID, list[_Row]] = defaultdict(list)
    for row in rows:
        by_server[row.server_id].append(row)
        by_pool[row.pool_id].append(row)
    servers = {server.id: server for server in ConferenceServer.objects.all()}
    # what the operator decided; how a server fares, or is named, is no decision about what may be promised
    decided = last_changes("server", servers, action="server.change", fields=("seats", "meetings", "state"))
    for server_id, of_server in by_server.items():
        server = servers[server_id]
        excess = _exceeded(
            of_server,
            seats=server.seats,
            meetings=server.meetings,
            decided=decided.get(server_id, ALWAYS),
        )
        if excess is not None:
            yield Finding(
                2,
                f"server {server.name} at {excess.at}: {excess.in_use} {excess.what}, limit {excess.limit}",
                violation=excess.violation,
            )
    for pool in Pool.objects.filter(n_plus_one=True):
        members = [server for server in servers.values() if server.pool_id == pool.id]
        seats = [server.seats for server in members if server.state == ServerState.ENABLED]
        limit = sum(seats) - max(seats, default=0)
        times = [
            *last_changes("pool", [pool.id], fields=("n_plus_one",)).values(),
            *(decided[server.id] for server in members if server.id in decided),
        ]
        excess = _exceeded(
            by_pool.get(pool.id, []), seats=limit, meetings=None, decided=max(times, default=ALWAYS)
        )
        if excess is not None:
            yield Finding(
                2,
                f"pool {pool.name} at {excess.at}: {excess.in_use} seats, {limit} with the largest server lost",
                violation=excess.violation,
            )


def _below(rows: Iterable[_Row], paths: dict[UUID, tuple[UUID, ...]]) -> dict[UUID, list[_Row]]:
    """What counts for each authority: everything charged to it or below it."""
    found: dict[UUID, list[_Row]] = defaultdict(list)
    for row in rows:
        for authority_id in paths[row.authority_id]:
            found[authority_id].append(row)
    return found


def _quotas(rows: list[_Row], paths: dict[UUID, tuple[UUID, ...]]) -> Iterator[Finding]:
    below = _below(rows, paths)
    limits = Limits.read(list(below))
    decided = last_changes("authority", list(below), action="quota.set")
    zone = ledger.installation_zone()
    for authority_id, of_authority in below.items():
        if not limits.names(authority_id):
            continue
        by_day: dict[date, list[_Row]] = defaultdict(list)
        for row in of_authority:
            day = row.starts_at.astimezone(zone).date()
            while day <= (row.until - timedelta(microseconds=1)).astimezone(zone).date():
                by_day[day].append(row)
                day += timedelta(days=1)
        found = []
        for day, of_day in sorted(by_day.items()):
            quota = limits.on(authority_id, day)
            if quota is not None:
                excess = _exceeded(
                    of_day,
                    seats=quota.concurrent_seats,
                    meetings=quota.concurrent_meetings,
                    decided=decided.get(authority_id, ALWAYS),
                )
                found += [excess] if excess is not None else []
        if found:
            worst = max(found, key=lambda excess: excess.weight)
            yield Finding(
                3,
                f"authority {authority_id} at {worst.at}: {worst.in_use} {worst.what}, quota {worst.limit}",
                violation=worst.violation,
            )


def _seat_hours(rows: list[_Row], paths: dict[UUID, tuple[UUID, ...]]) -> Iterator[Finding]:
    below = _below((row for row in rows if row.state != OccurrenceState.NO_SHOW), paths)
    limits = Limits.read(list(below))
    decided = last_changes("authority", list(below), action="quota.set")
    for authority_id, of_authority in below.items():
        if not limits.names(authority_id):
            continue
        used: dict[date, int] = defaultdict(int)
        reserved_at: dict[date, datetime] = {}
        for row in of_authority:
            for month, minutes in ledger.seat_minutes([(row.starts_at, row.ends_at)], row.seats).items():
                used[month] += minutes
                reserved_at[month] = max(reserved_at.get(month, row.reserved_at), row.reserved_at)
        for month, minutes in sorted(used.items()):
            quota = limits.on(authority_id, month)
            if quota is None or quota.seat_hours_per_month is None:
                continue
            if minutes > quota.seat_hours_per_month * 60:
                yield Finding(
                    3,
                    f"authority {authority_id} in {month:%Y-%m}: {minutes / 60:.1f} seat-hours,"
                    f" quota {quota.seat_hours_per_month}",
                    violation=reserved_at[month] > decided.get(authority_id, ALWAYS),
                )


def _ledger(rows: list[_Row], paths: dict[UUID, tuple[UUID, ...]]) -> Iterator[Finding]:
    """The ledger says what the dates say; otherwise the next check decides on wrong numbers."""
    entries = [
        ledger.Entry(
            (row.server_id, row.pool_id, *paths[row.authority_id]), row.starts_at, row.until, row.seats
        )
        for row in rows
        if row.until > row.starts_at
    ]
    by_id = {row.id: row for row in rows}
    for occurrence_id, starts_at, ends_at in Overrun.objects.values_list(
        "occurrence_id", "starts_at", "ends_at"
    ):
        row = by_id[occurrence_id]
        if ends_at > starts_at:
            accounts = (row.server_id, row.pool_id, *paths[row.authority_id])
            entries.append(ledger.Entry(accounts, starts_at, ends_at, row.seats))
    expected = {key: numbers for key, numbers in ledger.steps_of(entries).items() if any(numbers)}
    written = {
        (account, at): numbers
        for account, at, *numbers in LedgerStep.objects.values_list(
            "account", "at", "seats", "meetings", "opening_seats", "opening_meetings"
        )
        if any(numbers)
    }
    for account, at in sorted({*expected, *written}):
        wanted, found = expected.get((account, at)), written.get((account, at))
        if wanted != found:
            yield Finding(2, f"ledger of {account} at {at}: {found} written, {wanted} expected")

    hours: dict[tuple[UUID, date], int] = defaultdict(int)
    for row in rows:
        if row.state == OccurrenceState.NO_SHOW:
            continue
        for month, minutes in ledger.seat_minutes([(row.starts_at, row.ends_at)], row.seats).items():
            for authority_id in paths[row.authority_id]:
                hours[authority_id, month] += minutes
    monthly = {
        (account, month): minutes
        for account, month, minutes in MonthlyUse.objects.values_list("account", "month", "seat_minutes")
        if minutes
    }
    for account, month in sorted({*hours, *monthly}):
        if hours.get((account, month), 0) != monthly.get((account, month), 0):
            yield Finding(
                3,
                f"seat-hours of {account} in {month:%Y-%m}: {monthly.get((account, month), 0)} minutes written,"
                f" {hours.get((account, month), 0)} expected",
            )


def _meetings() -> Iterator[Finding]:
    running: dict[UUID, list[UUID]] = defaultdict(list)
    for meeting in Meeting.objects.filter(state__in=RUNNING).select_related("occurrence"):
        running[meeting.occurrence_id].append(meeting.id)
        if meeting.occurrence.state not in OCCUPYING:
            yield Finding(8, f"meeting {meeting.id} runs for a date that is {meeting.occurrence.state}")
    for occurrence_id, meetings in running.items():
        if len(meetings) > 1:
            yield Finding(8, f"date {occurrence_id} has {len(meetings)} running meetings")


def _approvals() -> Iterator[Finding]:
    """What is pending waits for one request, and what is asked for is pending: else nobody would ever decide."""
    pending = set(
        Occurrence.objects.filter(state=OccurrenceState.PENDING).values_list("booking_id", flat=True)
    )
    asked = set(Approval.objects.filter(state=ApprovalState.ASKED).values_list("booking_id", flat=True))
    for booking_id in sorted(pending - asked):
        yield Finding(4, f"booking {booking_id} has pending dates, and nobody is asked about them")
    for booking_id in sorted(asked - pending):
        yield Finding(4, f"somebody is asked about booking {booking_id}, which has no pending date")


def _held() -> Iterator[Finding]:
    """Dates are held for a refused change that the clock will look at in time, and what was refused has no dates."""
    wishes = dict(Booking.objects.filter(wish__isnull=False).values_list("id", "wish_until"))
    dates = Occurrence.objects.filter(Q(held_until__isnull=False) | Q(state=OccurrenceState.HELD))
    for date_id, booking_id, state, held_until, starts_at in dates.values_list(
        "id", "booking_id", "state", "held_until", "starts_at"
    ):
        until = wishes.get(booking_id)
        if held_until is None or state not in (OccurrenceState.HELD, OccurrenceState.PENDING):
            yield Finding(4, f"date {date_id} is {state}, held until {held_until}")
        elif until is None or until > held_until or held_until > starts_at:
            yield Finding(4, f"date {date_id} is held until {held_until}, and nobody will let go of it then")
    refused = [booking_id for booking_id, until in wishes.items() if until is None]
    for date_id in (
        Occurrence.objects.filter(booking_id__in=refused)
        .exclude(state=OccurrenceState.REFUSED)
        .values_list("id", flat=True)
    ):
        yield Finding(4, f"date {date_id} of a refused booking is not refused")


def _busy_times(rows: Iterable[_Row]) -> Iterator[Finding]:
    """The search for a common time believes `BusyTime`, which has to say what dates and people say."""
    people: dict[UUID, list[tuple[UUID | None, UUID, str]]] = defaultdict(list)
    for booking_id, person_id in Booking.objects.values_list("id", "organiser_id"):
        people[booking_id].append((None, person_id, PartStat.ACCEPTED))
    invited = Attendee.objects.filter(person__isnull=False)
    for booking_id, attendee, person, partstat in invited.values_list(
        "booking_id", "id", "person_id", "partstat"
    ):
        people[booking_id].append((attendee, person, partstat))
    single: dict[tuple[UUID | None, UUID], str] = {
        (attendee_id, occurrence_id): partstat
        for attendee_id, occurrence_id, partstat in AttendeeAnswer.objects.values_list(
            "attendee_id", "occurrence_id", "partstat"
        )
    }
    expected = {
        (row.id, person_id): (row.starts_at, row.ends_at)
        for row in rows
        if row.state in OCCUPYING
        for attendee_id, person_id, partstat in people[row.booking_id]
        if single.get((attendee_id, row.id), partstat) != PartStat.DECLINED
    }
    for occurrence_id, person_id, *times in BusyTime.objects.values_list(
        "occurrence_id", "person_id", "starts_at", "ends_at"
    ):
        wanted = expected.pop((occurrence_id, person_id), None)
        if wanted != tuple(times):
            told = "nothing" if wanted is None else f"{wanted[0]} to {wanted[1]}"
            yield Finding(
                7,
                f"busy time of {person_id} for date {occurrence_id}: {times[0]} to {times[1]} written,"
                f" {told} expected",
            )
    for occurrence_id, person_id in sorted(expected):
        yield Finding(7, f"busy time of {person_id} for date {occurrence_id} is missing")


def _calendars() -> Iterator[Finding]:
    """A booking that stands is shown to its organiser and in the calendars of its dates' rooms, one of which nothing
    takes place to its organiser only, a cancelled one nowhere. Where it is shown it has the span of its dates.
    """
    dates: dict[UUID, list[tuple[UUID, datetime, datetime, str]]] = defaultdict(list)
    for booking_id, room_id, starts_at, ends_at, state in Occurrence.objects.values_list(
        "booking_id", "room_id", "starts_at", "ends_at", "state"
    ):
        dates[booking_id].append((room_id, starts_at, ends_at, state))
    shown: dict[UUID, dict[UUID | None, CalendarEntry]] = defaultdict(dict)
    for entry in CalendarEntry.objects.filter(deleted_at=None).select_related("calendar"):
        shown[entry.booking_id][entry.calendar.person_id or entry.calendar.room_id] = entry
        if entry.change > entry.calendar.change:
            yield Finding(7, f"entry {entry.id} counts further than its calendar")
    for booking in Booking.objects.all():
        entries = shown.get(booking.id, {})
        if booking.cancelled_at is not None:
            if entries:
                yield Finding(7, f"cancelled booking {booking.id} is still shown in {len(entries)} calendars")
            continue
        extent = Extent.of(dates[booking.id], wished_span(booking.wish))
        if extent is None:
            # what is left of it has another name by now
            if entries:
                yield Finding(7, f"nothing is left of booking {booking.id}, and it is still shown")
            continue
        if not {booking.organiser_id, *extent.room_ids} <= entries.keys():
            yield Finding(7, f"booking {booking.id} is missing in its organiser's or a room's calendar")
            continue
        if not extent.room_ids and len(entries) > 1:
            yield Finding(7, f"refused booking {booking.id} is shown in {len(entries)} calendars")
        if entries[booking.organiser_id].uid != booking.uid:
            yield Finding(7, f"booking {booking.id} has not its own UID in its organiser's calendar")
        for entry in entries.values():
            if entry.calendar.room_id is not None and entry.calendar.room_id not in extent.room_ids:
                yield Finding(7, f"booking {booking.id} is shown in a room where it has no date")
            if (entry.first_at, entry.last_at) != (extent.first_at, extent.last_at):
                yield Finding(7, f"entry {entry.id} does not have the span of booking {booking.id}")
