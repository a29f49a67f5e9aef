# SPDX-License-Identifier: EUPL-1.2
"""Which server may open which room, and when: of all that ask, one; and never outside of the date's time."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.bookings.wishes import wish
from tests.factories import World
from tests.threads import at_once
from vconf.bookings import admission
from vconf.bookings.admission import (
    REMEMBERED,
    Admission,
    Answer,
    Door,
    Epoch,
    admit,
    decide,
    find_admission,
    room_closed,
)
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import (
    end_occurrence,
    meeting_attended,
    meeting_provisioned,
    meeting_vanished,
    open_occurrence,
)
from vconf.bookings.models import RUNNING, Meeting, MeetingState, Occurrence, OccurrenceState
from vconf.bookings.moving import move_meeting
from vconf.bookings.services import book, cancel
from vconf.outbox.models import Message
from vconf.rooms.models import ConferenceServer, ServerEvent

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
SHARDS = tuple(uuid4() for _ in range(3))

# What is decided


def door(*, on: int | None = 0, number: int = 1, state: str = OccurrenceState.OPENING) -> Door:
    """From 12 to 13, open from 11:45, until 14 at most; its epoch of that number runs on that shard."""
    return Door(
        state=state,
        opens_at=NOON - timedelta(minutes=15),
        closes_at=NOON + timedelta(hours=2),
        running=None if on is None else Epoch(number, SHARDS[on]),
    )


def asked(of: Door, *, number: int = 1, by: int = 0, minutes: float = 0) -> Answer:
    return decide(of, Epoch(number, SHARDS[by]), now=NOON + timedelta(minutes=minutes))


def test_the_server_it_was_placed_on_may_open_it() -> None:
    for state in ("confirmed", "opening", "live", "overrun"):
        assert asked(door(state=state)) is Answer.OPEN
    assert asked(door(), by=1) is Answer.ELSEWHERE


def test_the_newer_epoch_decides() -> None:
    moved = door(on=1, number=2)

    assert asked(moved, number=1) is Answer.ELSEWHERE
    assert asked(moved, number=1, by=1) is Answer.ELSEWHERE
    assert asked(moved, number=2) is Answer.ELSEWHERE
    assert asked(moved, number=2, by=1) is Answer.OPEN


def test_what_was_given_up_stays_shut_until_it_is_opened_by_its_link() -> None:
    assert asked(door(on=None)) is Answer.ELSEWHERE


def test_whoever_is_refused_as_too_early_can_enter_once_the_time_has_come() -> None:
    """A server keeps its refusal for up to 90 seconds."""
    opens = -15 - REMEMBERED / timedelta(minutes=1)

    assert asked(door(), minutes=opens - 0.01) is Answer.EARLY
    assert asked(door(), minutes=opens) is Answer.OPEN


def test_nobody_opens_it_after_its_latest_end() -> None:
    assert asked(door(), minutes=119.9) is Answer.OPEN
    assert asked(door(), minutes=120) is Answer.OVER


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("pending", Answer.UNCONFIRMED),
        ("held", Answer.UNCONFIRMED),
        ("ended", Answer.OVER),
        ("no_show", Answer.OVER),
        ("cancelled", Answer.CANCELLED),
        ("refused", Answer.CANCELLED),
    ],
)
def test_a_date_that_does_not_stand_is_not_opened(state: str, answer: Answer) -> None:
    assert asked(door(state=state)) is answer


@st.composite
def doors(draw: st.DrawFn) -> Door:
    """Any date at any stage."""
    opens, length = draw(st.integers(0, 240)), draw(st.integers(1, 600))
    running = st.builds(Epoch, st.integers(1, 4), st.sampled_from(SHARDS))
    return Door(
        state=draw(st.sampled_from(OccurrenceState.values)),
        opens_at=NOON - timedelta(minutes=opens),
        closes_at=NOON + timedelta(minutes=length),
        running=draw(st.none() | running),
    )


@given(doors(), st.floats(-400, 800))
def test_never_are_two_let_in_nor_anybody_outside_of_the_time(date: Door, minutes: float) -> None:
    """All shards ask for all epochs of a date, at any time."""
    now = NOON + timedelta(minutes=minutes)
    admitted = [
        Epoch(number, shard)
        for number in range(1, 5)
        for shard in SHARDS
        if decide(date, Epoch(number, shard), now=now) is Answer.OPEN
    ]

    stands = date.state in ("confirmed", "opening", "live", "overrun")
    in_time = date.opens_at - REMEMBERED <= now < date.closes_at
    assert admitted == ([date.running] if stands and in_time and date.running else [])


# What becomes of it


NOW = timezone.now().replace(second=0, microsecond=0)


@pytest.fixture(autouse=True)
def this_minute() -> None:
    """A long run outlasts the time for which a meeting may be booked after its start."""
    global NOW
    NOW = timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def date(world: World) -> Occurrence:
    """An hour from now on, in the small room."""
    return book_at(world, timedelta())


def book_at(world: World, begins: timedelta, **fields: Any) -> Occurrence:
    local = (NOW + begins).replace(tzinfo=None)
    wanted = wish(**{"starts_local": local, "timezone": "UTC", "room_id": world.small.id, **fields})
    date: Occurrence = book(wanted, actor=factories.actor(world.anna)).occurrences.get()
    return date


def ask(
    meeting: Meeting, by: ConferenceServer | UUID | None = None, *, now: datetime | None = None
) -> Admission:
    server_id = by.id if isinstance(by, ConferenceServer) else by or meeting.server_id
    return admit(meeting.external_id, server_id=server_id, now=now or timezone.now())


def again(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_related("occurrence").get(id=meeting.id)


def move(meeting: Meeting, world: World) -> Meeting:
    """Its server is lost; it is opened on another one."""
    other = next(server for server in world.servers if server.id != meeting.server_id)
    moved = move_meeting(meeting.id, server_id=other.id)
    assert moved is not None
    return moved


def close(meeting: Meeting, admission: Admission) -> bool:
    assert admission.opened_at is not None
    return room_closed(meeting.id, server_id=meeting.server_id, opened_at=admission.opened_at)


@pytest.mark.django_db
def test_names_are_in_lower_case_so_that_servers_that_fold_them_name_the_same(date: Occurrence) -> None:
    name = open_occurrence(date.id).external_id

    assert name == name.lower()


@pytest.mark.django_db
def test_a_planned_meeting_is_there_once_its_server_may_open_it(date: Occurrence) -> None:
    meeting = open_occurrence(date.id)

    admission = ask(meeting)

    assert (admission.answer, admission.meeting_id) == (Answer.OPEN, meeting.id)
    assert again(meeting).state == "created"
    assert Message.objects.filter(fact="MeetingReady").count() == 1
    event = ServerEvent.objects.exclude(kind="placed").get()
    assert (event.server_id, event.kind, event.code) == (meeting.server_id, "reservation", "opened")


@pytest.mark.django_db
def test_asked_again_it_is_let_in_again(date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    meeting_provisioned(meeting.id, incarnation="1")
    meeting_attended(meeting.id, people=2, moderators=0)

    answers = {ask(meeting).answer for _ in range(3)}

    assert answers == {Answer.OPEN}
    assert (again(meeting).state, again(meeting).people) == ("live", 2)


@pytest.mark.django_db
def test_an_unknown_name_is_no_room_of_ours(world: World) -> None:
    assert admit("vconf-nobody", server_id=world.servers[0].id, now=NOW) == Admission(answer=Answer.UNKNOWN)


@pytest.mark.django_db
def test_a_foreign_server_changes_nothing(world: World, date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    other = next(server for server in world.servers if server.id != meeting.server_id)

    assert ask(meeting, other).answer is Answer.ELSEWHERE
    assert (again(meeting).state, again(meeting).opened_at) == ("planned", None)


@pytest.mark.django_db
def test_it_is_open_until_the_overrun_that_the_class_allows(date: Occurrence) -> None:
    assert ask(open_occurrence(date.id)).until == date.ends_at + timedelta(hours=1)


@pytest.mark.django_db
def test_a_server_that_can_be_told_to_end_it_keeps_it_open_for_as_long_as_it_could_be_made() -> None:
    """There is no telling it of a later end; the clock has it ended when the time has come."""
    world = factories.world(max_length_minutes=180, overrun_minutes=30)
    date = book_at(world, timedelta())
    meeting = open_occurrence(date.id)
    minutes = timedelta(minutes=1)

    def until(ends_on_demand: bool) -> datetime | None:
        return admit(
            meeting.external_id,
            server_id=meeting.server_id,
            now=timezone.now(),
            ends_on_demand=ends_on_demand,
        ).until

    assert (until(True), until(False)) == (date.starts_at + 210 * minutes, date.starts_at + 90 * minutes)
    following = book_at(world, 100 * minutes)
    assert (until(True), until(False)) == (following.starts_at, date.starts_at + 90 * minutes)


@pytest.mark.django_db
def test_it_is_open_until_the_rooms_next_date_at_most(world: World, date: Occurrence) -> None:
    """Half an hour after it; neither one that was cancelled nor one of another room counts."""
    meeting = open_occurrence(date.id)
    minutes = timedelta(minutes=1)
    book_at(world, 70 * minutes, room_id=world.shared.id)
    cancelled = book_at(world, 60 * minutes, duration=30 * minutes)
    cancel(cancelled.booking_id, actor=factories.actor(world.anna))
    following = book_at(world, 90 * minutes)

    assert ask(meeting).until == following.starts_at


@pytest.mark.django_db
def test_the_next_dates_buffer_counts_as_its_room() -> None:
    world = factories.world(buffer_before_minutes=10)
    meeting = open_occurrence(book_at(world, timedelta()).id)
    following = book_at(world, timedelta(minutes=90))

    assert ask(meeting).until == following.starts_at - timedelta(minutes=10)


@pytest.mark.django_db
def test_the_room_holds_its_seats_and_has_the_lobby_of_its_class() -> None:
    world = factories.world(lobby=True)
    admission = ask(open_occurrence(book_at(world, timedelta(), seats=4).id))

    assert (admission.seats, admission.lobby) == (world.small.seats, True)


@pytest.mark.django_db
def test_the_way_on_is_the_page_of_a_room_that_has_one(world: World, date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    assert ask(meeting).room_page == world.small.slug

    world.small.is_stock = True
    world.small.save()
    assert ask(meeting).room_page == ""


@pytest.mark.django_db
def test_a_room_that_everybody_left_is_opened_again_under_its_name(date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    first = ask(meeting)
    meeting_attended(meeting.id, people=2, moderators=1)

    assert close(meeting, first)
    assert (again(meeting).state, again(meeting).people, again(meeting).opened_at) == ("live", 0, None)

    assert ask(meeting).answer is Answer.OPEN
    assert open_occurrence(date.id).id == meeting.id
    assert audit_invariants() == []


@pytest.mark.django_db
def test_once_it_was_opened_elsewhere_the_old_room_stays_shut(world: World, date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    ask(meeting)
    newer = move(meeting, world)

    assert ask(meeting).answer is Answer.ELSEWHERE
    assert ask(meeting, newer.server_id).answer is Answer.ELSEWHERE
    assert ask(newer).answer is Answer.OPEN


@pytest.mark.django_db
def test_what_the_server_lost_is_opened_by_its_link_only(date: Occurrence) -> None:
    """Which server that will be is not decided by who asks."""
    meeting = open_occurrence(date.id)
    ask(meeting)
    meeting_vanished(meeting.id)

    assert ask(meeting).answer is Answer.ELSEWHERE


@pytest.mark.django_db
def test_what_runs_on_a_draining_server_may_be_opened_there(date: Occurrence) -> None:
    """Its Prosody was restarted: the meeting is still held there."""
    meeting = open_occurrence(date.id)
    ConferenceServer.objects.filter(id=meeting.server_id).update(state="draining")

    assert ask(meeting).answer is Answer.OPEN


@pytest.mark.django_db
def test_word_of_an_earlier_closing_that_comes_late_closes_nothing(date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    first = ask(meeting)
    second = ask(meeting, now=timezone.now() + timedelta(seconds=1))

    meeting_attended(meeting.id, people=2, moderators=1)

    assert not close(meeting, first)
    assert again(meeting).people == 2
    assert close(meeting, second)
    assert not close(meeting, second)


@pytest.mark.django_db
def test_only_its_own_server_closes_a_room(world: World, date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    opened_at = ask(meeting).opened_at
    assert opened_at is not None
    other = next(server for server in world.servers if server.id != meeting.server_id)

    assert not room_closed(meeting.id, server_id=other.id, opened_at=opened_at)
    assert not room_closed(uuid4(), server_id=other.id, opened_at=opened_at)
    assert again(meeting).opened_at == opened_at


@pytest.mark.django_db
def test_what_a_moderator_ended_stays_ended(world: World, date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    ask(meeting)
    end_occurrence(date.id, actor=factories.actor(world.anna))

    assert ask(meeting).answer is Answer.OVER


@pytest.mark.django_db
def test_looking_changes_nothing(date: Occurrence) -> None:
    meeting = open_occurrence(date.id)

    found = find_admission(meeting.id, server_id=meeting.server_id, now=timezone.now())

    assert (found.answer, found.name) == (Answer.OPEN, meeting.external_id)
    assert (again(meeting).state, again(meeting).opened_at) == ("planned", None)
    absent = find_admission(uuid4(), server_id=meeting.server_id, now=timezone.now())
    assert absent.answer is Answer.UNKNOWN


@pytest.mark.django_db
def test_an_answer_takes_few_statements(
    date: Occurrence, django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    meeting = open_occurrence(date.id)
    meeting_provisioned(meeting.id, incarnation="1")

    with django_assert_max_num_queries(9):  # two of them begin and end the transaction
        ask(meeting)


# Several at once


@pytest.mark.django_db(transaction=True)
def test_of_servers_that_ask_at_once_one_is_let_in(transactional_db: None) -> None:
    world = factories.world(servers=(300, 300, 300, 300))
    meeting = open_occurrence(book_at(world, timedelta()).id)
    answers: list[tuple[UUID, Answer]] = []

    def knock(number: int) -> None:
        server = world.servers[number % 4]
        answers.append((server.id, ask(meeting, server).answer))

    at_once(12, knock)

    assert {server for server, answer in answers if answer is Answer.OPEN} == {meeting.server_id}
    assert sum(answer is Answer.OPEN for _, answer in answers) == 3
    assert {answer for server, answer in answers if server != meeting.server_id} == {Answer.ELSEWHERE}


@pytest.mark.django_db(transaction=True)
def test_while_a_meeting_moves_the_old_server_or_the_new_one_is_let_in(transactional_db: None) -> None:
    """What the old one was let in for before is ended there, once it can be reached; afterwards it stays shut."""
    world = factories.world(servers=(300, 300))
    date = book_at(world, timedelta())
    meeting = open_occurrence(date.id)
    moved: list[Meeting] = []
    late: list[Answer] = []

    def act(number: int) -> None:
        if number == 0:
            moved.append(move(meeting, world))
        else:
            for _ in range(5):
                gone = Meeting.objects.get(id=meeting.id).state == MeetingState.LOST
                answer = ask(meeting).answer
                if gone:
                    late.append(answer)

    at_once(4, act)

    assert set(late) <= {Answer.ELSEWHERE}
    assert ask(meeting).answer is Answer.ELSEWHERE
    assert ask(moved[0]).answer is Answer.OPEN
    assert audit_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_between_the_decision_and_its_commit_no_meeting_moves(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the old server would be let in when the new one has been already."""
    world = factories.world(servers=(300, 300))
    meeting = open_occurrence(book_at(world, timedelta()).id)
    decided, moved = threading.Event(), threading.Event()
    moved_meanwhile: list[bool] = []
    let_open = admission._let_open

    def let_open_slowly(of: Meeting, opened_at: datetime) -> None:
        decided.set()
        moved_meanwhile.append(moved.wait(0.5))
        let_open(of, opened_at)

    monkeypatch.setattr(admission, "_let_open", let_open_slowly)

    def act(number: int) -> None:
        if number == 0:
            assert ask(meeting).answer is Answer.OPEN
        else:
            assert decided.wait(20)
            move(meeting, world)
            moved.set()

    at_once(2, act)

    assert moved_meanwhile == [False]
    assert ask(meeting).answer is Answer.ELSEWHERE


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_to_a_date_one_room_of_it_is_open_at_most(transactional_db: None, seed: int) -> None:
    """Meetings are planned, made, attended, left and lost in any order; every shard asks for every room there was."""
    chance = random.Random(seed)
    world = factories.world(servers=(300, 300, 300))
    date = book_at(world, timedelta())
    last: dict[UUID, Admission] = {}

    def current() -> Meeting | None:
        return Meeting.objects.filter(occurrence=date, state__in=RUNNING).first()

    for _ in range(15):
        running = current()
        step = chance.choice(["open", "made", "attended", "closed", "lost", "vanished"])
        if step == "open":
            open_occurrence(date.id, server_id=chance.choice(world.servers).id)
        elif running is None:
            continue
        elif step == "made":
            meeting_provisioned(running.id, incarnation=str(chance.random()))
        elif step == "attended":
            meeting_attended(running.id, people=chance.randrange(3), moderators=0)
        elif step == "closed" and running.id in last:
            close(running, last[running.id])
        elif step == "vanished":
            meeting_vanished(running.id)
        elif step == "lost":
            move_meeting(running.id, server_id=chance.choice(world.servers).id)
        let_in = set()
        everything = [(m, s) for m in Meeting.objects.filter(occurrence=date) for s in world.servers]
        for meeting, server in chance.sample(everything, len(everything)):
            admission = ask(meeting, server)
            if admission.answer is Answer.OPEN:
                let_in.add((meeting.id, server.id))
                last[meeting.id] = admission
        running = current()
        assert let_in == (set() if running is None else {(running.id, running.server_id)})
    assert audit_invariants() == []
