# SPDX-License-Identifier: EUPL-1.2
"""Sign-ins that end, sights that are shared, and how much of the database that takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.factories import World
from tests.realtime.sockets import session_of
from vconf.authorities.models import ApiToken, Authority, Membership, Person, Role
from vconf.realtime.sight import (
    SightBook,
    SignIn,
    sign_in_by_session,
    sign_in_by_token,
    stale_until,
    still_signed_in,
)
from vconf.realtime.status import refresh_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


def by_token(person: Person) -> SignIn:
    sign_in = sign_in_by_token(factories.token(person))
    assert sign_in is not None
    return sign_in


def test_a_sign_in_holds_nothing_that_opens_another(world: World) -> None:
    token = factories.token(world.anna)
    assert token not in repr(sign_in_by_token(token))


def test_an_expired_session_signs_nobody_in(world: World) -> None:
    key = session_of(world.anna)
    sign_in = sign_in_by_session(key)
    assert sign_in is not None
    assert still_signed_in([sign_in]) == {sign_in}
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert still_signed_in([sign_in]) == set()
    assert sign_in_by_session(key) is None


def test_an_expired_token_ends_the_sign_in(world: World) -> None:
    sign_in = by_token(world.anna)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert still_signed_in([sign_in]) == set()


def test_looking_again_takes_the_same_queries_for_many(world: World) -> None:
    few = [by_token(world.anna)]
    many = [*few, *(by_token(factories.person(f"Person {number}", world.im)) for number in range(20))]
    book = SightBook()
    book.look_again({one.person_id for one in many})
    counts = []
    for sign_ins in (few, many):
        with CaptureQueriesContext(connection) as queries:
            assert still_signed_in(sign_ins) == set(sign_ins)
            book.look_again({one.person_id for one in sign_ins})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_the_same_memberships_share_one_sight(world: World) -> None:
    sights = SightBook().look_again({world.anna.id, world.bernd.id, world.clara.id})
    assert sights[world.anna.id] is sights[world.bernd.id]
    assert sights[world.anna.id] is not sights[world.clara.id]
    assert sights[world.clara.id].rooms == {world.shared.id}


def test_no_membership_no_sight(world: World) -> None:
    stranger = factories.person("Fremd")
    sight = SightBook().sight_of(stranger.id)
    assert (sight.rooms, sight.admin_ids, sight.is_operator) == (frozenset(), frozenset(), False)


def _open_a_room(world: World) -> None:
    world.small.open_to_all = True
    world.small.save()


def _move_an_authority(world: World) -> None:
    Authority.objects.filter(id=world.fm.id).update(parent=world.im)


def _add_a_membership(world: World) -> None:
    Membership.objects.create(person=world.clara, authority=world.im, role=Role.STAFF)


@pytest.mark.parametrize("happens", [_open_a_room, _move_an_authority, _add_a_membership])
def test_a_change_of_rooms_tree_or_memberships_is_seen(
    world: World, happens: Callable[[World], None]
) -> None:
    book = SightBook()
    assert world.small.id not in book.sight_of(world.clara.id).rooms
    happens(world)
    assert world.small.id in book.look_again({world.clara.id})[world.clara.id].rooms


def test_a_cursor_goes_stale_when_the_sight_changes(world: World) -> None:
    refresh_all()
    book = SightBook()
    assert stale_until(world.clara.id, book.sight_of(world.clara.id)) == 2  # cursor 3 is good
    assert stale_until(world.clara.id, book.sight_of(world.clara.id)) == 2
    _add_a_membership(world)
    assert stale_until(world.clara.id, book.sight_of(world.clara.id)) == 3
