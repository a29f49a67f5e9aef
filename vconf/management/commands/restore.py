# SPDX-License-Identifier: EUPL-1.2
"""manage.py restore: bring a backup back, and let nobody get an invitation twice."""

from datetime import datetime
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
from vconf.bookings.models import Booking, Calendar, Occurrence
from vconf.integrations.invitations.models import SentMail
from vconf.management import backups
from vconf.outbox import deliver
from vconf.outbox.models import Job
from vconf.reactions import REACTIONS
from vconf.realtime.models import StatusVersion
from vconf.tasks import MAIL

#: More versions than the board or a calendar has had since, so that who knows of later ones is sent everything anew.
BOARD_AHEAD = 1_000_000
#: More changes than one booking may have seen between the backup and its loss.
CHANGES_AHEAD = 1_000


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
            if not send_pending:
                _number_changes_anew(datetime.fromisoformat(made_at))
            Job.objects.update(claim="", claimed_until=None)
            Session.objects.all().delete()  # who signed out since must not be signed in again
            StatusVersion.objects.update(version=F("version") + BOARD_AHEAD)
            _let_clients_begin_anew()
            record_audit(
                "installation.restore",
                actor=Actor.system("command"),
                object_type="backup",
                object_id=made_at,
                numbers={"parked": parked},
            )
        return parked


def _let_clients_begin_anew() -> None:
    """Calendar clients may have sync tokens of what is lost. No calendar knows them any more, so they read it all."""
    ahead = F("change") + BOARD_AHEAD
    Calendar.objects.update(change=ahead, known_since=ahead)


def _number_changes_anew(made_at: datetime) -> None:
    """Let the next change of a booking be a later one than all that people may have been told of before the loss.

    Else it would take a SEQUENCE, and with it a Message-ID, that calendars and mailboxes know already, and they would
    pass it over; and an ETag that somebody got for what is lost would fit again. What was told is numbered along, so
    that nobody counts as behind and is told again.
    """
    lasting = Occurrence.objects.filter(ends_at__gt=made_at).order_by().values("booking_id")
    bookings = Booking.objects.filter(id__in=lasting)
    bookings.update(sequence=F("sequence") + CHANGES_AHEAD, version=F("version") + CHANGES_AHEAD)
    SentMail.objects.filter(booking_id__in=lasting).update(sequence=F("sequence") + CHANGES_AHEAD)
