# SPDX-License-Identifier: EUPL-1.2
"""Which server may open which room, and when: of all that ask, one; and never outside of the date's time."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from tests import factories
from tests.bookings.wishes import wish
from tests.factories import World
from tests.threads import at_once
from vconf.bookings import meetings
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
    meeting_lost,
    meeting_provisioned,
    meeting_vanished,
    open_occurrence,
)
from vconf.bookings.models import RUNNING, Meeting, MeetingState, Occurrence, OccurrenceState
from vconf.bookings.services import book, cancel
from vconf.outbox.models import Message
from vconf.rooms.models import ConferenceServer, ServerEvent

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
SHARDS = tuple(uuid4() for _ in range(3))

# What is decided


def door(*epochs: Epoch, state: str = OccurrenceState.OPENING, anew: bool = True) -> Door:
    """From 12 to 13, open from 11:45, until 14 at most."""
    return Door(
        state=state,
        opens_at=NOON - timedelta(minutes=15),
        ends_at=NOON + timedelta(hours=1),
        closes_at=NOON + timedelta(hours=2),
        epochs=epochs,
        opens_anew=anew,
    )


def epoch(number: int = 1, state: str = MeetingState.CREATED, *, on: int = 0, people: int = 0) -> Epoch:
    return Epoch(number=number, server_id=SHARDS[on], state=state, people=people)


def asked(of: Door, *, number: int = 1, by: int = 0, minutes: float = 0) -> Answer:
    return decide(of, epoch=number, server_id=SHARDS[by], now=NOON + timedelta(minutes=minutes))


def test_the_server_it_was_placed_on_may_open_it_however_often_it_asks() -> None:
    for state in RUNNING:
        assert asked(door(epoch(state=state))) is Answer.OPEN
    assert asked(door(epoch()), by=1) is Answer.ELSEWHERE


def test_the_newer_epoch_decides() -> None:
    moved = door(epoch(1, MeetingState.LOST), epoch(2, on=1))

    assert asked(moved, number=1) is Answer.ELSEWHERE
    assert asked(moved, number=2) is Answer.ELSEWHERE
    assert asked(moved, number=2, by=1) is Answer.OPEN


def test_what_was_given_up_as_lost_stays_shut_until_it_is_opened_elsewhere() -> None:
    assert asked(door(epoch(1, MeetingState.LOST))) is Answer.ELSEWHERE


def test_what_everybody_left_is_opened_again_where_it_would_be_placed_anyway() -> None:
    left = epoch(1, MeetingState.ENDED)

    assert asked(door(left, state=OccurrenceState.CONFIRMED)) is Answer.OPEN
    assert asked(door(left, state=OccurrenceState.CONFIRMED, anew=False)) is Answer.ELSEWHERE
    assert asked(door(left, epoch(2, MeetingState.ENDED, on=1))) is Answer.ELSEWHERE


def test_whoever_is_refused_as_too_early_can_enter_once_the_time_has_come() -> None:
    """A server keeps its refusal for up to 90 seconds."""
    opens = -15 - REMEMBERED / timedelta(minutes=1)

    assert asked(door(epoch()), minutes=opens - 0.01) is Answer.EARLY
    assert asked(door(epoch()), minutes=opens) is Answer.OPEN


def test_after_the_planned_end_only_those_come_back_who_stayed_on() -> None:
    empty, attended = epoch(), epoch(state=MeetingState.LIVE, people=3)

    assert asked(door(empty), minutes=59.9) is Answer.OPEN
    assert asked(door(empty), minutes=60) is Answer.OVER
    assert asked(door(attended, state=OccurrenceState.OVERRUN), minutes=119.9) is Answer.OPEN
    assert asked(door(attended, state=OccurrenceState.OVERRUN), minutes=120) is Answer.OVER


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
    assert asked(door(epoch(1, MeetingState.ENDED), state=state)) is answer


@st.composite
def doors(draw: st.DrawFn) -> Door:
    """Any date with any past: at most one of its meetings runs, as the database has it."""
    over = [MeetingState.ENDED, MeetingState.LOST]
    states = [draw(st.sampled_from(over)) for _ in range(draw(st.integers(0, 4)))]
    if not states or draw(st.booleans()):
        states.insert(draw(st.integers(0, len(states))), draw(st.sampled_from(list(RUNNING))))
    opens, length, overrun = (draw(st.integers(0, 240)) for _ in range(3))
    ends = NOON + timedelta(minutes=length + 1)
    return Door(
        state=draw(st.sampled_from(OccurrenceState.values)),
        opens_at=NOON - timedelta(minutes=opens),
        ends_at=ends,
        closes_at=ends + timedelta(minutes=overrun),
        epochs=[
            Epoch(
                number=number,
                state=state,
                server_id=draw(st.sampled_from(SHARDS)),
                people=draw(st.integers(0, 2)),
            )
            for number, state in enumerate(states, start=1)
        ],
        opens_anew=draw(st.booleans()),
    )


@given(doors(), st.floats(-400, 800))
@example(door(epoch(1, MeetingState.ENDED), epoch(2, MeetingState.ENDED, on=1)), 0.0)
def test_never_are_two_let_in_nor_anybody_outside_of_the_time(date: Door, minutes: float) -> None:
    now = NOON + timedelta(minutes=minutes)
    admitted = [
        (one.number, shard)
        for one in date.epochs
        for shard in SHARDS
        if decide(date, epoch=one.number, server_id=shard, now=now) is Answer.OPEN
    ]

    assert len(admitted) <= 1
    if admitted:
        assert date.opens_at - REMEMBERED <= now < date.closes_at
        assert date.state in ("confirmed", "opening", "live", "overrun")
        [(number, shard)] = admitted
        [let_in] = [one for one in date.epochs if one.number == number]
        assert let_in.server_id == shard
        assert let_in.state in RUNNING or let_in is date.epochs[-1]
    running = [one for one in date.epochs if one.state in RUNNING]
    if running and date.state in ("opening", "live") and date.opens_at <= now < date.ends_at:
        assert admitted == [(running[0].number, running[0].server_id)]


# What becomes of it


NOW = timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def world(db: None) -> World:
    return factories.world()


@pytest.fixture
def date(world: World) -> Occurrence:
    """An hour from now on, in the small room."""
    return book_at(world, timedelta())


def book_at(world: World, begins: timedelta, **fields: object) -> Occurrence:
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
    event = ServerEvent.objects.get()
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
def test_a_closed_room_is_opened_again_under_its_name(date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    first = ask(meeting)
    meeting_attended(meeting.id, people=2, moderators=0)

    assert close(meeting, first)
    assert (again(meeting).state, again(meeting).people) == ("ended", 0)
    assert again(meeting).occurrence.state == "confirmed"

    assert ask(meeting).answer is Answer.OPEN
    assert (again(meeting).state, again(meeting).ended_at, again(meeting).epoch) == ("created", None, 1)
    assert again(meeting).occurrence.state == "opening"
    assert open_occurrence(date.id).id == meeting.id
    assert ServerEvent.objects.filter(code="reopened").count() == 1
    assert audit_invariants() == []


@pytest.mark.django_db
def test_word_of_an_earlier_closing_that_comes_late_closes_nothing(date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    first = ask(meeting)
    second = ask(meeting, now=timezone.now() + timedelta(seconds=1))

    assert not close(meeting, first)
    assert again(meeting).state == "created"
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
    assert again(meeting).state == "created"


@pytest.mark.django_db
def test_once_it_was_opened_elsewhere_the_old_room_stays_shut(world: World, date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    close(meeting, ask(meeting))
    other = next(server for server in world.servers if server.id != meeting.server_id)
    newer = open_occurrence(date.id, server_id=other.id)

    assert ask(meeting).answer is Answer.ELSEWHERE
    assert ask(newer).answer is Answer.OPEN


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"state": "draining"}, {"state": "disabled"}, {"health": "down"}])
def test_nothing_is_opened_again_on_a_server_that_takes_no_new_meetings(
    date: Occurrence, change: dict[str, str]
) -> None:
    meeting = open_occurrence(date.id)
    close(meeting, ask(meeting))
    ConferenceServer.objects.filter(id=meeting.server_id).update(**change)

    assert ask(meeting).answer is Answer.ELSEWHERE


@pytest.mark.django_db
def test_what_runs_on_a_draining_server_may_come_back(date: Occurrence) -> None:
    """Its Prosody was restarted: the meeting is still held there."""
    meeting = open_occurrence(date.id)
    ask(meeting)
    ConferenceServer.objects.filter(id=meeting.server_id).update(state="draining")

    assert ask(meeting).answer is Answer.OPEN


@pytest.mark.django_db
def test_a_closed_room_stays_shut_where_its_seats_are_reserved_no_more(
    world: World, date: Occurrence
) -> None:
    meeting = open_occurrence(date.id)
    close(meeting, ask(meeting))
    other = next(server for server in world.servers if server.id != meeting.server_id)
    Occurrence.objects.filter(id=date.id).update(reserved_server=other)

    assert ask(meeting).answer is Answer.ELSEWHERE


@pytest.mark.django_db
def test_what_a_moderator_ended_stays_ended(world: World, date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    ask(meeting)
    end_occurrence(date.id, actor=factories.actor(world.anna))

    assert ask(meeting).answer is Answer.OVER


@pytest.mark.django_db
def test_the_room_of_a_cancelled_date_stays_shut(world: World, date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    close(meeting, ask(meeting))
    Occurrence.objects.filter(id=date.id).update(state="cancelled")

    assert ask(meeting).answer is Answer.CANCELLED


@pytest.mark.django_db
def test_a_look_that_finds_no_room_ends_none_that_may_just_be_opening(date: Occurrence) -> None:
    meeting = open_occurrence(date.id)
    ask(meeting)

    meeting_vanished(meeting.id)
    assert again(meeting).state == "created"

    Meeting.objects.filter(id=meeting.id).update(opened_at=timezone.now() - meetings.APPEARS_WITHIN)
    meeting_vanished(meeting.id)
    assert again(meeting).state == "ended"


@pytest.mark.django_db
def test_looking_changes_nothing(date: Occurrence) -> None:
    meeting = open_occurrence(date.id)

    found = find_admission(meeting.id, server_id=meeting.server_id, now=timezone.now())

    assert (found.answer, found.name) == (Answer.OPEN, meeting.external_id)
    assert (again(meeting).state, again(meeting).opened_at) == ("planned", None)
    absent = find_admission(uuid4(), server_id=meeting.server_id, now=timezone.now())
    assert absent.answer is Answer.UNKNOWN


@pytest.mark.django_db
def test_an_answer_takes_few_statements(date: Occurrence, django_assert_max_num_queries: Callable) -> None:
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
    other = next(server for server in world.servers if server.id != meeting.server_id)
    moved: list[Meeting] = []
    late: list[Answer] = []

    def act(number: int) -> None:
        if number == 0:
            meeting_lost(meeting.id)
            moved.append(open_occurrence(date.id, server_id=other.id))
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
@pytest.mark.parametrize("attempt", range(3))
def test_a_room_opened_again_and_a_new_one_never_live_at_once(transactional_db: None, attempt: int) -> None:
    """Some come back to the old room while others press *Join* on a page that opens the date elsewhere."""
    world = factories.world(servers=(300, 300))
    date = book_at(world, timedelta())
    meeting = open_occurrence(date.id)
    close(meeting, ask(meeting))
    other = next(server for server in world.servers if server.id != meeting.server_id)
    answers: list[Answer] = []
    opened: list[UUID] = []

    def act(number: int) -> None:
        if number % 2:
            answers.append(ask(meeting).answer)
        else:
            opened.append(open_occurrence(date.id, server_id=other.id).id)

    at_once(8, act)

    [running] = Meeting.objects.filter(occurrence=date, state__in=RUNNING)
    assert set(opened) == {running.id}
    assert set(answers) == {Answer.OPEN if running.id == meeting.id else Answer.ELSEWHERE}
    assert audit_invariants() == []


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

    for _ in range(25):
        running = current()
        step = chance.choice(["open", "made", "attended", "closed", "lost", "vanished"])
        if step == "open":
            open_occurrence(date.id, server_id=chance.choice(world.servers).id)
        elif running is None:
            pass
        elif step == "made":
            meeting_provisioned(running.id, incarnation=str(chance.random()))
        elif step == "attended":
            meeting_attended(running.id, people=chance.randrange(3), moderators=0)
        elif step == "closed" and running.id in last:
            close(running, last[running.id])
        elif step == "vanished":
            Meeting.objects.filter(id=running.id).update(opened_at=None)
            meeting_vanished(running.id)
        elif step == "lost":
            meeting_lost(running.id)
        let_in = set()
        everything = [(m, s) for m in Meeting.objects.filter(occurrence=date) for s in world.servers]
        for meeting, server in chance.sample(everything, len(everything)):
            admission = ask(meeting, server)
            if admission.answer is Answer.OPEN:
                let_in.add((meeting.id, server.id))
                last[meeting.id] = admission
        assert len(let_in) <= 1
        now_running = current()
        assert let_in == (set() if now_running is None else {(now_running.id, now_running.server_id)})
    assert audit_invariants() == []
