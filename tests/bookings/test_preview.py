# SPDX-License-Identifier: EUPL-1.2
"""A preview says what `book` would answer in the same state, date for date; it stores nothing and reads little."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.audit.models import AuditEntry
from vconf.bookings.models import Booking, LedgerStep, Occurrence
from vconf.bookings.preview import preview
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.series import cancel_occurrence
from vconf.bookings.services import book, cancel, change
from vconf.errors import Forbidden, Invalid, NotFound, Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return factories.world(servers=(60, 40))


def previewed(*arguments: Any, **options: Any) -> Any:
    """Untyped, for tests that know what is not None."""
    return preview(*arguments, **options)


def codes(found):
    return [None if one.refusal is None else one.refusal.code for one in found.dates]


def offers(one):
    return [(offer.room_name, offer.starts_at, offer.seats) for offer in one.refusal.alternatives]


# --- the same as book -----------------------------------------------------------------------------------------

hours = st.integers(8 * 4, 12 * 4).map(lambda quarter: quarter / 4)
seats = st.sampled_from([None, 3, 6, 10, 25, 30, 45, 60, 70])
rules = st.sampled_from(["", "FREQ=DAILY;COUNT=3", "FREQ=DAILY;COUNT=6", "FREQ=DAILY;INTERVAL=2;COUNT=3"])
rooms = st.sampled_from(["small", "big", "shared", "short", None, None])
people = st.sampled_from(["", "a@x.example", "a@x.example b@x.example c@x.example d@x.example"])


@st.composite
def wishes(draw):
    """(who, room, request): a single date or a few days, often in each other's way."""
    rule = draw(rules)
    return (
        draw(st.sampled_from(["anna", "dora", "clara"])),
        draw(rooms),
        wish(
            draw(hours),
            hours=draw(st.sampled_from([0.5, 1, 2, 3])),
            day=draw(st.integers(0, 2)),
            seats=draw(seats),
            rrule=rule,
            rdate=(at(7),) if rule and draw(st.booleans()) else (),
            exdate=(at(10, day=1),) if rule and draw(st.booleans()) else (),
            invite=draw(people),
            partial=draw(st.booleans()),
        ),
    )


