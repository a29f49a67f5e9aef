# SPDX-License-Identifier: EUPL-1.2
"""The only writers of rooms, room classes, pools and conference servers. Each is one transaction with its audit.

Nothing here is refused for what is booked already: that stays. What a change means for bookings is worked out by
`bookings` from what these return.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import NotRequired, TypedDict, Unpack, cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import Value, record_audit
from vconf.authorities.fields import line, mail_address, optional_line, unique, whole_number
from vconf.authorities.models import Person, PersonAddress
from vconf.authorities.rights import Actor, require_administers, require_operator
from vconf.authorities.selectors import get_authority, person_by_address
from vconf.authorities.tree import with_ancestors
from vconf.errors import Forbidden, Invalid, NotFound
from vconf.outbox.record import record
from vconf.rooms.addresses import checked_base_url
from vconf.rooms.certificates import checked_ca_certificates
from vconf.rooms.errors import StillUsed
from vconf.rooms.events import RoomChanged, RoomRenamed, ServerChanged
from vconf.rooms.health import forget_health
from vconf.rooms.journal import note_event
from vconf.rooms.models import (
    Approver,
    ConferenceServer,
    Pool,
    Room,
    RoomClass,
    ServerKind,
    ServerState,
)
from vconf.rooms.policies import NAMING_PEOPLE, checked_settings
from vconf.rooms.selectors import (
    fallbacks_of,
    get_approver,
    get_pool,
    get_room,
    get_room_class,
    get_server,
    own_class_ids_decided_by,
)
from vconf.rooms.server_options import check_together, checked_keys, checked_options, is_without_secret
from vconf.rooms.slugs import free_slug

MAX_SEATS = 100_000
SLUG_ATTEMPTS = 30
#: after a change of these, what was seen of the server before says nothing any more
_HOW_TO_SPEAK = {"base_url", "secret", "options", "keys", "ca_certificates", "checksum_algorithm"}
HOOK_SIGNATURES = ("raw-body", "json-body", "bearer", "url-only")
CHECKSUM_ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")

_ADDRESS_TAKEN = _("This address is already taken.")
_NAME_TAKEN = _("This name is already taken.")


# Rooms


class RoomFields(TypedDict, total=False):
    """What can be changed of a room; absent means: leave it. The slug stays, as its page has been passed on."""

    name: str
    address: str
    seats: int
    pool_id: UUID
    room_class_id: UUID
    authority_id: UUID
    open_to_all: bool
    is_active: bool
    blocked_reason: str


def create_room(
    *,
    name: str,
    address: str,
    seats: int,
    pool_id: UUID,
    room_class_id: UUID,
    authority_id: UUID,
    open_to_all: bool = False,
    actor: Actor,
) -> Room:
    """Open a room of an authority of the caller's subtree; operators may anywhere.

    The class must be one of that authority or of one above it. Raises Invalid, Forbidden, NotFound (authority, pool
    or class, absent or foreign).
    """
    with transaction.atomic():
        room = Room(is_stock=False)
        _apply(
            room,
            actor,
            {
                "name": name,
                "address": address,
                "seats": seats,
                "pool_id": pool_id,
                "room_class_id": room_class_id,
                "authority_id": authority_id,
                "open_to_all": open_to_all,
            },
        )
        _insert(room)
        _tell_room(
            "room.create",
            room,
            actor,
            {
                "seats": seats,
                "pool": str(pool_id),
                "room_class": str(room_class_id),
                "open_to_all": open_to_all,
            },
        )
        return room


def change_room(room_id: UUID, *, actor: Actor, **fields: Unpack[RoomFields]) -> Room:
    """Change a room of the caller's subtree; operators may change any. Bookings made keep seats and pool.

    Raises Invalid, Forbidden, NotFound.
    """
    with transaction.atomic():
        room = get_room(room_id, actor=actor)
        _require_room(actor, room)
        room = Room.objects.select_for_update(no_key=True).get(id=room.id)
        called = (room.name, room.address)
        _apply(room, actor, fields)
        with unique("address", _ADDRESS_TAKEN):
            room.save()
        if called != (room.name, room.address):
            record(RoomRenamed(room_id=str(room.id)))
        _tell_room(
            "room.change",
            room,
            actor,
            {
                name: None if name in ("name", "address", "blocked_reason") else _plain(value)
                for name, value in fields.items()
            },
        )
        return room


def retire_room(room_id: UUID, *, actor: Actor) -> Room:
    """Take a room out of use. It stays for the bookings that name it, and can be taken into use again."""
    return change_room(room_id, actor=actor, is_active=False)


def add_stock_room(like: Room) -> Room:
    """One more unnamed room like a given one, for a booking that finds all of them taken. Within its transaction.

    Its names are random: nothing is to be learned from them about how much is booked.
    """
    mark = f"{like.seats}-{secrets.token_hex(5)}"
    with transaction.atomic():
        room = Room.objects.create(
            name=like.name,
            slug=f"videoraum-{mark}",
            address=f"videoraum-{mark}@{like.address.partition('@')[2]}",
            seats=like.seats,
            authority_id=like.authority_id,
            room_class_id=like.room_class_id,
            pool_id=like.pool_id,
            open_to_all=like.open_to_all,
            is_stock=True,
        )
        _tell_room("room.stock", room, Actor.system(), {"seats": room.seats, "pool": str(room.pool_id)})
        return room


def _insert(room: Room) -> None:
    """Save a new room under a free slug; somebody may take slug or address at the same moment.

    Each failure is somebody else's success, so only very many at once could use the attempts up.
    """
    for remaining in reversed(range(SLUG_ATTEMPTS)):
        room.slug = free_slug(room.name)
        try:
            with transaction.atomic():
                room.save(force_insert=True)
        except IntegrityError:
            _free_address(room.address, room)
            if not remaining:
                raise
        else:
            return


def _apply(room: Room, actor: Actor, fields: RoomFields) -> None:
    """Check fields and write them into a room; related rows are looked up by the caller's rights (R1.2)."""
    if "authority_id" in fields:
        room.authority = get_authority(fields["authority_id"], actor=actor)
        _require_room(actor, room)
    if "room_class_id" in fields:
        room.room_class = get_room_class(fields["room_class_id"], actor=actor)
    if "pool_id" in fields:
        room.pool = get_pool(fields["pool_id"], actor=actor)
    if ("authority_id" in fields or "room_class_id" in fields) and (
        room.room_class.authority_id not in with_ancestors([room.authority_id])
    ):
        raise Invalid.field("room_class", _("This room class belongs to another authority."))
    if "name" in fields:
        room.name = line(fields["name"], "name", 120)
    if "address" in fields:
        room.address = _free_address(fields["address"], room)
    if "seats" in fields:
        room.seats = whole_number(fields["seats"], "seats", 1, MAX_SEATS)
    if "open_to_all" in fields:
        room.open_to_all = fields["open_to_all"]
    if "is_active" in fields:
        room.is_active = fields["is_active"]
    if "blocked_reason" in fields:
        room.blocked_reason = optional_line(fields["blocked_reason"], "blocked_reason", 200)


