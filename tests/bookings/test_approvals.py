# SPDX-License-Identifier: EUPL-1.2
"""The life of a request for approval: asked, decided, lapsed, withdrawn; and all that is pending meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.audit.models import AuditEntry
from vconf.authorities import deputies
from vconf.authorities.rights import Actor
from vconf.bookings import approvals
from vconf.bookings.approval_inbox import (
    count_approvals_waiting,
    get_approval_to_decide,
    list_approvals,
    may_decide,
)
from vconf.bookings.clock import pass_time
from vconf.bookings.errors import AlreadyDecided, NotJoinable, QuotaExceeded, SlotTaken, TooLate, TooSoon
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import Approval, HistoryEntry, Occurrence
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.restoring import restore_occurrence
from vconf.bookings.selectors import get_booking
from vconf.bookings.series import (
    cancel_following,
    cancel_occurrence,
    change_occurrence,
    split_booking,
)
from vconf.bookings.services import book, cancel, change
from vconf.bookings.sight import Sight
from vconf.bookings.transferring import transfer_booking
from vconf.errors import Forbidden, Invalid, NotFound, VersionConflict
from vconf.outbox.models import Message
from vconf.rooms.models import Approver
from vconf.rooms.services import change_room_class

pytestmark = pytest.mark.django_db


@pytest.fixture
def bernd(world, centre):
    """Approver of the situation centre's class."""
    Approver.objects.create(room_class=centre.room_class, person=world.bernd)
    return factories.actor(world.bernd)


@pytest.fixture
def centre(world):
    """The situation centre, where somebody has to approve everything."""
    kind = factories.room_class(world.im, "Vertraulich", approval="always", approval_hours=48)
    return factories.room("Lagezentrum", 50, world.im, world.pool, kind)


@pytest.fixture
def booking(centre, anna):
    return book(wish(10, room_id=centre.id, seats=20, invite="clara@fm.mv.example"), actor=anna)


@pytest.fixture
def series(centre, anna):
    return book(wish(10, room_id=centre.id, seats=20, rrule="FREQ=DAILY;COUNT=4"), actor=anna)


@pytest.fixture(autouse=True)
def _all_promises_hold():
    yield
    assert audit_invariants() == []


def states(booking) -> list[str]:
    return list(booking.occurrences.order_by("starts_at").values_list("state", flat=True))


def asked(booking) -> Approval:
    return Approval.objects.get(booking=booking, state="asked")


def facts() -> list[str]:
    return list(Message.objects.order_by("id").values_list("fact", flat=True))


def approve(booking, actor, **fields):
    return approvals.decide(asked(booking).id, approve=True, actor=actor, **fields)


def decline(booking, actor, reason="Der Raum wird gebraucht."):
    return approvals.decide(asked(booking).id, approve=False, reason=reason, actor=actor)


def history(booking) -> list[str]:
    rows = HistoryEntry.objects.filter(booking=booking, action__in=KINDS).order_by("at", "id")
    return list(rows.values_list("action", flat=True))


KINDS = ("approval_asked", "approved", "declined", "lapsed")


# --- asking


def test_a_booking_waits_and_keeps_room_seats_and_quota(world, anna, centre, booking):
    factories.quota(world.im, seats=25)

    assert states(booking) == ["pending"]
    assert get_booking(booking.id, actor=anna).status == "pending"
    with pytest.raises(SlotTaken):
        book(wish(10.5, room_id=centre.id, seats=5), actor=anna)
    with pytest.raises(QuotaExceeded) as refused:
        book(wish(10, room_id=world.big.id, seats=10), actor=anna)
    assert refused.value.in_use == 20


def test_nobody_is_invited_yet(booking):
    assert facts() == ["ApprovalAsked"]
    assert history(booking) == ["approval_asked"]


def test_the_meeting_cannot_be_opened(booking):
    with pytest.raises(NotJoinable):
        open_occurrence(booking.occurrences.get().id)


def test_it_lapses_after_the_hours_of_the_class_or_at_the_start(world, anna, centre, booking):
    soon = (timezone.now() + timedelta(hours=5)).replace(microsecond=0)
    wall = soon.replace(tzinfo=None)
    close = book(wish(room_id=centre.id, seats=5, starts_local=wall, timezone="UTC"), actor=anna)

    assert asked(booking).lapses_at - asked(booking).asked_at == timedelta(hours=48)
    assert asked(close).lapses_at == soon


def test_what_has_begun_cannot_wait(anna, centre):
    begun = (timezone.now() - timedelta(minutes=5)).replace(tzinfo=None)

    with pytest.raises(TooSoon):
        book(wish(room_id=centre.id, seats=5, starts_local=begun, timezone="UTC"), actor=anna)


