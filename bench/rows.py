# SPDX-License-Identifier: EUPL-1.2
"""What was measured, beside its limit in the same run and its goal, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `value` is held against the goal: at least or at most so much; without goal: to know.

    `size`: dates in the database (fan-out: sockets). `beside`: the limit or peer measured in the same run, in words.
    """

    name: str
    what: str
    size: int
    measured: str
    value: float
    beside: str = ""
    at_least: float | None = None
    at_most: float | None = None
    p50: float = 0.0

    @property
    def goal(self) -> str:
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return f"<= {self.at_most:g}" if self.at_most is not None else ""

    @property
    def is_met(self) -> bool | None:
        if self.at_least is not None:
            return self.value >= self.at_least
        return self.value <= self.at_most if self.at_most is not None else None

    @property
    def verdict(self) -> str:
        """met, or by how much it was missed."""
        if self.is_met is None:
            return ""
        if self.is_met:
            return "met"
        if self.at_least is not None:
            return f"missed: {self.value / self.at_least:.2f} of it"
        assert self.at_most is not None
        return f"missed: {self.value / self.at_most:.2f} times it" if self.at_most else "missed"


def percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def in_words(size: int) -> str:
    if size >= 1_000_000:
        return f"{size / 1_000_000:g}m"
    return f"{size / 1000:g}k" if size >= 1000 else str(size)


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown, so that they can be pasted."""
    lines = [
        "| what | size | measured | beside it, in the same run | value | goal | |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (
            row.what,
            in_words(row.size),
            row.measured,
            row.beside,
            f"{row.value:.3g}",
            row.goal,
            row.verdict,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
