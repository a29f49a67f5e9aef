# SPDX-License-Identifier: EUPL-1.2
"""The booking that the tests of mails tell of, and a reader for what comes out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any
from uuid import UUID

from vconf.bookings.mail_views import AttendeeView, BookingMail, DateView
from vconf.integrations.invitations.compose import Envelope, Recipient

BERND = Recipient(address="bernd@im.mv.example", name="Bernd Buche", language="de")
CLARA = Recipient(address="clara@fm.mv.example", name="Clasen, Clara", language="en")
ANNA = Recipient(address="anna@im.mv.example", name="Anna Amsel", language="de", is_moderator=True)
ENVELOPE = Envelope(message_id="<abc@mv.example>", sent_at=datetime(2026, 11, 3, 7, 15, 1, tzinfo=UTC))


def attendee(address: str, name: str = "", **changed: Any) -> AttendeeView:
    usual = AttendeeView(
        address=address,
        name=name,
        role="REQ-PARTICIPANT",
        partstat="NEEDS-ACTION",
        language=None,
        is_moderator=False,
        person_id=None,
    )
    return replace(usual, **changed)


def booking(**changed: Any) -> BookingMail:
    """A meeting of an hour on 1 December 2026 at 10:00 in Berlin, with two people invited."""
    usual = BookingMail(
        booking_id=UUID("0193a5c2-7b1e-7c3d-9f00-5a1b2c3d4e5f"),
        uid="0193a5c2-7b1e-7c3d-9f00-5a1b2c3d4e5f@mv.example",
        sequence=0,
        version=1,
        title="Lagebesprechung",
        description="1. Lage\n2. Aussicht",
        language="de",
        organiser_name="Anna Amsel",
        organiser_email="anna@im.mv.example",
        organiser_language="de",
        authority_name="Ministerium für Inneres",
        room_name="Großer Saal",
        room_address="grosser-saal@raum.mv.example",
        room_is_stock=False,
        seats=25,
        timezone="Europe/Berlin",
        starts_local=datetime(2026, 12, 1, 10, 0),
        duration=timedelta(hours=1),
        rrule="",
        rdate=(),
        exdate=(),
        join_url="https://vk.mv.example/j/7Qm3xV0pZr5tB8nK2cLwYh",
        pin="123456789",
        moderator_pin="987654321",
        phone="",
        mail_outside=True,
        cancelled=False,
        waits=False,
        refused=False,
        created_at=datetime(2026, 11, 3, 7, 15, 0, tzinfo=UTC),
        changed_at=datetime(2026, 11, 3, 7, 15, 0, tzinfo=UTC),
        occurrences=(
            DateView(
                recurrence_id="2026-12-01T10:00:00",
                starts_at=datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
                ends_at=datetime(2026, 12, 1, 10, 0, tzinfo=UTC),
                state="confirmed",
            ),
        ),
        attendees=(
            attendee("bernd@im.mv.example", "Bernd Buche"),
            attendee("clara@fm.mv.example", "Clasen, Clara"),
        ),
    )
    return replace(usual, **changed)


def read(message: Message) -> EmailMessage:
    """The mail as another program finds it."""
    return message_from_bytes(message.as_bytes(policy=message.policy.clone(linesep="\r\n")), policy=default)


def body(mail: EmailMessage, kind: str) -> str:
    """The text of the part with this content type, with plain line ends."""
    (part,) = [part for part in mail.walk() if part.get_content_type() == kind]
    text: str = part.get_content()
    return text.replace("\r\n", "\n")
