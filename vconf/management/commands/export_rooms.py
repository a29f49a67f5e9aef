# SPDX-License-Identifier: EUPL-1.2
"""Rooms for the address books that people invite from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from vconf.authorities.rights import Actor
from vconf.management.room_contacts import RoomContact, exchange_script, ldif, vcards
from vconf.rooms.selectors import rooms_visible_to

FORMATS = ("exchange", "vcard", "ldif")


class Command(BaseCommand):
    help = (
        "Print all rooms in use as contacts: `exchange` (a script for the Exchange Management Shell, so that the rooms"
        " appear in Outlook's address book), `vcard` or `ldif`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("format", choices=FORMATS)
        parser.add_argument(
            "--base-dn", help="ldif: the entry below which they stand, such as ou=Raeume,dc=example"
        )
        parser.add_argument("--only", metavar="TEXT", default="", help="rooms with this in their address")

    def handle(self, *args: Any, **options: Any) -> None:
        rooms = [
            RoomContact(
                id=room.id,
                name=room.name,
                address=room.address,
                seats=room.seats,
                authority=room.authority.name,
                url=f"{settings.VCONF_PUBLIC_URL}/r/{room.slug}",
            )
            for room in rooms_visible_to(Actor.system("command"))
            .filter(is_active=True, address__contains=options["only"].lower())
            .order_by("name", "id")
        ]
        if options["format"] == "exchange":
            self.stdout.write("\ufeff" + exchange_script(rooms), ending="")
        elif options["format"] == "vcard":
            self.stdout.write(vcards(rooms), ending="")
        elif not options["base_dn"]:
            raise CommandError("ldif needs --base-dn, the entry below which the rooms stand.")
        else:
            self.stdout.write(ldif(rooms, base_dn=options["base_dn"]), ending="")
