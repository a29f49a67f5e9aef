# SPDX-License-Identifier: EUPL-1.2
"""R7.3: with a session, nothing is changed without proof that a page of ours asked for it; on every route."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.api.caller import ABSENT
from tests.api.test_reads_change_nothing import WRITES
from tests.factories import World

READS = {"get", "head", "parameters"}


def writing_routes(client: APIClient) -> list[tuple[str, str]]:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    return [(verb, path) for path, verbs in paths.items() for verb in verbs if verb not in READS]


@pytest.fixture
def browser(world: World) -> APIClient:
    """Signed in as the most powerful there is, with the cookies that a browser sends along by itself."""
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(world.chief)
    client.get("/api/v1/session")
    return client


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_X_CSRFTOKEN": "a" * 64},
        {"HTTP_X_CSRFTOKEN": "the cookie's", "HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_X_CSRFTOKEN": "the cookie's", "HTTP_ORIGIN": "null"},
        {"HTTP_AUTHORIZATION": "Basic YW5uYTp4"},
    ],
    ids=["no token", "a wrong token", "another site", "no site", "another way to sign in"],
)
def test_every_writing_route_refuses(world: World, browser: APIClient, headers: dict[str, str]) -> None:
    if headers.get("HTTP_X_CSRFTOKEN") == "the cookie's":
        headers = {**headers, "HTTP_X_CSRFTOKEN": browser.cookies["csrftoken"].value}
    routes = writing_routes(browser)
    assert len(routes) > 20

    for verb, path in routes:
        call: Any = getattr(browser, verb)
        with CaptureQueriesContext(connection) as captured:
            answer = call(path.replace("{id}", str(ABSENT)), {}, format="json", **headers)

        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed"), (verb, path)
        assert [query["sql"] for query in captured if WRITES.match(query["sql"])] == [], (verb, path)


def test_with_the_token_they_go_on(world: World, browser: APIClient) -> None:
    token = browser.cookies["csrftoken"].value

    for verb, path in writing_routes(browser):
        if path.endswith("/session"):
            continue
        call: Any = getattr(browser, verb)
        answer = call(path.replace("{id}", str(ABSENT)), {}, format="json", HTTP_X_CSRFTOKEN=token)

        # a meeting that starts now needs nothing but the token
        assert answer.json().get("code") != "csrf_failed", (verb, path)
