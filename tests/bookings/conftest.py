# SPDX-License-Identifier: EUPL-1.2
"""The usual scene, and two of its people as who they may be."""

from __future__ import annotations

import pytest

from tests import factories
from vconf.authorities.rights import Actor


@pytest.fixture
def world() -> factories.World:
    return factories.world()


@pytest.fixture
def anna(world: factories.World) -> Actor:
    return factories.actor(world.anna)


@pytest.fixture
def bernd(world: factories.World) -> Actor:
    return factories.actor(world.bernd)
