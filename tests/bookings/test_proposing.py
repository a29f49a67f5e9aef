# SPDX-License-Identifier: EUPL-1.2
"""Somebody invited would like another time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.audit.models import AuditEntry
from vconf.authorities.rights import Actor
from vconf.bookings import proposing
from vconf.bookings.answering import answer
from vconf.bookings.errors import (
    AlreadyCancelled,
    AlreadyDecided,
    InPast,
    SlotTaken,
    TooLong,
    TooManyProposals,
)
from vconf.bookings.models import Booking, Occurrence, Proposal
from vconf.bookings.proposal_views import list_proposals, state_of
from vconf.bookings.proposing import decline_proposal, propose, take_proposal
from vconf.bookings.recurrence import to_instant
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.series import cancel_occurrence, change_occurrence
from vconf.bookings.services import book, cancel, change
from vconf.errors import Forbidden, Invalid, NotFound, VersionConflict
from vconf.outbox.models import Message

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def moment(hour: float, day: int = 0) -> datetime:
    return to_instant(at(hour, day=day), "Europe/Berlin")


@pytest.fixture
def clara(world) -> Actor:
    return factories.actor(world.clara)


@pytest.fixture
def booking(world, anna):
    return book(wish(9, room_id=world.big.id, invite=f"{world.bernd.email} {world.clara.email}"), actor=anna)


@pytest.fixture
def series(world, anna):
    """Three days in a row; Bernd is invited."""
    rule = "FREQ=DAILY;COUNT=3"
    return book(wish(13, room_id=world.big.id, rrule=rule, invite=world.bernd.email), actor=anna)


def proposed(booking, actor, starts_at, **more) -> Proposal:
    own = actor.person.email if actor.person is not None else ""
    wanted: dict[str, Any] = {"address": own, "duration": HOUR, "comment": "", "now": timezone.now()} | more
    return propose(booking.id, starts_at=starts_at, actor=actor, **wanted)


def times(booking) -> list[datetime]:
    return list(Occurrence.objects.filter(booking=booking).values_list("starts_at", flat=True))


def states(booking, actor) -> list[str]:
    now = timezone.now()
    return [state_of(one, now) for one in list_proposals(booking.id, actor=actor)]


def test_a_proposal_moves_nothing_and_taking_it_moves_the_booking(world, anna, bernd, booking):
    made = proposed(booking, bernd, moment(11), comment=" Vorher geht es nicht. ")

    booking.refresh_from_db()
    assert (booking.version, booking.sequence, times(booking)) == (1, 0, [moment(9)])
    assert (made.comment, made.by_mail) == ("Vorher geht es nicht.", False)

    taken = take_proposal(made.id, actor=anna, expected_version=1)

    assert (taken.version, taken.sequence, times(booking)) == (2, 1, [moment(11)])
    assert states(booking, anna) == ["taken"]
    assert list(booking.history.values_list("action", "person__name")) == [
        ("booked", "Anna Amsel"),
        ("proposed", "Bernd Buche"),
        ("proposal_taken", "Anna Amsel"),
        ("changed", "Anna Amsel"),
    ]
    facts = list(Message.objects.order_by("id").values_list("fact", flat=True))
    assert facts == ["BookingConfirmed", "ProposalMade", "BookingChanged"]
    audited = AuditEntry.objects.filter(action__in=["booking.propose", "booking.take_proposal"])
    assert audited.count() == 2
    assert "@" not in "".join(str(row.changes) for row in audited)


def test_one_date_of_a_series_moves_alone_and_a_series_as_a_whole(anna, bernd, series):
    one = proposed(series, bernd, moment(15, day=1), recurrence_id=at(13, day=1))
    take_proposal(one.id, actor=anna)
    assert times(series) == [moment(13), moment(15, day=1), moment(13, day=2)]

    whole = proposed(series, bernd, moment(10))
    take_proposal(whole.id, actor=anna)
    assert times(series) == [moment(10), moment(12, day=1), moment(10, day=2)]


def test_what_cannot_be_had_is_refused_with_ways_out_and_the_proposal_stays_open(world, anna, bernd, booking):
    book(wish(11, room_id=world.big.id), actor=anna)
    made = proposed(booking, bernd, moment(11))

    with pytest.raises(SlotTaken) as refused:
        take_proposal(made.id, actor=anna)

    assert refused.value.alternatives
    assert times(booking) == [moment(9)]
    assert states(booking, anna) == ["open"]
    assert AuditEntry.objects.filter(action="booking.take_proposal", outcome="refused").count() == 1


def test_a_refused_date_of_a_series_has_ways_out_too(world, anna, bernd, series):
    book(wish(15, room_id=world.big.id, invite=""), actor=anna)
    made = proposed(series, bernd, moment(15), recurrence_id=at(13))

    with pytest.raises(SlotTaken) as refused:
        take_proposal(made.id, actor=anna)
    assert refused.value.alternatives


def test_declined_it_is_decided_and_its_author_is_told(anna, bernd, booking):
    made = proposed(booking, bernd, moment(11))

    decline_proposal(made.id, actor=anna)

    assert states(booking, anna) == ["declined"]
    assert Message.objects.filter(fact="ProposalDeclined").count() == 1
    for decide in (take_proposal, decline_proposal):
        with pytest.raises(AlreadyDecided):
            decide(made.id, actor=anna)
    assert times(booking) == [moment(9)]


def moved(booking, actor):
    change(booking.id, ChangeRequest(starts_local=at(14)), actor=actor)


def shortened(booking, actor):
    change(booking.id, ChangeRequest(duration=timedelta(minutes=30)), actor=actor)


def renamed(booking, actor):
    change(booking.id, ChangeRequest(title="Anders"), actor=actor)


@pytest.mark.parametrize(
    ("act", "state"), [(moved, "superseded"), (shortened, "superseded"), (renamed, "open")]
)
def test_it_is_no_longer_in_question_once_the_time_is_another(anna, bernd, booking, act, state):
    made = proposed(booking, bernd, moment(11))

    act(booking, anna)

    assert states(booking, anna) == [state]
    if state == "superseded":
        with pytest.raises(AlreadyDecided):
            take_proposal(made.id, actor=anna)


def test_nor_once_its_date_was_moved_or_dropped_the_series_moved_or_the_booking_cancelled(
    anna, bernd, series
):
    dates = list(series.occurrences.order_by("starts_at"))
    for number in range(3):
        proposed(series, bernd, moment(15, day=number), recurrence_id=at(13, day=number))
    proposed(series, bernd, moment(10))
    assert states(series, anna) == ["open"] * 4

    change_occurrence(dates[0].id, ChangeRequest(starts_local=at(17)), actor=anna)
    cancel_occurrence(dates[1].id, actor=anna)
    assert states(series, anna) == ["open", "open", "superseded", "superseded"]

    change(series.id, ChangeRequest(starts_local=at(12)), actor=anna)
    assert states(series, anna) == ["superseded"] * 4

    last = proposed(series, bernd, moment(10))
    cancel(series.id, actor=anna)
    assert states(series, anna)[0] == "superseded"
    with pytest.raises(AlreadyCancelled):
        take_proposal(last.id, actor=anna)


def test_nor_once_its_author_has_accepted_what_there_is(anna, bernd, series):
    proposed(series, bernd, moment(15), recurrence_id=at(13))
    proposed(series, bernd, moment(15, day=1), recurrence_id=at(13, day=1))

    answer(series.id, partstat="ACCEPTED", recurrence_id=at(13), actor=bernd)
    assert states(series, anna) == ["open", "superseded"]

    answer(series.id, partstat="DECLINED", actor=bernd)
    assert states(series, anna) == ["open", "open"]


def test_a_second_proposal_replaces_the_first_and_the_same_one_again_is_the_same(anna, bernd, booking):
    first = proposed(booking, bernd, moment(11))
    assert proposed(booking, bernd, moment(11)).id == first.id

    second = proposed(booking, bernd, moment(12))

    assert second.id != first.id
    assert states(booking, anna) == ["open", "superseded"]
    assert Message.objects.filter(fact="ProposalMade").count() == 2


def test_only_who_is_invited_proposes_and_for_themselves(world, anna, bernd, booking):
    deputy = factories.actor(factories.deputy(factories.person("Dieter Dohle", world.im), world.bernd).deputy)
    for actor, address in (
        (anna, world.bernd.email),
        (anna, world.anna.email),
        (bernd, world.clara.email),
        (deputy, world.bernd.email),
        (Actor.nobody(), world.bernd.email),
        (Actor.system("mail"), "fremd@example.org"),
    ):
        with pytest.raises(NotFound):
            proposed(booking, actor, moment(11), address=address)

    by_mail = proposed(
        booking, Actor.system("mail"), moment(11), address=world.bernd.email.upper(), source="mail"
    )
    assert (by_mail.by_mail, by_mail.attendee.person) == (True, world.bernd)
    assert booking.history.get(action="proposed").source == "mail"


def test_only_the_organiser_and_who_stands_in_for_them_decide(world, anna, bernd, clara, booking):
    made = proposed(booking, bernd, moment(11))
    stranger = factories.actor(factories.person("Emil Eule", world.fm))
    for decide in (take_proposal, decline_proposal):
        for actor, error in ((bernd, Forbidden), (clara, NotFound), (stranger, NotFound)):
            with pytest.raises(error):
                decide(made.id, actor=actor)
    deputy = factories.actor(factories.deputy(factories.person("Dieter Dohle", world.im), world.anna).deputy)
    with pytest.raises(VersionConflict):
        take_proposal(made.id, actor=deputy, expected_version=7)

    assert take_proposal(made.id, actor=deputy).version == 2


def test_each_sees_their_own_proposals_and_the_organiser_all(world, anna, bernd, clara, booking):
    proposed(booking, bernd, moment(11))
    proposed(booking, clara, moment(12))

    assert [one.attendee.person for one in list_proposals(booking.id, actor=bernd)] == [world.bernd]
    assert list_proposals(booking.id, actor=anna).count() == 2
    with pytest.raises(Forbidden):
        list_proposals(booking.id, actor=factories.actor(world.operator))


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"starts_at": timezone.now() - HOUR}, InPast),
        ({"starts_at": moment(9)}, Invalid),
        ({"duration": timedelta(0)}, Invalid),
        ({"duration": timedelta(hours=25)}, TooLong),
        ({"comment": "x" * 501}, Invalid),
        ({"comment": "\x00"}, Invalid),
        ({"recurrence_id": at(10)}, Invalid),
        ({"starts_at": datetime.max.replace(tzinfo=timezone.now().tzinfo)}, Invalid),
    ],
)
def test_what_is_no_time_for_a_meeting_is_not_proposed(bernd, booking, wanted, error):
    with pytest.raises(error):
        proposed(booking, bernd, **({"starts_at": moment(11)} | wanted))
    assert not Proposal.objects.exists()


def test_nothing_is_proposed_for_what_is_cancelled(anna, bernd, booking):
    cancel(booking.id, actor=anna)
    with pytest.raises(AlreadyCancelled):
        proposed(booking, bernd, moment(11))


def test_the_organiser_gets_no_more_than_so_many_a_day(monkeypatch, bernd, clara, booking):
    monkeypatch.setattr(proposing, "MOST_A_DAY", 2)
    proposed(booking, bernd, moment(11))
    proposed(booking, bernd, moment(12))

    with pytest.raises(TooManyProposals):
        proposed(booking, bernd, moment(14))
    assert proposed(booking, clara, moment(14))


def test_proposals_go_with_their_author(world, anna, bernd, booking):
    proposed(booking, bernd, moment(11))
    change(booking.id, ChangeRequest(attendees=()), actor=anna)
    assert not Proposal.objects.exists()
    assert Booking.objects.count() == 1
