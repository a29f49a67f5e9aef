# SPDX-License-Identifier: EUPL-1.2
"""Addresses: absolute paths, percent-encoded once, collections with a slash at the end, ids instead of addresses."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

ROOT = "/dav/"
PRINCIPALS = "/dav/principals/"
PEOPLE = "/dav/principals/users/"
ROOMS = "/dav/principals/rooms/"
HOMES = "/dav/calendars/"
ROOM_HOMES = "/dav/rooms/"

#: characters of a name that stand as they are; clients compare what they get with what they sent
_PLAIN = "-._~!$'()*+,;=:@"
#: most names are ids, of which a calendar may list ten thousand
_IS_PLAIN = re.compile("[A-Za-z0-9._-]*")


def person(person_id: UUID) -> str:
    return f"{PEOPLE}{person_id}/"


def proxies(person_id: UUID, kind: str) -> str:
    """kind: `read` or `write`."""
    return f"{PEOPLE}{person_id}/calendar-proxy-{kind}/"


def room(room_id: UUID) -> str:
    return f"{ROOMS}{room_id}/"


def home(person_id: UUID) -> str:
    return f"{HOMES}{person_id}/"


def bookings(person_id: UUID) -> str:
    return f"{HOMES}{person_id}/bookings/"


def of_principal(deputy_id: UUID, principal_id: UUID) -> str:
    """The calendar of somebody, in the home of their deputy."""
    return f"{HOMES}{deputy_id}/{principal_id}/"


def inbox(person_id: UUID) -> str:
    return f"{HOMES}{person_id}/inbox/"


def outbox(person_id: UUID) -> str:
    return f"{HOMES}{person_id}/outbox/"


def room_home(room_id: UUID) -> str:
    return f"{ROOM_HOMES}{room_id}/"


def room_calendar(room_id: UUID) -> str:
    return f"{ROOM_HOMES}{room_id}/calendar/"


def below(collection: str, name: str) -> str:
    """The address of a member of a collection, from its name as it is kept (not encoded)."""
    return collection + (name if _IS_PLAIN.fullmatch(name) else quote(name, safe=_PLAIN))


def is_name(name: str) -> bool:
    """Whether a member can be called that: clients that build its address get back to it, as do those in between, who
    take `.` and `..` for steps (RFC 3986, 6.2.2.3).
    """
    return name not in {".", ".."} and name_in("/", below("/", name)) == name


def path_of(href: str) -> str | None:
    """The path that a client means, decoded: of a path or an absolute URL, however encoded. None if it is neither."""
    try:
        parts = urlsplit(href.strip())
        path = unquote(parts.path, errors="strict")
    except ValueError:
        return None
    return path if path.startswith("/") and path.isprintable() else None


def name_in(collection: str, href: str) -> str | None:
    """The name of a member of this collection as it is kept; None if the address leads elsewhere."""
    path = path_of(href)
    if path is None or not path.startswith(collection):
        return None
    name = path[len(collection) :]
    return name if name and "/" not in name else None
