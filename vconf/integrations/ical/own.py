# SPDX-License-Identifier: EUPL-1.2
"""What vconf itself put into an event, recognised when a program sends it back."""

import re

from django.conf import settings

from vconf.integrations.ical.lines import Line

#: on CONFERENCE lines that are ours; programs keep parameters they do not know, as RFC 5545 (3.2) asks
MARK = "X-VCONF"


def is_own_link(uri: str) -> bool:
    """Whether this is a join link of ours."""
    return uri.strip().startswith(_prefix())


def is_own_conference(line: Line) -> bool:
    """Whether a CONFERENCE line is ours: marked, or with a link of ours."""
    return MARK in line.params or is_own_link(line.value)


def own_place_taken_out(location: str) -> str:
    """A place without join links of ours and the dash before them."""
    if _prefix() not in location:
        return location
    words = re.sub(rf"{re.escape(_prefix())}[A-Za-z0-9_-]*", "", location)
    return words.strip(" \t\n–-,;")


def _prefix() -> str:
    return f"{settings.VCONF_PUBLIC_URL.rstrip('/')}/j/"
