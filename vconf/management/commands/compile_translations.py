# SPDX-License-Identifier: EUPL-1.2
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed

from vconf.management.catalogue import compile_catalogues


class Command(BaseCommand):
    help = "Write the binary catalogues (.mo) that translations are loaded from."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            count = compile_catalogues(folder)
            # This process may have looked for them before there were any: a first start would speak English only.
            translation_file_changed(None, folder / "all.mo")
            if options["verbosity"]:
                self.stdout.write(f"{count} catalogues compiled.")
