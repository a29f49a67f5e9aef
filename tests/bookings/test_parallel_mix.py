# SPDX-License-Identifier: EUPL-1.2
"""Everything that can be done to a few bookings, by everybody who may, at the same moment: each act is done or
refused, nobody waits in a circle, and every promise holds.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from tests.threads import at_once
from vconf.authorities.deputies import name_deputy
from vconf.authorities.models import Membership, Role
from vconf.bookings import approvals
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Approval, Booking, Occurrence
from vconf.bookings.renewing import renew_link
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.restoring import restore_booking, restore_occurrence
from vconf.bookings.series import cancel_following, cancel_occurrence, change_occurrence, split_booking
from vconf.bookings.services import book, cancel, change
from vconf.bookings.transferring import transfer_booking
from vconf.errors import DomainError
from vconf.rooms.models import Approver

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 4
ACTS = 25
#: what is done, and how often beside the others
OFTEN = {
    "book": 2,
    "change": 3,
    "move": 3,
    "split": 1,
    "transfer": 3,
    "link": 2,
    "decide": 3,
    "lapse": 0.2,
    "drop": 2,
    "back": 4,
    "end": 0.5,
    "cancel": 2,
    "restore": 4,
}


@pytest.mark.parametrize("seed", range(2))
def test_every_act_at_once_is_done_or_refused(seed):
    world = factories.world()
    # each may charge the ministry of the other, so what is handed over can change who pays
    Membership.objects.create(person=world.anna, authority=world.fm, role=Role.STAFF)
    Membership.objects.create(person=world.clara, authority=world.im, role=Role.STAFF)
    kind = factories.room_class(world.land, "Vertraulich", approval="always", approval_hours=48)
    rooms = [factories.room(f"Lage {n}", 50, world.land, world.pool, kind) for n in range(2)]
    decider = factories.person("Dora Decider", world.im)
    Approver.objects.create(room_class=kind, person=decider)
    for principal in (world.anna, world.clara):
        name_deputy(world.bernd.email, actor=factories.actor(principal))
    for n in range(3):
        rule = "FREQ=DAILY;COUNT=3" if n else ""
        book(
            wish(8 + 2 * n, room_id=rooms[n % 2].id, seats=10, rrule=rule), actor=factories.actor(world.anna)
        )
    ends: Counter[str] = Counter()

    def work(number: int) -> None:
        dice = random.Random(seed * 100 + number)
        for _act in range(ACTS):
            try:
                act = one_act(dice, world, rooms, decider)
                ends[act] += 1
            except DomainError as error:
                ends[error.code] += 1

    at_once(THREADS, work)

    assert audit_invariants() == []
    assert sum(ends.values()) == THREADS * ACTS
    for booking in Booking.objects.all():
        waits = booking.occurrences.filter(state="pending").exists()
        asked = booking.approvals.filter(state="asked").count()
        assert asked == (1 if waits else 0)
    assert len(ends) > 5, ends


def one_act(dice: random.Random, world, rooms, decider) -> str:
    """Draw an act, a booking and a caller, and do it; raises the refusal."""
    caller = factories.actor(dice.choice([world.anna, world.bernd, world.clara]))
    booking = dice.choice(list(Booking.objects.order_by("id")))
    date = dice.choice(list(Occurrence.objects.filter(booking=booking)))
    [act] = dice.choices(list(OFTEN), list(OFTEN.values()))
    match act:
        case "book":
            rule = dice.choice(["", "FREQ=DAILY;COUNT=3"])
            wanted_room = dice.choice([*rooms, world.shared])
            wanted = wish(dice.randint(7, 18), room_id=wanted_room.id, seats=10, rrule=rule)
            book(wanted, actor=factories.actor(world.anna))
        case "decide" | "lapse":
            asked = dice.choice(list(Approval.objects.order_by("id")))
            if act == "decide":
                yes = dice.random() < 0.6
                approvals.decide(asked.id, approve=yes, reason="Nein.", actor=factories.actor(decider))
            else:
                approvals.lapse(asked.id, now=timezone.now() + timedelta(days=1000))
        case "cancel":
            cancel(booking.id, actor=caller)
        case "change":
            other = ChangeRequest(room_id=dice.choice([*rooms, world.shared]).id, seats=dice.randint(5, 20))
            change(booking.id, other, actor=caller)
        case "restore":
            restore_booking(booking.id, actor=caller)
        case "transfer":
            transfer_booking(booking.id, dice.choice([world.anna, world.clara]).email, actor=caller)
        case "link":
            renew_link(booking.id, actor=caller)
        case "drop":
            cancel_occurrence(date.id, actor=caller)
        case "end":
            cancel_following(date.id, actor=caller)
        case "back":
            restore_occurrence(date.id, following=dice.random() < 0.5, actor=caller)
        case "move":
            hour = dice.randint(7, 18)
            moved = ChangeRequest(starts_local=at(hour, day=dice.randint(0, 2)))
            change_occurrence(date.id, moved, actor=caller)
        case "split":
            split_booking(date.id, ChangeRequest(starts_local=at(dice.randint(7, 18), day=1)), actor=caller)
    return act
