# SPDX-License-Identifier: EUPL-1.2
"""How conference servers fare: what many looks in a row say of each.

    unknown ── answers ──► ok ◄──────────── answers ────────────┐
       │                    └── fails ──► suspect ──► fails 3 times in a row ──► down
       └──────── fails ─────────────────────▲                                     │ answers
    ok ◄── answers 5 times in a row ── recovering ◄─────────────────────────────┘
                                          └── fails ──► down

Only an `ok` or `unknown` server is given new meetings; only those of one that is `down` are moved away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.outbox.record import record
from vconf.rooms.events import ServerChanged
from vconf.rooms.journal import note_event
from vconf.rooms.models import ConferenceServer, ServerHealth, ServerState

#: failed looks in a row that make a server down
FAILURES_TO_DOWN = 3
#: good looks in a row after which one that was down may have meetings again
SUCCESSES_TO_OK = 5
#: good looks count towards that once in this time, however often a server is looked at because it calls us
APART = timedelta(seconds=2)
#: failures that long ago are not in a row with those of now: nobody looked in between, vconf itself stood still
STALE = timedelta(seconds=45)
#: a server about which there is nothing new is written about no more often than this
SEEN_EVERY = timedelta(seconds=5)
#: loads that differ by less are the same
SAME_LOAD = 0.02

_OUT = (ServerHealth.DOWN, ServerHealth.RECOVERING)


@dataclass(frozen=True, slots=True)
class Condition:
    """`failures` are counted up to FAILURES_TO_DOWN, `successes` only while it is recovering."""

    health: str = ServerHealth.UNKNOWN
    failures: int = 0
    successes: int = 0


def after_look(before: Condition, *, ok: bool) -> Condition:
    """What one more look makes of it."""
    if not ok:
        failures = min(before.failures + 1, FAILURES_TO_DOWN)
        down = before.health in _OUT or failures >= FAILURES_TO_DOWN
        return Condition(ServerHealth.DOWN if down else ServerHealth.SUSPECT, failures, 0)
    if before.health in _OUT and before.successes + 1 < SUCCESSES_TO_OK:
        return Condition(ServerHealth.RECOVERING, 0, before.successes + 1)
    return Condition(ServerHealth.OK)


def takes_new_meetings(server: ConferenceServer) -> bool:
    """Not when it is draining or disabled, and not while it fails or has only just come back."""
    return server.state == ServerState.ENABLED and server.health in (ServerHealth.OK, ServerHealth.UNKNOWN)


def report_server_seen(
    server_id: UUID,
    *,
    ok: bool,
    detail: str = "",
    version: str = "",
    meetings: int = 0,
    people: int = 0,
    load: float | None = None,
    began_at: datetime | None = None,
) -> ConferenceServer | None:
    """Note what a look at a server found: fine, with what runs on it, or a failure with its reason. None: it is gone.

    `began_at`: when the look began (None: just now). One that began before another one's end was noted says nothing
    new and is dropped: several hung looks at once are one failure.
    """
    seen = _Seen(ok, detail[:300], version[:50], meetings, people, load)
    server = ConferenceServer.objects.filter(id=server_id).first()
    if server is None or _is_known(server, seen):
        return server
    with transaction.atomic():
        server = ConferenceServer.objects.select_for_update(no_key=True).filter(id=server_id).first()
        if server is None:
            return None
        if began_at is not None and server.looked_at is not None and began_at < server.looked_at:
            return server
        _take_in(server, seen, timezone.now())
        return server


def forget_health(server: ConferenceServer) -> None:
    """It is another one now, by its address or secret: nothing is known of it, and looks that began before were at
    the one it was. The caller saves it."""
    now = timezone.now()
    server.health, server.health_detail, server.health_since = ServerHealth.UNKNOWN, "", now
    server.failures, server.successes, server.looked_at = 0, 0, now
    server.checked_at, server.clock_skew_ms = None, None


@dataclass(frozen=True, slots=True)
class _Seen:
    ok: bool
    detail: str
    version: str
    meetings: int
    people: int
    load: float | None


def _is_known(server: ConferenceServer, seen: _Seen) -> bool:
    """Whether the row says all that already, but for when; that is written now and then, without any lock."""
    if not seen.ok:
        return server.health == ServerHealth.DOWN and server.health_detail == seen.detail
    same = (
        server.health == ServerHealth.OK
        and server.health_detail == seen.detail
        and seen.version in ("", server.version)
        and (server.live_meetings, server.live_people) == (seen.meetings, seen.people)
        and _is_same_load(server.load, seen.load)
    )
    now = timezone.now()
    if same and (server.last_seen_at is None or now - server.last_seen_at >= SEEN_EVERY):
        ConferenceServer.objects.filter(id=server.id, health=ServerHealth.OK).update(last_seen_at=now)
    return same


def _is_same_load(before: float | None, after: float | None) -> bool:
    return after is None or (before is not None and abs(after - before) < SAME_LOAD)


def _take_in(server: ConferenceServer, seen: _Seen, now: datetime) -> None:
    before = Condition(server.health, server.failures, server.successes)
    idle = timedelta.max if server.looked_at is None else now - server.looked_at
    if idle > STALE and before.health not in _OUT:
        before = Condition(before.health)
    if seen.ok and before.health == ServerHealth.RECOVERING and idle < APART:
        after = before
    else:
        after = after_look(before, ok=seen.ok)
        server.looked_at = now
    server.health, server.failures, server.successes = after.health, after.failures, after.successes
    server.health_detail = seen.detail
    if seen.ok:
        server.last_seen_at = now
        server.version = seen.version or server.version
        server.live_meetings, server.live_people = seen.meetings, seen.people
        server.load = server.load if seen.load is None else seen.load
    if after.health != before.health:
        server.health_since = now
    server.save(
        update_fields=[
            "health",
            "health_detail",
            "health_since",
            "failures",
            "successes",
            "looked_at",
            "last_seen_at",
            "version",
            "live_meetings",
            "live_people",
            "load",
        ]
    )
    if after.health != before.health:
        _tell(server, before.health)


def _tell(server: ConferenceServer, before: str) -> None:
    why, _, detail = server.health_detail.partition(":")
    facts = {"why": why[:40]} if server.failures else {}
    note_event(server.id, "health", code=server.health, facts=facts, detail=detail.strip())
    record(ServerChanged(server_id=str(server.id)))
    lost = server.health == ServerHealth.DOWN and before != ServerHealth.RECOVERING
    back = server.health == ServerHealth.OK and before != ServerHealth.SUSPECT
    # The audit has what took it out and what brought it back; all between stands in its own events.
    if lost or back:
        record_audit(
            "server.health",
            actor=Actor.system("clock"),
            object_type="server",
            object_id=server.id,
            changes={"health": server.health},
        )
