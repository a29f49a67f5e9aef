# SPDX-License-Identifier: EUPL-1.2
"""The only writers of authorities, people, memberships, quotas and tokens. Each is one transaction with its audit.

An authority is not moved here: its place in the tree decides whose quota its bookings count against, so moving it is
a matter of the ledger (`bookings.services`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.events import PersonRenamed
from vconf.authorities.fields import line, mail_address, unique, whole_number
from vconf.authorities.models import ApiToken, Authority, Membership, Person, PersonAddress, Quota, Role
from vconf.authorities.rights import Actor, require_administers
from vconf.authorities.selectors import (
    get_authority,
    get_person,
    may_set_quota,
    may_vouch_for,
    token_digest,
)
from vconf.errors import Forbidden, Invalid, NotFound
from vconf.outbox.record import record

#: roles that reach beyond one authority: only who administers the root gives them, or changes whoever has them
INSTALLATION_ROLES = (Role.OPERATOR, Role.AUDITOR)

TOKEN_PREFIX = "vconf_"  # noqa: S105 - lets scanners recognise a token that got lost
MAX_TOKEN_LIFE = timedelta(days=730)

_NAME_TAKEN = _("There is already an authority of this name.")


# Authorities


class AuthorityFields(TypedDict, total=False):
    """What can be changed of an authority; absent means: leave it."""

    name: str
    short_name: str
    domain: str


def create_authority(
    *, name: str, short_name: str, parent_id: UUID | None, domain: str = "", actor: Actor
) -> Authority:
    """Add an authority below one that the caller administers; operators may anywhere. vconf itself adds the root.

    Raises Invalid, Forbidden, NotFound (the parent).
    """
    with transaction.atomic():
        if parent_id is None:
            if not actor.is_system:
                raise Invalid.field("parent", _("Please name the authority above."))
        else:
            parent = get_authority(parent_id, actor=actor)
            if not actor.operates:
                require_administers(actor, parent.id)
        authority = Authority(
            parent_id=parent_id,
            name=line(name, "name", 200),
            short_name=line(short_name, "short_name", 40),
            domain=_domain(domain, actor),
        )
        with unique("name", _NAME_TAKEN):
            authority.save(force_insert=True)
        record_audit(
            "authority.create",
            actor=actor,
            object_type="authority",
            object_id=authority.id,
            authority_id=authority.id,
            changes={"parent": str(parent_id) if parent_id else None},
        )
        return authority


def change_authority(authority_id: UUID, *, actor: Actor, **fields: Unpack[AuthorityFields]) -> Authority:
    """Rename an authority of the caller's subtree; operators may rename any. Its place in the tree stays."""
    with transaction.atomic():
        authority = get_authority(authority_id, actor=actor)
        if not actor.operates:
            require_administers(actor, authority.id)
        authority = Authority.objects.select_for_update(no_key=True).get(id=authority.id)
        if "name" in fields:
            authority.name = line(fields["name"], "name", 200)
        if "short_name" in fields:
            authority.short_name = line(fields["short_name"], "short_name", 40)
        if "domain" in fields:
            domain = fields["domain"]
            if domain.strip().lower() != authority.domain:
                authority.domain = _domain(domain, actor)
        with unique("name", _NAME_TAKEN):
            authority.save()
        record_audit(
            "authority.change",
            actor=actor,
            object_type="authority",
            object_id=authority.id,
            authority_id=authority.id,
            changes=dict.fromkeys(fields),
        )
        return authority


# People


class PersonFields(TypedDict, total=False):
    """What can be changed of a person; absent means: leave it."""

    name: str
    email: str
    language: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class MembershipRequest:
    """A role at an authority."""

    authority_id: UUID
    role: str = Role.STAFF
    is_home: bool = False


def create_person(
    *,
    name: str,
    email: str,
    authority_id: UUID,
    role: str = Role.STAFF,
    language: str = "de",
    password: str | None = None,
    further_addresses: Iterable[str] = (),
    actor: Actor,
) -> Person:
    """Open a local account for somebody who works at an authority of the caller's subtree.

    Without a password nobody can sign in to it. Addresses count as verified: the caller vouches for them, and can
    for those of the mail domains of the own subtree only.
    Raises Invalid, Forbidden, NotFound (the authority).
    """
    with transaction.atomic():
        authority = get_authority(authority_id, actor=actor)
        require_administers(actor, authority.id)
        _check_role(role, actor)
        person = Person(
            name=line(name, "name", 200), email=mail_address(email, "email"), language=_language(language)
        )
        person.subject = str(person.id)  # an address changes and may be given to somebody else, this does not
        addresses = [person.email, *(mail_address(one, "email") for one in further_addresses)]
        _vouch_for(addresses, actor)
        _set_password(person, password)
        person.save(force_insert=True)
        _add_addresses(person, addresses)
        Membership.objects.create(person=person, authority=authority, role=role, is_home=True)
        record_audit(
            "person.create",
            actor=actor,
            object_type="person",
            object_id=person.id,
            authority_id=authority.id,
            changes={"role": str(role)},
        )
        return person


