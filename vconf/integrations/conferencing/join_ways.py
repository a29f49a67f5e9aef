# SPDX-License-Identifier: EUPL-1.2
"""Other ways to a meeting than the button: a calendar file of the date, the telephone, a code for a phone's camera.

They tell what the join page tells (title, times, organiser's name and authority), and the PIN with the telephone number
only to those who know it already: people with a part in the booking, and whoever has entered it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

import segno
from django.conf import settings
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from vconf.bookings.joining import JoinView
from vconf.bookings.links import join_url
from vconf.crypto import keyed_hash
from vconf.integrations.ical.description import grouped_pin
from vconf.integrations.ical.event import CalendarEvent, Party
from vconf.integrations.ical.render import render_copy


@dataclass(frozen=True, slots=True)
class Phone:
    """`pin` is "" for those who have to look it up in their invitation, and so is `number`."""

    number: str = ""
    address: str = ""
    pin: str = ""


def phone_for(view: JoinView, *, knows_pin: bool) -> Phone | None:
    """None where the installation has no telephone."""
    number = settings.VCONF_PHONE_NUMBER
    if not number:
        return None
    if not knows_pin:
        return Phone()
    address = "tel:" + "".join(letter for letter in number if letter in "+0123456789")
    return Phone(number, address, grouped_pin(view.link.pin))


def code_of(view: JoinView) -> SafeString:
    """The link as a QR code (ISO/IEC 18004): an SVG. Black on white however the page looks, for cameras."""
    code = segno.make(join_url(view.link), error="m", micro=False)
    drawn = code.svg_inline(omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return format_html(
        '<div class="code" role="img" aria-label="{}">{}</div>', _("QR code"), SafeString(drawn)
    )


def calendar_file(view: JoinView, *, knows_pin: bool) -> bytes:
    """This date alone as an iCalendar object in the current language.

    Its UID is its own: the invitation, which holds the whole series, is another entry and is not overwritten.
    """
    booking, occurrence = view.booking, view.occurrence
    phone = phone_for(view, knows_pin=knows_pin)
    zone = booking.timezone
    starts = occurrence.starts_at.astimezone(ZoneInfo(zone))
    if starts.fold:  # wall time would mean the first of two hours
        zone, starts = "UTC", occurrence.starts_at.astimezone(UTC)
    event = CalendarEvent(
        uid=f"{keyed_hash('date-of-guests', str(occurrence.id))[:32]}@{settings.VCONF_UID_DOMAIN}",
        sequence=booking.sequence,
        stamp=booking.changed_at,
        created_at=booking.created_at,
        title=view.title,
        description="",
        language=translation.get_language() or settings.LANGUAGE_CODE,
        timezone=zone,
        starts_local=starts.replace(tzinfo=None),
        duration=occurrence.ends_at - occurrence.starts_at,
        organiser=Party(address="", name=f"{booking.organiser.name}, {booking.authority.name}"),
        attendees=(),
        room=Party(address=""),
        join_url=join_url(view.link),
        pin=view.link.pin if knows_pin else "",
        phone=phone.number if phone else "",
    )
    return render_copy(event)
