# SPDX-License-Identifier: EUPL-1.2
"""Every refusal as problem details: a status for each code, one shape, both languages, JSON from Django's handlers."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import translation
from rest_framework import exceptions
from rest_framework.test import APIRequestFactory

import vconf
from vconf.errors import Alternative, Clash, DomainError, Invalid, Refusal
from vconf.web import problems
from vconf.web.problems import PROBLEM_JSON, PROBLEMS, exception_handler, printable, problem, problem_of
from vconf.web.views import Door


def all_errors() -> Iterator[type[DomainError]]:
    for module in pkgutil.walk_packages(vconf.__path__, "vconf."):
        if not module.name.startswith("vconf.management.commands"):
            importlib.import_module(module.name)
    waiting = [DomainError]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(found.__subclasses__())


def test_every_domain_error_has_a_status_and_its_own_code() -> None:
    errors = [error for error in all_errors() if error.__module__.startswith("vconf.")]

    assert {error.code for error in errors} - PROBLEMS.keys() == set()
    assert len({error.code for error in errors}) == len(errors)


def test_every_refusal_is_a_409() -> None:
    assert {PROBLEMS[error.code].status for error in all_errors() if issubclass(error, Refusal)} == {409}


def test_a_refusal_carries_numbers_clashes_and_a_way_out() -> None:
    starts_at, ends_at = (datetime(2027, 5, 3, hour, tzinfo=UTC) for hour in (9, 10))
    room_id = UUID(int=7)
    error = Refusal(
        "Geht nicht.",
        limit=300,
        in_use=250.5,
        asked=100.0,
        unit="seats",
        conflicts=[Clash(starts_at, ends_at, "slot_taken")],
        alternatives=[
            Alternative(starts_at, ends_at, room_id=room_id, room_name="Saal", room_seats=40),
            Alternative(seats=49),
        ],
    )

    with translation.override("en"):
        body = problem_of(error)

    assert body == {
        "type": "http://127.0.0.1:8000/api/docs/problems#refused",
        "title": "Not possible",
        "status": 409,
        "code": "refused",
        "detail": "Geht nicht.",
        "limit": 300,
        "in_use": 250.5,
        "asked": 100,
        "unit": "seats",
        "conflicts": [
            {"starts_at": "2027-05-03T09:00:00Z", "ends_at": "2027-05-03T10:00:00Z", "code": "slot_taken"}
        ],
        "alternatives": [
            {
                "starts_at": "2027-05-03T09:00:00Z",
                "ends_at": "2027-05-03T10:00:00Z",
                "room": {"id": str(room_id), "name": "Saal", "seats": 40},
            },
            {"seats": 49},
        ],
    }


def test_nought_is_a_number() -> None:
    body = problem_of(Refusal(limit=0, in_use=0, asked=1))

    assert (body["limit"], body["in_use"], body["asked"]) == (0, 0, 1)


def test_fields_of_serializers_are_flattened_and_what_is_about_the_whole_is_the_detail() -> None:
    error = exceptions.ValidationError(
        {
            "title": ["Missing."],
            "attendees": [{}, {"email": ["Wrong.", "Really."]}],
            "settings": {"lobby": ["No."]},
            "non_field_errors": ["Does not match."],
        }
    )

    response = exception_handler(error, {})

    assert response is not None
    assert response.data["detail"] == "Does not match."
    assert response.data["fields"] == {
        "title": ["Missing."],
        "attendees.1.email": ["Wrong.", "Really."],
        "settings.lobby": ["No."],
    }


def test_an_answer_names_no_more_than_a_hundred_fields_and_still_what_is_about_the_whole() -> None:
    error = exceptions.ValidationError(
        {**{f"f{number}": ["Wrong.", "Really."] for number in range(5_000)}, "non_field_errors": ["Neither."]}
    )

    response = exception_handler(error, {})

    assert response is not None
    assert response.data["detail"] == "Neither."
    assert response.data["fields"] == {f"f{number}": ["Wrong.", "Really."] for number in range(100)}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (exceptions.NotAuthenticated(), 401, "not_signed_in"),
        (exceptions.AuthenticationFailed("secret reason"), 401, "not_signed_in"),
        (exceptions.PermissionDenied(), 403, "forbidden"),
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.MethodNotAllowed("BREW"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/x"), 415, "unsupported_media_type"),
        (exceptions.ParseError("at line 3"), 400, "invalid"),
        (exceptions.Throttled(wait=4.2), 429, "throttled"),
        (problems.TooLarge(), 413, "too_large"),
        (OperationalError("database is locked at /var/lib/secret"), 503, "unavailable"),
    ],
)
def test_what_the_framework_raises_is_said_in_our_words(error: Exception, status: int, code: str) -> None:
    response = exception_handler(error, {})

    assert response is not None
    assert (response.status_code, response.data["code"], response.content_type) == (
        status,
        code,
        PROBLEM_JSON,
    )
    assert "secret" not in str(response.data)


def test_waiting_times_and_the_challenge_are_headers() -> None:
    throttled = exception_handler(exceptions.Throttled(wait=4.2), {})
    nobody = exception_handler(exceptions.NotAuthenticated(), {})

    assert throttled is not None
    assert nobody is not None
    assert throttled["Retry-After"] == "5"
    assert nobody["WWW-Authenticate"] == 'Bearer realm="vconf"'


def test_what_nobody_foresaw_is_left_to_the_server_error() -> None:
    assert exception_handler(ZeroDivisionError(), {}) is None


class Broken(Door):
    permission_classes = []
    authentication_classes = []

    def get(self, request: Any) -> Any:
        raise ZeroDivisionError("password=hunter2")


def test_a_server_error_shows_nothing(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)

    response = client.get("/api/broken")

    assert (response.status_code, response["Content-Type"]) == (500, PROBLEM_JSON)
    assert response.json()["code"] == "error"
    assert "hunter2" not in response.content.decode()


def test_djangos_own_refusals_are_json_below_api_and_pages_elsewhere() -> None:
    client = Client(raise_request_exception=False)

    below, elsewhere = client.get("/api/v1/nothing"), client.get("/nothing/at/all")
    wrong_host = client.get("/api/v1/me", HTTP_HOST="evil.example")

    assert (below.status_code, below["Content-Type"], below.json()["code"]) == (
        404,
        PROBLEM_JSON,
        "not_found",
    )
    assert (elsewhere.status_code, elsewhere["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert (wrong_host.status_code, wrong_host.json()["code"]) == (400, "invalid")


def test_the_other_handlers_answer_json_below_api() -> None:
    request = RequestFactory().get("/api/v1/x")

    answers = [
        problems.permission_denied(request, Exception()),
        problems.server_error(request),
        problems.locked_out(request),
    ]

    assert [answer.status_code for answer in answers] == [403, 500, 429]
    assert {answer["Content-Type"] for answer in answers} == {PROBLEM_JSON}


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_title_is_said_in_german_too(code: str) -> None:
    with translation.override("en"):
        english = problem(code)["title"]
    with translation.override("de"):
        german = problem(code)["title"]

    assert german != english


def test_detail_and_fields_follow_the_language() -> None:
    error = Invalid.field("title", DomainError.sentence)
    with translation.override("de"):
        german = problem_of(error)
    with translation.override("en"):
        english = problem_of(error)

    assert english["detail"] == "The request is not valid."
    assert english["fields"] == {"title": ["This is not possible."]}
    assert german["detail"] != english["detail"]
    assert german["fields"] != english["fields"]


def test_what_the_caller_wrote_is_repeated_printable_and_short() -> None:
    assert printable("a\0b\ud800c\x1b[31m") == "a\ufffdb\ufffdc\ufffd[31m"
    assert printable("Größe\nzwei Zeilen") == "Größe\nzwei Zeilen"
    assert len(printable("x" * 1_000)) == 301


def test_views_answer_json_whatever_is_asked_for() -> None:
    class Fine(Door):
        permission_classes = []
        authentication_classes = []

        def get(self, request: Any) -> Any:
            raise exceptions.NotFound

    request = APIRequestFactory().get("/api/v1/x", HTTP_ACCEPT="text/html, application/xml")

    response = Fine.as_view()(request).render()

    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM_JSON)


def _urls() -> list[Any]:
    from django.urls import path

    return [path("api/broken", Broken.as_view())]


urlpatterns = _urls()
handler500 = "vconf.web.problems.server_error"
