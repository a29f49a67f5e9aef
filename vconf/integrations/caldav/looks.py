# SPDX-License-Identifier: EUPL-1.2
"""How a person has a calendar shown: its name, colour, place in the list, and whatever else their clients keep with it.

Each person has their own, also of the calendars of rooms and of those they stand in for. Nobody else sees any of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from vconf.bookings.models import Calendar
from vconf.bookings.retry import retried
from vconf.integrations.caldav.http import Refused
from vconf.integrations.caldav.models import CalendarLook

#: properties that one person may keep with one calendar
MOST = 50


def look_of(person_id: UUID, calendar_id: int) -> Mapping[str, str]:
    """Name of a property -> the XML in it."""
    rows = CalendarLook.objects.filter(person=person_id, calendar=calendar_id)
    return dict(rows.values_list("name", "value"))


@retried
def keep_look(person_id: UUID, calendar_id: int, changes: Mapping[str, str | None]) -> None:
    """Set these properties; None takes one away. All or nothing. Raises Refused (507) beyond what may be kept."""
    with transaction.atomic():
        # one after the other, so that the count holds
        Calendar.objects.select_for_update(no_key=True).get(id=calendar_id)
        rows = CalendarLook.objects.filter(person=person_id, calendar=calendar_id)
        rows.filter(name__in=[name for name, value in changes.items() if value is None]).delete()
        CalendarLook.objects.bulk_create(
            [
                CalendarLook(person_id=person_id, calendar_id=calendar_id, name=name, value=value)
                for name, value in changes.items()
                if value is not None
            ],
            update_conflicts=True,
            unique_fields=["person", "calendar", "name"],
            update_fields=["value"],
        )
        if rows.count() > MOST:
            raise Refused(507, "D:quota-not-exceeded")
