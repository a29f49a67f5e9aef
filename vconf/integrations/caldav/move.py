# SPDX-License-Identifier: EUPL-1.2
"""MOVE and COPY of calendar objects (RFC 4918, 9.8 and 9.9), as far as they mean anything here.

Everybody has one calendar, in which each meeting stands once: a copy would be a second one under the same UID (RFC
6638, 3.2.4.1), and in somebody else's calendar the meeting would have another organiser. Nor are names changed: a sync
tells one name for each meeting, and who knew the old one would keep both.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.paths import path_of
from vconf.integrations.caldav.unacceptable import ORGANISER_CHANGE, Unacceptable, stale


def refuse_move(call: Call, source: str, *, taken: bool) -> Unacceptable:
    """Why it is not moved. taken: whether something stands at the destination that the caller may see."""
    wrong = _bad_destination(call)
    if wrong is not None:
        return wrong
    if path_of(call.header("Destination")) == path_of(source):
        return Unacceptable(403)
    if taken and call.header("Overwrite").upper() == "F":
        return stale()
    return Unacceptable(
        403, ORGANISER_CHANGE, _("A meeting stays in the calendar of who organises it, under its name.")
    )


def refuse_copy(call: Call, source: str) -> Unacceptable:
    """Why it is not copied."""
    wrong = _bad_destination(call)
    if wrong is not None:
        return wrong
    if path_of(call.header("Destination")) == path_of(source):
        return Unacceptable(403)
    return Unacceptable(
        403, "unique-scheduling-object-resource", _("Each meeting stands in a calendar once."), href=source
    )


def _bad_destination(call: Call) -> Unacceptable | None:
    destination = call.header("Destination")
    parts = urlsplit(destination) if destination else None
    if parts is None or path_of(destination) is None:
        return Unacceptable(400)
    if parts.netloc and parts.netloc != call.request.get_host():
        return Unacceptable(502)
    return None
