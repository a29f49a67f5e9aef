# SPDX-License-Identifier: EUPL-1.2
"""The words of a calendar object: what people read when they open the entry, with or without formatted text."""

from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from vconf.integrations.ical.event import CalendarEvent
from vconf.integrations.ical.text import one_line, paragraphs


def description_text(event: CalendarEvent) -> str:
    """DESCRIPTION in the active language: the way in first, for previews show the first lines only."""
    lines = [_("Join the video conference: %(url)s") % {"url": event.join_url}]
    lines += [f"{label}: {value}" for label, value in _facts(event)]
    description = paragraphs(event.description)
    return "\n".join(lines) + (f"\n\n{description}" if description else "")


def description_html(event: CalendarEvent) -> SafeString:
    """X-ALT-DESC in the active language, which Outlook prefers over DESCRIPTION."""
    return format_html(
        '<html><body><p><a href="{}">{}</a></p><p>{}</p>{}</body></html>',
        event.join_url,
        _("Join the video conference"),
        format_html_join(SafeString("<br>"), "{}: {}", _facts(event)),
        SafeString(linebreaks(paragraphs(event.description), autoescape=True)),
    )


def grouped_pin(pin: str) -> str:
    """A PIN as people read it out: `123 456 789`."""
    return " ".join(pin[start : start + 3] for start in range(0, len(pin), 3))


def _facts(event: CalendarEvent) -> list[tuple[str, str]]:
    facts = [(_("Room"), room)] if (room := one_line(event.room.name)) else []
    if not event.organiser.address:
        facts.append((_("Organiser"), one_line(event.organiser.name)))
    if event.pin:
        facts.append((_("PIN"), grouped_pin(event.pin)))
    if event.phone:
        facts.append((_("Phone"), one_line(event.phone)))
    return facts
