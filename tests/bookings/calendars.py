# SPDX-License-Identifier: EUPL-1.2
"""Calendars in tests: those that the caller is sure to see."""

from __future__ import annotations

from vconf.bookings.calendar_views import CalendarView


def there(found: CalendarView | None) -> CalendarView:
    assert found is not None
    return found
