# SPDX-License-Identifier: EUPL-1.2
"""A booking and a recipient in, a finished mail out. Sends nothing, stores nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from vconf.bookings.mail_views import BookingMail, DateView
from vconf.bookings.models import OFF
from vconf.integrations.ical.description import grouped_pin
from vconf.integrations.ical.event import CalendarEvent, Party
from vconf.integrations.ical.render import render_cancel, render_publish, render_request
from vconf.integrations.ical.text import one_line, paragraphs
from vconf.integrations.invitations import wording
from vconf.integrations.invitations.calendar import calendar_event, room_of, single_date_of, slimmed
from vconf.integrations.invitations.parts import (
    automatic,
    calendar_part,
    mailbox,
    readable,
    service_name,
    words_of,
    write_headers,
)
from vconf.integrations.invitations.wording import News, Told


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
    answers_to: the address that answers go to, "" if it is the organiser's own.
    """

    message_id: str
    sent_at: datetime
    follows: str = ""
    correlation_id: str = ""
    answers_to: str = ""


def invitation(mail: BookingMail, to: Recipient, envelope: Envelope, *, before: Told | None) -> MIMEMultipart:
    """A meeting request (imip: METHOD:REQUEST); an update if an earlier one told `before`."""
    with translation.override(to.language):
        now = wording.told_by(mail, moderator_pin=to.is_moderator)
        only = None if before is None else wording.single_date(before, now, mail)
        news = News.NEW if before is None else _news_of(only) or News.CHANGED
        event = _event(mail, to, envelope)
        message = _readable(mail, to, news, before)
        message.attach(_request(event, mail, only))
        subject = wording.subject(news, mail, for_organiser=False, only=only)
        return _addressed(message, mail, to, envelope, subject)


def _event(mail: BookingMail, to: Recipient, envelope: Envelope) -> CalendarEvent:
    event = calendar_event(mail, language=to.language, organiser=organiser_of(mail, envelope))
    return slimmed(event, to.address)


def _request(event: CalendarEvent, mail: BookingMail, only: DateView | None) -> MIMENonMultipart:
    """The whole series, or the one date that is another: what was answered to the others stands then."""
    if only is None:
        return calendar_part(render_request(event), "REQUEST")
    date = single_date_of(mail, only)
    if _news_of(only) is not None:
        return calendar_part(render_cancel(event, only=date), "CANCEL")
    return calendar_part(render_request(event, only=date), "REQUEST")


def _news_of(only: DateView | None) -> News | None:
    dropped = only is not None and only.state in OFF
    return News.DATE_CANCELLED if dropped else None


def cancellation(mail: BookingMail, to: Recipient, envelope: Envelope) -> MIMEMultipart:
    """The end of an invitation (METHOD:CANCEL): of everybody's if the booking is cancelled, else of this one."""
    with translation.override(to.language):
        news = News.CANCELLED if mail.cancelled else News.UNINVITED
        event = _event(mail, to, envelope)
        message = _readable(mail, to, news, None)
        octets = render_cancel(event, uninvited=None if mail.cancelled else [to.address])
        message.attach(calendar_part(octets, "CANCEL"))
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
        event = _event(mail, to, envelope)
        file = calendar_part(render_publish(event, cancelled=mail.cancelled), "PUBLISH")
        file.add_header("Content-Disposition", "attachment", filename="videokonferenz.ics")
        message = MIMEMultipart(
            "mixed",
            _subparts=[_readable(mail, to, news, before, for_organiser=True, not_mailed=not_mailed), file],
        )
        return _addressed(message, mail, to, envelope, wording.subject(news, mail, for_organiser=True))


def way_in(
    mail: BookingMail,
    to: Recipient,
    envelope: Envelope,
    *,
    before: Told | None,
    for_organiser: bool,
    not_mailed: Collection[str] = (),
) -> MIMEMultipart:
    """Zugangsdaten: link and PINs for who is invited by the organiser's own mail. Nothing for a calendar, which has the
    meeting from there.

    :param before: what an earlier such mail told, if that is no longer true
    """
    with translation.override(to.language):
        message = _readable(mail, to, News.WAY_IN, before, for_organiser=for_organiser, not_mailed=not_mailed)
        news = News.WAY_IN if before is None else News.CHANGED
        return _addressed(message, mail, to, envelope, wording.subject(news, mail, for_organiser=False))


