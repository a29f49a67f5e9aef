# SPDX-License-Identifier: EUPL-1.2
"""Demo data: an invented state administration with people, rooms and three simulated conference servers."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from vconf.audit.record import record_audit
from vconf.authorities.models import Authority, Membership, Person, PersonAddress, Quota, Role
from vconf.authorities.rights import Actor
from vconf.embedded import enter_simulated_fleet, simulated_fleet
from vconf.management.demo import people, rooms, tree
from vconf.management.demo.bookings import book_week
from vconf.rooms.models import Approver, ConferenceServer, Pool, Room, RoomClass, ServerKind
from vconf.rooms.slugs import slug_of


class Command(BaseCommand):
    """Written row by row, not through the services: rights, audit and facts of an empty house say nothing."""

    help = "Load the demo data, once, and let its conference servers point to where they listen (VCONF_DEMO=1 only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bookings", action="store_true", help="book an ordinary week as well")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.VCONF_DEMO:
            raise CommandError("Demo data has known passwords; it is only loaded with VCONF_DEMO=1.")
        with transaction.atomic():
            loaded = PersonAddress.objects.filter(address=people.PEOPLE[0][0]).exists()
            if not loaded:
                if Authority.objects.exists():
                    raise CommandError(
                        "There are authorities already; demo data goes into an empty database."
                    )
                _load()
        enter_simulated_fleet()
        if options["bookings"]:
            book_week()
        if options["verbosity"]:
            self.stdout.write("The demo data is there already." if loaded else "Loaded the demo data.")


def _load() -> None:
    authorities = _load_authorities()
    _load_people(authorities)
    _load_rooms(authorities)
    Quota.objects.bulk_create(
        Quota(authority=authorities[short_name], **limits) for short_name, limits in rooms.QUOTAS.items()
    )
    root = authorities[tree.ROOT]
    record_audit(
        "demo.load",
        actor=Actor.system("command"),
        object_type="authority",
        object_id=root.id,
        authority_id=root.id,
    )


def _load_authorities() -> dict[str, Authority]:
    """By short name."""
    loaded: dict[str, Authority] = {}
    for short_name, name, above in tree.authorities():
        loaded[short_name] = Authority(
            name=name,
            short_name=short_name,
            domain=tree.domain_of(short_name),
            parent=loaded[above] if above else None,
        )
    Authority.objects.bulk_create(loaded.values())
    return loaded


def _load_people(authorities: dict[str, Authority]) -> None:
    password = make_password(people.PASSWORD)  # one for all: hashing is slow on purpose
    loaded = []
    for address, name, short_name, role, language in people.PEOPLE:
        person = Person(name=name, email=address, language=language, password=password)
        person.subject = str(person.id)
        loaded.append((person, authorities[short_name], Role(role)))
    Person.objects.bulk_create(person for person, _, _ in loaded)
    PersonAddress.objects.bulk_create(
        PersonAddress(person=person, address=person.email, is_primary=True) for person, _, _ in loaded
    )
    Membership.objects.bulk_create(
        Membership(person=person, authority=authority, role=role, is_home=True)
        for person, authority, role in loaded
    )


def _load_rooms(authorities: dict[str, Authority]) -> None:
    root = authorities[tree.ROOT]
    pool = Pool.objects.create(name=rooms.POOL)
    jitsi_pool = Pool.objects.create(name=rooms.JITSI_POOL)
    ConferenceServer.objects.bulk_create(
        ConferenceServer(
            pool=jitsi_pool if simulated.kind == ServerKind.JITSI else pool,
            kind=simulated.kind,
            name=simulated.name,
            base_url=simulated.base_url,
            secret=simulated.secret,
            options=simulated.options,
            seats=rooms.SEATS_PER_SERVER,
            hook_token=secrets.token_urlsafe(32),
        )
        for simulated in simulated_fleet()
    )
    classes = {
        name: RoomClass(
            name=name, authority=authorities[rooms.CLASS_OWNERS.get(name, tree.ROOT)], settings=values
        )
        for name, values in rooms.ROOM_CLASSES.items()
    }
    RoomClass.objects.bulk_create(classes.values())
    Approver.objects.bulk_create(
        Approver(room_class=classes[kind], person=PersonAddress.objects.get(address=address).person)
        for kind, address in rooms.APPROVERS
    )
    Room.objects.bulk_create(
        Room(
            name=name,
            slug=slug_of(name),
            address=f"{slug_of(name)}@{rooms.ADDRESS_DOMAIN}",
            seats=seats,
            authority=authorities[owner],
            room_class=classes[kind],
            pool=in_pool,
            open_to_all=open_to_all,
        )
        for in_pool, listed in ((pool, rooms.ROOMS), (jitsi_pool, rooms.JITSI_ROOMS))
        for name, seats, owner, kind, open_to_all in listed
    )
    Room.objects.bulk_create(
        Room(
            name=rooms.STOCK_NAME,
            slug=f"videoraum-{seats}",
            address=f"videoraum-{seats}@{rooms.ADDRESS_DOMAIN}",
            seats=seats,
            authority=root,
            room_class=classes[rooms.STANDARD],
            pool=pool,
            open_to_all=True,
            is_stock=True,
        )
        for seats in rooms.STOCK_SEATS
    )
