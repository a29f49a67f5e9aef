# SPDX-License-Identifier: EUPL-1.2
"""What the join page and the room page have in common: who may press their buttons, and how they answer: for this
visitor only, told to nobody, in the language chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from rest_framework.authentication import CSRFCheck

from vconf.bookings.joining import JoinView
from vconf.rooms.models import ConferenceServer, ServerState
from vconf.rooms.selectors import fallbacks_of, servers_of

log = structlog.get_logger(__name__)

_P = ParamSpec("_P")

_NAMES = dict(settings.LANGUAGES)
#: seconds until a page that could not be made is looked for again
NOT_NOW_AGAIN = 5


def answer(
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
    protected(response)
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


def or_not_now(
    page: Callable[Concatenate[HttpRequest, _P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, _P], HttpResponse]:
    """While the database is away: 503, and a page that looks again by itself."""

    @wraps(page)
    def shown(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        try:
            return page(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            # also while it is looked up who asks, and what language they have
            log.error("database not available", exc_info=error)
            return _not_now(request)

    return shown


def _not_now(request: HttpRequest) -> HttpResponse:
    # what was entered is lost; the form is there again
    path = request.path if request.method == "POST" else request.get_full_path()
    with translation.override(language_for(request, by_account=False)):
        context = {"look_again": NOT_NOW_AGAIN, "next": path}
        response = answer(request, "conferencing/not_now.html", context, status=503)
    response["Retry-After"] = str(NOT_NOW_AGAIN)
    return response


def see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return protected(response)


def protected(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _targets(view: JoinView) -> list[str]:
    """Origins of the servers that the meeting may run on, those of the pools that stand in included."""
    pools = [view.occurrence.pool_id, *fallbacks_of(view.occurrence.pool_id)]
    servers: Sequence[ConferenceServer] = [*servers_of(pools).exclude(state=ServerState.DISABLED)]
    if view.meeting is not None:
        servers = [*servers, view.meeting.server]
    return sorted({origin_of(server.base_url) for server in servers})


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def language_for(request: HttpRequest, *, by_account: bool = True) -> str:
    """Chosen here, chosen before, the account's, the browser's: in this order; else German. by_account: ask for whose
    session it is.
    """
    chosen = (
        request.GET.get("lang"),
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME),
        getattr(request.user, "language", None) if by_account else None,
    )
    return next((code for code in chosen if code in _NAMES), None) or translation.get_language_from_request(
        request
    )


def comes_from_our_page(request: HttpRequest) -> bool:
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
