# SPDX-License-Identifier: EUPL-1.2
"""Recordings: made of meetings that allowed it and had people in them, processed for a while, then published.

Real servers record only while a moderator has pressed the button; here all of a recordable meeting is recorded.
They lie on the disk there, so they outlive a restart (`forget`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from simulator.answers import Field, Refusal, Reply, fields, success
from simulator.clock import Clock
from simulator.delivery import attempt, is_http_url
from simulator.meetings import Meeting
from simulator.parameters import Parameters

STATES = ("processing", "processed", "published", "unpublished", "deleted")
DEFAULT_STATES = ("published", "unpublished")
LARGEST_PAGE = 100
MAX_RECORDINGS = 5_000
#: Seconds before each attempt to tell that a recording is ready.
PAUSES = (0.0, 30.0, 60.0, 120.0)
ATTEMPT_SECONDS = 10.0

_NOT_FOUND = ("notFound", "We could not find recordings")


@dataclass
class Recording:
    record_id: str
    meeting_id: str
    name: str
    start_time: int
    end_time: int
    people: int
    made_at: float
    state: str = "processing"
    metadata: dict[str, str] = field(default_factory=dict)


class Recordings:
    """All recordings of one simulated server."""

    def __init__(self, clock: Clock, secret: str, *, retry_scale: float) -> None:
        self._clock = clock
        self._secret = secret
        self._retry_scale = retry_scale
        self._lock = threading.Lock()
        self._recordings: dict[str, Recording] = {}
        self._closed = threading.Event()
        #: How long a recording is processed, in seconds.
        self.takes = 2.0

    def close(self) -> None:
        self._closed.set()

    def all(self) -> list[Recording]:
        with self._lock:
            return list(self._recordings.values())

    def clear(self) -> None:
        with self._lock:
            self._recordings.clear()

    def meeting_ended(self, meeting: Meeting) -> None:
        if meeting.settings.record and meeting.has_user_joined:
            self.add(
                meeting.external_id,
                name=meeting.name,
                record_id=meeting.internal_id,
                start_time=meeting.create_time,
                metadata=meeting.settings.metadata,
            )

    def add(
        self,
        meeting_id: str,
        *,
        name: str,
        record_id: str = "",
        start_time: int = 0,
        state: str = "processing",
        metadata: dict[str, str] | None = None,
    ) -> Recording:
        now = self._clock.now_ms()
        if not record_id:
            digest = hashlib.sha1(meeting_id.encode(), usedforsecurity=False).hexdigest()
            record_id = f"{digest}-{self._clock.stamp_ms()}"
        made = Recording(
            record_id=record_id,
            meeting_id=meeting_id,
            name=name,
            start_time=start_time or now,
            end_time=now,
            people=1,
            made_at=self._clock.elapsed(),
            state=state,
            metadata=metadata or {},
        )
        with self._lock:
            if len(self._recordings) < MAX_RECORDINGS:
                self._recordings[record_id] = made
        return made

    def sweep(self) -> None:
        """What has been processed for long enough is published, and whoever asked for it is told."""
        due = []
        with self._lock:
            for recording in self._recordings.values():
                if (
                    recording.state == "processing"
                    and self._clock.elapsed() - recording.made_at >= self.takes
                ):
                    recording.state = "published"
                    due.append(recording)
        for recording in due:
            url = recording.metadata.get("bbb-recording-ready-url", "")
            if is_http_url(url):
                threading.Thread(target=self._tell, args=(recording, url), daemon=True).start()

    def _tell(self, recording: Recording, url: str) -> None:
        claims = {"meeting_id": recording.meeting_id, "record_id": recording.record_id}
        body = urlencode({"signed_parameters": token(claims, self._secret)}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        for pause in PAUSES:
            if pause and self._closed.wait(pause * self._retry_scale):
                return
            status = attempt("POST", url, body=body, headers=headers, timeout=ATTEMPT_SECONDS)
            if 200 <= status < 300 or status == 410:
                return

    # The calls

    def listed(self, given: Parameters) -> Reply:
        wanted = _entries(given.text("state")) or list(DEFAULT_STATES)
        if unknown := set(wanted) - {*STATES, "any"}:
            raise Refusal("invalidParamState", f"Unknown state: {', '.join(sorted(unknown))}.")
        found = [
            recording for recording in self._chosen(given) if "any" in wanted or recording.state in wanted
        ]
        offset, limit = given.number("offset"), given.number("limit")
        if limit > LARGEST_PAGE:
            raise Refusal("invalidParamLimit", f"limit is at most {LARGEST_PAGE}.")
        found = found[offset : offset + limit] if limit else found[offset:]
        if not found:
            return success(
                fields(
                    recordings="",
                    messageKey="noRecordings",
                    message="There are no recordings for the meeting(s).",
                )
            )
        return success([Field("recordings", [Field("recording", _shown(one)) for one in found])])

    def publish(self, given: Parameters) -> Reply:
        wished = given.text("publish")
        if wished not in ("true", "false"):
            raise Refusal("missingParamPublish", "You must specify a publish value true or false.")
        for recording in self._named(given):
            if recording.state in ("published", "unpublished"):
                recording.state = "published" if wished == "true" else "unpublished"
        return success(fields(published=wished == "true"))

    def delete(self, given: Parameters) -> Reply:
        for recording in self._named(given):
            recording.state = "deleted"
        return success(fields(deleted=True))

    def _named(self, given: Parameters) -> list[Recording]:
        wanted = _entries(given.required("recordID", "missingParamRecordID"))
        found = [one for one in self.all() if one.record_id in wanted and one.state != "deleted"]
        if not found:
            raise Refusal(*_NOT_FOUND)
        return found

    def _chosen(self, given: Parameters) -> list[Recording]:
        """By the beginning of their ids, else by meeting, else all; the newest last."""
        record_ids, meeting_ids = _entries(given.text("recordID")), _entries(given.text("meetingID"))
        return [
            recording
            for recording in self.all()
            if (
                any(recording.record_id.startswith(one) for one in record_ids)
                if record_ids
                else not meeting_ids or recording.meeting_id in meeting_ids
            )
        ]


def token(claims: dict[str, str], secret: str) -> str:
    """A JWT as bbb-web makes it: HS256 with the shared secret (RFC 7519, RFC 7515)."""
    parts = [
        _encoded(json.dumps(part, separators=(",", ":")).encode()) for part in ({"alg": "HS256"}, claims)
    ]
    signed = ".".join(parts)
    return f"{signed}.{_encoded(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _shown(recording: Recording) -> Sequence[Field]:
    page = f"https://simulator.example/playback/presentation/2.3/{recording.record_id}"
    playback = [Field("format", fields(type="presentation", url=page, processingTime=1200, length=3))]
    return [
        *fields(
            recordID=recording.record_id,
            meetingID=recording.meeting_id,
            internalMeetingID=recording.record_id,
            name=recording.name,
            isBreakout=False,
            published=recording.state == "published",
            state=recording.state,
            startTime=recording.start_time,
            endTime=recording.end_time,
            participants=recording.people,
            rawSize=3_141_592,
            size=1_048_576,
        ),
        Field("metadata", [Field(name, value) for name, value in recording.metadata.items()]),
        Field("playback", playback if recording.state == "published" else ""),
    ]
