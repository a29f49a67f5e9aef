# SPDX-License-Identifier: EUPL-1.2
"""The join page `/j/<token>`: a link that works in any browser, without JavaScript.

Looking changes nothing (R6.6): the *Join* button acts. Whoever has the link sees title, times, organiser and authority,
and may enter as viewer. Organiser, deputy and co-hosts become moderators by being signed in, anybody by the moderator
PIN. People with a part in the booking are known; everybody else is a guest: gives a name, the PIN where the class asks
for it, and waits in the lobby where the class has one.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from vconf.bookings.errors import NotJoinable
from vconf.bookings.joining import JoinView, find_join
from vconf.bookings.links import join_url
from vconf.bookings.models import RUNNING, Meeting, MeetingState, OccurrenceState
from vconf.integrations.conferencing.effects import bring_up, forget_seen, was_there
from vconf.integrations.conferencing.guesses import give_back, record_wrong_pin, take_guess
from vconf.integrations.conferencing.join_answers import (
    answer,
    comes_from_our_page,
    language_for,
    or_not_now,
    origin_of,
    protected,
    see_other,
)
from vconf.integrations.conferencing.join_ways import calendar_file, code_of, phone_for
from vconf.integrations.conferencing.join_words import (
    FULL,
    course_of,
    date_of,
    fate_of,
    in_words,
    notice_for,
    offset_of,
    sent_back_with,
    time_of,
)
from vconf.integrations.conferencing.port import BackendError, JoinRequest
from vconf.integrations.conferencing.registry import backend_for
from vconf.integrations.conferencing.spec import consent_text, most_people
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
from vconf.rooms.models import ServerHealth

log = structlog.get_logger(__name__)

Text = str | Promise

#: Until a waiting page looks again by itself, in seconds.
LOOK_AGAIN = 3
TRY_AGAIN = 8
#: Longer, for what may change after minutes only: somebody leaves a full meeting.
SEAT_AGAIN = 10


class Stage(StrEnum):
    """How far a date is, as the page tells it."""

    #: waits for approval
    PENDING = "pending"
    HELD = "held"
    EARLY = "early"
    OPEN = "open"
    ENDED = "ended"
    CANCELLED = "cancelled"
    #: it was never booked
    REFUSED = "refused"


def stage_of(view: JoinView, now: datetime) -> Stage:
    occurrence = view.occurrence
    runs = view.meeting is not None and view.meeting.state in RUNNING
    if view.refused:
        return Stage.REFUSED
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
@or_not_now
def join_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the date that the link leads to now; POST joins it."""
    with translation.override(language_for(request)):
        view = find_join(token, now=timezone.now())
        if view is None:
            return answer(request, "conferencing/unknown.html", {}, status=404)
        if request.method == "POST":
            return _join(request, view)
        visitor = visitor_at(request, view)
        if stage_of(view, timezone.now()) is Stage.OPEN:
            if "wait" in request.GET and visitor.memory.waits:
                return _wait(request, view, visitor)
            sent_back = sent_back_with(request) == FULL
            if (sent_back or "full" in request.GET) and visitor.memory.may_follow:
                return _wait_for_a_seat(request, view, visitor, sent_back=sent_back)
        return _show(request, view, visitor, notice=notice_for(request, view))


