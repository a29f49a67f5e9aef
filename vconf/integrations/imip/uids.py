# SPDX-License-Identifier: EUPL-1.2
"""UIDs as organisers' programs write them, so that two that mean one meeting are equal."""

from __future__ import annotations

import re

#: Exchange's Global Object ID (MS-OXOCAL, 2.2.1.27): of a single date octets 16 to 19 say which one it is
_GLOBAL_OBJECT_ID = re.compile(r"(040000008200E00074C5B7101A82E008)[0-9A-F]{8}([0-9A-F]{32,})")


def uid_key(uid: str) -> str:
    """The UID, Exchange's ones without the date that stands in them."""
    found = _GLOBAL_OBJECT_ID.fullmatch(uid.upper())
    return uid if found is None else f"{found[1]}00000000{found[2]}"
