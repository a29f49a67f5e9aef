# SPDX-License-Identifier: EUPL-1.2
"""Reads of rooms, classes, pools and servers. Those that answer a caller take the caller first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from vconf.authorities.models import Membership, Person, Role
from vconf.authorities.rights import Actor, require_operator
from vconf.authorities.tree import with_ancestors
from vconf.errors import NotFound
from vconf.rooms.models import Approver, ConferenceServer, Pool, Room, RoomClass, ServerEvent


def rooms_visible_to(actor: Actor) -> QuerySet[Room]:
    """Rooms the caller may see by name; never room stock.

    Staff: rooms of their authorities, of those above and those open to all. Authority admins: those of their
    subtree, too, also if retired. Operators: all. Others (auditors, nobody): none.
    """
    return _with_references(Room.objects.filter(_visible(actor), is_stock=False))


def room_stock(actor: Actor) -> QuerySet[Room]:
    """The unnamed rooms; for operators only, to others there are none."""
    stock = Room.objects.filter(is_stock=True) if actor.operates else Room.objects.none()
    return _with_references(stock)


def rooms_bookable_by(actor: Actor) -> QuerySet[Room]:
    """Rooms in use that the caller may book where they work, room stock included.

    Looking after a room, or running its server, is no right to book it.
    """
    if actor.is_system:
        mine = Q()
    elif actor.is_member:
        mine = Q(open_to_all=True) | Q(authority_id__in=actor.ancestor_ids)
    else:
        return Room.objects.none()
    return _with_references(Room.objects.filter(mine, is_active=True, blocked_reason=""))


def get_room(room_id: UUID, *, actor: Actor) -> Room:
    """A room the caller may see; raises NotFound for absent and foreign ones alike."""
    found = rooms_visible_to(actor).filter(id=room_id).first() or room_stock(actor).filter(id=room_id).first()
    if found is None:
        raise NotFound
    return found


def find_room_page(slug: str) -> Room | None:
    """The room behind `/r/<slug>`, which anybody may open; never room stock. For the join page only."""
    return Room.objects.filter(slug=slug, is_stock=False, is_active=True).first()


def room_by_address(address: str) -> Room | None:
    """The room that is invited under a mail address. For the inside: checks no rights."""
    return _with_references(Room.objects.filter(address=address.strip().lower())).first()


def room_classes_visible_to(actor: Actor) -> QuerySet[RoomClass]:
    """Classes of the caller's authorities and those above; admins: of their subtree, too; operators: all."""
    classes = RoomClass.objects.select_related("authority")
    if actor.operates:
        return classes
    return classes.filter(authority_id__in=actor.ancestor_ids | actor.admin_ids)


def get_room_class(class_id: UUID, *, actor: Actor) -> RoomClass:
    """Raises NotFound for absent and foreign classes alike."""
    found = room_classes_visible_to(actor).filter(id=class_id).first()
    if found is None:
        raise NotFound
    return found


def class_ids_decided_by(actor: Actor, *, now: datetime) -> frozenset[UUID]:
    """Room classes whose requests the caller decides now: as admin, as approver, or standing in for one of these."""
    if actor.person_id is None:
        return frozenset()
    return own_class_ids_decided_by(actor, now=now) | {
        row.room_class_id
        for row in _valid(now).filter(person_id=actor.person_id, stands_in_for__isnull=False)
        if _decides_itself(row.stands_in_for_id, row.room_class, now)
    }


def own_class_ids_decided_by(actor: Actor, *, now: datetime) -> frozenset[UUID]:
    """Without those that the caller only stands in for: only of these can others be asked to stand in."""
    if actor.person_id is None:
        return frozenset()
    named = _valid(now).filter(person_id=actor.person_id, stands_in_for=None)
    ids = set(named.values_list("room_class_id", flat=True))
    if actor.admin_ids:
        ids |= set(RoomClass.objects.filter(authority_id__in=actor.admin_ids).values_list("id", flat=True))
    return frozenset(ids)


def people_deciding(room_class: RoomClass, *, now: datetime) -> list[Person]:
    """Whom a request is told: admins of the class's authority (not those above), approvers, who stands in for them.

    For the inside: checks no rights.
    """
    admins = Membership.objects.filter(
        authority_id=room_class.authority_id, role=Role.AUTHORITY_ADMIN, person__is_active=True
    )
    found = {row.person_id: row.person for row in admins.select_related("person")}
    for row in _valid(now).filter(room_class=room_class, person__is_active=True):
        if row.stands_in_for_id is None or _decides_itself(row.stands_in_for_id, room_class, now):
            found[row.person_id] = row.person
    return sorted(found.values(), key=lambda person: person.email)


def is_admin_above(person_id: UUID, authority_id: UUID) -> bool:
    """Whether the person administers the authority, as admin of it or of one above. For the inside."""
    return Membership.objects.filter(
        person_id=person_id,
        person__is_active=True,
        role=Role.AUTHORITY_ADMIN,
        authority_id__in=with_ancestors([authority_id]),
    ).exists()


