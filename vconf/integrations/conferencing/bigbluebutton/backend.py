# SPDX-License-Identifier: EUPL-1.2
"""BigBlueButton as a conference server of vconf: the port on top of the client."""

from __future__ import annotations

import contextlib
import time
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

from vconf.integrations.conferencing.bigbluebutton.client import Answer, BigBlueButtonClient
from vconf.integrations.conferencing.bigbluebutton.hooks import (
    EVENT_IDS,
    SIGNATURES,
    read_delivery,
    signature_of,
)
from vconf.integrations.conferencing.bigbluebutton.inspection import accepted_algorithms, inspect
from vconf.integrations.conferencing.bigbluebutton.recordings import recording_of, recordings_of
from vconf.integrations.conferencing.port import (
    BackendError,
    CreatedMeeting,
    HookDelivery,
    HookRegistration,
    JoinRequest,
    LiveMeeting,
    MeetingHint,
    MeetingNotFound,
    MeetingSpec,
    Misbehaving,
    NotSupported,
    Recording,
    RequestRefused,
    ServerAccess,
    ServerBusy,
    ServerReport,
    WrongSecret,
)

#: Seconds before each look whether a meeting has really ended; servers need a moment.
_LOOKS_AFTER_END = (0.0, 0.2, 0.6)
#: bbb-web's limits on names.
_SHORTEST_NAME, _LONGEST_NAME = 2, 256


class BigBlueButtonBackend:
    """Implements ConferenceBackend, SupportsWebhooks, TellsSignatures and KeepsRecordings. Stateless; may be shared by
    threads."""

    opens_by_entering = False
    lists_meetings = True

    def __init__(self, access: ServerAccess) -> None:
        """Raises RequestRefused (`invalid_access`) when the access can never work."""
        if access.hook_signature not in SIGNATURES:
            raise RequestRefused("unknown way of signing webhooks", code="invalid_access")
        self._access = access
        self._client = BigBlueButtonClient(access)

    def create(self, spec: MeetingSpec) -> CreatedMeeting:
        answer = self._client.call("create", _create_parameters(spec), creating=True)
        created = _instant(answer, "createTime")
        if created is None or answer.text("meetingID") != spec.external_id:
            raise Misbehaving("an answer to create without its meeting", maybe_done=True)
        if answer.flag("hasBeenForciblyEnded"):
            # The one just ended is still going away; what is needed is the next incarnation.
            raise ServerBusy("the meeting of this id is still ending", code="still_ending")
        return CreatedMeeting(
            external_id=spec.external_id,
            incarnation=answer.text("createTime"),
            created_at=created,
            existed=answer.message_key == "duplicateWarning",
        )

    def join_url(self, request: JoinRequest) -> str:
        parameters = [
            ("meetingID", request.external_id),
            ("fullName", _name(request.full_name)),
            ("role", "MODERATOR" if request.moderator else "VIEWER"),
            ("userID", request.user_id),
            ("createTime", request.incarnation),
            ("userdata-bbb_override_default_locale", request.language),
        ]
        if request.guest:
            parameters.append(("guest", "true"))
        if request.camera_off:
            parameters.append(("userdata-bbb_auto_share_webcam", "false"))
        if request.error_url:
            parameters.append(("errorRedirectUrl", request.error_url))
        return self._client.signed_url("join", parameters)

    def end(self, external_id: str, incarnation: str) -> bool:
        # The call itself names no incarnation, so we look first; between look and call only our own create could
        # bring another one, and that answers `still_ending` or finds this one.
        running = self._running(external_id, incarnation)
        if running is None:
            return True
        parameters = [("meetingID", external_id)]
        if password := running.text("moderatorPW"):
            # Versions before 2.4 insist on it.
            parameters.append(("password", password))
        try:
            self._client.call("end", parameters)
        except MeetingNotFound:
            return True
        for pause in _LOOKS_AFTER_END:
            time.sleep(pause)
            if self._running(external_id, incarnation) is None:
                return True
        return False

    def live_meetings(self) -> Sequence[LiveMeeting]:
        answer = self._client.call("getMeetings")
        return [
            meeting
            for entry in answer.each("meetings/meeting")
            if not entry.flag("isBreakout") and not (meeting := _live_meeting(entry)).ended
        ]

    def find_meeting(self, external_id: str) -> LiveMeeting | None:
        info = self._info(external_id)
        return None if info is None else _live_meeting(info)

    def check(self) -> ServerReport:
        version, skew = "", None
        try:
            greeting, skew = self._client.greet()
            version = (greeting.text("bbbVersion") or greeting.text("version"))[:40]
            started = time.monotonic()
            meetings = self.live_meetings()
        except WrongSecret as error:
            return self._wrong_secret_report(error, version, skew)
        except BackendError as error:
            return ServerReport(
                reachable=not _is_silent(error),
                version=version,
                code=error.code,
                detail=error.detail,
                clock_skew_ms=skew,
            )
        latency_ms = round((time.monotonic() - started) * 1000)
        seen = inspect(self._access, version=version, clock_skew_ms=skew)
        return ServerReport(
            reachable=True,
            secret_ok=True,
            version=version,
            meetings=len(meetings),
            people=sum(meeting.people for meeting in meetings),
            webhooks=seen.webhooks,
            latency_ms=latency_ms,
            abilities=seen.abilities,
            findings=seen.findings,
            clock_skew_ms=skew,
        )

    def _wrong_secret_report(self, error: WrongSecret, version: str, skew: int | None) -> ServerReport:
        accepted = next(accepted_algorithms(self._access), "")
        return ServerReport(
            reachable=True,
            # The secret is right if the server takes it by another algorithm.
            secret_ok=bool(accepted),
            version=version,
            code="algorithm_refused" if accepted else error.code,
            detail=f"the server accepts {accepted}" if accepted else error.detail,
            findings=("algorithm_refused",) if accepted else (),
            clock_skew_ms=skew,
        )

    def register_hook(self, callback_url: str) -> HookRegistration:
        parameters = [("callbackURL", callback_url), ("eventID", ",".join(EVENT_IDS))]
        try:
            answer = self._client.call("hooks/create", parameters)
        except Misbehaving as error:
            if error.code != "no_such_path":
                raise
            answer = None
        if answer is None:
            raise NotSupported("bbb-webhooks is not installed", code="no_webhooks")
        if not answer.text("hookID"):
            raise Misbehaving("a hook without id", maybe_done=True)
        return HookRegistration(
            hook_id=answer.text("hookID"), existed=answer.message_key == "duplicateWarning"
        )

    def verify_hook(self, delivery: HookDelivery) -> Sequence[MeetingHint]:
        return read_delivery(delivery, secret=self._access.secret, signature=self._access.hook_signature)

    def signature_of(self, delivery: HookDelivery) -> str:
        return signature_of(delivery, secret=self._access.secret)

    def recordings(self, external_ids: Sequence[str]) -> Sequence[Recording]:
        return list(recordings_of(self._client, external_ids))

    def publish_recording(self, record_id: str, *, publish: bool) -> bool:
        parameters = [("recordID", record_id), ("publish", _flag(publish))]
        try:
            self._client.call("publishRecordings", parameters)
        except MeetingNotFound:
            return False
        found = recording_of(self._client, record_id)
        if found is not None and found.state == "deleted":
            return False
        if found is None or (found.state == "published") != publish:
            raise ServerBusy("the recording is not changed yet", code="still_changing")
        return True

    def delete_recording(self, record_id: str) -> bool:
        # Gone before is gone.
        with contextlib.suppress(MeetingNotFound):
            self._client.call("deleteRecordings", [("recordID", record_id)])
        found = recording_of(self._client, record_id)
        if found is not None and found.state != "deleted":
            raise ServerBusy("the recording is still there", code="still_there")
        return True

    def _info(self, external_id: str) -> Answer | None:
        try:
            info = self._client.call("getMeetingInfo", [("meetingID", external_id)])
        except MeetingNotFound:
            return None
        if info.text("meetingID") != external_id:
            raise Misbehaving("an answer about another meeting")
        return info

    def _running(self, external_id: str, incarnation: str) -> Answer | None:
        """What the server says of that incarnation if it has it and has not been told to end it."""
        info = self._info(external_id)
        if info is None or info.text("createTime") != incarnation or _live_meeting(info).ended:
            return None
        return info


