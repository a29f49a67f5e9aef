# SPDX-License-Identifier: EUPL-1.2
"""The join page `/j/<token>` and the room page `/r/<room>`: links that work in any browser, without JavaScript.

Looking changes nothing (R6.6): the *Join* button acts. Whoever has the link sees title, times, organiser and authority,
and may enter as viewer. Organiser, deputy and co-hosts become moderators by being signed in, anybody by the moderator
PIN. People with a part in the booking are known; everybody else is a guest: gives a name, the PIN where the class asks
for it, and waits in the lobby where the class has one.

The room page is guessable, the link is not, so the room page gives no link away: it leads on whoever is signed in and
has a part in the date running now, and anybody else who enters a PIN of it. It does not tell whether anything runs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework.authentication import CSRFCheck

from vconf.audit.record import record_event
from vconf.authorities.rights import Actor
from vconf.bookings.errors import NotJoinable
from vconf.bookings.joining import JoinView, find_join, find_joins_by_room
from vconf.bookings.links import join_url
from vconf.bookings.models import RUNNING, Meeting, MeetingState, OccurrenceState
from vconf.integrations.conferencing.effects import bring_up, forget_seen, was_there
from vconf.integrations.conferencing.guesses import give_back, take_guess
from vconf.integrations.conferencing.port import BackendError, JoinRequest
from vconf.integrations.conferencing.registry import backend_for
from vconf.integrations.conferencing.spec import consent_text
from vconf.integrations.conferencing.visitors import (
    LONGEST_NAME,
    Visitor,
    cleaned_name,
    cleaned_pin,
    has_consented,
    remember,
    remember_consent,
    remember_name,
    remember_pin,
    visitor_at,
)
from vconf.rooms.models import ConferenceServer, ServerHealth, ServerState
from vconf.rooms.selectors import find_room_page, servers_of

log = structlog.get_logger(__name__)

Text = str | Promise

#: Until a waiting page looks again by itself, in seconds.
LOOK_AGAIN = 3
TRY_AGAIN = 8


class Stage(StrEnum):
    """How far a date is, as the page tells it."""

    #: waits for approval
    PENDING = "pending"
    HELD = "held"
    EARLY = "early"
    OPEN = "open"
    ENDED = "ended"
    CANCELLED = "cancelled"


def stage_of(view: JoinView, now: datetime) -> Stage:
    occurrence = view.occurrence
    runs = view.meeting is not None and view.meeting.state in RUNNING
    if view.cancelled or view.link.retired_at is not None:
        return Stage.CANCELLED
    if not view.can_be_joined or (now >= occurrence.ends_at and not runs):
        return Stage.ENDED
    if occurrence.state == OccurrenceState.PENDING:
        return Stage.PENDING
    if occurrence.state == OccurrenceState.HELD:
        return Stage.HELD
    return Stage.OPEN if runs or now >= view.opens_at else Stage.EARLY


@csrf_exempt  # checked below, so that a stale form is shown again instead of an error page
@require_http_methods(["GET", "HEAD", "POST"])
def join_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the date that the link leads to now; POST joins it."""
    with translation.override(_language(request)):
        view = find_join(token, now=timezone.now())
        if view is None:
            return _answer(request, "conferencing/unknown.html", {}, status=404)
        if request.method == "POST":
            return _join(request, view)
        visitor = visitor_at(request, view)
        if "wait" in request.GET and visitor.memory.waits and stage_of(view, timezone.now()) is Stage.OPEN:
            return _wait(request, view, visitor)
        return _show(request, view, visitor, notice=_notice(request) or _fate(view))


def _join(request: HttpRequest, view: JoinView) -> HttpResponse:
    if not _comes_from_our_page(request):
        notice = _("Please press the button once more. This page had been open for too long.")
        return _show(request, view, visitor_at(request, view), notice=notice, status=403)
    if stage_of(view, timezone.now()) is not Stage.OPEN:
        return _show(request, view, visitor_at(request, view), status=409)
    errors, status = _read_form(request, view)
    visitor = visitor_at(request, view)
    if errors:
        return _show(request, view, visitor, errors=errors, status=status)
    if "again" in request.POST and view.meeting is not None:
        forget_seen(view.meeting.id)
    try:
        meeting = bring_up(view.occurrence)
    except NotJoinable:
        return _show(request, _reloaded(view), visitor, status=409)
    except BackendError as error:
        log.warning("a meeting cannot be opened", occurrence=str(view.occurrence.id), code=error.code)
        remember(request, view.link, pressed_at=timezone.now().timestamp(), trouble=True)
        return _see_other(_waiting_path(view))
    if meeting is None:
        remember(request, view.link, pressed_at=timezone.now().timestamp(), trouble=False)
        return _see_other(_waiting_path(view))
    return _hand_over(view, meeting, visitor)