def approvers_of(room_class: RoomClass) -> QuerySet[Approver]:
    """The approvers of a class, valid or not, with who stands in for whom. For who administers it."""
    rows = Approver.objects.filter(room_class=room_class).select_related(
        "room_class", "person", "stands_in_for"
    )
    return rows.order_by("person__name", "id")


def delegates_visible_to(actor: Actor) -> QuerySet[Approver]:
    """Who stands in for the caller, and for whom the caller stands in."""
    mine = Q(stands_in_for_id=actor.person_id) | Q(person_id=actor.person_id, stands_in_for__isnull=False)
    rows = Approver.objects.filter(mine if actor.person_id is not None else Q(pk__in=[]))
    return rows.select_related("room_class", "person", "stands_in_for").order_by("person__name", "id")


def get_approver(approver_id: UUID, *, actor: Actor) -> Approver:
    """For admins of the class, for who is named and for who named them. Raises NotFound for all others."""
    mine = Q(room_class__authority_id__in=actor.admin_ids)
    if actor.person_id is not None:
        mine |= Q(person_id=actor.person_id) | Q(stands_in_for_id=actor.person_id)
    found = Approver.objects.filter(mine, id=approver_id).select_related("room_class").first()
    if found is None:
        raise NotFound
    return found


def _valid(now: datetime) -> QuerySet[Approver]:
    begun = Q(valid_from=None) | Q(valid_from__lte=now)
    not_over = Q(valid_until=None) | Q(valid_until__gt=now)
    return Approver.objects.filter(begun & not_over).select_related("room_class", "person")


def _decides_itself(person_id: UUID | None, room_class: RoomClass, now: datetime) -> bool:
    """Whoever stands in can do no more than the one they stand in for still can."""
    if person_id is None:
        return False
    named = _valid(now).filter(
        person_id=person_id, person__is_active=True, room_class=room_class, stands_in_for=None
    )
    return named.exists() or is_admin_above(person_id, room_class.authority_id)


def pools_visible_to(actor: Actor) -> QuerySet[Pool]:
    """Operators run pools, authority admins choose one for each of their rooms; to others they are no matter."""
    return Pool.objects.all() if actor.operates or actor.admin_ids else Pool.objects.none()


def get_pool(pool_id: UUID, *, actor: Actor) -> Pool:
    """Raises NotFound for absent pools and for callers whom pools do not concern."""
    found = pools_visible_to(actor).filter(id=pool_id).first()
    if found is None:
        raise NotFound
    return found


def fallbacks_of(pool_id: UUID) -> list[UUID]:
    """The pools that stand in for this one, in order; a circle ends where it would begin again. One query."""
    following = dict(Pool.objects.filter(fallback__isnull=False).values_list("id", "fallback_id"))
    found: list[UUID] = []
    following_id = following.get(pool_id)
    while following_id is not None and following_id not in (pool_id, *found):
        found.append(following_id)
        following_id = following.get(following_id)
    return found


def servers_visible_to(actor: Actor) -> QuerySet[ConferenceServer]:
    """All for operators. Raises Forbidden for everybody else, whatever they ask for."""
    require_operator(actor)
    return ConferenceServer.objects.select_related("pool")


def get_server(server_id: UUID, *, actor: Actor) -> ConferenceServer:
    """Raises Forbidden unless the caller is an operator, NotFound for an absent server."""
    found = servers_visible_to(actor).filter(id=server_id).first()
    if found is None:
        raise NotFound
    return found


def events_of(server: ConferenceServer, *, actor: Actor) -> QuerySet[ServerEvent]:
    """What happened to it, the latest first. Raises Forbidden unless the caller is an operator."""
    require_operator(actor)
    return ServerEvent.objects.filter(server=server).order_by("-id")


def servers_of(pool_ids: Iterable[UUID]) -> QuerySet[ConferenceServer]:
    """All conference servers of these pools, whatever their state. For the inside: checks no rights."""
    return ConferenceServer.objects.filter(pool_id__in=pool_ids).order_by("id")


def _visible(actor: Actor) -> Q:
    if actor.operates:
        return Q()
    nothing = Q(pk__in=[])
    seen = nothing
    if actor.is_member:
        seen |= Q(open_to_all=True, is_active=True) | Q(authority_id__in=actor.ancestor_ids, is_active=True)
    if actor.admin_ids:
        seen |= Q(authority_id__in=actor.admin_ids)
    return seen


def _with_references(rooms: QuerySet[Room]) -> QuerySet[Room]:
    return rooms.select_related("authority", "room_class", "pool")


def is_room_address(address: str) -> bool:
    """Whether a room is written to at this address (lower case); then it is nobody's own."""
    return Room.objects.filter(address=address).exists()
