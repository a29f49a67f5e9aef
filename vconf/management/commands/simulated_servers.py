# SPDX-License-Identifier: EUPL-1.2
"""The demo's conference servers as a process of their own (scaled mode)."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from vconf.embedded import enter_simulated_fleet, simulator_command


class Command(BaseCommand):
    help = "Run the demo's simulated conference servers, and let their entries point to them (VCONF_DEMO=1 only)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.VCONF_DEMO:
            raise CommandError("Conference servers are only simulated with VCONF_DEMO=1.")
        enter_simulated_fleet()
        connection.close()
        command = simulator_command()
        os.chdir(settings.BASE_DIR)
        os.execv(command[0], command)  # noqa: S606  in place of this process, so that a signal reaches it
