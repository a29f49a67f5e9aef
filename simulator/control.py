# SPDX-License-Identifier: EUPL-1.2
"""Levers for tests and demonstrations under `/control/`: people, faults, time. Not part of BigBlueButton.

Exists only when the server was started with a control token; every call needs `Authorization: Bearer TOKEN`. Bodies and
answers are JSON. Numbers are counts, milliseconds or seconds as their names say.

    GET    /control/state            everything there is to see
    POST   /control/people           {meetingID, count | names, role?}             -> {people: [userID], count}
    POST   /control/people/leave     {meetingID, count | names | userIDs}, nothing named: everybody -> {left, count}
    POST   /control/people/admit     {meetingID}: everybody who waits              -> {admitted}
    POST   /control/end              {meetingID}: as a moderator would             -> {ended}
    POST   /control/faults           {kind, call?, count?, delay_ms?, after?}      -> {faults}
    DELETE /control/faults           clears them all                               -> {faults}
    POST   /control/forget           drops all meetings as a restart does          -> {forgotten}
    POST   /control/clock            {skew_ms?, advance_seconds?}                  -> {now_ms}
    POST   /control/settings         {end_lingers_seconds?, recording_seconds?}    -> {end_lingers_seconds, ...}
    POST   /control/recordings       {meetingID, state?}: one more                 -> {recordID}
    POST   /control/reset            no meetings, hooks, faults, skew or settings  -> {}
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable

from simulator.answers import Refusal, Reply
from simulator.faults import KINDS, Fault
from simulator.meetings import MODERATOR, VIEWER, Meeting
from simulator.recordings import STATES
from simulator.server import ConferenceServer

MAX_PEOPLE_AT_ONCE = 5_000
Body = dict[str, object]

_NAMES = (
    "Ada Albrecht", "Bruno Behrens", "Cem Demir", "Dörte Dahms", "Emil Evers", "Frieda Fock", "Gesa Groth",
    "Hinnerk Haß", "Ida Ihlenfeldt", "Jonas Jürß", "Katja Krüger", "Lasse Lüth", "Maike Möller", "Nils Niemann",
    "Oda Oldenburg", "Piet Peters", "Quint Quade", "Rike Rohde", "Sönke Schröder", "Tomke Timm", "Uwe Ullrich",
    "Vera Voß", "Wiebke Wolff", "Yusuf Yılmaz", "Zoë Ziegler",
)  # fmt: skip


class BadControl(Exception):
    """A lever was pulled the wrong way; the text says how."""


def answer(server: ConferenceServer, method: str, path: str, authorization: str, body: bytes) -> Reply:
    token = server.options.control_token
    if not token:
        return _json({"error": "not found"}, 404)
    if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return _json({"error": "the control token is missing or wrong"}, 401)
    lever = LEVERS.get((method, path))
    if lever is None:
        return _json({"error": "no such lever", "levers": [" ".join(key) for key in LEVERS]}, 404)
    try:
        return _json(lever(server, _read(body)))
    except BadControl as error:
        return _json({"error": str(error)}, 400)
    except Refusal as refusal:
        return _json({"error": refusal.message, "key": refusal.key}, 409)


def state(server: ConferenceServer, body: Body) -> Body:
    with server.meetings.lock:
        meetings = [
            {
                "meetingID": meeting.external_id,
                "name": meeting.name,
                "createTime": meeting.create_time,
                "people": meeting.people,
                "moderators": meeting.moderators,
                "waiting": len(meeting.waiting()),
                "ended": meeting.ended,
                "created_with": meeting.created_with,
            }
            for meeting in server.meetings.all()
        ]
    return {
        "name": server.options.name,
        "version": server.options.version,
        "now_ms": server.clock.now_ms(),
        "meetings": meetings,
        "people": sum(meeting.people for meeting in server.meetings.all()),
        "hooks": [{"hookID": hook.hook_id, "callbackURL": hook.callback_url} for hook in server.hooks.all()],
        "recordings": [
            {"recordID": one.record_id, "meetingID": one.meeting_id, "state": one.state}
            for one in server.recordings.all()
        ],
        "faults": server.faults.listed(),
        "calls": dict(server.calls),
        "deliveries": {
            "hooks": {"delivered": server.hooks.delivered, "given_up": server.hooks.given_up},
            "callbacks": {
                "delivered": server.callbacks.delivered,
                "given_up": server.callbacks.given_up,
                "pending": server.callbacks.pending(),
            },
        },
    }


def add_people(server: ConferenceServer, body: Body) -> Body:
    meeting = _meeting(server, body)
    role = str(body.get("role", VIEWER)).upper()
    if role not in (VIEWER, MODERATOR):
        raise BadControl("role is VIEWER or MODERATOR")
    names = _names(body)
    if names is None:
        count = _integer(body, "count", 1, 1, MAX_PEOPLE_AT_ONCE)
        names = [_NAMES[(meeting.people + number) % len(_NAMES)] for number in range(count)]
    added = []
    with server.meetings.lock:
        for name in names:
            user, _ = server.meetings.register(meeting, name=name, role=role)
            server.meetings.enter(meeting, user)
            added.append(user.external_id)
    return {"people": added, "count": meeting.people}


def remove_people(server: ConferenceServer, body: Body) -> Body:
    meeting = _meeting(server, body)
    with server.meetings.lock:
        leaving = list(reversed(meeting.present()))
        names = _names(body)
        if names is not None:
            leaving = [user for user in leaving if user.name in names]
        elif "userIDs" in body:
            wanted = body["userIDs"]
            if not isinstance(wanted, list):
                raise BadControl("userIDs is a list")
            leaving = [user for user in leaving if user.external_id in wanted]
        elif "count" in body:
            leaving = leaving[: _integer(body, "count", 1, 1, MAX_PEOPLE_AT_ONCE)]
        for user in leaving:
            server.meetings.leave(meeting, user)
    return {"left": len(leaving), "count": meeting.people}


def admit_people(server: ConferenceServer, body: Body) -> Body:
    meeting = _meeting(server, body)
    with server.meetings.lock:
        waiting = meeting.waiting()
        server.meetings.admit(meeting, waiting)
    return {"admitted": len(waiting)}


def end(server: ConferenceServer, body: Body) -> Body:
    server.meetings.end(_meeting(server, body))
    return {"ended": True}


def add_fault(server: ConferenceServer, body: Body) -> Body:
    kind = body.get("kind")
    if kind not in KINDS:
        raise BadControl("kind is one of " + ", ".join(f"{name} ({text})" for name, text in KINDS.items()))
    call = body.get("call")
    if call is not None and not isinstance(call, str):
        raise BadControl("call is the name of a call")
    server.faults.add(
        Fault(
            kind=str(kind),
            call=call,
            remaining=_integer(body, "count", 1, 1, 1_000_000) if body.get("count") is not None else None,
            delay_ms=_integer(body, "delay_ms", 100, 0, 600_000),
            after=body.get("after") is True,
        )
    )
    return {"faults": server.faults.listed()}


def clear_faults(server: ConferenceServer, body: Body) -> Body:
    server.faults.clear()
    return {"faults": server.faults.listed()}


def forget(server: ConferenceServer, body: Body) -> Body:
    return {"forgotten": server.meetings.forget()}


def set_clock(server: ConferenceServer, body: Body) -> Body:
    if "skew_ms" in body:
        server.clock.skew(_integer(body, "skew_ms", 0, -(10**12), 10**12))
    if "advance_seconds" in body:
        server.clock.advance(_integer(body, "advance_seconds", 0, 0, 10**8))
        server.meetings.sweep()
    return {"now_ms": server.clock.now_ms()}


def change_settings(server: ConferenceServer, body: Body) -> Body:
    if "end_lingers_seconds" in body:
        server.meetings.end_lingers = float(_integer(body, "end_lingers_seconds", 0, 0, 3_600))
    if "recording_seconds" in body:
        server.recordings.takes = float(_integer(body, "recording_seconds", 2, 0, 3_600))
    return {
        "end_lingers_seconds": server.meetings.end_lingers,
        "recording_seconds": server.recordings.takes,
    }


def add_recording(server: ConferenceServer, body: Body) -> Body:
    state = str(body.get("state", "published"))
    if state not in STATES:
        raise BadControl("state is one of " + ", ".join(STATES))
    meeting_id = str(body.get("meetingID", ""))
    return {"recordID": server.recordings.add(meeting_id, name="Aufzeichnung", state=state).record_id}


def reset(server: ConferenceServer, body: Body) -> Body:
    server.faults.clear()
    server.meetings.forget()
    server.meetings.end_lingers = 0.0
    server.recordings.clear()
    server.recordings.takes = 2.0
    server.clock.skew(0)
    for hook in server.hooks.all():
        server.hooks.destroy(hook.hook_id)
    return {}


LEVERS: dict[tuple[str, str], Callable[[ConferenceServer, Body], Body]] = {
    ("GET", "state"): state,
    ("POST", "people"): add_people,
    ("POST", "people/leave"): remove_people,
    ("POST", "people/admit"): admit_people,
    ("POST", "end"): end,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): clear_faults,
    ("POST", "forget"): forget,
    ("POST", "clock"): set_clock,
    ("POST", "settings"): change_settings,
    ("POST", "recordings"): add_recording,
    ("POST", "reset"): reset,
}


def _read(body: bytes) -> Body:
    if not body:
        return {}
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadControl("the body is no JSON") from error
    if not isinstance(read, dict):
        raise BadControl("the body is no JSON object")
    return read


def _meeting(server: ConferenceServer, body: Body) -> Meeting:
    meeting = server.meetings.find(str(body.get("meetingID", "")))
    if meeting is None:
        raise BadControl("there is no meeting of that meetingID")
    return meeting


def _names(body: Body) -> list[str] | None:
    names = body.get("names")
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise BadControl("names is a list of texts")
    if len(names) > MAX_PEOPLE_AT_ONCE:
        raise BadControl(f"at most {MAX_PEOPLE_AT_ONCE} people at once")
    return names


def _integer(body: Body, name: str, default: int, lowest: int, highest: int) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise BadControl(f"{name} is a whole number from {lowest} to {highest}")
    return value


def _json(content: Body, status: int = 200) -> Reply:
    # Half a surrogate can come in by JSON and must be able to go out again.
    text = json.dumps(content, ensure_ascii=True)
    return Reply(text.encode(), status, "application/json", {"Cache-Control": "no-store"})
