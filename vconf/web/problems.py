# SPDX-License-Identifier: EUPL-1.2
"""Every refusal as problem details (RFC 9457): one shape, stable codes, a sentence in the caller's language.

`PROBLEMS` is this door's table: code -> HTTP status and title. A test keeps it complete over all domain errors.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response

from vconf.errors import Alternative, Clash, DomainError, Text

PROBLEM_JSON = "application/problem+json"
BEARER = 'Bearer realm="vconf"'
#: fields at fault that are named; the answer to a wrong request is not larger than the request
MOST_FIELDS = 100

log = structlog.get_logger(__name__)


class Kind(NamedTuple):
    status: int
    title: Text


PROBLEMS: dict[str, Kind] = {
    # the request
    "invalid": Kind(400, _("Invalid request")),
    "not_signed_in": Kind(401, _("Not signed in")),
    "invalid_credentials": Kind(401, _("Wrong address or password")),
    "forbidden": Kind(403, _("Not allowed")),
    "csrf_failed": Kind(403, _("Request not from this page")),
    "not_found": Kind(404, _("Not found")),
    "method_not_allowed": Kind(405, _("Method not allowed")),
    "version_conflict": Kind(412, _("Changed in the meantime")),
    "too_large": Kind(413, _("Request too large")),
    "unsupported_media_type": Kind(415, _("Format not supported")),
    "idempotency_mismatch": Kind(422, _("Key used for another request")),
    "throttled": Kind(429, _("Too many requests")),
    # understood and allowed, but it does not fit
    "refused": Kind(409, _("Not possible")),
    "slot_taken": Kind(409, _("Room taken")),
    "no_room": Kind(409, _("No room free")),
    "no_such_room": Kind(409, _("No such room")),
    "room_too_small": Kind(409, _("Room too small")),
    "room_blocked": Kind(409, _("Room blocked")),
    "no_capacity": Kind(409, _("No capacity")),
    "quota_exceeded": Kind(409, _("Quota used up")),
    "in_past": Kind(409, _("In the past")),
    "too_long": Kind(409, _("Too long")),
    "too_soon": Kind(409, _("Too short notice")),
    "beyond_horizon": Kind(409, _("Too far ahead")),
    "outside_hours": Kind(409, _("Outside of the hours")),
    "closed_day": Kind(409, _("Closed on that day")),
    "series_not_allowed": Kind(409, _("No series here")),
    "partial_not_allowed": Kind(409, _("All dates or none")),
    "too_few_dates": Kind(409, _("Too few dates")),
    "not_entitled": Kind(409, _("Others book this room")),
    "already_decided": Kind(409, _("Already decided")),
    "too_many_proposals": Kind(409, _("Too many proposals")),
    "already_cancelled": Kind(409, _("Already cancelled")),
    "already_started": Kind(409, _("Already started")),
    "not_booked": Kind(409, _("Not booked")),
    "nothing_wished": Kind(409, _("Nothing to try again")),
    "not_cancelled": Kind(409, _("Not cancelled")),
    "too_late": Kind(409, _("Too late")),
    "uid_taken": Kind(409, _("In the calendar already")),
    "not_joinable": Kind(409, _("Cannot be entered")),
    "still_used": Kind(409, _("Still in use")),
    "server_check_failed": Kind(409, _("Server not ready")),
    "not_parked": Kind(409, _("Nothing to try again")),
    "mail_not_kept": Kind(409, _("Nothing to try again")),
    "recording_not_ready": Kind(409, _("Recording not ready")),
    "cannot_remove": Kind(409, _("Nobody can be removed")),
    "server_silent": Kind(503, _("Server does not answer")),
    # ourselves
    "error": Kind(500, _("Something went wrong")),
    "unavailable": Kind(503, _("Not available right now")),
}

#: what Django REST framework raises, in our words
_FRAMEWORK: list[tuple[type[exceptions.APIException], str, Text]] = [
    (exceptions.ParseError, "invalid", _("The body is not valid JSON.")),
    (exceptions.AuthenticationFailed, "not_signed_in", _("The token is unknown, expired or revoked.")),
    (exceptions.NotAuthenticated, "not_signed_in", _("Please sign in.")),
    (exceptions.PermissionDenied, "forbidden", _("You are not allowed to do this.")),
    (exceptions.NotFound, "not_found", _("There is nothing here, or it is not yours to see.")),
    (exceptions.MethodNotAllowed, "method_not_allowed", _("This cannot be done here.")),
    (exceptions.UnsupportedMediaType, "unsupported_media_type", _("Please send JSON (application/json).")),
    (exceptions.Throttled, "throttled", _("Too many requests. Please wait a moment.")),
]


class TooLarge(exceptions.APIException):
    """The body is larger than VCONF_MAX_BODY_BYTES."""

    status_code = 413
    sentence = _("The request is too large.")
    default_code = "too_large"


class CsrfFailed(exceptions.PermissionDenied):
    """A change with a session cookie, but without proof that our own page asked for it."""

    sentence = _("The request carries no valid X-CSRFToken header.")
    default_code = "csrf_failed"


def problem(
    code: str,
    detail: Text = "",
    *,
    fields: Mapping[str, Sequence[Text]] | None = None,
    **members: Any,
) -> dict[str, Any]:
    """The body of a refusal. `members` are extension members; those that are None or empty are left out."""
    kind = PROBLEMS[code]
    body: dict[str, Any] = {
        "type": f"{settings.VCONF_PUBLIC_URL}/api/docs/problems#{code}",
        "title": str(kind.title),
        "status": kind.status,
        "code": code,
        "detail": str(detail or kind.title),
    }
    body.update({name: value for name, value in members.items() if value not in (None, "", [], {})})
    if fields:
        body["fields"] = {
            printable(name): [printable(str(text)) for text in texts] for name, texts in fields.items()
        }
    return body


def problem_of(error: DomainError) -> dict[str, Any]:
    """A refusal of the inside, with its numbers and its way out."""
    code = error.code if error.code in PROBLEMS else "error"
    return problem(
        code,
        error.detail,
        fields=error.fields,
        limit=_number(error.limit),
        in_use=_number(error.in_use),
        asked=_number(error.asked),
        unit=error.unit,
        conflicts=[_clash(clash) for clash in error.conflicts],
        alternatives=[_alternative(alternative) for alternative in error.alternatives],
    )


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Django REST framework's EXCEPTION_HANDLER. None (so a 500 by `server_error`) for what nobody foresaw."""
    body, headers = _body_of(error)
    if body is None:
        return None
    if body["status"] == 401:
        headers["WWW-Authenticate"] = BEARER
    return Response(body, status=body["status"], headers=headers, content_type=PROBLEM_JSON)


