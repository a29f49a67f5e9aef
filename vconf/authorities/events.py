# SPDX-License-Identifier: EUPL-1.2
"""Facts: what happened to people. Small, frozen, ids only; `reactions.py` says what follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRenamed:
    """Somebody has another name or address, which stands in calendars."""

    person_id: str

    @property
    def key(self) -> str:
        return self.person_id
