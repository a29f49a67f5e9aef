# SPDX-License-Identifier: EUPL-1.2
"""The web page's document and the headers that every answer carries."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def _built(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "frontend" / "dist").mkdir(parents=True)
    (tmp_path / "frontend" / "dist" / "index.html").write_text(
        "<!doctype html><title>vconf</title>", encoding="utf-8"
    )


@pytest.mark.usefixtures("_built")
@pytest.mark.parametrize("path", ["/", "/day", "/bookings", "/bookings/0193", "/quotas", "/login"])
def test_every_route_of_the_web_page_is_the_same_document(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.content == b"<!doctype html><title>vconf</title>"
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies["csrftoken"]["samesite"] == "Lax"


@pytest.mark.usefixtures("_built")
@pytest.mark.parametrize("path", ["/nobody", "/bookings/1/2", "/dayx"])
def test_other_paths_are_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("_built")
def test_the_document_carries_the_security_headers(client: Client) -> None:
    answer = client.get("/")

    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_without_a_build_the_page_says_what_to_do(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path

    answer = client.get("/")

    assert answer.status_code == 503
    assert b"make run" in answer.content


def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
