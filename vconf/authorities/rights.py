# SPDX-License-Identifier: EUPL-1.2
"""Who is asking, and what their memberships allow. Built once per request; every selector starts from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import connection
from django.utils import timezone

from vconf.authorities.models import Deputy, Person, Role
from vconf.errors import Forbidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The caller and their rights, as they were when the request came in.

    authority_ids: where they work (an auditor's membership is no work: it shows figures, not rooms)
    ancestor_ids:  these and all authorities above them
    admin_ids:     the authorities they administer and all below those
    home_id:       the authority charged unless told otherwise
    principal_ids: the people they stand in for at present: their bookings are as the caller's own
    label:         what the audit calls an actor who is no person ("system", "clock"); else empty
    """

    person: Person | None = None
    authority_ids: frozenset[UUID] = frozenset()
    ancestor_ids: frozenset[UUID] = frozenset()
    admin_ids: frozenset[UUID] = frozenset()
    home_id: UUID | None = None
    principal_ids: frozenset[UUID] = frozenset()
    is_operator: bool = False
    is_auditor: bool = False
    label: str = ""

    @classmethod
    def load(cls, person: Person) -> Self:
        """The rights of a person: one query. A person who was disabled has none."""
        if not person.is_active:
            return cls(person=person)
        found = _rights_of(person.id, timezone.now())
        memberships = found["works"]
        works_at = frozenset(authority for authority, role, _ in memberships if role != Role.AUDITOR)
        homes = [authority for authority, role, is_home in memberships if is_home and role != Role.AUDITOR]
        return cls(
            person=person,
            authority_ids=works_at,
            ancestor_ids=frozenset(authority for authority, _, _ in found["above"]),
            admin_ids=frozenset(authority for authority, _, _ in found["below"]),
            home_id=homes[0] if homes else min(works_at, default=None),
            principal_ids=frozenset(principal for principal, _, _ in found["for"]),
            is_operator=any(role == Role.OPERATOR for _, role, _ in memberships),
            is_auditor=any(role == Role.AUDITOR for _, role, _ in memberships),
        )

    @classmethod
    def system(cls, label: str = "system") -> Self:
        """vconf itself: clocks, commands, exits. Passes every check of rights and is nobody's member."""
        return cls(label=label)

    @classmethod
    def nobody(cls) -> Self:
        """A caller who did not sign in: sees nothing."""
        return cls()

    @property
    def person_id(self) -> UUID | None:
        return None if self.person is None else self.person.id

    @property
    def organiser_ids(self) -> frozenset[UUID]:
        """Whose bookings are theirs to see in full and to change: their own and their principals'."""
        return self.principal_ids if self.person is None else self.principal_ids | {self.person.id}

    @property
    def is_system(self) -> bool:
        return self.person is None and bool(self.label)

    @property
    def operates(self) -> bool:
        """May run servers and pools, and see all rooms and figures."""
        return self.is_operator or self.is_system

    @property
    def is_member(self) -> bool:
        """Works somewhere: may see the board and book."""
        return bool(self.authority_ids)

    def administers(self, authority_id: UUID | None) -> bool:
        """Whether an authority lies in what the caller administers."""
        return self.is_system or authority_id in self.admin_ids


#: memberships, the authorities above where somebody works, those below what they administer, and their principals
_RIGHTS = f"""
    WITH RECURSIVE works(id, role, is_home) AS (
        SELECT authority_id, role, is_home FROM authorities_membership WHERE person_id = %s
    ), above(id, parent_id) AS (
        SELECT id, parent_id FROM authorities_authority
        WHERE id IN (SELECT id FROM works WHERE role <> '{Role.AUDITOR.value}')
        UNION
        SELECT one.id, one.parent_id FROM authorities_authority one JOIN above ON one.id = above.parent_id
    ), below(id) AS (
        SELECT id FROM works WHERE role = '{Role.AUTHORITY_ADMIN.value}'
        UNION
        SELECT one.id FROM authorities_authority one JOIN below ON one.parent_id = below.id
    )
    SELECT 'works', id, role, is_home FROM works
    UNION ALL SELECT 'above', id, '', FALSE FROM above
    UNION ALL SELECT 'below', id, '', FALSE FROM below
    UNION ALL
    SELECT 'for', principal_id, '', FALSE FROM authorities_deputy deputy
    JOIN authorities_person principal ON principal.id = deputy.principal_id
    WHERE deputy.deputy_id = %s AND (deputy.valid_until IS NULL OR deputy.valid_until > %s) AND principal.is_active
"""  # noqa: S608 - nothing but our own names of roles is put in


def _rights_of(person_id: UUID, now: datetime) -> dict[str, list[tuple[UUID, str, bool]]]:
    """What of (see `_RIGHTS`) -> authority or principal, role, whether it is the home."""
    person = Person._meta.pk.get_db_prep_value(person_id, connection)
    until = Deputy._meta.get_field("valid_until").get_db_prep_value(now, connection)
    found: dict[str, list[tuple[UUID, str, bool]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_RIGHTS, [person, person, until])
        for what, one, role, is_home in cursor.fetchall():
            # SQLite keeps UUIDs as text
            found[what].append((one if isinstance(one, UUID) else UUID(one), role, bool(is_home)))
    return found


def require_operator(actor: Actor) -> None:
    """Raise Forbidden unless the caller is an operator."""
    if not actor.operates:
        raise Forbidden


def require_administers(actor: Actor, authority_id: UUID) -> None:
    """Raise Forbidden unless the authority lies in what the caller administers. Look it up before (R1.1)."""
    if not actor.administers(authority_id):
        raise Forbidden
