# SPDX-License-Identifier: EUPL-1.2
"""One mail out, once, and what became of it (R3.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import Message
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from vconf.bookings.mail_views import BookingMail
from vconf.crashpoints import reach
from vconf.crypto import keyed_hash
from vconf.integrations.ical.text import ascii_address
from vconf.integrations.invitations import caps, transport
from vconf.integrations.invitations.compose import Envelope, Recipient
from vconf.integrations.invitations.models import Method, SentMail
from vconf.integrations.invitations.subaddresses import with_detail
from vconf.integrations.invitations.transport import MailNotSent
from vconf.logs import correlation_id
from vconf.outbox.deliver import NotYet

#: longer than the conversation with a mail server may take
_IN_HAND = timedelta(seconds=60)
_ASK_AGAIN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is remembered of a mail.

    message_id: the same for every attempt, and unguessable. follows: Message-ID of an earlier mail that this one
    belongs to, or "". answers_to: address that answers go to, "" if it is the organiser's own. organiser_id,
    authority_id: who causes it, and is charged for what it is about, None if nobody is.
    """

    booking_id: UUID | None
    address: str
    method: Method
    sequence: int
    message_id: str
    told: Mapping[str, Any] = field(default_factory=dict)
    follows: str = ""
    answers_to: str = ""
    organiser_id: UUID | None = None
    authority_id: UUID | None = None

    @classmethod
    def about(
        cls,
        mail: BookingMail,
        to: Recipient,
        method: Method,
        *,
        message_id: str,
        told: Mapping[str, Any] | None = None,
        follows: str = "",
        answers_to: str = "",
    ) -> Self:
        """A mail about a booking."""
        return cls(
            booking_id=mail.booking_id,
            organiser_id=mail.organiser_id,
            authority_id=mail.authority_id,
            address=to.address,
            method=method,
            sequence=mail.sequence,
            message_id=message_id,
            told=told or {},
            follows=follows,
            answers_to=answers_to,
        )


def send_once(mail: Outgoing, compose: Callable[[Envelope], Message]) -> None:
    """Send under a Message-ID that a repetition has too, and remember it.

    Raises MailNotSent, and NotYet while somebody else has the same mail in hand, or too much was sent (`caps`).
    """
    _wait_for_its_turn(mail)
    reach("invitations.before_row")
    row = _taken(mail)
    if row is None:
        return
    reach("invitations.after_row")
    now = timezone.now()
    envelope = Envelope(
        message_id=row.message_id,
        sent_at=now,
        follows=mail.follows,
        correlation_id=correlation_id(),
        answers_to=mail.answers_to,
    )
    try:
        transport.send(
            compose(envelope),
            envelope_sender=envelope_sender(row.token),
            recipient=ascii_address(mail.address),
        )
    except MailNotSent as error:
        _note_failure(row, error, now)
        raise
    except BaseException:
        SentMail.objects.filter(pk=row.pk).update(in_hand_until=None)
        raise
    reach("invitations.before_noting")
    SentMail.objects.filter(pk=row.pk).update(
        sent_at=now, in_hand_until=None, failed_at=None, failure="", is_final=False
    )
    caps.count(mail.address, organiser_id=mail.organiser_id, authority_id=mail.authority_id, now=now)


def _wait_for_its_turn(mail: Outgoing) -> None:
    if SentMail.objects.filter(message_id=mail.message_id).exists():
        return  # begun: it is brought to its end, or is over
    left = caps.wait(
        mail.address,
        booking_id=mail.booking_id,
        organiser_id=mail.organiser_id,
        authority_id=mail.authority_id,
        now=timezone.now(),
    )
    if left is not None:
        raise NotYet(again_in=left)


def envelope_sender(token: str) -> str:
    """Where reports of failed delivery go: an address of this mail's own, if they can be taken in."""
    if not settings.VCONF_MAIL_BOUNCES:
        return settings.VCONF_EMAIL_BOUNCES
    return with_detail(settings.VCONF_MAIL_BOUNCES, token)


def bounce_token(message_id: str) -> str:
    """Says which mail a report is about, and cannot be guessed by those who never saw its envelope."""
    return keyed_hash("bounce", message_id)[:32]


def _taken(mail: Outgoing) -> SentMail | None:
    """The mail's row, in our hand; None if it was sent before."""
    now = timezone.now()
    row, is_new = SentMail.objects.get_or_create(
        message_id=mail.message_id,
        defaults={
            "booking_id": mail.booking_id,
            "address": mail.address.lower(),
            "method": mail.method,
            "sequence": mail.sequence,
            "told": mail.told,
            "token": bounce_token(mail.message_id),
            "in_hand_until": now + _IN_HAND,
        },
    )
    if is_new:
        return row
    free = SentMail.objects.filter(Q(in_hand_until=None) | Q(in_hand_until__lt=now), pk=row.pk, sent_at=None)
    # an attempt whose end nobody noted may have arrived
    row.may_have_arrived = row.may_have_arrived or row.failed_at is None
    if free.update(
        in_hand_until=now + _IN_HAND, tried_at=now, failed_at=None, may_have_arrived=row.may_have_arrived
    ):
        return row
    if SentMail.objects.filter(pk=row.pk, sent_at__isnull=False).exists():
        return None
    raise NotYet(again_in=_ASK_AGAIN)


def _note_failure(row: SentMail, error: MailNotSent, now: datetime) -> None:
    SentMail.objects.filter(pk=row.pk).update(
        in_hand_until=None,
        failed_at=now,
        failure=str(error)[:300],
        is_final=error.permanent,
        may_have_arrived=row.may_have_arrived or error.may_have_arrived,
    )
