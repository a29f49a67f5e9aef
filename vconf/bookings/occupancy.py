# SPDX-License-Identifier: EUPL-1.2
"""What dates take from servers, pool and authorities, written into the ledger and given back. Asked under locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from vconf.bookings import ledger
from vconf.bookings.models import Occurrence, OccurrenceState, Overrun
from vconf.writing import Writing


@dataclass(frozen=True, slots=True)
class Charge:
    """Who pays: the pool that carries it and the authorities from the root down to the charged one."""

    pool_id: UUID
    path: tuple[UUID, ...]

    def accounts(self, server_id: UUID) -> tuple[UUID, ...]:
        return (server_id, self.pool_id, *self.path)


def release(
    occurrences: Sequence[Occurrence], path: Sequence[UUID], *, since: datetime | None = None
) -> None:
    """Give back the seats of these dates, from `since` on if given (a meeting that ended early), overrun included.

    Seat-hours are given back with whole dates only: what was planned and begun is used (design).
    """
    entries = []
    for occurrence in occurrences:
        starts_at = occurrence.starts_at if since is None else max(since, occurrence.starts_at)
        if starts_at >= occurrence.ends_at:
            continue
        accounts = Charge(occurrence.pool_id, tuple(path)).accounts(occurrence.reserved_server_id)
        entries.append(ledger.Entry(accounts, starts_at, occurrence.ends_at, occurrence.seats).reversed())
    late = [occurrence for occurrence in occurrences if occurrence.state == OccurrenceState.OVERRUN]
    ledger.write([*entries, *_cut_overruns(late, path, since)])
    if since is None:
        give_back_hours(occurrences, path)


def _cut_overruns(
    late: Sequence[Occurrence], path: Sequence[UUID], since: datetime | None
) -> list[ledger.Entry]:
    """Shorten what these dates take beyond their plan, or drop it; the entries that give it back."""
    if not late:
        return []
    entries = []
    for overrun in Overrun.objects.filter(occurrence__in=late).select_related("occurrence"):
        starts_at = overrun.starts_at if since is None else max(since, overrun.starts_at)
        if starts_at >= overrun.ends_at:
            continue
        entries.append(overrun_entry(overrun.occurrence, path, starts_at, overrun.ends_at).reversed())
        if starts_at == overrun.starts_at:
            overrun.delete()
        else:
            overrun.ends_at = starts_at
            overrun.save(update_fields=["ends_at"])
    return entries


def overrun_entry(
    occurrence: Occurrence, path: Sequence[UUID], starts_at: datetime, ends_at: datetime
) -> ledger.Entry:
    """What a date that runs over takes, where it was reserved."""
    accounts = Charge(occurrence.pool_id, tuple(path)).accounts(occurrence.reserved_server_id)
    return ledger.Entry(accounts, starts_at, ends_at, occurrence.seats)


def give_back_hours(occurrences: Sequence[Occurrence], path: Sequence[UUID]) -> None:
    use: dict[date, int] = defaultdict(int)
    for occurrence in occurrences:
        span = [(occurrence.starts_at, occurrence.ends_at)]
        for month, minutes in ledger.seat_minutes(span, occurrence.seats).items():
            use[month] += minutes
    ledger.write_monthly(path, use, sign=-1)


def occupy(occurrences: Sequence[Occurrence], path: Sequence[UUID]) -> None:
    """Write what these dates (with their reserved servers) take into the ledger."""
    writing = Writing()
    occupy_with(writing, occurrences, path)
    writing.send()


def occupy_with(writing: Writing, occurrences: Sequence[Occurrence], path: Sequence[UUID]) -> None:
    """`occupy` with the caller's other rows."""
    ledger.add_to(
        writing,
        [
            ledger.Entry(
                Charge(o.pool_id, tuple(path)).accounts(o.reserved_server_id), o.starts_at, o.ends_at, o.seats
            )
            for o in occurrences
        ],
    )
    use: dict[date, int] = defaultdict(int)
    for o in occurrences:
        for month, minutes in ledger.seat_minutes([(o.starts_at, o.ends_at)], o.seats).items():
            use[month] += minutes
    ledger.add_monthly_to(writing, path, use)
