# SPDX-License-Identifier: EUPL-1.2
"""What needs the scaled mode runs in the tests on PostgreSQL, once."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("database") == "postgresql":
        return
    scaled = [item for item in items if item.get_closest_marker("scaled") is not None]
    if scaled:
        items[:] = [item for item in items if item not in scaled]
        config.hook.pytest_deselected(items=scaled)
