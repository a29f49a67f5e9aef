# SPDX-License-Identifier: EUPL-1.2
"""`/session`: signing in and out on the web page."""

from __future__ import annotations

import structlog
from django.contrib import auth
from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.me import MeSerializer, describe_me
from vconf.audit.record import record_event
from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.errors import DomainError, NotSignedIn
from vconf.web.authentication import SessionAuthentication
from vconf.web.limits import SignInsFromAddress, SignInsOfAccount
from vconf.web.schema import header, operation
from vconf.web.serializers import StrictSerializer, checked
from vconf.web.views import Door

log = structlog.get_logger(__name__)


class WrongCredentials(DomainError):
    """Says neither which of the two is wrong nor whether there is such an account."""

    code = "invalid_credentials"
    sentence = _("The address or the password is wrong.")


class SignInSerializer(StrictSerializer):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1024, trim_whitespace=False, style={"input_type": "password"})


_CSRF = header("X-CSRFToken", "the value of the cookie `csrftoken`, which `GET /session` sets")


class Session(Door):
    authentication_classes = [SessionAuthentication]
    permission_classes = [AllowAny]

    def get_throttles(self) -> list[SignInsFromAddress | SignInsOfAccount]:  # type: ignore[override]  # list is invariant
        return [SignInsFromAddress(), SignInsOfAccount()] if self.request.method == "POST" else []

    @operation(
        "session_show",
        "Whose session is this?",
        tag="session",
        answer=MeSerializer,
        refusals=("not_signed_in",),
        description="Always sets the cookie `csrftoken`.",
        public=True,
    )
    def get(self, request: Request) -> Response:
        get_token(request._request)
        if not isinstance(request.user, Person):
            raise NotSignedIn
        return Response(describe_me(request, self.actor))

    @operation(
        "session_sign_in",
        "Sign in",
        tag="session",
        body=SignInSerializer,
        answer=MeSerializer,
        headers=[_CSRF],
        refusals=("invalid_credentials", "throttled"),
        public=True,
    )
    def post(self, request: Request) -> Response:
        # Nobody is signed in yet, so the framework would not ask for the token (R7.3: also for signing in).
        SessionAuthentication().enforce_csrf(request)
        wish = checked(SignInSerializer, request)
        person = auth.authenticate(
            request._request, username=wish["email"].strip().lower(), password=wish["password"]
        )
        if not isinstance(person, Person):
            log.warning("sign-in refused", address=request.META.get("REMOTE_ADDR"))
            record_event(
                "session.sign_in",
                actor=Actor.nobody(),
                object_type="session",
                outcome="refused",
                code=WrongCredentials.code,
            )
            raise WrongCredentials
        auth.login(request._request, person)
        record_event("session.sign_in", actor=Actor.load(person), object_type="session")
        return Response(describe_me(request, Actor.load(person)))

    @operation(
        "session_sign_out",
        "Sign out",
        tag="session",
        answer=None,
        status=204,
        headers=[_CSRF],
        changes=True,
        public=True,
    )
    def delete(self, request: Request) -> Response:
        if isinstance(request.user, Person):
            record_event("session.sign_out", actor=self.actor, object_type="session")
            auth.logout(request._request)
        return Response(status=204)
