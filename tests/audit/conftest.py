# SPDX-License-Identifier: EUPL-1.2
"""A data folder for each test, so that the noted head is its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, settings: Settings) -> None:
    settings.VCONF_DATA_DIR = tmp_path