def _read_form(request: HttpRequest, view: JoinView) -> tuple[dict[str, Text], int]:
    """Take in name and PIN. What was right is remembered also if something else was wrong (R9.5)."""
    errors: dict[str, Text] = {}
    status = 400
    # Gives a guest the secret that makes them the same guest when they come back.
    remember(request, view.link, pressed_at=0.0, trouble=False)
    visitor = visitor_at(request, view)
    if visitor.person is None:
        name = cleaned_name(request.POST.get("name", ""))
        if name:
            remember_name(request, name)
        else:
            errors["name"] = _("Please enter your name.")
    pin = cleaned_pin(request.POST.get("pin", ""))
    if pin and not visitor.moderator:
        entry, source = f"link:{view.link.id}", request.META.get("REMOTE_ADDR", "")
        if not take_guess(entry, source):
            log.warning("too many PINs tried", link=str(view.link.id), outcome="refused")
            errors["pin"] = _("Too many wrong PINs were entered. Please try again later.")
            status = 429
        elif remember_pin(request, view.link, pin):
            give_back(entry, source)
        else:
            _record_wrong_pin("join_link", view.link.id)
            errors["pin"] = _("This PIN is not right. You find it in your invitation.")
    elif view.policy.ask_pin and not visitor.knows_pin:
        errors["pin"] = _("Please enter the PIN. You find it in your invitation.")
    if view.policy.recording:
        text = consent_text(view.policy)
        if "consent" in request.POST:
            remember_consent(request, view.link, text)
        elif not has_consented(visitor.memory, text):
            errors["consent"] = _(
                "Please agree that the meeting may be recorded; without that you cannot join."
            )
    return errors, status


def _wait(request: HttpRequest, view: JoinView, visitor: Visitor) -> HttpResponse:
    """Somebody pressed *Join* a moment ago and the meeting was not there yet: let them in once it is."""
    meeting = view.meeting
    if meeting is not None and _is_open_to(visitor, meeting):
        return _hand_over(view, meeting, visitor)
    trouble = visitor.memory.trouble
    context = {
        **_about(view),
        "visitor": visitor,
        "trouble": trouble,
        "fate": _fate(view),
        "look_again": TRY_AGAIN if trouble else LOOK_AGAIN,
    }
    response = _answer(
        request, "conferencing/waiting.html", context, view=view, status=503 if trouble else 200
    )
    if trouble:
        response["Retry-After"] = str(TRY_AGAIN)
    return response


def _is_open_to(visitor: Visitor, meeting: Meeting) -> bool:
    """Whether the server has shown, since they pressed *Join*, that it lets people in."""
    server, memory = meeting.server, visitor.memory
    there = meeting.state in (MeetingState.CREATED, MeetingState.LIVE)
    if not there or server.health in (ServerHealth.SUSPECT, ServerHealth.DOWN):
        return False
    if meeting.created_at.timestamp() > memory.pressed_at:
        return True  # opened since; perhaps moved here
    seen = server.last_seen_at is not None and server.last_seen_at.timestamp() > memory.pressed_at
    if memory.trouble:
        return seen and server.health == ServerHealth.OK
    return seen or was_there(meeting.id)


def _hand_over(view: JoinView, meeting: Meeting, visitor: Visitor) -> HttpResponse:
    """To the meeting on its server. The address is made for this click and this incarnation, and kept nowhere."""
    server = meeting.server
    url = backend_for(server).join_url(
        JoinRequest(
            external_id=meeting.external_id,
            incarnation=meeting.incarnation,
            full_name=visitor.name,
            user_id=visitor.user_id(view.occurrence.id),
            moderator=visitor.moderator,
            guest=not (visitor.invited or visitor.moderator),
            error_url=join_url(view.link),
            language=translation.get_language() or settings.LANGUAGE_CODE,
            title=view.title,
            lobby=view.policy.lobby,
            recording=view.policy.recording,
            muted_on_start=view.policy.muted_on_start,
        )
    )
    if _origin(url) != _origin(server.base_url):
        raise RuntimeError("a join address that leads elsewhere than to the meeting's server")
    return _see_other(url)


# The room page


