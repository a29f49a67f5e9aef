# SPDX-License-Identifier: EUPL-1.2
"""The words of a calendar object: what people read when they open the entry, with or without formatted text."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils import translation
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vconf.integrations.ical.block import marked
from vconf.integrations.ical.event import Answer, CalendarEvent, Party
from vconf.integrations.ical.text import one_line, paragraphs


def description_text(event: CalendarEvent) -> str:
    """DESCRIPTION in the active language: the way in first, for previews show the first lines only."""
    lines = [_("Join the video conference: %(url)s") % {"url": event.join_url}]
    lines += [
        f"{label}: {value}"
        for label, value in _facts(event, event.room, words_in(get_language() or event.language))
    ]
    description = paragraphs(event.description)
    return "\n".join(lines) + (f"\n\n{description}" if description else "")


def description_html(event: CalendarEvent) -> SafeString:
    """X-ALT-DESC in the active language, which Outlook prefers over DESCRIPTION."""
    text = paragraphs(event.description)
    return format_html(
        '<html><body><p><a href="{}">{}</a></p><p>{}</p>{}</body></html>',
        event.join_url,
        _("Join the video conference"),
        format_html_join(
            SafeString("<br>"),
            "{}: {}",
            _facts(event, event.room, words_in(get_language() or event.language)),
        ),
        SafeString(linebreaks(text, autoescape=True) if text else ""),
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in every event, in one language: looked up once, for calendars are long."""

    join: str
    join_at: str
    title: str
    room: str
    organiser: str
    pin: str
    phone: str
    busy: str


@lru_cache(maxsize=16)
def words_in(language: str) -> Words:
    with translation.override(language):
        return Words(
            join=_("Join the video conference"),
            join_at=_("Join the video conference: %(url)s"),
            title=_("Video conference"),
            room=_("Room"),
            organiser=_("Organiser"),
            pin=_("PIN"),
            phone=_("Phone"),
            busy=_("Busy"),
        )


def block_text(event: CalendarEvent, room: Party, answer: Answer) -> str:
    """What stands below the text in the event of a calendar, in its language, between the marks.

    Who was declined gets the reason, and no way in.
    """
    words = words_in(event.language)
    lines = [one_line(sentence) for sentence in answer.reason.split("\n") if sentence.strip()]
    if answer.partstat != "DECLINED":
        if event.join_url:
            lines.append(words.join_at % {"url": event.join_url})
        lines += [f"{label}: {value}" for label, value in _facts(event, room, words)]
    elif name := one_line(room.name):
        lines.append(f"{words.room}: {name}")
    return marked(words.title, lines)


def grouped_pin(pin: str) -> str:
    """A PIN as people read it out: `123 456 789`."""
    return " ".join(pin[start : start + 3] for start in range(0, len(pin), 3))


def _facts(event: CalendarEvent, room: Party, words: Words) -> list[tuple[str, str]]:
    facts = [(words.room, name)] if (name := one_line(room.name)) else []
    if not event.organiser.address:
        facts.append((words.organiser, one_line(event.organiser.name)))
    if event.pin:
        facts.append((words.pin, grouped_pin(event.pin)))
    if event.phone:
        facts.append((words.phone, one_line(event.phone)))
    return facts
