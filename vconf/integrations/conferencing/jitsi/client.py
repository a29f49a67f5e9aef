# SPDX-License-Identifier: EUPL-1.2
"""Calls to the parts of a Jitsi deployment: statuses and JSON in, failures as the port's errors.

Addresses and headers may hold tokens, so none is logged or put into an error.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vconf.integrations.conferencing.port import Misbehaving, ServerAccess, Unreachable
from vconf.integrations.conferencing.transport import HttpAnswer, Limits, Sending, fetch

#: Least time worth beginning a call with, in seconds.
_WORTHWHILE = 0.05


class Patience:
    """What is left of the time for several calls together."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self._end - time.monotonic()


@dataclass(frozen=True, slots=True)
class JitsiClient:
    """Speaks to one deployment. Holds no connection and no state, so it may be shared by threads."""

    access: ServerAccess

    def get(self, url: str, *, patience: Patience | None = None, creating: bool = False) -> HttpAnswer:
        """Raises Unreachable and Misbehaving; answers whatever the status below 500 and not a redirect."""
        return self._call(url, Sending(), patience, creating)

    def send(
        self,
        method: str,
        url: str,
        *,
        token: str,
        content: Mapping[str, str] | None = None,
        patience: Patience | None = None,
    ) -> HttpAnswer:
        """The same with a token (none if empty) and perhaps JSON; to be called for what changes something."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = None
        if content is not None:
            body = json.dumps(content).encode()
            headers["Content-Type"] = "application/json"
        return self._call(url, Sending(method, headers, body), patience, creating=False)

    def _call(self, url: str, sending: Sending, patience: Patience | None, creating: bool) -> HttpAnswer:
        access = self.access
        read, total = (
            (access.create_read_timeout, access.create_deadline)
            if creating
            else (access.read_timeout, access.deadline)
        )
        if patience is not None:
            total = min(total, patience.left)
            if total < _WORTHWHILE:
                raise Unreachable("no time was left for this call", code="timeout")
        limits = Limits(min(access.connect_timeout, total), min(read, total), total)
        answer = fetch(url, limits=limits, verify=access.ca_file or True, sending=sending)
        if 300 <= answer.status < 400:
            raise Misbehaving("a redirect where none may be", code="redirected")
        if answer.status >= 500:
            raise Misbehaving(f"HTTP {answer.status}", maybe_done=True)
        return answer


def read_json(answer: HttpAnswer) -> dict[str, Any]:
    """The object in an answer. Raises Misbehaving for anything else."""
    try:
        content = json.loads(answer.body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Misbehaving("an answer that is no JSON object", maybe_done=True)
    return content


def count_in(content: Mapping[str, Any], name: str) -> int | None:
    """A count, if there is one: no text, no fraction, not negative, not absurd."""
    value = content.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**7:
        return None
    return value


def measure_in(content: Mapping[str, Any], name: str) -> float | None:
    """A number of zero or more, if there is one."""
    value = content.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        measure = float(value)
    except OverflowError:
        return None
    return measure if math.isfinite(measure) and measure >= 0 else None


def text_in(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    return value if isinstance(value, str) else ""


def object_in(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = content.get(name)
    return value if isinstance(value, dict) else {}


def _refuse(constant: str) -> None:
    raise ValueError(constant)
