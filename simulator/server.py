# SPDX-License-Identifier: EUPL-1.2
"""One simulated conference server: its meetings, hooks, callbacks, clock and faults."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass

from simulator.callbacks import EndCallbacks
from simulator.clock import Clock
from simulator.faults import Faults
from simulator.hooks import Hooks, Signing
from simulator.meetings import Meeting, Meetings, User
from simulator.recordings import Recordings


@dataclass(frozen=True)
class Options:
    """How one simulated server behaves. `leave_after` is in seconds; `retry_scale` shortens the pauses between
    attempts at delivery for tests."""

    name: str
    secret: str
    port: int = 0
    control_token: str = ""
    version: str = "3.0.10"
    algorithms: frozenset[str] = frozenset({"sha1", "sha256", "sha384", "sha512"})
    webhooks: bool = True
    hook_signature: str = "3.4"
    hook_algorithm: str = "sha1"
    hook_bearer: bool = False
    leave_after: float = 4.0
    retry_scale: float = 1.0


class ConferenceServer:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock()
        self.faults = Faults()
        self.callbacks = EndCallbacks(retry_scale=options.retry_scale)
        self.hooks = Hooks(
            Signing(
                secret=options.secret,
                version=options.hook_signature,
                algorithm=options.hook_algorithm,
                bearer=options.hook_bearer,
                domain=f"{options.name}.simulator.example",
            ),
            retry_scale=options.retry_scale,
        )
        self.meetings = Meetings(self.clock, self._happened, leave_after=options.leave_after)
        self.recordings = Recordings(self.clock, options.secret, retry_scale=options.retry_scale)
        #: Calls answered or failed so far, by name.
        self.calls: Counter[str] = Counter()
        self._stopped = threading.Event()
        #: Where it listens, known once it does.
        self.origin = ""

    @property
    def name(self) -> str:
        return self.options.name

    @property
    def port(self) -> int:
        return self.options.port

    @property
    def address(self) -> str:
        return f"{self.origin}/bigbluebutton/api/"

    @property
    def stopped(self) -> threading.Event:
        return self._stopped

    def start(self) -> None:
        self.callbacks.start()
        threading.Thread(target=self._keep_time, name="clock", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self.faults.clear()
        self.hooks.close()
        self.callbacks.close()
        self.recordings.close()
        with self.meetings.changed:
            self.meetings.changed.notify_all()

    def _keep_time(self) -> None:
        while not self._stopped.wait(0.25):
            self.meetings.sweep()
            self.recordings.sweep()
            self.faults.sweep()

    def _happened(self, event: str, meeting: Meeting, user: User | None) -> None:
        attributes: dict[str, object] = {"meeting": self._meeting_attributes(event, meeting)}
        if user is not None:
            attributes["user"] = {
                "internal-user-id": user.internal_id,
                "external-user-id": user.external_id,
                "name": user.name,
                "role": user.role,
                "presenter": False,
                "guest": user.guest,
                "userdata": user.custom,
            }
        self.hooks.publish(event, meeting.external_id, attributes, self.clock.now_ms())
        if event == "meeting-ended":
            self.recordings.meeting_ended(meeting)
            recorded = meeting.settings.record
            for url in (meeting.settings.end_callback_url, meeting.settings.ended_url):
                if url:
                    self.callbacks.ended(url, recorded=recorded)

    def _meeting_attributes(self, event: str, meeting: Meeting) -> dict[str, object]:
        attributes: dict[str, object] = {
            "internal-meeting-id": meeting.internal_id,
            "external-meeting-id": meeting.external_id,
        }
        if event == "meeting-created":
            settings = meeting.settings
            attributes |= {
                "name": meeting.name,
                "is-breakout": False,
                "parent-id": "",
                "duration": settings.duration,
                "create-time": meeting.create_time,
                "create-date": meeting.create_date,
                "moderator-pass": settings.moderator_password,
                "viewer-pass": settings.attendee_password,
                "record": settings.record,
                "voice-conf": settings.voice_bridge,
                "dial-number": settings.dial_number,
                "max-users": settings.max_participants,
                "metadata": settings.metadata,
            }
        return attributes