def _require_room(actor: Actor, room: Room) -> None:
    if not actor.operates:
        require_administers(actor, room.authority_id)


def _free_address(value: str, room: Room) -> str:
    address = mail_address(value, "address")
    taken = Room.objects.filter(address=address).exclude(id=room.id).exists()
    if taken or PersonAddress.objects.filter(address=address).exists():
        raise Invalid.field("address", _ADDRESS_TAKEN)
    return address


def _tell_room(action: str, room: Room, actor: Actor, changes: Mapping[str, str | int | bool | None]) -> None:
    record_audit(
        action,
        actor=actor,
        object_type="room",
        object_id=room.id,
        authority_id=room.authority_id,
        changes=changes,
    )
    record(RoomChanged(room_id=str(room.id)))


# Room classes


class RoomClassFields(TypedDict, total=False):
    """What can be changed of a room class; absent means: leave it. `settings` is replaced as a whole."""

    name: str
    settings: Mapping[str, object]


def create_room_class(
    *, name: str, authority_id: UUID, settings: Mapping[str, object] | None = None, actor: Actor
) -> RoomClass:
    """Add a room class of an authority of the caller's subtree; operators may anywhere.

    `settings`: see `policies.checked_settings`. Raises Invalid, Forbidden, NotFound (the authority).
    """
    with transaction.atomic():
        authority = get_authority(authority_id, actor=actor)
        if not actor.operates:
            require_administers(actor, authority.id)
        room_class = RoomClass(authority=authority)
        _apply_class(room_class, {"name": name, "settings": settings or {}})
        with unique("name", _NAME_TAKEN):
            room_class.save(force_insert=True)
        _tell_class("room_class.create", room_class, actor)
        return room_class


