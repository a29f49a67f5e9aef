# SPDX-License-Identifier: EUPL-1.2
"""Inbox and outbox, which everybody has for themselves (RFC 6638, 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from vconf.authorities.models import Person
from vconf.integrations.caldav import inbox, paths, xml
from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.inbox import Message
from vconf.integrations.caldav.resources import READS, READS_CALENDAR, Resource


class Box(Resource):
    """Inbox or outbox of the caller; nobody reaches anybody else's."""

    segment: ClassVar[str]

    def __init__(self, person: Person) -> None:
        super().__init__(f"{paths.home(person.id)}{self.segment}/")
        self.person = person

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        return cls(call.person) if where["person_id"] == call.person_id else None

    @property
    def owner(self) -> str:
        return paths.person(self.person.id)


class Inbox(Box):
    """Where invitations arrive as messages (RFC 6638, 2.2)."""

    segment = "inbox"
    types = ("D:collection", "C:schedule-inbox")
    reports = (*Resource.reports, "C:calendar-multiget", "C:calendar-query", "D:sync-collection")

    @property
    def privileges(self) -> tuple[str, ...]:
        return (
            *READS_CALENDAR,
            "D:write-properties",
            "D:unbind",
            "C:schedule-deliver",
            "C:schedule-deliver-invite",
            "C:schedule-deliver-reply",
            "C:schedule-query-freebusy",
        )

    def members(self, call: Call) -> Sequence[Resource]:
        return self.holding(inbox.messages_of(self.person.id))

    def holding(self, messages: Iterable[Message]) -> list[InboxMessage]:
        return [InboxMessage(self, one) for one in messages]

    @property
    def token(self) -> str:
        """As of a calendar's: up to its last change."""
        return self.token_of(inbox.state_of(self.person.id).change)

    def token_of(self, change: int) -> str:
        return f"data:,inbox-{self.person.id}-{change}"


class InboxMessage(Resource):
    """A message in the inbox of the caller. text: what it says, as XML."""

    types = ()
    reports = ()

    def __init__(self, box: Inbox, message: Message) -> None:
        super().__init__(paths.below(box.href, message.name))
        self.box = box
        self.message = message

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        box = Inbox.find(call, person_id=where["person_id"])
        found = [] if box is None else inbox.messages_of(box.person.id, [where["name"]])
        return cls(box, found[0]) if box is not None and found else None

    @property
    def owner(self) -> str:
        return self.box.owner

    @property
    def text(self) -> str:
        return xml.octets_as_text(self.message.octets)


class Outbox(Box):
    """Where others' free and busy times are asked for (RFC 6638, 2.1)."""

    segment = "outbox"
    types = ("D:collection", "C:schedule-outbox")

    @property
    def privileges(self) -> tuple[str, ...]:
        return (
            *READS,
            "C:schedule-send",
            "C:schedule-send-invite",
            "C:schedule-send-reply",
            "C:schedule-send-freebusy",
        )
