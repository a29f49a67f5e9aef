# SPDX-License-Identifier: EUPL-1.2
"""When people and rooms have something, and no more than that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.bookings.wishes import wish
from vconf.authorities.rights import Actor
from vconf.bookings.answering import answer
from vconf.bookings.free_busy import LONGEST_RANGE, busy_times, merged
from vconf.bookings.models import Occurrence
from vconf.bookings.services import book
from vconf.errors import Invalid

pytestmark = pytest.mark.django_db


def hours(found, one, since):
    """(first hour, last hour, kind), counted from an instant."""
    return [
        ((p.starts_at - since) / timedelta(hours=1), (p.ends_at - since) / timedelta(hours=1), p.kind)
        for p in found[one]
    ]


def asked(world, actor, since, until=24, **what):
    what = what or {"person_ids": [world.bernd.id]}
    return busy_times(actor=actor, starts_at=since, ends_at=since + timedelta(hours=until), **what)


def test_periods_are_merged_and_what_is_sure_hides_what_is_not(world, anna):
    bernd = factories.actor(world.bernd)
    invited = {"invite": world.bernd.email}
    first = book(wish(8, hours=2, **invited), actor=anna)
    perhaps = book(wish(9, hours=3, **invited), actor=anna)
    book(wish(11, hours=0.5, **invited), actor=anna)
    declined = book(wish(14, **invited), actor=anna)
    answer(perhaps.id, partstat="TENTATIVE", actor=bernd)
    answer(declined.id, partstat="DECLINED", actor=bernd)
    since = Occurrence.objects.get(booking=first).starts_at

    assert hours(asked(world, anna, since), world.bernd.id, since) == [
        (0, 2, "BUSY"),
        (2, 3, "BUSY-TENTATIVE"),
        (3, 3.5, "BUSY"),
        (3.5, 4, "BUSY-TENTATIVE"),
    ]
    # a range cuts off what sticks out of it
    assert hours(asked(world, anna, since + timedelta(hours=1), 0.5), world.bernd.id, since) == [
        (1, 1.5, "BUSY")
    ]
    assert hours(asked(world, anna, since, person_ids=[world.anna.id]), world.anna.id, since) == [
        (0, 4, "BUSY"),
        (6, 7, "BUSY"),
    ]


FIRST, LAST = 4, 20


@given(st.lists(st.tuples(st.integers(0, LAST - 1), st.integers(FIRST + 1, 24), st.booleans()), max_size=12))
def test_every_hour_is_as_busy_as_the_firmest_stretch_says(stretches):
    """Those of one hour at least that overlap the range, as the database finds them."""
    stretches = [one for one in stretches if one[0] < one[1]]

    def at(hour):
        return datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=hour)

    found = merged(
        [(at(begins), at(ends), perhaps) for begins, ends, perhaps in stretches], at(FIRST), at(LAST)
    )

    for hour in range(24):
        holding = {perhaps for begins, ends, perhaps in stretches if begins <= hour < ends}
        kind = "BUSY" if False in holding else "BUSY-TENTATIVE" if holding else None
        told = [one.kind for one in found if one.starts_at <= at(hour) < one.ends_at]
        assert told == ([kind] if kind and FIRST <= hour < LAST else [])
    assert all(one.ends_at < then.starts_at or one.kind != then.kind for one, then in pairwise(found))


def test_rooms_are_busy_with_their_buffers_and_tentative_until_approved(world, anna):
    kind = factories.room_class(world.im, "Genehmigt", approval="always", buffer_before_minutes=30)
    hall = factories.room("Saal", 20, world.im, world.pool, kind)
    waits = book(wish(9, room_id=hall.id), actor=anna)
    stands = book(wish(9, room_id=world.small.id), actor=factories.actor(world.bernd))
    assert stands.id != waits.id
    since = Occurrence.objects.get(booking=waits).starts_at - timedelta(hours=1)

    found = asked(world, anna, since, room_ids=[hall.id, world.small.id])

    assert hours(found, hall.id, since) == [(0.5, 2, "BUSY-TENTATIVE")]
    assert hours(found, world.small.id, since) == [(1, 2, "BUSY")]


def test_rooms_that_are_not_seen_and_callers_who_are_nobody_get_nothing(world, anna):
    book(wish(9, room_id=world.small.id), actor=anna)
    since = Occurrence.objects.get().starts_at
    clara = factories.actor(world.clara)

    assert asked(world, clara, since, room_ids=[world.small.id]) == {}
    assert list(asked(world, clara, since, person_ids=[world.anna.id])) == [world.anna.id]
    assert asked(world, Actor.nobody(), since, person_ids=[world.anna.id], room_ids=[world.shared.id]) == {}


def test_only_a_meeting_of_ones_own_is_left_out(world, anna):
    book(wish(9, uid="plan@client", invite=world.bernd.email), actor=anna)
    since = Occurrence.objects.get().starts_at

    def left(actor):
        return asked(world, actor, since, person_ids=[world.anna.id], except_uid="plan@client")[world.anna.id]

    assert left(anna) == []
    assert len(left(factories.actor(world.bernd))) == 1


def test_the_range_is_bounded(world, anna):
    since = (book(wish(9), actor=anna)).created_at
    for until in (timedelta(0), LONGEST_RANGE + timedelta(seconds=1)):
        with pytest.raises(Invalid):
            busy_times(actor=anna, person_ids=[world.anna.id], starts_at=since, ends_at=since + until)


def test_many_people_are_asked_about_in_as_many_statements_as_one(world, anna):
    people = [world.bernd, world.dora, world.clara, world.admin]
    booking = book(wish(9, invite=" ".join(person.email for person in people)), actor=anna)
    since = Occurrence.objects.get(booking=booking).starts_at

    def statements(count: int) -> int:
        with CaptureQueriesContext(connection) as context:
            found = asked(world, anna, since, person_ids=[person.id for person in people[:count]])
        assert all(found.values())
        return len(context)

    assert statements(1) == statements(4) == 1
