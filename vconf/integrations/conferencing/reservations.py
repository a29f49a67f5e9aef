# SPDX-License-Identifier: EUPL-1.2
"""The reservation API that a Jitsi shard's Prosody asks before it opens a room (`mod_reservations`).

    POST   .../conference          may this room open? 200 with its time, or 4xx with a message for whoever asked
    GET    .../conference/<id>     the same about one we have named; Prosody asks after a 409, which we never answer
    DELETE .../conference/<id>     everybody has left, the room is gone

All answers come from local data; no server is called. Prosody takes any other status than 200 and 409 for a refusal,
keeps it for 30 to 90 seconds and shows the message; after 5xx it tries three times again. Which server may open which
room is decided in `bookings/admission.py`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vconf.bookings.admission import Admission, Answer, admit, find_admission, room_closed
from vconf.integrations.conferencing.bodies import body_of
from vconf.integrations.conferencing.prosody import ROOM, for_prosody, note_refusal, refusal
from vconf.rooms.models import ConferenceServer

log = structlog.get_logger(__name__)

#: A request has three fields: a room, a time and an address of XMPP, which may have 3071 bytes.
MAX_BODY = 16 * 1024
MAX_FIELDS = 10
FORM = "application/x-www-form-urlencoded"
#: A server's clock that differs less is right; one that differs more than the other limit tells us nothing.
SAME_TIME = timedelta(minutes=1)
SOME_TIME = timedelta(days=1)
#: Whoever sits in a room besides people: jicofo.
SERVICES = 1

_ID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9]{1,15})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@for_prosody
def conference(request: HttpRequest, server: ConferenceServer) -> HttpResponse:
    """POST: may the room be opened now? Every time it may, however often it is asked."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if request.content_type != FORM:
        return refusal(415, _("The request is not valid."))
    body = body_of(request, MAX_BODY)
    if body is None:
        return refusal(413, _("The request is too large."))
    try:
        form = _form(body)
    except ValueError:
        return refusal(400, _("The request is not valid."))
    now = timezone.now()
    room = form["name"].lower()
    if ROOM.fullmatch(room) is None:
        admission = Admission(answer=Answer.UNKNOWN)
    else:
        admission = admit(room, server_id=server.id, now=now, ends_on_demand=_can_end(server))
    if admission.answer != Answer.OPEN:
        answer, meeting_id = str(admission.answer), admission.meeting_id
        log.info("room refused", server=server.name, answer=answer, meeting=str(meeting_id or ""))
        note_refusal(server, "reservation", answer, meeting_id=meeting_id)
        return _refused(admission)
    log.info("room opened", server=server.name, meeting=str(admission.meeting_id))
    return _opened(admission, _start(form.get("start_time", ""), now), now, form.get("mail_owner", ""))


@for_prosody
def one_conference(request: HttpRequest, server: ConferenceServer, id: str) -> HttpResponse:
    """GET: as for POST, but nothing changes. DELETE: the room is closed now; it may be opened again."""
    if request.method not in ("GET", "HEAD", "DELETE"):
        return HttpResponseNotAllowed(["GET", "HEAD", "DELETE"])
    meeting_id, opened_at = _parsed(id)
    if request.method == "DELETE":
        # Nothing is asked of the answer, and what we do not know is gone.
        if meeting_id is not None and room_closed(meeting_id, server_id=server.id, opened_at=opened_at):
            log.info("room closed", server=server.name, meeting=str(meeting_id))
        return HttpResponse(status=204)
    now = timezone.now()
    if meeting_id is None:
        return _refused(Admission(answer=Answer.UNKNOWN))
    admission = find_admission(meeting_id, server_id=server.id, now=now, ends_on_demand=_can_end(server))
    if admission.answer != Answer.OPEN:
        return _refused(admission)
    return _opened(admission, now, now, "")


def _can_end(server: ConferenceServer) -> bool:
    """By the last check of it."""
    return "end" in server.abilities


