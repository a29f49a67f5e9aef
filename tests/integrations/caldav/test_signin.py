# SPDX-License-Identifier: EUPL-1.2
"""Signing in from a calendar client: Basic, with a password that is good for calendars only."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import World
from tests.integrations.caldav.client import CalendarClient, basic
from vconf.authorities.calendar_passwords import create_calendar_password, revoke_calendar_password
from vconf.authorities.models import CalendarPassword, Person
from vconf.authorities.rights import Actor
from vconf.authorities.services import change_person

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def world() -> World:
    cache.clear()
    return factories.world()


def ask(name: str, password: str, **extra: str) -> Any:
    headers: dict[str, Any] = {"HTTP_AUTHORIZATION": basic(name, password), "HTTP_DEPTH": "0", **extra}
    return Client().generic("PROPFIND", "/dav/", **headers)


def password_of(person: Person) -> str:
    return create_calendar_password(person, actor=Actor.system())[1]


def test_without_a_password_the_answer_is_cheap_and_names_the_realm(world: World) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = Client().generic("PROPFIND", "/dav/")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Basic realm="vconf", charset="UTF-8"'
    assert "calendar-access" in answer["DAV"]
    assert len(queries) == 0


def test_asking_without_a_password_is_no_failed_attempt(world: World) -> None:
    for _attempt in range(40):
        assert Client().generic("PROPFIND", "/dav/").status_code == 401
    assert ask("anna@im.mv.example", "wrong").status_code == 401


@pytest.mark.parametrize("spelt", ["anna@im.mv.example", "Anna@IM.mv.example", "anna%40im.mv.example"])
def test_the_name_is_the_mail_address_however_it_is_spelt(world: World, spelt: str) -> None:
    assert ask(spelt, password_of(world.anna)).status_code == 207


def test_the_name_may_be_the_id(world: World) -> None:
    assert ask(str(world.anna.id), password_of(world.anna)).status_code == 207


def test_the_password_may_be_typed_without_dashes_or_in_capitals(world: World) -> None:
    password = password_of(world.anna)

    assert ask(world.anna.email, password.replace("-", "")).status_code == 207
    assert ask(world.anna.email, password.upper()).status_code == 207


def test_a_password_is_good_for_its_person_only(world: World) -> None:
    assert ask(world.bernd.email, password_of(world.anna)).status_code == 401


def test_neither_the_account_s_password_nor_a_token_opens_calendars(world: World) -> None:
    assert ask(world.anna.email, factories.PASSWORD).status_code == 401
    bearer = Client().generic("PROPFIND", "/dav/", HTTP_AUTHORIZATION=f"Bearer {factories.token(world.anna)}")
    assert bearer.status_code == 401


def test_a_session_of_the_web_page_does_not_open_calendars(world: World) -> None:
    browser = Client()
    browser.force_login(world.anna, "vconf.authorities.backends.LocalAccountBackend")

    assert browser.generic("PROPFIND", "/dav/").status_code == 401


def test_a_calendar_password_opens_neither_the_api_nor_the_page(world: World) -> None:
    password = password_of(world.anna)

    assert Client().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {password}").status_code == 401
    assert Client().get("/api/v1/me", HTTP_AUTHORIZATION=basic(world.anna.email, password)).status_code == 401
    body = {"email": world.anna.email, "password": password}
    assert Client().post("/api/v1/session", body, content_type="application/json").status_code == 401


def test_what_is_no_credentials_is_turned_down(world: World) -> None:
    for header in ("Basic", "Basic !!!", "Basic " + "A" * 5000, "Digest username=x", "Basic YW5uYQ=="):
        answer = Client().generic("PROPFIND", "/dav/", HTTP_AUTHORIZATION=header)
        assert answer.status_code == 401, header
    assert ask("anna\0@im.mv.example", "x").status_code == 401


def test_a_revoked_password_is_wrong(world: World) -> None:
    row, password = create_calendar_password(world.anna, actor=Actor.system())
    revoke_calendar_password(row.id, actor=factories.actor(world.anna))

    assert ask(world.anna.email, password).status_code == 401


def test_whoever_is_disabled_is_out_with_the_next_request(world: World) -> None:
    client = CalendarClient(world.anna)
    assert client.dav("PROPFIND", "/dav/", Depth="0").status_code == 207

    change_person(world.anna.id, is_active=False, actor=Actor.system())

    assert client.dav("PROPFIND", "/dav/", Depth="0").status_code == 401


def test_many_wrong_passwords_are_told_to_wait_and_the_right_one_still_opens(world: World) -> None:
    """A telephone with an old password keeps asking; the same person's other telephone must not notice."""
    right = password_of(world.anna)
    answers = [ask(world.anna.email, "old password") for _attempt in range(21)]

    assert [answer.status_code for answer in answers[:20]] == [401] * 20
    assert answers[20].status_code == 429
    assert 0 < int(answers[20]["Retry-After"]) <= 60
    assert ask(world.anna.email, right).status_code == 207


def test_wrong_passwords_are_counted_by_name_and_network(world: World) -> None:
    for _attempt in range(21):
        last = ask(world.anna.email, "wrong")
    assert last.status_code == 429

    assert ask(world.bernd.email, "wrong").status_code == 401
    assert ask(world.anna.email, "wrong", REMOTE_ADDR="10.20.30.40").status_code == 401


def test_the_use_is_noted_at_most_every_ten_minutes(world: World) -> None:
    client = CalendarClient(world.anna)
    client.dav("OPTIONS", "/dav/")
    noted = CalendarPassword.objects.get().last_used_at
    assert noted is not None

    with CaptureQueriesContext(connection) as queries:
        client.dav("OPTIONS", "/dav/")

    assert CalendarPassword.objects.get().last_used_at == noted
    assert len(queries) == 2, "the sign-in and the rights"


@pytest.mark.parametrize("statements", [0, 2])
def test_while_the_database_is_away_clients_are_told_to_come_again(world: World, statements: int) -> None:
    """Also if it goes before it is known who asks: a client shows an error for a 500, and tries again after a 503."""
    password = password_of(world.anna)
    left = iter(range(statements))

    def gone(execute: Any, *args: Any) -> Any:
        if next(left, None) is None:
            raise OperationalError("away")
        return execute(*args)

    with connection.execute_wrapper(gone):
        answer = ask(world.anna.email, password)

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
