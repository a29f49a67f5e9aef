# SPDX-License-Identifier: EUPL-1.2
"""Locks, in one fixed order everywhere (ADR 6): the booking that is changed, rooms, pools (a pool covers its
servers), the authorities of the path, dates, calendars; several of one kind by ascending id.

On SQLite one writer is admitted at a time (IMMEDIATE): the locking clauses mean nothing, and what is read after them
is just as exact.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from vconf.authorities.models import Authority
from vconf.authorities.tree import locked_with_ancestors, path_ids
from vconf.bookings.errors import AlreadyStarted
from vconf.bookings.models import Occurrence
from vconf.errors import NotFound
from vconf.rooms.models import Pool, Room


def lock_rooms(room_ids: Collection[UUID]) -> dict[UUID, Room]:
    rooms = Room.objects.select_for_update(no_key=True).filter(id__in=room_ids).order_by("id")
    return {room.id: room for room in rooms}


def lock_pools(pool_ids: Collection[UUID]) -> dict[UUID, Pool]:
    pools = Pool.objects.select_for_update(no_key=True).filter(id__in=pool_ids).order_by("id")
    return {pool.id: pool for pool in pools}


def lock_place(room_id: UUID, authority_id: UUID) -> tuple[Room, Pool, list[Authority]]:
    """A room, its pool, and the path of who pays (root first), locked in this order; on PostgreSQL in one statement.

    Raises NotFound for an authority that is gone.
    """
    if connection.vendor == "postgresql":
        key = Room._meta.pk
        values = [key.get_db_prep_value(one, connection) for one in (authority_id, room_id)]
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_PLACE, values)
            rows = cursor.fetchall()
        found = {}
        for row in rows:
            authority = _row_of(Authority, row[_ROOM + _POOL :])
            found[authority.id] = authority
        path = _path(found, authority_id)
        if rows and path is not None:
            return _row_of(Room, rows[0][:_ROOM]), _row_of(Pool, rows[0][_ROOM : _ROOM + _POOL]), path
        # the room got another pool, or the tree another shape, while others were waited for: one after the other
    room = lock_rooms([room_id])[room_id]
    pool = lock_pools([room.pool_id])[room.pool_id]
    return room, pool, lock_path(authority_id)


def _columns(model: type[Model], table: str) -> str:
    return ", ".join(f"{table}.{field.column}" for field in model._meta.concrete_fields)


M = TypeVar("M", bound=Model)


def _row_of(model: type[M], values: Sequence[object]) -> M:
    return model.from_db(connection.alias, [field.attname for field in model._meta.concrete_fields], values)


_ROOM, _POOL = (len(model._meta.concrete_fields) for model in (Room, Pool))
# Each is locked once the one before it is: what a condition needs is read before the row is locked that it is about.
_LOCK_PLACE = f"""
    WITH RECURSIVE up (id, parent_id) AS (
        SELECT id, parent_id FROM authorities_authority WHERE id = %s
        UNION
        SELECT above.id, above.parent_id FROM authorities_authority above JOIN up ON above.id = up.parent_id
    ), room AS MATERIALIZED (
        SELECT * FROM rooms_room WHERE id = %s FOR NO KEY UPDATE
    ), pool AS MATERIALIZED (
        SELECT * FROM rooms_pool WHERE id = (SELECT pool_id FROM room) FOR NO KEY UPDATE
    ), path AS MATERIALIZED (
        SELECT * FROM authorities_authority WHERE id IN (SELECT id FROM up) AND EXISTS (SELECT 1 FROM pool)
        ORDER BY id FOR NO KEY UPDATE OF authorities_authority
    )
    SELECT {_columns(Room, "room")}, {_columns(Pool, "pool")}, {_columns(Authority, "path")}
    FROM room CROSS JOIN pool CROSS JOIN path
"""  # noqa: S608 - names of columns only


def lock_path(authority_id: UUID) -> list[Authority]:
    """Lock the charged authority and all above it (by ascending id, as everybody); answered root first.

    The tree may have been changed between reading and locking; the locked rows tell, and then it is read again.
    """
    while True:
        found = {authority.id: authority for authority in locked_with_ancestors(authority_id)}
        if not found:
            raise NotFound()
        path = _path(found, authority_id)
        if path is not None:
            return path


def _path(found: dict[UUID, Authority], authority_id: UUID) -> list[Authority] | None:
    """Root first; None if these are not the way from the authority up to the root, and nothing else."""
    path: list[Authority] = []
    above: UUID | None = authority_id
    while above in found:
        path.insert(0, found.pop(above))
        above = path[0].parent_id
    return path if path and above is None and not found else None


def lock_paths(authority_ids: Sequence[UUID]) -> list[list[Authority]]:
    """`lock_path` for several at once, in one order for all of them."""
    while True:
        paths = [path_ids(authority_id) for authority_id in authority_ids]
        wanted = {one for path in paths for one in path}
        rows = Authority.objects.select_for_update(no_key=True).filter(id__in=wanted).order_by("id")
        found = {authority.id: authority for authority in rows}
        if all(paths) and all([found[i].parent_id for i in path] == [None, *path[:-1]] for path in paths):
            return [[found[i] for i in path] for path in paths]
        if not all(paths):
            raise NotFound()


def lock_accounts(occurrences: Collection[Occurrence], authority_id: UUID) -> list[UUID]:
    """All that these dates take from, in order, but not the dates; the ids of the path that is charged, root first."""
    lock_rooms({o.room_id for o in occurrences})
    lock_pools({o.pool_id for o in occurrences})
    return [authority.id for authority in lock_path(authority_id)]


def lock_dates(occurrences: Collection[Occurrence]) -> None:
    """Lock these dates and read anew what is changed by others who do not hold their booking's lock.

    Those are the meeting that opens, the clock that closes, and a booking that makes room: state, release and
    reserved server. The caller holds the locks of room, pool and path, so they stay as they are from here on.
    """
    rows = Occurrence.objects.select_for_update(no_key=True).filter(id__in=[o.id for o in occurrences])
    known = {row.id: row for row in rows.order_by("id")}
    for o in occurrences:
        row = known[o.id]
        o.state, o.released_at = row.state, row.released_at
        o.reserved_server_id = row.reserved_server_id


def lock_unchanged_dates(occurrences: Collection[Occurrence]) -> None:
    """`lock_dates` for what was worked out from states read before. Raises AlreadyStarted if one is another now: a
    meeting may have been opened or closed, which needs no other lock.
    """
    before = [o.state for o in occurrences]
    lock_dates(occurrences)
    if before != [o.state for o in occurrences]:
        raise AlreadyStarted()
