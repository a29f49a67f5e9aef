# SPDX-License-Identifier: EUPL-1.2
"""Webhooks as the package bbb-webhooks sends them, in the signatures of its three generations.

Every hook has its own queue and thread: in order, one after the other, each event tried again for about five minutes;
a hook that never answers is then deleted.
"""

from __future__ import annotations

import json
import queue
import threading
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

from simulator.answers import Refusal
from simulator.delivery import attempt, is_http_url, with_query
from simulator.signing import digest

#: Seconds before each attempt.
PAUSES = (0.0, 0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 30.0, 60.0, 60.0, 60.0, 60.0)
ATTEMPT_SECONDS = 5.0
MAX_HOOKS = 200
MAX_QUEUED = 50_000

#: What is hashed between callback URL and secret, by generation of the package.
SIGNATURES = ("2.x", "3.0", "3.4")


@dataclass(frozen=True)
class Signing:
    secret: str
    version: str = "3.4"
    algorithm: str = "sha1"
    #: The shared secret in clear as bearer token, instead of a checksum.
    bearer: bool = False
    domain: str = "localhost"


@dataclass
class Hook:
    hook_id: str
    callback_url: str
    meeting_id: str | None
    events: frozenset[str] | None
    raw: bool = False
    queued: queue.Queue[tuple[str, int] | None] = field(default_factory=lambda: queue.Queue(MAX_QUEUED))

    def wants(self, event: str, meeting_id: str) -> bool:
        if self.meeting_id is not None and self.meeting_id != meeting_id:
            return False
        return self.events is None or event in self.events


class Hooks:
    def __init__(self, signing: Signing, *, retry_scale: float) -> None:
        self._signing = signing
        self._retry_scale = retry_scale
        self._lock = threading.Lock()
        self._hooks: dict[str, Hook] = {}
        self._last_number = 0
        self._closed = threading.Event()
        self.delivered = 0
        self.given_up = 0

    def close(self) -> None:
        self._closed.set()
        for hook in self.all():
            self._stop(hook)

    def all(self) -> list[Hook]:
        with self._lock:
            return list(self._hooks.values())

    def create(
        self, callback_url: str, *, meeting_id: str | None, events: str, raw: bool
    ) -> tuple[Hook, bool]:
        """The hook and whether it is new; a hook for a known URL keeps its parameters."""
        if not is_http_url(callback_url):
            raise Refusal("createHookError", "An error happened while creating your hook.")
        with self._lock:
            for hook in self._hooks.values():
                if hook.callback_url == callback_url:
                    return hook, False
            if len(self._hooks) >= MAX_HOOKS:
                raise Refusal("createHookError", "An error happened while creating your hook.")
            self._last_number += 1
            hook = Hook(
                hook_id=str(self._last_number) if self._signing.version == "2.x" else str(uuid.uuid4()),
                callback_url=callback_url,
                meeting_id=meeting_id or None,
                events=frozenset(filter(None, (part.strip() for part in events.split(",")))) or None,
                raw=raw,
            )
            self._hooks[hook.hook_id] = hook
        threading.Thread(target=self._send, args=(hook,), name="webhook", daemon=True).start()
        return hook, True

    def destroy(self, hook_id: str) -> None:
        with self._lock:
            hook = self._hooks.pop(hook_id, None)
        if hook is None:
            raise Refusal("destroyMissingHook", "The hook informed was not found.")
        self._stop(hook)

    def _stop(self, hook: Hook) -> None:
        try:
            hook.queued.put_nowait(None)
        except queue.Full:
            # The sender finds itself dismissed after its next attempt.
            return

    def publish(self, event: str, meeting_id: str, attributes: dict[str, object], timestamp: int) -> None:
        data = {"type": "event", "id": event, "attributes": attributes, "event": {"ts": timestamp}}
        text = json.dumps([{"data": data}], separators=(",", ":"), ensure_ascii=False)
        for hook in self.all():
            if hook.wants(event, meeting_id):
                try:
                    hook.queued.put_nowait((text, timestamp))
                except queue.Full:
                    self.given_up += 1

    def request(self, callback_url: str, event: str, timestamp: int) -> tuple[str, bytes, dict[str, str]]:
        """URL, body and headers of one delivery."""
        signing = self._signing
        body = urlencode([("domain", signing.domain), ("event", event), ("timestamp", timestamp)])
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if signing.bearer:
            headers["Authorization"] = f"Bearer {signing.secret}"
            return callback_url, body.encode(), headers
        if signing.version == "2.x":
            fields = {"event": event, "timestamp": timestamp, "domain": signing.domain}
            covered = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
        elif signing.version == "3.0":
            # Versions 3.0.0 to 3.3.1 hash an empty object: the body is not covered.
            covered = "{}"
        else:
            covered = body
        checksum = digest(callback_url + covered + signing.secret, signing.algorithm)
        return with_query(callback_url, f"checksum={checksum}"), body.encode(), headers

    def _send(self, hook: Hook) -> None:
        while (queued := hook.queued.get()) is not None:
            if self._deliver(hook, *queued):
                self.delivered += 1
            elif not self._closed.is_set():
                self.given_up += 1
                with self._lock:
                    self._hooks.pop(hook.hook_id, None)
                return

    def _deliver(self, hook: Hook, event: str, timestamp: int) -> bool:
        url, body, headers = self.request(hook.callback_url, event, timestamp)
        for pause in PAUSES:
            if pause and self._closed.wait(pause * self._retry_scale):
                return False
            status = attempt("POST", url, body=body, headers=headers, timeout=ATTEMPT_SECONDS)
            if 200 <= status < 300 or status == 401:
                return True
            with self._lock:
                if hook.hook_id not in self._hooks:
                    return False
        return False
