# SPDX-License-Identifier: EUPL-1.2
"""Why a calendar object cannot be taken."""


class InvalidCalendar(Exception):
    """The text is no calendar object that can be taken.

    precondition: local name of the CalDAV element that says so (RFC 4791, 5.3.2.1; RFC 6638, 3.2.4). detail: why, in
    English, for developers; quotes nothing of the text.
    """

    def __init__(self, precondition: str, detail: str) -> None:
        super().__init__(f"{precondition}: {detail}")
        self.precondition = precondition
        self.detail = detail


#: the text does not parse, or a value in it cannot be understood
DATA = "valid-calendar-data"
#: it parses, but is not what one resource may hold
RESOURCE = "valid-calendar-object-resource"
