# SPDX-License-Identifier: EUPL-1.2
"""A booking and a recipient in, a finished mail out. Sends nothing, stores nothing.

The message is built from the classes of the email package that write headers as they are given: those of the newer
policies lose the quotes around a name when they fold it (Python before 3.12.5), which lets a name become an address.
"""

from base64 import encodebytes
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from vconf.bookings.mail_views import BookingMail
from vconf.integrations.ical.description import grouped_pin
from vconf.integrations.ical.event import Party
from vconf.integrations.ical.render import render_cancel, render_publish, render_request
from vconf.integrations.ical.text import ascii_address, one_line, paragraphs
from vconf.integrations.invitations import wording
from vconf.integrations.invitations.calendar import calendar_event, room_of
from vconf.integrations.invitations.wording import News, Told

_READABLE = Charset("utf-8")
_READABLE.body_encoding = QP


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a mail is for. language: "de" or "en". is_moderator: is told the moderator PIN."""

    address: str
    name: str
    language: str
    is_moderator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What identifies a mail. follows: Message-ID of the first mail about this booking, "" if this is it.

    correlation_id: of the request, or job, that the mail follows from; it stands in the log lines of both.
    """

    message_id: str
    sent_at: datetime
    follows: str = ""
    correlation_id: str = ""


def invitation(mail: BookingMail, to: Recipient, envelope: Envelope, *, before: Told | None) -> MIMEMultipart:
    """A meeting request (imip: METHOD:REQUEST); an update if an earlier one told `before`."""
    with translation.override(to.language):
        news = News.NEW if before is None else News.CHANGED
        event = calendar_event(mail, language=to.language, organiser=organiser_of(mail))
        message = _readable(mail, to, news, before)
        message.attach(_calendar_part(render_request(event), "REQUEST"))
        return _addressed(message, mail, to, envelope, wording.subject(news, mail, for_organiser=False))


def cancellation(mail: BookingMail, to: Recipient, envelope: Envelope) -> MIMEMultipart:
    """The end of an invitation (METHOD:CANCEL): of everybody's if the booking is cancelled, else of this one."""
    with translation.override(to.language):
        news = News.CANCELLED if mail.cancelled else News.UNINVITED
        event = calendar_event(mail, language=to.language, organiser=organiser_of(mail))
        message = _readable(mail, to, news, None)
        octets = render_cancel(event, uninvited=None if mail.cancelled else [to.address])
        message.attach(_calendar_part(octets, "CANCEL"))
        return _addressed(message, mail, to, envelope, wording.subject(news, mail, for_organiser=False))


