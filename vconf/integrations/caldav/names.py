# SPDX-License-Identifier: EUPL-1.2
"""Names of XML elements: `D:getetag` for those of the namespaces we speak, `{namespace}local` for all others.

Clients choose prefixes as they like, so names are compared by namespace and never by prefix; these here are ours.
"""

from __future__ import annotations

PREFIXES = {
    "DAV:": "D",
    "urn:ietf:params:xml:ns:caldav": "C",
    "http://calendarserver.org/ns/": "CS",
    "http://apple.com/ns/ical/": "A",
}

#: what the outermost element of every answer declares
DECLARED = "".join(f' xmlns:{prefix}="{namespace}"' for namespace, prefix in PREFIXES.items())


def short(clark: str) -> str:
    """`{DAV:}getetag` -> `D:getetag`. A name in no namespace, or in a foreign one, stays as it is.

    Nothing is kept from one request to the next: a client may call an element whatever it likes, up to a megabyte.
    """
    namespace, closed, local = clark[1:].rpartition("}") if clark.startswith("{") else ("", "", clark)
    prefix = PREFIXES.get(namespace)
    return f"{prefix}:{local}" if closed and prefix is not None else clark
