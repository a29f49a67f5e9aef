# SPDX-License-Identifier: EUPL-1.2
"""A room's answer as a mail (RFC 6047): words for people, and the REPLY that their calendar program reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.mime.multipart import MIMEMultipart
from email.utils import format_datetime
from itertools import zip_longest

from django.conf import settings
from django.utils.translation import gettext as _

from vconf.bookings.mail_views import BookingMail
from vconf.integrations.ical.description import grouped_pin
from vconf.integrations.ical.reply import RoomReply, render_reply
from vconf.integrations.ical.text import one_line
from vconf.integrations.imip.room_word import Asked, MissingDate, Word
from vconf.integrations.invitations import wording
from vconf.integrations.invitations.compose import Envelope
from vconf.integrations.invitations.parts import (
    automatic,
    calendar_part,
    mailbox,
    readable,
    service_name,
    words_of,
    write_headers,
)

#: ways out of a refusal that are written out
_MOST_WAYS = 3


def answer_mail(
    asked: Asked,
    word: Word,
    envelope: Envelope,
    booking: BookingMail | None,
) -> MIMEMultipart:
    """The answer to one invitation. Call it with the recipient's language active. booking: None if there is none."""
    message = readable("invitations/answer", _context(asked, word, booking))
    message.attach(calendar_part(render_reply(_reply(asked, word, envelope.sent_at, booking)), "REPLY"))
    headers = {
        "From": mailbox("From", asked.room_name or service_name(), asked.address),
        "To": mailbox("To", asked.organiser_name, asked.organiser_address),
        "Subject": words_of("Subject", _subject(asked, word)),
        "Date": format_datetime(envelope.sent_at),
        "Message-ID": envelope.message_id,
        "In-Reply-To": one_line(asked.message_id),
        "References": one_line(asked.message_id),
        "X-Correlation-ID": envelope.correlation_id,
        "Content-Language": asked.language,
        **automatic(answers=True),
    }
    write_headers(message, headers)
    return message


def _reply(asked: Asked, word: Word, stamp: datetime, booking: BookingMail | None) -> RoomReply:
    return RoomReply(
        uid=asked.uid,
        sequence=asked.sequence,
        stamp=stamp,
        timezone=asked.timezone,
        starts_at=word.starts_at,
        ends_at=word.ends_at,
        title=asked.title,
        room_address=asked.address,
        organiser_address=asked.organiser_address,
        partstat=word.partstat,
        recurrence_id=word.at,
        is_all_day=asked.is_all_day,
        organiser_line=asked.organiser_line,
        attendee_line=asked.attendee_line,
        comment=_comment(asked, word, booking),
        request_status=word.request_status,
    )


def _comment(asked: Asked, word: Word, booking: BookingMail | None) -> str:
    lines = [one_line(sentence) for sentence in word.reason]
    if asked.is_any and (room := _room_name(asked, word, booking)):
        lines.append(f"{_('Room')}: {room}")
    if ways := _ways(asked, word):
        lines.append(_("Possible instead: %(ways)s") % {"ways": "; ".join(ways)})
    if word.has_way_in and booking is not None:
        lines.append(_("Join the video conference: %(url)s") % {"url": booking.join_url})
        lines.append(f"{_('PIN')}: {grouped_pin(booking.pin)}")
        if booking.phone:
            lines.append(f"{_('Phone')}: {one_line(booking.phone)}")
    # last, as a comment that gets too long is cut
    for date, why in _missing(asked, word, booking):
        if why:
            lines.append(" ".join([f"{_('Not booked for')}: {date}.", *why]))
    return "\n".join(lines)


def _context(asked: Asked, word: Word, booking: BookingMail | None) -> dict[str, object]:
    has_way_in = word.has_way_in and booking is not None
    return {
        "language": asked.language,
        "heading": word.heading,
        "declined": word.partstat == "DECLINED",
        "title": one_line(asked.title),
        "reason": [one_line(sentence) for sentence in word.reason],
        "dates": _dates(asked, word),
        "missing": _missing(asked, word, booking),
        "facts": _facts(asked, word, booking),
        "join_url": booking.join_url if has_way_in and booking else "",
        "pin": grouped_pin(booking.pin) if has_way_in and booking else "",
        "phone": one_line(booking.phone) if has_way_in and booking else "",
        "page": f"{settings.VCONF_PUBLIC_URL}/bookings/{booking.booking_id}" if booking is not None else "",
        "service": service_name(),
    }


def _dates(asked: Asked, word: Word) -> list[str]:
    if word.dates:
        return wording.listed(word.dates, asked.timezone)
    return [wording.interval(word.starts_at, word.ends_at, asked.timezone)]


def _missing(asked: Asked, word: Word, booking: BookingMail | None) -> list[tuple[str, Sequence[str]]]:
    """Each date that the room does not have, and what there is to say of it; of many the first ones."""
    lines = wording.listed([one.date for one in word.missing], asked.timezone)
    said = [list(_why(one, asked, word, booking)) for one in word.missing[: wording.MOST_DATES]]
    return list(zip_longest(lines, said, fillvalue=()))  # type: ignore[arg-type]  # the last line counts the rest


def _why(one: MissingDate, asked: Asked, word: Word, booking: BookingMail | None) -> Iterator[str]:
    yield from (one_line(sentence) for sentence in one.reason)
    room = _room_name(asked, word, booking)
    found = (wording.way_out_of(way, one.date, asked.timezone, room=room) for way in one.ways[:_MOST_WAYS])
    if ways := [way for way in found if way]:
        yield _("Possible instead: %(ways)s") % {"ways": "; ".join(ways)}


def _facts(asked: Asked, word: Word, booking: BookingMail | None) -> list[tuple[str, Sequence[str]]]:
    facts: list[tuple[str, Sequence[str]]] = []
    if room := _room_name(asked, word, booking):
        facts.append((_("Room"), [room]))
    if ways := _ways(asked, word):
        facts.append((_("Possible instead"), ways))
    return facts


def _room_name(asked: Asked, word: Word, booking: BookingMail | None) -> str:
    """The room that was asked for; of any room, the one that it became."""
    if asked.is_any and booking is not None and word.partstat != "DECLINED" and not booking.room_is_stock:
        return one_line(booking.room_name)
    return one_line(asked.room_name)


def _ways(asked: Asked, word: Word) -> list[str]:
    found = (wording.way_out(one, asked.timezone) for one in word.ways[:_MOST_WAYS])
    return [way for way in found if way]


def _subject(asked: Asked, word: Word) -> str:
    title = {"title": one_line(asked.title)}
    match word.partstat:
        case "ACCEPTED":
            subject = _("Accepted: %(title)s") % title
        case "TENTATIVE":
            subject = _("Tentative: %(title)s") % title
        case _:
            subject = _("Declined: %(title)s") % title
    if word.at is None:
        return subject
    return f"{subject} ({wording.short_moment(word.starts_at, asked.timezone)})"
