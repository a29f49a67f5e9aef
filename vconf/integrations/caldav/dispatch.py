# SPDX-License-Identifier: EUPL-1.2
"""Which method does what to which kind of resource, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from django.http import HttpResponse

from vconf.integrations.caldav import inbox_methods, object_methods, outbox
from vconf.integrations.caldav.boxes import Inbox, InboxMessage, Outbox
from vconf.integrations.caldav.calendars import CalendarCollection, CalendarObject, PersonObject
from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.making import refuse_acl, refuse_deleting
from vconf.integrations.caldav.propfind import propfind
from vconf.integrations.caldav.proppatch import proppatch
from vconf.integrations.caldav.reports import report
from vconf.integrations.caldav.resources import Resource

#: what is answered to a call about a resource of that kind
Handler: TypeAlias = Callable[[Call, Any], HttpResponse]


def _options(call: Call, resource: Resource) -> HttpResponse:
    """RFC 4918, 10.1; the headers are those of every answer."""
    answer = HttpResponse(status=200)
    answer["Allow"] = allowed(resource)
    answer["Content-Length"] = "0"
    return answer


HANDLERS: Mapping[type, Mapping[str, Handler]] = {
    Resource: {
        "OPTIONS": _options,
        "PROPFIND": propfind,
        "REPORT": report,
        "PROPPATCH": proppatch,
        "ACL": refuse_acl,
    },
    CalendarCollection: {"DELETE": refuse_deleting},
    CalendarObject: {
        "GET": object_methods.get,
        "HEAD": object_methods.get,
    },
    PersonObject: {
        "PUT": object_methods.put,
        "DELETE": object_methods.delete,
        "MOVE": object_methods.move,
        "COPY": object_methods.copy,
    },
    Inbox: {"REPORT": inbox_methods.report},
    InboxMessage: {
        "GET": inbox_methods.get,
        "HEAD": inbox_methods.get,
        "DELETE": inbox_methods.delete,
    },
    Outbox: {"POST": object_methods.answered(outbox.post)},
}

#: methods that ask for another collection, wherever it is to be
MAKING = frozenset({"MKCALENDAR", "MKCOL"})


_ALL: dict[type[Resource], Mapping[str, Handler]] = {}


def handlers_of(kind: type[Resource]) -> Mapping[str, Handler]:
    """Method -> handler, with those of the kinds it is derived from."""
    if kind not in _ALL:
        found: dict[str, Handler] = {}
        for base in reversed(kind.__mro__):
            found |= HANDLERS.get(base, {})
        _ALL[kind] = found
    return _ALL[kind]


def allowed(resource: Resource) -> str:
    """The header Allow."""
    return ", ".join(handlers_of(type(resource)))
