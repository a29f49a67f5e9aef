# SPDX-License-Identifier: EUPL-1.2
"""Who is asking: a bearer token or a session, never anything in the body (R1.6)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import person_for_token
from vconf.errors import NotSignedIn
from vconf.web.problems import BEARER, CsrfFailed


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer TOKEN`. A wrong token is an error, even if the browser has a session as well."""

    def authenticate(self, request: Request) -> tuple[Person, str] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        person = person_for_token(token.strip())
        if person is None:
            raise exceptions.AuthenticationFailed
        return person, "token"

    def authenticate_header(self, request: Request) -> str:
        # The first authentication class names the challenge; without one the answer would be 403 instead of 401.
        return BEARER


class SessionAuthentication(authentication.SessionAuthentication):
    """The session cookie of the web page; every change needs the X-CSRFToken header (R7.3)."""

    def enforce_csrf(self, request: HttpRequest | Request) -> None:
        try:
            super().enforce_csrf(request)  # type: ignore[arg-type]  # the stubs know only one of the two requests
        except exceptions.PermissionDenied as error:
            raise CsrfFailed from error


def actor_of(request: HttpRequest | Request) -> Actor:
    """The caller's rights, loaded once a request and also found at `request.actor`.

    Raises NotSignedIn for nobody.
    """
    plain: Any = request._request if isinstance(request, Request) else request
    known: Actor | None = getattr(plain, "actor", None)
    if known is None:
        person = request.user
        if isinstance(person, AnonymousUser):
            raise NotSignedIn
        known = plain.actor = Actor.load(person)
    return known


class _TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "`manage.py create_api_token EMAIL` prints a token.",
        }


class _SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "Made by `POST /session`. Changes also need the header X-CSRFToken, "
            "its value is in the cookie `csrftoken`.",
        }