@pytest.mark.parametrize(
    ("settings", "who", "seats", "expected"),
    [
        ({"approval": "never"}, "anna", 20, "confirmed"),
        ({"approval": "always"}, "anna", 20, "pending"),
        ({"approval": "always"}, "admin", 20, "confirmed"),
        ({"approval": "always"}, "chief", 20, "confirmed"),
        ({"approval": "foreign"}, "anna", 20, "confirmed"),
        ({"approval": "foreign"}, "dora", 20, "confirmed"),
        ({"approval": "foreign"}, "clara", 20, "pending"),
        ({"approval_over_seats": 20}, "anna", 20, "confirmed"),
        ({"approval_over_seats": 20}, "anna", 21, "pending"),
    ],
)
def test_who_has_to_ask_for_what(world, settings, who, seats, expected):
    kind = factories.room_class(world.im, "Eigen", **settings)
    room = factories.room("Saal", 50, world.im, world.pool, kind, open_to_all=True)
    actor = factories.actor(getattr(world, who))

    assert states(book(wish(room_id=room.id, seats=seats), actor=actor)) == [expected]


# --- deciding


def test_approved(booking, bernd):
    before = booking.version

    decided = approve(booking, bernd, reason="Gern.")

    booking.refresh_from_db()
    assert (decided.state, decided.decided_by, decided.reason) == ("approved", bernd.person, "Gern.")
    assert states(booking) == ["confirmed"]
    assert (booking.version, booking.sequence) == (before + 1, 0)
    assert facts() == ["ApprovalAsked", "ApprovalDecided", "BookingConfirmed"]
    assert history(booking) == ["approval_asked", "approved"]
    assert open_occurrence(booking.occurrences.get().id).occurrence.booking_id == booking.id


def test_declined(world, anna, centre, booking, bernd):
    decided = decline(booking, bernd)

    assert (decided.state, decided.reason) == ("declined", "Der Raum wird gebraucht.")
    assert states(booking) == ["refused"]
    assert get_booking(booking.id, actor=anna).status == "refused"
    assert "BookingConfirmed" not in facts()
    assert history(booking) == ["approval_asked", "declined"]
    assert states(book(wish(10, room_id=centre.id, seats=50), actor=anna)) == ["pending"]


def test_declining_needs_a_reason(booking, bernd):
    with pytest.raises(Invalid) as refused:
        decline(booking, bernd, reason="  ")

    assert list(refused.value.fields) == ["reason"]
    assert states(booking) == ["pending"]


def test_a_decision_is_made_once(booking, bernd):
    request = asked(booking)
    approve(booking, bernd)

    for yes in (True, False):
        with pytest.raises(AlreadyDecided):
            approvals.decide(request.id, approve=yes, reason="Doch nicht.", actor=bernd)
    assert states(booking) == ["confirmed"]


def test_about_what_was_seen(anna, booking, bernd):
    seen = booking.version
    change(booking.id, ChangeRequest(title="Etwas ganz anderes"), actor=anna)

    with pytest.raises(VersionConflict):
        approve(booking, bernd, expected_version=seen)
    assert states(booking) == ["pending"]


def test_who_decides(world, booking, bernd):
    """Approvers and admins of the class's authority and above; for others the request does not exist."""
    for name in ("clara", "dora", "operator", "auditor"):
        actor = factories.actor(getattr(world, name))
        with pytest.raises(NotFound):
            approve(booking, actor)
        assert not list_approvals(actor).exists()
    for name in ("bernd", "admin", "chief"):
        actor = factories.actor(getattr(world, name))
        assert [one.booking_id for one in list_approvals(actor)] == [booking.id]
    approve(booking, factories.actor(world.chief))


def test_nobody_decides_about_their_own(world, centre, bernd):
    own = book(wish(10, room_id=centre.id, seats=5), actor=bernd)

    assert states(own) == ["pending"]
    assert count_approvals_waiting(bernd) == 0
    with pytest.raises(Forbidden):
        approve(own, bernd)


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "decides"),
    [(None, None, True), (-1, 1, True), (1, 2, False), (-2, -1, False)],
)
def test_an_approver_decides_within_their_time(world, centre, booking, valid_from, valid_until, decides):
    def days(number):
        return None if number is None else timezone.now() + timedelta(days=number)

    Approver.objects.create(
        room_class=centre.room_class,
        person=world.bernd,
        valid_from=days(valid_from),
        valid_until=days(valid_until),
    )
    bernd = factories.actor(world.bernd)
    if decides:
        approve(booking, bernd)
    else:
        with pytest.raises(NotFound):
            approve(booking, bernd)