@require_safe
@or_not_now
def join_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The date as a calendar file, while it is ahead or running; else the page says what became of it."""
    with translation.override(language_for(request)):
        view = find_join(token, now=timezone.now())
        if view is None:
            return answer(request, "conferencing/unknown.html", {}, status=404)
        if stage_of(view, timezone.now()) not in (Stage.EARLY, Stage.OPEN):
            return see_other(reverse("join", args=[token]))
        octets = calendar_file(view, knows_pin=visitor_at(request, view).knows_pin)
        disposition = {"Content-Disposition": 'attachment; filename="videokonferenz.ics"'}
        return protected(
            HttpResponse(octets, content_type="text/calendar; charset=utf-8", headers=disposition)
        )


def _join(request: HttpRequest, view: JoinView) -> HttpResponse:
    if not comes_from_our_page(request):
        notice = _("Please press the button once more. This page had been open for too long.")
        return _show(request, view, visitor_at(request, view), notice=notice, status=403)
    if stage_of(view, timezone.now()) is not Stage.OPEN:
        return _show(request, view, visitor_at(request, view), status=409)
    errors, status = _read_form(request, view)
    visitor = visitor_at(request, view)
    if errors:
        return _show(request, view, visitor, errors=errors, status=status)
    now = timezone.now()
    remember(request, view.link, joined_at=now.timestamp())
    if "again" in request.POST and view.meeting is not None:
        forget_seen(view.meeting.id)
    try:
        meeting = bring_up(view.occurrence)
    except NotJoinable:
        return _show(request, _reloaded(view), visitor, status=409)
    except BackendError as error:
        log.warning("a meeting cannot be opened", occurrence=str(view.occurrence.id), code=error.code)
        no_server = error.code == "no_server"
        remember(request, view.link, pressed_at=now.timestamp(), trouble=True, no_server=no_server)
        return see_other(_path(view) + "?wait=1")
    if meeting is None:
        remember(request, view.link, pressed_at=now.timestamp())
        return see_other(_path(view) + "?wait=1")
    if backend_for(meeting.server).opens_by_entering and _is_full(meeting, visitor):
        return see_other(_path(view) + "?full=1")
    return _hand_over(view, meeting, visitor)


def _read_form(request: HttpRequest, view: JoinView) -> tuple[dict[str, Text], int]:
    """Take in name and PIN. What was right is remembered also if something else was wrong (R9.5)."""
    errors: dict[str, Text] = {}
    status = 400
    # Gives a guest the secret that makes them the same guest when they come back.
    remember(request, view.link, pressed_at=0.0, joined_at=0.0, trouble=False, no_server=False)
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
            record_wrong_pin("join_link", view.link.id)
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
    state = ("no_server" if visitor.memory.no_server else "trouble") if trouble else "opening"
    response = _waiting(request, view, visitor, state, look_again=TRY_AGAIN if trouble else LOOK_AGAIN)
    if trouble:
        response.status_code = 503
        response["Retry-After"] = str(TRY_AGAIN)
    return response


def _wait_for_a_seat(
    request: HttpRequest, view: JoinView, visitor: Visitor, *, sent_back: bool
) -> HttpResponse:
    """The meeting was full when they wanted in: let them in once somebody has left.

    Where the server counts, it has the last word, and sends back again whom another was faster than. Where it does not
    (a room that opens by being entered), the last look at it counts, so that some who come in the same seconds get in
    too many.
    """
    meeting = view.meeting
    there = meeting is not None and meeting.state in (MeetingState.CREATED, MeetingState.LIVE)
    if meeting is None or not there or meeting.server.health in (ServerHealth.SUSPECT, ServerHealth.DOWN):
        return _show(request, view, visitor, notice=fate_of(view))
    if not sent_back and not _is_full(meeting, visitor):
        return _hand_over(view, meeting, visitor)
    return _waiting(request, view, visitor, "full", look_again=SEAT_AGAIN)


def _is_full(meeting: Meeting, visitor: Visitor) -> bool:
    """By the last look at it. Whoever moderates is not held up here."""
    return not visitor.moderator and meeting.people >= most_people(meeting.occurrence)


def _waiting(
    request: HttpRequest, view: JoinView, visitor: Visitor, state: str, *, look_again: int
) -> HttpResponse:
    """The page of those who have pressed *Join* and are let in later, by itself.

    `state`: opening, trouble, no_server or full.
    """
    context = {
        **_about(view),
        "visitor": visitor,
        "state": state,
        "presses": state in ("trouble", "no_server"),
        "fate": fate_of(view),
        "look_again": look_again,
        "next": f"{_path(view)}?{'full' if state == 'full' else 'wait'}=1",
    }
    return answer(request, "conferencing/waiting.html", context, view=view)


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
    if origin_of(url) != origin_of(server.base_url):
        raise RuntimeError("a join address that leads elsewhere than to the meeting's server")
    return see_other(url)


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
    zone = _zone(view)
    starts, ends = view.occurrence.starts_at.astimezone(zone), view.occurrence.ends_at.astimezone(zone)
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
        "opens_at": time_of(view.opens_at.astimezone(zone), now),
        "course": course_of(view, starts, ends, now),
        "seconds": seconds,
        "in_words": in_words(seconds),
        # Without JavaScript the page looks again when it is time, at least every five minutes.
        "refresh": min(max(seconds, 2), 300) if stage is Stage.EARLY else None,
    }
    if stage in (Stage.EARLY, Stage.OPEN):
        context |= {
            "calendar_path": reverse("join-calendar", args=[view.link.token]),
            "phone": phone_for(view, knows_pin=visitor.knows_pin),
            "code": code_of(view),
        }
    return answer(request, "conferencing/join.html", context, view=view, status=status)


def _about(view: JoinView) -> dict[str, Any]:
    """All that a link tells anybody: title, times, organiser, authority."""
    occurrence, booking, zone = view.occurrence, view.booking, _zone(view)
    starts, ends = occurrence.starts_at.astimezone(zone), occurrence.ends_at.astimezone(zone)
    return {
        "title": view.title,
        "title_language": booking.language,
        "starts_at": occurrence.starts_at,
        "ends_at": occurrence.ends_at,
        "date": date_of(starts),
        "starts": date_format(starts, "H:i"),
        "ends": date_format(ends, "H:i"),
        "end_date": date_of(ends) if ends.date() != starts.date() else "",
        "zone": booking.timezone,
        "offset": offset_of(starts),
        "organiser": booking.organiser.name,
        "authority": booking.authority.name,
        "path": _path(view),
    }


def _zone(view: JoinView) -> ZoneInfo:
    return ZoneInfo(view.booking.timezone)


def _path(view: JoinView) -> str:
    return reverse("join", args=[view.link.token])


def _reloaded(view: JoinView) -> JoinView:
    return find_join(view.link.token, now=timezone.now()) or view
