# SPDX-License-Identifier: EUPL-1.2
"""R1.1: every route of the API x method x role x own, foreign and absent object, against the table."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.urls import URLPattern, reverse
from pytest_django import DjangoDbBlocker

from tests.api.caller import ABSENT, PROBLEM, Caller
from tests.rights.routes import METHODS, api_methods
from tests.rights.scene import TITLE, Scene
from tests.rights.table import ROLES, rights
from vconf.audit.models import AuditEntry, Outcome
from vconf.outbox.models import Message
from vconf.web.views import Door

pytestmark = pytest.mark.django_db  # also makes the database that `asking` keeps open

TABLE = rights()
ROUTES = api_methods()

STATUS = {
    "out": {401},
    "-": {404},
    "no": {403},
    "wrong": {401},
    "unfit": {409},
    **{word: {200, 201, 202, 204} for word in ("ok", "full", "restricted", "busy", "list")},
}
CODE = {
    "out": "not_signed_in",
    "-": "not_found",
    "no": "forbidden",
    "wrong": "invalid_credentials",
    "unfit": "cannot_remove",
}

#: list -> the route of one of its rows, and where the row has its id
ROWS = {
    "bookings": ("booking", "id"),
    "occurrences": ("occurrence", "id"),
    "rooms": ("room", "id"),
    "room-classes": ("room-class", "id"),
    "approvals": ("approval", "id"),
    "pools": ("pool", "id"),
    "servers": ("server", "id"),
    "authorities": ("authority", "id"),
    "quotas": ("quota", "authority"),
}


def _is_door(pattern: URLPattern) -> bool:
    return issubclass(getattr(pattern.callback, "cls", object), Door)


class Answer:
    """Status and body, with ids left out so that two answers can be compared."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        text = response.content.decode()
        self.is_json = "json" in response.get("Content-Type", "")
        self.body: Any = json.loads(text) if text and self.is_json else None
        if self.status >= 400:
            assert response["Content-Type"] == PROBLEM
        said = {name: value for name, value in response.items() if name != "X-Request-ID"}
        self.alike = _UUID.sub("ID", f"{self.status} {said} {text}")

    @property
    def code(self) -> str:
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""

    def __repr__(self) -> str:
        return f"{self.status} {self.code}"


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Asking:
    """Asks as each role; nothing stays of it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.callers = {role: Caller(scene.people[role]) for role in ROLES}
        #: for /session, which knows no token
        self.sessions: dict[str, str] = {}
        for role, person in scene.people.items():
            if person is not None:
                self.callers[role].force_login(person, settings.AUTHENTICATION_BACKENDS[-1])
                self.sessions[role] = self.callers[role].cookies[settings.SESSION_COOKIE_NAME].value
        #: of what the scene has done; asking adds none that stay
        self.traces = _traces()

    def ask(self, role: str, route: str, method: str, object_id: UUID | int, **other: Any) -> Answer:
        pattern, _ = ROUTES[route]
        path = reverse(route, args=[object_id] if pattern.pattern.converters else None)
        path += self.scene.suffix(route, method)
        body = other.pop("body", self.scene.body(route, method, object_id))
        options: dict[str, Any] = {"data": self.scene.query(route, object_id)} if method == "GET" else {}
        if body is not None and method != "GET":
            options = {"data": body, "format": "json"}
        if role in self.sessions:  # somebody may just have signed out
            self.callers[role].cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        with transaction.atomic():
            call = getattr(self.callers[role], method.lower())
            answer = Answer(call(path, headers=other.pop("headers", {}), **options))
            if answer.status >= 400:
                assert _traces() == self.traces, f"{role} {method} {route}: refused, and yet done"
            transaction.set_rollback(True)
        return answer


def _traces() -> tuple[int, int]:
    return AuditEntry.objects.filter(outcome=Outcome.DONE).count(), Message.objects.count()


@pytest.fixture(scope="module")
def asking(scene: Scene, django_db_blocker: DjangoDbBlocker) -> Asking:
    """Whatever tests do by it is rolled back at once."""
    with django_db_blocker.unblock():
        return Asking(scene)


@pytest.fixture(autouse=True)
def _no_rates_from_other_tests() -> None:
    cache.clear()


def test_every_route_and_method_has_a_row_and_every_row_a_route() -> None:
    there = {(route, method) for route, (_, methods) in ROUTES.items() for method in methods}

    assert there - TABLE.keys() == set(), "write a row for these into tests/rights/table.py"
    assert TABLE.keys() - there == set(), "these rows are about nothing"


@pytest.mark.parametrize(("route", "method"), TABLE)
def test_the_table_holds_and_foreign_looks_absent(asking: Asking, route: str, method: str) -> None:
    wrong = []
    for role, words in TABLE[route, method].items():
        absent = asking.ask(role, route, method, ABSENT)
        if not _fits(absent, words[2]):
            wrong.append(f"{role}, absent: {words[2]} expected, got {absent}")
        for what, object_id, word in _objects(asking, route, words):
            answer = asking.ask(role, route, method, object_id)
            if not _fits(answer, word):
                wrong.append(f"{role}, {what}: {word} expected, got {answer}")
            if word == "-" and answer.alike != absent.alike:
                wrong.append(f"{role}, {what}: {answer.alike}, but absent is {absent.alike}")
    assert wrong == []


def _objects(asking: Asking, route: str, words: tuple[str, str, str]) -> list[tuple[str, UUID | int, str]]:
    """(what, id, word) of the objects that exist; none for a route that is about no object."""
    if route not in asking.scene.objects or "list" in words:
        return []
    im, fm = asking.scene.objects[route]
    return [("IM", im, words[0]), ("FM", fm, words[1])]


def _fits(answer: Answer, word: str) -> bool:
    if answer.status not in STATUS[word] or (answer.status >= 400 and answer.code != CODE[word]):
        return False
    return word not in ("full", "restricted", "busy") or answer.body["visibility"] == word


@pytest.mark.parametrize(("route", "method"), [one for one in TABLE if one[1] != "GET"])
def test_a_refusal_comes_before_anything_that_tells_more(asking: Asking, route: str, method: str) -> None:
    """With an old version, or a body nobody understands, foreign and absent still answer alike, and a right that is
    missing is told first.
    """
    has_body = asking.scene.body(route, method, ABSENT) is not None
    wrong = []
    for role, words in TABLE[route, method].items():
        tries: list[tuple[str, dict[str, Any]]] = [  # the request as it is stands in the table
            ("old version", {"headers": {"If-Match": '"999"'}}),
            ("no version", {"headers": {"If-Match": "W/x, y"}}),
        ]
        if has_body and ROUTES[route][0].pattern.converters:
            tries += [("unknown field", {"body": {"nonsense": 1}}), ("no object", {"body": []})]
        refused = [one for one in _objects(asking, route, words) if one[2] in ("-", "no", "out")]
        for name, other in tries if refused else ():
            absent = asking.ask(role, route, method, ABSENT, **_copy(other))
            for what, object_id, word in refused:
                answer = asking.ask(role, route, method, object_id, **_copy(other))
                if word == "-" and answer.alike != absent.alike:
                    wrong.append(f"{role}, {what}, {name}: {answer}, but absent {absent}")
                if word == "out" and answer.code != "not_signed_in":
                    wrong.append(f"{role}, {what}, {name}: {answer}")
                if word == "no" and answer.status != 403 and ("body" not in other or answer.status != 400):
                    wrong.append(f"{role}, {what}, {name}: {answer}")
    assert wrong == []


def _copy(other: dict[str, Any]) -> dict[str, Any]:
    return {name: dict(value) if isinstance(value, dict) else value for name, value in other.items()}


@pytest.mark.parametrize("route", ROWS)
def test_a_list_shows_what_its_rows_show_one_by_one(asking: Asking, route: str) -> None:
    row, name = ROWS[route]
    im, fm = asking.scene.objects[row]
    for role, words in TABLE[row, "GET"].items():
        if TABLE[route, "GET"][role][0] != "list":
            continue
        answer = asking.ask(role, route, "GET", ABSENT)
        shown = {one[name]["id"] if name == "authority" else one[name]: one for one in answer.body["results"]}
        for object_id, word in ((im, words[0]), (fm, words[1])):
            assert (str(object_id) in shown) == (word not in ("-", "no")), (role, object_id, word)
            if word in ("full", "restricted", "busy"):
                assert shown[str(object_id)]["visibility"] == word


@pytest.mark.parametrize("route", [name for name, (one, _) in ROUTES.items() if _is_door(one)])
@pytest.mark.parametrize("role", ["organiser", "operator"])
def test_other_methods_do_not_exist(asking: Asking, route: str, role: str) -> None:
    pattern, methods = ROUTES[route]
    im, _ = asking.scene.objects.get(route, (ABSENT, ABSENT))
    path = reverse(route, args=[im] if pattern.pattern.converters else None)
    for method in {*METHODS, "OPTIONS", "TRACE"} - set(methods):
        assert asking.callers[role].generic(method, path).status_code == 405, method


# --- what is shown of a booking ------------------------------------------------------------------------------------


def test_each_role_sees_of_a_booking_what_the_design_says(asking: Asking) -> None:
    """Admins: "times, seats, organiser, state, no titles, attendees or links". Operator: "no titles or people"."""
    scene = asking.scene
    booking = scene.im.booking
    secrets = {
        "title": TITLE,
        "link": booking.join_link.token,
        "PIN": booking.join_link.pin,
        "moderator PIN": booking.join_link.moderator_pin,
        "attendee": "frieda.fink@fm.mv.example",
        "organiser": "Anna Amsel",
    }
    everything = set(secrets)
    may_know = {
        "organiser": everything,
        "attendee": everything - {"moderator PIN"},
        "admin": {"organiser"},
        "operator": set(),
        "colleague": set(),
    }
    for role, expected in may_know.items():
        told = ""
        for route, object_id in (
            ("booking", booking.id),
            ("bookings", ABSENT),
            ("occurrence", scene.im.occurrence.id),
            ("occurrences", ABSENT),
            ("room-occurrences", scene.im.room.id),
            ("room", scene.im.room.id),
        ):
            told += json.dumps(asking.ask(role, route, "GET", object_id).body, ensure_ascii=False)
        assert {name for name, secret in secrets.items() if secret in told} == expected, role


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("organiser", "attendee", "deputy")])
def test_a_hidden_title_cannot_be_searched_for(asking: Asking, role: str) -> None:
    caller = asking.callers[role]

    found = caller.get("bookings", {"mine": "false", "q": TITLE})
    other = caller.get("bookings", {"mine": "false", "q": "nothing of the kind"})

    assert found.content == other.content
