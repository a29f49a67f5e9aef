# SPDX-License-Identifier: EUPL-1.2
"""R6.1, R6.2: links and PINs cannot be guessed, are unlike one another, and stand nowhere in clear."""

from __future__ import annotations

import string

import pytest
from django.db import IntegrityError, connection, transaction

from tests import factories
from tests.bookings.wishes import wish
from vconf.bookings import links
from vconf.bookings.links import find_link, new_link
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import Booking, JoinLink
from vconf.bookings.services import book, cancel

pytestmark = pytest.mark.django_db

MANY = 200


def test_a_token_has_192_random_bits() -> None:
    tokens = {new_link().token for _ in range(MANY)}

    assert len(tokens) == MANY
    for token in tokens:
        assert len(token) * 6 == 192
        assert set(token) <= set(string.ascii_letters + string.digits + "-_")
    # all of it varies: no place holds the same character in all of them
    assert all(len({token[place] for token in tokens}) > 20 for place in range(32))


def test_pins_have_nine_digits_and_a_guests_is_never_a_moderators() -> None:
    made = [new_link() for _ in range(MANY)]

    for link in made:
        for pin in (link.pin, link.moderator_pin):
            assert len(pin) == 9 and pin.isascii() and pin.isdigit()
    assert {link.pin[0] for link in made} == set("1234")
    assert {link.moderator_pin[0] for link in made} == set("56789")
    assert len({link.pin for link in made}) == MANY


@pytest.mark.django_db(transaction=True)
def test_a_pin_that_a_living_link_has_is_not_given_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = factories.world()
    pins = iter(
        ["100000000", "500000000", "100000000", "500000001", "100000001", "500000000", "100000002", "5"]
    )
    monkeypatch.setattr(links, "new_pin", lambda _: next(pins))
    anna = factories.actor(world.anna)
    book(wish(room_id=world.small.id, seats=3), actor=anna)

    second = book(wish(room_id=world.big.id, seats=3), actor=anna)

    assert (second.join_link.pin, second.join_link.moderator_pin) == ("100000002", "5")
    assert Booking.objects.count() == 2


def test_the_database_keeps_pins_of_living_links_apart() -> None:
    first, second = new_link(), new_link()
    first.save(force_insert=True)
    second.pin_hash = first.pin_hash

    with pytest.raises(IntegrityError, match=r"join_link_pin|pin_hash"), transaction.atomic():
        second.save(force_insert=True)


def test_a_link_is_found_by_its_token_and_by_nothing_else() -> None:
    link = new_link()
    link.save(force_insert=True)

    assert find_link(link.token) == link
    for other in ("", link.token[:-1], link.token.swapcase(), link.token_hash, str(link.id), "%" * 32):
        assert find_link(other) is None


def test_neither_token_nor_pin_stands_in_the_database() -> None:
    world = factories.world()
    link = book(wish(room_id=world.small.id, seats=3), actor=factories.actor(world.anna)).join_link

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bookings_joinlink")
        row = " ".join(str(value) for value in cursor.fetchone())
    for secret in (link.token, link.pin, link.moderator_pin):
        assert secret not in row
    assert JoinLink.objects.get().pin == link.pin


def test_a_cancelled_bookings_link_is_retired() -> None:
    world = factories.world()
    anna = factories.actor(world.anna)
    booking = book(wish(room_id=world.small.id, seats=3), actor=anna)

    cancel(booking.id, actor=anna)

    assert JoinLink.objects.get().retired_at is not None


def test_every_meeting_has_a_name_of_its_own_on_its_server() -> None:
    world = factories.world()
    anna = factories.actor(world.anna)
    dates = [
        book(wish(hour, room_id=world.small.id, seats=3), actor=anna).occurrences.get()
        for hour in range(8, 16)
    ]

    names = {open_occurrence(date.id).external_id for date in dates}

    assert len(names) == len(dates)
    # 18 random bytes behind the prefix
    assert all(name.startswith("vconf-") and len(name) == len("vconf-") + 24 for name in names)
