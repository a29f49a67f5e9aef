# SPDX-License-Identifier: EUPL-1.2
"""What the levers of every simulated server have in common: who may pull them, JSON both ways, faults, the clock."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from simulator.answers import Refusal, Reply
from simulator.clock import Clock
from simulator.faults import KINDS, Fault, Faults

MAX_PEOPLE_AT_ONCE = 5_000
Body = dict[str, object]
S = TypeVar("S")

NAMES = (
    "Ada Albrecht", "Bruno Behrens", "Cem Demir", "Dörte Dahms", "Emil Evers", "Frieda Fock", "Gesa Groth",
    "Hinnerk Haß", "Ida Ihlenfeldt", "Jonas Jürß", "Katja Krüger", "Lasse Lüth", "Maike Möller", "Nils Niemann",
    "Oda Oldenburg", "Piet Peters", "Quint Quade", "Rike Rohde", "Sönke Schröder", "Tomke Timm", "Uwe Ullrich",
    "Vera Voß", "Wiebke Wolff", "Yusuf Yılmaz", "Zoë Ziegler",
)  # fmt: skip


class BadControl(Exception):
    """A lever was pulled the wrong way; the text says how."""


class Faulty(Protocol):
    """Any simulated server."""

    faults: Faults
    clock: Clock


def pull(
    server: S,
    levers: Mapping[tuple[str, str], Callable[[S, Body], Body]],
    token: str,
    method: str,
    path: str,
    authorization: str,
    body: bytes,
) -> Reply:
    if not token:
        return as_json({"error": "not found"}, 404)
    if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return as_json({"error": "the control token is missing or wrong"}, 401)
    lever = levers.get((method, path))
    if lever is None:
        return as_json({"error": "no such lever", "levers": [" ".join(key) for key in levers]}, 404)
    try:
        return as_json(lever(server, _read(body)))
    except BadControl as error:
        return as_json({"error": str(error)}, 400)
    except Refusal as refusal:
        return as_json({"error": refusal.message, "key": refusal.key}, 409)


def add_fault(server: Faulty, body: Body) -> Body:
    kind = body.get("kind")
    if kind not in KINDS:
        raise BadControl("kind is one of " + ", ".join(f"{name} ({text})" for name, text in KINDS.items()))
    call = body.get("call")
    if call is not None and not isinstance(call, str):
        raise BadControl("call is the name of a call")
    lasts = integer(body, "seconds", 0, 1, 86_400) if body.get("seconds") is not None else None
    server.faults.add(
        Fault(
            kind=str(kind),
            call=call,
            remaining=integer(body, "count", 1, 1, 1_000_000) if body.get("count") is not None else None,
            delay_ms=integer(body, "delay_ms", 100, 0, 600_000),
            after=body.get("after") is True,
            until=None if lasts is None else time.monotonic() + lasts,
        )
    )
    return {"faults": server.faults.listed()}


def clear_faults(server: Faulty, body: Body) -> Body:
    server.faults.clear()
    return {"faults": server.faults.listed()}


def set_clock(server: Faulty, body: Body) -> Body:
    if "skew_ms" in body:
        server.clock.skew(integer(body, "skew_ms", 0, -(10**12), 10**12))
    if "advance_seconds" in body:
        server.clock.advance(integer(body, "advance_seconds", 0, 0, 10**8))
    return {"now_ms": server.clock.now_ms()}


def some_names(taken: int, count: int) -> list[str]:
    return [NAMES[(taken + number) % len(NAMES)] for number in range(count)]


def listed_names(body: Body) -> list[str] | None:
    names = body.get("names")
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise BadControl("names is a list of texts")
    if len(names) > MAX_PEOPLE_AT_ONCE:
        raise BadControl(f"at most {MAX_PEOPLE_AT_ONCE} people at once")
    return names


def integer(body: Body, name: str, default: int, lowest: int, highest: int) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise BadControl(f"{name} is a whole number from {lowest} to {highest}")
    return value


def as_json(content: Body, status: int = 200) -> Reply:
    # Half a surrogate can come in by JSON and must be able to go out again.
    text = json.dumps(content, ensure_ascii=True)
    return Reply(text.encode(), status, "application/json", {"Cache-Control": "no-store"})


def _read(body: bytes) -> Body:
    if not body:
        return {}
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadControl("the body is no JSON") from error
    if not isinstance(read, dict):
        raise BadControl("the body is no JSON object")
    return read
