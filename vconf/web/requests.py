# SPDX-License-Identifier: EUPL-1.2
"""What no request of a browser or of a program of ours holds, and what is kept from getting any further."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase

from vconf.web.problems import page_not_found


def without_control_characters(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Nothing is found at a path with control characters, and a cookie with some was never set by us.

    Both may hold them in an encoded form that HTTP lets through, and PostgreSQL takes no NUL in a text: a look-up of
    a session or a token by such a value is an error there, not just in vain.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not _is_clean(request.path):
            return page_not_found(request, Http404())
        for name in [name for name, value in request.COOKIES.items() if not _is_clean(value)]:
            del request.COOKIES[name]
        return get_response(request)

    return middleware


def _is_clean(text: str) -> bool:
    return not any(character < " " or character == "\x7f" for character in text)
