# SPDX-License-Identifier: EUPL-1.2
"""Mails fetched from a mailbox (IMAP, RFC 3501): for who cannot have a mail server hand them over.

By UID: how far the mailbox is read is written in the transaction that takes the mails in, so each is taken in once
however often this dies. What was taken in is moved into the folder `vconf-done`, or marked as seen where there can be
none; what was left behind by whoever died is moved in the next round.
"""

from __future__ import annotations

import hashlib
import imaplib
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from django.conf import settings
from django.db import connections, transaction

from vconf.crypto import keyed_hash
from vconf.integrations.imip import intake
from vconf.integrations.imip.addresses import is_taken_in
from vconf.integrations.imip.headers import Headers, addresses_in
from vconf.integrations.imip.limits import USUAL, TooMuch, head_of
from vconf.integrations.imip.models import Channel, MailboxPlace
from vconf.outbox import progress

log = structlog.get_logger(__name__)

#: seconds between two looks, and for each answer of the server
EVERY, PATIENCE = 5.0, 30.0
#: seconds until the next look after one that failed
AFTER_FAILURE = 30.0
#: mails taken in in one look
MAILS_AT_ONCE = 200
#: how long whoever reads the mailbox keeps others from it
TURN = timedelta(minutes=10)
DONE = "vconf-done"


class MailboxFailed(Exception):
    """The server does not answer, or not as it should. The text holds nothing of what was sent."""


def keep_reading(url: str, stopping: threading.Event) -> None:
    """Look into the mailbox again and again until we are told to stop. Of several processes one does."""
    pause = 0.0
    while not stopping.wait(pause):
        pause = EVERY
        try:
            with progress.turn("mailbox", TURN) as ours:
                if ours:
                    read_mailbox(url)
        except Exception as error:
            log.warning("mailbox.failed", error=type(error).__name__, reason=_told(error))
            pause = AFTER_FAILURE
        finally:
            connections.close_all()


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, MailboxFailed) else ""


def read_mailbox(url: str) -> int:
    """Take in what is new, and put away what was taken in; returns how many were new. Raises MailboxFailed."""
    parts = urlsplit(url)
    name = keyed_hash("mailbox", f"{parts.hostname}:{parts.port} {parts.username} {parts.path}")
    with _opened(parts) as server:
        place = _place(name, _validity(server))
        count = 0
        for uid in _uids(server):
            if uid > place.last_uid and count < MAILS_AT_ONCE:
                _take_in(server, uid, place)
                count += 1
        _put_away(server, [uid for uid in _uids(server) if uid <= place.last_uid])
    return count


def _place(name: str, validity: int) -> MailboxPlace:
    """How far it is read. Under another validity all UIDs are others (RFC 3501, 2.3.1.1): read anew, and what was
    taken in before is recognised by its content.
    """
    place, _ = MailboxPlace.objects.get_or_create(mailbox=name, defaults={"uid_validity": validity})
    if place.uid_validity != validity:
        place.uid_validity, place.last_uid = validity, 0
        place.save()
    return place


def _take_in(server: imaplib.IMAP4, uid: int, place: MailboxPlace) -> None:
    size = _size(server, uid)
    octets, code = b"", "too_large"
    if size <= settings.VCONF_MAIL_MAX_BYTES:
        octets, code = _octets(server, uid), ""
        try:
            intake.check_size(octets)
        except TooMuch:
            code = "too_large"
    with transaction.atomic():
        # what was too large is told from others by its place, as its content is not read
        kept = (
            octets
            if not code
            else hashlib.sha256(f"{place.mailbox} {place.uid_validity} {uid}".encode()).digest()
        )
        intake.keep(
            kept,
            sender="" if code else _sender(octets),
            recipients=[] if code else _recipients(octets),
            channel=Channel.IMAP,
            code=code,
        )
        place.last_uid = uid
        place.save(update_fields=["last_uid"])