def problem_response(
    code: str, detail: Text = "", *, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """The same for plain Django views and middleware."""
    body = problem(code, detail)
    response = JsonResponse(
        body, status=body["status"], content_type=PROBLEM_JSON, json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response[name] = value
    return response


# Django's own handlers: JSON below /api/, its plain pages elsewhere.


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    return problem_response("too_large" if isinstance(exception, RequestDataTooBig) else "invalid")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return (
        problem_response("forbidden") if _is_api(request) else defaults.permission_denied(request, exception)
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return problem_response("not_found") if _is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    return problem_response("error") if _is_api(request) else defaults.server_error(request)


def locked_out(request: HttpRequest, response: object = None, credentials: object = None) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: too many wrong passwords for this account from this address."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return problem_response(
        "throttled",
        _("Too many wrong passwords. Please try again later."),
        headers={"Retry-After": str(seconds)},
    )


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _body_of(error: Exception) -> tuple[dict[str, Any] | None, dict[str, str]]:
    match error:
        case DomainError():
            return problem_of(error), {}
        case exceptions.ValidationError():
            return _invalid(error.detail), {}
        case exceptions.APIException():
            return _framework_problem(error)
        case Http404():
            return problem("not_found", _("There is nothing here, or it is not yours to see.")), {}
        case PermissionDenied():
            return problem("forbidden", _("You are not allowed to do this.")), {}
        case RequestDataTooBig():
            return problem("too_large", TooLarge.sentence), {}
        case SuspiciousOperation() | DataError() | ValidationError():
            # DataError: a value that passed our checks and still does not fit its column
            log.warning("request refused by the framework", error=type(error).__name__)
            return problem("invalid", _("The request is not valid.")), {}
        case OperationalError():
            log.error("database not available", exc_info=error)
            return problem("unavailable", _("Please try again in a moment.")), {"Retry-After": "2"}
        case _:
            return None, {}


def _framework_problem(error: exceptions.APIException) -> tuple[dict[str, Any] | None, dict[str, str]]:
    headers: dict[str, str] = {}
    wait: float | None = getattr(error, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(math.ceil(wait))
    if isinstance(error, TooLarge | CsrfFailed):
        return problem(error.default_code, error.sentence), headers
    for kind, code, sentence in _FRAMEWORK:
        if isinstance(error, kind):
            return problem(code, sentence), headers
    return None, headers


def _invalid(detail: Any) -> dict[str, Any]:
    """Serializer errors, flattened: `attendees.0.email` names the field at fault."""
    fields: dict[str, list[Text]] = {}
    for path, text in _flatten(detail, ()):
        name = ".".join(path)
        if name in fields or not name or len(fields) < MOST_FIELDS:
            fields.setdefault(name, []).append(text)
    whole = fields.pop("", [])
    return problem(
        "invalid", " ".join(str(text) for text in whole) or _("The request is not valid."), fields=fields
    )


def _flatten(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Text]]:
    if isinstance(detail, dict):
        for name, value in detail.items():
            yield from _flatten(value, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(detail, (list, tuple)):
        for index, value in enumerate(detail):
            yield from _flatten(value, (*path, str(index)) if isinstance(value, (dict, list)) else path)
    else:
        yield path, detail


def _clash(clash: Clash) -> dict[str, Any]:
    return {"starts_at": moment(clash.starts_at), "ends_at": moment(clash.ends_at), "code": clash.code}


def _alternative(alternative: Alternative) -> dict[str, Any]:
    body: dict[str, Any] = {
        "starts_at": moment(alternative.starts_at),
        "ends_at": moment(alternative.ends_at),
    }
    if alternative.room_id is not None:
        body["room"] = {
            "id": str(alternative.room_id),
            "name": alternative.room_name,
            "seats": alternative.room_seats,
        }
    if alternative.seats is not None:
        body["seats"] = alternative.seats
    return {name: value for name, value in body.items() if value is not None}


def moment(instant: datetime | None) -> str | None:
    """An instant as it stands in all answers: UTC, with Z."""
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def printable(text: str, limit: int = 300) -> str:
    """Text of the caller's that we repeat: no lone surrogates, no control characters, not endless."""
    cut = text if len(text) <= limit else text[:limit] + "…"
    return "".join(
        "�" if (not character.isprintable() and character != "\n") else character for character in cut
    )


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value
