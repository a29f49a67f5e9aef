# SPDX-License-Identifier: EUPL-1.2
"""The wiring application: the project's own commands, translations and start."""

import gc

from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "vconf"
    label = "vconf"

    def ready(self) -> None:
        """Have facts delivered at once after the commit, instead of in the clock's next round; look for a database
        that is away each second.
        """
        # Models load after apps, and the jobs need their application first.
        from psycopg_pool.base import AttemptWithBackoff  # noqa: PLC0415

        import vconf.celery  # noqa: F401, PLC0415
        from vconf.integrations.conferencing import hints  # noqa: PLC0415
        from vconf.integrations.imip import intake  # noqa: PLC0415
        from vconf.outbox.record import on_recorded  # noqa: PLC0415
        from vconf.outbox.waking import Waking  # noqa: PLC0415
        from vconf.tasks import look_at_server, wake, wake_intake  # noqa: PLC0415

        on_recorded(Waking(wake, pause=0.1))
        intake.on_taken = Waking(wake_intake, pause=0.1)
        hints.on_hint = look_at_server
        # else the pool waits twice as long after each vain attempt: half a minute away, and a minute nobody is served
        AttemptWithBackoff.DELAY_BACKOFF = 1.0

        # what is there by now stays, so that no later look at everything that may be garbage takes it in
        gc.freeze()
        gc.enable()
