# SPDX-License-Identifier: EUPL-1.2
"""The scene of tests/factories.py, and callers who speak HTTP with a real bearer token."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests import factories
from tests.api.caller import Caller
from tests.factories import World


@pytest.fixture(autouse=True)
def _no_rates_from_other_tests() -> None:
    cache.clear()


@pytest.fixture
def world(db: None) -> World:
    return factories.world()


@pytest.fixture
def anna(world: World) -> Caller:
    """Staff of the ministry of the interior: the organiser of most tests."""
    return Caller(world.anna)


@pytest.fixture
def bernd(world: World) -> Caller:
    """Anna's colleague."""
    return Caller(world.bernd)


@pytest.fixture
def clara(world: World) -> Caller:
    """Staff of another ministry: must see nothing."""
    return Caller(world.clara)


@pytest.fixture
def admin(world: World) -> Caller:
    """Authority admin of the ministry of the interior."""
    return Caller(world.admin)


@pytest.fixture
def chief(world: World) -> Caller:
    """Authority admin of everything."""
    return Caller(world.chief)


@pytest.fixture
def operator(world: World) -> Caller:
    return Caller(world.operator)


@pytest.fixture
def auditor(world: World) -> Caller:
    return Caller(world.auditor)


@pytest.fixture
def nobody() -> Caller:
    return Caller(None)
