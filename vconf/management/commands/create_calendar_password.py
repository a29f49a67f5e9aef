# SPDX-License-Identifier: EUPL-1.2
"""A password for a calendar client, printed once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vconf.authorities.calendar_passwords import create_calendar_password
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import person_by_address
from vconf.errors import Invalid


class Command(BaseCommand):
    help = (
        "Print a new password with which the person with this e-mail address signs in to their calendars (CalDAV). "
        "It is shown once and kept nowhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="a verified address of the person")
        parser.add_argument("--label", default="manage.py", help="to tell it from others later")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_by_address(options["email"])
        if person is None:
            raise CommandError("Nobody with an active account has this address.")
        try:
            _password, clear = create_calendar_password(
                person, options["label"], actor=Actor.system("command")
            )
        except Invalid as error:
            raise CommandError(f"{person.email}: {error.fields}") from error
        self.stdout.write(clear)
