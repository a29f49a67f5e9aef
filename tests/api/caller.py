# SPDX-License-Identifier: EUPL-1.2
"""Somebody who calls the API, and what their tests look for again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from tests import factories
from vconf.authorities.models import Person

PROBLEM = "application/problem+json"
ABSENT = UUID("0199a3c2-7d10-7c11-9d53-0a2b6d4f8e99")


class Caller(APIClient):
    """A client below `/api/v1` with the person's own bearer token."""

    def __init__(self, person: Person | None) -> None:
        super().__init__()
        self.person = person
        self.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        if person is not None:
            self.credentials(HTTP_AUTHORIZATION=f"Bearer {factories.token(person)}")

    def request(self, **environ: Any) -> Any:
        if not environ["PATH_INFO"].startswith("/"):
            environ["PATH_INFO"] = f"/api/v1/{environ['PATH_INFO']}"
        return super().request(**environ)


def tomorrow(hour: int = 9, minute: int = 0) -> datetime:
    """A wall time tomorrow."""
    day = timezone.localtime(timezone=None).replace(tzinfo=None) + timedelta(days=1)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def wish(**fields: Any) -> dict[str, Any]:
    """What to book: tomorrow from nine to ten, for five people; fields replace or add, None leaves out."""
    body = {
        "title": "Lagebesprechung",
        "starts_at": tomorrow().isoformat(),
        "ends_at": tomorrow(10).isoformat(),
        "timezone": "Europe/Berlin",
        "seats": 5,
        **fields,
    }
    return {name: value for name, value in body.items() if value is not None}


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, after a look at its shape."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["code"] == code
    assert body["title"]
    assert body["detail"]
    assert body["type"].endswith(f"/api/docs/problems#{code}")
    return body


def queries(act: Callable[[], Any]) -> int:
    """How many queries it takes; it must succeed. The first use of a token, which is noted, is not counted."""
    act()
    with CaptureQueriesContext(connection) as captured:
        response = act()
        assert response.status_code == 200, response.content
        return len(captured)
