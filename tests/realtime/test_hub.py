# SPDX-License-Identifier: EUPL-1.2
"""What the hub does about listeners that do not keep up, news it was not told of, and loops that end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests import factories
from tests.factories import World
from tests.realtime.dates import NOW, a_date, joined
from tests.realtime.sockets import in_db
from vconf.authorities.models import Person
from vconf.bookings.meetings import meeting_attended
from vconf.realtime import announce
from vconf.realtime.hub import TOO_SLOW, Hub, Listener, running_hub
from vconf.realtime.models import RoomStatus, StatusVersion
from vconf.realtime.sight import SignIn, sign_in_by_token
from vconf.realtime.status import refresh_room

pytestmark = pytest.mark.asyncio


class Ear:
    """A listener whose socket takes frames only while its gate is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.closed_with: int | None = None
        self.listener: Listener | None = None

    async def send(self, text: str) -> None:
        await self.gate.wait()
        self.frames.put_nowait(json.loads(text))

    async def close(self, code: int) -> None:
        self.closed_with = code

    async def hears(self, kind: str) -> dict[str, Any]:
        frame = await asyncio.wait_for(self.frames.get(), 3)
        assert frame["type"] == kind, frame
        return frame

    async def listen(self, person: Person) -> None:
        sign_in: SignIn | None = await in_db(lambda: sign_in_by_token(factories.token(person)))
        assert sign_in is not None
        self.listener = await running_hub().join(sign_in, send=self.send, close=self.close)
        await running_hub().subscribe(self.listener, rooms=None, since=None)
        await self.hears("snapshot")


@pytest_asyncio.fixture
async def ears(scene: World) -> AsyncIterator[tuple[Ear, Ear]]:
    """Two of them, both Anna's."""
    pair = Ear(), Ear()
    for ear in pair:
        await ear.listen(scene.anna)
    yield pair
    for ear in pair:
        if ear.listener is not None:
            running_hub().leave(ear.listener)


async def test_a_listener_that_does_not_read_gets_the_latest_state_later(
    scene: World, ears: tuple[Ear, Ear]
) -> None:
    quick, slow = ears
    meeting = await in_db(lambda: joined(a_date(scene.small, scene.anna), people=1))
    slow.gate.clear()
    for people in (1, 2, 3):
        await in_db(meeting_attended, meeting.id, people=people, moderators=1)
        await in_db(refresh_room, scene.small.id, now=NOW)
        assert (await quick.hears("change"))["people"] == people
    await in_db(a_date, scene.big, scene.anna)
    await in_db(refresh_room, scene.big.id, now=NOW)
    await quick.hears("change")
    slow.gate.set()
    assert (await slow.hears("change"))["people"] == 1  # was on its way already
    changes = await slow.hears("changes")
    assert [(one["room"], one["people"]) for one in changes["changes"]] == [
        (str(scene.small.id), 3),
        (str(scene.big.id), 0),
    ]


async def test_too_much_to_tell_becomes_a_snapshot(
    scene: World, ears: tuple[Ear, Ear], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hub, "MOST_PENDING", 1)
    quick, slow = ears
    slow.gate.clear()
    for room in (scene.small, scene.big, scene.shared):
        await in_db(a_date, room, scene.anna)
        await in_db(refresh_room, room.id, now=NOW)
        await quick.hears("change")
    slow.gate.set()
    await slow.hears("change")
    snapshot = await slow.hears("snapshot")
    assert {one["state"] for one in snapshot["rooms"]} == {"reserved"}


async def test_a_listener_that_never_reads_is_closed(scene: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hub, "PATIENCE", 0.3)
    ear = Ear()
    await ear.listen(scene.anna)
    ear.gate.clear()
    await in_db(a_date, scene.small, scene.anna)
    await in_db(refresh_room, scene.small.id, now=NOW)
    for _ in range(40):
        await asyncio.sleep(0.05)
        if ear.closed_with is not None:
            break
    assert ear.closed_with == TOO_SLOW


async def test_a_lost_hint_costs_seconds(
    scene: World, ears: tuple[Ear, Ear], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announce, "_listeners", set())
    quick, _ = ears
    await in_db(a_date, scene.small, scene.anna)
    await in_db(refresh_room, scene.small.id, now=NOW)
    assert (await quick.hears("change"))["state"] == "reserved"


async def test_a_restored_database_is_told_as_a_snapshot(scene: World, ears: tuple[Ear, Ear]) -> None:
    quick, _ = ears
    await in_db(RoomStatus.objects.filter(version__gt=1).delete)
    await in_db(StatusVersion.objects.update, version=1)
    snapshot = await quick.hears("snapshot")
    assert (snapshot["version"], len(snapshot["rooms"])) == (1, 1)


async def test_an_unreadable_database_is_asked_again(
    scene: World, ears: tuple[Ear, Ear], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick, _ = ears
    working = Hub._catch_up
    failures = iter([RuntimeError("gone")])

    async def fails_once(hub: Hub) -> None:
        for failure in failures:
            raise failure
        await working(hub)

    monkeypatch.setattr(Hub, "_catch_up", fails_once)
    await in_db(a_date, scene.small, scene.anna)
    await in_db(refresh_room, scene.small.id, now=NOW)
    assert (await quick.hears("change"))["state"] == "reserved"


async def test_the_hub_rests_when_the_last_listener_leaves(scene: World) -> None:
    ear = Ear()
    await ear.listen(scene.anna)
    assert len(announce._listeners) == 1
    assert ear.listener is not None
    running_hub().leave(ear.listener)
    assert announce._listeners == set()
    await in_db(a_date, scene.small, scene.anna)
    await in_db(refresh_room, scene.small.id, now=NOW)
    await ear.listen(scene.anna)  # and knows what happened meanwhile
    await running_hub().subscribe(ear.listener, rooms=frozenset({scene.small.id}), since=None)
    assert (await ear.hears("snapshot"))["rooms"][0]["state"] == "reserved"
    running_hub().leave(ear.listener)
