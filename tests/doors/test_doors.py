# SPDX-License-Identifier: EUPL-1.2
"""The same wish through every door: the same booking, or the same refusal with the same numbers (design, "Refusals at
the doors"). The first door is the measure for the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from tests.bookings.wishes import wish
from tests.doors.doors import DOORS, Door, Refused, Wanted, portrait
from tests.factories import World, actor, deputy, quota, world
from vconf.bookings.models import Booking
from vconf.bookings.services import book

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

BERND, CLARA = "bernd@im.mv.example", "clara@fm.mv.example"
GUESTS = tuple(f"gast{number}@elsewhere.example" for number in range(9))
SMALL = Wanted(room="beratung")
DAILY = SMALL.but(rule="FREQ=DAILY;COUNT=4")


def through(door: type[Door], scene: World, act: Callable[[Door], Refused | None], **who: Any) -> Any:
    """What comes of it, with everything as it was afterwards."""
    with transaction.atomic():
        refused = act(door(scene.anna, **who))
        booking = Booking.objects.filter(title__startswith="L").exclude(title="Andere").first()
        found = (refused, None if booking is None or refused is not None else portrait(booking))
        transaction.set_rollback(True)
    return found


def same_at_every_door(scene: World, act: Callable[[Door], Refused | None], **who: Any) -> Any:
    first, *others = [through(door, scene, act, **who) for door in DOORS]
    assert all(other == first for other in others)
    return first


WISHES = {
    "a room": SMALL,
    "a room and people": SMALL.but(people=[BERND, CLARA], description="Bitte pünktlich"),
    "people of somebody's organising too": SMALL.but(people=[BERND, "anna@im.mv.example"]),
    "any room for ten": Wanted(people=[BERND, *GUESTS]),
    "any room": Wanted(),
    "a long meeting over midnight": SMALL.but(hour=22, hours=5),
    "a series": DAILY,
    "a series with dates left out": DAILY.but(left_out=[1, 3]),
    "a weekly series over both changes of the year": SMALL.but(rule="FREQ=WEEKLY;COUNT=20", day=-150),
    "a series without end": SMALL.but(rule="FREQ=WEEKLY"),
}


@pytest.mark.parametrize("name", WISHES)
def test_the_same_wish_makes_the_same_booking(name):
    refused, booking = same_at_every_door(world(), lambda door: door.book(WISHES[name]))
    assert refused is None
    assert booking["dates"]


REFUSALS: dict[str, tuple[dict[str, Any], Wanted]] = {
    "slot_taken": ({}, SMALL.but(hour=12)),
    "room_too_small": ({}, SMALL.but(people=GUESTS)),
    "quota_exceeded": ({}, SMALL.but(hour=16)),
    "no_capacity": ({"servers": (20,)}, Wanted(room="grosser-saal")),
    "no_room": ({}, Wanted(people=[f"gast{n}@elsewhere.example" for n in range(150)])),
    "too_long": ({"max_length_minutes": 60}, SMALL.but(hours=2)),
    "too_soon": ({"notice_minutes": 60 * 24 * 10}, SMALL.but(day=-396)),
    "beyond_horizon": ({}, SMALL.but(day=300)),
    "series_not_allowed": ({"series_allowed": False}, DAILY),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_the_same_wish_is_refused_for_the_same_reason(code):
    settings, wanted = REFUSALS[code]
    scene = world(**settings)
    if code == "slot_taken":
        book(wish(12, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    if code == "quota_exceeded":
        quota(scene.im, seats=4)
    refused, _ = same_at_every_door(scene, lambda door: door.book(wanted))
    assert refused is not None and refused.code == code


@pytest.mark.parametrize("settings", [{}, {"partial_unasked": True, "partial_allowed": False}])
def test_a_series_is_booked_as_a_whole_or_not_at_all(settings):
    scene = world(**settings)
    book(wish(10, day=2, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    refused, _ = same_at_every_door(scene, lambda door: door.book(DAILY))
    assert refused is not None and refused.code == "slot_taken"


def test_where_the_class_says_so_doors_that_cannot_ask_leave_dates_out():
    scene = world(partial_unasked=True)
    book(wish(10, day=2, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    asks, *others = [through(door, scene, lambda one: one.book(DAILY)) for door in DOORS]
    assert asks[0] is not None and asks[0].code == "slot_taken"
    for refused, booking in others:
        assert refused is None
        assert [state for *_, state, _ in booking["dates"]] == [
            "confirmed",
            "confirmed",
            "refused",
            "confirmed",
        ]


#: weekly since ten days ago: two of its dates are over
UNDER_WAY = SMALL.but(rule="FREQ=WEEKLY;COUNT=6", day=-410)


def test_of_a_series_under_way_doors_that_cannot_ask_book_what_is_to_come():
    scene = world()
    by_api, *others = [through(door, scene, lambda one: one.book(UNDER_WAY)) for door in DOORS]
    assert by_api[0] is not None and by_api[0].code == "in_past"
    assert others[0] == others[-1]
    for refused, booking in others:
        assert refused is None
        assert [state for *_, state, _ in booking["dates"]] == ["confirmed"] * 4


@pytest.mark.parametrize(
    "changed",
    [UNDER_WAY.but(title="Lage, anders"), UNDER_WAY.but(hour=15), UNDER_WAY.but(rule="FREQ=WEEKLY;COUNT=7")],
    ids=["other words", "another time", "longer"],
)
def test_whatever_is_changed_of_a_series_under_way_nothing_is_booked_in_the_past(changed):
    scene = world()
    for door in DOORS[1:]:
        refused, booking = through(door, scene, lambda one: one.book(UNDER_WAY) or one.change(changed))
        assert refused is None
        assert len(booking["dates"]) == (5 if "7" in changed.rule else 4)


CHANGES = {
    "another time": (SMALL, SMALL.but(hour=15)),
    "longer": (SMALL, SMALL.but(hours=2)),
    "other words": (SMALL, SMALL.but(title="Lage, anders", description="Neu")),
    "other people": (SMALL.but(people=[BERND]), SMALL.but(people=[CLARA])),
    "more people": (SMALL.but(people=[BERND]), SMALL.but(people=[BERND, CLARA, "x@y.example"])),
    "another room": (SMALL, Wanted(room="grosser-saal")),
    "all dates of a series": (DAILY, DAILY.but(hour=15)),
    "one date less": (DAILY, DAILY.but(left_out=[2])),
    "a longer series": (DAILY, DAILY.but(rule="FREQ=DAILY;COUNT=6")),
    "nothing": (SMALL, SMALL),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_same_change_makes_the_same_booking(name):
    before, after = CHANGES[name]

    def act(door: Door) -> Refused | None:
        assert door.book(before) is None
        return door.change(after)

    refused, booking = same_at_every_door(world(), act)
    assert refused is None
    assert booking["title"] == after.title


REFUSED_CHANGES = {
    "slot_taken": SMALL.but(hour=12),
    "room_too_small": SMALL.but(people=GUESTS),
    "too_long": SMALL.but(hours=20),
}


@pytest.mark.parametrize("code", REFUSED_CHANGES)
def test_the_same_change_is_refused_for_the_same_reason(code):
    scene = world(max_length_minutes=600)
    book(wish(12, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))

    def act(door: Door) -> Refused | None:
        assert door.book(SMALL) is None
        return door.change(REFUSED_CHANGES[code])

    refused, _ = same_at_every_door(scene, act)
    assert refused is not None and refused.code == code


def test_cancelling_is_the_same_everywhere():
    def act(door: Door) -> Refused | None:
        assert door.book(DAILY.but(people=[BERND])) is None
        door.cancel()
        return None

    _, booking = same_at_every_door(world(), act)
    assert booking["cancelled"]
    assert {state for *_, state, _ in booking["dates"]} == {"cancelled"}


def test_a_deputy_books_the_same_for_the_principal():
    scene = world()
    deputy(scene.anna, scene.clara)
    refused, booking = same_at_every_door(
        scene, lambda door: door.book(Wanted(people=[BERND])), organiser=scene.clara
    )
    assert refused is None
    assert (booking["organiser"], booking["booked_by"]) == (CLARA, "anna@im.mv.example")
    assert booking["authority"] == "FM"
