# SPDX-License-Identifier: EUPL-1.2
"""Control characters in paths and cookies reach neither a view nor the database (R7.4)."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.engine

#: a NUL as RFC 2109 quotes it; Django undoes the quoting
QUOTED_NUL = '"\\000abcdefghijklmnop"'


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/integrations/bigbluebutton/a%00b/ended", "/j/abcdefghijklmnop%00", "/%7f"]
)
def test_nothing_is_found_at_a_path_with_control_characters(
    client: Client, path: str, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # a fixture without a type
        assert client.get(path).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/j/abcdefghijklmnopqrst", "/api/v1/session", "/nothing"])
def test_a_cookie_with_control_characters_counts_for_nothing(
    client: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_session(*_: object) -> None:
        raise AssertionError("looked up")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore._get_session_from_db", no_session)

    for name in ("sessionid", "csrftoken", "django_language"):
        answer = client.get(path, headers={"Cookie": f"{name}={QUOTED_NUL}"})
        assert answer.status_code in (401, 404)


@pytest.mark.django_db
def test_other_cookies_stay(client: Client) -> None:
    world = factories.world()
    client.force_login(world.anna)
    session = client.cookies["sessionid"].value

    answer = client.get("/api/v1/me", headers={"Cookie": f"sessionid={session}; other={QUOTED_NUL}"})

    assert answer.status_code == 200
