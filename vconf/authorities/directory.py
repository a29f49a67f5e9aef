# SPDX-License-Identifier: EUPL-1.2
"""People as calendar programs look them up: by part of a name, by an address, by id (R1.8).

Whoever works for the administration sees their colleagues, as in its directory; everybody sees themselves, and those
they stand in for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db.models import Q

from vconf.authorities.models import Person, PersonAddress
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import SEARCH_LETTERS, SEARCH_RESULTS

How = Literal["contains", "starts-with", "ends-with", "equals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """name, address: the text that one of them has in it (lower case for addresses); "" if that one is not asked for.

    id: of the person. One of what is asked for has to hold.
    """

    name: str = ""
    address: str = ""
    how: How = "contains"
    id: UUID | None = None

    @property
    def is_long_enough(self) -> bool:
        """Nobody lists the directory letter by letter."""
        if self.id is not None:
            return True
        return any(
            sum(not letter.isspace() for letter in text) >= SEARCH_LETTERS
            for text in (self.name, self.address)
        )

    @property
    def condition(self) -> Q:
        wanted = Q(pk__in=[])
        if self.name:
            wanted |= _name(self.name, self.how)
        if self.address:
            held = PersonAddress.objects.filter(_address(self.address, self.how))
            wanted |= Q(id__in=held.values("person_id"))
        if self.id is not None:
            wanted |= Q(id=self.id)
        return wanted


def find_people(actor: Actor, clauses: Sequence[Clause], *, any_of: bool) -> tuple[list[Person], bool]:
    """Up to 20 active people for whom all clauses hold (or any does), by name, and whether there are more.

    Nobody for callers who work nowhere, or if no clause is long enough; of any, only those that are count.
    """
    wanted = [one for one in clauses if one.is_long_enough]
    if not actor.is_member or not wanted:
        return [], False
    condition = Q(pk__in=[]) if any_of else Q()
    for one in wanted if any_of else clauses:
        condition = condition | one.condition if any_of else condition & one.condition
    found = list(
        Person.objects.filter(condition, is_active=True).order_by("name", "email")[: SEARCH_RESULTS + 1]
    )
    return found[:SEARCH_RESULTS], len(found) > SEARCH_RESULTS


def person_seen(actor: Actor, person_id: UUID) -> Person | None:
    """None for absent and disabled people, and for those the caller does not see."""
    if person_id == actor.person_id:
        return actor.person
    if not actor.is_member and person_id not in actor.principal_ids:
        return None
    return Person.objects.filter(id=person_id, is_active=True).first()


def principals_of(actor: Actor) -> list[Person]:
    """For whom the caller stands in, by name."""
    if not actor.principal_ids:
        return []
    return list(Person.objects.filter(id__in=actor.principal_ids, is_active=True).order_by("name", "id"))


def addresses_of(people: Collection[Person]) -> dict[UUID, Sequence[str]]:
    """Person -> verified addresses, the primary one first. One query, however many people. For the inside."""
    found: dict[UUID, list[str]] = {one.id: [] for one in people}
    rows = PersonAddress.objects.filter(person__in=found).order_by("-is_primary", "id")
    for person_id, address in rows.values_list("person_id", "address"):
        found[person_id].append(address)
    return dict(found)


def _name(text: str, how: How) -> Q:
    match how:
        case "starts-with":
            return Q(name__istartswith=text)
        case "ends-with":
            return Q(name__iendswith=text)
        case "equals":
            return Q(name__iexact=text)
    return Q(name__icontains=text)


def _address(text: str, how: How) -> Q:
    match how:
        case "starts-with":
            return Q(address__startswith=text)
        case "ends-with":
            return Q(address__endswith=text)
        case "equals":
            return Q(address=text)
    return Q(address__contains=text)
