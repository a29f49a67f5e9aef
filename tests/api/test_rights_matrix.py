# SPDX-License-Identifier: EUPL-1.2
"""R1.1: every route that names something, with every verb, as every role: own, foreign, absent.

Who sees and who changes what is the table of the design ("Who sees what"); the routes come from the schema, so that
a new one fails here until it has its line.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from tests import factories
from tests.api.caller import ABSENT, Caller, wish
from vconf.authorities.calendar_passwords import create_calendar_password
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.proposing import propose
from vconf.integrations.feeds.addresses import create_feed
from vconf.rooms.models import Approver

pytestmark = pytest.mark.django_db

ROLES = ("anna", "bernd", "clara", "dora", "admin", "chief", "operator", "auditor")


@dataclass(frozen=True)
class Line:
    """Who sees it, and who of these may change it."""

    sees: frozenset[str]
    changes: frozenset[str]


def line(sees: str, changes: str) -> Line:
    return Line(frozenset(sees.split()), frozenset(changes.split()))


#: everything is the ministry of the interior's; the booking is Anna's, and Bernd is invited
MATRIX = {
    "bookings/{id}": line("anna bernd admin chief operator", "anna"),
    "bookings/{id}/wish": line("anna bernd admin chief operator", "anna"),
    "bookings/{id}/answer": line("anna bernd admin chief operator", "bernd"),
    "bookings/{id}/proposals": line("anna bernd admin chief operator", "bernd"),
    "proposals/{id}/take": line("anna bernd", "anna"),
    "proposals/{id}/decline": line("anna bernd", "anna"),
    "bookings/{id}/restore": line("anna bernd admin chief operator", "anna"),
    "bookings/{id}/history": line("anna bernd admin chief operator", ""),
    "bookings/{id}/mails": line("anna bernd admin chief operator", "anna"),
    "bookings/{id}/recordings": line("anna bernd admin chief operator", "anna"),
    "recordings/{id}": line("anna bernd admin chief operator", "anna"),
    "bookings/{id}/transfer": line("anna bernd admin chief operator", "anna"),
    "bookings/{id}/copy": line("anna bernd admin chief operator", "anna"),
    "bookings/{id}/link": line("anna bernd admin chief operator", "anna"),
    "deputies/{id}": line("anna", "anna"),
    "calendar-passwords/{id}": line("anna", "anna"),
    "feeds/{id}": line("anna", "anna"),
    "occurrences/{id}/restore": line("anna bernd dora admin chief operator", "anna"),
    "bookings/{id}/occurrences": line("anna bernd admin chief operator", ""),
    "occurrences/{id}": line("anna bernd dora admin chief operator", "anna"),
    "occurrences/{id}/end": line("anna bernd admin chief operator", "anna"),
    "occurrences/{id}/people": line("anna bernd admin chief operator", ""),
    "occurrences/{id}/people/remove": line("anna bernd admin chief operator", "anna"),
    "rooms/{id}": line("anna bernd dora admin chief operator", "admin chief operator"),
    "rooms/{id}/occurrences": line("anna bernd dora admin chief operator", ""),
    "room-classes/{id}": line("anna bernd dora admin chief operator", "admin chief operator"),
    "room-classes/{id}/approvers": line("anna bernd dora admin chief operator", "admin chief"),
    "approvers/{id}": line("bernd admin chief", "admin chief"),
    "approvals/{id}": line("bernd admin chief", ""),
    "approvals/{id}/decision": line("bernd admin chief", "bernd admin chief"),
    "pools/{id}": line("admin chief operator", "operator"),
    "servers/{id}": line("operator", "operator"),
    "servers/{id}/check": line("operator", "operator"),
    "servers/{id}/meetings": line("operator", ""),
    "servers/{id}/events": line("operator", ""),
    "servers/{id}/drain": line("operator", ""),
    "outbox/{id}/retry": line("operator", "operator"),
    "mails/set-aside/{id}": line("operator", "operator"),
    "mails/set-aside/{id}/retry": line("operator", "operator"),
    "authorities/{id}": line("dora admin chief operator auditor", "admin chief operator"),
    "authorities/{id}/quota": line("dora admin chief operator auditor", "admin chief operator"),
    "people/{id}": line("admin chief", "admin chief"),
    "people/{id}/memberships": line("admin chief", "admin chief"),
}
#: seen, but not even to be read by everybody who sees that it exists
NOT_READ = {
    ("authorities/{id}/quota", "dora"),
    *(("bookings/{id}/history", role) for role in ("admin", "chief", "operator")),
    *(("bookings/{id}/proposals", role) for role in ("admin", "chief", "operator")),
    *(("occurrences/{id}/people", role) for role in ("bernd", "admin", "chief", "operator")),
    *(("bookings/{id}/mails", role) for role in ("bernd", "admin", "chief", "operator")),
    *(("bookings/{id}/recordings", role) for role in ("bernd", "admin", "chief", "operator")),
    *(("room-classes/{id}/approvers", role) for role in ("anna", "bernd", "dora", "operator")),
}


class Scene:
    """One of each thing, by the first word of its path, and a caller for each role."""

    def __init__(self) -> None:
        world = factories.world()
        self.callers = {role: Caller(getattr(world, role)) for role in ROLES}
        anna, by_anna = self.callers["anna"], factories.actor(world.anna)
        booking = anna.post(
            "bookings", wish(room=str(world.small.id), attendees=[{"email": "bernd@im.mv.example"}])
        ).json()
        kind = factories.room_class(world.im, "Vertraulich", approval="always")
        approver = Approver.objects.create(room_class=kind, person=world.bernd)
        centre = factories.room("Lagezentrum", 20, world.im, world.pool, kind)
        waiting = anna.post("bookings", wish(room=str(centre.id))).json()
        now = timezone.now()
        proposal = propose(
            UUID(booking["id"]),
            address="bernd@im.mv.example",
            starts_at=now + timedelta(days=40),
            duration=timedelta(hours=1),
            comment="",
            actor=factories.actor(world.bernd),
            now=now,
        )
        recording = factories.recording(open_occurrence(UUID(booking["occurrences"][0]["id"])))
        self.things = {
            "approvers": str(approver.id),
            "approvals": waiting["approval"]["id"],
            "bookings": booking["id"],
            "occurrences": booking["occurrences"][0]["id"],
            "recordings": str(recording.id),
            "proposals": str(proposal.id),
            "rooms": str(world.small.id),
            "room-classes": str(kind.id),
            "pools": str(world.pool.id),
            "servers": str(world.servers[0].id),
            "outbox": str(factories.parked_delivery("bernd@im.mv.example").id),
            "mails": str(factories.set_aside_mail().id),
            "authorities": str(world.agency.id),
            "people": str(world.bernd.id),
            "calendar-passwords": str(create_calendar_password(world.anna, "test", actor=by_anna)[0].id),
            "feeds": str(create_feed(room_id=None, detail="busy", actor=by_anna).id),
            "deputies": str(factories.deputy(factories.person("Dieter Dohle", world.im), world.anna).id),
        }


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """One for all tests here, which are marked `django_db`: what they do to it is rolled back with them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Scene()
        transaction.set_rollback(True)


