# SPDX-License-Identifier: EUPL-1.2
"""Who sits at a socket, whether they still may, and which rooms they see how.

All of this asks the database and runs in threads. Sockets live for hours, so the hub asks again every half minute,
for all of them at once: the number of queries does not grow with them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from vconf.authorities.models import ApiToken, Authority, Membership, Person
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import person_for_token, token_digest
from vconf.realtime.models import SightMark
from vconf.realtime.status import current_version
from vconf.rooms.models import Room, RoomClass
from vconf.rooms.selectors import rooms_visible_to

# --- signing in, and staying so -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a socket was opened with: a session or a bearer token. Holds nothing that opens another one."""

    person_id: UUID
    language: str
    session_key: str | None = None
    #: changes with the password, which ends the sessions made before
    password_mark: str = ""
    token_digest: str | None = None


def sign_in_by_session(session_key: str) -> SignIn | None:
    """Who is signed in in this session; None if it has ended or its person was disabled."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    person = get_user(request)
    if not isinstance(person, Person):
        return None
    return SignIn(
        person_id=person.id,
        language=person.language,
        session_key=session_key,
        password_mark=_mark_of(person.password),
    )


def sign_in_by_token(token: str) -> SignIn | None:
    """Whose bearer token this is; None if it counts no more, or its person was disabled."""
    person = person_for_token(token)
    if person is None:
        return None
    return SignIn(person_id=person.id, language=person.language, token_digest=token_digest(token))


def still_signed_in(sign_ins: Collection[SignIn]) -> set[SignIn]:
    """Those whose person is active and whose session or token still counts (R1.10). Three queries."""
    now = timezone.now()
    people = Person.objects.filter(id__in={one.person_id for one in sign_ins}, is_active=True)
    passwords = dict(people.values_list("id", "password"))
    session_keys = {one.session_key for one in sign_ins if one.session_key}
    sessions = set(
        Session.objects.filter(session_key__in=session_keys, expire_date__gt=now).values_list(
            "session_key", flat=True
        )
    )
    digests = {one.token_digest for one in sign_ins if one.token_digest}
    tokens = set(
        ApiToken.objects.filter(
            Q(expires_at=None) | Q(expires_at__gt=now), digest__in=digests, revoked_at=None
        ).values_list("digest", flat=True)
    )
    return {
        one
        for one in sign_ins
        if one.person_id in passwords
        and (
            one.token_digest in tokens
            or (one.session_key in sessions and one.password_mark == _mark_of(passwords[one.person_id]))
        )
    }


def _mark_of(password: str) -> str:
    """Of the stored password, which is a hash itself."""
    return hashlib.sha256(password.encode()).hexdigest()


# --- what they see --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What a set of memberships lets one see: rooms, and details of what these authorities are charged for.

    Shared by all who have the same memberships, and told apart by identity: that is what makes it a cheap key.
    """

    rooms: frozenset[UUID]
    admin_ids: frozenset[UUID]
    is_operator: bool
    digest: str

    @classmethod
    def of(cls, actor: Actor) -> Sight:
        rooms = frozenset(rooms_visible_to(actor).values_list("id", flat=True))
        parts = [*sorted(map(str, rooms)), "|", *sorted(map(str, actor.admin_ids)), str(actor.operates)]
        digest = hashlib.sha256("".join(parts).encode()).hexdigest()
        return cls(rooms, actor.admin_ids, actor.operates, digest)

    def only_lacks_rooms_of(self, other: Sight) -> bool:
        """Whether the other shows everything this one does, in the same way, and perhaps more rooms."""
        return (
            self.rooms <= other.rooms
            and self.admin_ids == other.admin_ids
            and self.is_operator == other.is_operator
        )


Memberships = frozenset[tuple[UUID, str]]


class SightBook:
    """The sights of the people connected to this process.

    What somebody sees follows from their memberships alone (design, "Who sees what"), so it is worked out once for
    all who have the same ones, and again only when rooms, classes or the tree have changed.
    """

    #: seconds for which a look at rooms, classes and tree is good enough for somebody who comes in
    FRESH = 5.0

    def __init__(self) -> None:
        self._known: dict[Memberships, Sight] = {}
        self._world = ""
        self._looked_at = float("-inf")

    def sight_of(self, person_id: UUID) -> Sight:
        """What a person sees: one query, as a rule."""
        if time.monotonic() - self._looked_at > self.FRESH:
            self._look_at_world()
        return self.sights_of([person_id])[person_id]

    def look_again(self, person_ids: Collection[UUID]) -> dict[UUID, Sight]:
        """What these people see now. Four queries, and a few more for each set of memberships not met before."""
        self._look_at_world()
        return self.sights_of(person_ids)

    def sights_of(self, person_ids: Collection[UUID]) -> dict[UUID, Sight]:
        memberships: dict[UUID, set[tuple[UUID, str]]] = {person_id: set() for person_id in person_ids}
        rows = Membership.objects.filter(person_id__in=person_ids)
        for person_id, authority_id, role in rows.values_list("person_id", "authority_id", "role"):
            memberships[person_id].add((authority_id, role))
        # Another thread may put a new book in its place meanwhile; what was read before must not get into that.
        known = self._known
        return {
            person_id: _sight(known, person_id, frozenset(held)) for person_id, held in memberships.items()
        }

    def _look_at_world(self) -> None:
        """Forget all sights if anything they were worked out from has changed: every column, to miss nothing."""
        self._looked_at = time.monotonic()
        rows = [
            *Room.objects.filter(is_stock=False).order_by("id").values_list(),
            *RoomClass.objects.order_by("id").values_list(),
            *Authority.objects.order_by("id").values_list("id", "parent_id"),
        ]
        world = hashlib.sha256(repr(rows).encode()).hexdigest()
        if world != self._world:
            self._known, self._world = {}, world


def _sight(known: dict[Memberships, Sight], person_id: UUID, memberships: Memberships) -> Sight:
    sight = known.get(memberships)
    if sight is None:
        sight = known[memberships] = Sight.of(Actor.load(Person.objects.get(id=person_id)))
    return sight


def stale_until(person_id: UUID, sight: Sight) -> int:
    """The version up to which this person's cursors may come from a different sight; see SightMark.

    Also notes the sight they have now.
    """
    mark = SightMark.objects.filter(person_id=person_id).first()
    if mark is not None and mark.digest == sight.digest:
        return mark.version
    # Somebody not met before holds no cursor: the one they get now is good.
    version = current_version() - (1 if mark is None else 0)
    _note({person_id: sight}, version)
    return version


def note_changed_sights(sights: Mapping[UUID, Sight]) -> None:
    """Person -> what they see since now: cursors from before are stale."""
    _note(sights, current_version())


def _note(sights: Mapping[UUID, Sight], version: int) -> None:
    SightMark.objects.bulk_create(
        [
            SightMark(person_id=person_id, digest=sight.digest, version=version)
            for person_id, sight in sights.items()
        ],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["digest", "version"],
    )