@pytest.mark.one_database
@settings(
    max_examples=int(os.environ.get("VCONF_TEST_EXAMPLES", "60")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    before=st.lists(wishes(), max_size=8),
    last=wishes(),
    stock=st.booleans(),
    n_plus_one=st.booleans(),
    second_pool=st.booleans(),
)
def test_it_says_what_book_says(db, before, last, stock, n_plus_one, second_pool):
    with transaction.atomic():
        scene = factories.world(servers=(60, 40), buffer_after_minutes=15)
        scene.pool.n_plus_one = n_plus_one
        scene.pool.save()
        short = factories.room_class(scene.land, "Kurz", max_length_minutes=60)
        rooms = {"short": factories.room("Kurz", 40, scene.land, scene.pool, short, open_to_all=True)}
        rooms |= {name: getattr(scene, name) for name in ("small", "big", "shared")}
        if second_pool:
            other = factories.pool("Außenstelle", servers=(50,))
            factories.room("Außen", 30, scene.land, other, scene.standard, open_to_all=True)
        factories.quota(scene.im, seats=80, meetings=3)
        factories.quota(scene.agency, seats=30, seat_hours=60)
        if stock:
            factories.room(
                "Unbenannt", 50, scene.land, scene.pool, scene.standard, is_stock=True, open_to_all=True
            )
        for who, room, request in before:
            answer_of(scene, who, rooms.get(room), request)

        who, room, request = last
        request = asked(rooms.get(room), request)
        actor = factories.actor(getattr(scene, who))
        said: Any
        try:
            said = preview(request, actor=actor)
        except (Invalid, NotFound, Forbidden) as error:
            said = error
        got = answer_of(scene, who, rooms.get(room), request)

        if isinstance(said, Exception):
            assert type(got) is type(said)
        elif isinstance(got, Booking):
            assert said.fits, alike(said.refusal)
            assert got.seats == said.seats
            assert said.room == (None if got.room.is_stock else got.room)
            assert [d.date.starts_at for d in said.dates if d.refusal is None] == starts(got, "confirmed")
            assert [d.date.starts_at for d in said.dates if d.refusal is not None] == starts(got, "refused")
        else:
            assert not said.fits
            assert alike(said.refusal) == alike(got)
            if said.dates:
                assert {c.starts_at for c in got.conflicts} <= {
                    d.date.starts_at for d in said.dates if d.refusal is not None
                }
        transaction.set_rollback(True)


def asked(room, request):
    return replace(request, room_id=None if room is None else room.id)


def answer_of(scene, who, room, request):
    """The booking, or why there is none."""
    try:
        return book(asked(room, request), actor=factories.actor(getattr(scene, who)))
    except (Refusal, Invalid, NotFound, Forbidden) as error:
        return error


def starts(booking, state):
    return list(
        booking.occurrences.filter(state=state).order_by("starts_at").values_list("starts_at", flat=True)
    )


def alike(refusal):
    return (refusal.code, refusal.limit, refusal.in_use, refusal.asked, refusal.unit, refusal.conflicts)


# --- what it names --------------------------------------------------------------------------------------------


def test_each_refused_date_comes_with_what_can_be_had_instead(world, anna):
    taken = book(wish(10, day=1, room_id=world.big.id, seats=5), actor=anna)

    found = previewed(wish(10, room_id=world.big.id, seats=5, rrule="FREQ=DAILY;COUNT=3"), actor=anna)

    assert codes(found) == [None, "slot_taken", None]
    assert (found.fits, found.refusal.code, found.room, found.seats) == (False, "slot_taken", world.big, 5)
    [date] = taken.occurrences.all()
    assert offers(found.dates[1]) == [
        ("Beratung", date.starts_at, None),
        ("Großer Saal", date.starts_at + timedelta(hours=1), None),
        ("Großer Saal", date.starts_at - timedelta(hours=1), None),
    ]


def test_with_partial_it_fits_as_soon_as_one_date_does(world, anna):
    book(wish(10, day=1, room_id=world.big.id, seats=5), actor=anna)
    series = wish(10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=3", partial=True, seats=5)
    found = previewed(series, actor=anna)
    assert (found.fits, codes(found)) == (True, [None, "slot_taken", None])


def test_a_full_server_offers_less_and_other_times(world, anna):
    book(wish(10, room_id=world.big.id, seats=50), actor=anna)

    found = previewed(wish(10, room_id=world.shared.id, seats=30), actor=anna)
    assert found.fits

    book(wish(10, room_id=world.shared.id, seats=30), actor=anna)
    third = factories.room("Dritter", 40, world.im, world.pool, world.standard)
    found = previewed(wish(10, room_id=third.id, seats=20), actor=anna)
    assert codes(found) == ["no_capacity"]
    [date] = found.dates
    assert (date.refusal.limit, date.refusal.in_use, date.refusal.asked) == (40, 30, 20)
    assert offers(date)[0] == ("", date.date.starts_at, 10)
    assert [offer[1] for offer in offers(date)[1:]] == [
        date.date.starts_at + timedelta(hours=1),
        date.date.starts_at - timedelta(hours=1),
    ]


def test_every_offer_can_be_booked(world, anna):
    book(wish(10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=3", seats=50), actor=anna)
    found = previewed(
        wish(9.5, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=3", seats=20, hours=2), actor=anna
    )
    for one in found.dates:
        assert one.refusal.alternatives
        for offer in one.refusal.alternatives:
            booked = book(
                wish(
                    seats=offer.seats or 20,
                    room_id=offer.room_id or world.big.id,
                    starts_local=offer.starts_at.replace(tzinfo=None),
                    duration=offer.ends_at - offer.starts_at,
                    timezone="UTC",
                ),
                actor=anna,
            )
            cancel(booked.id, actor=anna)


def test_any_room_names_the_smallest_that_fits(world, anna):
    assert preview(wish(seats=5), actor=anna).room == world.small
    book(wish(room_id=world.small.id), actor=anna)
    assert preview(wish(seats=5), actor=anna).room == world.shared


def test_a_series_without_end_names_how_far_it_would_be_promised(world, anna):
    found = previewed(wish(rrule="FREQ=WEEKLY", room_id=world.small.id), actor=anna)
    assert found.plan.promised_until == found.dates[-1].date.starts_at


def test_times_that_cannot_be_booked_at_all_are_a_refusal_without_dates(world, anna):
    found = previewed(wish(day=200, room_id=world.small.id), actor=anna)
    assert codes(found) == ["beyond_horizon"]
    found = previewed(wish(hours=25, room_id=world.small.id), actor=anna)
    assert (found.refusal.code, found.dates) == ("too_long", ())


def test_what_cannot_be_understood_or_is_foreign_is_no_answer(world, anna):
    with pytest.raises(Invalid):
        preview(wish(rrule="FREQ=OFTEN"), actor=anna)
    foreign = factories.room("Fremd", 5, world.fm, world.pool, world.standard)
    with pytest.raises(NotFound):
        preview(wish(room_id=foreign.id), actor=anna)
    booking = book(wish(room_id=world.small.id), actor=anna)
    with pytest.raises(NotFound):
        preview(wish(room_id=world.small.id), actor=factories.actor(world.clara), booking_id=booking.id)


# --- a change -------------------------------------------------------------------------------------------------


def test_what_the_booking_has_itself_is_no_obstacle(world, anna):
    factories.quota(world.im, seats=60, seat_hours=60)
    booking = book(wish(10, room_id=world.big.id, seats=60), actor=anna)
    moved = wish(10.5, room_id=world.big.id, seats=60)

    assert codes(preview(moved, actor=anna)) == ["slot_taken"]
    assert preview(moved, actor=anna, booking_id=booking.id).fits
    change(booking.id, ChangeRequest(starts_local=moved.starts_local), actor=anna)


def test_dropped_dates_stay_dropped(world, anna):
    booking = book(wish(room_id=world.small.id, rrule="FREQ=DAILY;COUNT=3"), actor=anna)
    cancel_occurrence(booking.occurrences.all()[1].id, actor=anna)
    later = wish(11, room_id=world.small.id, rrule="FREQ=DAILY;COUNT=3")
    found = previewed(later, actor=anna, booking_id=booking.id)
    assert [one.date.recurrence_id for one in found.dates] == [at(11), at(11, day=2)]


def test_dates_that_have_begun_are_left_out(world, anna):
    booking = book(wish(room_id=world.small.id, rrule="FREQ=DAILY;COUNT=3"), actor=anna)
    with patch("django.utils.timezone.now", return_value=booking.occurrences.all()[0].ends_at):
        same = wish(room_id=world.small.id, rrule="FREQ=DAILY;COUNT=3")
        found = previewed(same, actor=anna, booking_id=booking.id)
    assert (found.fits, len(found.dates)) == (True, 2)


# --- reads only, and few ---------------------------------------------------------------------------------------


def test_it_stores_nothing(world, anna):
    book(wish(10, room_id=world.big.id, seats=5), actor=anna)

    def rows():
        return [model.objects.count() for model in (Booking, Occurrence, LedgerStep, AuditEntry)]

    before = rows()
    with CaptureQueriesContext(connection) as queries:
        preview(wish(10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=9", seats=5), actor=anna)
    assert rows() == before
    written = [q["sql"] for q in queries if not q["sql"].lstrip().startswith(("SELECT", "WITH"))]
    assert written == []
    assert not any("FOR " in q["sql"] for q in queries)


@pytest.mark.parametrize("named", [True, False])
def test_the_number_of_queries_does_not_grow_with_the_dates(world, anna, named):
    room = world.big.id if named else None
    book(wish(10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=60", seats=5), actor=anna)

    def queries(count):
        with CaptureQueriesContext(connection) as found:
            preview(wish(10, room_id=room, rrule=f"FREQ=DAILY;COUNT={count}", seats=5), actor=anna)
        return len(found)

    assert queries(52) == queries(2)