def change_person(person_id: UUID, *, actor: Actor, **fields: Unpack[PersonFields]) -> Person:
    """Change the account of somebody who works in the caller's subtree and nowhere else.

    Disabling an account ends its sessions and tokens. Raises Invalid, Forbidden, NotFound.
    """
    with transaction.atomic():
        person = _lock_person(person_id, actor)
        called = (person.name, person.email)
        if "name" in fields:
            person.name = line(fields["name"], "name", 200)
        if "language" in fields:
            person.language = _language(fields["language"])
        if "email" in fields:
            address = mail_address(fields["email"], "email")
            if address != person.email:
                _vouch_for([address], actor)
            _change_primary_address(person, address)
        if "is_active" in fields:
            person.is_active = fields["is_active"]
        person.save()
        if called != (person.name, person.email):
            record(PersonRenamed(person_id=str(person.id)))
        record_audit(
            "person.change",
            actor=actor,
            object_type="person",
            object_id=person.id,
            changes=dict.fromkeys(fields)
            | ({"is_active": person.is_active} if "is_active" in fields else {}),
        )
        return person


def set_password(person_id: UUID, password: str, *, actor: Actor) -> None:
    """Give a local account of the caller's subtree a new password; its sessions end."""
    with transaction.atomic():
        person = _lock_person(person_id, actor)
        if person.issuer != Person.LOCAL:
            raise Forbidden(_("This person signs in elsewhere."))
        _set_password(person, password)
        person.save()
        record_audit("person.password", actor=actor, object_type="person", object_id=person.id)


def choose_language(language: str, *, actor: Actor) -> Person:
    """The caller's own language, `de` or `en`."""
    if actor.person is None:
        raise Forbidden
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).get(id=actor.person.id)
        person.language = _language(language)
        person.save(update_fields=["language"])
        return person


def set_memberships(person_id: UUID, memberships: Sequence[MembershipRequest], *, actor: Actor) -> Person:
    """Make these the person's memberships within the caller's subtree; those elsewhere stay as they are.

    If one of the authorities is foreign, nothing changes (R1.3). Raises Invalid, Forbidden, NotFound.
    """
    with transaction.atomic():
        person = get_person(person_id, actor=actor)
        Person.objects.select_for_update(no_key=True).get(id=person.id)
        held = list(Membership.objects.filter(person=person))
        mine = [one for one in held if actor.administers(one.authority_id)]
        wanted = {(one.authority_id, str(one.role)): one for one in memberships}
        for one in wanted.values():
            authority = get_authority(one.authority_id, actor=actor)
            require_administers(actor, authority.id)
            if str(one.role) not in Role.values:
                raise Invalid.field("role", _("This role does not exist."))
        had = {(one.authority_id, one.role) for one in mine}
        # Giving and taking are the same right.
        for _authority_id, role in had ^ wanted.keys():
            _check_role(role, actor)
        homes = [one for one in wanted.values() if one.is_home]
        if len(homes) > 1:
            raise Invalid.field("is_home", _("Only one authority can be the home."))
        if homes and any(one.is_home for one in held if one not in mine):
            raise Invalid.field("is_home", _("This person's home is another authority."))
        Membership.objects.filter(id__in=[one.id for one in mine]).delete()
        Membership.objects.bulk_create(
            Membership(person=person, authority_id=one.authority_id, role=str(one.role), is_home=one.is_home)
            for one in wanted.values()
        )
        record_audit(
            "person.memberships",
            actor=actor,
            object_type="person",
            object_id=person.id,
            changes={
                "given": [f"{role}@{authority}" for authority, role in sorted(wanted.keys() - had)],
                "taken": [f"{role}@{authority}" for authority, role in sorted(had - wanted.keys())],
            },
        )
        return get_person(person.id, actor=Actor.system())


def _lock_person(person_id: UUID, actor: Actor) -> Person:
    """A person whose whole account is the caller's to change.

    Else the admin of one authority could take over somebody's account at another, or an operator's.
    """
    get_person(person_id, actor=actor)
    person = Person.objects.select_for_update(no_key=True).get(id=person_id)
    for one in Membership.objects.filter(person=person):
        if not actor.administers(one.authority_id):
            raise Forbidden(_("This person also works for an authority that you do not administer."))
        _check_role(one.role, actor)
    return person


def _check_role(role: str, actor: Actor) -> None:
    """Raise Forbidden unless the caller may give this role, or change whoever has it."""
    if role not in Role.values:
        raise Invalid.field("role", _("This role does not exist."))
    if role in INSTALLATION_ROLES and not actor.is_system:
        roots = Authority.objects.filter(parent=None, id__in=actor.admin_ids)
        if not roots.exists():
            raise Forbidden(_("Only an admin of the topmost authority can do this."))


