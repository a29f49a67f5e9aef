# SPDX-License-Identifier: EUPL-1.2
"""What a Jitsi shard's Prosody is answered that asks whether it may open a room."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import wish
from tests.factories import World
from tests.prosody import FORM, Answered, accepted, asking, encoded
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import Meeting, Occurrence
from vconf.bookings.moving import move_meeting
from vconf.bookings.services import book
from vconf.integrations.conferencing import prosody, reservations
from vconf.integrations.conferencing.hints import Rarely
from vconf.rooms.models import ConferenceServer, ServerEvent

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

TITLE = "Geheime Lage"
TOKEN = "prosody-token-3f1b"
ABSENT = "0199a3c2-7d10-7c11-9d53-0a2b6d4f8e99"


@pytest.fixture(autouse=True)
def _nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prosody, "_refusals", Rarely(prosody.NOTED_EVERY))


@pytest.fixture
def world() -> World:
    world = factories.world(overrun_minutes=30)
    ConferenceServer.objects.update(kind="jitsi")
    return world


@pytest.fixture
def meeting(world: World) -> Meeting:
    return open_occurrence(book_at(world, timedelta()).id)


def book_at(world: World, begins: timedelta, **fields: Any) -> Occurrence:
    local = (timezone.now() + begins).replace(second=0, microsecond=0, tzinfo=None)
    wanted = wish(
        **{"title": TITLE, "starts_local": local, "timezone": "UTC", "room_id": world.small.id, **fields}
    )
    date: Occurrence = book(wanted, actor=factories.actor(world.anna)).occurrences.get()
    return date


def prefix(server: ConferenceServer) -> str:
    return f"/integrations/jitsi/{server.hook_token}"


def ask(
    server: ConferenceServer, room: str, *, body: bytes | None = None, authorization: str = ""
) -> Answered:
    data = encoded(asking(room)) if body is None else body
    return call("POST", f"{prefix(server)}/conference", data, **as_header(authorization))


def as_header(authorization: str) -> dict[str, str]:
    return {"Authorization": authorization} if authorization else {}


def call(method: str, path: str, body: bytes = b"", kind: str = FORM, **headers: str) -> Answered:
    answer = Client(enforce_csrf_checks=True).generic(method, path, body, content_type=kind, headers=headers)
    return Answered(answer.status_code, answer.headers, answer.content)


def bearer(server: ConferenceServer, token: str = TOKEN) -> None:
    server.keys = json.dumps({"reservation_token": token})
    server.save()


# What is answered


def test_a_booked_room_opens_now_and_until_its_latest_end(meeting: Meeting) -> None:
    owner = "9d1c2f34@meet.example"
    before = timezone.now()

    answered = ask(
        meeting.server, meeting.external_id, body=encoded(asking(meeting.external_id, owner=owner))
    )

    id, start, seconds = accepted(answered, meeting.external_id)
    told = answered.json
    assert (told["name"], told["mail_owner"]) == (meeting.external_id, owner)
    assert id.startswith(str(meeting.id))
    assert before - timedelta(seconds=1) < start <= timezone.now()
    latest = meeting.occurrence.ends_at + timedelta(minutes=30)
    assert abs(start + timedelta(seconds=seconds) - latest) < timedelta(seconds=3)
    # six people, and jicofo
    assert (told["max_occupants"], told["lobby"]) == (7, False)
    assert "password" not in told


def test_a_name_in_capitals_is_answered_in_lower_case(meeting: Meeting) -> None:
    """So it is compared."""
    answered = ask(meeting.server, meeting.external_id.upper())

    assert answered.json["name"] == meeting.external_id


def test_asked_again_it_is_answered_alike_but_for_the_opening(meeting: Meeting) -> None:
    first, second = (ask(meeting.server, meeting.external_id) for _ in range(2))

    assert (first.status, second.status) == (200, 200)
    assert first.json.keys() == second.json.keys()
    assert ServerEvent.objects.filter(code="opened").count() == 2


def test_a_server_whose_clock_is_wrong_gets_its_own_time_back(meeting: Meeting) -> None:
    """It counts the duration from there by that clock: the room would close ten minutes early, or late."""
    theirs = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
    form = encoded(asking(meeting.external_id, at=theirs))

    _, start, seconds = accepted(ask(meeting.server, "", body=form), meeting.external_id)

    assert start == theirs
    remaining = meeting.occurrence.ends_at + timedelta(minutes=30) - timezone.now()
    assert abs(seconds - remaining.total_seconds()) < 3


@pytest.mark.parametrize(
    "nonsense", ["", "yesterday", "2026-11-27T09:00:00", "0001-01-01T00:00:00.000Z", "1e99"]
)
def test_a_time_that_tells_nothing_is_left_aside(meeting: Meeting, nonsense: str) -> None:
    form = asking(meeting.external_id) | {"start_time": nonsense}

    _, start, _ = accepted(ask(meeting.server, "", body=encoded(form)), meeting.external_id)

    assert abs(start - timezone.now()) < timedelta(seconds=5)


def test_the_lobby_is_on_where_the_class_says_so() -> None:
    world = factories.world(lobby=True)
    ConferenceServer.objects.update(kind="jitsi")
    meeting = open_occurrence(book_at(world, timedelta()).id)

    assert ask(meeting.server, meeting.external_id).json["lobby"] is True


@pytest.mark.parametrize(("abilities", "minutes"), [([], 90), (["end", "lobby"], 24 * 60 + 30)])
def test_a_room_that_can_be_ended_from_here_stays_open_for_as_long_as_could_be(
    meeting: Meeting, abilities: list[str], minutes: int
) -> None:
    """A running meeting may be made longer, and Prosody is told of no later end: vconf ends it when it is time."""
    ConferenceServer.objects.update(abilities=abilities)

    _, start, seconds = accepted(ask(meeting.server, meeting.external_id), meeting.external_id)

    latest = meeting.occurrence.starts_at + timedelta(minutes=minutes)
    assert abs(start + timedelta(seconds=seconds) - latest) < timedelta(seconds=3)


# What is refused, and how it is said


def test_a_room_nobody_booked_stays_shut(meeting: Meeting) -> None:
    answered = ask(meeting.server, "kaffeeklatsch")

    assert answered.status == 404
    assert "Link in Ihrer Einladung" in answered.json["message"]
    assert "link in your invitation" in answered.json["message"]


def test_another_shard_is_told_that_it_is_held_elsewhere(world: World, meeting: Meeting) -> None:
    other = next(server for server in world.servers if server.id != meeting.server_id)

    answered = ask(other, meeting.external_id)

    assert answered.status == 403
    assert "nicht auf diesem Server" in answered.json["message"]
    assert "not held on this server" in answered.json["message"]
    assert f"/r/{world.small.slug}" in answered.json["message"]
    event = ServerEvent.objects.exclude(kind="placed").get()
    assert (event.server, event.kind, event.code, event.meeting_id) == (
        other,
        "reservation",
        "elsewhere",
        meeting.id,
    )


def test_who_comes_too_early_is_told_when_it_opens(world: World) -> None:
    date = book_at(world, timedelta(hours=3), timezone="Europe/Berlin")
    Occurrence.objects.filter(id=date.id).update(
        starts_at=datetime(2099, 5, 4, 8, tzinfo=UTC),
        ends_at=datetime(2099, 5, 4, 9, tzinfo=UTC),
        blocks_from=datetime(2099, 5, 4, 8, tzinfo=UTC),
        blocks_until=datetime(2099, 5, 4, 9, tzinfo=UTC),
    )
    meeting = open_occurrence(date.id)

    answered = ask(meeting.server, meeting.external_id)

    assert answered.status == 403
    assert "Montag, 4. Mai 2099 um 09:45" in answered.json["message"]
    assert "Monday, 4 May 2099 at 09:45" in answered.json["message"]


@pytest.mark.parametrize(
    ("state", "german", "english"),
    [
        ("ended", "zu Ende", "is over"),
        ("cancelled", "abgesagt", "was cancelled"),
        ("pending", "noch nicht bestätigt", "not confirmed yet"),
    ],
)
def test_a_date_that_does_not_stand_is_told_as_such(
    meeting: Meeting, state: str, german: str, english: str
) -> None:
    Occurrence.objects.filter(id=meeting.occurrence_id).update(state=state)

    answered = ask(meeting.server, meeting.external_id)

    assert answered.status == 403
    assert german in answered.json["message"]
    assert english in answered.json["message"]


def test_no_refusal_tells_a_title_or_a_link(world: World, meeting: Meeting) -> None:
    """What Prosody is told stands in its log, and on the screen of whoever knows the room's name."""
    assert move_meeting(meeting.id, server_id=world.servers[-1].id)
    for state in ("confirmed", "live", "ended", "cancelled", "pending"):
        Occurrence.objects.filter(id=meeting.occurrence_id).update(state=state)
        message = ask(meeting.server, meeting.external_id).json["message"]
        assert TITLE not in message
        assert "Anna" not in message
        assert "/j/" not in message
        assert meeting.occurrence.booking.join_link.token not in message


