# SPDX-License-Identifier: EUPL-1.2
"""Nothing happens without somebody having decided what the outside does about it."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import vconf
from vconf.reactions import REACTIONS
from vconf.tasks import MAIL, SLOW, SWIFT

ROOT = Path(vconf.__file__).parent


def facts() -> Iterator[str]:
    """Of every `events.py`."""
    for path in ROOT.rglob("events.py"):
        name = ".".join(["vconf", *path.relative_to(ROOT).with_suffix("").parts])
        for found in vars(importlib.import_module(name)).values():
            if isinstance(found, type) and dataclasses.is_dataclass(found) and found.__module__ == name:
                yield found.__name__


def test_every_fact_has_a_line_and_every_line_a_fact() -> None:
    assert set(facts()) == set(REACTIONS)


@pytest.mark.parametrize("fact", sorted(REACTIONS))
def test_every_reaction_is_in_exactly_one_queue(fact: str) -> None:
    for reaction in REACTIONS[fact]:
        assert sum(reaction.name in queue for queue in (MAIL, SLOW, SWIFT)) == 1


def test_what_speaks_to_mail_servers_is_in_the_queue_for_it() -> None:
    """A restore parks that queue, so that nothing goes out twice."""
    exits = ("vconf.integrations.invitations", "vconf.integrations.imip")
    rows = {reaction.name: reaction for row in REACTIONS.values() for reaction in row}
    assert {name for name, one in rows.items() if one.handle.__module__.startswith(exits)} == MAIL
