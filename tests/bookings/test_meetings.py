# SPDX-License-Identifier: EUPL-1.2
"""The life of a date and its meeting, and the clock that drives it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import wish
from vconf.audit.models import AuditEntry
from vconf.bookings import clock, ledger
from vconf.bookings.clock import pass_time
from vconf.bookings.errors import AlreadyStarted, NoCapacity, NotJoinable
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import (
    COMING_BACK,
    close_occurrence,
    end_occurrence,
    meeting_attended,
    meeting_provisioned,
    meeting_stranded,
    meeting_vanished,
    open_occurrence,
)
from vconf.bookings.models import HistoryEntry, Meeting, MonthlyUse, Occurrence, Overrun
from vconf.bookings.moving import move_meeting
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, cancel, change
from vconf.errors import Forbidden, NotFound
from vconf.outbox.models import Message
from vconf.rooms.models import ConferenceServer, ServerEvent, ServerHealth

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def occurrence(world, anna):
    """An hour from now on, in the small room."""
    return book_now(world.small, anna).occurrences.get()


def book_now(room, actor, **fields):
    local = NOW.replace(tzinfo=None)
    return book(wish(**{"starts_local": local, "timezone": "UTC", "room_id": room.id, **fields}), actor=actor)


def go_live(occurrence, people=3):
    meeting = open_occurrence(occurrence.id)
    assert meeting_provisioned(meeting.id, incarnation="1")
    meeting_attended(meeting.id, people=people, moderators=1)
    return meeting


def test_opening_twice_gives_one_meeting(occurrence):
    first = open_occurrence(occurrence.id)
    assert open_occurrence(occurrence.id) == first
    assert (first.epoch, first.server_id, first.state) == (1, occurrence.reserved_server_id, "planned")
    occurrence.refresh_from_db()
    assert occurrence.state == "opening"
    assert Message.objects.filter(fact="MeetingPlanned").count() == 1


def test_a_cancelled_date_is_not_opened(occurrence, anna):
    cancel(occurrence.booking_id, actor=anna)
    with pytest.raises(NotJoinable):
        open_occurrence(occurrence.id)


def test_the_first_person_makes_it_live(occurrence):
    meeting = go_live(occurrence)
    occurrence.refresh_from_db()
    meeting.refresh_from_db()
    assert (occurrence.state, meeting.state, meeting.people) == ("live", "live", 3)


def test_the_same_count_again_is_no_news(occurrence):
    meeting = go_live(occurrence)
    meeting_attended(meeting.id, people=3, moderators=1)
    assert Message.objects.filter(fact="MeetingAttended").count() == 1


def test_a_server_that_answers_after_the_end_is_told_to_end_it(occurrence, anna):
    meeting = open_occurrence(occurrence.id)
    end_occurrence(occurrence.id, actor=anna)
    assert meeting_provisioned(meeting.id, incarnation="1") is False
    meeting_attended(meeting.id, people=3, moderators=1)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.people) == ("ended", 0)


def test_a_meeting_that_vanishes_in_its_time_can_be_opened_again(occurrence):
    meeting = go_live(occurrence)
    meeting_vanished(meeting.id)
    occurrence.refresh_from_db()
    assert occurrence.state == "confirmed"
    again = open_occurrence(occurrence.id)
    assert (again.epoch, again.external_id != meeting.external_id) == (2, True)


def test_a_lost_meeting_gets_the_next_epoch_elsewhere(occurrence, world):
    meeting = go_live(occurrence)
    other = next(s for s in world.servers if s.id != meeting.server_id)
    moved = move_meeting(
        meeting.id, server_id=other.id, explanation={"code": "chosen"}, reason=ServerHealth.DOWN
    )
    assert moved is not None
    assert (moved.epoch, moved.server_id, moved.state) == (2, other.id, "planned")
    meeting.refresh_from_db()
    assert (meeting.state, meeting.people) == ("lost", 0)
    occurrence.refresh_from_db()
    assert occurrence.state == "live"
    assert audit_invariants() == []
    # what the old server says now is of no interest
    meeting_attended(meeting.id, people=9, moderators=1)
    moved.refresh_from_db()
    assert moved.people == 0


def test_a_meeting_is_moved_once(occurrence, world):
    meeting = go_live(occurrence)
    other = next(s for s in world.servers if s.id != meeting.server_id)
    assert move_meeting(meeting.id, server_id=other.id) is not None
    assert move_meeting(meeting.id, server_id=other.id) is None
    assert Meeting.objects.filter(occurrence=occurrence).count() == 2


def test_a_move_is_told_to_operators_auditors_and_the_organiser(occurrence, world):
    meeting = go_live(occurrence)
    other = next(s for s in world.servers if s.id != meeting.server_id)
    moved = move_meeting(meeting.id, server_id=other.id, reason=ServerHealth.DOWN)
    assert moved is not None
    assert meeting_provisioned(moved.id, incarnation="2")

    lost, arrived = ServerEvent.objects.exclude(kind="placed").order_by("id")
    assert (lost.server_id, lost.kind, lost.code, lost.meeting_id) == (
        meeting.server_id,
        "lost",
        "down",
        meeting.id,
    )
    assert lost.facts == {"people": 3, "silent_seconds": None}
    assert (arrived.server_id, arrived.kind, arrived.meeting_id) == (other.id, "moved", moved.id)
    assert arrived.facts["from"] == meeting.server.name
    assert arrived.facts["seconds"] < 60
    assert AuditEntry.objects.get(action="meeting.lost").object_id == str(meeting.id)
    line = HistoryEntry.objects.latest("at")
    assert (line.action, line.person, line.source) == ("moved", None, "clock")


def test_nobody_is_told_of_a_move_before_anybody_came(occurrence, world):
    meeting = open_occurrence(occurrence.id)
    other = next(s for s in world.servers if s.id != meeting.server_id)
    assert move_meeting(meeting.id, server_id=other.id) is not None
    assert not HistoryEntry.objects.filter(action="moved").exists()


def test_a_meeting_that_ended_is_not_moved(occurrence, world):
    meeting = go_live(occurrence)
    meeting_vanished(meeting.id)
    assert move_meeting(meeting.id, server_id=world.servers[0].id) is None
    occurrence.refresh_from_db()
    assert occurrence.state == "confirmed"


def test_a_stranded_meeting_is_marked_once_and_can_be_found_again(occurrence):
    meeting = go_live(occurrence)
    told = Message.objects.filter(fact="MeetingStranded")
    assert [meeting_stranded(meeting.id, stranded=True) for _ in range(2)] == [True, False]
    assert [meeting_stranded(meeting.id, stranded=False) for _ in range(2)] == [True, False]
    assert [message.payload["stranded"] for message in told.order_by("id")] == [True, False]
    meeting_vanished(meeting.id)
    assert meeting_stranded(meeting.id, stranded=True) is False


def test_only_moderators_end(world, occurrence):
    with pytest.raises(NotFound):
        end_occurrence(occurrence.id, actor=factories.actor(world.clara))
    with pytest.raises(Forbidden):
        end_occurrence(occurrence.id, actor=factories.actor(world.admin))


def test_ending_early_frees_room_and_seats_at_once(world, occurrence, anna):
    meeting = go_live(occurrence)
    ended = end_occurrence(occurrence.id, actor=anna)
    assert ended.state == "ended"
    assert ended.released_at is not None
    assert ended.released_at < ended.ends_at
    meeting.refresh_from_db()
    assert meeting.state == "ended"
    assert Message.objects.get(fact="MeetingEnded").payload["on_server"] is True
    assert audit_invariants() == []
    book_now(world.small, anna, starts_local=timezone.now().replace(tzinfo=None, microsecond=0))
    assert audit_invariants() == []
    with pytest.raises(AlreadyStarted):
        end_occurrence(occurrence.id, actor=anna)


def test_cancelling_a_running_meeting_ends_it(occurrence, anna):
    meeting = go_live(occurrence)
    cancel(occurrence.booking_id, actor=anna)
    meeting.refresh_from_db()
    occurrence.refresh_from_db()
    assert (meeting.state, occurrence.state) == ("ended", "ended")
    assert audit_invariants() == []


def test_the_clock_ends_what_is_over(occurrence):
    meeting = go_live(occurrence)
    meeting_attended(meeting.id, people=0, moderators=0)
    assert pass_time(NOW + timedelta(minutes=59)) == 0
    assert pass_time(NOW + timedelta(hours=1)) == 1
    assert pass_time(NOW + timedelta(hours=1)) == 0
    occurrence.refresh_from_db()
    assert (occurrence.state, occurrence.released_at) == ("ended", occurrence.ends_at)
    assert audit_invariants() == []


def test_nobody_came_gives_the_hours_back(occurrence):
    assert MonthlyUse.objects.filter(seat_minutes__gt=0).exists()
    pass_time(NOW + timedelta(hours=1))
    occurrence.refresh_from_db()
    assert occurrence.state == "no_show"
    assert not MonthlyUse.objects.filter(seat_minutes__gt=0).exists()
    assert audit_invariants() == []


def test_overrun_counts_against_new_bookings_but_never_keeps_the_room(world, anna, occurrence):
    following = book_now(world.small, anna, starts_local=(NOW + timedelta(hours=1)).replace(tzinfo=None))
    meeting = go_live(occurrence)
    late = NOW + timedelta(hours=1, minutes=5)
    assert pass_time(late) == 1
    occurrence.refresh_from_db()
    assert occurrence.state == "overrun"
    assert pass_time(late) == 0  # this piece of overrun lasts a quarter of an hour
    assert pass_time(late + timedelta(minutes=15)) == 1
    assert Overrun.objects.filter(occurrence=occurrence).count() == 2
    assert audit_invariants() == []
    # the next date of the room opens all the same
    assert open_occurrence(following.occurrences.get().id).epoch == 1

    meeting_attended(meeting.id, people=0, moderators=0)
    pass_time(late + timedelta(minutes=20))
    occurrence.refresh_from_db()
    assert occurrence.state == "ended"
    assert audit_invariants() == []


def test_overrun_has_an_end(occurrence):
    go_live(occurrence)
    pass_time(NOW + timedelta(hours=1))
    pass_time(NOW + timedelta(hours=2, minutes=1))
    occurrence.refresh_from_db()
    assert occurrence.state == "ended"
    assert Meeting.objects.get().state == "ended"
    assert audit_invariants() == []


def test_the_clock_opens_where_the_class_says_so():
    world = factories.world(opening="clock", open_minutes_before=10)
    anna = factories.actor(world.anna)
    start = NOW + timedelta(hours=3)
    occurrence = book_now(world.small, anna, starts_local=start.replace(tzinfo=None)).occurrences.get()
    assert pass_time(start - timedelta(minutes=11)) == 0
    assert pass_time(start - timedelta(minutes=10)) == 1
    assert pass_time(start - timedelta(minutes=9)) == 0
    assert Occurrence.objects.get(id=occurrence.id).state == "opening"


def test_opened_elsewhere_it_takes_its_reservation_along(world, occurrence):
    other = next(s for s in world.servers if s.id != occurrence.reserved_server_id)
    open_occurrence(occurrence.id, server_id=other.id, explanation={"code": "chosen"})
    occurrence.refresh_from_db()
    assert occurrence.reserved_server == other
    assert audit_invariants() == []


def test_opened_on_a_full_server_the_promise_stays_where_it_was_made(world, anna, occurrence):
    other = next(s for s in world.servers if s.id != occurrence.reserved_server_id)
    other.seats = 1
    other.save()
    meeting = open_occurrence(occurrence.id, server_id=other.id)
    occurrence.refresh_from_db()
    assert (meeting.server, occurrence.reserved_server == other) == (other, False)
    assert audit_invariants() == []


@pytest.fixture
def late(world, anna):
    """A date of half an hour that runs over, for another quarter."""
    occurrence = book_now(world.small, anna, duration=timedelta(minutes=30)).occurrences.get()
    go_live(occurrence)
    assert pass_time(occurrence.ends_at) == 1
    occurrence.refresh_from_db()
    assert occurrence.state == "overrun"
    return occurrence


def seats_reserved(occurrence):
    levels = ledger.read_levels([occurrence.pool_id], ledger.days_of(NOW, NOW + timedelta(hours=1)))
    beyond = NOW + timedelta(minutes=35)
    return levels.peak(occurrence.pool_id, beyond, beyond + timedelta(minutes=1)).seats


def test_no_room_is_made_where_a_meeting_runs_over(world, anna, late):
    other = next(s for s in world.servers if s.id != late.reserved_server_id)
    other.state = "draining"
    other.save()
    hall = factories.room("Halle", 300, world.im, world.pool, world.standard)
    with pytest.raises(NoCapacity):
        book_now(hall, anna, seats=300, starts_local=late.ends_at.replace(tzinfo=None))
    assert audit_invariants() == []


def test_an_overrun_that_is_extended_is_planned_time_again(world, anna, late):
    # the fullest server that fits is another one now
    other = next(s for s in world.servers if s.id != late.reserved_server_id)
    other.seats = 50
    other.save()
    change(late.booking_id, ChangeRequest(duration=timedelta(hours=1)), actor=anna)
    late.refresh_from_db()
    assert (late.state, Overrun.objects.count()) == ("live", 0)
    assert seats_reserved(late) == late.seats
    assert audit_invariants() == []


def test_a_cancelled_overrun_gives_its_seats_back_at_once(anna, late):
    assert seats_reserved(late) == late.seats
    cancel(late.booking_id, actor=anna)
    assert seats_reserved(late) == 0
    assert audit_invariants() == []


def test_an_overrun_whose_server_is_lost_goes_on_elsewhere(world, late):
    other = next(s for s in world.servers if s.id != late.reserved_server_id)
    moved = move_meeting(Meeting.objects.get().id, server_id=other.id)
    assert moved is not None
    assert moved.server_id == other.id
    assert audit_invariants() == []
    # its people are on their way; who does not come in time is waited for no longer
    now = late.ends_at + timedelta(minutes=1)
    Meeting.objects.filter(id=moved.id).update(created_at=now - COMING_BACK + timedelta(seconds=1))
    pass_time(now)
    moved.refresh_from_db()
    assert moved.state == "planned"
    pass_time(now + timedelta(seconds=2))
    late.refresh_from_db()
    assert late.state == "ended"
    assert audit_invariants() == []


def test_a_meeting_that_vanishes_after_its_time_is_closed_by_the_clock(late):
    meeting_vanished(Meeting.objects.get().id)
    assert pass_time(late.ends_at + timedelta(minutes=1)) == 1
    late.refresh_from_db()
    assert (late.state, late.released_at) == ("ended", late.ends_at)
    assert seats_reserved(late) == 0
    assert audit_invariants() == []


def test_one_date_that_fails_holds_up_no_other(world, anna, occurrence, monkeypatch):
    beside = book_now(world.big, anna).occurrences.get()
    close = close_occurrence

    def fail_for_one(occurrence_id, *, now):
        if occurrence_id == occurrence.id:
            raise ValueError("broken")
        return close(occurrence_id, now=now)

    monkeypatch.setattr(clock, "close_occurrence", fail_for_one)
    assert pass_time(occurrence.ends_at) == 1
    beside.refresh_from_db()
    assert beside.state == "no_show"


@pytest.fixture
def two_servers():
    """One of 100 seats and one of 60."""
    return factories.world(servers=(100, 60))


def test_a_running_meeting_stays_on_its_server_whatever_its_seats(two_servers):
    anna = factories.actor(two_servers.anna)
    larger = ConferenceServer.objects.filter(seats__gt=60)
    larger.update(state="draining")
    booking = book_now(two_servers.big, anna, seats=50)
    larger.update(state="enabled")
    date = booking.occurrences.get()
    meeting = go_live(date)

    change(booking.id, ChangeRequest(seats=60), actor=anna)
    with pytest.raises(NoCapacity) as refused:
        change(booking.id, ChangeRequest(seats=61), actor=anna)

    date.refresh_from_db()
    assert (date.reserved_server_id, date.seats) == (meeting.server_id, 60)
    assert (refused.value.limit, refused.value.in_use, refused.value.asked) == (60, 0, 61)
    assert audit_invariants() == []


def test_what_is_over_keeps_its_seats_up_to_its_end(two_servers):
    """Who books the running quarter-hour meets what was there at its beginning, also when others could move."""
    anna = factories.actor(two_servers.anna)
    hall = factories.room("Halle", 100, two_servers.im, two_servers.pool, two_servers.standard)
    date = book_now(two_servers.big, anna, seats=90).occurrences.get()
    close_occurrence(date.id, now=date.ends_at)

    with pytest.raises(NoCapacity):
        book_now(hall, anna, seats=70)
    assert audit_invariants() == []


def test_nothing_moves_to_where_something_was_over_since_it_began(two_servers, monkeypatch):
    """A date that nobody has opened yet may make room, but counts where it goes from its beginning on."""
    anna = factories.actor(two_servers.anna)
    halls = [
        factories.room(f"Halle {n}", 100, two_servers.im, two_servers.pool, two_servers.standard)
        for n in (1, 2)
    ]
    unopened = book_now(halls[0], anna, seats=50, duration=timedelta(hours=2)).occurrences.get()
    over = book_now(two_servers.big, anna, seats=50, duration=timedelta(minutes=30)).occurrences.get()
    assert unopened.reserved_server_id != over.reserved_server_id
    close_occurrence(over.id, now=over.ends_at)
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=35))

    later = (NOW + timedelta(minutes=45)).replace(tzinfo=None)
    with pytest.raises(NoCapacity):
        book_now(halls[1], anna, seats=80, starts_local=later)

    assert audit_invariants() == []
