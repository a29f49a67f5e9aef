# SPDX-License-Identifier: EUPL-1.2
"""MKCALENDAR (RFC 4791, 5.3.1), MKCOL (RFC 5689), ACL (RFC 3744, 8.1) and DELETE of collections: not done here.

Everybody has one calendar of bookings. The refusals are those that clients know how to live with.
"""

from __future__ import annotations

from typing import NoReturn

from vconf.integrations.caldav.calendars import CalendarCollection
from vconf.integrations.caldav.finding import find
from vconf.integrations.caldav.http import Call, Refused, need_privileges
from vconf.integrations.caldav.resources import Resource


def refuse_making(call: Call) -> NoReturn:
    """Wherever something was to be made; absent and foreign places above it alike."""
    path = call.request.path_info
    if find(call, path) is not None:
        if call.request.method == "MKCOL":
            raise Refused(405)
        raise Refused(403, "D:resource-must-be-null")
    above = find(call, path.rstrip("/").rpartition("/")[0] + "/")
    if above is None:
        raise Refused(409)
    if isinstance(above, CalendarCollection):
        raise Refused(403, "C:calendar-collection-location-ok")
    need_privileges(above.href, "D:bind")


def refuse_acl(call: Call, resource: Resource) -> NoReturn:
    """Who may do what follows from the bookings."""
    need_privileges(resource.href, "D:write-acl")


def refuse_deleting(call: Call, resource: CalendarCollection) -> NoReturn:
    """The one calendar there is (RFC 6638, 3.2.1.3)."""
    if not resource.may_write:
        need_privileges(resource.href, "D:unbind")
    raise Refused(403, "C:default-calendar-needed")
