# SPDX-License-Identifier: EUPL-1.2
"""People whose calendar invites rooms by mail: REQUEST, a newer REQUEST, CANCEL (RFC 6047), handed over by LMTP.

Each mail is handed over again, as it was, until it is taken: as a mail server does that got no answer.
"""

from __future__ import annotations

import random
import smtplib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from chaos import dav
from chaos.history import MailPromise, Standing
from chaos.journal import Journal
from chaos.load import some_time

#: seconds for one conversation, and to wait before the next
PATIENCE, PAUSE = 60.0, 0.5
#: seconds after the end of the load for which a mail is still handed over
LAST = 120.0


@dataclass(slots=True)
class _Meeting:
    promise: MailPromise
    room: str
    starts: datetime
    sequence: int = 0


class MailUser(threading.Thread):
    """One organiser. rooms: addresses. port: where mails are taken in."""

    def __init__(
        self,
        number: int,
        seed: int,
        address: str,
        *,
        rooms: Sequence[str],
        port: int,
        journal: Journal,
        enough: threading.Event,
        pause: float,
    ) -> None:
        super().__init__(name=f"mails-{number}", daemon=True)
        self.dice = random.Random(f"{seed}/{self.name}")
        self.number, self.seed = number, seed
        self.address = address
        self.rooms = rooms
        self.port = port
        self.journal = journal
        self.enough = enough
        self.pause = pause
        self.made = 0
        self.mine: list[_Meeting] = []

    def run(self) -> None:
        try:
            while not self.enough.wait(self.dice.uniform(0.5, 1.5) * self.pause):
                if not self.mine or self.dice.random() < 0.5:
                    self._invite()
                else:
                    self.dice.choices((self._move, self._cancel), weights=(60, 40))[0]()
        except Exception as error:  # a bug of the load must not look like a quiet end
            self.journal.surprise(f"{self.name} ended by {type(error).__name__}: {error}")
            raise

    def _invite(self) -> None:
        self.made += 1
        key = f"m{self.seed}-{self.number}-{self.made}"
        promise = MailPromise(key, self.address, f"{key}@chaos.example")
        with self.journal.lock:
            self.journal.invitations.append(promise)
        one = _Meeting(promise, self.dice.choice(self.rooms), some_time(self.dice))
        if self._send("mail REQUEST", one, "REQUEST"):
            promise.standing, promise.sequence = Standing.BOOKED, one.sequence
            self.mine.append(one)

    def _move(self) -> None:
        one = self.dice.choice(self.mine)
        one.starts = some_time(self.dice)
        one.sequence += 1
        one.promise.standing = Standing.UNANSWERED
        if self._send("mail update", one, "REQUEST"):
            one.promise.standing, one.promise.sequence = Standing.BOOKED, one.sequence

    def _cancel(self) -> None:
        one = self.dice.choice(self.mine)
        self.mine.remove(one)
        one.sequence += 1
        one.promise.standing = Standing.UNANSWERED
        if self._send("mail CANCEL", one, "CANCEL"):
            one.promise.standing, one.promise.sequence = Standing.CANCELLED, one.sequence

    def _send(self, operation: str, one: _Meeting, method: str) -> bool:
        """Hand a mail over until it is taken; False if the load ended before."""
        octets = self._mail(one, method).as_bytes()
        tries = 0
        while True:
            tries += 1
            try:
                with smtplib.LMTP("127.0.0.1", self.port, timeout=PATIENCE) as server:
                    server.sendmail(self.address, [one.room], octets)
            except smtplib.SMTPRecipientsRefused as refused:
                [(code, words)] = refused.recipients.values()
                if code >= 500:
                    self.journal.surprise(f"{operation} {one.promise.key}: {code} {words!r}")
                    return False
                self.journal.miss(str(code))
            except (OSError, smtplib.SMTPException) as error:
                self.journal.miss(type(error).__name__)
            else:
                self.journal.count(operation, tries)
                return True
            if self.enough.is_set() and tries * PAUSE > LAST:
                return False
            time.sleep(PAUSE)

    def _mail(self, one: _Meeting, method: str) -> EmailMessage:
        uid = one.promise.uid
        text = dav.new_event(
            uid,
            f"{one.promise.key} 0",
            one.starts,
            30,
            organiser=self.address,
            attendees=[],
            room=one.room,
            method=method,
            sequence=one.sequence,
        )
        mail = EmailMessage()
        mail["From"], mail["To"] = self.address, one.room
        mail["Subject"] = f"{one.promise.key} 0"
        mail["Message-ID"] = f"<{one.sequence}.{uid}>"
        mail.set_content("Einladung")
        mail.add_alternative(
            text.encode(), maintype="text", subtype="calendar", params={"method": method, "charset": "utf-8"}
        )
        return mail
