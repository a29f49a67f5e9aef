# SPDX-License-Identifier: EUPL-1.2
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from vconf.management.configuration import render


class Command(BaseCommand):
    help = "Write docs/configuration.md from the comments in vconf/settings.py."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        page = settings.BASE_DIR / "docs" / "configuration.md"
        page.write_text(render(settings.BASE_DIR / "vconf" / "settings.py"), encoding="utf-8")
        self.stdout.write(f"{page} written.")
