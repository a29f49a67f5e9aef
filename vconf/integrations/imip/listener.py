# SPDX-License-Identifier: EUPL-1.2
"""Mails handed over by a mail server: LMTP (RFC 2033), or SMTP (RFC 5321) for the demo and for gateways without it.

A recipient is refused or taken before the mail is sent, and a mail is only answered with 250 once its row is committed.
When the database is away the answer is 4xx, and the server that sends keeps the mail. Whoever connects can learn which
addresses mail is taken in for, and nothing else; it is for the mail server to know its clients.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import DatabaseError, connections

from vconf.integrations.imip import intake
from vconf.integrations.imip.addresses import is_taken_in
from vconf.integrations.imip.limits import USUAL, TooMuch

log = structlog.get_logger(__name__)

#: conversations at once; more are told to come again
CONNECTIONS = 20
#: seconds between two commands, and for one mail
IDLE = 60.0
#: commands of one kind in one conversation
COMMANDS = 2_000
#: seconds that conversations may take to end when we do
PATIENCE = 10.0
#: a longer line is no mail's (1,000 are allowed)
LINE = 4_096

NOBODY = "550 5.1.1 No such recipient here"
TOO_MANY = "452 4.5.3 Too many recipients"
LATER = "451 4.3.0 Cannot take mails now, please try again"
FULL = "452 4.3.1 Too many mails wait here, please try again"
TOO_MUCH = "552 5.3.4 More than is taken in"
TAKEN = "250 2.6.0 Taken"

T = TypeVar("T")


class Handler:
    """What is asked of us in a conversation, answered with the database."""

    def __init__(self, channel: str, threads: ThreadPoolExecutor) -> None:
        self.channel, self._threads = channel, threads

    async def handle_RCPT(  # noqa: N802  as the library calls it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= USUAL.recipients:
            return TOO_MANY
        try:
            taken = await self._asked(partial(is_taken_in, address))
        except DatabaseError as error:
            log.warning("mail.not_taken", reason="database", error=type(error).__name__)
            return LATER
        if not taken:
            return NOBODY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        octets = envelope.original_content or b""
        take = partial(
            intake.take_in,
            octets,
            sender=(envelope.mail_from or "").removeprefix("<>"),
            recipients=envelope.rcpt_tos,
            channel=self.channel,
        )
        try:
            await self._asked(take)
        except TooMuch as error:
            log.info("mail.refused", reason=str(error), size=len(octets))
            return TOO_MUCH
        except intake.Full:
            log.warning("mail.not_taken", reason="full")
            return FULL
        except Exception as error:  # whatever it is, the server that sends has the mail
            log.warning("mail.not_taken", reason="database", error=type(error).__name__)
            return LATER
        return TAKEN

    async def handle_VRFY(self, *_: Any) -> str:  # noqa: N802
        return "502 5.5.1 Not here"

    async def handle_exception(self, error: Exception) -> str:
        log.warning("mail.conversation_failed", error=type(error).__name__)
        return "451 4.3.0 Something is wrong here"

    def _asked(self, question: Callable[[], T]) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._threads, partial(_with_connection, question))


def _with_connection(question: Callable[[], T]) -> T:
    """The thread keeps no connection: one that broke while nobody asked would fail the next question."""
    try:
        return question()
    finally:
        connections.close_all()


class Listener:
    """Listens on one address until it is told to stop. Everything happens in the loop that `open` is called in."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None and parts.port is not None
        self.host, self.port, self.channel = parts.hostname, parts.port, parts.scheme
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="intake")
        self._conversations: set[_Bounded] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Raises OSError if somebody else listens there."""
        # The library tells of every line, addresses and all.
        logging.getLogger("mail").setLevel(logging.CRITICAL)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._conversation, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Take no more; let those who are at it come to an end, for a while."""
        if self._server is None:
            return
        self._server.close()
        end = asyncio.get_running_loop().time() + PATIENCE
        for conversation in self._conversations:
            conversation.finish()
        while self._conversations and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.05)
        for conversation in list(self._conversations):
            if isinstance(conversation.transport, asyncio.Transport):
                conversation.transport.abort()
        self._threads.shutdown()

    def _conversation(self) -> _Bounded:
        kind = _LmtpConversation if self.channel == "lmtp" else _SmtpConversation
        return kind(
            Handler(self.channel, self._threads),
            others=self._conversations,
            data_size_limit=settings.VCONF_MAIL_MAX_BYTES,
            hostname=urlsplit(settings.VCONF_PUBLIC_URL).hostname,
            ident="vconf",
            timeout=IDLE,
            command_call_limit=COMMANDS,
            loop=asyncio.get_running_loop(),
        )


class _Bounded(SMTP):
    """One conversation of a limited number, that can be told to end."""

    line_length_limit = LINE

    def __init__(self, handler: Handler, *, others: set[_Bounded], **options: Any) -> None:
        super().__init__(handler, **options)
        self._others = others
        self._is_sending = False
        self._is_told = False
        self._unended = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if len(self._others) >= CONNECTIONS:
            log.warning("mail.not_taken", reason="connections")
            transport.write(b"421 4.7.0 Too many conversations, please try again\r\n")
            transport.close()  # what the library says after this goes nowhere
        self._others.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._others.discard(self)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """The library keeps all of a line, however long, until it ends; one that is longer than a mail is not kept."""
        end = data.rfind(b"\r\n")
        self._unended = self._unended + len(data) if end < 0 else len(data) - end - 2
        if self._unended <= settings.VCONF_MAIL_MAX_BYTES:
            super().data_received(data)
        elif isinstance(self.transport, asyncio.Transport):
            log.warning("mail.not_taken", reason="line")
            self.transport.write(b"500 5.5.2 Line too long\r\n")
            self.transport.close()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        self._is_sending = True
        try:
            await super().smtp_DATA(arg)
        finally:
            self._is_sending = False
        if self._is_told:
            self.finish()

    def finish(self) -> None:
        """End the conversation: now, or after the mail that is being sent."""
        self._is_told = True
        if not self._is_sending and isinstance(self.transport, asyncio.Transport):
            self.transport.write(b"421 4.3.2 Going down\r\n")
            self.transport.close()


class _SmtpConversation(_Bounded):
    """SMTP: one answer for a mail."""


class _LmtpConversation(_Bounded, LMTP):
    """LMTP: one answer for each recipient of a mail (RFC 2033, 4.2). They share one row, so they share its fate."""

    _recipients = 0

    async def push(self, status: str | bytes) -> None:
        text = status.decode() if isinstance(status, bytes) else status
        if text.startswith("354"):
            assert self.envelope is not None
            self._recipients = len(self.envelope.rcpt_tos)
        elif self._recipients:
            text = "\r\n".join([text] * self._recipients)
            self._recipients = 0
        await super().push(text)
