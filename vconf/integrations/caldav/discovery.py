# SPDX-License-Identifier: EUPL-1.2
"""Where calendars are found from the name of the host alone (RFC 6764), for every method and without signing in."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from vconf.integrations.caldav import paths
from vconf.integrations.caldav.folders import FrontDoor
from vconf.integrations.caldav.views import dav


@csrf_exempt
def well_known(request: HttpRequest) -> HttpResponse:
    """`/.well-known/caldav`; clients go on with the method they came with."""
    return _moved(paths.ROOT)


@csrf_exempt
def apple_principals(request: HttpRequest) -> HttpResponse:
    """`/principals/`, where Apple's calendars look without having been told of it."""
    return _moved(paths.PRINCIPALS)


def front_door(page: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """The page at `/`, and the way on for clients that look for calendars there."""

    @functools.wraps(page)
    def view(request: HttpRequest) -> HttpResponseBase:
        if request.method == "PROPFIND":
            # not moved: some look in the answer for the address that they asked
            return dav(request, kind=FrontDoor)
        return _moved(paths.ROOT) if request.method in ("OPTIONS", "REPORT") else page(request)

    return csrf_exempt(view)


def _moved(where: str) -> HttpResponse:
    answer = HttpResponse(status=301)
    answer["Location"] = where
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
