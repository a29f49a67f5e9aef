# SPDX-License-Identifier: EUPL-1.2
"""What HTTP does to inboxes and the messages in them (RFC 6638, 2.2): they are read, and deleted when seen."""

from __future__ import annotations

import re

from django.http import HttpResponse

from vconf.integrations.caldav import inbox, paths, xml
from vconf.integrations.caldav.boxes import Inbox, InboxMessage
from vconf.integrations.caldav.get import CONTENT_TYPE
from vconf.integrations.caldav.http import XML, Call, Refused, multistatus, status_response
from vconf.integrations.caldav.multiget import MOST_HREFS
from vconf.integrations.caldav.paths import name_in
from vconf.integrations.caldav.propfind import Wish
from vconf.integrations.caldav.reports import report as other_report
from vconf.integrations.caldav.xml import Element

_TOKEN = re.compile(r"data:,inbox-([0-9a-f-]{36})-([0-9]{1,18})")


def get(call: Call, one: InboxMessage) -> HttpResponse:
    answer = HttpResponse(one.message.octets, content_type=CONTENT_TYPE)
    answer["ETag"] = one.message.etag
    return answer


def delete(call: Call, one: InboxMessage) -> HttpResponse:
    if not inbox.take_out(one.box.person.id, one.message.name):
        raise Refused(404)
    return HttpResponse(status=204)


def report(call: Call, box: Inbox) -> HttpResponse:
    """Queries answer all there is: an inbox holds a handful of messages."""
    document = call.document()
    match None if document is None else document.name:
        case "C:calendar-multiget":
            assert document is not None
            return _multiget(call, box, document)
        case "C:calendar-query":
            assert document is not None
            wish = Wish.read(document)
            found = box.members(call)
            return multistatus(call, [wish.response(call, one) for one in found])
        case "D:sync-collection":
            assert document is not None
            return _sync(call, box, document)
    return other_report(call, box)


def _multiget(call: Call, box: Inbox, document: Element) -> HttpResponse:
    hrefs = list(dict.fromkeys(one.text.strip() for one in document.all("D:href")))
    if not hrefs or len(hrefs) > MOST_HREFS:
        raise Refused(400)
    names = {href: name_in(box.href, href) for href in hrefs}
    found = box.holding(inbox.messages_of(box.person.id, [name for name in names.values() if name]))
    there = {one.message.name: one for one in found}
    wish, parts = Wish.read(document), []
    for href in hrefs:
        one = there.get(names[href] or "")
        if one is None:
            parts.append(status_response(href, "HTTP/1.1 404 Not Found"))
        else:
            parts.append(wish.response(call, one, href=href))
    return multistatus(call, parts)


def _sync(call: Call, box: Inbox, document: Element) -> HttpResponse:
    state = inbox.state_of(box.person.id)
    since, token = 0, document.text_of("D:sync-token")
    if token:
        found = _TOKEN.fullmatch(token)
        since = -1 if found is None or found[1] != str(box.person.id) else int(found[2])
        if not state.known_since <= since <= state.change:
            raise Refused(403, "D:valid-sync-token")
    there, gone = inbox.changed_since(box.person.id, since, state.change)
    wish = Wish.read(document)
    parts = [wish.response(call, one) for one in box.holding(there)]
    parts += [status_response(paths.below(box.href, name), "HTTP/1.1 404 Not Found") for name in gone]
    new_token = xml.element("D:sync-token", xml.text(box.token_of(state.change)))
    return HttpResponse(xml.document("D:multistatus", *parts, new_token), status=207, content_type=XML)
