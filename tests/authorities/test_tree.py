# SPDX-License-Identifier: EUPL-1.2
"""Walking the tree, on a random one against a plain walk, and by example."""

from __future__ import annotations

import random
from uuid import UUID

import pytest

from tests import factories
from vconf.authorities.models import Authority
from vconf.authorities.tree import in_tree_order, path_ids, with_ancestors, with_descendants
from vconf.ids import uuid7

pytestmark = pytest.mark.django_db


def test_nothing_is_found_for_nothing_or_unknown_ids() -> None:
    assert with_ancestors([]) == frozenset()
    assert with_descendants([uuid7()]) == frozenset()
    assert path_ids(uuid7()) == []


def test_walks_agree_with_following_the_parents() -> None:
    random.seed(1)
    nodes: list[Authority] = [factories.authority("root")]
    for number in range(40):
        nodes.append(factories.authority(f"node {number}", random.choice(nodes)))
    above: dict[UUID, list[UUID]] = {}
    for node in nodes:
        above[node.id] = [node.id, *(above[node.parent_id] if node.parent_id else [])]

    for node in nodes:
        assert path_ids(node.id) == above[node.id][::-1]
        assert with_ancestors([node.id]) == set(above[node.id])
        assert with_descendants([node.id]) == {one.id for one in nodes if node.id in above[one.id]}
    two = [nodes[3], nodes[17]]
    assert with_ancestors([one.id for one in two]) == set(above[two[0].id]) | set(above[two[1].id])


def test_tree_order_is_depth_first_and_siblings_by_name() -> None:
    root = factories.authority("Land")
    b = factories.authority("b", root)
    a = factories.authority("A", root)
    below_b = factories.authority("z", b)
    below_a = factories.authority("y", a)
    orphan = factories.authority("x", factories.authority("hidden", root))

    ordered = in_tree_order([orphan, below_b, b, below_a, a, root])

    assert ordered == [root, a, below_a, b, below_b, orphan]
