# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BookingsConfig(AppConfig):
    name = "vconf.bookings"

    def ready(self) -> None:
        from vconf.bookings.guards import install_after_migrate  # noqa: PLC0415 - models load after apps

        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="bookings.guards")