def change_room_class(class_id: UUID, *, actor: Actor, **fields: Unpack[RoomClassFields]) -> RoomClass:
    """Change a class; bookings made keep their dates and buffers. Raises Invalid, Forbidden, NotFound."""
    with transaction.atomic():
        room_class = get_room_class(class_id, actor=actor)
        if not actor.operates:
            require_administers(actor, room_class.authority_id)
        room_class = RoomClass.objects.select_for_update(no_key=True).get(id=room_class.id)
        _apply_class(room_class, fields)
        with unique("name", _NAME_TAKEN):
            room_class.save()
        _tell_class("room_class.change", room_class, actor)
        return room_class


def _apply_class(room_class: RoomClass, fields: RoomClassFields) -> None:
    if "name" in fields:
        room_class.name = line(fields["name"], "name", 100)
        twins = RoomClass.objects.filter(authority_id=room_class.authority_id, name__iexact=room_class.name)
        if twins.exclude(id=room_class.id).exists():
            raise Invalid.field("name", _("This name is already taken."))
    if "settings" in fields:
        room_class.settings = checked_settings(fields["settings"])


def _tell_class(action: str, room_class: RoomClass, actor: Actor) -> None:
    record_audit(
        action,
        actor=actor,
        object_type="room_class",
        object_id=room_class.id,
        authority_id=room_class.authority_id,
        changes={
            name: None if name in NAMING_PEOPLE else stored["value"]
            for name, stored in room_class.settings.items()
        },
    )


# Approvers


def name_approver(
    class_id: UUID,
    *,
    email: str,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    actor: Actor,
) -> Approver:
    """Let somebody decide about requests for rooms of the class, besides the admins of its authority. Admins only.

    Named again, the new period counts. Raises NotFound (the class), Forbidden, Invalid (nobody has that address).
    """
    with transaction.atomic():
        room_class = get_room_class(class_id, actor=actor)
        require_administers(actor, room_class.authority_id)
        person = _person(email)
        _check_period(valid_from, valid_until)
        approver, _new = Approver.objects.update_or_create(
            room_class=room_class,
            person=person,
            stands_in_for=None,
            defaults={"valid_from": valid_from, "valid_until": valid_until},
        )
        _tell_approver("approver.name", approver, actor)
        return approver


def name_delegate(
    *, email: str, valid_from: datetime | None = None, valid_until: datetime, actor: Actor
) -> list[Approver]:
    """Let somebody decide in the caller's stead for a time: one row for each class that the caller decides for.

    Who only stands in for others cannot pass that on. Raises Forbidden (the caller decides for no class), Invalid.
    """
    with transaction.atomic():
        class_ids = own_class_ids_decided_by(actor, now=timezone.now())
        if not class_ids:
            raise Forbidden(_("You decide about no room class."))
        person = _person(email)
        if person.id == actor.person_id:
            raise Invalid.field("email", _("Please name somebody else."))
        _check_period(valid_from, valid_until)
        rows = []
        for room_class in RoomClass.objects.filter(id__in=class_ids).order_by("name", "id"):
            row, _new = Approver.objects.update_or_create(
                room_class=room_class,
                person=person,
                stands_in_for=actor.person,
                defaults={"valid_from": valid_from, "valid_until": valid_until},
            )
            _tell_approver("approver.delegate", row, actor)
            rows.append(row)
        return rows