def confirmation(
    mail: BookingMail,
    to: Recipient,
    envelope: Envelope,
    *,
    before: Told | None,
    not_mailed: Collection[str] = (),
) -> MIMEMultipart:
    """What the organiser gets: both PINs, and the event as a file to keep. Nothing asks them for an answer.

    :param not_mailed: addresses of attendees who got no mail, because the room class does not let it out
    """
    with translation.override(to.language):
        news = News.CANCELLED if mail.cancelled else News.NEW if before is None else News.CHANGED
        event = calendar_event(mail, language=to.language, organiser=organiser_of(mail))
        file = _calendar_part(render_publish(event, cancelled=mail.cancelled), "PUBLISH")
        file.add_header("Content-Disposition", "attachment", filename="videokonferenz.ics")
        message = MIMEMultipart(
            "mixed",
            _subparts=[_readable(mail, to, news, before, for_organiser=True, not_mailed=not_mailed), file],
        )
        return _addressed(message, mail, to, envelope, wording.subject(news, mail, for_organiser=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail without a calendar part, in words of the recipient's language.

    facts: (name, one line each). link, label: a button, if any.
    """

    subject: str
    heading: str
    lines: Sequence[str]
    facts: Sequence[tuple[str, Sequence[str]]] = ()
    reason: str = ""
    link: str = ""
    label: str = ""


def notice(mail: BookingMail, to: Recipient, envelope: Envelope, words: Notice) -> MIMEMultipart:
    """A plain mail about a booking. Call it with the recipient's language active."""
    context = {
        "language": to.language,
        "heading": words.heading,
        "title": one_line(mail.title),
        "lines": words.lines,
        "facts": words.facts,
        "reason": paragraphs(words.reason),
        "link": words.link,
        "label": words.label,
        "organiser": one_line(mail.organiser_name),
        "service": _service_name(),
    }
    text = render_to_string("invitations/notice.txt", context).strip() + "\n"
    html = render_to_string("invitations/notice.html", context)
    message = MIMEMultipart("alternative", _subparts=[_text_part(text, "plain"), _text_part(html, "html")])
    return _addressed(message, mail, to, envelope, words.subject)


def reminder(mail: BookingMail, to: Recipient, envelope: Envelope) -> MIMEMultipart:
    """To the organiser of a series without end: how far it is promised. Words only, nothing for a calendar."""
    with translation.override(to.language):
        assert mail.promised_until is not None
        context = {
            "language": to.language,
            "title": one_line(mail.title),
            "last": wording.moment(mail.promised_until, mail.timezone),
            "organiser": one_line(mail.organiser_name),
            "service": _service_name(),
        }
        text = render_to_string("invitations/reminder.txt", context).strip() + "\n"
        html = render_to_string("invitations/reminder.html", context)
        message = MIMEMultipart(
            "alternative", _subparts=[_text_part(text, "plain"), _text_part(html, "html")]
        )
        subject = _("Soon to end: %(title)s") % {"title": one_line(mail.title)}
        return _addressed(message, mail, to, envelope, subject)


def organiser_of(mail: BookingMail) -> Party:
    """Who stands in ORGANIZER: the organiser with their own address (docs/adr/0004 says why)."""
    return Party(address=mail.organiser_email, name=mail.organiser_name)


def own_domain() -> str:
    """The domain of the service's own address."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


def _readable(
    mail: BookingMail,
    to: Recipient,
    news: News,
    before: Told | None,
    *,
    for_organiser: bool = False,
    not_mailed: Collection[str] = (),
) -> MIMEMultipart:
    """multipart/alternative with the words for people; a calendar part may follow as the richest form."""
    room = room_of(mail)
    takes_place = news in (News.NEW, News.CHANGED)
    now = wording.told_by(mail, moderator_pin=to.is_moderator)
    context = {
        "language": to.language,
        "heading": wording.heading(news, for_organiser=for_organiser),
        "news": news.value,
        "for_organiser": for_organiser,
        "takes_place": takes_place,
        "changes": wording.changes(before, now, mail) if before else [],
        "title": one_line(mail.title),
        "dates": wording.dates_in_words(mail),
        "room": "" if mail.room_is_stock else one_line(room.name),
        "organiser": one_line(mail.organiser_name),
        "authority": one_line(mail.authority_name),
        "booked_by": one_line(mail.booked_by_name) if for_organiser else "",
        "description": paragraphs(mail.description),
        "attendees": [one_line(one.name) or one.address for one in mail.attendees] if for_organiser else [],
        "not_mailed": sorted(not_mailed),
        "join_url": mail.join_url,
        "pin": grouped_pin(mail.pin),
        "moderator_pin": grouped_pin(mail.moderator_pin) if to.is_moderator else "",
        "phone": one_line(mail.phone),
        "service": _service_name(),
    }
    text = render_to_string("invitations/mail.txt", context).strip() + "\n"
    html = render_to_string("invitations/mail.html", context)
    return MIMEMultipart("alternative", _subparts=[_text_part(text, "plain"), _text_part(html, "html")])


def _text_part(text: str, subtype: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part.set_payload(text, _READABLE)
    return part


def _calendar_part(octets: bytes, method: str) -> MIMENonMultipart:
    """The iTIP message (RFC 6047, 2.4). base64 keeps its line ends as they are."""
    part = MIMENonMultipart("text", "calendar", charset="utf-8", method=method, component="VEVENT")
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(encodebytes(octets).decode("ascii"))
    return part


def _addressed(
    message: MIMEMultipart, mail: BookingMail, to: Recipient, envelope: Envelope, subject: str
) -> MIMEMultipart:
    sender = _("%(person)s via %(service)s") % {"person": mail.organiser_name, "service": _service_name()}
    headers: dict[str, Header | str] = {
        "From": _mailbox("From", sender, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]),
        "To": _mailbox("To", to.name, to.address),
        "Reply-To": _mailbox("Reply-To", mail.organiser_name, mail.organiser_email),
        "Subject": _words("Subject", subject),
        "Date": format_datetime(envelope.sent_at),
        "Message-ID": envelope.message_id,
        **({"References": envelope.follows} if envelope.follows else {}),
        **({"X-Correlation-ID": envelope.correlation_id} if envelope.correlation_id else {}),
        "Content-Language": to.language,
        "Auto-Submitted": "auto-generated",  # RFC 3834
        "X-Auto-Response-Suppress": "All",  # the same for Exchange
    }
    for name, value in headers.items():
        message[name] = value  # type: ignore[assignment]  # a Header too, see email.header
    return message


def _service_name() -> str:
    return one_line(parseaddr(settings.DEFAULT_FROM_EMAIL)[0]) or _("Video conference service")


def _mailbox(header: str, name: str, address: str) -> Header | str:
    """A name and an address (RFC 5322, 3.4). The name cannot end the quotes or hide another address in them."""
    plain = one_line(name).replace('"', "'").replace("\\", "/").replace("<", "(").replace(">", ")")
    address = ascii_address(address)
    if not plain:
        return address
    if _is_plain(plain):
        return formataddr((plain, address))
    value = Header(plain, "utf-8", header_name=header)
    value.append(f"<{address}>", "us-ascii")
    return value


def _words(header: str, text: str) -> Header | str:
    text = one_line(text)
    return text if _is_plain(text) else Header(text, "utf-8", header_name=header)


def _is_plain(text: str) -> bool:
    """Whether a header may hold it as it is: what looks like an encoded word would be decoded by readers."""
    return text.isascii() and "=?" not in text
