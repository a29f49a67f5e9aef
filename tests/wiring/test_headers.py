# SPDX-License-Identifier: EUPL-1.2
"""R7.2, R6.7: every route of vconf, crawled: its security headers, and where it redirects to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django import Settings

from tests import factories
from tests.bookings.wishes import wish
from tests.factories import World
from vconf.bookings.links import join_url
from vconf.bookings.services import book
from vconf.outbox.models import Job

#: for routes whose address holds something: an address that leads to something, or nearly
EXAMPLES = {
    "j/<str:token>": "",  # the booking's own, filled in below
    "j/<str:token>/event.ics": "",
    "r/<slug:slug>": "/r/beratung",
    "integrations/bigbluebutton/<str:hook_token>/events": "/integrations/bigbluebutton/nobody/events",
    "integrations/jitsi/<str:hook_token>/conference": "/integrations/jitsi/nobody/conference",
    "integrations/jitsi/<str:hook_token>/conference/<str:id>": "/integrations/jitsi/nobody/conference/1",
    "integrations/jitsi/<str:hook_token>/events/<str:about>/<str:what>": (
        "/integrations/jitsi/nobody/events/room/created"
    ),
    "api/v1/outbox/<str:id>/retry": "/api/v1/outbox/1/retry",
    "integrations/bigbluebutton/<str:hook_token>/ended": "/integrations/bigbluebutton/nobody/ended",
    "feeds/<str:token>.ics": "/feeds/nobodyknowsthistoken.ics",
    "feeds/<str:token>.ifb": "/feeds/nobodyknowsthistoken.ifb",
    "feeds/<str:token>.json": "/feeds/nobodyknowsthistoken.json",
}
#: routes whose address holds an id; what stands before it names what is looked for
ABSENT = "0199a3c2-7d10-7c11-9d53-0a2b6d4f8e99"

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}


def routes(patterns: Any = None, before: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


@pytest.fixture
def world(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> World:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrftoken"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    # or it would not be ready, and not count as young, however long these tests run
    Job.objects.create(name="tick", done_at=timezone.now())
    monkeypatch.setattr("vconf.health._started_at", timezone.now())
    return factories.world()


@pytest.fixture
def addresses(world: World) -> list[str]:
    """One address for each route. A new route with a placeholder fails here until it has an example."""
    booking = book(wish(room_id=world.small.id, seats=3), actor=factories.actor(world.anna))
    door = urlsplit(join_url(booking.join_link)).path
    examples = {**EXAMPLES, "j/<str:token>": door, "j/<str:token>/event.ics": f"{door}/event.ics"}
    found = []
    for route in routes():
        if route.startswith("^"):  # the web page's own
            found += ["/", "/day", "/bookings", f"/bookings/{booking.id}", "/quotas", "/calendars", "/login"]
        elif "<" not in route:
            found.append(f"/{route}")
        elif "<uuid:" in route:
            found.append(
                "/" + "/".join(ABSENT if part.startswith("<") else part for part in route.split("/"))
            )
        else:
            found.append(examples[route])
    assert len(found) > 30
    return found


@pytest.fixture(params=["nobody", "anna"])
def visitor(request: pytest.FixtureRequest, world: World) -> Client:
    client = Client(raise_request_exception=False)
    if request.param == "anna":
        client.force_login(world.anna)
    return client


def policy_of(answer: Any) -> dict[str, list[str]]:
    rules = [rule.split() for rule in answer["Content-Security-Policy"].split(";")]
    return {name: words for name, *words in rules}


def test_every_route_protects_its_answer(visitor: Client, addresses: list[str]) -> None:
    for address in addresses:
        for answer in (visitor.get(address, secure=True), visitor.post(address, secure=True)):
            assert answer.status_code < 500 or "has not been built" in answer.content.decode(), address
            shown = {name: answer.get(name) for name in EVERYWHERE}
            assert shown == EVERYWHERE, address
            assert answer["X-Frame-Options"] in ("DENY", "SAMEORIGIN"), address
            policy = policy_of(answer)
            assert policy["default-src"] == ["'none'"], address
            assert not any("unsafe" in word or word == "*" for words in policy.values() for word in words)
            assert "Access-Control-Allow-Origin" not in answer, address


def test_what_is_somebodys_own_is_kept_by_no_cache(visitor: Client, addresses: list[str]) -> None:
    personal = (
        "/api/v1/",
        "/j/",
        "/r/",
        "/mails/",
        "/integrations/",
        "/bookings",
        "/quotas",
        "/calendars",
        "/login",
        "/day",
    )
    checked = 0
    for address in addresses:
        if address == "/" or (address.startswith(personal) and not address.endswith("openapi.json")):
            answer = visitor.get(address, secure=True)
            assert answer.status_code == 404 or "no-store" in answer["Cache-Control"], address
            checked += 1
    assert checked > 25


def test_addresses_that_let_people_in_are_told_to_nobody(visitor: Client, addresses: list[str]) -> None:
    for address in [one for one in addresses if one.startswith(("/j/", "/r/"))]:
        answer = visitor.get(address, secure=True)
        assert (answer.status_code, answer["Referrer-Policy"]) == (200, "no-referrer")


def test_cookies_are_host_cookies(visitor: Client, addresses: list[str]) -> None:
    visitor.cookies.clear()
    seen = set()
    for address in addresses:
        for name, cookie in visitor.get(address, secure=True).cookies.items():
            assert cookie["secure"] or name == settings.LANGUAGE_COOKIE_NAME, (address, name)
            assert cookie["samesite"] == "Lax", (address, name)
            assert cookie["path"] == "/" and not cookie["domain"], (address, name)
            seen.add(name)
    assert "__Host-csrftoken" in seen


EVIL = [
    "?next=https://evil.example/",
    "?next=//evil.example",
    "?url=https://evil.example&redirect=https://evil.example&return_to=//evil.example&error=//evil.example",
    "?logoutURL=https://evil.example&redirect_uri=https://evil.example&errorRedirectUrl=https://evil.example",
]


@pytest.mark.parametrize("more", EVIL)
def test_no_request_chooses_where_it_leads(visitor: Client, addresses: list[str], more: str) -> None:
    """A redirect leads to a path of ours; from the join page only, to a server that an operator has entered."""
    for address in addresses:
        # what becomes of a path does not depend on the query
        strange = (f"/{address}", f"//evil.example{address}") if more == EVIL[0] else ()
        for path in (address, *strange):
            for answer in (visitor.get(path + more, secure=True), visitor.post(path + more, secure=True)):
                assert "evil.example" not in urlsplit(answer.get("Location", "")).netloc, (path, more)
                assert urlsplit(answer.get("Location", "")).netloc == "", (path, more)
                assert not answer.get("Location", "/").startswith("//"), (path, more)
