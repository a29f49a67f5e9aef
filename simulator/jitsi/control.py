# SPDX-License-Identifier: EUPL-1.2
"""Levers of a shard under `/control/`: people, faults, time, settings. Not part of Jitsi; who may pull them
stands in `simulator/control.py`. A meeting's id is the name of its room.

    GET    /control/state            everything there is to see
    PUT    /control/jitsi            changes settings, names as in `settings.py`; `tokens` and `modules` also
                                     take "on" and "off"                           -> all settings, of keys the names
    POST   /control/jitsi/enter      {room, jwt?, jid?, name?, moderator?, password?}: a browser opens the room;
                                     answers when it has been let in or refused    -> {entered, ...what the client sees}
    POST   /control/people           {meetingID, count | names, role?}: come in past token and reservation
                                                                                   -> {people: [occupant], count}
    POST   /control/people/leave     {meetingID, count | userIDs}, nothing named: everybody -> {left, count}
    POST   /control/people/admit     {meetingID}: everybody who waits              -> {admitted}
    POST   /control/end              {meetingID}: as a moderator would             -> {ended}
    POST   /control/faults, DELETE /control/faults, POST /control/clock            as for BigBlueButton
    POST   /control/forget           a restart: rooms and reservations are gone, nobody is told -> {forgotten}
    POST   /control/snapshot         keeps a copy of all rooms, people included    -> {kept}
    POST   /control/restore          brings back those that were kept              -> {restored}
    POST   /control/reset            no rooms, faults or skew, the first settings  -> {}
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict, replace

from simulator.answers import Reply
from simulator.jitsi.rooms import Refused, Room
from simulator.jitsi.settings import MODULES, Settings
from simulator.jitsi.shard import Client, Shard
from simulator.levers import (
    MAX_PEOPLE_AT_ONCE,
    BadControl,
    Body,
    add_fault,
    clear_faults,
    integer,
    listed_names,
    pull,
    set_clock,
    some_names,
)

_SECRET_SETTINGS = ("public_keys", "system_keys", "headers")
_ON = {"on": True, "off": False}


def answer(shard: Shard, method: str, path: str, authorization: str, body: bytes) -> Reply:
    return pull(shard, LEVERS, shard.options.control_token, method, path, authorization, body)


def state(shard: Shard, body: Body) -> Body:
    with shard.rooms.lock:
        meetings = [
            {
                "meetingID": room.node,
                "jid": room.jid,
                "ended": False,
                "created_ms": room.created_ms,
                "people": len(room.present()),
                "moderators": sum(one.moderator for one in room.present()),
                "waiting": len(room.waiting()),
                "occupants": [
                    {"occupant": one.resource, "name": one.name, "moderator": one.moderator}
                    for one in room.present()
                ],
                "max_occupants": room.max_occupants,
                "lobby": room.lobby,
                "has_password": bool(room.password),
            }
            for room in shard.rooms.all()
        ]
    return {
        "name": shard.name,
        "now_ms": shard.clock.now_ms(),
        "meetings": meetings,
        "people": sum(len(room.present()) for room in shard.rooms.all()),
        "reservations": shard.reservations.listed(),
        "settings": _shown(shard.settings),
        "faults": shard.faults.listed(),
        "calls": dict(shard.calls),
        "events": {"delivered": shard.events.delivered, "given_up": shard.events.given_up},
    }


def change_settings(shard: Shard, body: Body) -> Body:
    known = asdict(Settings())
    values: Body = {}
    for name, value in body.items():
        if name not in known:
            raise BadControl(f"there is no setting {name}; there are {', '.join(known)}")
        values[name] = _setting(name, value, known[name])
    shard.change_settings(replace(shard.settings, **values))  # type: ignore[arg-type]  # looked at above
    return _shown(shard.settings)


def _setting(name: str, value: object, example: object) -> object:
    if value in ("on", "off") and (isinstance(example, bool) or name == "modules"):
        value = _ON[str(value)]
    if name == "modules":
        if isinstance(value, bool):
            return list(MODULES) if value else []
        if not isinstance(value, list) or not set(value) <= set(MODULES):
            raise BadControl(f"modules is on, off, or a list of {', '.join(MODULES)}")
        return value
    if name == "stress_level":
        fits = value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    elif name == "health":
        fits = value in ("ok", "soft", "hard")
    elif name == "algorithm":
        fits = value in ("HS256", "RS256")
    elif isinstance(example, bool):
        fits = isinstance(value, bool)
    elif isinstance(example, int | float):
        fits = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    elif isinstance(example, dict):
        fits = isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    elif isinstance(example, list):
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
    else:
        fits = isinstance(value, str)
    if not fits:
        raise BadControl(f"{name} is like {example!r}")
    return value


def enter(shard: Shard, body: Body) -> Body:
    room_name = body.get("room")
    if not isinstance(room_name, str):
        raise BadControl("room is the name of a room")
    moderator = body.get("moderator")
    client = Client(
        token=_text(body, "jwt"),
        jid=_text(body, "jid"),
        name=_text(body, "name"),
        moderator=moderator if isinstance(moderator, bool) else None,
        password=_text(body, "password"),
    )
    try:
        room, occupant = shard.enter(room_name, client)
    except Refused as refused:
        return {"entered": False, "error": refused.error, "code": refused.code, "text": refused.text}
    return {
        "entered": occupant.state == "present",
        "waiting": occupant.state == "waiting",
        "room": room.node,
        "jid": room.jid,
        "occupant": occupant.resource,
        "name": occupant.name,
        "moderator": occupant.moderator,
    }


def add_people(shard: Shard, body: Body) -> Body:
    node = body.get("meetingID")
    if not isinstance(node, str) or not node:
        raise BadControl("meetingID is the name of a room")
    role = body.get("role", "")
    if role not in ("", "VIEWER", "MODERATOR"):
        raise BadControl("role is VIEWER or MODERATOR")
    with shard.rooms.lock:
        room, _ = shard.rooms.open(node.lower(), shard.settings.conference_domain)
        names = listed_names(body)
        if names is None:
            names = some_names(len(room.present()), integer(body, "count", 1, 1, MAX_PEOPLE_AT_ONCE))
        try:
            people = [
                shard.rooms.enter(
                    room,
                    jid=f"{uuid.uuid4()}@{shard.settings.domain}",
                    name=name,
                    moderator=role == "MODERATOR",
                )
                for name in names
            ]
        except Refused as refused:
            raise BadControl(f"{refused.error}: {refused.text}") from refused
        return {"people": [one.resource for one in people], "count": len(room.present())}


def remove_people(shard: Shard, body: Body) -> Body:
    room = _room(shard, body)
    with shard.rooms.lock:
        leaving = list(reversed(room.present()))
        if "userIDs" in body:
            wanted = body["userIDs"]
            if not isinstance(wanted, list):
                raise BadControl("userIDs is a list")
            leaving = [one for one in room.occupants.values() if one.resource in wanted]
        elif "count" in body:
            leaving = leaving[: integer(body, "count", 1, 1, MAX_PEOPLE_AT_ONCE)]
        for occupant in leaving:
            shard.rooms.leave(room, occupant)
        return {"left": len(leaving), "count": len(room.present())}


def admit_people(shard: Shard, body: Body) -> Body:
    room = _room(shard, body)
    with shard.rooms.lock:
        waiting = room.waiting()
        shard.rooms.admit(room, waiting)
    return {"admitted": len(waiting)}


def end(shard: Shard, body: Body) -> Body:
    shard.rooms.destroy(_room(shard, body))
    return {"ended": True}


def forget(shard: Shard, body: Body) -> Body:
    return {"forgotten": shard.forget()}


def snapshot(shard: Shard, body: Body) -> Body:
    return {"kept": shard.rooms.snapshot()}


def restore(shard: Shard, body: Body) -> Body:
    return {"restored": shard.rooms.restore()}


def pass_time(shard: Shard, body: Body) -> Body:
    now = set_clock(shard, body)
    shard.sweep()
    return now


def reset(shard: Shard, body: Body) -> Body:
    shard.reset()
    return {}


LEVERS: dict[tuple[str, str], Callable[[Shard, Body], Body]] = {
    ("GET", "state"): state,
    ("PUT", "jitsi"): change_settings,
    ("POST", "jitsi/enter"): enter,
    ("POST", "people"): add_people,
    ("POST", "people/leave"): remove_people,
    ("POST", "people/admit"): admit_people,
    ("POST", "end"): end,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): clear_faults,
    ("POST", "forget"): forget,
    ("POST", "snapshot"): snapshot,
    ("POST", "restore"): restore,
    ("POST", "clock"): pass_time,
    ("POST", "reset"): reset,
}


def _room(shard: Shard, body: Body) -> Room:
    room = shard.rooms.find(str(body.get("meetingID", "")))
    if room is None:
        raise BadControl("there is no room of that meetingID")
    return room


def _text(body: Body, name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise BadControl(f"{name} is a text")
    return value


def _shown(settings: Settings) -> Body:
    shown: Body = asdict(settings)
    for name in _SECRET_SETTINGS:
        content = shown[name]
        assert isinstance(content, dict)
        shown[name] = sorted(content)
    return shown
