# SPDX-License-Identifier: EUPL-1.2
"""Was every answer kept? Judged from calls, journal and tables; nothing here asks vconf's own code but the audit.

Each finding has a rule's name; an empty list means that all was well.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from history import journal, reasons
from history.calls import ZONE, Call, Wish
from history.levels import Scene, check_ledger, check_levels
from history.past import BOOKINGS, DATES, EPSILON, NOT_YET_OPEN, OCCUPYING, QUOTAS, ROOMS, Past
from history.writers import History
from vconf.bookings.invariants import audit_invariants


@dataclass(frozen=True, slots=True)
class Finding:
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the outbox that tells of a booking."""

    name: str
    booking: UUID
    sequence: int
    version: int | None
    call_id: str


#: kinds whose success is a version of a booking
OF_BOOKINGS = frozenset(
    {"book", "change", "change_date", "following", "drop", "drop_following", "cancel"},
)


def judge(history: History) -> list[Finding]:
    """All findings, those of one rule together."""
    calls = {call.id: call for call in history.calls}
    transactions = journal.read()
    facts = _facts()
    cancelled = _cancelled_versions(transactions)
    by_version: dict[tuple[UUID, int], list[Fact]] = defaultdict(list)
    for fact in facts:
        version = {"BookingConfirmed": 1, "BookingCancelled": cancelled.get(fact.booking)}.get(
            fact.name, fact.version
        )
        by_version[fact.booking, version or 0].append(fact)
    claims = {
        key: calls[found[0].call_id]
        for key, found in by_version.items()
        if found and found[0].call_id in calls
    }
    past = Past.of(transactions, claims)
    scene = Scene.read()
    versions_by_call: dict[str, list[tuple[UUID, int]]] = defaultdict(list)
    for key, found in by_version.items():
        for fact in found:
            versions_by_call[fact.call_id].append(key)
    rules: list[tuple[str, Iterator[str]]] = [
        ("error", iter(history.errors)),
        ("versions", _versions(past)),
        ("outbox", _outbox(past, by_version, calls)),
        ("trace of a refusal", _traces(past, calls, versions_by_call, by_version)),
        ("acknowledged and lost", _lost(past, history, versions_by_call)),
        ("order", _order(past, claims)),
        ("not as asked", _as_asked(past, history, versions_by_call)),
        ("room booked twice", _rooms(past)),
        ("limit passed", check_levels(past, scene)),
        ("ledger", check_ledger(scene)),
        ("idempotency", _idempotency(history)),
        ("audit", _audited(history)),
        ("refused without reason", _reasons(past, scene, history)),
        ("invariants", (str(f) for f in audit_invariants() if f.violation)),
    ]
    return [Finding(rule, what) for rule, found in rules for what in found]


# --- what is written ---------------------------------------------------------------------------------------


def _facts() -> list[Fact]:
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT fact, payload, correlation_id FROM outbox_message ORDER BY id")
        for name, payload, call_id in cursor.fetchall():
            fields = json.loads(payload) if isinstance(payload, str) else payload
            if "sequence" in fields and "booking_id" in fields:
                booking = UUID(fields["booking_id"])
                found.append(Fact(name, booking, fields["sequence"], fields.get("version"), call_id))
    return found


