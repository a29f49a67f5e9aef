# SPDX-License-Identifier: EUPL-1.2
"""manage.py set_up: the first authority and the first account of a new installation (outside the demo)."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from vconf.audit.record import record_audit
from vconf.authorities.models import Authority, Membership, Person, PersonAddress, Role
from vconf.authorities.rights import Actor


class Command(BaseCommand):
    help = "Make the topmost authority and an account that may operate and administer it; prints its password once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("authority", help="name of the topmost authority")
        parser.add_argument("email", help="address of the first account")
        parser.add_argument("name", help="name of its person")
        parser.add_argument("--short-name", default="", help="short name of the authority")

    def handle(self, *args: Any, **options: Any) -> None:
        password = secrets.token_urlsafe(15)
        with transaction.atomic():
            if Authority.objects.exists():
                raise CommandError("There is an authority already; go on with its account.")
            email = options["email"].strip().lower()
            root = Authority.objects.create(
                name=options["authority"],
                short_name=options["short_name"] or options["authority"][:40],
                domain=email.partition("@")[2],
            )
            person = Person(subject=email, name=options["name"], email=email)
            person.set_password(password)
            person.save()
            PersonAddress.objects.create(person=person, address=email, is_primary=True)
            for role in (Role.AUTHORITY_ADMIN, Role.OPERATOR):
                Membership.objects.create(
                    person=person, authority=root, role=role, is_home=role == Role.AUTHORITY_ADMIN
                )
            record_audit(
                "installation.set_up",
                actor=Actor.system("command"),
                object_type="authority",
                object_id=root.id,
                authority_id=root.id,
            )
        self.stdout.write(f"{root.name} is made. Sign in as {email} with the password {password}")
