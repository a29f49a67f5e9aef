# SPDX-License-Identifier: EUPL-1.2
"""Facts: what happened to rooms and servers. Small, frozen, ids only; `reactions.py` says what follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChanged:
    """A room is new, was changed, blocked or retired: boards show it differently."""

    room_id: str

    @property
    def key(self) -> str:
        return self.room_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRenamed:
    """A room has another name or address, which stands in calendars."""

    room_id: str

    @property
    def key(self) -> str:
        return self.room_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerChanged:
    """A conference server is new, or its state, capacity or health changed."""

    server_id: str

    @property
    def key(self) -> str:
        return self.server_id
