# SPDX-License-Identifier: EUPL-1.2
"""What became of the mails about a booking: to whom each went, whether it got out, and whether it came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils import timezone

from vconf.authorities.rights import Actor
from vconf.bookings.mail_views import BookingMail, mail_view
from vconf.bookings.selectors import get_own_booking
from vconf.bookings.undeliverable import note_undeliverable
from vconf.integrations.ical.text import one_line
from vconf.integrations.invitations.effects import addresses_not_mailed
from vconf.integrations.invitations.models import Method, SentMail
from vconf.outbox.models import Delivery, DeliveryState

#: of one address, newest first
MOST_MAILS = 50


class DeliveryOf(StrEnum):
    """How the newest mail to an address stands."""

    SENT = "sent"
    WAITING = "waiting"
    FAILED = "failed"
    BOUNCED = "bounced"
    #: nobody of ours writes to them: the room class keeps mail inside, or the organiser's own calendar does it
    NOT_MAILED = "not_mailed"


@dataclass(frozen=True, slots=True)
class MailState:
    """One mail. at: when it was sent, or last tried. detail: what a mail server said, "" if nothing."""

    method: str
    sequence: int
    state: DeliveryOf
    at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class AddressState:
    """All mails to one address about a booking, newest first; `delivery` is that of the newest."""

    address: str
    is_organiser: bool
    delivery: DeliveryOf
    detail: str
    mails: Sequence[MailState]


def deliveries_of(booking_id: UUID, *, actor: Actor) -> list[AddressState]:
    """For the organiser and deputies: the organiser first, then who is or was invited, by address.

    Raises NotFound, and Forbidden for those who may not change the booking.
    """
    booking = get_own_booking(booking_id, actor=actor)
    mail = mail_view(booking.id)
    assert mail is not None  # its row was just read
    rows: dict[str, list[SentMail]] = {}
    for row in SentMail.objects.filter(booking_id=booking.id).exclude(method=Method.REPLY).order_by("-id"):
        rows.setdefault(row.address, []).append(row)
    parked = _given_up(booking.id)
    own = mail.organiser_email.lower()
    addresses = [own, *sorted({*rows, *(one.address for one in mail.attendees)} - {own})]
    return [_address(one, mail, rows.get(one, ()), parked) for one in addresses]


def note_bounce(token: str, status: str, diagnostic: str, *, now: datetime | None = None) -> bool:
    """A report says that a mail did not arrive. False if no mail of ours has this token, or it is known already.

    token: what stands between the plus and the @ of the envelope sender. status: RFC 3463; only failures for good
    (`5.x.x`) are to be noted.
    """
    row = SentMail.objects.filter(token=token.lower()).exclude(token="").first()
    if row is None:
        return False
    new = SentMail.objects.filter(pk=row.pk, bounced_at=None).update(
        bounced_at=now or timezone.now(),
        bounce_status=one_line(status)[:20],
        bounce=one_line(diagnostic)[:300],
    )
    if row.booking_id is not None:
        note_undeliverable(row.booking_id, row.address, one_line(status)[:20], now=now)
    return bool(new)


def _given_up(booking_id: UUID) -> Mapping[str, str]:
    """Addresses that the outbox no longer tries to reach, with the last error."""
    rows = Delivery.objects.filter(key=str(booking_id), state=DeliveryState.PARKED)
    return {row.recipient: row.last_error for row in rows.order_by("id")}


def _address(
    address: str, mail: BookingMail, rows: Sequence[SentMail], parked: Mapping[str, str]
) -> AddressState:
    is_organiser = address == mail.organiser_email.lower()
    mails = [_state(row, is_parked=address in parked) for row in rows[:MOST_MAILS]]
    if mails:
        newest = mails[0]
        return AddressState(address, is_organiser, newest.state, newest.detail, mails)
    if address in parked:
        return AddressState(address, is_organiser, DeliveryOf.FAILED, parked[address], ())
    invited = next((one for one in mail.attendees if one.address == address), None)
    told_by_client = invited is not None and invited.told_by_client
    if told_by_client or address in addresses_not_mailed(mail):
        return AddressState(address, is_organiser, DeliveryOf.NOT_MAILED, "", ())
    return AddressState(address, is_organiser, DeliveryOf.WAITING, "", ())


def _state(row: SentMail, *, is_parked: bool) -> MailState:
    if row.bounced_at is not None:
        detail = f"{row.bounce_status} {row.bounce}".strip()
        return MailState(row.method, row.sequence, DeliveryOf.BOUNCED, row.bounced_at, detail)
    if row.sent_at is not None:
        return MailState(row.method, row.sequence, DeliveryOf.SENT, row.sent_at, "")
    over = row.is_final or is_parked
    state = DeliveryOf.FAILED if over else DeliveryOf.WAITING
    return MailState(row.method, row.sequence, state, row.failed_at or row.tried_at, row.failure)
