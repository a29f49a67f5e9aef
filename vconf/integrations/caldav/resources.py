# SPDX-License-Identifier: EUPL-1.2
"""What an address leads to. Each kind is a class; which property it has and which method it takes stands in tables
beside it (`properties.py`, `dispatch.py`).

An address leads to a kind that can be asked for (`Addressed`), which looks with the caller's eyes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

from vconf.integrations.caldav.http import Call

#: privileges as `acl.py` names them
READS = ("D:read", "D:read-acl", "D:read-current-user-privilege-set")
READS_CALENDAR = (*READS, "C:read-free-busy")
WRITES = ("D:write", "D:write-content", "D:write-properties", "D:bind", "D:unbind")

_NOTHING: Mapping[str, str] = {}


class Addressed(Protocol):
    """A kind of resource that addresses lead to."""

    @classmethod
    def find(cls, call: Call, **where: Any) -> Resource | None:
        """What is there for the caller; None for what is absent and for what is not theirs to see (R1.1)."""
        ...


class Resource:
    """href: its address. types: what stands in D:resourcetype. exists: false for a place where a PUT may make one."""

    types: ClassVar[tuple[str, ...]] = ("D:collection",)
    reports: ClassVar[tuple[str, ...]] = (
        "D:expand-property",
        "D:principal-property-search",
        "D:principal-search-property-set",
        "D:principal-match",
        "D:acl-principal-prop-set",
        "CS:calendarserver-principal-search",
    )
    exists: bool = True
    #: only its reports are answered; for all else it is not there
    only_reports: ClassVar[bool] = False

    def __init__(self, href: str) -> None:
        self.href = href

    @property
    def is_collection(self) -> bool:
        return "D:collection" in self.types

    @property
    def privileges(self) -> tuple[str, ...]:
        """What the caller may do here (RFC 3744, 5.4)."""
        return READS

    @property
    def owner(self) -> str:
        """The address of the principal it belongs to; empty if it is everybody's."""
        return ""

    def look(self, call: Call) -> Mapping[str, str]:
        """What the caller has set of its properties: name -> XML in it."""
        return _NOTHING

    def members(self, call: Call) -> Sequence[Resource]:
        """What is in a collection, as far as the caller may see it."""
        return ()
