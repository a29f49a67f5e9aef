# SPDX-License-Identifier: EUPL-1.2
"""free-busy-query (RFC 4791, 7.10): of calendars, homes and principals; times and nothing else."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache

from tests import factories
from tests.api.caller import ABSENT
from tests.bookings.wishes import at
from tests.factories import World
from tests.integrations.caldav.calendars import a_booking, calendar_of
from tests.integrations.caldav.client import DECLARED, CalendarClient, condition

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def world() -> World:
    cache.clear()
    return factories.world()


def utc(hour: float, *, day: int = 0) -> str:
    return f"{at(hour, day=day).replace(tzinfo=ZoneInfo('Europe/Berlin')).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def body(start: str = "", end: str = "") -> str:
    bounds = f'start="{start or utc(0)}" end="{end or utc(24)}"'
    return f"<C:free-busy-query {DECLARED}><C:time-range {bounds}/></C:free-busy-query>"


def periods(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("text/calendar")
    lines = answer.content.decode().splitlines()
    assert lines.count("BEGIN:VFREEBUSY") == 1
    return [line.partition(":")[2] for line in lines if line.startswith("FREEBUSY")]


def test_evolution_asks_the_principal_or_home_of_a_colleague_with_depth_infinity(world: World) -> None:
    a_booking(world.bernd, 10, invite=world.anna.email, title="Geheimes")
    anna = CalendarClient(world.anna)
    busy = [f"{utc(10)}/{utc(11)}"]

    for path in (f"/dav/principals/users/{world.bernd.id}/", f"/dav/calendars/{world.bernd.id}/"):
        answer = anna.dav("REPORT", path, body(), Depth="infinity")
        assert periods(answer) == busy
        for secret in ("Geheimes", "ATTENDEE", "ORGANIZER", "bernd"):
            assert secret not in answer.content.decode()


@pytest.mark.parametrize("depth", ["0", "1", "infinity"])
def test_of_one_s_own_calendar_and_home(world: World, depth: str) -> None:
    a_booking(world.anna, 10)
    anna = CalendarClient(world.anna)
    for path in (calendar_of(world.anna), f"/dav/calendars/{world.anna.id}/"):
        assert periods(anna.dav("REPORT", path, body(), Depth=depth)) == [f"{utc(10)}/{utc(11)}"]


def test_of_a_room(world: World) -> None:
    a_booking(world.anna, 10, room_id=world.shared.id)
    clara = CalendarClient(world.clara)
    room = world.shared.id
    for path in (f"/dav/principals/rooms/{room}/", f"/dav/rooms/{room}/", f"/dav/rooms/{room}/calendar/"):
        assert len(periods(clara.dav("REPORT", path, body()))) == 1
    foreign = clara.dav("REPORT", f"/dav/principals/rooms/{world.big.id}/", body())
    assert foreign.status_code == 404


def test_nobody_outside_may_ask_about_people(world: World) -> None:
    nobody = CalendarClient(factories.person("Nadia Nirgends"))

    foreign = nobody.dav("REPORT", f"/dav/calendars/{world.anna.id}/", body())
    absent = nobody.dav("REPORT", f"/dav/calendars/{ABSENT}/", body())

    assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content) == (404, b"")


def test_watching_somebody_is_slowed_down(world: World) -> None:
    anna = CalendarClient(world.anna)
    path = f"/dav/calendars/{world.bernd.id}/"

    answers = [anna.dav("REPORT", path, body()).status_code for _ in range(241)]

    assert answers == [200] * 240 + [429]
    assert anna.dav("REPORT", calendar_of(world.anna), body()).status_code == 200


def test_the_home_of_a_colleague_is_not_there_for_anything_else(world: World) -> None:
    anna = CalendarClient(world.anna)
    for method in ("PROPFIND", "GET", "PROPPATCH", "OPTIONS", "DELETE", "PUT", "ACL"):
        foreign = anna.dav(method, f"/dav/calendars/{world.bernd.id}/", Depth="1")
        assert foreign.status_code == 404, method


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (f"<C:free-busy-query {DECLARED}/>", 400),
        (f'<C:free-busy-query {DECLARED}><C:time-range start="20260101T000000Z"/></C:free-busy-query>', 400),
        (body("20260101T000000Z", "20260101T000000Z"), 403),
        (body("20260101T000000Z", "20290101T000000Z"), 403),
        (body("00010101T000000Z", "00010102T000000Z"), 403),
        (body("99991231T000000Z", "99991231T235959Z"), 403),
    ],
)
def test_a_window_that_cannot_be_answered(world: World, asked: str, status: int) -> None:
    answer = CalendarClient(world.anna).dav("REPORT", calendar_of(world.anna), asked)

    assert answer.status_code == status
    if status == 403:
        assert condition(answer) in ("C:valid-filter", "D:number-of-matches-within-limits")