@csrf_exempt  # checked below, as on the join page
@require_http_methods(["GET", "HEAD", "POST"])
def room_page(request: HttpRequest, slug: str) -> HttpResponse:
    """GET leads people with a part in the date running now to it; POST does so for anybody with one of its PINs."""
    with translation.override(_language(request)):
        room = find_room_page(slug)
        if room is None:
            return _answer(request, "conferencing/unknown.html", {}, status=404)
        views = find_joins_by_room(slug, now=timezone.now())
        for view in views:
            if visitor_at(request, view).knows_pin:
                return _see_other(reverse("join", args=[view.link.token]))
        context: dict[str, Any] = {"room": room}
        if request.method != "POST":
            return _answer(request, "conferencing/room.html", context)
        if not _comes_from_our_page(request):
            context["error"] = _("Please press the button once more. This page had been open for too long.")
            return _answer(request, "conferencing/room.html", context, status=403)
        entry, source = f"room:{room.id}", request.META.get("REMOTE_ADDR", "")
        pin = cleaned_pin(request.POST.get("pin", ""))
        if not pin:
            context["error"] = _("Please enter the PIN. You find it in your invitation.")
            return _answer(request, "conferencing/room.html", context, status=400)
        if not take_guess(entry, source):
            log.warning("too many PINs tried", room=str(room.id), outcome="refused")
            context["error"] = _("Too many wrong PINs were entered. Please try again later.")
            return _answer(request, "conferencing/room.html", context, status=429)
        for view in views:
            if remember_pin(request, view.link, pin):
                give_back(entry, source)
                return _see_other(reverse("join", args=[view.link.token]))
        _record_wrong_pin("room", room.id)
        context["error"] = _("No meeting with this PIN is running in this room now.")
        return _answer(request, "conferencing/room.html", context, status=400)


def _record_wrong_pin(object_type: str, object_id: UUID) -> None:
    """The number of guesses is limited, and so is what is written here."""
    record_event(
        "pin.try",
        actor=Actor.nobody(),
        object_type=object_type,
        object_id=object_id,
        outcome="refused",
        code="wrong_pin",
    )


# Showing


