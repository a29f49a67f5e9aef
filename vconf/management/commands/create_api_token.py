# SPDX-License-Identifier: EUPL-1.2
"""A bearer token for the API, printed once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from vconf.authorities.rights import Actor
from vconf.authorities.selectors import person_by_address
from vconf.authorities.services import create_api_token


class Command(BaseCommand):
    help = "Print a new API token that acts as the person with this e-mail address. It is shown once and kept nowhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="a verified address of the person")
        parser.add_argument("--label", default="manage.py", help="to tell it from others later")
        parser.add_argument(
            "--days", type=int, default=365, help="how long it lasts, 1 to 730 (default: 365)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_by_address(options["email"])
        if person is None:
            raise CommandError("Nobody with an active account has this address.")
        if not 1 <= options["days"] <= 730:
            raise CommandError("--days must lie between 1 and 730.")
        _token, clear = create_api_token(
            person,
            options["label"],
            expires_at=timezone.now() + timedelta(days=options["days"]),
            actor=Actor.system("command"),
        )
        self.stdout.write(clear)
