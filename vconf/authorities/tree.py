# SPDX-License-Identifier: EUPL-1.2
"""Walking the tree of authorities: one recursive query each, on SQLite and PostgreSQL alike.

Cost grows with what is found, not with the size of the tree: these run on every request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection

from vconf.authorities.models import Authority

_WITH_UP = """
    WITH RECURSIVE found(id, parent_id) AS (
        SELECT id, parent_id FROM authorities_authority WHERE id IN ({marks})
        UNION
        SELECT above.id, above.parent_id FROM authorities_authority above JOIN found ON above.id = found.parent_id
    )
"""
_UP = _WITH_UP + "SELECT id, parent_id FROM found"  # noqa: S608 - nothing but marks is put in
_UP_ROWS = (
    _WITH_UP  # noqa: S608
    + "SELECT * FROM authorities_authority WHERE id IN (SELECT id FROM found) ORDER BY id"
)
_DOWN = """
    WITH RECURSIVE found(id, parent_id) AS (
        SELECT id, parent_id FROM authorities_authority WHERE id IN ({marks})
        UNION
        SELECT below.id, below.parent_id FROM authorities_authority below JOIN found ON below.parent_id = found.id
    )
    SELECT id, parent_id FROM found
"""


def with_ancestors(ids: Collection[UUID]) -> frozenset[UUID]:
    """The given authorities and all above them, up to the root."""
    return frozenset(_walk(_UP, ids))


def with_descendants(ids: Collection[UUID]) -> frozenset[UUID]:
    """The given authorities and all below them."""
    return frozenset(_walk(_DOWN, ids))


def path_ids(authority_id: UUID) -> list[UUID]:
    """The way from the root down to an authority, both included; empty if it does not exist."""
    parents = _walk(_UP, [authority_id])
    return _path(authority_id, parents)


def path(authority_id: UUID) -> list[Authority]:
    """`path_ids` with their rows, in one statement."""
    found = {row.id: row for row in _rows_above(authority_id, lock="")}
    return [found[one] for one in _path(authority_id, {row.id: row.parent_id for row in found.values()})]


def locked_with_ancestors(authority_id: UUID) -> list[Authority]:
    """An authority and all above it, locked by ascending id, in one statement; as the rows are now.

    The way up was read before the locks were had: the caller looks whether it still leads along these rows.
    """
    is_postgresql = connection.vendor == "postgresql"
    return _rows_above(
        authority_id, lock=" FOR NO KEY UPDATE OF authorities_authority" if is_postgresql else ""
    )


def _rows_above(authority_id: UUID, *, lock: str) -> list[Authority]:
    field = Authority._meta.pk
    statement = _UP_ROWS.format(marks="%s") + lock
    return list(Authority.objects.raw(statement, [field.get_db_prep_value(authority_id, connection)]))


def in_tree_order(authorities: Iterable[Authority]) -> list[Authority]:
    """Depth first, siblings by name. An authority whose parent is not among the given ones starts a branch."""
    children: dict[UUID | None, list[Authority]] = {}
    given = {authority.id: authority for authority in authorities}
    for authority in sorted(given.values(), key=lambda one: one.name.casefold(), reverse=True):
        children.setdefault(authority.parent_id if authority.parent_id in given else None, []).append(
            authority
        )
    ordered: list[Authority] = []
    waiting = children.get(None, [])
    while waiting:
        ordered.append(waiting.pop())
        waiting.extend(children.get(ordered[-1].id, []))
    return ordered


def _path(authority_id: UUID, parents: dict[UUID, UUID | None]) -> list[UUID]:
    upwards: list[UUID] = []
    step: UUID | None = authority_id
    while step is not None and step in parents and step not in upwards:
        upwards.append(step)
        step = parents[step]
    return upwards[::-1]


def _walk(statement: str, ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Found id -> parent id."""
    if not ids:
        return {}
    field = Authority._meta.pk
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(marks=marks), [field.get_db_prep_value(one, connection) for one in ids]
        )
        return {_as_uuid(found): _as_uuid(above) if above else None for found, above in cursor.fetchall()}


def _as_uuid(value: UUID | str) -> UUID:
    """SQLite keeps UUIDs as text."""
    return value if isinstance(value, UUID) else UUID(value)
