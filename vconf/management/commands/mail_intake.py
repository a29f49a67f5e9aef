# SPDX-License-Identifier: EUPL-1.2
"""Taking mails in as a process of its own (scaled mode)."""

import asyncio
import contextlib
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vconf.integrations.imip.listener import Listener
from vconf.integrations.imip.mailbox import keep_reading

PORT_TAKEN = 2


class Command(BaseCommand):
    help = (
        "Take in mails to rooms, and answers to invitations: by LMTP or SMTP, or out of a mailbox (VCONF_MAIL_INTAKE). "
        "Workers handle them. On SIGTERM, mails that are being sent are still taken."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        url = settings.VCONF_MAIL_INTAKE
        if url is None:
            raise CommandError("VCONF_MAIL_INTAKE is not set: there is nothing to take mails from.")
        if url.startswith("imap"):
            stopping = threading.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopping.set())
            self.stdout.write("Reading the mailbox.")
            keep_reading(url, stopping)
        else:
            asyncio.run(self._listen(url))
        self.stdout.write("Stopped.")

    async def _listen(self, url: str) -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        listener = Listener(url)
        try:
            await listener.open()
        except OSError as error:
            raise CommandError(
                f"Port {listener.port} is taken; choose another by VCONF_MAIL_INTAKE.", returncode=PORT_TAKEN
            ) from error
        self.stdout.write(f"Listening on {listener.channel}://{listener.host}:{listener.port}")
        self.stdout.flush()
        with contextlib.suppress(asyncio.CancelledError):
            await stopping.wait()
        await listener.close()
