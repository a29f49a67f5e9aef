# SPDX-License-Identifier: EUPL-1.2
"""The shape of what operators are told about a conference server."""

from __future__ import annotations

from dataclasses import dataclass

from vconf.errors import Text


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words."""

    detail: Text
    advice: Text
