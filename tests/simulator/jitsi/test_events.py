# SPDX-License-Identifier: EUPL-1.2
"""What event_sync_component tells of rooms and people."""

import json

import pytest

from tests.simulator_fixture import JitsiShard, Received, Receiver, eventually


@pytest.fixture
def telling_shard(jitsi_shard: JitsiShard, receiver: Receiver) -> JitsiShard:
    jitsi_shard.configure(events_url=f"{receiver.url}/api", headers={"Authorization": "Bearer of-the-shard"})
    return jitsi_shard


def received(receiver: Receiver, count: int) -> dict[str, Received]:
    """By path; the order is not promised."""
    return {one.path: one for one in (receiver.next() for _ in range(count))}


def test_coming_and_going(telling_shard: JitsiShard, receiver: Receiver) -> None:
    telling_shard.enter("r1", jid="anna@127.0.0.1/tab", jwt=telling_shard.token("r1", name="Anna"))
    came = received(receiver, 2)
    telling_shard.leave("r1")
    went = received(receiver, 2)

    created = json.loads(came["/api/events/room/created"].body)
    joined = json.loads(came["/api/events/occupant/joined"].body)
    left = json.loads(went["/api/events/occupant/left"].body)
    destroyed = json.loads(went["/api/events/room/destroyed"].body)
    room = {"is_breakout": False, "room_jid": "r1@conference.127.0.0.1", "room_name": "r1"}
    assert created == {"event_name": "muc-room-created", "created_at": created["created_at"], **room}
    assert joined == {
        "event_name": "muc-occupant-joined",
        "occupant": {
            "occupant_jid": "anna@127.0.0.1/tab",
            "joined_at": joined["occupant"]["joined_at"],
            "id": "1",
            "name": "Anna",
        },
        "active_occupants_count": 1,
        **room,
    }
    assert (left["event_name"], left["active_occupants_count"]) == ("muc-occupant-left", 0)
    assert left["occupant"]["left_at"] >= left["occupant"]["joined_at"]
    assert destroyed["all_occupants"] == [left["occupant"]]
    assert destroyed["destroyed_at"] >= destroyed["created_at"] > 1_700_000_000
    headers = came["/api/events/room/created"].headers
    assert (headers["content-type"], headers["authorization"]) == ("application/json", "Bearer of-the-shard")


def test_failures_are_tried_again(telling_shard: JitsiShard, receiver: Receiver) -> None:
    telling_shard.configure(loses=["muc-occupant-joined"])
    receiver.statuses = [500, 503]

    telling_shard.enter("r1", jwt=telling_shard.token("r1"))

    assert [receiver.next().path for _ in range(3)] == ["/api/events/room/created"] * 3
    eventually(lambda: telling_shard.state()["events"]["delivered"] >= 1)


def test_a_restart_tells_nothing(telling_shard: JitsiShard, receiver: Receiver) -> None:
    telling_shard.enter("r1", jwt=telling_shard.token("r1"))
    received(receiver, 2)

    telling_shard.forget()
    telling_shard.configure(tokens="off")
    telling_shard.enter("r2")

    assert json.loads(receiver.next().body)["room_name"] == "r2"