def _cancelled_versions(transactions: list[journal.Transaction]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for transaction in transactions:
        for line in transaction.lines:
            if line.table == BOOKINGS and not line.gone and line.row["cancelled_at"] is not None:
                found.setdefault(line.row["id"], line.row["version"])
    return found


# --- the rules ---------------------------------------------------------------------------------------------


def _versions(past: Past) -> Iterator[str]:
    """One after the other without gaps; SEQUENCE never goes back."""
    by_booking: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for transaction in past.transactions:
        for line in transaction.lines:
            if line.table == BOOKINGS and not line.gone:
                by_booking[line.row["id"]].append((line.row["version"], line.row["sequence"]))
    for booking, numbers in by_booking.items():
        before = (0, 0)
        for version, sequence in numbers:
            if version not in (before[0], before[0] + 1) or sequence not in (before[1], before[1] + 1):
                yield f"{booking}: version {version} SEQUENCE {sequence} after {before}"
            before = (version, sequence)


def _outbox(
    past: Past, by_version: Mapping[tuple[UUID, int], list[Fact]], calls: Mapping[str, Call]
) -> Iterator[str]:
    """One fact for each version, with its SEQUENCE, and none for what is not there."""
    for key, version in past.versions.items():
        found = by_version.get(key, [])
        if len(found) != 1:
            yield f"{key[0]} version {key[1]}: {len(found)} facts"
        elif found[0].sequence != version.row["sequence"]:
            yield f"{key[0]} version {key[1]}: SEQUENCE {version.row['sequence']}, told as {found[0].sequence}"
    for (booking, number), found in by_version.items():
        if (booking, number) not in past.versions:
            yield f"{found[0].name} of {booking} version {number}, which never was"


def _traces(
    past: Past,
    calls: Mapping[str, Call],
    versions_by_call: Mapping[str, list[tuple[UUID, int]]],
    by_version: Mapping[tuple[UUID, int], list[Fact]],
) -> Iterator[str]:
    """What was refused wrote nothing, and nothing was written that nobody was told of."""
    for call_id, keys in versions_by_call.items():
        call = calls.get(call_id)
        if call is None:
            yield f"nobody asked for {keys}"
        elif call.outcome != "done":
            yield f"{call} wrote {keys}"
    told = {version.transaction.key for version in past.versions.values()}
    what = ("booking_id", "room_id", "starts_at", "ends_at", "seats")
    for date, states in past.of_table(DATES):
        for before, after in zip([None, *states], states, strict=False):
            if after.made_in in told:
                continue
            if before is None or before.row["state"] == "cancelled" or after.row["state"] == "cancelled":
                yield f"date {date} became {after.row['state']} without a change of its booking"
            elif any(before.row[name] != after.row[name] for name in what):
                yield f"date {date} was moved without a change of its booking"


def _lost(
    past: Past, history: History, versions_by_call: Mapping[str, list[tuple[UUID, int]]]
) -> Iterator[str]:
    """Every version somebody was told of was there, and what the last of them says is there still."""
    for call in history.calls:
        if call.outcome != "done" or call.wish.kind not in OF_BOOKINGS:
            continue
        booking = call.answer.booking
        assert booking is not None
        if (booking, call.answer.version) not in past.versions:
            yield f"{call}: {booking} version {call.answer.version} was never there"
            continue
        mine = [number for one, number in versions_by_call.get(call.id, ()) if one == booking]
        if mine and (
            max(mine) != call.answer.version if call.answer.exact else max(mine) > call.answer.version
        ):
            yield f"{call}: wrote version {max(mine)}, was told {call.answer.version}"
    now = journal.tables_now()
    for (table, row_id), states in past.states.items():
        last = states[-1]
        if last.gone:
            if table in (BOOKINGS, DATES):
                yield f"{table} {row_id} was deleted"
        elif (row := now.pop((table, row_id), None)) != last.row:
            yield f"{table} {row_id} is {row}, was last written as {last.row}"
    for table, row_id in now:
        if table in (BOOKINGS, DATES):
            yield f"{table} {row_id} came out of nowhere"


def _order(past: Past, claims: Mapping[tuple[UUID, int], Call]) -> Iterator[str]:
    """Real time is respected: who asks after an answer was given gets a later version."""
    latest: dict[UUID, float] = {}
    for (booking, number), call in sorted(claims.items(), key=lambda claim: claim[0]):
        if call.end + EPSILON < latest.get(booking, 0.0):
            yield f"{call}: {booking} version {number} follows one that was only asked for later"
        latest[booking] = max(latest.get(booking, 0.0), call.begin)
        version = past.versions.get((booking, number))
        if version is not None and not (
            call.begin - EPSILON <= version.transaction.last <= call.end + EPSILON
        ):
            yield f"{call}: written at {version.transaction.last}, not between {call.begin} and {call.end}"


def _as_asked(
    past: Past, history: History, versions_by_call: Mapping[str, list[tuple[UUID, int]]]
) -> Iterator[str]:
    """The version that answers a wish has what was wished for."""
    for call in history.calls:
        if call.outcome != "done":
            continue
        wish = call.wish
        if wish.kind == "quota":
            names = ("concurrent_seats", "concurrent_meetings", "seat_hours_per_month")
            if not any(
                tuple(s.row[name] for name in names) == wish.limits
                for _, states in past.of_table(QUOTAS)
                for s in states
                if s.row["authority_id"] == wish.authority and s.possibly_in(call.begin, call.end)
            ):
                yield f"{call}: the quota was not set"
        elif wish.kind == "block":
            seen = past.possibly(ROOMS, wish.room, call.begin, call.end)
            if not any(s.row["blocked_reason"] == wish.reason for s in seen):
                yield f"{call}: the room was not changed"
        elif wish.kind == "end":
            seen = past.possibly(DATES, wish.date, call.begin, call.end)
            if not any(s.row["state"] == "ended" for s in seen):
                yield f"{call}: the date was not ended"
        elif wish.kind in OF_BOOKINGS:
            booking = call.answer.booking
            assert booking is not None
            mine = [number for one, number in versions_by_call.get(call.id, ()) if one == booking]
            if not mine and not call.answer.exact:
                continue  # answered from a version that somebody else may have made
            number = max(mine, default=call.answer.version if wish.kind != "book" else 1)
            version = past.versions.get((booking, number))
            if version is None:
                continue
            dates = past.dates_of(booking, version.transaction)
            for complaint in _differences(wish, version.row, dates):
                yield f"{call}: {complaint}"


def _differences(wish: Wish, booking: Mapping[str, Any], dates: list[dict[str, Any]]) -> Iterator[str]:
    if wish.kind == "book":
        wanted = {local.isoformat(): _instant(local) for local in wish.starts}
        if {d["recurrence_id"] for d in dates} != set(wanted):
            yield f"dates {sorted(d['recurrence_id'] for d in dates)}, asked {sorted(wanted)}"
            return
        assert wish.duration is not None
        taken = [d for d in dates if d["state"] != "refused"]
        if not taken or (len(taken) < len(dates) and not wish.partial):
            yield f"{len(taken)} of {len(dates)} dates"
        for d in taken:
            begins = wanted[d["recurrence_id"]]
            if (d["starts_at"], d["ends_at"]) != (begins, begins + wish.duration):
                yield f"{d['recurrence_id']} lies at {d['starts_at']}"
            if wish.seats is not None and d["seats"] != wish.seats:
                yield f"{d['seats']} seats, asked {wish.seats}"
            if wish.room is not None and d["room_id"] != wish.room:
                yield "another room"
    elif wish.kind in ("change", "following"):
        ahead = [d for d in dates if d["state"] in NOT_YET_OPEN]
        if wish.starts_local is not None and booking["starts_local"] != wish.starts_local.isoformat():
            yield f"starts {booking['starts_local']}, asked {wish.starts_local}"
        if wish.room is not None and {booking["room_id"], *(d["room_id"] for d in ahead)} != {wish.room}:
            yield "another room"
        if wish.seats is not None and any(d["seats"] < wish.seats for d in ahead):
            yield f"fewer than {wish.seats} seats"
        if wish.title is not None and booking["title"] != wish.title:
            yield "another title"
        # in a series a date that was given a length of its own may keep it
        lengths = {d["ends_at"] - d["starts_at"] for d in ahead} if len(dates) == 1 else set()
        if wish.duration is not None and not lengths <= {wish.duration}:
            yield f"does not last {wish.duration}"
    elif wish.kind == "change_date":
        (d,) = [d for d in dates if d["id"] == wish.date]
        if wish.starts_local is not None and d["starts_at"] != _instant(wish.starts_local):
            yield f"lies at {d['starts_at']}, asked {wish.starts_local}"
        if wish.room is not None and d["room_id"] != wish.room:
            yield "another room"
        if wish.seats is not None and d["seats"] < wish.seats:
            yield f"{d['seats']} seats, asked {wish.seats}"
        if wish.duration is not None and d["ends_at"] - d["starts_at"] != wish.duration:
            yield f"lasts {d['ends_at'] - d['starts_at']}, asked {wish.duration}"
    elif wish.kind == "cancel":
        if booking["cancelled_at"] is None or any(d["state"] in OCCUPYING for d in dates):
            yield "not cancelled"
    else:
        (dropped,) = [d for d in dates if d["id"] == wish.date]
        later = [
            d
            for d in dates
            if wish.kind == "drop_following" and d["recurrence_id"] >= dropped["recurrence_id"]
        ]
        if any(d["state"] in NOT_YET_OPEN for d in [dropped, *later]):
            yield "not dropped"


def _instant(local: datetime) -> datetime:
    return local.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def _rooms(past: Past) -> Iterator[str]:
    """After no transaction did two dates occupy a room at once, buffers included."""
    there: dict[UUID, dict[UUID, tuple[datetime, datetime]]] = defaultdict(dict)
    where: dict[UUID, UUID] = {}
    for transaction in past.transactions:
        last = {line.row["id"]: line for line in transaction.lines if line.table == DATES}
        for date, line in last.items():
            if date in where:
                there[where.pop(date)].pop(date, None)
            if not line.gone and line.row["state"] in OCCUPYING:
                where[date] = line.row["room_id"]
                there[line.row["room_id"]][date] = (line.row["blocks_from"], line.row["blocks_until"])
        for date in last:
            if date not in where:
                continue
            begins, ends = there[where[date]][date]
            for other, (since, until) in there[where[date]].items():
                if other != date and since < ends and begins < until:
                    yield f"{where[date]} at {max(since, begins)}: {date} and {other}"


def _idempotency(history: History) -> Iterator[str]:
    """One key, one booking; a repeat gets the same answer, another body under the key is refused."""
    by_key: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in history.calls:
        if call.wish.key:
            by_key[call.wish.who, call.wish.key].append(call)
    for (who, key), calls in by_key.items():
        done = [call for call in calls if call.outcome == "done"]
        if len({call.answer.booking for call in done}) > 1:
            yield f"{who} {key}: {len({call.answer.booking for call in done})} bookings"
        if len({call.wish for call in done}) > 1:
            yield f"{who} {key}: answered for different wishes"
        first = min(done, key=lambda call: call.end, default=None)
        for call in calls:
            after = first is not None and call.wish == first.wish and call.begin > first.end
            if after and call.outcome != "done":
                yield f"{call}: {first} was answered before"


#: refusals that are no decision about a booking; they leave no line
NOT_AUDITED = frozenset({"idempotency_mismatch", "version_conflict", "not_joinable"})


def _audited(history: History) -> Iterator[str]:
    """One line for each refusal, with its code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT correlation_id, code FROM audit_auditentry WHERE outcome = 'refused'")
        written: dict[str, Counter[str]] = defaultdict(Counter)
        for call_id, code in cursor.fetchall():
            written[call_id][code] += 1
    for call in history.calls:
        wanted = Counter([call.code] if call.outcome == "refused" and call.code not in NOT_AUDITED else [])
        if written.pop(call.id, Counter()) != wanted:
            yield f"{call}: not noted exactly once"
    for call_id in written:
        yield f"{call_id} noted a refusal, but never asked"


def _reasons(past: Past, scene: Scene, history: History) -> Iterator[str]:
    for call in history.calls:
        if call.outcome == "refused":
            complaint = reasons.complaint(call, past, scene, history)
            if complaint:
                yield f"{call} {call.numbers}: {complaint}"
