# SPDX-License-Identifier: EUPL-1.2
"""What the doors have in common at which a Jitsi shard's Prosody calls us: who calls, and how much may come in.

The unguessable part of the address names the server; where the operator has set a token, Prosody sends it as well
(`reservations_api_headers`, `api_headers`). Prosody follows no redirects and adds no slash, so none is asked for.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from typing import Concatenate, ParamSpec
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from vconf.integrations.conferencing.hints import Rarely
from vconf.rooms.journal import note_event
from vconf.rooms.models import ConferenceServer, ServerKind

log = structlog.get_logger(__name__)

Rest = ParamSpec("Rest")

#: Rooms of ours have such names; others are not even looked for.
ROOM = re.compile(r"[a-z0-9_-]{2,100}")
#: The same refusal of a server is noted once in so many seconds, for operators to see; the log has each.
NOTED_EVERY = 60.0


def for_prosody(
    view: Callable[Concatenate[HttpRequest, ConferenceServer, Rest], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A view that only servers of ours get to, by the hook token in its address. 404 for all others alike.

    It needs no CSRF token, for no browser comes here: there is no cookie that anybody would act on.
    """

    def called(
        request: HttpRequest, hook_token: str, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponse:
        server = _calling(request, hook_token)
        if server is None:
            return refusal(404, _("This conference server is not known here."))
        return view(request, server, *args, **kwargs)

    return csrf_exempt(never_cache(called))


def refusal(status: int, *sentences: Promise | str) -> HttpResponse:
    """Prosody shows the message to whoever asked for the room, in a language we do not know: so in all of ours."""
    return JsonResponse(
        {"message": in_all_languages(*sentences)}, status=status, json_dumps_params={"ensure_ascii": False}
    )


def in_all_languages(*sentences: Promise | str) -> str:
    texts = []
    for code in ("de", "en"):
        with translation.override(code):
            texts.append(" ".join(str(sentence) for sentence in sentences if sentence))
    return " / ".join(texts)


def note_refusal(server: ConferenceServer, kind: str, code: str, *, meeting_id: UUID | None = None) -> None:
    """Into the server's events, not more often than every NOTED_EVERY seconds by this process."""
    if _refusals.admits((server.id, kind, code, meeting_id)):
        note_event(server.id, kind, code=code, meeting_id=meeting_id)


def _calling(request: HttpRequest, hook_token: str) -> ConferenceServer | None:
    server = ConferenceServer.objects.filter(hook_token=hook_token, kind=ServerKind.JITSI).first()
    if server is None or not hmac.compare_digest(server.hook_token.encode(), hook_token.encode()):
        log.warning("somebody calls who is no server of ours", outcome="refused")
        return None
    token = _bearer_token(server)
    given = request.headers.get("Authorization", "")
    if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        log.warning("a server calls with a wrong token", server=server.name, outcome="refused")
        if request.method not in ("GET", "HEAD"):
            note_refusal(server, "hook_refused", "wrong_token")
        return None
    return server


def _bearer_token(server: ConferenceServer) -> str:
    return str(json.loads(server.keys).get("reservation_token") or "") if server.keys else ""


_refusals = Rarely(NOTED_EVERY)