def _form(body: bytes) -> dict[str, str]:
    """The fields, each of them once. Raises ValueError for anything else, and where the room is missing."""
    pairs = parse_qsl(
        body.decode("ascii"),
        keep_blank_values=True,
        strict_parsing=True,
        errors="strict",
        max_num_fields=MAX_FIELDS,
    )
    form = dict(pairs)
    if len(form) != len(pairs) or not form.get("name"):
        raise ValueError("fields are missing or repeated")
    return form


def _start(asked: str, now: datetime) -> datetime:
    """When the room's time begins, from which Prosody counts the duration by its own clock.

    That is now. A server whose clock is wrong says so by the time it asks with, and gets that one back: else it would
    close the room too early or too late by as much.
    """
    try:
        theirs = datetime.strptime(asked, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return now
    return theirs if SAME_TIME < abs(theirs - now) < SOME_TIME else now


def _opened(admission: Admission, start: datetime, now: datetime, mail_owner: str) -> HttpResponse:
    """All of these are looked at: a field that is missing, or another name, would be a refusal."""
    assert admission.until is not None
    return JsonResponse(
        {
            "id": _id(admission),
            "name": admission.name,
            "mail_owner": mail_owner,
            "start_time": start.strftime("%Y-%m-%dT%H:%M:%S.") + f"{start.microsecond // 1000:03}Z",
            # never 0, which would be over before it has begun
            "duration": max(1, (admission.until - now) // timedelta(seconds=1)),
            "max_occupants": admission.seats + SERVICES,
            "lobby": admission.lobby,
        }
    )


def _id(admission: Admission) -> str:
    """Names this opening of the room: what is said of an earlier one later on is old news."""
    opened = (admission.opened_at or _EPOCH) - _EPOCH
    return f"{admission.meeting_id}.{opened // _MILLISECOND}"


def _parsed(text: str) -> tuple[UUID | None, datetime]:
    match = _ID.fullmatch(text)
    try:
        return (None, _EPOCH) if match is None else (UUID(match[1]), _EPOCH + int(match[2]) * _MILLISECOND)
    except OverflowError:
        return None, _EPOCH


# What people are told


_SENTENCES = {
    Answer.UNKNOWN: _("There is no meeting of this name here."),
    Answer.UNCONFIRMED: _("This meeting is not confirmed yet."),
    Answer.OVER: _("This meeting is over."),
    Answer.CANCELLED: _("This meeting was cancelled."),
    Answer.ELSEWHERE: _("This meeting is not held on this server."),
}
#: where the invitation's link leads on
_LED_ON = (Answer.UNKNOWN, Answer.EARLY, Answer.OVER, Answer.ELSEWHERE)


def _refused(admission: Admission) -> HttpResponse:
    return refusal(404 if admission.answer == Answer.UNKNOWN else 403, _in_words(admission))


def _explained(admission: Admission) -> str:
    """Why not, and the way there: no title, and no link either, for that lets people in and would stand in Prosody's
    log. The page of a room leads on who may enter, and nobody else."""
    sentences = [str(_SENTENCES.get(admission.answer, "")) or _too_early(admission)]
    if admission.answer in _LED_ON:
        sentences.append(gettext("Please use the link in your invitation."))
        if admission.room_page:
            address = settings.VCONF_PUBLIC_URL + reverse("room-page", args=[admission.room_page])
            sentences.append(gettext("The room has a page, too: {address}").format(address=address))
    return " ".join(sentences)


def _too_early(admission: Admission) -> str:
    assert admission.opens_at is not None
    local = admission.opens_at.astimezone(ZoneInfo(admission.timezone))
    return gettext("It is too early. The meeting opens on {date} at {time}.").format(
        date=date_format(local, gettext("l, j F Y")), time=date_format(local, "H:i")
    )


_in_words = lazy(_explained, str)
