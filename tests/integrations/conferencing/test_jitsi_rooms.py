# SPDX-License-Identifier: EUPL-1.2
"""What a census and the size of a room say, also when they say nonsense."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.integrations.conferencing.jitsi_server import Answer, jitsi_server
from tests.integrations.conferencing.test_jitsi_tokens import shard
from vconf.integrations.conferencing.jitsi.rooms import read_census
from vconf.integrations.conferencing.port import (
    UNOPENED,
    BackendError,
    Misbehaving,
    NotSupported,
    WrongSecret,
)

OPENED = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
SECONDS = int(OPENED.timestamp())
MUC = "conference.meet.example"


def room(name: str = f"vconf-1@{MUC}", **fields: Any) -> dict[str, Any]:
    return {"room_name": name, "participants": 3, "created_time": SECONDS, "leaked": False, **fields}


@pytest.mark.parametrize("created", [SECONDS, SECONDS * 1000, float(SECONDS)])
def test_seconds_and_milliseconds_are_the_same_opening(created: float) -> None:
    [seen] = read_census({"room_census": [room(created_time=created)]}, shard())

    assert (seen.external_id, seen.people, seen.moderators) == ("vconf-1", 3, 0)
    assert (seen.created_at, seen.started_at) == (OPENED, OPENED)
    assert seen.incarnation == str(SECONDS * 1000)


def test_rooms_come_by_name() -> None:
    listed = read_census(
        {"room_census": [room(f"vconf-2@{MUC}"), room(f"vconf-1@{MUC}"), room(f"kaffee@{MUC}")]}, shard()
    )

    assert [one.external_id for one in listed] == ["kaffee", "vconf-1", "vconf-2"]


@pytest.mark.parametrize(
    "name",
    [
        "ca5f4a5e-77c0-4a3f-8a3a-000000000001@breakout.meet.example",
        f"[tenant]vconf-1@{MUC}",
        "vconf-1@conference.other.example",
        f"@{MUC}",
        f"a b@{MUC}",
        f"{'x' * 300}@{MUC}",
        "vconf-1",
        "",
    ],
)
def test_breakout_rooms_tenants_and_others_are_not_ours(name: str) -> None:
    assert read_census({"room_census": [room(name)]}, shard()) == []


def test_case_is_folded_as_prosody_does() -> None:
    [seen] = read_census({"room_census": [room("VCONF-1@Conference.Meet.Example")]}, shard())

    assert seen.external_id == "vconf-1"


@pytest.mark.parametrize(
    ("fields", "people"),
    [
        ({"participants": 0}, 0),
        ({"participants": -1}, 0),
        ({"participants": "5"}, 0),
        ({"participants": 2.5}, 0),
        ({"participants": True}, 0),
        ({"participants": 10**12}, 0),
        ({"participants": 4, "leaked": True}, 0),
        ({"participants": 4, "leaked": "yes"}, 4),
    ],
)
def test_only_people_who_are_there_count(fields: dict[str, Any], people: int) -> None:
    [seen] = read_census({"room_census": [room(**fields)]}, shard())

    assert seen.people == people


@pytest.mark.parametrize("created", [None, "yesterday", -1, 0, True, 10**20, [], float("inf")])
def test_an_absurd_time_is_none(created: object) -> None:
    [seen] = read_census({"room_census": [room(created_time=created)]}, shard())

    assert (seen.created_at, seen.incarnation) == (None, UNOPENED)


def test_older_versions_write_an_empty_list_as_an_object() -> None:
    assert read_census({"room_census": {}}, shard()) == []


@pytest.mark.parametrize(
    "content", [{}, {"room_census": None}, {"room_census": {"a": 1}}, {"room_census": [1]}]
)
def test_a_census_of_something_else_is_none(content: dict[str, Any]) -> None:
    with pytest.raises(Misbehaving):
        read_census(content, shard())


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(400), "misbehaving"),
        (Answer(500), "misbehaving"),
        (Answer(302, b"", {"Location": "/elsewhere"}), "redirected"),
        (Answer(200, b"<html>"), "misbehaving"),
        (Answer(200, b""), "misbehaving"),
        (Answer(200, b"[]"), "misbehaving"),
        (Answer(200, b'{"room_census": NaN}'), "misbehaving"),
        (Answer(200, b"[" * 100_000), "misbehaving"),
        (Answer(200, b"\xff\xfe{}"), "misbehaving"),
        (Answer(200, b" " * (6 * 1024 * 1024)), "answer_too_big"),
    ],
)
def test_a_census_that_is_none_is_a_failure_of_the_server(answer: Answer, code: str) -> None:
    with jitsi_server(**{"/room-census": answer}) as server, pytest.raises(BackendError) as caught:
        server.backend().live_meetings()

    assert caught.value.code == code
    assert not caught.value.permanent
    assert "elsewhere" not in " ".join(server.paths())


@pytest.mark.parametrize(
    ("answer", "code"),
    [(Answer(404, b"<html>"), "no_such_path"), (Answer(403), "closed_to_us"), (Answer(401), "closed_to_us")],
)
def test_a_census_that_is_not_for_us_says_nothing_against_the_server(answer: Answer, code: str) -> None:
    with jitsi_server(**{"/room-census": answer}) as server:
        for call in (server.backend().live_meetings, lambda: server.backend().find_meeting("vconf-1")):
            with pytest.raises(NotSupported) as caught:
                call()
            assert caught.value.code == code


@pytest.mark.parametrize(
    ("answer", "people"),
    [(Answer(200, {"participants": 7}), 7), (Answer(200, {"participants": 1}), 1), (Answer(404), None)],
)
def test_without_a_census_one_room_is_asked_for(answer: Answer, people: int | None) -> None:
    with jitsi_server(**{"/room-size": answer}) as server:
        backend = server.backend(census_url=None)
        listed, found = backend.live_meetings(), backend.find_meeting("vconf-1")

    assert not backend.lists_meetings
    assert list(listed) == []
    assert (None if found is None else found.people) == people
    assert found is None or found.incarnation == UNOPENED


def test_the_size_is_asked_for_with_a_token_for_that_room() -> None:
    with jitsi_server() as server:
        server.backend(census_url=None).find_meeting("vconf-1")

    asked = server.asked[-1]
    assert asked.path == "/room-size"
    assert asked.query.startswith("room=vconf-1&domain=meet.example&token=ey")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(403), WrongSecret),
        (Answer(401), WrongSecret),
        (Answer(400), Misbehaving),
        (Answer(503), Misbehaving),
        (Answer(200, {"participants": "many"}), Misbehaving),
        (Answer(200, {}), Misbehaving),
        (Answer(200, b"7"), Misbehaving),
    ],
)
def test_what_a_size_may_fail_with(answer: Answer, kind: type[BackendError]) -> None:
    with jitsi_server(**{"/room-size": answer}) as server, pytest.raises(BackendError) as caught:
        server.backend(census_url=None).find_meeting("vconf-1")

    assert type(caught.value) is kind
    assert "token" not in str(caught.value) or "ey" not in str(caught.value)


def test_a_server_that_tells_nothing_says_so() -> None:
    with jitsi_server() as server, pytest.raises(NotSupported) as caught:
        server.backend(census_url=None, size_url=None).find_meeting("vconf-1")

    assert caught.value.code == "occupancy_unknown"
