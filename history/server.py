# SPDX-License-Identifier: EUPL-1.2
"""A server of its own process on the database of this one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from history.world import World
from tests import factories
from tests.live_server import LiveServer


@contextmanager
def serving(world: World, folder: Path, *, port: int | None = None) -> Iterator[tuple[str, dict[str, str]]]:
    """Its address, and a token for each person. `folder` holds the keys that both share."""
    found = connection.settings_dict
    options = {"VCONF_DATABASE_URL": f"postgresql://{found['USER']}@/{found['NAME']}?host={found['HOST']}"}
    if port is not None:
        options["VCONF_PORT"] = str(port)
    tokens = {name: factories.token(person) for name, person in world.people.items()}
    server = LiveServer(folder, **options)
    server.start("--migrate")
    try:
        yield server.base_url, tokens
    finally:
        server.stop()