def test_an_approver_sees_the_request_in_full_while_it_waits_and_what_they_decided(
    world, anna, booking, bernd
):
    admin = factories.actor(world.admin)
    assert get_booking(booking.id, actor=bernd).sight is Sight.FULL
    assert get_booking(booking.id, actor=admin).sight is Sight.FULL
    assert not get_booking(booking.id, actor=bernd).may_change

    approve(booking, bernd)

    assert get_booking(booking.id, actor=bernd).sight is Sight.FULL
    assert get_booking(booking.id, actor=admin).sight is Sight.RESTRICTED
    assert [one.state for one in list_approvals(bernd, decided=True)] == ["approved"]
    assert not list_approvals(admin, decided=True).exists()


# --- lapsing, withdrawing


def test_undecided_it_lapses(anna, centre, booking, bernd):
    request = asked(booking)
    assert pass_time(request.lapses_at - timedelta(seconds=1)) == 0

    assert pass_time(request.lapses_at) == 1

    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("lapsed", None)
    assert states(booking) == ["refused"]
    assert history(booking) == ["approval_asked", "lapsed"]
    assert pass_time(request.lapses_at) == 0
    book(wish(10, room_id=centre.id, seats=5), actor=anna)


def test_after_its_time_nobody_can_approve_even_before_the_clock_comes_by(booking, bernd):
    Approval.objects.update(lapses_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(AlreadyDecided):
        approve(booking, bernd)


def test_cancelled_while_it_waits(anna, centre, booking, bernd):
    request = asked(booking)
    cancel(booking.id, actor=anna)

    request.refresh_from_db()
    assert (request.state, states(booking)) == ("withdrawn", ["cancelled"])
    with pytest.raises(AlreadyDecided):
        approvals.decide(request.id, approve=True, actor=bernd)
    assert pass_time(request.lapses_at) == 0


# --- changing


def test_title_and_people_ask_nothing(anna, booking, bernd):
    approve(booking, bernd)

    change(booking.id, ChangeRequest(title="Anders", description="Mehr", attendees=()), actor=anna)

    assert states(booking) == ["confirmed"]
    assert booking.approvals.count() == 1


@pytest.mark.parametrize(
    ("wanted", "asks"),
    [
        (ChangeRequest(starts_local=at(14)), True),
        (ChangeRequest(duration=timedelta(hours=2)), True),
        (ChangeRequest(seats=21), True),
        (ChangeRequest(seats=10), False),
    ],
)
def test_time_and_more_seats_ask_again(anna, booking, bernd, wanted, asks):
    approve(booking, bernd)

    change(booking.id, wanted, actor=anna)

    assert states(booking) == ["pending" if asks else "confirmed"]
    assert booking.approvals.filter(state="asked").count() == int(asks)


def test_the_old_time_is_free_as_soon_as_the_new_one_waits(anna, centre, booking, bernd):
    approve(booking, bernd)
    change(booking.id, ChangeRequest(starts_local=at(14)), actor=anna)

    other = book(wish(10, room_id=centre.id, seats=5), actor=anna)
    decline(booking, bernd)

    assert (states(booking), states(other)) == (["refused"], ["pending"])


def test_a_change_of_what_waits_withdraws_the_request_and_asks_anew(anna, booking, bernd):
    first = asked(booking)

    change(booking.id, ChangeRequest(seats=30), actor=anna)

    first.refresh_from_db()
    assert first.state == "withdrawn"
    assert asked(booking).id != first.id
    with pytest.raises(AlreadyDecided):
        approvals.decide(first.id, approve=True, actor=bernd)
    assert facts() == ["ApprovalAsked", "BookingChanged", "ApprovalAsked"]


def test_a_move_to_a_room_that_needs_no_approval_confirms(world, anna, booking):
    change(booking.id, ChangeRequest(room_id=world.big.id), actor=anna)

    assert states(booking) == ["confirmed"]
    assert [one.state for one in booking.approvals.all()] == ["withdrawn"]
    assert facts() == ["ApprovalAsked", "BookingChanged", "BookingConfirmed"]


def test_a_move_into_a_room_that_needs_approval_asks(world, anna, centre):
    booking = book(wish(10, room_id=world.big.id, seats=20), actor=anna)

    change(booking.id, ChangeRequest(room_id=centre.id), actor=anna)

    assert states(booking) == ["pending"]
    assert asked(booking).room_class_id == centre.room_class_id


# --- series


def test_a_series_is_asked_about_once(series, bernd):
    assert states(series) == ["pending"] * 4

    approve(series, bernd)

    assert states(series) == ["confirmed"] * 4
    assert Approval.objects.count() == 1


def test_one_date_that_moves_waits_and_the_others_stand(anna, series, bernd):
    approve(series, bernd)
    second = series.occurrences.order_by("starts_at")[1]

    change_occurrence(second.id, ChangeRequest(starts_local=at(14, day=1)), actor=anna)
    assert states(series) == ["confirmed", "pending", "confirmed", "confirmed"]
    series.refresh_from_db()
    before = series.sequence
    approve(series, bernd)

    series.refresh_from_db()
    assert states(series) == ["confirmed"] * 4
    assert series.sequence == before + 1  # calendars that were told without it learn of it
    assert facts()[-1] == "BookingChanged"


def test_one_date_declined_is_a_refused_date_and_can_be_wished_for_again(anna, series, bernd):
    approve(series, bernd)
    second = series.occurrences.order_by("starts_at")[1]
    change_occurrence(second.id, ChangeRequest(starts_local=at(14, day=1)), actor=anna)
    decline(series, bernd)

    assert states(series) == ["confirmed", "refused", "confirmed", "confirmed"]
    assert get_booking(series.id, actor=anna).status == "partly"

    change_occurrence(second.id, ChangeRequest(starts_local=at(15, day=1)), actor=anna)

    assert states(series) == ["confirmed", "pending", "confirmed", "confirmed"]


def test_dropping_dates_leaves_the_request_to_the_others(anna, series):
    first, second, *_ = series.occurrences.order_by("starts_at")
    request = asked(series)

    cancel_occurrence(first.id, actor=anna)
    assert asked(series).id == request.id
    cancel_following(second.id, actor=anna)

    request.refresh_from_db()
    assert request.state == "withdrawn"


def test_a_split_takes_its_pending_dates_along(anna, series, bernd):
    third = series.occurrences.order_by("starts_at")[2]

    second = split_booking(third.id, ChangeRequest(title="Zweite Hälfte"), actor=anna)

    assert (states(series), states(second)) == (["pending"] * 2, ["pending"] * 2)
    approve(series, bernd)
    decline(second, bernd)
    assert (states(series), states(second)) == (["confirmed"] * 2, ["refused"] * 2)


def test_two_classes_are_asked_one_after_the_other(world, anna, series, bernd):
    kind = factories.room_class(world.fm, "Kasse", approval="always")
    till = factories.room("Kassensaal", 40, world.fm, world.pool, kind, open_to_all=True)
    Approver.objects.create(room_class=kind, person=world.clara)
    clara = factories.actor(world.clara)
    first = series.occurrences.order_by("starts_at").first()
    change_occurrence(first.id, ChangeRequest(room_id=till.id), actor=anna)
    with pytest.raises(NotFound):
        approve(series, clara)

    approve(series, bernd)
    assert states(series) == ["pending", "confirmed", "confirmed", "confirmed"]
    with pytest.raises(NotFound):
        approve(series, bernd)
    approve(series, clara)

    assert states(series) == ["confirmed"] * 4


def test_with_partial_only_dates_that_can_be_had_are_asked_about(anna, centre, bernd):
    book(wish(10, day=1, room_id=centre.id, seats=5), actor=anna)

    series = book(wish(10, room_id=centre.id, seats=5, rrule="FREQ=DAILY;COUNT=3", partial=True), actor=anna)
    approve(series, bernd)

    assert states(series) == ["confirmed", "refused", "confirmed"]


# --- what else is kept of it


def test_the_audit_tells_who_decided_and_nothing_that_somebody_wrote(booking, bernd):
    decline(booking, bernd, reason="Strenggeheim")

    rows = AuditEntry.objects.filter(action__startswith="approval.").order_by("id")
    assert [(row.action, row.actor_person_id) for row in rows] == [
        ("approval.ask", booking.organiser_id),
        ("approval.declined", bernd.person_id),
    ]
    assert "Strenggeheim" not in str([(row.numbers, row.changes) for row in rows])


def test_the_audit_of_the_promises_finds_what_nobody_is_asked_about(booking):
    request = asked(booking)
    Approval.objects.update(state="withdrawn")
    [finding] = audit_invariants()
    assert (finding.invariant, str(booking.id) in finding.what) == (4, True)

    Approval.objects.filter(id=request.id).update(state="asked")
    Occurrence.objects.update(state="confirmed")
    [finding] = audit_invariants()
    assert (finding.invariant, str(booking.id) in finding.what) == (4, True)
    Occurrence.objects.update(state="pending")


def test_a_class_that_asks_no_more_leaves_what_waits_to_its_approvers(world, centre, booking, bernd):
    change_room_class(centre.room_class_id, settings={}, actor=factories.actor(world.admin))

    approve(booking, bernd)

    assert states(booking) == ["confirmed"]


def test_vconf_itself_decides_about_nothing(booking):
    with pytest.raises(NotFound):
        approve(booking, Actor.system("command"))


def test_what_was_dropped_while_it_waited_does_not_come_back_as_approved(centre, series, bernd, anna):
    """The approver decided about the other dates; nobody has ever said yes to this one."""
    dropped = series.occurrences.order_by("starts_at")[1]
    cancel_occurrence(dropped.id, actor=anna)
    approve(series, bernd)

    with pytest.raises(TooLate):
        restore_occurrence(dropped.id, actor=anna)

    assert states(series) == ["confirmed", "cancelled", "confirmed", "confirmed"]


def test_what_was_dropped_after_it_was_approved_comes_back_as_approved(centre, series, bernd, anna):
    dropped = series.occurrences.order_by("starts_at")[1]
    approve(series, bernd)
    cancel_occurrence(dropped.id, actor=anna)

    restore_occurrence(dropped.id, actor=anna)

    assert states(series) == ["confirmed"] * 4


def test_a_date_in_a_room_that_nobody_has_to_approve_comes_back_while_another_date_waits(world, centre, anna):
    weekly = book(wish(room_id=world.big.id, seats=20, rrule="FREQ=WEEKLY;COUNT=3"), actor=anna)
    first, second, _third = weekly.occurrences.order_by("starts_at")
    change_occurrence(first.id, ChangeRequest(room_id=centre.id), actor=anna)
    cancel_occurrence(second.id, actor=anna)

    restore_occurrence(second.id, actor=anna)

    assert states(weekly) == ["pending", "confirmed", "confirmed"]


def test_nobody_decides_about_a_booking_of_somebody_they_stand_in_for(world, booking, bernd):
    """Who stands in for the organiser may change and cancel it: it is as their own."""
    deputies.name_deputy(world.bernd.email, actor=factories.actor(world.anna))
    stand_in = factories.actor(world.bernd)
    request = asked(booking)

    with pytest.raises(Forbidden):
        approve(booking, stand_in)

    assert not may_decide(request, stand_in)
    assert count_approvals_waiting(stand_in) == 0
    assert states(booking) == ["pending"]


def test_a_decision_asks_again_whose_booking_it_is_once_it_is_locked(
    world, anna, booking, bernd, monkeypatch
):
    """It may have been handed to the approver between the look-up and the lock."""
    request = asked(booking)
    looked_up = get_approval_to_decide(request.id, actor=bernd)
    transfer_booking(booking.id, world.bernd.email, actor=anna)
    monkeypatch.setattr(approvals, "get_approval_to_decide", lambda *_args, **_fields: looked_up)

    with pytest.raises(Forbidden):
        approvals.decide(request.id, approve=True, actor=bernd)

    assert states(booking) == ["pending"]


def test_what_was_dropped_while_it_waited_does_not_come_back_in_a_part_that_was_split_off(
    world, centre, anna, bernd
):
    """The part has no request of its own; that of the whole has never been approved."""
    series = book(wish(10, room_id=world.big.id, seats=20, rrule="FREQ=DAILY;COUNT=4"), actor=anna)
    _first, second, third, _fourth = series.occurrences.order_by("starts_at")
    change_occurrence(third.id, ChangeRequest(room_id=centre.id), actor=anna)
    cancel_occurrence(third.id, actor=anna)
    split_booking(second.id, ChangeRequest(title="Von nun an anders"), actor=anna)

    with pytest.raises(TooLate):
        restore_occurrence(third.id, actor=anna)


def test_what_was_approved_before_it_was_split_off_comes_back(series, anna, bernd):
    approve(series, bernd)
    _first, second, third, _fourth = series.occurrences.order_by("starts_at")
    split_booking(second.id, ChangeRequest(title="Von nun an anders"), actor=anna)
    cancel_occurrence(third.id, actor=anna)

    restored = restore_occurrence(third.id, actor=anna)

    assert states(restored) == ["confirmed"] * 3


def test_who_no_longer_decides_sees_no_longer_what_they_decided(booking, bernd):
    """Else a delegate of one week would see, for good, what becomes of all bookings they said yes to."""
    approve(booking, bernd)
    assert get_booking(booking.id, actor=bernd).sight is Sight.FULL
    Approver.objects.update(valid_until=timezone.now())

    with pytest.raises(NotFound):
        get_booking(booking.id, actor=bernd)

    assert not list_approvals(bernd, decided=True).exists()
