# SPDX-License-Identifier: EUPL-1.2
"""R7.4: bad input gives 4xx with problem details, on every route; nothing internal is shown.

Everything is tried on every operation that the schema names, so that new routes are covered by being there.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from tests.api.caller import ABSENT, PROBLEM, Caller, wish
from tests.factories import World

#: what databases and their drivers may take differently
FOR_DATABASES: list[Any] = [
    None,
    -1,
    2**31,
    2**63,
    10**400,
    1e308,
    "x" * 100_000,
    "\0",
    "\ud800",
    "\u202e\u2028\r\n\t",
    "' OR 1=1 --",
    "{{7*7}}%s%n",
    "9999-12-31T23:59:59.999999+14:00",
    "0001-01-01T00:00:00-14:00",
    "PT99999999999999999999H",
]

#: what is refused, or taken for a text like any other, before a database sees it
FOR_READERS: list[Any] = [
    True,
    0,
    -0.5,
    "",
    " ",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "0000-00-00T00:00",
    "2027-02-29T25:61",
    [],
    {},
    [[]],
    [{"a": [{"b": {}}]}],
    {"$ne": None},
    [None] * 1000,
]

RAW: list[tuple[str, bytes]] = [
    ("nothing", b""),
    ("half", b'{"title": "x'),
    ("not JSON", b"title=x"),
    ("null", b"null"),
    ("a list", b"[1,2,3]"),
    ("a number", b"17"),
    ("invalid UTF-8", b'{"title": "\xff\xfe"}'),
    ("UTF-16", '{"title": "x"}'.encode("utf-16")),
    ("NaN", b'{"seats": NaN}'),
    ("Infinity", b'{"seats": -Infinity}'),
    ("a million nines", b'{"seats": ' + b"9" * 100_000 + b"}"),
    ("huge exponent", b'{"seats": 1e999999}'),
    ("deep lists", b'{"attendees": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ("deep objects", b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    ("lone surrogate in a name", b'{"\\ud800": 1}'),
    ("NUL in a name", b'{"\\u0000": 1}'),
    ("ten thousand fields", json.dumps({f"f{n}": n for n in range(10_000)}).encode()),
    ("the same field twice", b'{"seats": 1, "seats": "x"}'),
]


def values() -> list[Any]:
    """SQLite's tests try all of them; PostgreSQL's those that get as far as there."""
    return FOR_DATABASES if connection.vendor == "postgresql" else FOR_DATABASES + FOR_READERS


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def send(
    caller: Caller,
    method: str,
    path: str,
    body: str | bytes = "",
    kind: str = "application/json",
    **extra: Any,
) -> Any:
    call: Any = caller.generic  # its types know neither bytes nor the names of headers
    return call(method, path, body, kind, **extra)


def known_ids(world: World) -> dict[str, str]:
    """Ids for which the operator and the admin of everything reach the code behind the look-up."""
    return {
        "rooms": str(world.shared.id),
        "room-classes": str(world.standard.id),
        "pools": str(world.pool.id),
        "servers": str(world.servers[0].id),
        "authorities": str(world.im.id),
        "people": str(world.bernd.id),
    }


#: how somebody is answered whose body or query has not been looked at
TURNED_AWAY = (403, 404)


def fill(path: str, ids: dict[str, str]) -> str:
    return path.replace("{id}", ids.get(path.split("/")[3], str(ABSENT)))


def assert_refused(response: Any, what: object) -> None:
    assert response.status_code < 500, (what, response.content[:500])
    if response.status_code >= 400:
        assert response["Content-Type"] == PROBLEM, what
        text = response.content.decode()
        json.loads(text)
        for inside in ("Traceback", "django", "sqlite", "psycopg", 'File "', "rest_framework", "vconf.web"):
            assert inside not in text, (what, text[:500])


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The same for everybody."""
    found: dict[str, Any] = json.loads(Caller(None).get(reverse("schema")).content)
    return found


@pytest.fixture
def callers(chief: Caller, operator: Caller, anna: Caller) -> list[Caller]:
    """Who may most comes first: others are needed only where those before were turned away, and not on both databases,
    for what these take differently is the same for all callers.
    """
    found = [chief, operator, anna] if connection.vendor == "postgresql" else [chief]
    for caller in found:
        caller.raise_request_exception = False
    return found


