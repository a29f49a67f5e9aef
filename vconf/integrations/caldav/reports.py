# SPDX-License-Identifier: EUPL-1.2
"""REPORT (RFC 3253, 3.6): which question is answered where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from django.http import HttpResponse

from vconf.integrations.caldav.expand_property import expand_property
from vconf.integrations.caldav.freebusy_query import free_busy_query
from vconf.integrations.caldav.http import Call, Refused
from vconf.integrations.caldav.multiget import multiget
from vconf.integrations.caldav.query import calendar_query
from vconf.integrations.caldav.resources import Resource
from vconf.integrations.caldav.searches import (
    acl_principal_prop_set,
    principal_match,
    principal_property_search,
    principal_search,
    principal_search_property_set,
)
from vconf.integrations.caldav.sync import sync_collection
from vconf.integrations.caldav.xml import Element

Report: TypeAlias = Callable[[Call, Any, Element], HttpResponse]

REPORTS: Mapping[str, Report] = {
    "C:calendar-multiget": multiget,
    "C:calendar-query": calendar_query,
    "C:free-busy-query": free_busy_query,
    "D:sync-collection": sync_collection,
    "D:expand-property": expand_property,
    "D:principal-match": principal_match,
    "D:principal-property-search": principal_property_search,
    "D:principal-search-property-set": principal_search_property_set,
    "D:acl-principal-prop-set": acl_principal_prop_set,
    "CS:calendarserver-principal-search": principal_search,
}


def report(call: Call, resource: Resource) -> HttpResponse:
    """Whatever Depth says: each report knows how far it goes, and clients send what they like."""
    document = call.document()
    if document is None:
        raise Refused(400)
    found = REPORTS.get(document.name)
    if found is None or document.name not in resource.reports:
        if resource.only_reports:
            raise Refused(404)
        raise Refused(403, "D:supported-report")
    return found(call, resource, document)
