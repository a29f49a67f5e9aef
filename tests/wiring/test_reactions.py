# SPDX-License-Identifier: EUPL-1.2
"""Nothing happens without somebody having decided what the outside does about it."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Iterator

import pytest

from vconf.reactions import REACTIONS
from vconf.tasks import MAIL, SLOW, SWIFT

MODULES = [
    "vconf.authorities.events",
    "vconf.bookings.events",
    "vconf.rooms.events",
    "vconf.integrations.conferencing.events",
    "vconf.integrations.imip.notices",
    "vconf.integrations.imip.events",
]


def facts() -> Iterator[str]:
    for name in MODULES:
        module = importlib.import_module(name)
        for found in vars(module).values():
            if isinstance(found, type) and dataclasses.is_dataclass(found) and found.__module__ == name:
                yield found.__name__


def test_every_fact_has_a_line_and_every_line_a_fact() -> None:
    assert set(facts()) == set(REACTIONS)


@pytest.mark.parametrize("fact", sorted(REACTIONS))
def test_every_reaction_is_in_exactly_one_queue(fact: str) -> None:
    for reaction in REACTIONS[fact]:
        assert sum(reaction.name in queue for queue in (MAIL, SLOW, SWIFT)) == 1
