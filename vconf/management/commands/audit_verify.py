# SPDX-License-Identifier: EUPL-1.2
"""manage.py audit_verify: is the audit as it was written? Exit code 1 if not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vconf.audit.heads import Head, head_file, noted_head
from vconf.audit.verify import verify_chain

SHOWN = 100


class Command(BaseCommand):
    help = (
        "Work out the sealed chain of the audit anew, and name every entry changed, removed or added since."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            metavar="POSITION:DIGEST",
            help="a head the chain once had, from a log line “audit sealed”; may be given more than once",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            heads = [Head.parse(text) for text in options["head"]]
        except ValueError as error:
            raise CommandError(str(error)) from error
        try:
            noted = noted_head()
        except ValueError as error:
            raise CommandError(f"{head_file()} cannot be read: {error}") from error
        found = verify_chain([*heads, *([noted] if noted else [])])
        for finding in found.findings[:SHOWN]:
            self.stdout.write(str(finding))
        if len(found.findings) > SHOWN:
            self.stdout.write(f"... and {len(found.findings) - SHOWN} more")
        waiting = (
            "" if found.oldest_unsealed is None else f", the oldest of {found.oldest_unsealed.isoformat()}"
        )
        self.stdout.write(
            f"{found.sealed} entries sealed, {found.unsealed} not yet{waiting}. Head: {found.head or 'none'}"
        )
        if found.findings:
            raise CommandError(f"The audit was tampered with. First: {found.findings[0]}.")