def withdraw_approver(approver_id: UUID, *, actor: Actor) -> None:
    """Take the right to decide away again: who named them, or an admin. What they decided stays.

    Raises NotFound, Forbidden (those who are named cannot remove themselves).
    """
    with transaction.atomic():
        approver = get_approver(approver_id, actor=actor)
        named_by_caller = (
            approver.stands_in_for_id is not None and approver.stands_in_for_id == actor.person_id
        )
        if not named_by_caller:
            require_administers(actor, approver.room_class.authority_id)
        _tell_approver("approver.remove", approver, actor)
        approver.delete()


def _person(email: str) -> Person:
    person = person_by_address(email)
    if person is None:
        raise Invalid.field("email", _("There is nobody with this address."))
    return person


def _check_period(valid_from: datetime | None, valid_until: datetime | None) -> None:
    if valid_until is not None and valid_until <= (valid_from or timezone.now()):
        raise Invalid.field("valid_until", _("The end must be after the start."))


def _tell_approver(action: str, approver: Approver, actor: Actor) -> None:
    record_audit(
        action,
        actor=actor,
        object_type="room_class",
        object_id=approver.room_class_id,
        authority_id=approver.room_class.authority_id,
        changes={
            "person": str(approver.person_id),
            "stands_in_for": str(approver.stands_in_for_id) if approver.stands_in_for_id else None,
            "valid_from": approver.valid_from.isoformat() if approver.valid_from else None,
            "valid_until": approver.valid_until.isoformat() if approver.valid_until else None,
        },
    )


# Pools


class PoolFields(TypedDict, total=False):
    """What can be changed of a pool; absent means: leave it."""

    name: str
    n_plus_one: bool
    fallback_id: UUID | None


def create_pool(
    *, name: str, n_plus_one: bool = False, fallback_id: UUID | None = None, actor: Actor
) -> Pool:
    """Add a pool without servers. Operators only. Raises Invalid, Forbidden, NotFound (the fallback)."""
    with transaction.atomic():
        require_operator(actor)
        pool = Pool(name=line(name, "name", 100), n_plus_one=n_plus_one)
        pool.fallback = None if fallback_id is None else get_pool(fallback_id, actor=actor)
        with unique("name", _NAME_TAKEN):
            pool.save(force_insert=True)
        _tell_pool("pool.create", pool, actor, _settings_of(pool))
        return pool


def change_pool(pool_id: UUID, *, actor: Actor, **fields: Unpack[PoolFields]) -> Pool:
    """Rename a pool, set whether its largest server may be lost, and which pool stands in when it is full.

    Operators only. Raises as `create_pool`.
    """
    with transaction.atomic():
        require_operator(actor)
        if fields.get("fallback_id") is not None:
            # all of them, in the order of locks: else two operators could close a circle from both sides
            list(Pool.objects.select_for_update(no_key=True).order_by("id"))
        pool = _lock_pool(get_pool(pool_id, actor=actor).id)
        if "name" in fields:
            pool.name = line(fields["name"], "name", 100)
        if "n_plus_one" in fields:
            pool.n_plus_one = fields["n_plus_one"]
        if "fallback_id" in fields:
            pool.fallback = _fallback(pool, fields["fallback_id"], actor)
        with unique("name", _NAME_TAKEN):
            pool.save()
        # no more than what was asked for: the audit of the promises wants to know when N+1 was decided
        asked = {name.removesuffix("_id") for name in fields}
        changes = {name: value for name, value in _settings_of(pool).items() if name in asked}
        _tell_pool("pool.change", pool, actor, changes)
        return pool


def _lock_pool(pool_id: UUID) -> Pool:
    """Bookings take this lock before they look at the pool's servers, so they never see half a change."""
    pool = Pool.objects.select_for_update(no_key=True).filter(id=pool_id).first()
    if pool is None:
        raise NotFound
    return pool


