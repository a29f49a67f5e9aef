# SPDX-License-Identifier: EUPL-1.2
"""Did a refusal have its reason while the call was carried out? What it names must have been there, its numbers right.

Calls overlap, so a number is judged between two bounds: what was surely there throughout, and what may have been.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from history.calls import ZONE, Call, Conflict
from history.levels import Scene
from history.past import BOOKINGS, DATES, NOT_YET_OPEN, OCCUPYING, QUOTAS, ROOMS, Past, State, peak
from history.writers import History

#: wishes about a date, whichever booking it belongs to by then
OF_ONE_DATE = frozenset({"change_date", "following", "drop", "drop_following"})


def complaint(call: Call, past: Past, scene: Scene, history: History) -> str:
    """What is wrong with this refusal, or nothing."""
    judge = _JUDGES.get(call.code)
    return "no such refusal was to be expected" if judge is None else judge(call, past, scene, history)


def _conflicts(call: Call, code: str) -> list[Conflict]:
    return [c for c in call.conflicts if c.code == code]


def _bookings_of(call: Call, past: Past) -> set[UUID]:
    """What the wish was about: a date may have gone over to another booking since its writer heard of it."""
    if call.wish.kind in OF_ONE_DATE:
        return {s.row["booking_id"] for s in past.possibly(DATES, call.wish.date, call.begin, call.end)}
    return set() if call.wish.booking is None else {call.wish.booking}


def _rooms_of(call: Call, past: Past) -> set[UUID]:
    """Rooms the wish is about: the one it names, else those of the booking."""
    if call.wish.room is not None:
        return {call.wish.room}
    return {
        s.row["room_id"]
        for booking in _bookings_of(call, past)
        for s in [
            *past.states_of_booking(booking, call.begin, call.end),
            *past.possibly(BOOKINGS, booking, call.begin, call.end),
        ]
    }


def _slot_taken(call: Call, past: Past, scene: Scene, history: History) -> str:
    """Each date it names met another one in that room, or another of the same booking."""
    named = _conflicts(call, "slot_taken")
    if not named:
        return "names no date"
    rooms = _rooms_of(call, past) or set(scene.rooms)
    there = past.dates_possibly(call.begin, call.end)
    for conflict in named:
        if not any(
            _meet(conflict, s, room, scene)
            for s in there
            for room in rooms
            if s.row["room_id"] == room and s.row["state"] in OCCUPYING
        ) and not _meets_its_own(call, conflict, past, scene, rooms):
            return f"nothing was in the way at {conflict.starts_at}"
    return ""


def _meet(conflict: Conflict, state: State, room: UUID, scene: Scene) -> bool:
    before, after = scene.rooms[room]
    begins = conflict.starts_at - timedelta(minutes=before)
    ends = conflict.ends_at + timedelta(minutes=after)
    return bool(state.row["blocks_from"] < ends and begins < state.row["blocks_until"])


def _meets_its_own(call: Call, conflict: Conflict, past: Past, scene: Scene, rooms: set[UUID]) -> bool:
    """Whether another date of the wish itself is in the way: of a series whose dates lie too close."""
    if call.wish.kind == "book" or call.wish.booking is None:
        return False
    widest = max(sum(scene.rooms[room]) for room in rooms)
    length = conflict.ends_at - conflict.starts_at
    states = [
        s
        for booking in _bookings_of(call, past)
        for s in past.states_of_booking(booking, call.begin, call.end)
    ]
    known = {s.row["id"] for s in states if s.row["state"] in OCCUPYING}
    # when all dates wander, they wander together: two that come to lie within a date's length of each other
    near = timedelta(minutes=widest) + length + timedelta(days=1)
    return len(known) > 1 and any(
        abs(s.row["starts_at"] - conflict.starts_at) < near + timedelta(days=7) for s in states
    )


def _quota_exceeded(call: Call, past: Past, scene: Scene, history: History) -> str:
    limit, in_use, asked = (call.numbers.get(name, 0) for name in ("limit", "in_use", "asked"))
    unit = call.unit
    if in_use + asked <= limit - (0.11 if unit == "seat_hours" else 0):
        return "the numbers fit"
    column = {
        "seats": "concurrent_seats",
        "meetings": "concurrent_meetings",
        "seat_hours": "seat_hours_per_month",
    }[unit]
    charged = _charged(call, past, history)
    held = {
        s.row["authority_id"]
        for _, states in past.of_table(QUOTAS)
        for s in states
        if s.row["authority_id"] in scene.path(charged)
        and (s.row[column] or 0) == limit
        and s.possibly_in(call.begin, call.end)
    }
    if not held:
        return f"no authority had this limit of {unit}"
    if unit == "seat_hours":
        return ""
    place = 0 if unit == "seats" else 1
    return _bounds(
        call,
        past,
        "quota_exceeded",
        in_use,
        place,
        [lambda s, a=authority: a in scene.path(_authority(s, past)) for authority in held],  # type: ignore[misc]
    )


def _no_capacity(call: Call, past: Past, scene: Scene, history: History) -> str:
    limit, in_use, asked = (call.numbers.get(name, 0) for name in ("limit", "in_use", "asked"))
    if in_use + asked <= limit:
        return "the numbers fit"
    pools = {s.pool for s in scene.servers.values()}
    known: list[Callable[[State], bool]] = [
        lambda s, i=i: s.row["reserved_server_id"] == i  # type: ignore[misc]
        for i, server in scene.servers.items()
        if server.seats == limit
    ]
    known += [
        lambda s, p=pool: s.row["pool_id"] == p  # type: ignore[misc]
        for pool in pools
        if scene.spared[pool] and scene.pool_limit(pool) == limit
    ]
    if not known:
        return "no server and no pool has this limit"
    if len(call.conflicts) > 1 or call.wish.kind != "book" or call.wish.every:
        return ""  # what it moved out of the way meanwhile was undone and left no trace to judge by
    return _bounds(call, past, "no_capacity", in_use, 0, known)


def _bounds(
    call: Call,
    past: Past,
    code: str,
    in_use: float,
    place: int,
    accounts: list[Callable[[State], bool]],
) -> str:
    """Some date it names must have been used as it says, on some account that has this limit."""
    named = _conflicts(call, code) or list(call.conflicts)
    if not named:
        return "names no date"
    there = past.dates_possibly(call.begin, call.end)
    # its own dates are given back before anything is asked
    own = _bookings_of(call, past)
    said = []
    for counts in accounts:
        mine = [s for s in there if counts(s)]
        others = [s for s in mine if s.row["booking_id"] not in own]
        sure = {
            s.row["id"]: s
            for s in others
            if s.surely_in(call.begin, call.end) and s.row["state"] in OCCUPYING
        }
        for conflict in named:
            low = peak([_planned(s) for s in sure.values()], conflict.starts_at, conflict.ends_at)[place]
            high = _most(mine, conflict, place)
            if low <= in_use <= high:
                return ""
            said.append(f"{low} to {high} at {conflict.starts_at}")
    return f"{in_use} in use cannot be: {', '.join(said[:3])}"


def _most(states: list[State], conflict: Conflict, place: int) -> int:
    """Each date at its largest: one that changed during the call may have been seen as it was or as it became."""
    largest: dict[tuple[UUID, datetime, datetime], tuple[datetime, datetime, int]] = {}
    for s in states:
        key = (s.row["id"], s.row["starts_at"], s.row["ends_at"])
        begins, ends, seats = _span(s)
        _, known_until, known_seats = largest.get(key, (begins, ends, seats))
        largest[key] = begins, max(ends, known_until), max(seats, known_seats)
    return peak(list(largest.values()), conflict.starts_at, conflict.ends_at)[place]


def _planned(state: State) -> tuple[datetime, datetime, int]:
    return state.row["starts_at"], state.until, state.row["seats"]


def _span(state: State) -> tuple[datetime, datetime, int]:
    # what runs over may take seats beyond its end, how long is not for the journal to say
    late = timedelta(hours=12) if state.row["state"] == "overrun" else timedelta()
    begins, ends, seats = _planned(state)
    return begins, ends + late, seats


def _charged(call: Call, past: Past, history: History) -> UUID:
    if call.wish.booking is not None and (states := past.states.get((BOOKINGS, call.wish.booking))):
        charged: UUID = states[-1].row["authority_id"]
        return charged
    home = history.world.actors[call.wish.who].home_id
    assert home is not None
    return home


def _authority(state: State, past: Past) -> UUID:
    authority: UUID = past.states[BOOKINGS, state.row["booking_id"]][-1].row["authority_id"]
    return authority


def _no_room(call: Call, past: Past, scene: Scene, history: History) -> str:
    """Every room that is large enough was blocked or met something on one of the dates."""
    wish = call.wish
    assert wish.duration is not None
    there = past.dates_possibly(call.begin, call.end)
    seats = wish.seats or 1
    spans = [
        Conflict(begins, begins + wish.duration, "")
        for begins in (local.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC) for local in wish.starts)
    ]
    for room, size in history.world.seats.items():
        blocked = any(s.row["blocked_reason"] for s in past.possibly(ROOMS, room, call.begin, call.end))
        met = any(
            _meet(span, s, room, scene)
            for s in there
            if s.row["room_id"] == room and s.row["state"] in OCCUPYING
            for span in spans
        )
        if size >= seats and not blocked and not met:
            return f"room {room} was free"
    return ""


def _room_blocked(call: Call, past: Past, scene: Scene, history: History) -> str:
    # of any room, one that was tried may have been blocked in the meantime
    rooms = {call.wish.room} if call.wish.room is not None else set(history.world.seats)
    if not any(
        s.row["blocked_reason"] for room in rooms for s in past.possibly(ROOMS, room, call.begin, call.end)
    ):
        return "the room was not blocked"
    return ""


def _room_too_small(call: Call, past: Past, scene: Scene, history: History) -> str:
    limit, asked = call.numbers.get("limit", 0), call.numbers.get("asked", 0)
    return "" if asked > limit and limit in history.world.seats.values() else "the numbers fit"


def _too_long(call: Call, past: Past, scene: Scene, history: History) -> str:
    return "" if call.numbers["asked"] > call.numbers["limit"] else "the numbers fit"


def _already_cancelled(call: Call, past: Past, scene: Scene, history: History) -> str:
    booking = past.possibly(BOOKINGS, call.wish.booking, call.begin, call.end)
    date = past.possibly(DATES, call.wish.date, call.begin, call.end)
    if any(s.row["cancelled_at"] for s in booking) or any(s.row["state"] == "cancelled" for s in date):
        return ""
    # a date may have gone over to another booking, which was cancelled
    others = {s.row["booking_id"] for s in date}
    seen = [s for other in others for s in past.possibly(BOOKINGS, other, call.begin, call.end)]
    return "" if any(s.row["cancelled_at"] for s in seen) else "it was not cancelled"


def _already_started(call: Call, past: Past, scene: Scene, history: History) -> str:
    assert call.wish.booking is not None
    date = past.possibly(DATES, call.wish.date, call.begin, call.end)
    if call.wish.kind == "end":
        return (
            ""
            if any(
                s.row["state"] in NOT_YET_OPEN | {"cancelled", "ended", "no_show", "refused"} for s in date
            )
            else "it ran"
        )
    seen = past.states_of_booking(call.wish.booking, call.begin, call.end) + date
    return "" if any(s.row["state"] not in NOT_YET_OPEN for s in seen) else "nothing had started"


def _not_joinable(call: Call, past: Past, scene: Scene, history: History) -> str:
    date = past.possibly(DATES, call.wish.date, call.begin, call.end)
    gone = {"cancelled", "ended", "no_show", "refused", "pending", "held"}
    return "" if any(s.row["state"] in gone for s in date) else "it could be joined"


def _version_conflict(call: Call, past: Past, scene: Scene, history: History) -> str:
    date = past.possibly(DATES, call.wish.date, call.begin, call.end)
    bookings = {call.wish.booking, *(s.row["booking_id"] for s in date)}
    if call.wish.expected_version is None:
        return (
            "" if len({s.row["booking_id"] for s in date}) > 1 else "the date went over to no other booking"
        )
    seen = [s for b in bookings for s in past.possibly(BOOKINGS, b, call.begin, call.end)]
    return "" if any(s.row["version"] != call.wish.expected_version for s in seen) else "nobody changed it"


def _idempotency_mismatch(call: Call, past: Past, scene: Scene, history: History) -> str:
    others = [
        c
        for c in history.calls
        if c.wish.key == call.wish.key and c.wish.who == call.wish.who and c.wish != call.wish
    ]
    return "" if any(c.outcome == "done" and c.begin <= call.end for c in others) else "the key was not used"


_JUDGES: dict[str, Callable[[Call, Past, Scene, History], str]] = {
    "slot_taken": _slot_taken,
    "quota_exceeded": _quota_exceeded,
    "no_capacity": _no_capacity,
    "no_room": _no_room,
    "room_blocked": _room_blocked,
    "room_too_small": _room_too_small,
    "too_long": _too_long,
    "already_cancelled": _already_cancelled,
    "already_started": _already_started,
    "not_joinable": _not_joinable,
    "version_conflict": _version_conflict,
    "idempotency_mismatch": _idempotency_mismatch,
}
