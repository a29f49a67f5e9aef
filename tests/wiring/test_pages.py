# SPDX-License-Identifier: EUPL-1.2
"""The web page's document and the headers that every answer carries."""

import re
from pathlib import Path

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings as settings_of
from django.test import Client
from pytest_django import Settings

from vconf.asgi import http

#: as the web page itself lists them
ROUTES = [
    path.replace(":id", "0193")
    for path in re.findall(
        r'path: "(/[^"]*)"', (settings_of.BASE_DIR / "frontend/src/app/routes.tsx").read_text("utf-8")
    )
]
STATIC_FILE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"


@pytest.fixture
def _built(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "frontend" / "dist").mkdir(parents=True)
    (tmp_path / "frontend" / "dist" / "index.html").write_text(
        "<!doctype html><head><title>vconf</title></head>", encoding="utf-8"
    )


@pytest.mark.usefixtures("_built")
@pytest.mark.parametrize("path", ROUTES)
def test_every_route_of_the_web_page_is_the_same_document(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.content.startswith(b"<!doctype html><head><title>vconf</title>")
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies["csrftoken"]["samesite"] == "Lax"


@pytest.mark.usefixtures("_built")
def test_the_document_tells_the_zone_and_whether_it_is_a_demo(client: Client, settings: Settings) -> None:
    settings.VCONF_TIME_ZONE = "Europe/Berlin"
    settings.VCONF_MAIL_INTAKE = None
    zone = b'<head><title>vconf</title><meta name="vconf-timezone" content="Europe/Berlin">'

    settings.VCONF_DEMO = False
    assert zone + b"</head>" in client.get("/").content

    settings.VCONF_DEMO = True
    assert zone + b'<meta name="vconf-demo" content="1"></head>' in client.get("/").content


@pytest.mark.usefixtures("_built")
def test_the_document_tells_the_address_of_any_room_where_mails_are_taken_in(
    client: Client, settings: Settings
) -> None:
    settings.VCONF_MAIL_INTAKE = "lmtp://127.0.0.1:2424"
    assert b'<meta name="vconf-any-room" content="raum">' in client.get("/").content

    settings.VCONF_MAIL_ANY_ROOM = "raum&zeit@raum.mv.example"
    assert b'content="raum&amp;zeit@raum.mv.example">' in client.get("/").content


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


def test_static_files_are_served_whole_in_part_or_not_again(client: Client) -> None:
    whole = client.get(STATIC_FILE)
    again = client.get(STATIC_FILE, headers={"If-None-Match": whole["ETag"]})
    part = client.get(STATIC_FILE, headers={"Range": "bytes=10-19"})
    head = client.head(STATIC_FILE)

    assert (whole.status_code, int(whole["Content-Length"])) == (200, len(whole.content))
    assert whole["Content-Type"].startswith("text/css")
    assert "Access-Control-Allow-Origin" not in whole
    assert (again.status_code, again.content) == (304, b"")
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", whole["Content-Length"])


@pytest.mark.asyncio
@pytest.mark.django_db
@pytest.mark.filterwarnings("error:StreamingHttpResponse must")
async def test_static_files_are_served_by_the_asgi_application_without_a_warning() -> None:
    scope = {"type": "http", "method": "GET", "path": STATIC_FILE, "query_string": b"", "headers": []}
    visitor = ApplicationCommunicator(http, scope | {"server": ("localhost", 80)})
    await visitor.send_input({"type": "http.request", "body": b"", "more_body": False})

    start = await visitor.receive_output()
    body = b""
    more = True
    while more:
        message = await visitor.receive_output()
        body += message.get("body", b"")
        more = message.get("more_body", False)

    assert start["status"] == 200
    assert len(body) == int(dict(start["headers"])[b"Content-Length"])


def test_files_outside_the_static_folders_are_not_served(client: Client) -> None:
    for path in (
        "/static/../vconf/settings.py",
        "/static/%2e%2e/vconf/settings.py",
        "/static/app/../../pyproject.toml",
    ):
        assert client.get(path).status_code == 404


def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
