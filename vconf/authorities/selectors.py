# SPDX-License-Identifier: EUPL-1.2
"""Reads of authorities, people and quotas. Those that answer a caller take the caller first.

The others (paths, addresses, tokens) answer the inside only and are no way around rights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.authorities import tree
from vconf.authorities.models import ApiToken, Authority, Membership, Person, PersonAddress, Quota, Role
from vconf.authorities.rights import Actor
from vconf.authorities.tree import with_ancestors, with_descendants
from vconf.errors import Forbidden, Invalid, NotFound

SEARCH_LETTERS = 3
SEARCH_RESULTS = 20
#: so that a busy token does not make a write of every read
_LAST_USE_PRECISION = timedelta(minutes=10)


# Authorities


def authorities_visible_to(actor: Actor) -> QuerySet[Authority]:
    """Staff: their authorities and those above. Authority admins: all below, too. Operators, auditors: all."""
    if actor.operates or actor.is_auditor:
        return Authority.objects.all()
    return Authority.objects.filter(id__in=actor.ancestor_ids | actor.admin_ids)


def get_authority(authority_id: UUID, *, actor: Actor) -> Authority:
    """Raises NotFound if it does not exist or is not the caller's to see."""
    found = authorities_visible_to(actor).filter(id=authority_id).first()
    if found is None:
        raise NotFound
    return found


def path_of(authority_id: UUID) -> list[Authority]:
    """The way from the root down to an authority, both included. For the inside: checks no rights."""
    return tree.path(authority_id)


def paths_of(authority_ids: Collection[UUID]) -> dict[UUID, list[Authority]]:
    """`path_of` for many at once: two queries, however many."""
    found = Authority.objects.in_bulk(with_ancestors(authority_ids))
    paths: dict[UUID, list[Authority]] = {}
    for one in authority_ids:
        path: list[Authority] = []
        step = found.get(one)
        while step is not None:
            path.insert(0, step)
            step = found.get(step.parent_id) if step.parent_id else None
        paths[one] = path
    return paths


def subtree_ids(authority_id: UUID) -> set[UUID]:
    """An authority and all below it. For the inside: checks no rights."""
    return set(with_descendants([authority_id]))


# Quotas


def quotas_visible_to(actor: Actor) -> QuerySet[Authority]:
    """The authorities whose quota and use the caller sees: subtree for admins, all for operators and auditors."""
    if actor.operates or actor.is_auditor:
        return Authority.objects.all()
    return Authority.objects.filter(id__in=actor.admin_ids)


def get_authority_for_quota(authority_id: UUID, *, actor: Actor) -> Authority:
    """Raises NotFound if the caller may not see this authority, Forbidden if they may, but not its quota."""
    authority = get_authority(authority_id, actor=actor)
    if not quotas_visible_to(actor).filter(id=authority.id).exists():
        raise Forbidden
    return authority


def may_set_quota(actor: Actor, authority: Authority) -> bool:
    """An authority admin splits what the authority has been given among those below it; their own limit comes
    from above. Operators set the root's, and any.
    """
    return actor.operates or (authority.parent_id is not None and authority.parent_id in actor.admin_ids)


def may_vouch_for(domain: str, *, actor: Actor) -> bool:
    """Whether addresses of a mail domain are the caller's to give: the authority it belongs to, or the one it lies
    below (the closest), is in the caller's subtree. Whoever administers the root may for any; so may vconf itself.
    """
    if actor.is_system:
        return True
    owners: dict[str, set[UUID]] = {}
    for authority_id, parent_id, owned in Authority.objects.values_list("id", "parent_id", "domain"):
        if parent_id is None and authority_id in actor.admin_ids:
            return True
        if owned:
            owners.setdefault(owned, set()).add(authority_id)
    labels = domain.lower().split(".")
    for cut in range(len(labels)):
        found = owners.get(".".join(labels[cut:]))
        if found is not None:
            return found <= actor.admin_ids
    return False


def standing_quotas(authority_ids: Collection[UUID]) -> dict[UUID, Quota]:
    """The quota without a period of each authority; those that have none are left out. One query."""
    rows = Quota.objects.filter(authority_id__in=authority_ids, valid_from=None, valid_until=None)
    return {row.authority_id: row for row in rows}


# People


def people_administered_by(actor: Actor) -> QuerySet[Person]:
    """Those who are members somewhere in the caller's subtree."""
    if actor.is_system:
        return Person.objects.all()
    members = Membership.objects.filter(authority_id__in=actor.admin_ids)
    return Person.objects.filter(id__in=members.values("person_id"))


