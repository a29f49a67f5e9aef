# SPDX-License-Identifier: EUPL-1.2
"""The page of a room, `/r/<room>`: the same address for all its dates.

It is guessable, a join link is not, so it gives no link away: it leads on whoever is signed in and has a part in the
date running now, and anybody else who enters a PIN of it. It does not tell whether anything runs.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from vconf.bookings.joining import find_joins_by_room
from vconf.integrations.conferencing.guesses import give_back, record_wrong_pin, take_guess
from vconf.integrations.conferencing.join_answers import (
    answer,
    comes_from_our_page,
    language_for,
    or_not_now,
    see_other,
)
from vconf.integrations.conferencing.visitors import cleaned_pin, remember_pin, visitor_at
from vconf.rooms.selectors import find_room_page

log = structlog.get_logger(__name__)


@csrf_exempt  # checked below, as on the join page
@require_http_methods(["GET", "HEAD", "POST"])
@or_not_now
def room_page(request: HttpRequest, slug: str) -> HttpResponse:
    """GET leads people with a part in the date running now to it; POST does so for anybody with one of its PINs."""
    with translation.override(language_for(request)):
        room = find_room_page(slug)
        if room is None:
            return answer(request, "conferencing/unknown.html", {}, status=404)
        views = find_joins_by_room(slug, now=timezone.now())
        for view in views:
            if visitor_at(request, view).knows_pin:
                return see_other(reverse("join", args=[view.link.token]))
        context: dict[str, Any] = {"room": room}
        if request.method != "POST":
            return answer(request, "conferencing/room.html", context)
        if not comes_from_our_page(request):
            context["error"] = _("Please press the button once more. This page had been open for too long.")
            return answer(request, "conferencing/room.html", context, status=403)
        entry, source = f"room:{room.id}", request.META.get("REMOTE_ADDR", "")
        pin = cleaned_pin(request.POST.get("pin", ""))
        if not pin:
            context["error"] = _("Please enter the PIN. You find it in your invitation.")
            return answer(request, "conferencing/room.html", context, status=400)
        if not take_guess(entry, source):
            log.warning("too many PINs tried", room=str(room.id), outcome="refused")
            context["error"] = _("Too many wrong PINs were entered. Please try again later.")
            return answer(request, "conferencing/room.html", context, status=429)
        for view in views:
            if remember_pin(request, view.link, pin):
                give_back(entry, source)
                return see_other(reverse("join", args=[view.link.token]))
        record_wrong_pin("room", room.id)
        context["error"] = _("No meeting with this PIN is running in this room now.")
        return answer(request, "conferencing/room.html", context, status=400)
