# SPDX-License-Identifier: EUPL-1.2
"""Pools that stand in for others never do so in a circle, whoever changes them at the same moment."""

from __future__ import annotations

from contextlib import suppress

import pytest

from tests import factories
from tests.threads import at_once
from vconf.errors import Invalid
from vconf.rooms.models import Pool
from vconf.rooms.selectors import fallbacks_of
from vconf.rooms.services import change_pool

pytestmark = pytest.mark.django_db(transaction=True)


def test_operators_who_close_a_circle_from_all_sides_at_once_do_not_succeed() -> None:
    operator = factories.actor(factories.world().operator)
    for attempt in range(8):
        pools = [factories.pool(f"Pool {attempt}-{n}", servers=()) for n in range(3)]

        def name_the_next(number: int, pools: list[Pool] = pools) -> None:
            with suppress(Invalid):
                change_pool(pools[number].id, fallback_id=pools[(number + 1) % 3].id, actor=operator)

        at_once(3, name_the_next)

        named = Pool.objects.filter(id__in=[pool.id for pool in pools], fallback__isnull=False)
        assert named.count() == 2
        assert max(len(fallbacks_of(pool.id)) for pool in pools) == 2
