# SPDX-License-Identifier: EUPL-1.2
"""A mail server that hands mails over by LMTP and keeps each until it is taken, while whoever takes it is killed."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage

PAUSE = 1.0
PATIENCE = 30.0


class Postman(threading.Thread):
    """Hands one mail over after the other. `taken`: how many were answered with 250."""

    def __init__(self, port: int, recipient: str, enough: threading.Event) -> None:
        super().__init__(name="postman", daemon=True)
        self.port, self.recipient, self.enough = port, recipient, enough
        self.taken = 0

    def run(self) -> None:
        number = 0
        while not self.enough.wait(PAUSE):
            number += 1
            mail = EmailMessage()
            mail["From"] = "postman@else.example"
            mail["To"] = self.recipient
            mail["Subject"] = f"mail {number}"
            mail["Message-ID"] = f"<{number}@else.example>"
            mail.set_content("Not an invitation.")
            while not self._hand_over(mail):
                if self.enough.wait(PAUSE):
                    return
            self.taken += 1

    def _hand_over(self, mail: EmailMessage) -> bool:
        try:
            with smtplib.LMTP("127.0.0.1", self.port, timeout=PATIENCE) as server:
                server.send_message(mail)
        except (OSError, smtplib.SMTPException):
            return False
        return True

    def complaints(self) -> Iterator[str]:
        """What became of the mails, once nothing is left to do: each that was taken is there once, and handled."""
        from vconf.integrations.imip.models import IncomingMail, MailState  # noqa: PLC0415  see `found`

        states = list(
            IncomingMail.objects.filter(sender="postman@else.example").values_list("state", flat=True)
        )
        if len(states) < self.taken:
            yield f"{self.taken} were taken, {len(states)} are there"
        if len(states) > self.taken + 1:  # of the last the answer may have been lost
            yield f"{self.taken} were taken, and there are {len(states)}"
        if left := sum(state == MailState.WAITING for state in states):
            yield f"{left} are not handled"
        if failed := sum(state == MailState.SET_ASIDE for state in states):
            yield f"{failed} were set aside"
