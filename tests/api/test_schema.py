# SPDX-License-Identifier: EUPL-1.2
"""The OpenAPI schema, its pages, and what it promises of every operation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from vconf.web.problems import PROBLEM_JSON, PROBLEMS
from vconf.web.views import Door


@pytest.fixture(scope="module")
def schema() -> Any:
    return Client().get("/api/v1/openapi.json").json()


def operations(schema: Any) -> list[tuple[str, str, Any]]:
    return [(verb, path, one) for path, verbs in schema["paths"].items() for verb, one in verbs.items()]


def test_it_comes_without_any_warning(tmp_path: Any) -> None:
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yml"))


def test_every_view_below_api_is_a_door() -> None:
    names = {
        callback.view_class
        for pattern, callback in _callbacks()
        if pattern.startswith("api/v1/") and not pattern.endswith("openapi.json")
    }

    assert names
    assert {view for view in names if not issubclass(view, Door)} == set()


def _callbacks(patterns: Any = None, prefix: str = "") -> list[tuple[str, Any]]:
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            found += _callbacks(pattern.url_patterns, path)
        else:
            found.append((path, pattern.callback))
    return found


def test_it_names_what_the_design_fixes(schema: Any) -> None:
    paths = {path.removeprefix("/api/v1/") for path in schema["paths"]}

    assert {
        "bookings",
        "bookings/{id}",
        "occurrences",
        "occurrences/{id}/end",
        "rooms",
        "rooms/{id}",
        "rooms/{id}/occurrences",
        "availability",
        "authorities",
        "authorities/{id}",
        "authorities/{id}/quota",
        "quotas",
        "servers",
        "servers/{id}",
        "servers/{id}/check",
        "pools",
        "pools/{id}",
        "room-classes",
        "room-classes/{id}",
        "people",
        "people/{id}",
        "people/{id}/memberships",
        "me",
        "session",
    } <= paths


def test_every_operation_says_how_it_refuses(schema: Any) -> None:
    for verb, path, operation in operations(schema):
        answers = operation["responses"]
        assert any(status.startswith("2") for status in answers), (verb, path)
        for status, answer in answers.items():
            if status.startswith("2"):
                continue
            assert list(answer["content"]) == [PROBLEM_JSON], (verb, path, status)
            named = re.findall(r"`(\w+)`", answer["description"])
            assert named, (verb, path, status)
            assert {PROBLEMS[code].status for code in named} == {int(status)}, (verb, path, status)
        if "session" not in path:
            assert {"401", "429", "503"} <= answers.keys(), (verb, path)
        if "{id}" in path:
            assert "404" in answers, (verb, path)
        if "requestBody" in operation:
            assert {"400", "413", "415", "403"} <= answers.keys(), (verb, path)


def test_every_enumeration_has_a_name_of_its_own(schema: Any) -> None:
    assert [name for name in schema["components"]["schemas"] if "Enum" in name] == []


def test_operations_have_unique_names(schema: Any) -> None:
    names = [operation["operationId"] for _verb, _path, operation in operations(schema)]

    assert len(set(names)) == len(names)


def test_no_example_and_no_answer_names_this_machine(schema: Any) -> None:
    assert "127.0.0.1" not in str(schema)


@pytest.mark.parametrize("path", ["/api/docs/", "/api/docs/problems"])
def test_the_pages_need_nothing_that_the_csp_forbids(path: str) -> None:
    response = Client().get(path)

    page = response.content.decode()
    assert response.status_code == 200
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "<style" not in page
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"\son\w+=", page) == []
    assert re.findall(r"""(?:src|href)=["'](?!/)""", page) == []


def test_what_the_documentation_loads_is_there() -> None:
    client = Client()
    page = client.get("/api/docs/").content.decode()

    links = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert len(links) >= 5
    for link in links:
        response = client.get(link.replace("&amp;", "&"))
        assert response.status_code == 200, link
        assert response["Content-Type"].split(";")[0] in (
            "text/css",
            "text/javascript",
            "application/javascript",
            "image/png",
        ), link
    assert "/api/v1/openapi.json" in client.get(links[-1].replace("&amp;", "&")).content.decode()


def test_the_type_of_a_problem_leads_to_its_explanation() -> None:
    page = Client().get("/api/docs/problems").content.decode()

    assert [code for code in PROBLEMS if f'id="{code}"' not in page] == []
