# SPDX-License-Identifier: EUPL-1.2
"""The HTTP calls of Prosody's modules, of jicofo and of the bridge, and the table that names them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from simulator.answers import Reply
from simulator.jitsi.rooms import Room
from simulator.jitsi.shard import Shard
from simulator.jitsi.tokens import BadToken, check_system_token, may_enter, open_session
from simulator.queries import first_values

JSON = "application/json"
#: One person costs a bridge about that much.
_STRESS_PER_PERSON = 0.001


@dataclass(frozen=True)
class Request:
    query: str
    authorization: str
    content_type: str
    body: bytes


def status(code: int) -> Reply:
    """Prosody's page for errors says the same for a room and for a path that it does not know."""
    return Reply(f"<!DOCTYPE html><title>{code}</title>".encode(), code, "text/html; charset=utf-8")


def census(shard: Shard, request: Request) -> Reply:
    unit = 1 if shard.settings.census_milliseconds else 1_000
    with shard.rooms.lock:
        listed = [
            {
                "room_name": room.jid,
                "participants": len(room.present()),
                "created_time": room.created_ms // unit,
                "leaked": False,
            }
            for room in shard.rooms.all()
        ]
    return _json({"room_census": listed})


def room_size(shard: Shard, request: Request) -> Reply:
    found = _room_asked_for(shard, request)
    if isinstance(found, Reply):
        return found
    with shard.rooms.lock:
        occupants = len(found.present()) + 1
    # jicofo is only left out when it is not alone.
    return _json({"participants": occupants - 1 if occupants > 1 else occupants})


def room(shard: Shard, request: Request) -> Reply:
    found = _room_asked_for(shard, request)
    if isinstance(found, Reply):
        return found
    with shard.rooms.lock:
        listed = [
            {
                "jid": f"{found.jid}/{one.resource}",
                "email": one.user.get("email", ""),
                "display_name": one.name,
            }
            for one in found.present()
        ]
    return Reply(json.dumps(listed).encode(), content_type=JSON)


def _room_asked_for(shard: Shard, request: Request) -> Room | Reply:
    if not request.query:
        return status(400)
    # The query is cut at & and =, and nothing in it is decoded.
    given = dict(part.split("=", 1) for part in request.query.split("&") if "=" in part)
    tenant, name = given.get("subdomain", ""), given.get("room", "")
    node = f"[{tenant}]{name}" if tenant else name
    if shard.settings.enable_roomsize_token_verification:
        if not given.get("token"):
            return status(403)
        try:
            session = open_session(
                given["token"], shard.settings, shard.options.secret, shard.clock.now_ms() / 1000
            )
        except BadToken:
            return status(403)
        if not may_enter(session, node, shard.settings):
            return status(403)
    found = shard.rooms.find(node) if given.get("domain") == shard.settings.domain else None
    return found or status(404)


def sessions(shard: Shard, request: Request) -> Reply:
    return Reply(str(_people(shard)).encode(), content_type="text/plain")


def end_meeting(shard: Shard, request: Request) -> Reply:
    given = first_values(request.query)
    address = given.get("conference", "")
    if not address:
        return status(400)
    try:
        check_system_token(request.authorization, shard.settings, shard.clock.now_ms() / 1000)
    except BadToken:
        return status(401)
    found = _room_of(shard, address)
    if found is None:
        return status(404)
    shard.rooms.destroy(found, reconnects=given.get("silent-reconnect") == "true")
    return Reply(b"", 200, "text/plain")


def kick_participant(shard: Shard, request: Request) -> Reply:
    body = _object(request.body)
    resource, number = body.get("participantId"), body.get("number")
    if request.content_type != JSON or (resource is None) == (number is None) or not request.query:
        return status(400)
    given = first_values(request.query)
    try:
        check_system_token(request.authorization, shard.settings, shard.clock.now_ms() / 1000)
    except BadToken:
        return status(403)
    tenant, name = given.get("prefix", ""), given.get("room", "")
    with shard.rooms.lock:
        found = shard.rooms.find(f"[{tenant}]{name}" if tenant else name)
        # Numbers belong to callers by telephone, and there are none.
        occupant = found.occupants.get(str(resource)) if found is not None else None
        if found is None or occupant is None:
            return status(404)
        shard.rooms.leave(found, occupant)
    return Reply(b"", 200, "text/plain")