@pytest.mark.long
@pytest.mark.engine
def test_every_field_of_every_body_takes_anything_without_breaking(
    world: World, callers: list[Caller], schema: dict[str, Any]
) -> None:
    passed: set[tuple[str, str]] = set()
    tried = 0
    for caller in callers:
        ids = {**known_ids(world), "bookings": caller.post("bookings", wish()).json().get("id", str(ABSENT))}
        for method, path, operation in operations(schema):
            if "requestBody" not in operation or path.endswith("/session") or (method, path) in passed:
                continue
            if caller is not callers[0] and str(ABSENT) in fill(path, ids):
                continue  # what is not there is so for everybody
            reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            fields = schema["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
            for name in fields:
                for value in values():
                    body = wish(**{name: value}) if path.endswith("/bookings") else {name: value}
                    response = caller.generic(
                        method.upper(), fill(path, ids), json.dumps(body), "application/json"
                    )
                    assert_refused(response, (method, path, name, repr(value)[:60]))
                    if response.status_code not in TURNED_AWAY and not path.endswith("/bookings"):
                        passed.add((method, path))
                    tried += 1
    assert tried > 1000


@pytest.mark.engine
def test_every_parameter_of_every_query_takes_anything_without_breaking(
    world: World, callers: list[Caller], schema: dict[str, Any]
) -> None:
    texts = [
        str(value)[:3000].encode(errors="surrogatepass").decode("latin-1")
        for value in values()
        if value != []
    ]
    passed: set[str] = set()
    tried = 0
    for caller in callers:
        for method, path, operation in operations(schema):
            if method != "get" or path.endswith("/people") or path in passed:
                continue
            for parameter in operation.get("parameters", []):
                if parameter["in"] != "query":
                    continue
                for text in texts:
                    response = caller.get(fill(path, known_ids(world)), {parameter["name"]: text})
                    assert_refused(response, (path, parameter["name"], text[:60]))
                    if response.status_code not in TURNED_AWAY:
                        passed.add(path)
                    tried += 1
    assert tried > 500


@pytest.mark.parametrize(("what", "raw"), RAW, ids=[name for name, _raw in RAW])
def test_a_body_that_is_none_is_refused_on_every_route(
    world: World, chief: Caller, schema: dict[str, Any], what: str, raw: bytes
) -> None:
    chief.raise_request_exception = False
    for method, path, operation in operations(schema):
        if "requestBody" not in operation or path.endswith("/session"):
            continue
        response = send(chief, method.upper(), fill(path, known_ids(world)), raw)
        assert_refused(response, (what, method, path))
        # an empty body changes nothing, which some routes take
        assert response.status_code >= 400 or what == "nothing", (what, method, path)


@pytest.mark.parametrize(
    "given", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"]
)
def test_another_format_is_refused(world: World, chief: Caller, given: str) -> None:
    response = send(chief, "POST", "bookings", b"title=x", given)

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_wrong_methods_are_refused_with_those_allowed(
    world: World, chief: Caller, schema: dict[str, Any]
) -> None:
    named: dict[str, set[str]] = {}
    for method, path, _operation in operations(schema):
        named.setdefault(path, set()).add(method.upper())
    for path, methods in named.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} - methods:
            response = chief.generic(method, fill(path, known_ids(world)))
            assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed"), (
                method,
                path,
            )
            allowed = {one.strip() for one in response["Allow"].split(",")}
            assert allowed - {"HEAD"} == methods, (method, path)


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "bookings/",
        "bookings/1",
        f"bookings/{ABSENT}/",
        "bookings/%00",
        "bookings/..%2f..",
        "rooms/%ED%A0%BD",
    ],
)
def test_what_is_not_there_is_a_problem_too(chief: Caller, path: str) -> None:
    chief.raise_request_exception = False

    response = chief.get(path)

    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)


@pytest.mark.parametrize(
    "header",
    [
        # of these something is looked up or kept
        *(
            pytest.param(name, marks=pytest.mark.engine)
            for name in (
                "HTTP_IDEMPOTENCY_KEY",
                "HTTP_AUTHORIZATION",
                "HTTP_X_REQUEST_ID",
                "HTTP_X_FORWARDED_FOR",
            )
        ),
        "HTTP_IF_MATCH",
        "HTTP_ACCEPT_LANGUAGE",
        "HTTP_ACCEPT",
        "CONTENT_TYPE",
    ],
)
@pytest.mark.parametrize(
    "value", ["", "\xff\xfe", "x" * 10_000, "*;q=2, ,;", "\0", '"' * 99, "de;q=x,en;q=9e9"]
)
def test_headers_take_anything_without_breaking(world: World, anna: Caller, header: str, value: str) -> None:
    anna.raise_request_exception = False
    booking = anna.post("bookings", wish()).json()["id"]

    answers = [
        send(anna, "POST", "bookings", json.dumps(wish()), **{header: value}),
        send(anna, "PATCH", f"bookings/{booking}", "{}", **{header: value}),
        send(anna, "GET", "bookings", **{header: value}),
    ]

    for response in answers:
        assert_refused(response, (header, value[:40]))