def _create_parameters(spec: MeetingSpec) -> list[tuple[str, str]]:
    parameters = [
        ("meetingID", spec.external_id),
        ("name", _name(spec.name)),
        ("record", _flag(spec.recording)),
        ("autoStartRecording", "false"),
        ("allowStartStopRecording", _flag(spec.recording)),
        ("notifyRecordingIsOn", _flag(spec.recording)),
        ("muteOnStart", _flag(spec.muted_on_start)),
        ("lockSettingsDisableCam", _flag(spec.cameras_off)),
        ("guestPolicy", "ASK_MODERATOR" if spec.lobby else "ALWAYS_ACCEPT"),
        ("duration", str(spec.duration_minutes or 0)),
    ]
    optional = {
        "maxParticipants": spec.max_participants,
        "moderatorPW": spec.moderator_password,
        "attendeePW": spec.attendee_password,
        "welcome": spec.welcome,
        "logoutURL": spec.logout_url,
        "meetingExpireIfNoUserJoinedInMinutes": spec.expire_unused_minutes,
        "meetingExpireWhenLastUserLeftInMinutes": spec.expire_empty_minutes,
        # Kept on the server; meta_endCallbackUrl would be shown to clients and in recordings.
        "meetingEndedURL": spec.end_callback_url,
    }
    parameters += [(name, str(value)) for name, value in optional.items() if value not in (None, "")]
    if spec.recording_ready_url:
        parameters.append(("meta_bbb-recording-ready-url", spec.recording_ready_url))
    parameters += [(f"meta_{name}", value) for name, value in sorted(spec.metadata.items())]
    return parameters


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _name(text: str) -> str:
    """Fits a title or a person's name into what bbb-web accepts, so that no odd name keeps a meeting from opening."""
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    name = " ".join(printable.split())[:_LONGEST_NAME].strip()
    return name if len(name) >= _SHORTEST_NAME else f"({name or '?'})"


def _instant(answer: Answer, name: str) -> datetime | None:
    """Milliseconds since 1970; 0, absent and absurd values are none."""
    milliseconds = answer.number(name)
    if not 0 < milliseconds < 10**14:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _live_meeting(answer: Answer) -> LiveMeeting:
    joined = answer.flag("hasUserJoined")
    return LiveMeeting(
        external_id=answer.text("meetingID"),
        incarnation=answer.text("createTime"),
        name=answer.text("meetingName"),
        people=answer.number("participantCount"),
        moderators=answer.number("moderatorCount"),
        created_at=_instant(answer, "createTime"),
        started_at=_instant(answer, "startTime") if joined else None,
        ended=answer.number("endTime") > 0 or answer.flag("hasBeenForciblyEnded"),
        metadata=answer.texts_below("metadata"),
    )


def _is_silent(error: BackendError) -> bool:
    """Whether nobody answered in the protocol."""
    return not isinstance(error, WrongSecret | NotSupported | RequestRefused | ServerBusy)
