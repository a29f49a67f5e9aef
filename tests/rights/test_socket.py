# SPDX-License-Identifier: EUPL-1.2
"""The socket of the board x role x room of IM, of FM and none, against the table."""

from __future__ import annotations

import pytest

from tests.api.caller import ABSENT
from tests.realtime.sockets import HOST, in_db, opened_socket, signed_in
from tests.rights.scene import Scene
from tests.rights.table import socket_rights
from vconf.realtime.routing import routes
from vconf.realtime.status import refresh_all


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_each_role_is_told_what_the_table_says() -> None:
    scene: Scene = await in_db(Scene)
    await in_db(refresh_all)
    rooms = (str(scene.im.room.id), str(scene.fm.room.id))
    for role, words in socket_rights().items():
        person = scene.people[role]
        if person is None:
            async with opened_socket([(b"host", HOST)]) as socket:
                assert await socket.closed_with() == 4401
            continue
        async with signed_in(person) as socket:
            await socket.subscribe()
            everything = await socket.expect("snapshot")
            await socket.subscribe([*rooms, str(ABSENT)])
            named = await socket.expect("snapshot")
        for snapshot in (everything, named):
            seen = {one["room"]: one["visibility"] for one in snapshot["rooms"]}
            assert [seen.get(room, "-") for room in rooms] == list(words), role
        assert {one["room"] for one in named["rooms"]} <= set(rooms)
        told = str(everything)
        for room, word, side in zip(rooms, words, (scene.im, scene.fm), strict=True):
            assert (room in told) == (word != "-"), role
            assert (str(side.running.booking_id) in told) == (word == "details"), role


def test_there_is_one_socket() -> None:
    """A second one needs a table of its own. The other route denies everything."""
    assert [str(route.pattern) for route in routes.routes] == ["ws/rooms/", ""]
