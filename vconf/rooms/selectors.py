# SPDX-License-Identifier: EUPL-1.2
"""Reads of rooms, classes, pools and servers. Those that answer a caller take the caller first."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from vconf.authorities.rights import Actor, require_operator
from vconf.errors import NotFound
from vconf.rooms.models import ConferenceServer, Pool, Room, RoomClass


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


def pools_visible_to(actor: Actor) -> QuerySet[Pool]:
    """Operators run pools, authority admins choose one for each of their rooms; to others they are no matter."""
    return Pool.objects.all() if actor.operates or actor.admin_ids else Pool.objects.none()


def get_pool(pool_id: UUID, *, actor: Actor) -> Pool:
    """Raises NotFound for absent pools and for callers whom pools do not concern."""
    found = pools_visible_to(actor).filter(id=pool_id).first()
    if found is None:
        raise NotFound
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


def servers_of(pool: Pool) -> QuerySet[ConferenceServer]:
    """All conference servers of a pool, whatever their state. For the inside: checks no rights."""
    return ConferenceServer.objects.filter(pool=pool).order_by("id")


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
