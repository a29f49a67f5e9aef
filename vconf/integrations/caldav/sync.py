# SPDX-License-Identifier: EUPL-1.2
"""sync-collection (RFC 6578): what changed since a token, in the order in which it did.

A token names a change of the calendar, which is counted in the transaction that makes it and under the calendar's lock:
whoever has read up to one has missed nothing before it. What is cut off by a limit goes on after the last change told.
"""

from __future__ import annotations

import re

from django.http import HttpResponse

from vconf.bookings.calendar_views import changed_since
from vconf.integrations.caldav import xml
from vconf.integrations.caldav.calendar_data import read_shape, with_texts
from vconf.integrations.caldav.calendars import CalendarCollection, token_of
from vconf.integrations.caldav.http import XML, Call, Refused, status_response
from vconf.integrations.caldav.propfind import Wish
from vconf.integrations.caldav.xml import Element

_TOKEN = re.compile(r"data:,([0-9]{1,18})-([0-9]{1,18})")


def sync_collection(call: Call, calendar: CalendarCollection, document: Element) -> HttpResponse:
    """Whatever Depth says: Thunderbird sends 1, the RFC wants 0, and there is nothing below the objects."""
    if document.text_of("D:sync-level") not in ("", "1"):
        raise Refused(403, "D:sync-traversal-supported")
    since = _since(calendar, document.text_of("D:sync-token"))
    wish, shape = Wish.of_report(document), read_shape(document)
    changes = changed_since(calendar.view, since, _limit(document))
    there = calendar.as_objects([one for one in changes.entries if not one.deleted])
    if shape is not None:
        there = list(with_texts(call, calendar, there, shape))
    responses = [wish.response(call, one) for one in there]
    responses += [
        status_response(calendar.address_of(one), "HTTP/1.1 404 Not Found")
        for one in changes.entries
        if one.deleted
    ]
    if changes.more:
        status = "HTTP/1.1 507 Insufficient Storage"
        responses.append(status_response(calendar.href, status, "D:number-of-matches-within-limits"))
    token = xml.element("D:sync-token", xml.text(token_of(calendar.view, changes.change)))
    body = xml.document("D:multistatus", *responses, token)
    return HttpResponse(body, status=207, content_type=XML)


def _since(calendar: CalendarCollection, token: str) -> int:
    """The change that a token stands for; 0 for none. Raises Refused for those of others, too old ones and invented
    ones, and the client begins anew (RFC 6578, 3.2)."""
    if not token:
        return 0
    found = _TOKEN.fullmatch(token)
    if found is None or int(found[1]) != calendar.view.id or not calendar.view.knows(int(found[2])):
        raise Refused(403, "D:valid-sync-token")
    return int(found[2])


def _limit(document: Element) -> int | None:
    """D:limit (RFC 5323, 5.17). Raises Refused."""
    limit = document.child("D:limit")
    if limit is None:
        return None
    text = limit.text_of("D:nresults")
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise Refused(400)
    return int(text)
