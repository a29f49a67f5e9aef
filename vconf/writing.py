# SPDX-License-Identifier: EUPL-1.2
"""New rows of several tables, written together: on PostgreSQL in one statement, else in one for each table.

A booking writes a dozen tables while others wait for its locks; how long they wait is how often the database has to be
spoken to meanwhile. The parts of one writing do not see each other's rows, and no two of them may touch the same row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

#: rows in one statement where every value is bound alone: far below SQLite's limit of bound values
CHUNK = 400


@dataclass(frozen=True, slots=True)
class Part:
    """A statement. `number` takes the number that the database gives its row, `count` how many rows it wrote."""

    sql: str
    values: Sequence[Any]
    name: str
    number: Callable[[int], None] | None = None
    count: Callable[[int], None] | None = None


class Writing:
    """What is to be written. Nothing is until `send`."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._rows: list[Model] = []

    def add(self, rows: Sequence[Model]) -> None:
        """New rows of one model. Their values are taken now, their signals are not sent."""
        if not rows:
            return
        self._rows += rows
        model = type(rows[0])
        if rows[0].pk is None:
            for row in rows:
                self._add_numbered(row)
            return
        fields, columns = _columns(model, numbered=False)
        self.insert(model._meta.db_table, columns, [_values(fields, row) for row in rows])

    def insert(
        self,
        table: str,
        columns: Sequence[tuple[str, str]],
        rows: Sequence[Sequence[Any]],
        *,
        alias: str = "",
        conflict: str = "",
    ) -> None:
        """Rows of a table. columns: name and type of each; values are as the driver takes them.

        alias, conflict: for `INSERT INTO table AS alias ... ON CONFLICT conflict`.
        """
        head = (
            f"INSERT INTO {table}{' AS ' + alias if alias else ''} ({', '.join(name for name, _ in columns)})"
        )
        tail = f" ON CONFLICT {conflict}" if conflict else ""
        if len(rows) > 1 and connection.vendor == "postgresql":
            # one array for each column: the statement is the same for any number of rows, and short
            arrays = ", ".join(f"%s::{kind}[]" for _, kind in columns)
            values = [list(column) for column in zip(*rows, strict=True)]
            self.add_part(f"{head} SELECT * FROM UNNEST({arrays}){tail}", values)  # noqa: S608 - names only
            return
        marks = f"({', '.join(['%s'] * len(columns))})"
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            self.add_part(
                f"{head} VALUES {', '.join([marks] * len(chunk))}{tail}",
                [value for row in chunk for value in row],
            )

    def add_part(
        self,
        sql: str,
        values: Sequence[Any],
        *,
        name: str = "",
        number: Callable[[int], None] | None = None,
        count: Callable[[int], None] | None = None,
    ) -> None:
        """A statement of one's own. On PostgreSQL later parts may read what it returns under its name; for `number` it
        has to return `id`, for `count` anything.
        """
        self._parts.append(Part(sql, values, name or f"part_{len(self._parts)}", number, count))

    def send(self) -> None:
        """Write all of it, in the caller's transaction."""
        if self._parts:
            if connection.vendor == "postgresql":
                _send_at_once(self._parts)
            else:
                _send_one_by_one(self._parts)
        for row in self._rows:
            row._state.adding, row._state.db = False, connection.alias
        self._parts, self._rows = [], []

    def _add_numbered(self, row: Model) -> None:
        fields, columns = _columns(type(row), numbered=True)
        names = ", ".join(name for name, _ in columns)
        returning = " RETURNING id" if connection.vendor == "postgresql" else ""
        marks = ", ".join(["%s"] * len(columns))
        self.add_part(
            f"INSERT INTO {row._meta.db_table} ({names}) VALUES ({marks}){returning}",  # noqa: S608
            _values(fields, row),
            number=lambda number: setattr(row, "pk", number),
        )


class BulkWriting(Writing):
    """The same for many rows of few tables: one statement for each table, in the order in which they were first met.

    Rows of a table get their numbers in the order in which they were added.
    """

    def __init__(self) -> None:
        super().__init__()
        self._by_model: dict[type[Model], list[Model]] = {}

    def add(self, rows: Sequence[Model]) -> None:
        for row in rows:
            self._by_model.setdefault(type(row), []).append(row)

    def send(self) -> None:
        for model, rows in self._by_model.items():
            model._base_manager.bulk_create(rows, batch_size=CHUNK)
        self._by_model = {}
        super().send()


def _send_at_once(parts: Sequence[Part]) -> None:
    told = [
        f"SELECT {place}, {'id' if part.number else 'count(*)'} FROM {part.name}"  # noqa: S608
        for place, part in enumerate(parts)
        if part.number or part.count
    ]
    statement = f"WITH {', '.join(f'{part.name} AS ({part.sql})' for part in parts)} "
    statement += " UNION ALL ".join(told or ["SELECT 1"])
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for part in parts for value in part.values])
        for place, answer in cursor.fetchall() if told else ():
            take = parts[place].number or parts[place].count
            if take:
                take(answer)


def _send_one_by_one(parts: Sequence[Part]) -> None:
    with connection.cursor() as cursor:
        for part in parts:
            cursor.execute(part.sql, part.values)
            if part.number:
                part.number(cursor.lastrowid)
            if part.count:
                part.count(cursor.rowcount)


@cache
def _columns(
    model: type[Model], *, numbered: bool
) -> tuple[Sequence[Field[Any, Any]], Sequence[tuple[str, str]]]:
    """The columns to be given, with their types; without the one whose number the database gives."""
    fields = [field for field in model._meta.concrete_fields if not (numbered and field.primary_key)]
    # without length: a cast to it would cut off in silence what is too long
    kinds = [str(field.db_type(connection)).partition("(")[0] for field in fields]
    names = [connection.ops.quote_name(str(field.column)) for field in fields]
    return fields, list(zip(names, kinds, strict=True))


def _values(fields: Sequence[Field[Any, Any]], row: Model) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
