# SPDX-License-Identifier: EUPL-1.2
"""The door: who asks, what for, and every refusal in the words of the standards."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from vconf.authorities.rights import Actor
from vconf.errors import DomainError, Forbidden, NotFound, VersionConflict
from vconf.integrations.caldav.dispatch import MAKING, allowed, handlers_of
from vconf.integrations.caldav.http import DAV, Call, Refused, error_response
from vconf.integrations.caldav.making import refuse_making
from vconf.integrations.caldav.resources import Addressed
from vconf.integrations.caldav.signin import signed_in

log = structlog.get_logger(__name__)


@csrf_exempt  # nothing of a browser's session counts here
def dav(request: HttpRequest, kind: type[Addressed] | None = None, **where: Any) -> HttpResponse:
    """Answer one request about what lies at an address; `kind` None: nothing ever does."""
    try:
        answer = _served(request, kind, where)
    except OperationalError as error:
        # also while it is looked up who asks
        log.error("database not available", exc_info=error)
        answer = error_response(503)
        answer["Retry-After"] = "2"
    return _with_standing_headers(answer)


def _served(request: HttpRequest, kind: type[Addressed] | None, where: dict[str, Any]) -> HttpResponse:
    person = signed_in(request)
    if isinstance(person, HttpResponse):
        return person
    request.user = person
    if kind is None and not request.path_info.endswith("/"):
        # a collection that somebody writes without its slash (RFC 4918, 5.2)
        where = resolve(f"{request.path_info}/").kwargs
        kind = where.pop("kind", None)
    # what is written into calendars must not depend on who asked with which language set
    with translation.override(person.language):
        call = Call(request, Actor.load(person))
        try:
            return _answer(call, kind, where)
        except Refused as refusal:
            answer = error_response(refusal.status, refusal.element, refusal.inner)
            if refusal.status == 429:
                answer["Retry-After"] = "60"  # rates are counted by the minute
            return answer
        except DomainError as error:
            return _of_domain(error)
        except DataError:
            # a value that passed our checks and still does not fit its column
            return error_response(400)


def _answer(call: Call, kind: type[Addressed] | None, where: dict[str, Any]) -> HttpResponse:
    method = call.request.method or ""
    if method in MAKING:
        refuse_making(call)
    resource = None if kind is None else kind.find(call, **where)
    if resource is None or not (resource.exists or method == "PUT"):
        raise Refused(404)
    if resource.only_reports and method != "REPORT":
        raise Refused(404)
    handler = handlers_of(type(resource)).get(method)
    if handler is None:
        answer = error_response(405)
        answer["Allow"] = allowed(resource)
        return answer
    return handler(call, resource)


def _of_domain(error: DomainError) -> HttpResponse:
    match error:
        case NotFound():
            return error_response(404)
        case Forbidden():
            return error_response(403)
        case VersionConflict():
            return error_response(412)
    return error_response(409)


def _with_standing_headers(answer: HttpResponse) -> HttpResponse:
    answer["DAV"] = DAV
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer
