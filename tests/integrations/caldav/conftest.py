# SPDX-License-Identifier: EUPL-1.2
"""The usual scene, for all tests of calendars."""

import pytest

from tests import factories


@pytest.fixture
def world(db: None) -> factories.World:
    return factories.world()
