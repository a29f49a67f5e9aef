# SPDX-License-Identifier: EUPL-1.2
"""manage.py restore: bring a backup back, and let nobody get an invitation twice."""

from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.models import F

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings.guards import missing_guards
from vconf.management import backups
from vconf.outbox import deliver
from vconf.outbox.models import Job
from vconf.reactions import REACTIONS
from vconf.realtime.models import StatusVersion
from vconf.tasks import MAIL

#: More versions than the board keeps, so that browsers which know of later ones are sent everything anew.
BOARD_AHEAD = 1_000_000


class Command(BaseCommand):
    help = (
        "Bring a backup back into an empty database, while nothing else runs. Mails that had not gone out when the "
        "backup was made may have done so since; they are put aside for an operator to decide."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what `backup` has made")
        parser.add_argument(
            "--send-pending",
            action="store_true",
            help="send the mails that had not gone out: only if it is certain that nothing ran after the backup",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            description = backups.read(options["file"])
            backups.load(options["file"], description)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", verbosity=0, interactive=False)  # makes the guards, too
        if missing := missing_guards(connection):
            raise CommandError(f"The database lacks its guards: {', '.join(missing)}.")
        parked = self._settle(description["made_at"], send_pending=options["send_pending"])
        self.stdout.write(f"The database is as of {description['made_at']}.")
        if parked:
            self.stdout.write(
                f"{parked} mails were pending then and may have gone out since; they are parked. See"
                " docs/operations.md, Restore."
            )
        self.stdout.write("Now run `manage.py audit_invariants`.")

    def _settle(self, made_at: str, *, send_pending: bool) -> int:
        """What must not go on as if no time had passed. Returns how many mails were put aside."""
        deliver.fan_out(REACTIONS)  # what was recorded just before the backup has its deliveries now
        with transaction.atomic():
            parked = (
                0 if send_pending else deliver.park_pending(MAIL, reason=f"restored: pending at {made_at}")
            )
            Job.objects.update(claim="", claimed_until=None)
            Session.objects.all().delete()  # who signed out since must not be signed in again
            StatusVersion.objects.update(version=F("version") + BOARD_AHEAD)
            record_audit(
                "installation.restore",
                actor=Actor.system("command"),
                object_type="backup",
                object_id=made_at,
                numbers={"parked": parked},
            )
        return parked
