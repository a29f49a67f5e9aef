# SPDX-License-Identifier: EUPL-1.2
"""Settings of Jitsi shards in a file, `{name: {setting: value}}`: read when it is there, and again when it has changed.

For whoever starts shards before knowing what they are to be set up with."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from simulator.jitsi.control import change_settings
from simulator.jitsi.shard import Shard
from simulator.levers import BadControl


class SettingsFile:
    def __init__(self, path: Path, shards: Iterable[Shard]) -> None:
        self._path = path
        self._shards = {shard.name: shard for shard in shards}
        self._read: tuple[int, int] | None = None

    def look(self) -> None:
        """Never raises; what is wrong with the file is said on standard error, once."""
        try:
            stat = self._path.stat()
        except OSError:
            return
        if (stat.st_mtime_ns, stat.st_ino) == self._read:
            return
        self._read = (stat.st_mtime_ns, stat.st_ino)
        try:
            for name, settings in json.loads(self._path.read_text()).items():
                if name in self._shards:
                    change_settings(self._shards[name], settings)
        except (OSError, ValueError, AttributeError, TypeError, BadControl) as error:
            print(f"simulator: {self._path} is not used: {error}", file=sys.stderr)
