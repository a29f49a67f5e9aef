# SPDX-License-Identifier: EUPL-1.2
"""Answers that somebody invited keeps to themselves: their program, or nobody, tells the organiser (SCHEDULE-AGENT and
Schedule-Reply: F; RFC 6638, 7.1 and 8.1). They stand in their own calendar, and nowhere else.

They hold as long as the meeting is the one that they were about, and nothing else was said of it at another door.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from vconf.bookings.calendar_views import ShownBooking, ShownDate, ShownParty
from vconf.integrations.caldav.attending import Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """sequence: of the meeting. said: what the organiser knew. whole, dates: as in `Answers`."""

    sequence: int
    said: str
    whole: str | None = None
    dates: Mapping[datetime, str] = field(default_factory=dict)

    def and_also(self, answers: Answers) -> Unsaid:
        """An answer for all dates takes the place of those to single ones."""
        dates = dict(answers.dates) if answers.whole is not None else {**self.dates, **answers.dates}
        return replace(self, whole=answers.whole or self.whole, dates=dates)

    def as_json(self) -> dict[str, Any]:
        if self.whole is None and not self.dates:
            return {}
        dates = {at.isoformat(): partstat for at, partstat in sorted(self.dates.items())}
        return {"sequence": self.sequence, "said": self.said, "whole": self.whole, "dates": dates}


def unsaid_in(record: Mapping[str, Any], *, sequence: int, said: str) -> Unsaid:
    """What was kept, if it still holds.

    :param record: `DressedEntry.unsaid`
    :param sequence: of the meeting now
    :param said: what the organiser knows now
    """
    kept = Unsaid(sequence=sequence, said=said)
    if not record or record["sequence"] != sequence or record["said"] != said:
        return kept
    dates = {datetime.fromisoformat(text): partstat for text, partstat in record["dates"].items()}
    return replace(kept, whole=record["whole"], dates=dates)


def with_unsaid(shown: ShownBooking, record: Mapping[str, Any], own: Collection[str]) -> ShownBooking:
    """The booking as its attendee has it. own: their addresses."""
    mine = [one for one in shown.attendees if one.address in own]
    if not record or not mine:
        return shown
    kept = unsaid_in(record, sequence=shown.sequence, said=mine[0].partstat)

    def told(party: ShownParty) -> ShownParty:
        return replace(party, partstat=kept.whole) if kept.whole is not None and party in mine else party

    def on(date: ShownDate) -> ShownDate:
        answers = dict(date.answers)
        if kept.whole is not None:
            answers = {address: partstat for address, partstat in answers.items() if address not in own}
        if partstat := kept.dates.get(date.recurrence_id):
            answers |= {one.address: partstat for one in mine}
        return replace(date, answers=answers, is_override=date.is_override or bool(answers))

    return replace(
        shown,
        attendees=tuple(told(one) for one in shown.attendees),
        dates=tuple(on(date) for date in shown.dates),
    )