def _recipients(octets: bytes) -> list[str]:
    """Whom of ours it was for. The servers on its way have noted that in the first of these headers; people in the
    others, and everybody in there is asked then.
    """
    headers = Headers(head_of(octets)[0])
    for names in (("delivered-to", "x-original-to", "envelope-to"), ("to", "cc", "resent-to")):
        found = [
            address
            for name in names
            for value in headers.all(name)[:20]
            for address in addresses_in(value, most=USUAL.addresses)
        ]
        ours = [address for address in dict.fromkeys(found) if is_taken_in(address)]
        if ours:
            return ours[: USUAL.recipients]
    return []


def _sender(octets: bytes) -> str:
    return next(iter(addresses_in(Headers(head_of(octets)[0]).top("return-path"), most=1)), "")


# --- the server ------------------------------------------------------------------------------------------


@contextmanager
def _opened(parts: SplitResult) -> Iterator[imaplib.IMAP4]:
    """The mailbox's folder, opened. Raises MailboxFailed."""
    server: imaplib.IMAP4 | None = None
    try:
        server = _connected(parts)
        # the words of a refusal may repeat what was sent
        with _without_words("log-in refused"):
            server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.lstrip("/")) or "INBOX"
        if server.select(_quoted(folder))[0] != "OK":
            raise MailboxFailed("there is no such folder")
        yield server
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxFailed(type(error).__name__) from None
    finally:
        if server is not None:
            with suppress(OSError):
                server.shutdown()


@contextmanager
def _without_words(sentence: str) -> Iterator[None]:
    try:
        yield
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise MailboxFailed(sentence) from None


def _connected(parts: SplitResult) -> imaplib.IMAP4:
    host = parts.hostname or ""
    if parts.scheme == "imaps":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=context, timeout=PATIENCE)
    server = imaplib.IMAP4(host, parts.port or 143, timeout=PATIENCE)
    if parts.scheme == "imap+starttls":
        server.starttls(ssl.create_default_context())
    return server


def _validity(server: imaplib.IMAP4) -> int:
    _, values = server.response("UIDVALIDITY")
    try:
        return int(values[0])
    except (TypeError, ValueError, IndexError):
        raise MailboxFailed("it names no UIDVALIDITY") from None


def _uids(server: imaplib.IMAP4) -> list[int]:
    """Of what is there and not marked as deleted, oldest first."""
    _, answer = server.uid("SEARCH", "UNDELETED")
    return sorted(int(word) for line in answer if line for word in line.split())


def _size(server: imaplib.IMAP4, uid: int) -> int:
    _, answer = server.uid("FETCH", str(uid), "(RFC822.SIZE)")
    for line in answer:
        found = re.search(rb"RFC822\.SIZE (\d+)", line if isinstance(line, bytes) else b"")
        if found:
            return int(found[1])
    raise MailboxFailed("it names no size")


def _octets(server: imaplib.IMAP4, uid: int) -> bytes:
    _, answer = server.uid("FETCH", str(uid), "(BODY.PEEK[])")
    for line in answer:
        if isinstance(line, tuple):
            return bytes(line[1])
    raise MailboxFailed("it hands out no mail")


def _put_away(server: imaplib.IMAP4, uids: list[int]) -> None:
    """Out of sight of the next look: after the commit, as until then the mailbox is all that has them."""
    if not uids:
        return
    server.create(DONE)  # refused if it is there
    listed = ",".join(map(str, uids))
    if server.uid("COPY", listed, DONE)[0] == "OK":
        server.uid("STORE", listed, "+FLAGS.SILENT", r"(\Deleted)")
        if b"UIDPLUS" in b" ".join(word.encode() for word in server.capabilities):
            server.uid("EXPUNGE", listed)
        else:
            server.expunge()
    else:
        server.uid("STORE", listed, "+FLAGS.SILENT", r"(\Seen)")


def _quoted(name: str) -> str:
    return '"' + re.sub(r'([\\"])', r"\\\1", name) + '"'
