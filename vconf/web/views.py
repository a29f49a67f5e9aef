# SPDX-License-Identifier: EUPL-1.2
"""The base of every view below /api/: who asks, in which language, JSON in, JSON or a problem out."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils import translation
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vconf.audit.record import record_event
from vconf.authorities.rights import Actor
from vconf.errors import Forbidden
from vconf.web.authentication import SessionAuthentication, TokenAuthentication, actor_of
from vconf.web.language import language_of
from vconf.web.problems import TooLarge


class StrictJsonParser(BaseParser):
    """UTF-8 JSON of bounded size; nothing of a broken body is repeated in the answer."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise TooLarge
        try:
            return json.loads(body.removeprefix(codecs.BOM_UTF8).decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON (RFC 8259, 6)")


class AlwaysJson(DefaultContentNegotiation):
    """There is one format; a wish for another is passed over (RFC 9110, 12.5.1 allows it)."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class Door(APIView):
    """Serializer in, one call inside, serializer out. `self.actor` is the caller with all rights."""

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [IsAuthenticated]
    parser_classes = [StrictJsonParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AlwaysJson
    http_method_names = [
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
    ]  # no OPTIONS: the schema says it all

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        if "CONTENT_LENGTH" not in request.META and "HTTP_TRANSFER_ENCODING" in request.META:
            # A chunked body has no length, and the framework would take it for none at all.
            request.META["CONTENT_LENGTH"] = str(len(request.body))
        return super().initialize_request(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Forbidden) and self.request.method not in SAFE_METHODS:
            # A look-up writes nothing (R6.6); whoever tries to change what is not theirs leaves a trace (R8.8).
            match = self.request.resolver_match
            name = (match.url_name if match is not None else None) or ""
            record_event(
                f"{name}.{str(self.request.method).lower()}",
                actor=self.actor,
                object_type=name,
                object_id=str(self.kwargs.get("id", "")),
                outcome="refused",
                code=Forbidden.code,
            )
        return super().handle_exception(exc)

    def perform_authentication(self, request: Request) -> None:
        try:
            super().perform_authentication(request)
        finally:
            translation.activate(language_of(request))

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "no-store")
        return final
