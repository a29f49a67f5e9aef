# SPDX-License-Identifier: EUPL-1.2
"""R6.8: a new link and new PINs; the old ones open nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import wish
from vconf.bookings.errors import AlreadyCancelled
from vconf.bookings.joining import JoinView, find_join, find_joins_by_room
from vconf.bookings.models import Booking, HistoryEntry, JoinLink
from vconf.bookings.renewing import renew_link
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.series import split_booking
from vconf.bookings.services import book, cancel
from vconf.errors import Forbidden, NotFound, VersionConflict
from vconf.outbox.models import Message

pytestmark = pytest.mark.django_db


def join_of(token: str) -> JoinView:
    view = find_join(token, now=timezone.now())
    assert view is not None
    return view


def test_the_old_link_opens_nothing_and_the_new_one_the_meeting(world, anna):
    now = timezone.now()
    booking = book(
        wish(starts_local=now.replace(tzinfo=None, microsecond=0), timezone="UTC", room_id=world.big.id),
        actor=anna,
    )
    old = booking.join_link

    renewed = renew_link(booking.id, actor=anna, expected_version=1)

    new = JoinLink.objects.get(id=renewed.join_link_id)
    assert find_join(old.token, now=now) is None
    assert join_of(new.token).can_be_joined
    assert not {old.token, old.pin, old.moderator_pin} & {new.token, new.pin, new.moderator_pin}
    assert JoinLink.objects.get(id=old.id).retired_at is not None
    assert [view.link.id for view in find_joins_by_room(world.big.slug, now=now)] == [new.id]
    assert (renewed.version, renewed.sequence) == (2, 1)
    told = Message.objects.filter(fact="BookingChanged").get()
    assert told.payload["what"] == ["link"]
    line = HistoryEntry.objects.latest("at")
    assert (line.action, line.changes) == ("link_renewed", {})


def test_both_parts_of_a_split_series_get_the_new_link(world, anna):
    series = book(wish(room_id=world.big.id, seats=5, rrule="FREQ=DAILY;COUNT=4"), actor=anna)
    third = series.occurrences.order_by("starts_at")[2]
    second = split_booking(third.id, ChangeRequest(), actor=anna)
    link = renew_link(second.id, actor=anna).join_link
    assert set(Booking.objects.values_list("join_link", flat=True)) == {link.id}
    assert Message.objects.filter(fact="BookingChanged", payload__what=["link"]).count() == 2


def test_rights_come_first_then_the_version_then_the_state(world, anna):
    booking = book(wish(room_id=world.big.id, invite=world.bernd.email), actor=anna)
    for person, error in ((world.clara, NotFound), (world.bernd, Forbidden), (world.anna, VersionConflict)):
        with pytest.raises(error):
            renew_link(booking.id, actor=factories.actor(person), expected_version=7)
    cancel(booking.id, actor=anna)
    with pytest.raises(AlreadyCancelled):
        renew_link(booking.id, actor=anna)


def test_a_repeat_with_the_same_key_renews_once(world, anna):
    booking = book(wish(room_id=world.big.id), actor=anna)
    first = renew_link(booking.id, actor=anna, idempotency_key="k")
    assert renew_link(booking.id, actor=anna, idempotency_key="k").join_link_id == first.join_link_id
