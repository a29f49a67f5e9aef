# SPDX-License-Identifier: EUPL-1.2
"""Who stands before the join page: a signed-in person or a guest, and what the session remembers of them.

The session is only written when somebody presses a button. It keeps no PIN, but the keyed hash of the one that was
entered: a new PIN voids it.
"""

from __future__ import annotations

import hmac
import secrets
import time
import unicodedata
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from vconf.authorities.models import Person
from vconf.bookings.joining import JoinView
from vconf.bookings.models import JoinLink
from vconf.crypto import keyed_hash

LONGEST_NAME = 80
#: Links a session remembers; the oldest goes first.
LINKS = 20
#: How long after *Join* the page lets somebody in by itself, in seconds; longer if no server could be had.
PRESSED = 90.0
PRESSED_IN_TROUBLE = 900.0
#: How long after *Join* the page leads somebody whom a full meeting sent back into it again by itself.
JOINED = 3600.0

_MEMORY = "join"
_NAME = "join_name"


@dataclass(frozen=True, slots=True)
class Memory:
    """What a session knows about one link. `pressed_at`: Unix time of the last *Join* that is still waiting;
    `joined_at`: of the last one that was in order, whether it waits or led to the meeting.

    `trouble`: what it waits for is a server; `no_server`: the pool has none. `consent`: what was agreed to, as a keyed
    hash; other words have to be agreed to anew.
    """

    pin: str = ""
    moderator_pin: str = ""
    secret: str = ""
    pressed_at: float = 0.0
    joined_at: float = 0.0
    trouble: bool = False
    no_server: bool = False
    consent: str = ""

    @property
    def waits(self) -> bool:
        longest = PRESSED_IN_TROUBLE if self.trouble else PRESSED
        return 0 <= time.time() - self.pressed_at < longest

    @property
    def may_follow(self) -> bool:
        return 0 <= time.time() - self.joined_at < JOINED


#: A session may have been written by another version.
_REMEMBERED = {field.name for field in fields(Memory)}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a join link, as far as known. `name` is empty until a guest has given one.

    `invited`: a person with a part in the booking. `knows_pin`: needs to enter none.
    """

    person: Person | None
    name: str
    invited: bool
    moderator: bool
    knows_pin: bool
    memory: Memory

    def user_id(self, occurrence_id: UUID) -> str:
        """The same each time they come back to this date, so that they count once; tells nothing about them."""
        who = str(self.person.id) if self.person is not None else f"{self.memory.secret}:{self.name}"
        return keyed_hash("conference-user", f"{occurrence_id}:{who}")[:32]


def visitor_at(request: HttpRequest, view: JoinView) -> Visitor:
    """From sign-in and session alone; changes nothing."""
    person = signed_in(request)
    memory = remembered(request, view.link)
    hosts = person is not None and person.id in view.moderators()
    invited = hosts or (person is not None and view.booking.attendees.filter(person=person).exists())
    moderator = hosts or _same(memory.moderator_pin, view.link.moderator_pin_hash)
    return Visitor(
        person=person,
        name=person.name if person is not None else str(request.session.get(_NAME, "")),
        invited=invited,
        moderator=moderator,
        knows_pin=invited or moderator or _same(memory.pin, view.link.pin_hash),
        memory=memory,
    )


def signed_in(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def remembered(request: HttpRequest, link: JoinLink) -> Memory:
    known = request.session.get(_MEMORY, {}).get(str(link.id), {})
    return Memory(**{name: value for name, value in known.items() if name in _REMEMBERED})


def remember(request: HttpRequest, link: JoinLink, **changes: Any) -> None:
    """Write into the session, under a random secret that makes a guest the same guest next time."""
    memory = remembered(request, link)
    memory = replace(memory, **{"secret": memory.secret or secrets.token_urlsafe(18), **changes})
    links = {key: value for key, value in request.session.get(_MEMORY, {}).items() if key != str(link.id)}
    for oldest in list(links)[: max(0, len(links) - LINKS + 1)]:
        del links[oldest]
    request.session[_MEMORY] = {**links, str(link.id): asdict(memory)}


def remember_name(request: HttpRequest, name: str) -> None:
    request.session[_NAME] = name


def remember_pin(request: HttpRequest, link: JoinLink, pin: str) -> bool:
    """Whether it is one of the link's PINs; then the session need not ask again."""
    given = keyed_hash("pin", pin)
    is_guest = hmac.compare_digest(given, link.pin_hash)
    is_moderator = hmac.compare_digest(given, link.moderator_pin_hash)
    if is_moderator:
        request.session.cycle_key()  # more rights than before: whoever knew the session's key loses it
        remember(request, link, moderator_pin=link.moderator_pin_hash)
    elif is_guest:
        remember(request, link, pin=link.pin_hash)
    return is_guest or is_moderator


def remember_consent(request: HttpRequest, link: JoinLink, text: str) -> None:
    """They agreed to this."""
    remember(request, link, consent=keyed_hash("consent", text))


def has_consented(memory: Memory, text: str) -> bool:
    return _same(memory.consent, keyed_hash("consent", text))


def cleaned_name(text: str) -> str:
    """A display name on one line: no control or invisible characters, single spaces, of bounded length."""
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Zs") else char
        for char in unicodedata.normalize("NFC", text[: LONGEST_NAME * 4])
        if unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn")
    )
    return " ".join(visible.split())[:LONGEST_NAME].strip()


def cleaned_pin(text: str) -> str:
    """Digits as people paste them, with spaces or dashes between."""
    return "".join(char for char in text[:64] if not char.isspace() and char not in "-–.")


def _same(known: str, current: str) -> bool:
    return bool(known) and hmac.compare_digest(known, current)