def _fallback(pool: Pool, fallback_id: UUID | None, actor: Actor) -> Pool | None:
    if fallback_id is None:
        return None
    if fallback_id == pool.id:
        raise Invalid.field("fallback", _("A pool cannot stand in for itself."))
    fallback = get_pool(fallback_id, actor=actor)
    if pool.id in fallbacks_of(fallback.id):
        raise Invalid.field("fallback", _("That pool is one that this pool already stands in for."))
    return fallback


def _settings_of(pool: Pool) -> dict[str, Value]:
    return {
        "n_plus_one": pool.n_plus_one,
        "fallback": str(pool.fallback_id) if pool.fallback_id else None,
    }


def _tell_pool(action: str, pool: Pool, actor: Actor, changes: Mapping[str, Value]) -> None:
    record_audit(action, actor=actor, object_type="pool", object_id=pool.id, changes=changes)


# Conference servers


class ServerFields(TypedDict, total=False):
    """What can be changed of a server; absent means: leave it. The pool stays: its bookings count there."""

    name: str
    base_url: str
    secret: str
    checksum_algorithm: str
    hook_signature: str
    #: as a whole
    options: Mapping[str, object]
    #: those named only; an empty one is forgotten
    keys: Mapping[str, str]
    #: PEM; empty: the public authorities
    ca_certificates: str
    seats: int
    meetings: int | None
    weight: int
    state: str


class NewServer(TypedDict):
    """What a server is registered with."""

    kind: str
    name: str
    base_url: str
    secret: str
    pool_id: UUID
    seats: int
    meetings: NotRequired[int | None]
    weight: NotRequired[int]
    checksum_algorithm: NotRequired[str]
    hook_signature: NotRequired[str]
    options: NotRequired[Mapping[str, object]]
    keys: NotRequired[Mapping[str, str]]
    ca_certificates: NotRequired[str]


def draft_server(*, actor: Actor, **wish: Unpack[NewServer]) -> ConferenceServer:
    """A server as it would be registered, checked and not saved: for a look at it beforehand. Operators only.

    Raises Invalid, Forbidden, NotFound (the pool).
    """
    require_operator(actor)
    if wish["kind"] not in ServerKind.values:
        raise Invalid.field("kind", _("This kind of server does not exist."))
    pool = get_pool(wish["pool_id"], actor=actor)
    server = ConferenceServer(pool=pool, kind=wish["kind"], hook_token=secrets.token_urlsafe(32))
    fields = {name: value for name, value in wish.items() if name not in ("kind", "pool_id")}
    _apply_server(server, cast(ServerFields, {"options": {}, **fields}))
    return server


def add_server(*, actor: Actor, **wish: Unpack[NewServer]) -> ConferenceServer:
    """Register a conference server; it carries meetings at once. Operators only.

    `base_url` is that of the server's API (BigBlueButton: what `bbb-conf --secret` prints will do), `secret` and `keys`
    are kept encrypted and never shown again. Raises Invalid, Forbidden, NotFound (the pool).
    """
    with transaction.atomic():
        server = draft_server(actor=actor, **wish)
        _lock_pool(server.pool_id)
        with unique("name", _NAME_TAKEN):
            server.save(force_insert=True)
        _tell_server(
            "server.create",
            server,
            actor,
            {
                "kind": server.kind,
                "pool": str(server.pool_id),
                "seats": server.seats,
                "meetings": server.meetings,
                "weight": server.weight,
            },
        )
        return server


def change_server(server_id: UUID, *, actor: Actor, **fields: Unpack[ServerFields]) -> ConferenceServer:
    """Change a server, its capacity or its state. Operators only.

    Never refused for what is reserved on it: `bookings` tells what is over-committed. Raises Invalid, Forbidden,
    NotFound.
    """
    with transaction.atomic():
        server = get_server(server_id, actor=actor)
        _lock_pool(server.pool_id)
        server = ConferenceServer.objects.select_for_update(no_key=True).get(id=server.id)
        before = server.state
        _apply_server(server, fields)
        if _HOW_TO_SPEAK & fields.keys():
            forget_health(server)
        with unique("name", _NAME_TAKEN):
            server.save()
        if server.state != before:
            note_event(server.id, "state", code=server.state)
        _tell_server(
            "server.change",
            server,
            actor,
            {
                name: _plain(value) if name in ("seats", "meetings", "weight", "state") else None
                for name, value in fields.items()
            },
        )
        return server