def test_the_same_refusal_is_noted_once_a_minute(world: World, meeting: Meeting) -> None:
    for _ in range(5):
        ask(meeting.server, "kaffeeklatsch")

    assert ServerEvent.objects.filter(code="unknown").count() == 1


# Who may ask


def test_nobody_gets_past_a_wrong_address(world: World, meeting: Meeting) -> None:
    wrong = f"/integrations/jitsi/{'x' * 43}"
    for method, path in (
        ("POST", "/conference"),
        ("GET", "/conference/x"),
        ("DELETE", "/conference/x"),
        ("POST", "/events/room/created"),
    ):
        answered = call(method, wrong + path, encoded(asking(meeting.external_id)))
        assert answered.status == 404
        assert set(answered.json) == {"message"}


def test_servers_of_another_kind_do_not_ask_like_this(world: World, meeting: Meeting) -> None:
    ConferenceServer.objects.update(kind="bigbluebutton")

    assert ask(meeting.server, meeting.external_id).status == 404


@pytest.mark.parametrize("given", ["", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer ", "Bearer ü"])
def test_a_wrong_token_is_answered_as_a_wrong_address_is(world: World, meeting: Meeting, given: str) -> None:
    bearer(meeting.server)
    nowhere = f"/integrations/jitsi/{'x' * 43}/conference"
    stranger = call("POST", nowhere, encoded(asking("a")), **as_header(given))

    answered = ask(meeting.server, meeting.external_id, authorization=given)

    assert (answered.status, answered.body) == (stranger.status, stranger.body)
    event = ServerEvent.objects.exclude(kind="placed").get()
    assert (event.server_id, event.kind, event.code) == (meeting.server_id, "hook_refused", "wrong_token")
    assert Meeting.objects.get().opened_at is None


def test_the_right_token_opens(world: World, meeting: Meeting) -> None:
    bearer(meeting.server)

    assert ask(meeting.server, meeting.external_id, authorization=f"Bearer {TOKEN}").status == 200


# What comes in


def test_no_address_is_redirected(world: World, meeting: Meeting) -> None:
    """Prosody follows none, and Django would send a POST on without its body."""
    where = prefix(meeting.server)
    for path in (
        "/conference",
        "/conference/1",
        "/events/room/created",
        "/conference/",
        "/conference/1/",
        "",
    ):
        for method in ("GET", "POST", "DELETE"):
            assert call(method, where + path).status not in range(300, 400)


@pytest.mark.parametrize(
    "body",
    [
        b"&",
        b"name",
        b"name=",
        b"start_time=x",
        b"name=%ff%fe",
        "name=ä".encode(),
        b"name=a&name=b",
        b"&".join(b"a%d=1" % number for number in range(50)) + b"&name=x",
        b'{"name": "x"}',
        b"\0" * 100,
    ],
)
def test_what_is_no_such_form_is_refused(meeting: Meeting, body: bytes) -> None:
    assert ask(meeting.server, "", body=body).status == 400


@pytest.mark.parametrize(
    "room",
    [
        "\0",
        "a\0b",
        "ä",
        "[tenant]room",
        "x" * 3000,
        "'; DROP TABLE--",
        "../../etc",
        "%00",
        " ",
        "\ud7ff",
        "a@b",
    ],
)
def test_names_that_rooms_of_ours_never_have_are_unknown(meeting: Meeting, room: str) -> None:
    assert ask(meeting.server, room).status == 404


def test_a_form_is_asked_for(meeting: Meeting) -> None:
    where = f"{prefix(meeting.server)}/conference"
    form = encoded(asking(meeting.external_id))

    assert call("POST", where, form, "application/json").status == 415
    assert call("POST", where, form, "multipart/form-data; boundary=x").status == 415
    assert call("POST", where, form, f"{FORM}; charset=utf-8").status == 200


def test_what_is_too_big_is_refused_before_it_is_read(meeting: Meeting) -> None:
    padded = encoded(asking(meeting.external_id) | {"mail_owner": "x" * reservations.MAX_BODY})

    assert ask(meeting.server, "", body=padded).status == 413


def test_what_is_too_big_and_does_not_tell_is_refused(meeting: Meeting) -> None:
    path = f"{prefix(meeting.server)}/conference"
    headers = [(b"content-type", FORM.encode())]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    body = encoded(asking(meeting.external_id) | {"mail_owner": "x" * reservations.MAX_BODY})

    answer = reservations.conference(ASGIRequest(scope, BytesIO(body)), meeting.server.hook_token)

    assert answer.status_code == 413


def test_other_methods_do_nothing(meeting: Meeting) -> None:
    where = prefix(meeting.server)
    for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD"):
        assert call(method, f"{where}/conference").status == 405
    for method in ("POST", "PUT", "PATCH"):
        assert call(method, f"{where}/conference/1").status == 405
    assert Meeting.objects.get().opened_at is None


# The other calls


def test_one_that_was_named_can_be_asked_for(world: World, meeting: Meeting) -> None:
    opened = ask(meeting.server, meeting.external_id).json

    found = call("GET", f"{prefix(meeting.server)}/conference/{opened['id']}")

    assert found.status == 200
    unlike = {"start_time", "duration", "mail_owner"}
    assert {k: v for k, v in found.json.items() if k not in unlike} == {
        k: v for k, v in opened.items() if k not in unlike
    }
    other = next(server for server in world.servers if server.id != meeting.server_id)
    assert call("GET", f"{prefix(other)}/conference/{opened['id']}").status == 403


def test_asking_for_one_changes_nothing(meeting: Meeting) -> None:
    id = ask(meeting.server, meeting.external_id).json["id"]
    writes = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
    for asked in (id, "1", f"{meeting.id}"):
        with CaptureQueriesContext(connection) as captured:
            call("GET", f"{prefix(meeting.server)}/conference/{asked}")
        assert not [query for query in captured if writes.match(query["sql"])]


def test_a_room_that_is_gone_can_be_opened_again(meeting: Meeting) -> None:
    first = ask(meeting.server, meeting.external_id).json
    time.sleep(0.002)  # openings are told apart by the millisecond

    gone = call("DELETE", f"{prefix(meeting.server)}/conference/{first['id']}")

    assert (gone.status, gone.body) == (204, b"")
    assert Meeting.objects.get().opened_at is None
    second = ask(meeting.server, meeting.external_id)
    assert second.status == 200
    assert second.json["id"] != first["id"]
    # sent once more after it had been opened again
    call("DELETE", f"{prefix(meeting.server)}/conference/{first['id']}")
    assert Meeting.objects.get().opened_at is not None


@pytest.mark.parametrize(
    "id",
    ["1", "nobody", f"{ABSENT}.1", ABSENT, f"{ABSENT}.999999999999999", "%00", "٣" * 8, "x" * 5000],
)
def test_what_was_never_open_is_gone(meeting: Meeting, id: str) -> None:
    answered = call("DELETE", f"{prefix(meeting.server)}/conference/{id}")

    # a path with control characters is nobody's
    assert answered.status == (404 if id == "%00" else 204)
    assert call("GET", f"{prefix(meeting.server)}/conference/{id}").status == 404


def test_nobody_else_closes_a_room(world: World, meeting: Meeting) -> None:
    id = ask(meeting.server, meeting.external_id).json["id"]
    other = next(server for server in world.servers if server.id != meeting.server_id)

    assert call("DELETE", f"{prefix(other)}/conference/{id}").status == 204
    assert Meeting.objects.get().opened_at is not None


def test_an_answer_needs_few_statements_and_no_server(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_call(*_: object) -> None:
        raise AssertionError("a server was called")

    monkeypatch.setattr("vconf.integrations.conferencing.registry.backend_for", no_call)
    monkeypatch.setattr("socket.create_connection", no_call)
    ask(meeting.server, meeting.external_id)

    with CaptureQueriesContext(connection) as captured:
        assert ask(meeting.server, meeting.external_id).status == 200

    assert len(captured) <= 10, [query["sql"] for query in captured]
