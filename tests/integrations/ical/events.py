# SPDX-License-Identifier: EUPL-1.2
"""The event that the tests of iCalendar text write."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from vconf.integrations.ical.event import CalendarEvent, Party

ANNA = Party(address="anna@im.mv.example", name="Anna Amsel")
BERND = Party(address="bernd@im.mv.example", name="Bernd Buche", partstat="ACCEPTED")
CLARA = Party(address="clara@fm.mv.example", name="Clasen, Clara", role="OPT-PARTICIPANT")
SAAL = Party(address="grosser-saal@raum.mv.example", name="Großer Saal")


def event(**changed: Any) -> CalendarEvent:
    """A meeting of an hour on 1 December 2026 at 10:00 in Berlin."""
    usual = CalendarEvent(
        uid="0193a5c2-7b1e-7c3d-9f00-5a1b2c3d4e5f@mv.example",
        sequence=2,
        stamp=datetime(2026, 11, 3, 7, 15, 0, tzinfo=UTC),
        created_at=datetime(2026, 11, 2, 8, 0, 0, tzinfo=UTC),
        title="Lagebesprechung",
        description="Tagesordnung folgt.",
        language="en",
        timezone="Europe/Berlin",
        starts_local=datetime(2026, 12, 1, 10, 0),
        duration=timedelta(hours=1),
        organiser=ANNA,
        attendees=(BERND, CLARA),
        room=SAAL,
        join_url="https://vk.mv.example/j/7Qm3xV0pZr5tB8nK2cLwYh",
        pin="123456789",
    )
    return replace(usual, **changed)