def reminder_of_date(
    mail: BookingMail, to: Recipient, envelope: Envelope, *, for_organiser: bool
) -> MIMEMultipart:
    """Of the one date that `mail` has, which begins soon."""
    with translation.override(to.language):
        message = _readable(mail, to, News.SOON, None, for_organiser=for_organiser)
        return _addressed(message, mail, to, envelope, wording.subject(News.SOON, mail, for_organiser=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail without a calendar part, in words of the recipient's language.

    facts: (name, one line each). reason: why; with `is_message` what somebody has to say. link, label: a button, if
    any.
    """

    subject: str
    heading: str
    lines: Sequence[str]
    facts: Sequence[tuple[str, Sequence[str]]] = ()
    reason: str = ""
    is_message: bool = False
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
        "reason_title": _("Message") if words.is_message else _("Reason"),
        "link": words.link,
        "label": words.label,
        "on_behalf_of": _on_behalf_of(mail, to),
        "service": service_name(),
    }
    return _addressed(readable("invitations/notice", context), mail, to, envelope, words.subject)


def reminder(mail: BookingMail, to: Recipient, envelope: Envelope) -> MIMEMultipart:
    """To the organiser of a series without end: how far it is promised. Words only, nothing for a calendar."""
    with translation.override(to.language):
        assert mail.promised_until is not None
        promised = _("You booked this series without an end. Its last promised date is %(last)s.")
        words = Notice(
            subject=_("Soon to end: %(title)s") % {"title": one_line(mail.title)},
            heading=_("Your series will soon come to its end"),
            lines=[
                promised % {"last": wording.moment(mail.promised_until, mail.timezone)},
                _(
                    "If it shall go on, please change its rule or its end in the booking; rooms and seats are then"
                    " promised further ahead."
                ),
            ],
            link=f"{settings.VCONF_PUBLIC_URL}/bookings/{mail.booking_id}",
            label=_("To the booking"),
        )
        return notice(mail, to, envelope, words)


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
    takes_place = news not in (News.CANCELLED, News.UNINVITED)
    now = wording.told_by(mail, moderator_pin=to.is_moderator)
    context = {
        "language": to.language,
        "heading": wording.heading(
            News.CHANGED if news is News.WAY_IN and before is not None else news, for_organiser=for_organiser
        ),
        "news": news.value,
        "for_organiser": for_organiser,
        "takes_place": takes_place,
        "changes": wording.changes(before, now, mail) if before else [],
        "title": one_line(mail.title),
        "dates": wording.dates_in_words(mail),
        "rule": "" if news is News.SOON else wording.rule_in_words(mail),
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
        "on_behalf_of": _on_behalf_of(mail, to),
        "service": service_name(),
    }
    return readable("invitations/mail", context)


def _on_behalf_of(mail: BookingMail, to: Recipient) -> str:
    """Whose mail it is; "" if it goes to themselves, to whom only the service has something to say."""
    is_own = to.address.lower() == mail.organiser_email.lower()
    return "" if is_own else one_line(mail.organiser_name)


def organiser_of(mail: BookingMail, envelope: Envelope) -> Party:
    """Who stands in ORGANIZER (docs/adr/0023 says why)."""
    return Party(address=envelope.answers_to or mail.organiser_email, name=mail.organiser_name)


def _reply_to(mail: BookingMail, envelope: Envelope) -> Header | str:
    """The organiser, who reads what people write; and, as some programs send answers here, where these are counted."""
    to_person = mailbox("Reply-To", mail.organiser_name, mail.organiser_email)
    if not envelope.answers_to:
        return to_person
    both = to_person if isinstance(to_person, Header) else Header(to_person, header_name="Reply-To")
    both.append(f", {envelope.answers_to}", "us-ascii")
    return both


def _addressed(
    message: MIMEMultipart, mail: BookingMail, to: Recipient, envelope: Envelope, subject: str
) -> MIMEMultipart:
    names = {"person": mail.organiser_name, "service": service_name()}
    sender = _("%(person)s via %(service)s") % names if _on_behalf_of(mail, to) else service_name()
    headers = {
        "From": mailbox("From", sender, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]),
        "To": mailbox("To", to.name, to.address),
        "Reply-To": _reply_to(mail, envelope),
        "Subject": words_of("Subject", subject),
        "Date": format_datetime(envelope.sent_at),
        "Message-ID": envelope.message_id,
        "References": envelope.follows,
        "X-Correlation-ID": envelope.correlation_id,
        "Content-Language": to.language,
        **automatic(),
    }
    write_headers(message, headers)
    return message
