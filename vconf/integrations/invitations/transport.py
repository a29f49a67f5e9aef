# SPDX-License-Identifier: EUPL-1.2
"""Handing one finished mail over: to the SMTP server of VCONF_EMAIL_URL, or into the folder that stands for it.

A server that does not answer must not hold up others: connecting and every single answer have a time limit, the whole
conversation has another, and after several failures in a row nobody waits for it for a while (R3.4).
"""

import smtplib
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import Message
from ipaddress import ip_address
from ssl import create_default_context
from urllib.parse import urlsplit

from django.conf import settings

from vconf.crashpoints import reach
from vconf.integrations.invitations import folder

#: seconds for the conversation about one mail; connecting may take EMAIL_TIMEOUT before. Together less than the lease
#: of a delivery, or another deliverer would take the mail for abandoned
TOTAL_SECONDS = 30.0
FAILURES_UNTIL_PAUSE = 5
PAUSE_SECONDS = 30.0


class MailNotSent(Exception):
    """The mail was not handed over, as far as we know.

    permanent: trying again is of no use.
    may_have_arrived: the connection broke after the mail was out and before the server had answered.
    """

    permanent = False
    may_have_arrived = False


class MailRefused(MailNotSent):
    """The server answered that it does not take this mail: for good (5xx), or for now (4xx)."""

    def __init__(self, code: int, answer: bytes | str) -> None:
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        super().__init__(f"{code} {text}"[:300])
        self.permanent = code >= 500


class MailServerFailed(MailNotSent):
    """No answer, no connection, no TLS, no log-in: nothing that this mail could be blamed for."""

    def __init__(self, reason: str, *, may_have_arrived: bool = False) -> None:
        super().__init__(reason[:300])
        self.may_have_arrived = may_have_arrived


def send(message: Message, *, envelope_sender: str, recipient: str) -> None:
    """Hand a mail over for one recipient. Raises MailNotSent.

    :param envelope_sender: the address that reports of failed delivery go to
    """
    octets = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    if settings.VCONF_MAIL_FOLDER is not None:
        try:
            folder.keep(octets)
        except OSError as error:
            raise MailServerFailed(f"mail folder: {error}") from error
        return
    pause = _pauses[settings.EMAIL_HOST, settings.EMAIL_PORT]
    pause.check()
    try:
        with _conversation() as server:
            _hand_over(server, octets, envelope_sender, recipient)
    except MailRefused:
        pause.over()
        raise
    except MailServerFailed:
        pause.failed()
        raise
    pause.over()


def _hand_over(server: smtplib.SMTP, octets: bytes, envelope_sender: str, recipient: str) -> None:
    for step, address in ((server.mail, envelope_sender), (server.rcpt, recipient)):
        try:
            code, answer = step(address)
        except UnicodeEncodeError as error:  # a local part beyond ASCII, which needs SMTPUTF8 all the way
            raise MailRefused(553, f"cannot write to {address!a}") from error
        if code not in (250, 251):
            raise MailRefused(code, answer)
    reach("invitations.before_data")
    try:
        code, answer = server.data(octets)
    except smtplib.SMTPDataError as error:  # refused before any of it was sent
        raise MailRefused(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerFailed(f"after the mail was out: {error}", may_have_arrived=True) from error
    if code != 250:
        raise MailRefused(code, answer)
    reach("invitations.after_data")


class _Limited(smtplib.SMTP):
    """A client whose conversation ends after TOTAL_SECONDS.

    The time limits of single reads do not end a server that sends one octet now and then.
    """

    _deadline: threading.Timer | None = None

    def getreply(self) -> tuple[int, bytes]:
        if self._deadline is None and self.sock is not None:  # the greeting
            self._deadline = threading.Timer(TOTAL_SECONDS, self._break_off)
            self._deadline.daemon = True
            self._deadline.start()
        return super().getreply()

    def _break_off(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                # The plain socket's: whoever reads from it under TLS gets an end of file, not a closed object.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def close(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        super().close()


class _LimitedSsl(_Limited, smtplib.SMTP_SSL):
    """The same, encrypted from the start."""


@contextmanager
def _conversation() -> Iterator[smtplib.SMTP]:
    """A connection that is greeted and, where configured, encrypted and logged in to."""
    server: smtplib.SMTP | None = None
    try:
        server = _connect()
        if settings.EMAIL_USE_TLS:
            server.starttls(context=create_default_context())
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        else:
            server.ehlo_or_helo_if_needed()
        yield server
        # What was taken stays taken, whatever becomes of the farewell.
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerFailed(f"{type(error).__name__}: {error}") from error
    finally:
        if server is not None:
            server.close()


def _connect() -> smtplib.SMTP:
    host, port, name = settings.EMAIL_HOST, settings.EMAIL_PORT, _own_name()
    seconds = settings.EMAIL_TIMEOUT
    if settings.EMAIL_USE_SSL:
        return _LimitedSsl(host, port, name, timeout=seconds, context=create_default_context())
    return _Limited(host, port, name, timeout=seconds)


def _own_name() -> str:
    """What EHLO says. The library's default asks the name service, which may take its time."""
    host = urlsplit(settings.VCONF_PUBLIC_URL).hostname or "localhost"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


class _Pause:
    """A circuit breaker. (pybreaker's holds a lock during the call, so mails would go out one at a time.)"""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    def check(self) -> None:
        with self._lock:
            if time.monotonic() < self._until:
                raise MailServerFailed("failed several times in a row, is left alone for a while")

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_UNTIL_PAUSE:
                self._until = time.monotonic() + PAUSE_SECONDS

    def over(self) -> None:
        with self._lock:
            self._failures, self._until = 0, 0.0


#: one for each server that was ever configured in this process
_pauses: defaultdict[tuple[str, int], _Pause] = defaultdict(_Pause)
