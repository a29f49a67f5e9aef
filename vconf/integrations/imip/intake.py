# SPDX-License-Identifier: EUPL-1.2
"""Taking mails in: from the octets that a server hands over to a row, and from the row to what it asks for.

    take_in(...)        what the listener and the mailbox call: one committed row, which is what a 250 promises
    take_mails(...)     what the job calls: reads each in the bounded child, judges who wrote it, and has it handled

Whoever dies in between leaves the row waiting: the next round begins it anew, and one effect comes of it, for handling
and noting are one transaction. What makes its handler fail is set aside, and the next mail is handled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.utils import timezone

from vconf.bookings.retry import retried
from vconf.crashpoints import reach
from vconf.crypto import DecryptionFailed, keyed_hash
from vconf.integrations.imip import inbound, reader
from vconf.integrations.imip.limits import TooMuch, check
from vconf.integrations.imip.models import IncomingMail, MailState
from vconf.integrations.imip.notices import TOLD, note_unreadable
from vconf.integrations.imip.shapes import Outcome, ReadMail
from vconf.integrations.imip.trust import judge
from vconf.outbox.disk import without_waiting_for_the_disk

log = structlog.get_logger(__name__)

#: mails waiting to be handled, and their octets; with more, servers are asked to keep theirs
MOST_WAITING, MOST_WAITING_OCTETS = 20_000, 2_000_000_000
#: how often a mail is begun whose handler never came to an end, as its process died
MOST_TRIES = 5
#: until the second try of what failed
PAUSE = timedelta(seconds=20)
#: how long a mail that came too early is kept, and how often it is tried meanwhile, besides when its meeting comes
EARLY_FOR, EARLY_PAUSE = timedelta(days=7), timedelta(hours=6)
#: mails of one sender that are kept so, and octets of all: whoever is believed may send answers to anything
MOST_EARLY, MOST_EARLY_OCTETS = 200, 100_000_000

#: called after each commit that took a mail in; the wiring sets it
on_taken: Callable[[], object] = lambda: None  # noqa: E731


class Full(Exception):
    """So many mails wait, or such large ones, that no more are taken in for now."""


def take_in(octets: bytes, *, sender: str, recipients: Sequence[str], channel: str) -> None:
    """Keep a mail; committed when this returns. The same mail for the same recipients is kept once.

    :param sender: of the envelope, "" for reports
    :raises TooMuch: larger, or with more headers, than is looked at; nothing is kept
    :raises Full: later, please
    """
    check_size(octets)
    keep(octets, sender=sender, recipients=recipients, channel=channel)


def check_size(octets: bytes) -> None:
    """Raises TooMuch."""
    if len(octets) > settings.VCONF_MAIL_MAX_BYTES:
        raise TooMuch(f"more than {settings.VCONF_MAIL_MAX_BYTES} octets")
    check(octets)


@retried
def keep(octets: bytes, *, sender: str, recipients: Sequence[str], channel: str, code: str = "") -> None:
    """Write the row, in the caller's transaction if there is one.

    :param code: set aside at once with it, without its content
    :raises Full: later, please
    """
    waiting = IncomingMail.objects.filter(state=MailState.WAITING).aggregate(n=Count("*"), octets=Sum("size"))
    if waiting["n"] >= MOST_WAITING or (waiting["octets"] or 0) + len(octets) > MOST_WAITING_OCTETS:
        raise Full
    to = sorted({recipient.lower() for recipient in recipients})
    digest = hashlib.sha256("\n".join(to).encode("utf-8", "replace") + b"\0" + octets).hexdigest()
    with transaction.atomic():
        _, is_new = IncomingMail.objects.get_or_create(
            digest=digest,
            defaults={
                "channel": channel,
                "sender": sender[:320] if sender != "<>" and sender.isprintable() else "",
                "recipients": [recipient[:320] for recipient in to],
                "octets": None if code else octets,
                "size": len(octets),
                "state": MailState.SET_ASIDE if code else MailState.WAITING,
                "code": code,
                "handled_at": timezone.now() if code else None,
            },
        )
        reach("imip.before_taken_commit")
        transaction.on_commit(lambda: on_taken(), robust=True)
    reach("imip.after_taken_commit")
    log.info("mail.taken" if is_new else "mail.repeated", channel=channel, size=len(octets), code=code)


# --- handling --------------------------------------------------------------------------------------------


def take_mails(*, limit: int, now: datetime | None = None) -> int:
    """Handle what waits, oldest first; returns how many were begun. `now` stops the clock (tests).

    Several may do this at once: each mail is locked while it is handled, and looked at again before.
    """
    begun = 0
    while begun < limit:
        mail_id = (
            _due(now or timezone.now()).order_by("received_at", "id").values_list("id", flat=True).first()
        )
        if mail_id is None:
            break
        reader.begin()
        begun += 1
        _take(mail_id, now or timezone.now())
    return begun


def _due(now: datetime) -> QuerySet[IncomingMail]:
    return IncomingMail.objects.filter(state__in=[MailState.WAITING, MailState.EARLY], due_at__lte=now)


def _take(mail_id: UUID, now: datetime) -> None:
    # Counted before it is begun: one that takes its process with it is not begun for ever. Nobody else begins it
    # meanwhile, and should they all the same, the lock lets one of them through.
    with without_waiting_for_the_disk():
        begun = _due(now).filter(id=mail_id).update(tries=F("tries") + 1, due_at=now + PAUSE)
    if not begun:
        return
    mail = _mail(mail_id)
    if mail is None or mail.octets is None:
        outcome = Outcome("set_aside", "malformed")
        read = ReadMail()
    elif mail.tries > MOST_TRIES:
        outcome, read = Outcome("set_aside", "failed"), ReadMail()
    else:
        read = reader.read(mail.octets)
        reach("imip.after_reading")
        outcome = None
    try:
        done = _handle(mail_id, read, outcome, now)
    except (OperationalError, InterfaceError):
        raise  # no mail's fault: due again after a pause
    except Exception as error:
        _note_failure(mail_id, error, now)
        return
    if done is not None:
        reach("imip.after_handled_commit")
        log.info("mail.handled", mail=str(mail_id), state=done.state, code=done.code)


def _mail(mail_id: UUID) -> IncomingMail | None:
    try:
        return IncomingMail.objects.filter(id=mail_id).first()
    except DecryptionFailed:
        return None


@retried
def _handle(mail_id: UUID, read: ReadMail, outcome: Outcome | None, now: datetime) -> Outcome | None:
    """Do what the mail asks for and note it, in one transaction; None if somebody else has done it meanwhile."""
    uid_hash = keyed_hash("mail uid", read.uid) if read.uid else ""
    with transaction.atomic():
        _wait_for_others_about(uid_hash)
        mail = (
            IncomingMail.objects.select_for_update()
            .defer("octets")
            .filter(id=mail_id, state__in=[MailState.WAITING, MailState.EARLY])
            .first()
        )
        if mail is None:
            return None
        mail.uid_hash = uid_hash
        done = outcome or _outcome(mail, read, now)
        _note(mail, done, now)
        reach("imip.before_handled_commit")
    return done


def _wait_for_others_about(uid_hash: str) -> None:
    """Mails about one meeting are handled one after the other: else one is noted as early just while the mail that it
    waits for is done, and nobody wakes it. Before any row is locked. SQLite has one writer anyway.
    """
    if uid_hash and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mail {uid_hash}"])


def _outcome(mail: IncomingMail, read: ReadMail, now: datetime) -> Outcome:
    trust = judge(
        read,
        mail.sender,
        authserv_id=settings.VCONF_MAIL_AUTHSERV_ID,
        everybody=settings.VCONF_DEMO and not settings.VCONF_MAIL_AUTHSERV_ID,
    )
    done = inbound.out_of_question(read)
    if done is None:
        return inbound.handle(mail, read, trust, now=now)
    if done.code in TOLD and trust.believed:
        note_unreadable(mail, read, trust, done.code)
    return done


def _note(mail: IncomingMail, done: Outcome, now: datetime) -> None:
    """Write what became of it. What is handled needs its content no more."""
    if done.state == "early" and now - mail.received_at >= EARLY_FOR:
        done = Outcome("ignored", "early")
    if done.state == "early" and mail.state == MailState.WAITING and not _may_be_early(mail):
        done = Outcome("set_aside", "too_many_early")
    changed: dict[str, object] = {"uid_hash": mail.uid_hash, "state": done.state, "code": done.code}
    if done.state == "early":
        changed |= {"tries": 0, "due_at": now + EARLY_PAUSE}
    else:
        changed["handled_at"] = now
    if done.state in ("done", "ignored"):
        changed["octets"] = None
    IncomingMail.objects.filter(id=mail.id).update(**changed)
    if (done.state == "done" or done.code == "superseded") and mail.uid_hash:
        # what came before it is tried again
        IncomingMail.objects.filter(uid_hash=mail.uid_hash, state=MailState.EARLY).update(due_at=now)


def _may_be_early(mail: IncomingMail) -> bool:
    """Whether there is room for one more that waits for what it is about."""
    early = IncomingMail.objects.filter(state=MailState.EARLY)
    kept = early.aggregate(own=Count("state", filter=Q(sender=mail.sender)), octets=Sum("size"))
    return bool(kept["own"] < MOST_EARLY and (kept["octets"] or 0) + mail.size <= MOST_EARLY_OCTETS)


def _note_failure(mail_id: UUID, error: Exception, now: datetime) -> None:
    """Try it once more, then set it aside. The error's text may quote the mail, so only its kind and place are told."""
    mail = IncomingMail.objects.filter(id=mail_id).defer("octets").first()
    if mail is None:
        return
    again = mail.code != "failed"
    IncomingMail.objects.filter(id=mail_id).update(
        code="failed",
        **({"due_at": now + PAUSE} if again else {"state": MailState.SET_ASIDE, "handled_at": now}),
    )
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = (
        "" if trace is None else f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
    )
    log.error("mail.failed", mail=str(mail_id), error=type(error).__name__, place=place, again=again)


# --- looking after ---------------------------------------------------------------------------------------


def waiting_age(now: datetime) -> timedelta:
    """How long the oldest mail that could be handled has been due; zero if there is none."""
    oldest = _due(now).aggregate(at=Min("due_at"))["at"]
    return timedelta(0) if oldest is None else now - oldest