def _show(
    request: HttpRequest,
    view: JoinView,
    visitor: Visitor,
    *,
    notice: Text = "",
    errors: dict[str, Text] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    stage = stage_of(view, now)
    seconds = max(0, round((view.opens_at - now).total_seconds()))
    given = request.POST if request.method == "POST" else {}
    context = {
        **_about(view),
        "stage": stage.value,
        "visitor": visitor,
        "name": cleaned_name(given.get("name", "")) or visitor.name,
        "longest_name": LONGEST_NAME,
        "asks_pin": view.policy.ask_pin and not visitor.knows_pin,
        "lobby": view.policy.lobby and not (visitor.invited or visitor.moderator),
        "consent": consent_text(view.policy) if view.policy.recording else "",
        "consented": has_consented(visitor.memory, consent_text(view.policy)),
        "notice": notice,
        "again": "errors" in request.GET,
        "errors": errors or {},
        "opens_at": _time(view.opens_at.astimezone(_zone(view)), now),
        "seconds": seconds,
        "in_words": _in_words(seconds),
        # Without JavaScript the page looks again when it is time, at least every five minutes.
        "refresh": min(max(seconds, 2), 300) if stage is Stage.EARLY else None,
    }
    return _answer(request, "conferencing/join.html", context, view=view, status=status)


def _about(view: JoinView) -> dict[str, Any]:
    """All that a link tells anybody: title, times, organiser, authority."""
    occurrence, booking, zone = view.occurrence, view.booking, _zone(view)
    starts, ends = occurrence.starts_at.astimezone(zone), occurrence.ends_at.astimezone(zone)
    return {
        "title": view.title,
        "title_language": booking.language,
        "starts_at": occurrence.starts_at,
        "ends_at": occurrence.ends_at,
        "date": _date(starts),
        "starts": date_format(starts, "H:i"),
        "ends": date_format(ends, "H:i"),
        "end_date": _date(ends) if ends.date() != starts.date() else "",
        "zone": booking.timezone,
        "offset": _offset(starts),
        "organiser": booking.organiser.name,
        "authority": booking.authority.name,
        "path": reverse("join", args=[view.link.token]),
    }


def _zone(view: JoinView) -> ZoneInfo:
    return ZoneInfo(view.booking.timezone)


def _date(local: datetime) -> str:
    # Translators: Django's date format, such as "Tuesday, 24 November 2026"
    return date_format(local, gettext("l, j F Y"))


def _time(local: datetime, now: datetime) -> str:
    """When something happens: the time, and the day unless it is today."""
    if local.date() == now.astimezone(local.tzinfo).date():
        return gettext("at {time}").format(time=date_format(local, "H:i"))
    return gettext("on {date} at {time}").format(date=_date(local), time=date_format(local, "H:i"))


def _offset(local: datetime) -> str:
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return "UTC" if not minutes else f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def _in_words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if minutes <= 90:
        return ngettext("in {count} minute", "in {count} minutes", minutes).format(count=minutes)
    hours = round(minutes / 60)
    if hours <= 36:
        return ngettext("in {count} hour", "in {count} hours", hours).format(count=hours)
    days = round(hours / 24)
    return ngettext("in {count} day", "in {count} days", days).format(count=days)


#: What a conference server says when it sends somebody back, in our words.
_SENT_BACK: dict[str, Text] = {
    "maxParticipantsReached": _("The meeting is full. You can join as soon as somebody has left."),
    "guestDeny": _("You were not let in."),
    "guestDeniedAccess": _("You were not let in."),
    "meetingForciblyEnded": _("The meeting was ended. You can open it again until its planned end."),
}
_OTHERWISE = _("The conference server did not let you in. Please try again.")


def _notice(request: HttpRequest) -> Text:
    """Why somebody is here again. Only words of ours are shown, whatever the address says."""
    if "errors" in request.GET:
        try:
            key = json.loads(request.GET["errors"][:2000])[0]["key"]
            return _SENT_BACK.get(key, _OTHERWISE)
        except (ValueError, LookupError, TypeError, RecursionError):
            return _OTHERWISE
    if "left" in request.GET:
        return _("You have left the meeting. You can join again until it ends.")
    return ""


def _fate(view: JoinView) -> Text:
    """What became of the meeting's server, for those who were in it or are on their way."""
    meeting = view.meeting
    if meeting is None or meeting.state not in RUNNING:
        return ""
    if meeting.stranded_at is not None:
        return _(
            "The conference server has failed, and no other one is free. The meeting goes on once one is."
        )
    if meeting.epoch > 1 and meeting.live_at is None and _was_lost(meeting):
        return _("The conference server has failed. The meeting goes on on another one: please join again.")
    return ""


def _was_lost(meeting: Meeting) -> bool:
    """Whether people may have been in it before it was moved here."""
    before = Meeting.objects.filter(occurrence_id=meeting.occurrence_id, epoch=meeting.epoch - 1)
    return before.filter(state=MeetingState.LOST, live_at__isnull=False).exists()


def _answer(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    view: JoinView | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page: for this visitor only, its address told to nobody, in the language chosen."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    other = next(code for code, _name in settings.LANGUAGES if code != language)
    context |= {"language": language, "other_language": other, "other_language_name": _NAMES[other]}
    response = render(request, template, context, status=status)
    _protect(response)
    response["Content-Language"] = language
    if request.GET.get("lang") == language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=31_536_000,
            samesite="Lax",
            secure=settings.VCONF_PUBLIC_URL.startswith("https:"),
            httponly=True,
        )
    if view is not None:
        # Browsers apply form-action to where a form's answer redirects to, and that is the meeting's server.
        response._csp_update = {"form-action": _targets(view)}  # type: ignore[attr-defined]  # read by django-csp
    return response


def _see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return _protect(response)


def _protect(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _targets(view: JoinView) -> list[str]:
    """Origins of the servers that the meeting may run on."""
    servers: Sequence[ConferenceServer] = [
        server for server in servers_of(view.occurrence.pool) if server.state != ServerState.DISABLED
    ]
    if view.meeting is not None:
        servers = [*servers, view.meeting.server]
    return sorted({_origin(server.base_url) for server in servers})


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _waiting_path(view: JoinView) -> str:
    return reverse("join", args=[view.link.token]) + "?wait=1"


def _reloaded(view: JoinView) -> JoinView:
    return find_join(view.link.token, now=timezone.now()) or view


def _comes_from_our_page(request: HttpRequest) -> bool:
    """Django's own check of the CSRF token, without its error page (R7.3).

    A page that sends no referrer gets the origin `null` from browsers (Fetch, "append a request Origin header"), and
    Django would take that for somebody else's page. Then what the browser says of the site decides, which no page can
    forge; old browsers say nothing. The token has to be right in any case.
    """
    origin, site = request.META.get("HTTP_ORIGIN", "null"), request.META.get("HTTP_SEC_FETCH_SITE", "")
    if origin == "null" and site in ("same-origin", ""):
        request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"

    def any_view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    check = CSRFCheck(any_view)
    check.process_request(request)
    return not check.process_view(request, any_view, (), {})


_NAMES = dict(settings.LANGUAGES)


def _language(request: HttpRequest) -> str:
    """Chosen here, chosen before, the account's, the browser's: in this order; else German."""
    chosen = (
        request.GET.get("lang"),
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME),
        getattr(request.user, "language", None),
    )
    return next((code for code in chosen if code in _NAMES), None) or translation.get_language_from_request(
        request
    )
