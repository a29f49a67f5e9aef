# SPDX-License-Identifier: EUPL-1.2
"""Log lines and the id that binds them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from vconf.logs import bind_correlation_id, correlation_id, correlation_middleware, logging_settings

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _unbound() -> None:
    structlog.contextvars.clear_contextvars()


def test_an_answer_names_the_id_of_its_request(client: Client) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": "proxy-4711-abcd"})

    assert answer["X-Request-ID"] == "proxy-4711-abcd"


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "with space in it", 'quote"quote"quote', "zeile\numbruch"]
)
def test_an_id_that_is_none_is_replaced(given: str) -> None:
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(correlation_id())
        return HttpResponse()

    request = RequestFactory().get("/", headers={"X-Request-ID": given})
    answer = correlation_middleware(view)(request)

    assert answer["X-Request-ID"] == seen[0]
    assert seen[0] != given
    assert len(seen[0]) == 32


def test_two_requests_have_two_ids(client: Client) -> None:
    assert client.get("/healthz")["X-Request-ID"] != client.get("/healthz")["X-Request-ID"]


def test_outside_a_request_an_id_is_made_once_and_may_be_taken_over() -> None:
    made = correlation_id()

    assert correlation_id() == made
    assert bind_correlation_id("job-of-booking-7") == "job-of-booking-7"
    assert correlation_id() == "job-of-booking-7"


def test_a_line_is_one_json_object_without_the_request() -> None:
    code = """
import logging.config, logging, structlog
from vconf.logs import bind_correlation_id, logging_settings
logging.config.dictConfig(logging_settings(level="INFO", readable=False, stream="ext://sys.stdout"))
bind_correlation_id("abcdefgh-1")
structlog.get_logger("vconf.sample").info("booked", seats=25)
logging.getLogger("library").warning("from %s", "elsewhere", extra={"request": "/j/secret-link"})
logging.getLogger("library").debug("too quiet")
logging.getLogger("library").error("Internal Server Error: %s", "/j/c4n4ry")
logging.getLogger("library").error("POST http://h/integrations/bigbluebutton/c4n4ry/events failed")
logging.getLogger("library").error("GET http://b/create?logoutURL=http%3A%2F%2Fh%2Fj%2Fc4n4ry%3Fleft%3D1&x=1")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("library").exception("failed")
    logging.getLogger("django.security.DisallowedHost").exception("Invalid HTTP_HOST header")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    booked, library, error, hook, call, failed, refused = [
        json.loads(line) for line in done.stdout.splitlines()
    ]

    assert booked["event"] == "booked"
    assert booked["seats"] == 25
    assert booked["logger"] == "vconf.sample"
    assert booked["level"] == "info"
    assert booked["correlation_id"] == "abcdefgh-1"
    assert booked["timestamp"].endswith("Z")
    assert library["event"] == "from elsewhere"
    assert error["event"] == "Internal Server Error: /j/***"
    assert hook["event"] == "POST http://h/integrations/bigbluebutton/***/events failed"
    assert call["event"] == "GET http://b/create?logoutURL=http%3A%2F%2Fh%2Fj%2F***%3Fleft%3D1&x=1"
    assert "secret-link" not in done.stdout
    assert "ZeroDivisionError" in failed["exception"]
    # anybody can bring these about
    assert (refused["event"], "exception" in refused) == ("Invalid HTTP_HOST header", False)


def test_libraries_that_log_addresses_are_kept_quiet_at_every_level() -> None:
    settings = logging_settings(level="DEBUG", readable=False, stream="ext://sys.stdout")

    assert settings["loggers"]["urllib3"] == {"level": "WARNING"}
