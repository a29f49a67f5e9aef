# SPDX-License-Identifier: EUPL-1.2
"""What somebody in a simulated conference sees, or in its lobby, whatever server it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from simulator.answers import Reply
from simulator.layout import document, notice

#: So many names stand on the page; the others are counted.
SHOWN = 100

_TEXTS = {
    "de": {
        "one": "1 Person ist in der Konferenz",
        "many": "%d Personen sind in der Konferenz",
        "people": "Personen",
        "more": "und %d weitere",
        "you": "Sie sind hier als %s (%s).",
        "moderator": "Moderation",
        "viewer": "Teilnahme",
        "leave": "Verlassen",
        "end": "Konferenz beenden",
        "lobby": "Wartebereich",
        "admit": "%s einlassen",
        "admit_all": "Alle einlassen",
        "waiting_title": "Bitte warten",
        "waiting": "Sie sind im Wartebereich. Die Moderation lässt Sie ein; diese Seite öffnet sich dann von selbst.",
    },
    "en": {
        "one": "1 person is in the conference",
        "many": "%d people are in the conference",
        "people": "People",
        "more": "and %d more",
        "you": "You are here as %s (%s).",
        "moderator": "moderator",
        "viewer": "viewer",
        "leave": "Leave",
        "end": "End conference",
        "lobby": "Lobby",
        "admit": "Let %s in",
        "admit_all": "Let everyone in",
        "waiting_title": "Please wait",
        "waiting": "You are in the lobby. A moderator will let you in; this page then opens by itself.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody is. client: the path under which the page's own addresses lie. leads_to: where they go after."""

    client: str
    language: str
    title: str
    token: str
    leads_to: str = ""


def role(language: str, *, moderator: bool) -> str:
    return _TEXTS[language]["moderator" if moderator else "viewer"]


def conference_page(
    place: Place,
    *,
    name: str,
    moderator: bool,
    people: int,
    present: Sequence[tuple[str, bool]],
    waiting: Sequence[tuple[str, str]],
    remark: str = "",
) -> Reply:
    """present: names of those who are shown, and whether they moderate. waiting: id and name of guests in the lobby."""
    texts, client = _TEXTS[place.language], place.client
    listed = "".join(
        f"<li><span>{escape(other)}</span><span>{role(place.language, moderator=moderates)}</span></li>"
        for other, moderates in present
    )
    hidden = max(0, people - len(present))
    count = texts["one"] if people == 1 else texts["many"] % people
    field = _session(place)
    end = lobby = ""
    if moderator:
        end = f'<form method="post" action="{client}/end">{field}<button class="end">{texts["end"]}</button></form>'
        guests = "".join(
            f'<li><span>{escape(guest)}</span><form method="post" action="{client}/admit">{field}'
            f'<input type="hidden" name="user" value="{escape(guest_id)}">'
            f'<button class="small">{escape(texts["admit"] % guest)}</button></form></li>'
            for guest_id, guest in waiting
        )
        lobby = (
            f'<section id="lobby" aria-live="polite"{"" if guests else " hidden"}><h2>{texts["lobby"]}</h2>'
            f'<ul class="people" id="waiting">{guests}</ul><div class="actions">'
            f'<form method="post" action="{client}/admit">{field}<button>{texts["admit_all"]}</button></form>'
            "</div></section>"
        )
    words = "".join(f' data-{word}="{escape(texts[word])}"' for word in ("one", "many", "more", "admit"))
    you = escape(texts["you"] % (name, role(place.language, moderator=moderator)))
    body = (
        f"{_main(place, 'present', words)}<h1>{escape(place.title)}</h1>"
        f"<p>{you}{remark and ' '}{escape(remark)}</p>"
        f'<p class="count" id="count" role="status">{count}</p>'
        f'<div class="actions">{_leaving(place)}{end}</div>{lobby}'
        f'<h2>{texts["people"]}</h2><ul class="people" id="people">{listed}</ul>'
        f'<p id="more"{"" if hidden else " hidden"}>{texts["more"] % hidden}</p></main>'
        f'<script src="{client}/page.js"></script>'
    )
    return document(client, place.language, place.title, body, leads_to=place.leads_to)


def lobby_page(place: Place) -> Reply:
    texts = _TEXTS[place.language]
    body = (
        f"{_main(place, 'waiting')}"
        f'<h1>{texts["waiting_title"]}</h1><p role="status">{texts["waiting"]}</p>'
        f'<div class="actions">{_leaving(place)}</div></main>'
        f'<script src="{place.client}/page.js"></script>'
    )
    refresh = '<noscript><meta http-equiv="refresh" content="5"></noscript>'
    return document(place.client, place.language, place.title, body, head=refresh, leads_to=place.leads_to)


def _main(place: Place, where: str, more: str = "") -> str:
    return (
        f'<main data-session="{escape(place.token)}" data-client="{place.client}" data-where="{where}"{more}>'
        f"{notice(place.language)}"
    )


def _session(place: Place) -> str:
    return f'<input type="hidden" name="sessionToken" value="{escape(place.token)}">'


def _leaving(place: Place) -> str:
    return (
        f'<form method="post" action="{place.client}/leave">{_session(place)}'
        f"<button>{_TEXTS[place.language]['leave']}</button></form>"
    )
