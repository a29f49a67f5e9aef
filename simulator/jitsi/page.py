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
from simulator.inside import SHOWN, Place, conference_page, lobby_page, role
from simulator.jitsi.rooms import Occupant, Refused, Room
from simulator.jitsi.shard import Client, Shard
from simulator.layout import PERSONAL, choose_language, document, notice
from simulator.queries import first_values

#: What belongs to the page lies here; no room has such a name.
CLIENT = "/_client"

_TEXTS = {
    "de": {
        "start": "Simulierter Jitsi-Server",
        "start_text": "Eine Konferenz öffnet sich unter ihrer eigenen Adresse.",
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
        if where == "waiting":
            return lobby_page(_place(language, room, occupant))
        return _room_page(language, room, occupant)


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
        "people": [[other.name, role(language, moderator=other.moderator)] for other in present[:SHOWN]],
        "more": max(0, len(present) - SHOWN),
        "waiting": [[guest.resource, guest.name] for guest in room.waiting()[:SHOWN]]
        if occupant.moderator
        else [],
    }


def _to_session(room: Room, occupant: Occupant) -> Reply:
    address = f"/{quote(room.node)}?{urlencode({'session': occupant.token})}"
    return Reply(status=303, headers={"Location": address, **PERSONAL})


def _room_page(language: str, room: Room, occupant: Occupant) -> Reply:
    present = room.present()
    return conference_page(
        _place(language, room, occupant),
        name=occupant.name,
        moderator=occupant.moderator,
        people=len(present),
        present=[(other.name, other.moderator) for other in present[:SHOWN]],
        waiting=[(guest.resource, guest.name) for guest in room.waiting()[:SHOWN]],
    )


def _place(language: str, room: Room, occupant: Occupant) -> Place:
    return Place(client=CLIENT, language=language, title=room.node, token=occupant.token)


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
