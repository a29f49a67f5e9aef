# SPDX-License-Identifier: EUPL-1.2
"""Whether a shard carries meetings, and how busy it is: its web page, jicofo, and its bridges.

The page alone proves little: with Prosody or jicofo dead it still loads, and people see "connecting" for ever. A shard
works if the page is there, jicofo calls itself healthy and has a bridge to send media through.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import fmean
from typing import Any

from vconf.integrations.conferencing.jitsi.client import (
    JitsiClient,
    Patience,
    count_in,
    measure_in,
    object_in,
    read_json,
    text_in,
)
from vconf.integrations.conferencing.jitsi.shard import Shard
from vconf.integrations.conferencing.port import BackendError, Misbehaving
from vconf.integrations.conferencing.transport import HttpAnswer

#: Above it nothing more is to be learned from a number.
_MOST_LOAD = 10.0
_BRIDGES_AT_ONCE = 8


class Vitals:
    """Looks at one shard. Fields of its answers come and go between versions, so each may be missing."""

    def __init__(self, shard: Shard, client: JitsiClient) -> None:
        self._shard = shard
        self._client = client

    def page(self, *, patience: Patience | None = None, creating: bool = False) -> HttpAnswer:
        """Raises Misbehaving (`not_jitsi`) if somebody else's page is there."""
        answer = self._client.get(self._shard.page_url, patience=patience, creating=creating)
        if answer.status != 200:
            raise Misbehaving(f"the web page: HTTP {answer.status}")
        if b"jitsi" not in answer.body.lower():
            raise Misbehaving("a web page that is not that of Jitsi", code="not_jitsi", maybe_done=True)
        return answer

    def focus(self, *, patience: Patience | None = None) -> dict[str, Any]:
        """What jicofo tells of itself; empty if nobody may ask it. Raises Misbehaving (`no_focus`, `no_bridge`)."""
        if not self._shard.jicofo_url:
            return {}
        # Any status but 200 is a failure: 503 not ready, 500 broken.
        health = self._client.get(f"{self._shard.jicofo_url}about/health", patience=patience)
        if health.status != 200:
            raise Misbehaving(f"jicofo's health: HTTP {health.status}", code="no_focus")
        answer = self._client.get(f"{self._shard.jicofo_url}stats", patience=patience)
        if answer.status != 200:
            raise Misbehaving(f"jicofo's figures: HTTP {answer.status}", code="no_focus")
        figures = read_json(answer)
        if figures.get("healthy") is False:
            raise Misbehaving("jicofo calls itself unhealthy", code="no_focus")
        if count_in(object_in(figures, "bridge_selector"), "operational_bridge_count") == 0:
            raise Misbehaving("no bridge is there to carry media", code="no_bridge")
        return figures

    def version(self, *, patience: Patience | None = None) -> str:
        """That of jicofo; empty if nobody may ask it."""
        if not self._shard.jicofo_url:
            return ""
        answer = self._client.get(f"{self._shard.jicofo_url}about/version", patience=patience)
        if answer.status != 200:
            return ""
        told = read_json(answer)
        return " ".join(filter(None, (text_in(told, "name"), text_in(told, "version"))))[:40]

    def load(self, seats: int | None) -> float | None:
        """By the stress of the bridges; else by the people that jicofo counts, against `seats`; else None.

        A bridge that is asked for and silent counts for nothing: jicofo avoids it. If all are, their error is raised.
        """
        if self._shard.bridge_urls:
            return self._stress()
        people = count_in(self.focus(), "participants")
        return None if people is None or not seats else min(people / seats, _MOST_LOAD)

    def bridges(self) -> Sequence[dict[str, Any] | BackendError]:
        """What each of the bridges says, all asked at the same time, or why it does not."""
        if not self._shard.bridge_urls:
            return []
        with ThreadPoolExecutor(_BRIDGES_AT_ONCE, thread_name_prefix="bridges") as several:
            return list(several.map(self._bridge, self._shard.bridge_urls))

    def _bridge(self, url: str) -> dict[str, Any] | BackendError:
        try:
            answer = self._client.get(f"{url}colibri/stats")
            if answer.status != 200:
                raise Misbehaving(f"a bridge's figures: HTTP {answer.status}")
            return read_json(answer)
        except BackendError as error:
            return error

    def _stress(self) -> float | None:
        told = self.bridges()
        answers = [bridge for bridge in told if not isinstance(bridge, BackendError)]
        if not answers:
            raise next(error for error in told if isinstance(error, BackendError))
        takes = [bridge for bridge in answers if takes_meetings(bridge)]
        if not takes:
            return 1.0
        stress = [level for bridge in takes if (level := measure_in(bridge, "stress_level")) is not None]
        return min(fmean(stress), _MOST_LOAD) if stress else None


def takes_meetings(bridge: dict[str, Any]) -> bool:
    """Whether jicofo would give new meetings to a bridge that says this."""
    going = any(bridge.get(name) is True for name in ("drain", "graceful_shutdown", "shutting_down"))
    return not going and bridge.get("healthy") is not False
