# SPDX-License-Identifier: EUPL-1.2
"""What an address in a body leads to, for who asks."""

from __future__ import annotations

from django.urls import Resolver404, resolve

from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.paths import path_of
from vconf.integrations.caldav.resources import Addressed, Resource


def find(call: Call, href: str) -> Resource | None:
    """None for what is not there, not the caller's to see, or not ours."""
    path = path_of(href)
    if path is None:
        return None
    try:
        where = dict(resolve(path).kwargs)
    except Resolver404:
        return None
    kind: type[Addressed] | None = where.pop("kind", None)
    found = None if kind is None else kind.find(call, **where)
    if found is None or not found.exists or found.only_reports:
        return None
    return found
