# SPDX-License-Identifier: EUPL-1.2
"""Deputies: who stands in for whom. Only the principal names them; either side ends it.

What a deputy may do follows from the deputyship alone and ends with it, also for bookings they made themselves:
a row says so now (`Actor.principal_ids`), not who once booked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.models import Deputy, Person
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import person_by_address
from vconf.errors import Forbidden, Invalid, NotFound


def name_deputy(address: str, *, valid_until: datetime | None = None, actor: Actor) -> Deputy:
    """Let somebody act for the caller from now on; named again, only `valid_until` changes.

    Raises Forbidden (the caller works nowhere and organises nothing), Invalid (no account, oneself, a time past).
    """
    if actor.person is None or not actor.is_member:
        raise Forbidden
    person = person_by_address(address)
    if person is None:
        raise Invalid.field("email", _("There is no account with this address."))
    if person == actor.person:
        raise Invalid.field("email", _("You cannot be your own deputy."))
    if valid_until is not None and valid_until <= timezone.now():
        raise Invalid.field("valid_until", _("That time has passed."))
    with transaction.atomic():
        deputy, _new = Deputy.objects.update_or_create(
            principal=actor.person, deputy=person, defaults={"valid_until": valid_until}
        )
        record_audit(
            "deputy.name",
            actor=actor,
            object_type="deputy",
            object_id=deputy.id,
            changes={
                "deputy": str(person.id),
                "valid_until": valid_until.isoformat() if valid_until else None,
            },
        )
    return deputy


def end_deputyship(deputy_id: UUID, *, actor: Actor) -> None:
    """Raises NotFound for absent rows and for those between other people."""
    with transaction.atomic():
        row = deputyships_of(actor).select_related(None).select_for_update().filter(id=deputy_id).first()
        if row is None:
            raise NotFound
        record_audit(
            "deputy.end",
            actor=actor,
            object_type="deputy",
            object_id=row.id,
            changes={"principal": str(row.principal_id), "deputy": str(row.deputy_id)},
        )
        row.delete()


def deputyships_of(actor: Actor) -> QuerySet[Deputy]:
    """Who stands in for the caller, and for whom the caller does, at present; with both people."""
    if actor.person_id is None:
        return Deputy.objects.none()
    mine = Q(principal_id=actor.person_id) | Q(deputy_id=actor.person_id)
    return Deputy.objects.standing(timezone.now()).filter(mine).select_related("principal", "deputy")


def principal_by_address(address: str, *, actor: Actor) -> Person:
    """The caller or somebody they stand in for. Raises NotFound for everybody else, account or not."""
    person = person_by_address(address)
    if person is None or person.id not in actor.organiser_ids:
        raise NotFound(
            _("There is no such person, or you are not their deputy."),
            fields={"organiser": [NotFound.sentence]},
        )
    return person


def rights_of_organiser(organiser_id: UUID | None, *, actor: Actor) -> Actor:
    """With whose rights a booking is made or changed: which rooms, whose quota. The organiser's, also for a deputy.

    None: the caller organises. Raises NotFound unless it is the caller, or somebody they stand in for.
    """
    if organiser_id is None or organiser_id == actor.person_id or actor.is_system:
        return actor
    if organiser_id not in actor.principal_ids:
        raise NotFound
    return Actor.load(Person.objects.get(id=organiser_id))


def deputies_of(person_ids: Collection[UUID], *, now: datetime) -> dict[UUID, set[UUID]]:
    """Principal -> their deputies with an account that counts. One query; for the inside: checks no rights."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    rows = Deputy.objects.standing(now).filter(
        principal__in=person_ids, principal__is_active=True, deputy__is_active=True
    )
    for principal_id, deputy_id in rows.values_list("principal_id", "deputy_id"):
        found[principal_id].add(deputy_id)
    return found
