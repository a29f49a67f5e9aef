# SPDX-License-Identifier: EUPL-1.2
"""Why an object is not taken: the precondition that the standard names, and a sentence that clients show."""

from __future__ import annotations

from typing import Final

from vconf.errors import Text

CALDAV: Final = "urn:ietf:params:xml:ns:caldav"
DAV: Final = "DAV:"

VALID_OBJECT: Final = "valid-calendar-object-resource"
ORGANISER_CHANGE: Final = "allowed-organizer-scheduling-object-change"
ATTENDEE_CHANGE: Final = "allowed-attendee-scheduling-object-change"


class Unacceptable(Exception):
    """A request that changes nothing. `element` is the name of the precondition in `namespace`; "" if the status says
    it all (RFC 4791, 5.3.2.1; RFC 6638, 3.2.4). `href`: of the resource that stands in the way.
    """

    def __init__(
        self,
        status: int,
        element: str = "",
        detail: Text = "",
        *,
        namespace: str = CALDAV,
        href: str = "",
    ) -> None:
        super().__init__(f"{status} {element}")
        self.status = status
        self.element = element
        self.namespace = namespace
        self.detail = detail
        self.href = href


def not_there() -> Unacceptable:
    """Absent and foreign alike."""
    return Unacceptable(404)


def stale() -> Unacceptable:
    """If-Match, If-None-Match or If-Schedule-Tag-Match does not hold (RFC 9110, 13.1; RFC 6638, 3.3)."""
    return Unacceptable(412)
