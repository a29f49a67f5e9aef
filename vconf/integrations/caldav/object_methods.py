# SPDX-License-Identifier: EUPL-1.2
"""What HTTP does to one calendar object: requests in, answers with their tags out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from vconf.integrations.caldav import xml
from vconf.integrations.caldav.calendar_data import Read, read_object
from vconf.integrations.caldav.calendars import CalendarObject, PersonObject
from vconf.integrations.caldav.conditions import Conditions
from vconf.integrations.caldav.delete import delete_object
from vconf.integrations.caldav.get import CONTENT_TYPE
from vconf.integrations.caldav.http import XML, Call
from vconf.integrations.caldav.move import move_object, name_wanted, refuse_copy
from vconf.integrations.caldav.paths import is_name
from vconf.integrations.caldav.places import Place
from vconf.integrations.caldav.put import put_object
from vconf.integrations.caldav.resources import Resource
from vconf.integrations.caldav.unacceptable import CALDAV, Unacceptable, not_there

R = TypeVar("R", bound=Resource)

#: what calendar objects may be sent as (RFC 4791, 5.3.2): programs name all sorts of text
_TEXTS = frozenset({"", "text/calendar", "text/plain", "application/octet-stream", "application/ics"})


def answered(handle: Callable[[Call, R], HttpResponse]) -> Callable[[Call, R], HttpResponse]:
    """Around a handler: what cannot be accepted is answered with its precondition and a sentence for people."""

    @functools.wraps(handle)
    def run(call: Call, one: R) -> HttpResponse:
        try:
            return handle(call, one)
        except Unacceptable as refused:
            return refusal_response(refused)

    return run


def refusal_response(refused: Unacceptable) -> HttpResponse:
    """RFC 4918, 16: the element, and a description that some clients show."""
    if not refused.element:
        return HttpResponse(status=refused.status)
    prefix = "C" if refused.namespace == CALDAV else "D"
    inner = xml.href(refused.href) if refused.href else ""
    body = xml.element(f"{prefix}:{refused.element}", inner)
    if refused.detail:
        body += f"<D:responsedescription>{xml.text(str(refused.detail))}</D:responsedescription>"
    return HttpResponse(xml.document("D:error", body), status=refused.status, content_type=XML)


@answered
def get(call: Call, one: CalendarObject) -> HttpResponse:
    """GET and HEAD."""
    found = read_object(call, one)
    if found is None:
        raise not_there()
    conditions = Conditions.of(call.request.headers)
    if conditions.none_match is not None and (
        "*" in conditions.none_match or found.tags.etag in conditions.none_match
    ):
        return _tagged(HttpResponse(status=304), found)
    if conditions.match is not None and not {"*", found.tags.etag} & conditions.match:
        return HttpResponse(status=412)
    return _tagged(HttpResponse(found.octets, content_type=CONTENT_TYPE), found)


@answered
def put(call: Call, one: PersonObject) -> HttpResponse:
    """201 or 204; the object itself with `Prefer: return=representation` (RFC 8144, 3)."""
    kind = call.header("Content-Type").partition(";")[0].strip().lower()
    if kind not in _TEXTS:
        raise Unacceptable(415, "supported-calendar-data")
    if not is_name(one.name):
        raise Unacceptable(400)
    octets = call.octets
    is_new = put_object(
        _place(call, one),
        octets,
        Conditions.of(call.request.headers),
        actor=call.actor,
        silent=_is_silent(call),
    )
    status = 201 if is_new else 204
    found = _object(call, one)
    if found is None:  # cancelled by what was stored
        return HttpResponse(status=status)
    text = found.octets
    if call.wants_representation:
        answer = HttpResponse(text, status=201 if is_new else 200, content_type=CONTENT_TYPE)
        answer["Preference-Applied"] = "return=representation"
        answer["Content-Location"] = one.href
        patch_vary_headers(answer, ["Prefer"])
        return _tagged(answer, found)
    answer = HttpResponse(status=status)
    if text == octets:
        return _tagged(answer, found)
    # what is there is not what was sent: without an ETag the client reads it (RFC 4791, 5.3.4)
    answer["Schedule-Tag"] = found.tags.schedule_tag
    return answer


@answered
def delete(call: Call, one: PersonObject) -> HttpResponse:
    delete_object(
        _place(call, one), Conditions.of(call.request.headers), actor=call.actor, silent=_is_silent(call)
    )
    return HttpResponse(status=204)


@answered
def move(call: Call, one: PersonObject) -> HttpResponse:
    """201, or 204 where something else had the name (RFC 4918, 9.9.4)."""
    _require_there(call, one)
    is_new = move_object(
        _place(call, one),
        name_wanted(call, one.href, one.collection.href),
        Conditions.of(call.request.headers),
        actor=call.actor,
        overwrites=call.header("Overwrite").upper() != "F",
        silent=_is_silent(call),
    )
    return HttpResponse(status=201 if is_new else 204)


@answered
def copy(call: Call, one: PersonObject) -> HttpResponse:
    _require_there(call, one)
    raise refuse_copy(call, one.href)


def _object(call: Call, one: CalendarObject) -> Read | None:
    """What is there by now. The client is going to read it, from us or in a report."""
    found = one.collection.named([one.name]).get(one.name)
    return None if found is None else read_object(call, found)


def _place(call: Call, one: PersonObject) -> Place:
    view = one.collection.view
    assert view.person is not None
    return Place(view.id, view.person, one.name)


def _require_there(call: Call, one: CalendarObject) -> None:
    if not one.collection.named([one.name]):
        raise not_there()


def _tagged(answer: HttpResponse, found: Read) -> HttpResponse:
    answer["ETag"] = found.tags.etag
    if not found.busy:
        answer["Schedule-Tag"] = found.tags.schedule_tag
    return answer


def _is_silent(call: Call) -> bool:
    """Schedule-Reply: F (RFC 6638, 8.1)."""
    return call.header("Schedule-Reply").upper() == "F"
