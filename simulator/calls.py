# SPDX-License-Identifier: EUPL-1.2
"""BigBlueButton's API calls, one function each, and the table that names them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlencode

from simulator.answers import Cdata, Field, Refusal, Reply, failed, fields, success
from simulator.delivery import is_http_url, with_query
from simulator.meetings import MODERATOR, VIEWER, Meeting, Settings, User
from simulator.parameters import Parameters, sorted_query
from simulator.server import ConferenceServer
from simulator.signing import checksum_matches

API = "/bigbluebutton/api"
CHECKSUM_ERROR = ("checksumError", "Checksums do not match")
NOT_FOUND = ("notFound", "A meeting with that ID does not exist")
_GUEST_POLICIES = ("ALWAYS_ACCEPT", "ALWAYS_DENY", "ASK_MODERATOR", "ALWAYS_ACCEPT_AUTH")
_BODY_TYPES = ("application/xml", "text/xml", "application/x-www-form-urlencoded", "multipart/form-data")


def answer(
    server: ConferenceServer, method: str, call: str, query: str, body: bytes = b"", content_type: str = ""
) -> Reply:
    """Answers one call of the API; `query` is the raw query string as it came over the wire."""
    if call == "":
        return version(server)
    if call == "hooks/ping" and server.options.webhooks:
        return Reply(b"bbb-webhooks API up!", content_type="text/plain;charset=UTF-8")
    handler = CALLS.get(call)
    if handler is None or (call.startswith("hooks/") and not server.options.webhooks):
        if call.startswith("hooks/"):
            return Reply(b"<html><body><h1>404 Not Found</h1></body></html>", 404, "text/html")
        return failed("unsupportedRequest", "This request is not supported.")
    allowed = ("GET",) if call in GET_ONLY or call.startswith("hooks/") else ("GET", "POST")
    if method not in allowed:
        return failed("unsupportedRequest", "This request is not supported.")
    try:
        parameters = _checked_parameters(server, call, query, body, content_type)
        return handler(server, parameters)
    except Refusal as refusal:
        if call == "join" and not refusal.xml_only:
            return _refused_join(server, query, refusal)
        return refusal.reply()


def _checked_parameters(
    server: ConferenceServer, call: str, query: str, body: bytes, content_type: str
) -> Parameters:
    given = Parameters.read(query)
    media_type = content_type.partition(";")[0].strip().lower()
    if body and media_type not in _BODY_TYPES:
        raise Refusal("unsupportedContentType", "POST request Content-Type is missing or unsupported")
    signed = query
    if body and media_type == "application/x-www-form-urlencoded":
        form = body.decode("utf-8", "replace")
        in_body = Parameters.read(form)
        if {name for name, _ in given.items()} & {name for name, _ in in_body.items()}:
            raise Refusal(*CHECKSUM_ERROR)
        if not query:
            signed = sorted_query(form)
        given = Parameters([*given.items(), *in_body.items()])
    if not checksum_matches(
        call, signed, given.text("checksum"), server.options.secret, server.options.algorithms
    ):
        raise Refusal(*CHECKSUM_ERROR)
    return given


def version(server: ConferenceServer) -> Reply:
    return success(
        fields(
            version="2.0",
            apiVersion="2.0",
            bbbVersion=server.options.version,
            graphqlWebsocketUrl="",
            graphqlApiUrl="",
        )
    )


def create(server: ConferenceServer, given: Parameters) -> Reply:
    external_id = given.meeting_id()
    name = given.required("name", "missingParamName")
    if not 2 <= len(name) <= 256:
        raise Refusal("sizeError", "Meeting name must be between 2 and 256 characters.")
    for password in ("attendeePW", "moderatorPW"):
        if given.text(password) and not 2 <= len(given.text(password)) <= 64:
            raise Refusal("sizeError", f"{password} must be between 2 and 64 characters.")
    guest_policy = given.text("guestPolicy") or "ALWAYS_ACCEPT"
    if guest_policy not in _GUEST_POLICIES:
        raise Refusal("validationError", "Unknown guest policy.")
    voice_bridge = given.text("voiceBridge")
    if voice_bridge and not (voice_bridge.isascii() and voice_bridge.isdigit()):
        raise Refusal("validationError", "Voice bridge must be a number.")
    metadata = given.metadata()
    settings = Settings(
        attendee_password=given.text("attendeePW"),
        moderator_password=given.text("moderatorPW"),
        welcome=given.text("welcome"),
        logout_url=given.text("logoutURL") if is_http_url(given.text("logoutURL")) else "",
        max_participants=given.number("maxParticipants"),
        duration=given.number("duration"),
        record=given.flag("record"),
        guest_policy=guest_policy,
        voice_bridge=voice_bridge,
        dial_number=given.text("dialNumber") or "613-555-1234",
        end_when_no_moderator=given.flag("endWhenNoModerator"),
        end_when_no_moderator_delay=given.number("endWhenNoModeratorDelayInMinutes", 1),
        expire_if_no_user_joined=given.number("meetingExpireIfNoUserJoinedInMinutes", 5),
        expire_when_last_user_left=given.number("meetingExpireWhenLastUserLeftInMinutes", 1),
        muted_on_start=given.flag("muteOnStart"),
        metadata=metadata,
        ended_url=given.text("meetingEndedURL") if is_http_url(given.text("meetingEndedURL")) else "",
        end_callback_url=metadata.get("endcallbackurl", "")
        if is_http_url(metadata.get("endcallbackurl", ""))
        else "",
    )
    date = time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(server.clock.now_ms() / 1000))
    meeting, is_new = server.meetings.create(external_id, name, settings, create_date=date)
    if is_new:
        meeting.created_with = {key: value for key, value in given.items() if key != "checksum"}
    return success(
        [
            *fields(
                meetingID=meeting.external_id,
                internalMeetingID=meeting.internal_id,
                parentMeetingID="bbb-none",
                attendeePW=meeting.settings.attendee_password,
                moderatorPW=meeting.settings.moderator_password,
                createTime=meeting.create_time,
                voiceBridge=meeting.settings.voice_bridge,
                dialNumber=meeting.settings.dial_number,
                createDate=meeting.create_date,
                hasUserJoined=meeting.has_user_joined,
                duration=meeting.settings.duration,
                hasBeenForciblyEnded=meeting.forcibly_ended,
                messageKey="" if is_new else "duplicateWarning",
                message=""
                if is_new
                else "This conference was already in existence and may currently be in progress.",
            )
        ]
    )


def join(server: ConferenceServer, given: Parameters) -> Reply:
    external_id = given.meeting_id()
    name = given.required("fullName", "missingParamFullName")
    meeting = server.meetings.find(external_id)
    role = given.text("role").upper()
    password = given.text("password")
    if not role and not password:
        raise Refusal("Params required", "Either role or password must be given.", xml_only=True)
    if meeting is None:
        raise Refusal(*NOT_FOUND)
    if meeting.ended:
        raise Refusal("meetingForciblyEnded", "You can not re-join a meeting that has already been ended.")
    create_time = given.text("createTime")
    if create_time and create_time != str(meeting.create_time):
        raise Refusal("mismatchCreateTimeParam", "The createTime parameter does not match the meeting's.")
    if role not in (MODERATOR, VIEWER):
        if role:
            raise Refusal("validationError", "Unknown role.")
        role = _role_by_password(meeting, password)
    user, token = server.meetings.register(
        meeting,
        name=name[:256],
        role=role,
        external_id=given.text("userID"),
        guest=given.flag("guest"),
        language=given.text("userdata-bbb_override_default_locale"),
        custom=given.custom(),
    )
    waits = user.state == "waiting"
    page = f"/html5client/join?{urlencode({'sessionToken': token})}"
    if given.flag("redirect", default=True):
        return Reply(status=302, headers={"Location": page})
    return success(
        fields(
            messageKey="guestWait" if waits else "successfullyJoined",
            message="Guest waiting for approval to join meeting."
            if waits
            else "You have joined successfully.",
            meeting_id=meeting.internal_id,
            user_id=user.internal_id,
            auth_token=token[:12],
            session_token=token,
            guestStatus="WAIT" if waits else "ALLOW",
            url=server.origin + page,
        )
    )


def _role_by_password(meeting: Meeting, password: str) -> str:
    if password == meeting.settings.moderator_password:
        return MODERATOR
    if password == meeting.settings.attendee_password:
        return VIEWER
    raise Refusal("invalidPassword", "The supplied password does not match.")


def _refused_join(server: ConferenceServer, query: str, refusal: Refusal) -> Reply:
    """A bad join leads the browser away with the reason in the address; only `redirect=false` says it in XML."""
    try:
        given = Parameters.read(query)
    except Refusal:
        return refusal.reply()
    if given.text("redirect") == "false":
        return refusal.reply()
    errors = json.dumps([{"key": refusal.key, "message": refusal.message}], separators=(",", ":"))
    target = "/bigbluebutton/error"
    if refusal.key != CHECKSUM_ERROR[0]:
        # Addresses in an unsigned call are anybody's: they are only followed when the checksum was right.
        meeting = server.meetings.find(given.text("meetingID"))
        known = meeting.settings.logout_url if meeting else ""
        wished = given.text("errorRedirectUrl")
        target = (wished if is_http_url(wished) else known) or target
    return Reply(status=302, headers={"Location": with_query(target, "errors=" + quote(errors))})


def end(server: ConferenceServer, given: Parameters) -> Reply:
    meeting = server.meetings.find(given.meeting_id())
    if meeting is None:
        raise Refusal(*NOT_FOUND)
    if given.text("password") and given.text("password") != meeting.settings.moderator_password:
        raise Refusal("invalidPassword", "The supplied moderator password is incorrect.")
    server.meetings.end(meeting)
    return success(
        fields(
            messageKey="sentEndMeetingRequest",
            message="A request to end the meeting was sent. Please wait a few seconds, and then use the "
            "getMeetingInfo or isMeetingRunning API calls to verify that it was ended.",
        )
    )


def is_meeting_running(server: ConferenceServer, given: Parameters) -> Reply:
    meeting = server.meetings.find(given.meeting_id())
    return success(fields(running=meeting is not None and meeting.has_user_joined and not meeting.ended))


def get_meetings(server: ConferenceServer, given: Parameters) -> Reply:
    with server.meetings.lock:
        listed = [Field("meeting", _info(meeting)) for meeting in server.meetings.all()]
    if not listed:
        return success(
            fields(meetings="", messageKey="noMeetings", message="no meetings were found on this server")
        )
    return success([Field("meetings", listed)])


def get_meeting_info(server: ConferenceServer, given: Parameters) -> Reply:
    meeting = server.meetings.find(given.meeting_id())
    if meeting is None:
        raise Refusal(*NOT_FOUND)
    with server.meetings.lock:
        return success(_info(meeting))


def _info(meeting: Meeting) -> Sequence[Field]:
    settings = meeting.settings
    present = meeting.present()
    return fields(
        meetingName=meeting.name,
        meetingID=meeting.external_id,
        internalMeetingID=meeting.internal_id,
        createTime=meeting.create_time,
        createDate=meeting.create_date,
        voiceBridge=settings.voice_bridge,
        dialNumber=settings.dial_number,
        attendeePW=settings.attendee_password,
        moderatorPW=settings.moderator_password,
        running=meeting.has_user_joined and not meeting.ended,
        duration=settings.duration,
        hasUserJoined=meeting.has_user_joined,
        recording=settings.record,
        hasBeenForciblyEnded=meeting.forcibly_ended,
        startTime=meeting.create_time,
        endTime=meeting.end_time,
        participantCount=len(present),
        listenerCount=0,
        voiceParticipantCount=0,
        videoCount=0,
        maxUsers=settings.max_participants,
        moderatorCount=sum(user.is_moderator for user in present),
        attendees=[Field("attendee", _attendee(user)) for user in present],
        metadata=[Field(name, value) for name, value in settings.metadata.items()],
        isBreakout=False,
    )


def _attendee(user: User) -> Sequence[Field]:
    return fields(
        userID=user.external_id,
        fullName=user.name,
        role=user.role,
        isPresenter=False,
        isListeningOnly=False,
        hasJoinedVoice=False,
        hasVideo=False,
        clientType="HTML5",
    )


def get_recordings(server: ConferenceServer, given: Parameters) -> Reply:
    return server.recordings.listed(given)


def publish_recordings(server: ConferenceServer, given: Parameters) -> Reply:
    return server.recordings.publish(given)


def delete_recordings(server: ConferenceServer, given: Parameters) -> Reply:
    return server.recordings.delete(given)


def hooks_create(server: ConferenceServer, given: Parameters) -> Reply:
    callback_url = given.required("callbackURL", "missingParamCallbackURL")
    hook, is_new = server.hooks.create(
        callback_url,
        meeting_id=given.text("meetingID") or None,
        events=given.text("eventID"),
        raw=given.flag("getRaw"),
    )
    if not is_new:
        return success(
            fields(
                hookID=hook.hook_id,
                messageKey="duplicateWarning",
                message="There is already a hook for this callback URL.",
            )
        )
    return success(fields(hookID=hook.hook_id, permanentHook=False, rawData=hook.raw))


def hooks_list(server: ConferenceServer, given: Parameters) -> Reply:
    wanted = given.text("meetingID")
    listed = []
    for hook in server.hooks.all():
        if wanted and hook.meeting_id not in (None, wanted):
            continue
        content = fields(hookID=hook.hook_id, callbackURL=Cdata(hook.callback_url))
        if hook.meeting_id is not None:
            content.append(Field("meetingID", Cdata(hook.meeting_id)))
        if hook.events is not None:
            content.append(Field("eventID", Cdata(",".join(sorted(hook.events)))))
        content += fields(permanentHook=False, rawData=hook.raw)
        listed.append(Field("hook", content))
    return success([Field("hooks", listed)])


def hooks_destroy(server: ConferenceServer, given: Parameters) -> Reply:
    server.hooks.destroy(given.required("hookID", "missingParamHookID"))
    return success(fields(removed=True))


Handler = Callable[[ConferenceServer, Parameters], Reply]

CALLS: dict[str, Handler] = {
    "create": create,
    "join": join,
    "end": end,
    "isMeetingRunning": is_meeting_running,
    "getMeetings": get_meetings,
    "getMeetingInfo": get_meeting_info,
    "getRecordings": get_recordings,
    "publishRecordings": publish_recordings,
    "deleteRecordings": delete_recordings,
    "hooks/create": hooks_create,
    "hooks/list": hooks_list,
    "hooks/destroy": hooks_destroy,
}
GET_ONLY = frozenset({"join"})
