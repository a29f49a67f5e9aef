# SPDX-License-Identifier: EUPL-1.2
"""Where BigBlueButton calls us: webhooks, the call at the end of a meeting, and the one when a recording is ready.

All are hints and change nothing by themselves: they make us look at the server sooner. The addresses of the first two
hold an unguessable part per server; webhooks prove on top that they are the server's, and the last is signed. The
answer is given at once, for one receiver that hangs delays all callbacks of a server.

How a server proves its webhooks depends on the version of bbb-webhooks and may change under our feet. So a delivery
that is proven in another way than the one we expect is taken as well, and what we expect follows it.
"""

from __future__ import annotations

import hmac
from uuid import UUID

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from vconf.integrations.conferencing.bigbluebutton.recording_ready import read_token
from vconf.integrations.conferencing.bodies import body_of
from vconf.integrations.conferencing.callback_urls import events_url
from vconf.integrations.conferencing.hints import Deliveries, Hints, Rarely
from vconf.integrations.conferencing.port import (
    BackendError,
    HookDelivery,
    HookRejected,
    SupportsWebhooks,
    TellsSignatures,
)
from vconf.integrations.conferencing.recordings import look_soon
from vconf.integrations.conferencing.registry import webhooks_of
from vconf.rooms.journal import note_event
from vconf.rooms.models import ConferenceServer, ServerKind

log = structlog.get_logger(__name__)

#: A delivery holds one event; those of real servers have a few kilobytes.
MAX_BODY = 256 * 1024
MAX_TOKEN_BODY = 8 * 1024

#: How often the setting of a server may follow its deliveries, and how often a refusal is noted, in seconds.
FOLLOWS_EVERY = 600.0
NOTED_EVERY = 60.0


@csrf_exempt
@never_cache
@require_POST
def events(request: HttpRequest, hook_token: str) -> HttpResponse:
    """A webhook of bbb-webhooks. 204 taken, 401 not proven to be the server's, 413 too big, 404 no such server.

    401 counts as delivered there, so that a wrong setting does not fill its queue.
    """
    server = _server(hook_token)
    body = body_of(request, MAX_BODY)
    if body is None:
        return HttpResponse(status=413)
    delivery = HookDelivery(
        callback_url=events_url(server),
        query=request.META.get("QUERY_STRING", ""),
        authorization=request.headers.get("Authorization", ""),
        body=body,
    )
    try:
        webhooks = webhooks_of(server)
        if webhooks is None:
            raise Http404
        wanted = _is_of_use(webhooks, delivery, server)
    except BackendError as error:
        if _refusals.admits((server.id, error.code)):
            log.warning("webhook refused", server=server.name, code=error.code)
            note_event(server.id, "hook_refused", code=error.code)
        return HttpResponse(status=401)
    if wanted and _deliveries.is_new(server.id, delivery.body):
        _hints.give(server.id)
    return HttpResponse(status=204)


def _is_of_use(webhooks: SupportsWebhooks, delivery: HookDelivery, server: ConferenceServer) -> bool:
    """Whether it tells of something that we look at. Raises HookRejected unless it is proven in one way or another."""
    try:
        return bool(webhooks.verify_hook(delivery))
    except HookRejected:
        proven = webhooks.signature_of(delivery) if isinstance(webhooks, TellsSignatures) else ""
        if proven in ("", server.hook_signature):
            raise
    if _corrections.admits(server.id):
        ConferenceServer.objects.filter(id=server.id).update(hook_signature=proven)
        note_event(server.id, "hook_signature", code=proven, facts={"before": server.hook_signature})
    return True


@never_cache
@require_GET
def ended(request: HttpRequest, hook_token: str) -> HttpResponse:
    """BigBlueButton's call when a meeting has ended: unsigned, says no more than "look"."""
    _hints.give(_server(hook_token).id)
    return HttpResponse(status=204)


@csrf_exempt
@never_cache
@require_POST
def recording_ready(request: HttpRequest, server_id: UUID) -> HttpResponse:
    """BigBlueButton's call when a recording can be seen. 204 taken, 413 too big, 404 no such server or not its call."""
    server = ConferenceServer.objects.filter(id=server_id, kind=ServerKind.BIGBLUEBUTTON).first()
    if server is None:
        raise Http404
    body = body_of(request, MAX_TOKEN_BODY)
    if body is None:
        return HttpResponse(status=413)
    try:
        ready = read_token(body, secret=server.secret)
    except HookRejected as error:
        if _refusals.admits((server.id, error.code)):
            log.warning("call about a recording refused", server=server.name, code=error.code)
            note_event(server.id, "hook_refused", code=error.code)
        # The address is no secret; whether there is such a server is nobody's business.
        raise Http404 from error
    look_soon(server.id, ready.external_id)
    return HttpResponse(status=204)


def _server(hook_token: str) -> ConferenceServer:
    server = ConferenceServer.objects.filter(hook_token=hook_token).first()
    if server is None or not hmac.compare_digest(server.hook_token.encode(), hook_token.encode()):
        raise Http404
    return server


_hints = Hints()
_deliveries = Deliveries()
_corrections = Rarely(FOLLOWS_EVERY)
_refusals = Rarely(NOTED_EVERY)
