# SPDX-License-Identifier: EUPL-1.2
"""calendar-multiget (RFC 4791, 7.9): these objects, each under the address that it was asked for."""

from __future__ import annotations

from django.http import HttpResponse

from vconf.integrations.caldav.calendar_data import read_shape, with_texts
from vconf.integrations.caldav.calendars import CalendarCollection, CalendarObject
from vconf.integrations.caldav.http import Call, Refused, multistatus, status_response
from vconf.integrations.caldav.paths import name_in
from vconf.integrations.caldav.propfind import Wish
from vconf.integrations.caldav.xml import Element

#: objects of one request; clients ask for some dozens
MOST_HREFS = 5_000


def multiget(call: Call, calendar: CalendarCollection, document: Element) -> HttpResponse:
    """A few statements, however many objects. What is not there, or elsewhere, has 404 in its response."""
    hrefs = list(dict.fromkeys(one.text.strip() for one in document.all("D:href")))
    if not hrefs:
        raise Refused(400)
    if len(hrefs) > MOST_HREFS:
        raise Refused(403, "D:number-of-matches-within-limits")
    wish, shape = Wish.of_report(document), read_shape(document)
    names = {href: name for href in hrefs if (name := name_in(calendar.href, href)) is not None}
    found = calendar.named(set(names.values()))
    there: dict[str, CalendarObject] = found
    if shape is not None:
        there = {one.name: one for one in with_texts(call, calendar, list(found.values()), shape)}
    parts = []
    for href in hrefs:
        one = there.get(names.get(href, ""))
        if one is None:
            parts.append(status_response(href, "HTTP/1.1 404 Not Found"))
        else:
            parts.append(wish.response(call, one, href=href))
    return multistatus(call, parts)
