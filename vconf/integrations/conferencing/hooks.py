# SPDX-License-Identifier: EUPL-1.2
"""Where conference servers call us: webhooks, and the call at the end of a meeting.

Both are hints and change nothing by themselves: they make us look at the server sooner. The address holds an
unguessable part per server; webhooks prove on top that they are the server's. The answer is given at once, for one
receiver that hangs delays all callbacks of a server.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from uuid import UUID

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from vconf.integrations.conferencing.callback_urls import events_url
from vconf.integrations.conferencing.poll import poll_soon
from vconf.integrations.conferencing.port import BackendError, HookDelivery, HookRejected
from vconf.integrations.conferencing.registry import webhooks_of
from vconf.rooms.models import ConferenceServer

log = structlog.get_logger(__name__)

#: A delivery holds one event; those of real servers have a few kilobytes.
MAX_BODY = 256 * 1024

#: What a hint leads to; must not block. The wiring may hand it to a background job instead.
on_hint: Callable[[UUID], object] = poll_soon


@csrf_exempt
@never_cache
@require_POST
def events(request: HttpRequest, hook_token: str) -> HttpResponse:
    """A webhook of bbb-webhooks. 204 taken, 401 not proven to be the server's, 413 too big, 404 no such server.

    401 counts as delivered there, so that a wrong setting does not fill its queue.
    """
    server = _server(hook_token)
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
        if announced > MAX_BODY or len(request.body) > MAX_BODY:
            return HttpResponse(status=413)
    except (ValueError, RequestDataTooBig):
        return HttpResponse(status=413)
    try:
        webhooks = webhooks_of(server)
        if webhooks is None:
            raise Http404
        hints = webhooks.verify_hook(
            HookDelivery(
                callback_url=events_url(server),
                query=request.META.get("QUERY_STRING", ""),
                authorization=request.headers.get("Authorization", ""),
                body=request.body,
            )
        )
    except HookRejected as error:
        log.warning("webhook refused", server=server.name, code=error.code)
        return HttpResponse(status=401)
    except BackendError as error:
        log.warning("webhook of a server that cannot be spoken to", server=server.name, code=error.code)
        return HttpResponse(status=401)
    if hints:
        _hint(server)
    return HttpResponse(status=204)


@never_cache
@require_GET
def ended(request: HttpRequest, hook_token: str) -> HttpResponse:
    """BigBlueButton's call when a meeting has ended: unsigned, says no more than "look"."""
    _hint(_server(hook_token))
    return HttpResponse(status=204)


def _server(hook_token: str) -> ConferenceServer:
    server = ConferenceServer.objects.filter(hook_token=hook_token).first()
    if server is None or not hmac.compare_digest(server.hook_token.encode(), hook_token.encode()):
        raise Http404
    return server


def _hint(server: ConferenceServer) -> None:
    try:
        on_hint(server.id)
    except Exception:
        # The queue may be gone; the clock's next look finds out all the same.
        log.exception("hint lost", server=server.name)
