# SPDX-License-Identifier: EUPL-1.2
"""sync-collection (RFC 6578): tokens, tombstones and limits that lose nothing; ctag for who knows no better."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import World
from tests.integrations.caldav.calendars import a_booking, address, calendar_of
from tests.integrations.caldav.client import DECLARED, CalendarClient, Responses, condition
from vconf.bookings.models import Calendar
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import cancel, change
from vconf.integrations.caldav.texts import texts

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def body(token: str = "", *, limit: int | None = None, level: str = "1", data: bool = False) -> str:
    cut = "" if limit is None else f"<D:limit><D:nresults>{limit}</D:nresults></D:limit>"
    asked = "<D:getetag/>" + ("<C:calendar-data/>" if data else "")
    return (
        f"<D:sync-collection {DECLARED}><D:sync-token>{token}</D:sync-token>"
        f"<D:sync-level>{level}</D:sync-level>{cut}<D:prop>{asked}</D:prop></D:sync-collection>"
    )


def sync(client: CalendarClient, token: str = "", **options: object) -> Responses:
    assert client.person is not None
    depth = str(options.pop("depth", "0"))
    return client.report(calendar_of(client.person), body(token, **options), depth=depth)  # type: ignore[arg-type]


def test_without_a_token_all_is_told_and_no_tombstone(world: World) -> None:
    kept, gone = a_booking(world.anna, 10), a_booking(world.anna, 12)
    cancel(gone.id, actor=factories.actor(world.anna))

    found = sync(CalendarClient(world.anna))

    assert list(found) == [address(kept, world.anna)]
    assert found.only.found.keys() == {"D:getetag"}
    assert found.token.startswith("data:,")


def test_with_a_token_only_what_changed_since_and_404_for_what_is_gone(world: World) -> None:
    client = CalendarClient(world.anna)
    same, changed, gone = (a_booking(world.anna, hour) for hour in (9, 11, 13))
    before = sync(client)
    change(changed.id, ChangeRequest(title="Neuer Titel"), actor=factories.actor(world.anna))
    cancel(gone.id, actor=factories.actor(world.anna))
    new = a_booking(world.anna, 15)

    found = sync(client, before.token)

    assert {href: one.status for href, one in found.items()} == {
        address(changed, world.anna): "",
        address(gone, world.anna): "404",
        address(new, world.anna): "",
    }
    assert address(same, world.anna) not in found
    old = before[address(changed, world.anna)].text("D:getetag")
    assert found[address(changed, world.anna)].text("D:getetag") != old
    assert sync(client, found.token) == {}


def test_thunderbird_sends_depth_1(world: World) -> None:
    a_booking(world.anna)

    assert len(sync(CalendarClient(world.anna), depth="1")) == 1


def test_data_can_come_along(world: World) -> None:
    a_booking(world.anna)

    assert "BEGIN:VEVENT" in sync(CalendarClient(world.anna), data=True).only.text("C:calendar-data")


def test_a_cut_answer_says_so_and_goes_on_where_it_ended(world: World) -> None:
    client = CalendarClient(world.anna)
    booked = {address(a_booking(world.anna, 8, day=day), world.anna) for day in range(7)}
    told: list[str] = []
    token, rounds = "", 0

    while True:
        found = sync(client, token, limit=3)
        told += [href for href, one in found.items() if one.status != "507"]
        token, rounds = found.token, rounds + 1
        if calendar_of(world.anna) not in found:
            break
        cut = found[calendar_of(world.anna)]
        assert (cut.status, cut.error) == ("507", "D:number-of-matches-within-limits")

    assert set(told) == booked
    assert rounds == 3
    assert sync(client, token) == {}


def test_whatever_changes_between_two_parts_of_an_answer_nothing_is_lost(world: World) -> None:
    """A client that goes on with each token ends up with what is there, however it was cut and changed meanwhile."""
    client, dice = CalendarClient(world.anna), random.Random(6578)
    actor = factories.actor(world.anna)
    alive = [a_booking(world.anna, 8, day=day).id for day in range(6)]
    known: dict[str, str] = {}
    token, day = "", 6
    for _round in range(40):
        found = sync(client, token, limit=dice.randint(1, 3))
        token = found.token
        for href, one in found.items():
            if one.status == "404":
                known.pop(href, None)
            elif one.status != "507":
                known[href] = one.text("D:getetag")
        if _round < 25:
            match dice.choice(("new", "change", "cancel")):
                case "new":
                    alive.append(a_booking(world.anna, 8, day=day).id)
                    day += 1
                case "change" if alive:
                    change(dice.choice(alive), ChangeRequest(title=f"Titel {_round}"), actor=actor)
                case "cancel" if len(alive) > 2:
                    cancel(alive.pop(dice.randrange(len(alive))), actor=actor)

    assert known == {href: one.text("D:getetag") for href, one in sync(client).items()}
    assert len(known) == len(alive)


@pytest.mark.parametrize(
    "token",
    [
        "data:,{id}-999999",
        "data:,999999-1",
        "http://elsewhere.example/1",
        "data:,{id}--1",
        "data:,{id}-" + "9" * 30,
    ],
)
def test_a_token_that_is_not_ours_makes_the_client_begin_anew(world: World, token: str) -> None:
    a_booking(world.anna)
    calendar = Calendar.objects.get(person=world.anna)

    answer = CalendarClient(world.anna).dav(
        "REPORT", calendar_of(world.anna), body(token.format(id=calendar.id))
    )

    assert (answer.status_code, condition(answer)) == (403, "D:valid-sync-token")


def test_a_token_that_is_too_old_makes_the_client_begin_anew(world: World) -> None:
    client = CalendarClient(world.anna)
    a_booking(world.anna)
    token = sync(client).token
    a_booking(world.anna, 12)
    calendar = Calendar.objects.get(person=world.anna)
    Calendar.objects.update(known_since=calendar.change)

    answer = client.dav("REPORT", calendar_of(world.anna), body(token))

    assert (answer.status_code, condition(answer)) == (403, "D:valid-sync-token")


def test_there_is_nothing_below_the_objects(world: World) -> None:
    answer = CalendarClient(world.anna).dav("REPORT", calendar_of(world.anna), body(level="infinite"))

    assert (answer.status_code, condition(answer)) == (403, "D:sync-traversal-supported")


@pytest.mark.parametrize("limit", ["0", "-1", "viele", "", "9" * 20])
def test_a_limit_that_is_none_is_a_bad_request(world: World, limit: str) -> None:
    cut = f"<D:limit><D:nresults>{limit}</D:nresults></D:limit>"
    asked = f"<D:sync-collection {DECLARED}><D:sync-token/>{cut}<D:prop/></D:sync-collection>"

    assert CalendarClient(world.anna).dav("REPORT", calendar_of(world.anna), asked).status_code == 400


def test_ctag_and_token_change_with_the_calendar_alone(world: World) -> None:
    client = CalendarClient(world.anna)

    def tags() -> tuple[str, str]:
        shown = client.propfind(calendar_of(world.anna), "CS:getctag", "D:sync-token").only
        return shown.text("CS:getctag"), shown.text("D:sync-token")

    empty = tags()
    a_booking(world.bernd)
    assert tags() == empty
    a_booking(world.anna, 12)
    assert tags() != empty
    assert tags()[1] == sync(client).token


def test_a_deputy_is_told_what_the_principal_organises_and_nothing_else(world: World) -> None:
    factories.deputy(world.bernd, world.anna)
    organised = a_booking(world.anna, 9)
    invited = a_booking(world.clara, 11, invite=world.anna.email)
    calendar = f"/dav/calendars/{world.bernd.id}/{world.anna.id}/"

    found = CalendarClient(world.bernd).report(calendar, body())

    assert list(found) == [f"{calendar}{organised.id}.ics"]
    assert str(invited.id) not in found.answer.content.decode()


def test_the_calendar_of_a_room_names_no_booking(world: World) -> None:
    booked = a_booking(world.anna, room_id=world.shared.id)
    calendar = f"/dav/rooms/{world.shared.id}/calendar/"

    found = CalendarClient(world.clara).report(calendar, body(data=True))

    text = found.only.text("C:calendar-data")
    assert "BEGIN:VEVENT" in text
    for secret in (str(booked.id), booked.uid, booked.title, world.anna.email, "Anna"):
        assert secret not in found.answer.content.decode()


def test_a_hundred_changes_cost_as_many_statements_as_one(world: World) -> None:
    client = CalendarClient(world.anna)

    def statements() -> int:
        texts.clear()
        with CaptureQueriesContext(connection) as queries:
            sync(client, data=True)
        return len(queries)

    a_booking(world.anna, 8, day=0)
    statements()
    one = statements()
    for day in range(1, 12):
        a_booking(world.anna, 8, day=day)
    assert statements() == one
