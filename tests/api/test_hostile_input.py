# SPDX-License-Identifier: EUPL-1.2
"""R7.4: bad input gives 4xx with problem details, on every route; nothing internal is shown.

Everything is tried on every operation that the schema names, so that new routes are covered by being there.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse

from tests.api.caller import ABSENT, PROBLEM, Caller, wish
from tests.factories import World

#: databases differ in what they take for a text or a number
pytestmark = pytest.mark.engine

VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**400,
    1e308,
    -0.5,
    "",
    " ",
    "x" * 100_000,
    "\0",
    "\ud800",
    "\u202e\u2028\r\n\t",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{7*7}}%s%n",
    "../../etc/passwd",
    "0000-00-00T00:00",
    "9999-12-31T23:59:59.999999+14:00",
    "0001-01-01T00:00:00-14:00",
    "2027-02-29T25:61",
    "PT99999999999999999999H",
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


def operations(caller: Caller) -> list[tuple[str, str, dict[str, Any]]]:
    schema = caller.get(reverse("schema")).json()
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


#: what databases take differently is the same for all callers: one tries it on SQLite, all on PostgreSQL
ON_POSTGRESQL = pytest.mark.postgresql


@pytest.fixture(
    params=["chief", pytest.param("operator", marks=ON_POSTGRESQL), pytest.param("anna", marks=ON_POSTGRESQL)]
)
def caller(request: pytest.FixtureRequest) -> Caller:
    found: Caller = request.getfixturevalue(request.param)
    found.raise_request_exception = False
    return found


def test_every_field_of_every_body_takes_anything_without_breaking(world: World, caller: Caller) -> None:
    schema = caller.get(reverse("schema")).json()
    ids = {**known_ids(world), "bookings": caller.post("bookings", wish()).json().get("id", str(ABSENT))}
    tried = 0
    for method, path, operation in operations(caller):
        if "requestBody" not in operation or path.endswith("/session"):
            continue
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        fields = schema["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
        for name in fields:
            for value in VALUES:
                body = wish(**{name: value}) if path.endswith("/bookings") else {name: value}
                response = caller.generic(
                    method.upper(), fill(path, ids), json.dumps(body), "application/json"
                )
                assert_refused(response, (method, path, name, repr(value)[:60]))
                tried += 1
    assert tried > 1000


def test_every_parameter_of_every_query_takes_anything_without_breaking(world: World, caller: Caller) -> None:
    values = [
        str(value)[:3000].encode(errors="surrogatepass").decode("latin-1") for value in VALUES if value != []
    ]
    tried = 0
    for method, path, operation in operations(caller):
        for parameter in operation.get("parameters", []):
            if parameter["in"] != "query" or path.endswith("/people"):
                continue
            for value in values:
                url = fill(path, known_ids(world))
                response = caller.get(url, {parameter["name"]: value}) if method == "get" else None
                if response is not None:
                    assert_refused(response, (path, parameter["name"], value[:60]))
                    tried += 1
    assert tried > 500


@pytest.mark.parametrize(("what", "raw"), RAW, ids=[name for name, _raw in RAW])
def test_a_body_that_is_none_is_refused_on_every_route(
    world: World, chief: Caller, what: str, raw: bytes
) -> None:
    chief.raise_request_exception = False
    for method, path, operation in operations(chief):
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


def test_wrong_methods_are_refused_with_those_allowed(world: World, chief: Caller) -> None:
    named: dict[str, set[str]] = {}
    for method, path, _operation in operations(chief):
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
        "HTTP_IF_MATCH",
        "HTTP_IDEMPOTENCY_KEY",
        "HTTP_ACCEPT_LANGUAGE",
        "HTTP_ACCEPT",
        "HTTP_AUTHORIZATION",
        "CONTENT_TYPE",
        "HTTP_X_REQUEST_ID",
        "HTTP_X_FORWARDED_FOR",
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