@functools.cache
def operations() -> list[tuple[str, str]]:
    paths = Caller(None).get("openapi.json").json()["paths"]
    return [
        (verb.upper(), path.removeprefix("/api/v1/"))
        for path, verbs in paths.items()
        for verb in verbs
        if "{id}" in path
    ]


def call(caller: Caller, verb: str, path: str, one: object) -> Any:
    return caller.generic(verb, path.replace("{id}", str(one)), "{}", "application/json")


def test_every_route_has_its_line() -> None:
    assert {path for _verb, path in operations()} == MATRIX.keys()


def test_nobody_gets_anything(scene: Scene, nobody: Caller) -> None:
    for verb, path in operations():
        for one in (scene.things[path.partition("/")[0]], ABSENT):
            assert call(nobody, verb, path, one).status_code == 401, (verb, path)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", sorted(MATRIX))
def test_matrix(scene: Scene, path: str, role: str) -> None:
    caller = scene.callers[role]
    rights = MATRIX[path]
    thing = scene.things[path.partition("/")[0]]
    verbs = [verb for verb, known in operations() if known == path]
    assert verbs
    for verb in sorted(verbs, key=lambda verb: verb == "DELETE"):
        absent = call(caller, verb, path, ABSENT)
        present = call(caller, verb, path, thing)
        what = (verb, path, role, present.status_code, present.content[:300])
        # who may change none of them may be told so before anything is looked up
        assert absent.status_code == 404 or (absent.status_code == 403 and role not in rights.changes), what
        if role not in rights.sees:
            assert (present.status_code, present.json()) == (absent.status_code, absent.json()), what
        elif (path, role) in NOT_READ:
            assert present.status_code == 403, what
        elif verb == "GET":
            assert present.status_code == 200, what
        elif role in rights.changes:
            assert present.status_code not in (401, 403, 404), what
        else:
            assert present.status_code == 403, what