def jicofo_health(shard: Shard, request: Request) -> Reply:
    code = {"ok": 200, "soft": 503, "hard": 500}[shard.settings.health]
    return Reply(b"", code, "text/plain")


def jicofo_version(shard: Shard, request: Request) -> Reply:
    return _json({"name": "JiCoFo", "version": "1.0.1103", "os": "Linux"})


def jicofo_stats(shard: Shard, request: Request) -> Reply:
    with shard.rooms.lock:
        sizes = [len(room.present()) for room in shard.rooms.all()]
    bridges = shard.settings.operational_bridges
    return _json(
        {
            "conferences": len(sizes),
            "participants": sum(sizes),
            "largest_conference": max(sizes, default=0),
            "conference_sizes": [sizes.count(size) for size in range(22)],
            "visitors": 0,
            "bridge_selector": {
                "bridge_count": max(1, bridges),
                "operational_bridge_count": bridges,
                "in_shutdown_bridge_count": 0,
                "lost_bridges": 0,
                "bridge_version_count": 1,
                "strategy": "SingleBridgeSelectionStrategy",
            },
            "bridge_failures": {"participants_moved": 0, "bridges_removed": 0},
            "version": "1.0.1103",
            "healthy": shard.settings.health == "ok",
            "health": {
                "success": shard.settings.health == "ok",
                "hardFailure": shard.settings.health == "hard",
                "responseCode": jicofo_health(shard, request).status,
                "sticky": False,
                "message": None,
            },
        }
    )


def colibri_stats(shard: Shard, request: Request) -> Reply:
    people = _people(shard)
    stress = shard.settings.stress_level
    return _json(
        {
            "stress_level": _STRESS_PER_PERSON * people if stress is None else stress,
            "conferences": len(shard.rooms.all()),
            "participants": people,
            "endpoints": people,
            "healthy": shard.settings.operational_bridges > 0,
            "drain": False,
            "graceful_shutdown": False,
            "shutting_down": False,
            "version": "2.3.187",
            "current_timestamp": str(shard.clock.now_ms()),
        }
    )


def http_health(shard: Shard, request: Request) -> Reply:
    return Reply(b"", 200, "text/plain")


Handler = Callable[[Shard, Request], Reply]

#: (method, path) -> the module it belongs to, and what answers
CALLS: dict[tuple[str, str], tuple[str, Handler]] = {
    ("GET", "room-census"): ("muc_census", census),
    ("GET", "room-size"): ("muc_size", room_size),
    ("GET", "room"): ("muc_size", room),
    ("GET", "sessions"): ("muc_size", sessions),
    ("POST", "end-meeting"): ("end_meeting", end_meeting),
    ("PUT", "kick-participant"): ("kick_participant", kick_participant),
    ("GET", "about/health"): ("jicofo", jicofo_health),
    ("GET", "about/version"): ("jicofo", jicofo_version),
    ("GET", "stats"): ("jicofo", jicofo_stats),
    ("GET", "colibri/stats"): ("colibri", colibri_stats),
    ("GET", "health"): ("http_health", http_health),
}
PATHS = frozenset(path for _, path in CALLS)


def answer(shard: Shard, method: str, path: str, request: Request) -> Reply:
    module, handler = CALLS.get((method, path), ("", None))
    if handler is None:
        return status(405)
    if module not in shard.settings.modules:
        return status(404)
    return handler(shard, request)


def _room_of(shard: Shard, address: str) -> Room | None:
    """A room by its address, with a tenant as `[tenant]room@` or in the domain (`room@conference.TENANT.DOMAIN`)."""
    node, _, domain = address.lower().partition("@")
    settings = shard.settings
    if domain == settings.conference_domain.lower():
        return shard.rooms.find(node)
    before, _, _ = domain.removeprefix("conference.").partition("." + settings.domain.lower())
    if domain == f"conference.{before}.{settings.domain.lower()}":
        return shard.rooms.find(f"[{before}]{node}")
    return None


def _people(shard: Shard) -> int:
    with shard.rooms.lock:
        return sum(len(room.present()) for room in shard.rooms.all())


def _object(body: bytes) -> dict[str, object]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _json(content: dict[str, object]) -> Reply:
    return Reply(json.dumps(content).encode(), content_type=JSON)
