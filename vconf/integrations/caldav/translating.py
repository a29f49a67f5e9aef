# SPDX-License-Identifier: EUPL-1.2
"""This door's table: refusals of the inside that a calendar object cannot be stored with, as preconditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vconf.errors import DomainError, Forbidden, Invalid, NotFound, Text, VersionConflict
from vconf.integrations.caldav.unacceptable import (
    DAV,
    ORGANISER_CHANGE,
    VALID_OBJECT,
    Unacceptable,
    stale,
)
from vconf.integrations.ical.invalid import InvalidCalendar
from vconf.integrations.ical.wishes import NotBookable

_ELEMENTS: Final = {
    "in_past": "min-date-time",
    "already_started": "min-date-time",
    "beyond_horizon": "max-date-time",
    "uid_taken": "no-uid-conflict",
}


def unacceptable(error: DomainError, *, href_of_uid: Callable[[], str] = lambda: "") -> Unacceptable:
    """The answer to a refusal that changed nothing. `href_of_uid`: where the UID is in use."""
    if isinstance(error, VersionConflict):
        return stale()
    if isinstance(error, Forbidden | NotFound):
        return Unacceptable(403, "need-privileges", error.detail, namespace=DAV)
    if isinstance(error, Invalid):
        return Unacceptable(403, VALID_OBJECT, _first_sentence(error))
    element = _ELEMENTS.get(error.code, ORGANISER_CHANGE)
    href = href_of_uid() if element == "no-uid-conflict" else ""
    return Unacceptable(403, element, error.detail, href=href)


def not_bookable(error: NotBookable) -> Unacceptable:
    """The answer to an object that says nothing a booking can be."""
    element = ORGANISER_CHANGE if error.code == "not_organiser" else VALID_OBJECT
    return Unacceptable(403, element, error.detail)


def unreadable(error: InvalidCalendar) -> Unacceptable:
    """The answer to a text that is no calendar object, or larger than one may be."""
    status = {"max-resource-size": 413, "supported-calendar-data": 415}.get(error.precondition, 403)
    return Unacceptable(status, error.precondition, error.detail)


def _first_sentence(error: Invalid) -> Text:
    for sentences in error.fields.values():
        for sentence in sentences:
            return sentence
    return error.detail