def remove_server(server_id: UUID, *, actor: Actor) -> None:
    """Forget a server that never carried or was reserved for anything; others are disabled instead.

    Operators only. Raises StillUsed, Forbidden, NotFound.
    """
    with transaction.atomic():
        server = get_server(server_id, actor=actor)
        _lock_pool(server.pool_id)
        try:
            ConferenceServer.objects.filter(id=server.id).delete()
        except ProtectedError as error:
            raise StillUsed(
                _("Bookings refer to this conference server. Disable it instead of removing it.")
            ) from error
        record_audit("server.remove", actor=actor, object_type="server", object_id=server.id)


def _apply_server(server: ConferenceServer, fields: ServerFields) -> None:
    if "name" in fields:
        server.name = line(fields["name"], "name", 100)
    if "base_url" in fields:
        server.base_url = checked_base_url(fields["base_url"], kind=server.kind)
    if "secret" in fields:
        server.secret = _secret(fields["secret"])
    if "checksum_algorithm" in fields:
        if fields["checksum_algorithm"] not in CHECKSUM_ALGORITHMS:
            raise Invalid.field("checksum_algorithm", _("This value is not allowed here."))
        server.checksum_algorithm = fields["checksum_algorithm"]
    if "hook_signature" in fields:
        if fields["hook_signature"] not in HOOK_SIGNATURES:
            raise Invalid.field("hook_signature", _("This value is not allowed here."))
        server.hook_signature = fields["hook_signature"]
    if "options" in fields:
        server.options = dict(checked_options(server.kind, fields["options"]))
    if "keys" in fields:
        server.keys = _keys(server, fields["keys"])
    if fields.keys() & {"secret", "options", "keys"}:
        if not server.secret and not is_without_secret(server.kind, server.options):
            raise Invalid.field("secret", _("Please enter the secret that the server prints."))
        keys = json.loads(server.keys) if server.keys else {}
        check_together(server.kind, options=server.options, keys=keys)
    if "ca_certificates" in fields:
        server.ca_certificates = checked_ca_certificates(fields["ca_certificates"])
    if "seats" in fields:
        server.seats = whole_number(fields["seats"], "seats", 1, MAX_SEATS)
    if "meetings" in fields:
        meetings = fields["meetings"]
        server.meetings = None if meetings is None else whole_number(meetings, "meetings", 1, MAX_SEATS)
    if "weight" in fields:
        server.weight = whole_number(fields["weight"], "weight", 1, 1000)
    if "state" in fields:
        if fields["state"] not in ServerState.values:
            raise Invalid.field("state", _("This state does not exist."))
        server.state = fields["state"]
        server.drift = []
        if server.state != ServerState.DRAINING:
            server.draining_since = None
        elif server.draining_since is None:
            server.draining_since = timezone.now()


def _keys(server: ConferenceServer, named: Mapping[str, str]) -> str:
    """All keys of the server as JSON, with those named in place of their like."""
    kept = json.loads(server.keys) if server.keys else {}
    given = checked_keys(server.kind, {name: key for name, key in named.items() if key})
    forgotten = {name for name, key in named.items() if not key}
    keys = {name: key for name, key in {**kept, **given}.items() if name not in forgotten}
    return json.dumps(keys) if keys else ""


def _secret(value: str) -> str:
    secret = value.strip()
    if len(secret) > 500 or not secret.isprintable():
        raise Invalid.field("secret", _("Please enter the secret that the server prints."))
    return secret


def _tell_server(
    action: str, server: ConferenceServer, actor: Actor, changes: Mapping[str, str | int | bool | None]
) -> None:
    record_audit(action, actor=actor, object_type="server", object_id=server.id, changes=changes)
    record(ServerChanged(server_id=str(server.id)))


def _plain(value: object) -> str | int | bool | None:
    return value if value is None or isinstance(value, str | int) else str(value)
