# SPDX-License-Identifier: EUPL-1.2
"""Facts: what was asked for that a conference server has to do. Ids only; `reactions.py` says what follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingChangeAsked:
    """A recording shall be published, withdrawn or deleted: its row says which."""

    recording_id: str

    @property
    def key(self) -> str:
        return self.recording_id
