# SPDX-License-Identifier: EUPL-1.2
"""The usual scene with its statuses, and a Redis where one is needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests import factories
from tests.realtime import dates
from tests.realtime.redis_server import RedisServer
from vconf.realtime.status import refresh_all


@pytest.fixture(autouse=True)
def this_minute(request: pytest.FixtureRequest) -> None:
    now = dates.take_this_minute()
    if hasattr(request.module, "NOW"):
        request.module.NOW = now


@pytest.fixture
def scene(transactional_db: None) -> factories.World:
    """The usual scene, every room free."""
    world = factories.world()
    refresh_all(now=dates.NOW)
    return world


@pytest.fixture
def redis_server(settings: Settings) -> Iterator[RedisServer]:
    with RedisServer() as server:
        settings.VCONF_REDIS_URL = server.url
        yield server
