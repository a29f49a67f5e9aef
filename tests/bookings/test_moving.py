# SPDX-License-Identifier: EUPL-1.2
"""Many meetings of a lost server are moved in one transaction; of each the same is told as if it were alone."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import wish
from vconf.audit.models import AuditEntry
from vconf.bookings import moving
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import (
    end_occurrence,
    meeting_attended,
    meeting_provisioned,
    open_occurrence,
)
from vconf.bookings.models import HistoryEntry, Meeting
from vconf.bookings.moving import Move, move_meetings
from vconf.bookings.services import book
from vconf.outbox.models import Message
from vconf.rooms.models import ConferenceServer, ServerEvent

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(second=0, microsecond=0)


@pytest.fixture(autouse=True)
def this_minute() -> None:
    """A long run outlasts the time for which a meeting may be booked after its start."""
    global NOW
    NOW = timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def world() -> factories.World:
    """Three servers of 300 seats; all that is booked fits on the first."""
    return factories.world(servers=(300, 300, 300))


def live_ones(world: factories.World, count: int, *, seats: int = 10, people: int = 2) -> list[Meeting]:
    """So many meetings, with people in all but the first, on the servers where they are reserved."""
    meetings = []
    for number in range(count):
        room = factories.room(
            f"Halle {number} von {count}", seats, world.im, world.pool, world.standard, open_to_all=True
        )
        request = wish(starts_local=local(NOW), timezone="UTC", room_id=room.id, seats=seats)
        date = book(request, actor=factories.actor(world.anna)).occurrences.get()
        meeting = open_occurrence(date.id)
        meeting_provisioned(meeting.id, incarnation="1")
        if number:
            meeting_attended(meeting.id, people=people, moderators=1)
        meetings.append(meeting)
    return meetings


def local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def all_to(meetings: list[Meeting], server: ConferenceServer) -> list[Move]:
    return [
        Move(meeting.id, server.id, {"code": "chosen", "server": f"other {n}"})
        for n, meeting in enumerate(meetings)
    ]


def other_than(world: factories.World, meeting: Meeting) -> ConferenceServer:
    return next(server for server in world.servers if server.id != meeting.server_id)


def test_all_of_them_are_told_of_as_if_they_were_alone(world: factories.World) -> None:
    meetings = live_ones(world, 4)
    target = other_than(world, meetings[0])
    told_before = Message.objects.count()

    moved = move_meetings(all_to(meetings, target), reason="down")

    assert [new.occurrence_id for new in moved] == [old.occurrence_id for old in meetings]
    for number, old in enumerate(meetings):
        new = Meeting.objects.get(id=moved[number].id)
        assert (new.epoch, new.server_id, new.state) == (2, target.id, "planned")
        assert new.explanation == {"code": "chosen", "server": f"other {number}"}
        lost = ServerEvent.objects.get(kind="lost", meeting_id=old.id)
        assert (lost.server_id, lost.code) == (old.server_id, "down")
        assert lost.facts == {"people": 2 if number else 0, "silent_seconds": None}
        placed = ServerEvent.objects.get(kind="placed", meeting_id=new.id)
        assert (placed.server_id, placed.facts) == (target.id, new.explanation)
        assert AuditEntry.objects.get(action="meeting.lost", object_id=str(old.id)).numbers == {"epoch": 1}
        facts = Message.objects.filter(payload__booking_id=str(old.occurrence.booking_id)).order_by("id")
        assert list(facts.values_list("fact", flat=True))[-2:] == ["MeetingEnded", "MeetingPlanned"]
        assert HistoryEntry.objects.filter(booking=old.occurrence.booking_id, action="moved").count() == 1
    assert len({meeting.external_id for meeting in [*meetings, *moved]}) == 8
    assert Message.objects.count() == told_before + 8
    assert set(Meeting.objects.filter(id__in=[m.id for m in meetings]).values_list("state", "people")) == {
        ("lost", 0)
    }
    assert audit_invariants() == []


def test_ten_times_as_many_take_no_more_statements(world: factories.World) -> None:
    few, many = live_ones(world, 2), live_ones(world, 20)
    target = other_than(world, few[0])
    with CaptureQueriesContext(connection) as for_few:
        assert len(move_meetings(all_to(few, target))) == 2

    with CaptureQueriesContext(connection) as for_many:
        assert len(move_meetings(all_to(many, target))) == 20

    assert len(for_many) == len(for_few) <= 24


def test_reservations_go_along_as_far_as_the_seats_suffice(world: factories.World) -> None:
    """Who comes too late is a guest there; the promise stays where it was made, and no server promises too much."""
    meetings = live_ones(world, 4)
    first = meetings[0].server_id
    target = other_than(world, meetings[0])
    ConferenceServer.objects.filter(id=target.id).update(seats=25)

    move_meetings(all_to(meetings, target))

    for meeting in meetings:
        meeting.occurrence.refresh_from_db()
    assert [m.occurrence.reserved_server_id for m in meetings] == [target.id, target.id, first, first]
    assert audit_invariants() == []


def test_what_is_over_is_left_out_and_holds_up_no_other(world: factories.World) -> None:
    meetings = live_ones(world, 3)
    target = other_than(world, meetings[0])
    end_occurrence(meetings[1].occurrence_id, actor=factories.actor(world.anna))

    moved = move_meetings(all_to(meetings, target))

    assert [new.occurrence_id for new in moved] == [meetings[0].occurrence_id, meetings[2].occurrence_id]
    assert move_meetings(all_to(meetings, target)) == []
    assert audit_invariants() == []


@pytest.mark.parametrize("point", ["meeting.after_loss", "meeting.before_move_commit"])
def test_whoever_dies_before_the_commit_has_moved_none(
    world: factories.World, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    meetings = live_ones(world, 3)
    noted = ServerEvent.objects.count()

    def die(name: str) -> None:
        if name == point:
            raise ZeroDivisionError

    monkeypatch.setattr(moving, "reach", die)
    with pytest.raises(ZeroDivisionError):
        move_meetings(all_to(meetings, other_than(world, meetings[0])))

    assert set(Meeting.objects.values_list("epoch", "state")) == {(1, "created"), (1, "live")}
    assert ServerEvent.objects.count() == noted
    assert audit_invariants() == []
