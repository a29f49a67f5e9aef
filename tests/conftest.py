# SPDX-License-Identifier: EUPL-1.2
"""What all tests share: the choice of the database. People and rooms stand in tests/factories.py."""

import gc
import os
import re
from pathlib import Path

import hypothesis
import pytest

from tests.emptying import empty_quickly
from tests.migrated import migrate_once
from tests.static_files import look_once

# timings never fail a test: the machine may be busy
hypothesis.settings.register_profile("vconf", deadline=None)
hypothesis.settings.load_profile("vconf")

empty_quickly()
migrate_once()
look_once()

ENGINE_FOLDERS = {"audit", "authorities", "bookings", "history", "outbox", "rooms"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default=os.environ.get("VCONF_TEST_DATABASE", "sqlite"),
        help="run everything on SQLite (default), or the engine's tests on PostgreSQL",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """On PostgreSQL files are not even read in that have no test of the engine, unless they are asked for by name."""
    if config.getoption("database") != "postgresql" or not collection_path.match("test_*.py"):
        return None
    if _is_of_the_engine(collection_path) or any(collection_path.name in named for named in config.args):
        return None
    return None if re.search("engine|postgresql", collection_path.read_text(), re.IGNORECASE) else True


def _is_of_the_engine(path: Path) -> bool:
    tests = Path(__file__).parent
    return path.is_relative_to(tests) and path.relative_to(tests).parts[0] in ENGINE_FOLDERS


def pytest_collection_finish() -> None:
    """Thousands of tests and all of vconf stay to the end: no garbage is looked for among them."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the engine's tests; on PostgreSQL they are the only ones that run. What is about PostgreSQL alone does not
    exist on SQLite: it is left out there, not skipped. What starts processes and waits for them comes first, and what
    else is long, so that nobody waits for it in the end.
    """
    for item in items:
        if _is_of_the_engine(item.path):
            item.add_marker("engine")
        if item.get_closest_marker("postgresql") is not None:
            item.add_marker("engine")
    on_postgresql = config.getoption("database") == "postgresql"

    def belongs_here(item: pytest.Item) -> bool:
        if on_postgresql:
            return item.get_closest_marker("engine") is not None and not item.get_closest_marker(
                "one_database"
            )
        return item.get_closest_marker("postgresql") is None

    items.sort(key=lambda item: not (item.get_closest_marker("journey") or item.get_closest_marker("long")))
    others = [item for item in items if not belongs_here(item)]
    if others:
        items[:] = [item for item in items if belongs_here(item)]
        config.hook.pytest_deselected(items=others)