def _domain(value: str, actor: Actor) -> str:
    """A mail domain for an authority. Whoever has it vouches for its addresses, so it is given from above."""
    domain = value.strip().lower().lstrip("@")
    if domain and not actor.operates and not may_vouch_for(domain, actor=actor):
        raise Invalid.field("domain", _("This mail domain is not part of yours. An operator can enter it."))
    return domain


def _vouch_for(addresses: Iterable[str], actor: Actor) -> None:
    """Raise Invalid unless each address lies in a mail domain of the caller's own subtree (R7.9).

    Else an admin could open an account for somebody else's address and see what others send there.
    """
    for address in addresses:
        if not may_vouch_for(address.rpartition("@")[2], actor=actor):
            raise Invalid.field(
                "email", _("This address does not belong to a mail domain of your authorities.")
            )


def _set_password(person: Person, password: str | None) -> None:
    if password is not None:
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise Invalid(fields={"password": error.messages}) from error
    person.set_password(password)


def _add_addresses(person: Person, addresses: Sequence[str]) -> None:
    with unique("email", _("This address already belongs to an account.")):
        PersonAddress.objects.bulk_create(
            PersonAddress(person=person, address=address, is_primary=address == person.email)
            for address in dict.fromkeys(addresses)
        )


def _change_primary_address(person: Person, address: str) -> None:
    """The old primary address is no longer theirs: it may be given to somebody else tomorrow."""
    if address == person.email:
        return
    PersonAddress.objects.filter(person=person, address__in=[person.email, address]).delete()
    person.email = address
    _add_addresses(person, [address])


# Quotas


class Limits(TypedDict, total=False):
    """The standing limits of an authority; None or absent means: no limit."""

    concurrent_seats: int | None
    concurrent_meetings: int | None
    seat_hours_per_month: int | None


LIMITS = ("concurrent_seats", "concurrent_meetings", "seat_hours_per_month")


def set_quota(authority_id: UUID, limits: Limits, *, actor: Actor) -> Quota:
    """Set the standing quota of an authority, as a whole: a limit that is not named is none.

    Allowed to the admins of an authority above it, who split what they have been given, and to operators. Never
    refused for what is booked already: that stays, and new bookings are refused (`bookings` lists what is over).
    Raises Invalid, Forbidden, NotFound.
    """
    with transaction.atomic():
        authority = get_authority(authority_id, actor=actor)
        if not may_set_quota(actor, authority):
            raise Forbidden(_("The quota of this authority is set from above."))
        values = _limits(limits)
        # Bookings lock the authorities they are charged to, so none is decided on half-changed limits.
        Authority.objects.select_for_update(no_key=True).get(id=authority.id)
        quota, _created = Quota.objects.update_or_create(
            authority=authority, valid_from=None, valid_until=None, defaults=values
        )
        record_audit(
            "quota.set",
            actor=actor,
            object_type="authority",
            object_id=authority.id,
            authority_id=authority.id,
            changes=values,
        )
        return quota


def _limits(limits: Limits) -> dict[str, int | None]:
    unknown = {str(name): [_("There is no such limit.")] for name in limits if name not in LIMITS}
    if unknown:
        raise Invalid(fields=unknown)
    return {
        name: None if (value := limits.get(name)) is None else whole_number(value, name, 0, 10_000_000)
        for name in LIMITS
    }


# Tokens


def create_api_token(
    person: Person, label: str = "", *, expires_at: datetime | None = None, actor: Actor
) -> tuple[ApiToken, str]:
    """A bearer token for the person's own use; the clear text is answered once and kept nowhere.

    Only the person, or vconf itself on the command line, can make one: a token acts as the person.
    """
    with transaction.atomic():
        if not actor.is_system and actor.person_id != person.id:
            raise NotFound
        now = timezone.now()
        if expires_at is not None and not now < expires_at <= now + MAX_TOKEN_LIFE:
            raise Invalid.field("expires_at", _("Please choose a date within the next two years."))
        clear = TOKEN_PREFIX + secrets.token_urlsafe(32)
        token = ApiToken.objects.create(
            person=person, digest=token_digest(clear), label=label.strip()[:100], expires_at=expires_at
        )
        record_audit("api_token.create", actor=actor, object_type="api_token", object_id=token.id)
        return token, clear


def revoke_api_token(token_id: UUID, *, actor: Actor) -> None:
    """End one of the caller's own tokens at once. Revoking it again changes nothing."""
    with transaction.atomic():
        tokens = ApiToken.objects.filter(id=token_id)
        if not actor.is_system:
            tokens = tokens.filter(person=actor.person) if actor.person else tokens.none()
        token = tokens.select_for_update(no_key=True).first()
        if token is None:
            raise NotFound
        if token.revoked_at is None:
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
            record_audit("api_token.revoke", actor=actor, object_type="api_token", object_id=token.id)


def _language(value: str) -> str:
    if value not in ("de", "en"):
        raise Invalid.field("language", _("Please choose `de` or `en`."))
    return value
