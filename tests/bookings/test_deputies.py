# SPDX-License-Identifier: EUPL-1.2
"""Booking for somebody: with their rights, at the cost of their authority, and only as long as one is their deputy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.audit.models import AuditEntry
from vconf.bookings.errors import QuotaExceeded
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.joining import JoinView, find_join
from vconf.bookings.mail_views import mail_view
from vconf.bookings.models import HistoryEntry
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.selectors import get_booking, list_bookings
from vconf.bookings.services import book, cancel, change
from vconf.bookings.sight import Sight, bookings_of
from vconf.bookings.status_sources import dates_around
from vconf.errors import NotFound

pytestmark = pytest.mark.django_db


def join_of(token: str) -> JoinView:
    view = find_join(token, now=timezone.now())
    assert view is not None
    return view


@pytest.fixture
def world() -> factories.World:
    """Clara of the ministry of finance stands in for Anna of the interior."""
    world = factories.world()
    factories.deputy(world.clara, world.anna)
    return world


def for_anna(world, **fields):
    return wish(**{"room_id": world.big.id, "seats": 5, "organiser_id": world.anna.id, **fields})


def test_the_principal_organises_and_the_deputy_has_booked(world):
    """In a room of the interior, which Clara herself may not book, charged to the interior."""
    booking = book(for_anna(world), actor=factories.actor(world.clara))

    assert (booking.organiser, booking.booked_by) == (world.anna, world.clara)
    assert booking.authority_id == world.im.id
    mail = mail_view(booking.id)
    assert mail is not None
    assert mail.booked_by_name == world.clara.name
    entry = AuditEntry.objects.get(action="booking.book")
    assert (entry.actor_person_id, entry.changes["organiser"]) == (world.clara.id, str(world.anna.id))
    assert HistoryEntry.objects.get(booking=booking).person == world.clara
    with pytest.raises(NotFound):
        book(for_anna(world, hour=12, organiser_id=None), actor=factories.actor(world.clara))


def test_the_quota_of_the_principal_decides(world):
    factories.quota(world.im, seats=4)
    with pytest.raises(QuotaExceeded):
        book(for_anna(world), actor=factories.actor(world.clara))
    refused = AuditEntry.objects.get(outcome="refused")
    assert (refused.actor_person_id, refused.authority_id) == (world.clara.id, world.im.id)


def test_absent_and_foreign_principals_are_alike(world):
    clara = factories.actor(world.clara)
    told = []
    for organiser_id in (world.bernd.id, world.im.id):
        with pytest.raises(NotFound) as refused:
            book(for_anna(world, organiser_id=organiser_id), actor=clara)
        told.append((str(refused.value), refused.value.fields))
    assert told[0] == told[1]


def test_a_deputy_does_with_the_principals_bookings_what_the_principal_does(world):
    booking = book(wish(room_id=world.big.id), actor=factories.actor(world.anna))
    clara = factories.actor(world.clara)

    view = get_booking(booking.id, actor=clara)
    assert (view.sight, view.may_change, view.may_cancel, view.may_moderate) == (Sight.FULL, True, True, True)
    assert [one.id for one in list_bookings(clara, text="Lage")] == [booking.id]

    # to a room that the principal may book, and the deputy not
    change(booking.id, ChangeRequest(room_id=world.small.id, starts_local=at(12)), actor=clara)
    cancel(booking.id, actor=clara)
    people = HistoryEntry.objects.filter(booking=booking).values_list("action", "person__name")
    assert list(people) == [
        ("booked", "Anna Amsel"),
        ("changed", "Clara Clasen"),
        ("cancelled", "Clara Clasen"),
    ]
    assert audit_invariants() == []


def test_what_the_principal_is_only_invited_to_stays_hidden(world):
    booking = book(wish(room_id=world.big.id, invite=world.anna.email), actor=factories.actor(world.bernd))
    with pytest.raises(NotFound):
        get_booking(booking.id, actor=factories.actor(world.clara))


def test_with_the_deputyship_ends_everything_also_for_what_the_deputy_booked(world):
    booking = book(for_anna(world), actor=factories.actor(world.clara))
    token = booking.join_link.token
    assert world.clara.id in join_of(token).moderators()

    world.anna.deputies.all().delete()

    former = factories.actor(world.clara)
    with pytest.raises(NotFound):
        get_booking(booking.id, actor=former)
    with pytest.raises(NotFound):
        change(booking.id, ChangeRequest(title="x"), actor=former)
    with pytest.raises(NotFound):
        cancel(booking.id, actor=former)
    assert not bookings_of(former).exists()
    assert world.clara.id not in join_of(token).moderators()


def test_deputies_see_the_details_of_the_room_live(world):
    now = timezone.now()
    book(
        for_anna(world, starts_local=now.replace(tzinfo=None, microsecond=0), timezone="UTC"),
        actor=factories.actor(world.clara),
    )
    [source] = dates_around([world.big.id], now=now)[world.big.id]
    assert source.audience == {world.anna.id, world.clara.id}
    world.anna.deputies.all().delete()
    [source] = dates_around([world.big.id], now=now)[world.big.id]
    assert source.audience == {world.anna.id}


def test_a_repeat_by_the_deputy_gets_the_same_booking(world):
    clara = factories.actor(world.clara)
    request = for_anna(world, idempotency_key="k")
    assert book(request, actor=clara) == book(replace(request), actor=clara)
