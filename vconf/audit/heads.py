# SPDX-License-Identifier: EUPL-1.2
"""Where the chain had got to, noted outside of the database: whoever can cut the chain there cannot cut this."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from django.conf import settings

_WRITTEN = re.compile(r"([1-9][0-9]{0,18}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a chain, as it once was: written `position:digest`."""

    position: int
    digest: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError if it is no `position:digest`."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise ValueError("A head of the audit is written position:digest.")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"


def head_file() -> Path:
    return Path(settings.VCONF_DATA_DIR) / "audit_head"


def noted_head() -> Head | None:
    """What this machine noted last; None if it never sealed. Raises ValueError if the file holds something else."""
    try:
        return Head.parse(head_file().read_text("ascii", errors="replace"))
    except FileNotFoundError:
        return None


def note_head(head: Head) -> None:
    """Whole or not at all; the name of the draft is this process's own."""
    draft = head_file().with_name(f".audit_head.{os.getpid()}")
    draft.write_text(f"{head}\n", "ascii")
    draft.replace(head_file())
