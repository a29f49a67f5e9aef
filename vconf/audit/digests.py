# SPDX-License-Identifier: EUPL-1.2
"""What is hashed of the audit, and how. A change here makes every chain written before look broken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from vconf.crypto import keyed_hash


class Row(Protocol):
    """The columns of an entry that are told by its MAC: all but its number, which the database gives."""

    at: datetime
    actor_person_id: UUID | None
    actor_label: str
    action: str
    object_type: str
    object_id: str
    authority_id: UUID | None
    outcome: str
    code: str
    numbers: Any
    changes: Any
    correlation_id: str


def mac_of(entry: Row) -> str:
    """HMAC-SHA256 over an entry, 64 hexadecimal digits: shows that vconf wrote it, and that it is as written."""
    return keyed_hash(
        "audit entry",
        _canonical(
            {
                "at": _instant(entry.at),
                "actor_person_id": entry.actor_person_id and str(entry.actor_person_id),
                "actor_label": entry.actor_label,
                "action": entry.action,
                "object_type": entry.object_type,
                "object_id": entry.object_id,
                "authority_id": entry.authority_id and str(entry.authority_id),
                "outcome": str(entry.outcome),
                "code": entry.code,
                "numbers": _plain(entry.numbers),
                "changes": _plain(entry.changes),
                "correlation_id": entry.correlation_id,
            }
        ),
    )


def digest_of(*, position: int, entry_id: int, mac: str, sealed_at: datetime, previous: str) -> str:
    """HMAC-SHA256 over one link of the chain; `previous` is the digest before it, empty for the first.

    `mac` is worked out from the entry as it is now, not read from it.
    """
    return keyed_hash(
        "audit seal",
        _canonical(
            {
                "position": position,
                "entry_id": entry_id,
                "mac": mac,
                "sealed_at": _instant(sealed_at),
                "previous": previous,
            }
        ),
    )


def _canonical(fields: Mapping[str, object]) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(value: Any) -> Any:
    """Numbers the way every database gives them back: 12.0 and 1e3 as whole numbers."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
