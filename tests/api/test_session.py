# SPDX-License-Identifier: EUPL-1.2
"""/session: signing in and out, and what protects both"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from tests.api.caller import Caller, problem
from tests.factories import PASSWORD, World
from vconf.authorities.models import Person
from vconf.web.limits import SignInsFromAddress

SESSION = "/api/v1/session"


class Browser(APIClient):
    """A browser with our page: keeps cookies, sends the token of the CSRF cookie."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True)
        self.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    def open(self) -> Any:
        return self.get(SESSION)

    def sign_in(self, email: str, password: str = PASSWORD, **extra: Any) -> Any:
        return self.post(SESSION, {"email": email, "password": password}, **{**self.token(), **extra})

    def token(self) -> dict[str, Any]:
        return {"HTTP_X_CSRFTOKEN": self.cookies["csrftoken"].value} if "csrftoken" in self.cookies else {}


@pytest.fixture
def browser(world: World) -> Browser:
    browser = Browser()
    browser.open()
    return browser


def test_without_a_session_there_is_nobody_but_a_csrf_cookie(world: World) -> None:
    browser = Browser()

    response = browser.open()

    problem(response, 401, "not_signed_in")
    assert response.cookies["csrftoken"].value
    assert response.cookies["csrftoken"]["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("anna@im.mv.example", "wrong password"),
        ("unknown@im.mv.example", PASSWORD),
        ("anna@im.mv.example", ""),
        ("anna@im.mv.example", "x" * 1024),
        ("anna@im.mv.example\0", PASSWORD),
    ],
)
def test_wrong_address_and_wrong_password_answer_alike(browser: Browser, email: str, password: str) -> None:
    response = browser.sign_in(email, password)

    assert response.status_code in (400, 401)
    assert "sessionid" not in response.cookies
    if response.status_code == 401:
        assert (
            problem(response, 401, "invalid_credentials")["detail"] == "The address or the password is wrong."
        )


def test_a_disabled_person_cannot_sign_in(world: World, browser: Browser) -> None:
    Person.objects.filter(id=world.anna.id).update(is_active=False)

    problem(browser.sign_in("anna@im.mv.example"), 401, "invalid_credentials")


def test_signing_in_needs_the_csrf_token(world: World) -> None:
    browser = Browser()

    problem(browser.sign_in("anna@im.mv.example"), 403, "csrf_failed")


def test_signing_in_from_another_origin_is_refused(browser: Browser) -> None:
    response = browser.sign_in("anna@im.mv.example", HTTP_ORIGIN="https://evil.example")

    problem(response, 403, "csrf_failed")


def test_signing_in_answers_who_one_is_and_makes_a_new_session(world: World, browser: Browser) -> None:
    response = browser.sign_in(" Anna@IM.mv.example ")

    body = response.json()
    assert (response.status_code, body["id"], body["name"]) == (200, str(world.anna.id), "Anna Amsel")
    assert response.cookies["sessionid"]["httponly"]
    assert response.cookies["sessionid"]["samesite"] == "Lax"
    assert browser.open().json()["id"] == str(world.anna.id)


def test_the_session_works_for_reading_and_with_the_token_for_changes(browser: Browser) -> None:
    browser.sign_in("anna@im.mv.example")

    read = browser.get("/api/v1/me")
    without = browser.patch("/api/v1/me", {"language": "en"})
    other_origin = browser.patch(
        "/api/v1/me", {"language": "en"}, **browser.token(), HTTP_ORIGIN="https://x.example"
    )
    with_token = browser.patch("/api/v1/me", {"language": "en"}, **browser.token())

    assert read.status_code == 200
    problem(without, 403, "csrf_failed")
    problem(other_origin, 403, "csrf_failed")
    assert with_token.json()["language"] == "en"


def test_the_token_in_the_body_works_too(browser: Browser) -> None:
    token = browser.sign_in("anna@im.mv.example").json()["csrf_token"]

    assert browser.patch("/api/v1/me", {"language": "en"}, HTTP_X_CSRFTOKEN=token).status_code == 200


def test_signing_out_ends_the_session_on_the_server(browser: Browser) -> None:
    browser.sign_in("anna@im.mv.example")
    stolen = browser.cookies["sessionid"].value

    without = browser.delete(SESSION)
    response = browser.delete(SESSION, **browser.token())
    browser.cookies["sessionid"] = stolen

    problem(without, 403, "csrf_failed")
    assert response.status_code == 204
    problem(browser.get("/api/v1/me"), 401, "not_signed_in")


def test_disabling_a_person_ends_the_session(world: World, browser: Browser) -> None:
    browser.sign_in("anna@im.mv.example")

    Person.objects.filter(id=world.anna.id).update(is_active=False)

    problem(browser.get("/api/v1/me"), 401, "not_signed_in")


def test_a_wrong_token_is_refused_even_with_a_session(browser: Browser) -> None:
    browser.sign_in("anna@im.mv.example")

    problem(browser.get("/api/v1/me", HTTP_AUTHORIZATION="Bearer wrong"), 401, "not_signed_in")


@override_settings(AXES_FAILURE_LIMIT=3)
def test_guessing_locks_the_account_for_this_address_only(browser: Browser) -> None:
    answers = [browser.sign_in("anna@im.mv.example", "wrong password") for _ in range(3)]

    locked = browser.sign_in("ANNA@im.mv.example")
    elsewhere = browser.sign_in("anna@im.mv.example", REMOTE_ADDR="192.0.2.7")
    somebody_else = browser.sign_in("bernd@im.mv.example")

    assert [answer.status_code for answer in answers[:2]] == [401, 401]
    problem(locked, 429, "throttled")
    assert int(locked["Retry-After"]) == 15 * 60
    assert (elsewhere.status_code, somebody_else.status_code) == (200, 200)


def test_guessing_one_account_from_many_addresses_is_slowed_down(browser: Browser) -> None:
    answers = [
        browser.sign_in("anna@im.mv.example", "wrong password", REMOTE_ADDR=f"192.0.2.{number}")
        for number in range(21)
    ]

    assert {answer.status_code for answer in answers[:20]} == {401}
    assert "Retry-After" in answers[20]
    problem(answers[20], 429, "throttled")


def test_many_accounts_from_one_address_are_slowed_down_and_no_header_gets_around_it(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SignInsFromAddress, "rate", "3/min")

    answers = [
        browser.sign_in(f"person{number}@im.mv.example", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
        for number in range(4)
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert browser.sign_in("anna@im.mv.example", REMOTE_ADDR="192.0.2.7").status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"email": "a@b.example"}, {"email": 1, "password": []}, {"user": "anna"}, []]
)
def test_a_body_that_is_none_is_refused(browser: Browser, body: Any) -> None:
    problem(browser.post(SESSION, body, **browser.token()), 400, "invalid")


def test_tokens_need_no_csrf(world: World) -> None:
    caller = Caller(world.anna)
    caller.handler.enforce_csrf_checks = True

    assert caller.patch("me", {"language": "en"}).status_code == 200