def get_person(person_id: UUID, *, actor: Actor) -> Person:
    """Somebody the caller administers; raises NotFound for everybody else."""
    found = with_home(people_administered_by(actor)).filter(id=person_id).first()
    if found is None:
        raise NotFound
    return found


def search_people(actor: Actor, q: str) -> list[Person]:
    """Up to 20 active people whose name or an address holds every word of `q`, by name (R1.8).

    Everybody who works for the administration may look up colleagues, as in its directory. Raises Invalid for
    fewer than three letters, Forbidden for callers who work nowhere.
    """
    if not actor.is_member:
        raise Forbidden
    words = q.split()
    if sum(map(len, words)) < SEARCH_LETTERS:
        raise Invalid.field("q", _("Please enter at least three letters."))
    people = Person.objects.filter(is_active=True)
    for word in words[:5]:
        held = PersonAddress.objects.filter(address__startswith=word.lower())
        people = people.filter(Q(name__icontains=word) | Q(id__in=held.values("person_id")))
    return list(with_home(people).order_by("name", "email")[:SEARCH_RESULTS])


def with_home(people: QuerySet[Person]) -> QuerySet[Person]:
    """Load memberships along, so that `home_of` asks nothing more."""
    return people.prefetch_related(
        Prefetch("memberships", Membership.objects.select_related("authority").order_by("id"))
    )


def home_of(person: Person) -> Authority | None:
    """The authority a person belongs to: the one marked as home, else the first."""
    memberships = sorted(person.memberships.all(), key=lambda one: (not one.is_home, one.id))
    return memberships[0].authority if memberships else None


def member_roles(person: Person) -> dict[Authority, list[str]]:
    """Authority -> roles there, home first."""
    roles: dict[Authority, list[str]] = {}
    for one in sorted(person.memberships.all(), key=lambda one: (not one.is_home, one.id)):
        roles.setdefault(one.authority, []).append(Role(one.role).value)
    return roles


# Both stand in the way of every booking, where putting a query together costs more than asking it.
_BY_ADDRESS = """
    SELECT person.*, held.address AS known_as
    FROM authorities_personaddress AS held JOIN authorities_person AS person ON person.id = held.person_id
    WHERE held.address IN ({marks}) AND person.is_active
"""
_BEARER = """
    SELECT person.*, CASE WHEN token.last_used_at IS NULL OR token.last_used_at < %s THEN token.id END AS used_token
    FROM authorities_apitoken AS token JOIN authorities_person AS person ON person.id = token.person_id
    WHERE token.digest = %s AND token.revoked_at IS NULL AND person.is_active
    AND (token.expires_at IS NULL OR token.expires_at > %s)
"""


def person_by_address(address: str) -> Person | None:
    """The active person whose verified address this is. For the inside: checks no rights."""
    return persons_by_addresses([address]).get(address.strip().lower())


def persons_by_addresses(addresses: Iterable[str]) -> dict[str, Person]:
    """Lower-case address -> active person, for those that are somebody's verified address. One query."""
    wanted = sorted({address.strip().lower() for address in addresses})
    if not wanted:
        return {}
    people: Iterable[Any] = Person.objects.raw(
        _BY_ADDRESS.format(marks=", ".join(["%s"] * len(wanted))), wanted
    )
    return {person.known_as: person for person in people}


# Tokens


def tokens_of(actor: Actor) -> QuerySet[ApiToken]:
    """The caller's own tokens that were not revoked, newest first."""
    if actor.person_id is None:
        return ApiToken.objects.none()
    return ApiToken.objects.filter(person_id=actor.person_id, revoked_at=None).order_by("-created_at")


def token_digest(token: str) -> str:
    """What is kept of a token. A plain hash does: the token has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def person_for_token(token: str, *, now: datetime | None = None) -> Person | None:
    """Whose bearer token this is; None if it is unknown, expired or revoked, or the person disabled (R1.10).

    Notes the use, to the nearest ten minutes.
    """
    now = now or timezone.now()
    moment = ApiToken._meta.get_field("expires_at")
    noted_before, expires_after = (
        moment.get_db_prep_value(one, connection) for one in (now - _LAST_USE_PRECISION, now)
    )
    found: Iterable[Any] = Person.objects.raw(_BEARER, [noted_before, token_digest(token), expires_after])
    for person in found:
        if person.used_token is not None:
            ApiToken.objects.filter(id=person.used_token).update(last_used_at=now)
        return cast("Person", person)
    return None
