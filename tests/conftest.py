# SPDX-License-Identifier: EUPL-1.2
"""What all tests share: the choice of the database. People and rooms stand in tests/factories.py."""

import os
from pathlib import Path

import hypothesis
import pytest

from tests.emptying import empty_quickly

# timings never fail a test: the machine may be busy
hypothesis.settings.register_profile("vconf", deadline=None)
hypothesis.settings.load_profile("vconf")

empty_quickly()

ENGINE_FOLDERS = {"audit", "authorities", "bookings", "history", "outbox", "rooms"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default=os.environ.get("VCONF_TEST_DATABASE", "sqlite"),
        help="run everything on SQLite (default), or the engine's tests on PostgreSQL",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the engine's tests; on PostgreSQL they are the only ones that run. What is about PostgreSQL alone does not
    exist on SQLite: it is left out there, not skipped. What starts processes and waits for them comes first, so that
    nobody waits for it in the end.
    """
    tests = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(tests) and item.path.relative_to(tests).parts[0] in ENGINE_FOLDERS:
            item.add_marker("engine")
        if item.get_closest_marker("postgresql") is not None:
            item.add_marker("engine")
    on_postgresql = config.getoption("database") == "postgresql"

    def belongs_here(item: pytest.Item) -> bool:
        if on_postgresql:
            return item.get_closest_marker("engine") is not None
        return item.get_closest_marker("postgresql") is None

    items.sort(key=lambda item: item.get_closest_marker("journey") is None)
    others = [item for item in items if not belongs_here(item)]
    if others:
        items[:] = [item for item in items if belongs_here(item)]
        config.hook.pytest_deselected(items=others)
