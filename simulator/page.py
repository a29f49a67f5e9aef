# SPDX-License-Identifier: EUPL-1.2
"""The web page that stands in for the conference: who is there, leaving, ending, letting guests in.

Works without JavaScript; then nobody leaves by closing the tab, only by the button.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from urllib.parse import parse_qs

from simulator import following
from simulator.answers import Refusal, Reply
from simulator.following import Look, one_of_many
from simulator.inside import SHOWN, Place, conference_page, lobby_page, role
from simulator.layout import PERSONAL, choose_language, document, notice
from simulator.meetings import Meeting, User
from simulator.server import ConferenceServer

CLIENT = "/html5client"

_TEXTS = {
    "de": {
        "ended_title": "Die Konferenz ist beendet",
        "left_title": "Sie haben die Konferenz verlassen",
        "back": "Zurück",
        "unknown_title": "Diese Sitzung gibt es nicht",
        "unknown": "Bitte treten Sie über Ihren Einwahl-Link erneut bei.",
        "error_title": "Beitritt nicht möglich",
        "full": "Die Konferenz ist voll.",
        "muted": "Ihr Mikrofon ist beim Beitritt stumm.",
    },
    "en": {
        "ended_title": "The conference has ended",
        "left_title": "You have left the conference",
        "back": "Back",
        "unknown_title": "There is no such session",
        "unknown": "Please join again through your join link.",
        "error_title": "You cannot join",
        "full": "The conference is full.",
        "muted": "Your microphone is muted when you join.",
    },
}


def show(server: ConferenceServer, token: str, accepted: str) -> Reply:
    """The page of one session: the meeting, the lobby, or that it is over."""
    found = server.meetings.session(token)
    if found is None:
        return _message(choose_language(accepted), "unknown_title", "unknown", status=404)
    meeting, user = found
    language = choose_language(accepted, user.language)
    try:
        server.meetings.enter(meeting, user)
    except Refusal:
        return _message(language, "error_title", "full", status=403)
    with server.meetings.lock:
        if meeting.ended:
            return _message(language, "ended_title", back=meeting.settings.logout_url)
        if user.state == "waiting":
            return lobby_page(_place(language, meeting, token))
        return _meeting_page(language, meeting, user, token)


def submit(server: ConferenceServer, action: str, form: str, accepted: str) -> Reply:
    """A button of the page: leave, end, admit."""
    given = parse_qs(form, errors="replace", max_num_fields=20)
    token = given.get("sessionToken", [""])[0]
    found = server.meetings.session(token)
    if found is None:
        return _message(choose_language(accepted), "unknown_title", "unknown", status=404)
    meeting, user = found
    language = choose_language(accepted, user.language)
    if action == "leave":
        server.meetings.leave(meeting, user)
        return _away(meeting, language, "left_title")
    if not (user.is_moderator and user.state == "present"):
        return _message(language, "error_title", status=403)
    if action == "end":
        server.meetings.end(meeting)
        return _away(meeting, language, "ended_title")
    with server.meetings.lock:
        wanted = given.get("user", [""])[0]
        server.meetings.admit(
            meeting, [guest for guest in meeting.waiting() if wanted in ("", guest.internal_id)]
        )
    return Reply(status=303, headers={"Location": f"{CLIENT}/join?sessionToken={token}", **PERSONAL})


def join_failed(query: str, accepted: str) -> Reply:
    """Where a bad join leads when the meeting names no other place."""
    keys = []
    try:
        given = parse_qs(query, errors="replace", max_num_fields=20)
        keys = [str(error["key"]) for error in json.loads(given.get("errors", ["[]"])[0])]
    except (ValueError, TypeError, KeyError, RecursionError):
        keys = []
    return _message(choose_language(accepted), "error_title", detail=", ".join(keys)[:200], status=403)


def follow(
    server: ConferenceServer,
    meeting: Meeting,
    user: User,
    token: str,
    accepted: str,
    *,
    send: Callable[[bytes], bool],
    gone: Callable[[], bool],
) -> None:
    """Sends the page every change until it goes away or the meeting is over. Raises TooManyStreams."""
    language = choose_language(accepted, user.language)

    def look() -> Look | None:
        try:
            server.meetings.enter(meeting, user)
        except Refusal:
            return None
        with server.meetings.lock:
            where = _where(meeting, user) if server.meetings.session(token) else "gone"
            state = _state(meeting, user, where, language)
            return Look(meeting.revision, state, is_last=where in ("ended", "gone"))

    with one_of_many():
        server.meetings.stream_opened(meeting, user)
        try:
            following.follow(
                look,
                server.meetings.changed,
                server.stopped,
                send=send,
                gone=gone,
                revision=lambda: meeting.revision,
            )
        finally:
            server.meetings.stream_closed(meeting, user)


def _where(meeting: Meeting, user: User) -> str:
    if meeting.ended:
        return "ended"
    return "waiting" if user.state == "waiting" else "present"


def _state(meeting: Meeting, user: User, where: str, language: str) -> dict[str, object]:
    if where != "present":
        return {"where": where}
    shown = _shown(meeting)
    return {
        "where": where,
        "count": meeting.people,
        "people": [[other.name, role(language, moderator=other.is_moderator)] for other in shown],
        "more": meeting.people - len(shown),
        "waiting": [[guest.internal_id, guest.name] for guest in meeting.waiting()[:SHOWN]]
        if user.is_moderator
        else [],
    }


def _shown(meeting: Meeting) -> list[User]:
    shown: list[User] = []
    for user in meeting.users.values():
        if user.state == "present":
            shown.append(user)
            if len(shown) == SHOWN:
                break
    return shown


def _away(meeting: Meeting, language: str, title: str) -> Reply:
    if meeting.settings.logout_url:
        return Reply(status=303, headers={"Location": meeting.settings.logout_url, **PERSONAL})
    return _message(language, title)


def _meeting_page(language: str, meeting: Meeting, user: User, token: str) -> Reply:
    return conference_page(
        _place(language, meeting, token),
        name=user.name,
        moderator=user.is_moderator,
        people=meeting.people,
        present=[(other.name, other.is_moderator) for other in _shown(meeting)],
        waiting=[(guest.internal_id, guest.name) for guest in meeting.waiting()[:SHOWN]],
        remark=_TEXTS[language]["muted"] if meeting.settings.muted_on_start else "",
    )


def _place(language: str, meeting: Meeting, token: str) -> Place:
    return Place(
        client=CLIENT,
        language=language,
        title=meeting.name,
        token=token,
        leads_to=meeting.settings.logout_url,
    )


def _message(
    language: str, title: str, text: str = "", *, detail: str = "", back: str = "", status: int = 200
) -> Reply:
    texts = _TEXTS[language]
    body = f"<main>{notice(language)}<h1>{texts[title]}</h1>"
    if text:
        body += f"<p>{texts[text]}</p>"
    if detail:
        body += f"<p><code>{escape(detail)}</code></p>"
    if back:
        body += f'<p><a href="{escape(back)}">{texts["back"]}</a></p>'
    return document(CLIENT, language, texts[title], body + "</main>", status=status)
