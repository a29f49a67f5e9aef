# SPDX-License-Identifier: EUPL-1.2
"""The web page of a shard: fetching a room's page is a browser that enters it, closing the page is leaving.

Where the script is not run, nobody leaves by closing the tab, only by the button."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from urllib.parse import quote, urlencode

from simulator import following
from simulator.answers import Reply
from simulator.following import Look, one_of_many
from simulator.jitsi.rooms import Occupant, Refused, Room
from simulator.jitsi.shard import Client, Shard
from simulator.layout import PERSONAL, choose_language, document, notice
from simulator.queries import first_values

#: What belongs to the page lies here; no room has such a name.
CLIENT = "/_client"
#: So many names stand on the page; the others are counted.
SHOWN = 100

_TEXTS = {
    "de": {
        "start": "Simulierter Jitsi-Server",
        "start_text": "Eine Konferenz öffnet sich unter ihrer eigenen Adresse.",
        "one": "1 Person ist in der Konferenz",
        "many": "%d Personen sind in der Konferenz",
        "people": "Personen",
        "more": "und %d weitere",
        "you": "Sie sind hier als %s (%s).",
        "moderator": "Moderation",
        "viewer": "Teilnahme",
        "leave": "Verlassen",
        "end": "Konferenz für alle beenden",
        "lobby": "Wartebereich",
        "admit": "%s einlassen",
        "admit_all": "Alle einlassen",
        "waiting_title": "Bitte warten",
        "waiting": "Sie sind im Wartebereich. Die Moderation lässt Sie ein; diese Seite öffnet sich dann von selbst.",
        "ended_title": "Die Konferenz ist beendet",
        "lost_title": "Die Verbindung ist abgebrochen",
        "lost": "Bitte treten Sie über Ihren Einwahl-Link erneut bei.",
        "left_title": "Sie haben die Konferenz verlassen",
        "unknown_title": "Diese Sitzung gibt es nicht",
        "error_title": "Beitritt nicht möglich",
    },
    "en": {
        "start": "Simulated Jitsi server",
        "start_text": "A conference opens at an address of its own.",
        "one": "1 person is in the conference",
        "many": "%d people are in the conference",
        "people": "People",
        "more": "and %d more",
        "you": "You are here as %s (%s).",
        "moderator": "moderator",
        "viewer": "viewer",
        "leave": "Leave",
        "end": "End conference for everyone",
        "lobby": "Lobby",
        "admit": "Let %s in",
        "admit_all": "Let everyone in",
        "waiting_title": "Please wait",
        "waiting": "You are in the lobby. A moderator will let you in; this page then opens by itself.",
        "ended_title": "The conference has ended",
        "lost_title": "The connection was lost",
        "lost": "Please join again through your join link.",
        "left_title": "You have left the conference",
        "unknown_title": "There is no such session",
        "error_title": "You cannot join",
    },
}


def start(accepted: str) -> Reply:
    """The page of the shard itself."""
    return _message(choose_language(accepted), "start", "start_text")


def show(shard: Shard, node: str, query: str, accepted: str) -> Reply:
    """The page of a room. Without a session somebody enters, and is led to their session."""
    given = first_values(query)
    language = choose_language(accepted)
    token = given.get("session", "")
    if token:
        found = shard.rooms.session(token)
        if found is None:
            return _message(language, "unknown_title", "lost", status=404)
        return _session_page(shard, *found, language)
    client = Client(token=given.get("jwt", ""), name=given.get("name", ""), language=accepted[:100])
    try:
        room, occupant = shard.enter(node, client)
    except Refused as refused:
        detail = f"{refused.error} {refused.code or ''}".strip()
        # The token may stand behind the address, where only the script sees it.
        script = "" if client.token else f'<script src="{CLIENT}/fragment.js"></script>'
        return _message(language, "error_title", detail=detail, said=refused.text, script=script, status=403)
    return _to_session(room, occupant)


def _session_page(shard: Shard, room: Room, occupant: Occupant, language: str) -> Reply:
    with shard.rooms.lock:
        where = _where(room, occupant)
        if where == "ended":
            return _message(language, "ended_title")
        if where == "lost":
            return _message(language, "lost_title", "lost")
        if where == "gone":
            return _message(language, "left_title", "lost")
        return (_lobby_page if where == "waiting" else _room_page)(language, room, occupant)


def submit(shard: Shard, action: str, form: str, accepted: str) -> Reply:
    """A button of the page: leave, end, admit."""
    given = first_values(form)
    language = choose_language(accepted)
    found = shard.rooms.session(given.get("sessionToken", ""))
    if found is None:
        return _message(language, "unknown_title", "lost", status=404)
    room, occupant = found
    if action == "leave":
        shard.rooms.leave(room, occupant)
        return _message(language, "left_title", "lost")
    if not occupant.moderator or occupant.state != "present":
        return _message(language, "error_title", status=403)
    if action == "end":
        shard.rooms.destroy(room)
        return _message(language, "ended_title")
    with shard.rooms.lock:
        wanted = given.get("user", "")
        shard.rooms.admit(room, [guest for guest in room.waiting() if wanted in ("", guest.resource)])
    return _to_session(room, occupant)


def follow(
    shard: Shard,
    room: Room,
    occupant: Occupant,
    accepted: str,
    *,
    send: Callable[[bytes], bool],
    gone: Callable[[], bool],
) -> None:
    """Sends the page every change until it goes away or the room is closed. Raises TooManyStreams."""
    language = choose_language(accepted)

    def look() -> Look:
        with shard.rooms.lock:
            where = _where(room, occupant)
            state = _state(room, occupant, where, language)
            return Look(room.revision, state, is_last=where not in ("present", "waiting"))

    with one_of_many():
        shard.rooms.stream_opened(occupant)
        try:
            following.follow(
                look,
                shard.rooms.changed,
                shard.stopped,
                send=send,
                gone=gone,
                revision=lambda: room.revision,
            )
        finally:
            shard.rooms.stream_closed(room, occupant)


def _where(room: Room, occupant: Occupant) -> str:
    if room.ended:
        return "lost" if room.reconnects else "ended"
    return occupant.state


def _state(room: Room, occupant: Occupant, where: str, language: str) -> dict[str, object]:
    if where != "present":
        return {"where": where}
    present = room.present()
    return {
        "where": where,
        "count": len(present),
        "people": [[other.name, _role(language, other)] for other in present[:SHOWN]],
        "more": max(0, len(present) - SHOWN),
        "waiting": [[guest.resource, guest.name] for guest in room.waiting()[:SHOWN]]
        if occupant.moderator
        else [],
    }


def _role(language: str, occupant: Occupant) -> str:
    return _TEXTS[language]["moderator" if occupant.moderator else "viewer"]


def _to_session(room: Room, occupant: Occupant) -> Reply:
    address = f"/{quote(room.node)}?{urlencode({'session': occupant.token})}"
    return Reply(status=303, headers={"Location": address, **PERSONAL})


def _room_page(language: str, room: Room, occupant: Occupant) -> Reply:
    texts = _TEXTS[language]
    present = room.present()
    people = "".join(
        f"<li><span>{escape(other.name)}</span><span>{_role(language, other)}</span></li>"
        for other in present[:SHOWN]
    )
    hidden = max(0, len(present) - SHOWN)
    count = texts["one"] if len(present) == 1 else texts["many"] % len(present)
    field = f'<input type="hidden" name="sessionToken" value="{occupant.token}">'
    end = lobby = ""
    if occupant.moderator:
        end = f'<form method="post" action="{CLIENT}/end">{field}<button class="end">{texts["end"]}</button></form>'
        waiting = "".join(
            f'<li><span>{escape(guest.name)}</span><form method="post" action="{CLIENT}/admit">{field}'
            f'<input type="hidden" name="user" value="{guest.resource}">'
            f'<button class="small">{escape(texts["admit"] % guest.name)}</button></form></li>'
            for guest in room.waiting()[:SHOWN]
        )
        lobby = (
            f'<section id="lobby" aria-live="polite"{"" if waiting else " hidden"}><h2>{texts["lobby"]}</h2>'
            f'<ul class="people" id="waiting">{waiting}</ul><div class="actions">'
            f'<form method="post" action="{CLIENT}/admit">{field}<button>{texts["admit_all"]}</button></form>'
            "</div></section>"
        )
    data = "".join(
        f' data-{name}="{escape(value)}"'
        for name, value in (
            ("session", occupant.token),
            ("client", CLIENT),
            ("where", "present"),
            ("one", texts["one"]),
            ("many", texts["many"]),
            ("more", texts["more"]),
            ("admit", texts["admit"]),
        )
    )
    body = (
        f"<main{data}>{notice(language)}<h1>{escape(room.node)}</h1>"
        f"<p>{escape(texts['you'] % (occupant.name, _role(language, occupant)))}</p>"
        f'<p class="count" id="count" role="status">{count}</p>'
        f'<div class="actions"><form method="post" action="{CLIENT}/leave">{field}'
        f"<button>{texts['leave']}</button></form>{end}</div>{lobby}"
        f'<h2>{texts["people"]}</h2><ul class="people" id="people">{people}</ul>'
        f'<p id="more"{"" if hidden else " hidden"}>{texts["more"] % hidden}</p></main>'
        f'<script src="{CLIENT}/page.js"></script>'
    )
    return document(CLIENT, language, room.node, body)


def _lobby_page(language: str, room: Room, occupant: Occupant) -> Reply:
    texts = _TEXTS[language]
    body = (
        f'<main data-session="{occupant.token}" data-client="{CLIENT}" data-where="waiting">{notice(language)}'
        f'<h1>{texts["waiting_title"]}</h1><p role="status">{texts["waiting"]}</p>'
        f'<div class="actions"><form method="post" action="{CLIENT}/leave">'
        f'<input type="hidden" name="sessionToken" value="{occupant.token}">'
        f"<button>{texts['leave']}</button></form></div></main>"
        f'<script src="{CLIENT}/page.js"></script>'
    )
    refresh = '<noscript><meta http-equiv="refresh" content="5"></noscript>'
    return document(CLIENT, language, room.node, body, head=refresh)


def _message(
    language: str,
    title: str,
    text: str = "",
    *,
    said: str = "",
    detail: str = "",
    script: str = "",
    status: int = 200,
) -> Reply:
    texts = _TEXTS[language]
    body = f"<main>{notice(language)}<h1>{texts[title]}</h1>"
    if said:
        body += f'<p role="alert">{escape(said)}</p>'
    if text:
        body += f"<p>{texts[text]}</p>"
    if detail:
        body += f"<p><code>{escape(detail)}</code></p>"
    return document(CLIENT, language, texts[title], body + "</main>" + script, status=status)
