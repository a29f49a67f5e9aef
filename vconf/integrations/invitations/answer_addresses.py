# SPDX-License-Identifier: EUPL-1.2
"""Where attendees' answers go: an address of the service for each booking (ADR 23), which stands in ORGANIZER.

    antwort+<token>@vk.mv.example

It is decided with the first mail about a booking and kept, for a change of ORGANIZER would make it, for calendar
programs, somebody else's meeting. Bookings made in a calendar program or by mail keep the organiser's own address:
their program sends the invitations, and the answers belong there.

Whoever takes in mail asks `booking_of` with what stands between the plus and the @.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from uuid import UUID

from django.conf import settings

from vconf.bookings.mail_views import BookingMail
from vconf.crypto import keyed_hash
from vconf.integrations.invitations.models import CALENDAR_METHODS, AnswerAddress, SentMail
from vconf.integrations.invitations.subaddresses import with_detail

#: doors behind which the organiser's own program counts the answers
_OWN_PROGRAM = frozenset({"caldav", "mail"})
#: 100 bits; upper and lower case are one in many mail servers
_OCTETS = 13


def answers_to(mail: BookingMail) -> str:
    """The address in ORGANIZER, and for answers, of this booking; "" if it is the organiser's own. Decides it once."""
    known = AnswerAddress.objects.filter(booking_id=mail.booking_id).first()
    if known is None:
        if not settings.VCONF_MAIL_ANSWERS or mail.source in _OWN_PROGRAM or _was_mailed(mail.booking_id):
            return ""
        token = _new_token()
        known, _is_new = AnswerAddress.objects.get_or_create(
            booking_id=mail.booking_id,
            defaults={
                "base": settings.VCONF_MAIL_ANSWERS,
                "token": token,
                "token_hash": _hash(token),
            },
        )
    return with_detail(known.base, known.token)


def booking_of(token: str) -> UUID | None:
    """The booking whose answers come to this token, None if there is none. Upper and lower case are one.

    Looked up by a keyed hash, so that how long it takes says nothing about the token.
    """
    found = AnswerAddress.objects.filter(token_hash=_hash(token.lower()))
    return found.values_list("booking_id", flat=True).first()


def _was_mailed(booking_id: UUID) -> bool:
    return SentMail.objects.filter(booking_id=booking_id, method__in=CALENDAR_METHODS).exists()


def _new_token() -> str:
    return b32encode(secrets.token_bytes(_OCTETS)).decode("ascii").rstrip("=").lower()


def _hash(token: str) -> str:
    return keyed_hash("answers", token)
