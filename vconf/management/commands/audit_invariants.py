# SPDX-License-Identifier: EUPL-1.2
"""manage.py audit_invariants: are all promises kept? Exit code 1 if not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Occurrence


class Command(BaseCommand):
    help = "Work out all promises anew and compare them with what is written."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = audit_invariants()
        for finding in findings:
            self.stdout.write(str(finding))
        violations = sum(finding.violation for finding in findings)
        self.stdout.write(
            f"{Occurrence.objects.count()} dates audited: {violations} violations,"
            f" {len(findings) - violations} over-committed by a later decision."
        )
        if violations:
            raise CommandError(f"{violations} promises are broken.")
