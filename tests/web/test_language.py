# SPDX-License-Identifier: EUPL-1.2
"""The language of an answer: Accept-Language, else the person's own, else German."""

from __future__ import annotations

import pytest

from tests import factories
from tests.api.caller import Caller
from vconf.authorities.models import Person


@pytest.mark.parametrize(
    ("asked", "own", "expected"),
    [
        ("en", "de", "en"),
        ("de", "en", "de"),
        ("de-AT,en;q=0.5", "en", "de"),
        ("en-GB", "de", "en"),
        ("fr, en;q=0.3", "de", "en"),
        ("fr", "en", "en"),
        ("fr", "de", "de"),
        ("*", "en", "en"),
        ("", "en", "en"),
        ("", "de", "de"),
        ("en;q=0", "de", "de"),
        (";;;,,q=", "en", "en"),
    ],
)
@pytest.mark.django_db
def test_header_before_persons_choice(asked: str, own: str, expected: str) -> None:
    caller = Caller(factories.person("Anna", language=own))

    response = caller.get("authorities?page=0", HTTP_ACCEPT_LANGUAGE=asked)

    english = "This field" in str(response.json()) or "Ensure" in str(response.json()["fields"])
    assert response["Content-Language"] == expected
    assert english == (expected == "en")


@pytest.mark.django_db
def test_nobody_is_told_in_german_unless_they_ask() -> None:
    caller = Caller(None)

    assert caller.get("me", HTTP_ACCEPT_LANGUAGE="")["Content-Language"] == "de"
    assert caller.get("me", HTTP_ACCEPT_LANGUAGE="en")["Content-Language"] == "en"
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_one_answer_does_not_set_the_language_of_the_next() -> None:
    german = Caller(factories.person("Anna", language="de"))
    english = Caller(factories.person("Ben", language="en"))

    answers = [
        caller.get("me", HTTP_ACCEPT_LANGUAGE="") for caller in (german, english, german, Caller(None))
    ]

    assert [answer["Content-Language"] for answer in answers] == ["de", "en", "de", "de"]
