# SPDX-License-Identifier: EUPL-1.2
"""If-Match and Idempotency-Key."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from vconf.errors import Invalid
from vconf.web.preconditions import NEVER, etag, expected_version, idempotency_key


def request(**headers: Any) -> Request:
    return Request(APIRequestFactory().patch("/", **headers))


@pytest.mark.parametrize(
    ("header", "version"),
    [
        ('"3"', 3),
        (' "3" ', 3),
        ("*", None),
        ("", None),
        ('W/"3"', NEVER),
        ("3", NEVER),
        ('"x"', NEVER),
        ('"-3"', NEVER),
        (f'"{"9" * 400}"', NEVER),
    ],
)
def test_if_match(header: str, version: int | None) -> None:
    assert expected_version(request(HTTP_IF_MATCH=header)) == version


def test_without_if_match_any_version_will_do() -> None:
    assert expected_version(request()) is None


def test_a_list_of_tags_is_refused() -> None:
    with pytest.raises(Invalid):
        expected_version(request(HTTP_IF_MATCH='"1", "2"'))


def test_what_is_given_out_is_what_is_understood() -> None:
    assert expected_version(request(HTTP_IF_MATCH=etag(17))) == 17


def test_idempotency_key() -> None:
    assert idempotency_key(request()) is None
    assert idempotency_key(request(HTTP_IDEMPOTENCY_KEY="a-1_~")) == "a-1_~"


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 201, "a\tb"])
def test_keys_that_are_none(key: str) -> None:
    with pytest.raises(Invalid):
        idempotency_key(request(HTTP_IDEMPOTENCY_KEY=key))
