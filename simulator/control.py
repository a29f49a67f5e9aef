# SPDX-License-Identifier: EUPL-1.2
"""Levers for tests and demonstrations under `/control/`: people, faults, time. Not part of BigBlueButton.

Exists only when the server was started with a control token; every call needs `Authorization: Bearer TOKEN`. Bodies and
answers are JSON. The same levers stand at `/NAME/control/` of the control port, where they can be pulled whatever the
server itself does. Numbers are counts, milliseconds or seconds as their names say.

    GET    /control/state            everything there is to see
    POST   /control/people           {meetingID, count | names, role?}             -> {people: [userID], count}
    POST   /control/people/leave     {meetingID, count | names | userIDs}, nothing named: everybody -> {left, count}
    POST   /control/people/admit     {meetingID}: everybody who waits              -> {admitted}
    POST   /control/end              {meetingID}: as a moderator would             -> {ended}
    POST   /control/faults           {kind, call?, count?, seconds?, delay_ms?, after?} -> {faults}
    DELETE /control/faults           clears them all                               -> {faults}
    POST   /control/forget           drops all meetings as a restart does          -> {forgotten}
    POST   /control/snapshot         keeps a copy of all meetings, people included -> {kept}
    POST   /control/restore          brings back those that were kept, as a lost server returns -> {restored}
    POST   /control/clock            {skew_ms?, advance_seconds?}                  -> {now_ms}
    POST   /control/settings         {end_lingers_seconds?, recording_seconds?}    -> {end_lingers_seconds, ...}
    POST   /control/recordings       {meetingID, state?}: one more                 -> {recordID}
    POST   /control/reset            no meetings, hooks, faults, skew or settings  -> {}
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.answers import Reply
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
from simulator.meetings import MODERATOR, VIEWER, Meeting
from simulator.recordings import STATES
from simulator.server import ConferenceServer


def answer(server: ConferenceServer, method: str, path: str, authorization: str, body: bytes) -> Reply:
    return pull(server, LEVERS, server.options.control_token, method, path, authorization, body)


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
    names = listed_names(body)
    if names is None:
        count = integer(body, "count", 1, 1, MAX_PEOPLE_AT_ONCE)
        names = some_names(meeting.people, count)
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
        names = listed_names(body)
        if names is not None:
            leaving = [user for user in leaving if user.name in names]
        elif "userIDs" in body:
            wanted = body["userIDs"]
            if not isinstance(wanted, list):
                raise BadControl("userIDs is a list")
            leaving = [user for user in leaving if user.external_id in wanted]
        elif "count" in body:
            leaving = leaving[: integer(body, "count", 1, 1, MAX_PEOPLE_AT_ONCE)]
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


def forget(server: ConferenceServer, body: Body) -> Body:
    return {"forgotten": server.meetings.forget()}


def snapshot(server: ConferenceServer, body: Body) -> Body:
    return {"kept": server.meetings.snapshot()}


def restore(server: ConferenceServer, body: Body) -> Body:
    return {"restored": server.meetings.restore()}


def pass_time(server: ConferenceServer, body: Body) -> Body:
    now = set_clock(server, body)
    server.meetings.sweep()
    return now


def change_settings(server: ConferenceServer, body: Body) -> Body:
    if "end_lingers_seconds" in body:
        server.meetings.end_lingers = float(integer(body, "end_lingers_seconds", 0, 0, 3_600))
    if "recording_seconds" in body:
        server.recordings.takes = float(integer(body, "recording_seconds", 2, 0, 3_600))
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
    server.clock.set_right()
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
    ("POST", "snapshot"): snapshot,
    ("POST", "restore"): restore,
    ("POST", "clock"): pass_time,
    ("POST", "settings"): change_settings,
    ("POST", "recordings"): add_recording,
    ("POST", "reset"): reset,
}


def _meeting(server: ConferenceServer, body: Body) -> Meeting:
    meeting = server.meetings.find(str(body.get("meetingID", "")))
    if meeting is None:
        raise BadControl("there is no meeting of that meetingID")
    return meeting
