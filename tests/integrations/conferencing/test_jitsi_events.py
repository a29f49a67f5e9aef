# SPDX-License-Identifier: EUPL-1.2
"""What a Jitsi shard tells of rooms and people: hints with a number in them, in any order, more than once."""

from __future__ import annotations

import json
import random
import time
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import wish
from tests.factories import World
from tests.simulator_fixture import eventually
from vconf.bookings.meetings import meeting_provisioned, open_occurrence
from vconf.bookings.models import Meeting
from vconf.bookings.moving import move_meeting
from vconf.bookings.services import book
from vconf.integrations.conferencing import jitsi_events
from vconf.integrations.conferencing.hints import PAUSE, Deliveries, Hints
from vconf.outbox.models import Message
from vconf.rooms.models import ConferenceServer, ServerEvent

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

THEN = 1_790_000_000


@pytest.fixture(autouse=True)
def hints(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Servers that were to be looked at. Nothing was told before."""
    found: list[UUID] = []
    monkeypatch.setattr(jitsi_events, "_hints", Hints(found.append))
    forget(monkeypatch)
    return found


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jitsi_events, "_deliveries", Deliveries())
    monkeypatch.setattr(jitsi_events, "_latest", jitsi_events.Latest())


@pytest.fixture
def world() -> World:
    world = factories.world()
    ConferenceServer.objects.update(kind="jitsi")
    return world


@pytest.fixture
def meeting(world: World) -> Meeting:
    local = timezone.now().replace(second=0, microsecond=0, tzinfo=None)
    wanted = wish(starts_local=local, timezone="UTC", room_id=world.small.id)
    meeting = open_occurrence(book(wanted, actor=factories.actor(world.anna)).occurrences.get().id)
    meeting_provisioned(meeting.id, incarnation="1")
    return meeting


def told(meeting: Meeting, name: str, people: int | None = None, *, at: float = THEN, who: str = "a") -> Any:
    """As `event_sync_component` writes it, with everything it may know of somebody."""
    event: dict[str, Any] = {
        "event_name": f"muc-{name}",
        "room_name": meeting.external_id,
        "room_jid": f"{meeting.external_id}@conference.meet.example",
        "is_breakout": False,
    }
    if name.startswith("occupant"):
        event["occupant"] = {
            "occupant_jid": f"{meeting.external_id}@conference.meet.example/{who}",
            "name": "Frieda Fink",
            "id": "f-1",
            "email": "frieda.fink@fm.mv.example",
            "joined_at": THEN - 5,
        }
        if name.endswith("joined"):
            event["occupant"]["joined_at"] = at
        else:
            event["occupant"]["left_at"] = at
    elif name == "room-created":
        event["created_at"] = at
    else:
        event |= {"created_at": THEN - 100, "destroyed_at": at, "all_occupants": []}
    if people is not None:
        event["active_occupants_count"] = people
    return event


def send(server: ConferenceServer, event: Any, path: str = "") -> int:
    about, _, what = (path or event["event_name"].removeprefix("muc-").replace("-", "/")).partition("/")
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    answer = Client(enforce_csrf_checks=True).post(
        f"/integrations/jitsi/{server.hook_token}/events/{about}/{what}",
        data=body,
        content_type="application/json",
    )
    return answer.status_code


def people(meeting: Meeting) -> int:
    return Meeting.objects.get(id=meeting.id).people


def test_whoever_comes_is_counted_at_once_and_the_server_looked_at(
    meeting: Meeting, hints: list[UUID]
) -> None:
    assert send(meeting.server, told(meeting, "occupant-joined", 3)) == 204

    assert people(meeting) == 3
    assert Meeting.objects.get().state == "live"
    assert hints == [meeting.server_id]


def test_a_room_that_is_gone_has_nobody_in_it_and_the_meeting_is_not_over(meeting: Meeting) -> None:
    """Word of it may come late, when somebody has come back: the look at the server decides."""
    send(meeting.server, told(meeting, "occupant-joined", 1))

    send(meeting.server, told(meeting, "room-destroyed", at=THEN + 10))

    assert people(meeting) == 0
    assert Meeting.objects.get().state == "live"


def test_a_new_room_says_nothing_of_people(meeting: Meeting, hints: list[UUID]) -> None:
    assert send(meeting.server, told(meeting, "room-created")) == 204

    assert (people(meeting), hints) == (0, [meeting.server_id])


def test_an_event_sent_twice_counts_once(meeting: Meeting) -> None:
    send(meeting.server, told(meeting, "occupant-joined", 1))
    send(meeting.server, told(meeting, "occupant-joined", 2, who="b"))
    send(meeting.server, told(meeting, "occupant-joined", 1))

    assert people(meeting) == 2


def test_what_comes_late_is_old_news(meeting: Meeting) -> None:
    send(meeting.server, told(meeting, "occupant-left", 4, at=THEN + 20))
    send(meeting.server, told(meeting, "occupant-joined", 5, at=THEN + 10, who="b"))

    assert people(meeting) == 4


def test_in_any_order_and_with_repeats_the_last_number_stays(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = [1, 2, 3, 2, 1, 0, 1, 2]
    events = [
        told(
            meeting,
            "occupant-joined" if step == 0 or count > counts[step - 1] else "occupant-left",
            count,
            at=THEN + step,
            who=str(step),
        )
        for step, count in enumerate(counts)
    ]
    for seed in range(5):
        forget(monkeypatch)
        mixed = random.Random(seed).sample(events * 2, 2 * len(events))
        for event in mixed:
            assert send(meeting.server, event) == 204
        assert people(meeting) == counts[-1]


def test_times_in_milliseconds_are_the_same_times(meeting: Meeting) -> None:
    send(meeting.server, told(meeting, "occupant-joined", 4, at=(THEN + 10) * 1000))
    send(meeting.server, told(meeting, "occupant-joined", 5, at=THEN + 20, who="b"))
    send(meeting.server, told(meeting, "occupant-left", 3, at=(THEN + 15) * 1000, who="c"))

    assert people(meeting) == 5


def test_a_breakout_room_has_no_number_of_the_main_one(meeting: Meeting, hints: list[UUID]) -> None:
    send(meeting.server, told(meeting, "occupant-joined", 6))
    hints.clear()
    time.sleep(PAUSE)
    away = told(meeting, "room-destroyed", at=THEN + 5) | {"is_breakout": True, "breakout_room_id": "b1"}

    assert send(meeting.server, away) == 204

    assert (people(meeting), hints) == (6, [meeting.server_id])


def test_many_events_lead_to_one_look(meeting: Meeting, hints: list[UUID]) -> None:
    """And to one more, for what came after the first."""
    for number in range(50):
        send(meeting.server, told(meeting, "occupant-joined", number, at=THEN + number, who=str(number)))

    assert people(meeting) == 49
    assert len(hints) < 25
    eventually(lambda: len(hints) >= 2)


def test_only_the_server_a_meeting_is_placed_on_tells_of_it(
    world: World, meeting: Meeting, hints: list[UUID]
) -> None:
    other = next(server for server in world.servers if server.id != meeting.server_id)

    assert send(other, told(meeting, "occupant-joined", 3)) == 204

    assert (people(meeting), hints) == (0, [])


def test_a_meeting_that_was_given_up_is_not_brought_back(
    world: World, meeting: Meeting, hints: list[UUID]
) -> None:
    """The look at the server ends it there."""
    other = next(server for server in world.servers if server.id != meeting.server_id)
    assert move_meeting(meeting.id, server_id=other.id)

    send(meeting.server, told(meeting, "occupant-joined", 3))

    assert Meeting.objects.get(id=meeting.id).state == "lost"
    assert hints == [meeting.server_id]


def test_who_it_was_is_kept_nowhere(meeting: Meeting, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        send(meeting.server, told(meeting, "occupant-joined", 1))

    written = [str(list(model.objects.values())) for model in (Meeting, Message, ServerEvent)]
    kept = [vars(one) for one in (jitsi_events._deliveries, jitsi_events._latest, jitsi_events._hints)]
    for text in [*written, caplog.text, str(kept)]:
        assert "Frieda" not in text
        assert "frieda.fink" not in text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"{" * 100_000,
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"event_name": "muc-occupant-left", "room_name": "x"}',
        b'{"event_name": "muc-occupant-joined"}',
        b'{"event_name": "muc-occupant-joined", "room_name": 7}',
        b'{"event_name": "muc-occupant-joined", "room_name": "x", "active_occupants_count": -1}',
        b'{"event_name": "muc-occupant-joined", "room_name": "x", "active_occupants_count": "3"}',
        b'{"event_name": "muc-occupant-joined", "room_name": "x", "active_occupants_count": true}',
        b'{"event_name": "muc-occupant-joined", "room_name": "x", "active_occupants_count": 1e400}',
        b'{"event_name": "muc-occupant-joined", "room_name": "x", "active_occupants_count": %s}'
        % (b"9" * 5000),
    ],
)
def test_what_is_no_event_is_refused(meeting: Meeting, body: bytes, hints: list[UUID]) -> None:
    assert send(meeting.server, body, "occupant/joined") == 400
    assert hints == []


@pytest.mark.parametrize(
    "odd",
    [
        {"room_name": "\ud800"},
        {"room_name": "a\0b"},
        {"room_name": "x" * 5000},
        {"occupant": "somebody"},
        {"occupant": {"joined_at": "soon", "left_at": [[]], "occupant_jid": {}}},
        {"occupant": {"joined_at": float("nan")}},
        {"occupant": {"joined_at": float("inf")}},
        {"is_breakout": "no"},
    ],
)
def test_odd_parts_do_no_harm(meeting: Meeting, odd: dict[str, Any]) -> None:
    assert send(meeting.server, told(meeting, "occupant-joined", 1) | odd) == 204


def test_what_is_too_big_is_refused(meeting: Meeting) -> None:
    event = told(meeting, "room-destroyed") | {"all_occupants": ["x" * jitsi_events.MAX_BODY]}

    assert send(meeting.server, event) == 413


def test_other_events_and_methods_are_not_taken(meeting: Meeting) -> None:
    assert send(meeting.server, told(meeting, "occupant-joined", 1), "occupant/kicked") == 404
    path = f"/integrations/jitsi/{meeting.server.hook_token}/events/room/created"
    for method in ("get", "put", "delete", "head"):
        assert getattr(Client(), method)(path).status_code == 405


def test_a_lost_queue_does_not_make_the_server_send_again(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(server_id: UUID) -> None:
        raise ConnectionError("the broker is away")

    monkeypatch.setattr(jitsi_events, "_hints", Hints())
    monkeypatch.setattr("vconf.integrations.conferencing.hints.on_hint", gone)

    assert send(meeting.server, told(meeting, "occupant-joined", 1)) == 204


def test_what_is_remembered_is_bounded(meeting: Meeting) -> None:
    latest = jitsi_events.Latest()
    for number in range(jitsi_events.MOST_ROOMS + 100):
        assert latest.is_latest(meeting.server_id, jitsi_events.Event(f"room-{number}", 1, THEN))

    assert len(latest._known) == jitsi_events.MOST_ROOMS
