# SPDX-License-Identifier: EUPL-1.2
"""manage.py backup: the installation as one file, while everything runs."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vconf.management import backups


class Command(BaseCommand):
    help = "Write the database into one new file, while everything runs. The keys are not in it; keep them elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to make; it must not be there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            description = backups.make(options["file"])
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        size = options["file"].stat().st_size
        self.stdout.write(f"{options['file']}: {size:,} bytes, as of {description['made_at']}.")
