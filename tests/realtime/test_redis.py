# SPDX-License-Identifier: EUPL-1.2
"""News from other processes, through a real Redis."""

from __future__ import annotations

import asyncio

import pytest
import redis
from pytest_django import Settings

from tests.factories import World
from tests.realtime.dates import NOW, a_date
from tests.realtime.redis_server import RedisServer
from tests.realtime.sockets import in_db, signed_in
from vconf.realtime import announce
from vconf.realtime.hub import Hub
from vconf.realtime.status import refresh_room

pytestmark = pytest.mark.asyncio


@pytest.fixture
def only_by_redis(monkeypatch: pytest.MonkeyPatch, redis_server: RedisServer) -> None:
    """Whoever refreshes is another process, as it were; and the hub does not look for itself."""
    monkeypatch.setattr(announce, "_listeners", set())
    monkeypatch.setattr(announce, "listen", lambda callback: None)
    monkeypatch.setattr("vconf.realtime.hub.listen", lambda callback: None)
    monkeypatch.setattr(Hub, "POLL", 600.0)


async def hub_is_subscribed(url: str) -> None:
    client = redis.Redis.from_url(url)
    for _ in range(100):
        if dict(client.pubsub_numsub(announce.CHANNEL)).get(announce.CHANNEL.encode()):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the hub does not listen to Redis")


async def test_a_quiet_subscription_stays_alive(
    scene: World, redis_server: RedisServer, only_by_redis: None
) -> None:
    """redis-py gives up reading after 5 s unless told otherwise."""
    async with signed_in(scene.anna) as socket:
        await socket.subscribe()
        await socket.expect("snapshot")
        await hub_is_subscribed(redis_server.url)
        subscribers = [one["id"] for one in redis.Redis.from_url(redis_server.url).client_list("pubsub")]
        await asyncio.sleep(6.5)
        assert [
            one["id"] for one in redis.Redis.from_url(redis_server.url).client_list("pubsub")
        ] == subscribers
        await in_db(a_date, scene.small, scene.anna)
        await in_db(refresh_room, scene.small.id, now=NOW)
        assert (await socket.expect("change", 2))["state"] == "reserved"


async def test_one_subscription_serves_all_sockets(
    scene: World, redis_server: RedisServer, only_by_redis: None
) -> None:
    async with signed_in(scene.anna) as anna, signed_in(scene.bernd) as bernd:
        for socket in (anna, bernd):
            await socket.subscribe()
            await socket.expect("snapshot")
        await hub_is_subscribed(redis_server.url)
        client = redis.Redis.from_url(redis_server.url)
        assert client.pubsub_numsub(announce.CHANNEL) == [(announce.CHANNEL.encode(), 1)]


async def test_losing_redis_loses_nothing(
    scene: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RedisServer(to_kill=True) as redis_server:
        settings.VCONF_REDIS_URL = redis_server.url
        monkeypatch.setattr(announce, "_listeners", set())
        monkeypatch.setattr("vconf.realtime.hub.listen", lambda callback: None)
        async with signed_in(scene.anna) as socket:
            await socket.subscribe()
            await socket.expect("snapshot")
            await hub_is_subscribed(redis_server.url)
            await in_db(redis_server.kill)
            await in_db(a_date, scene.small, scene.anna)
            await in_db(refresh_room, scene.small.id, now=NOW)
            assert (await socket.expect("change", 4))["state"] == "reserved"
            monkeypatch.setattr(Hub, "POLL", 600.0)
            await in_db(redis_server.start)
            await hub_is_subscribed(redis_server.url)
            await asyncio.sleep(2.2)  # the last look of the hub for itself
            await in_db(a_date, scene.big, scene.anna)
            await in_db(refresh_room, scene.big.id, now=NOW)
            assert (await socket.expect("change", 2))["state"] == "reserved"
