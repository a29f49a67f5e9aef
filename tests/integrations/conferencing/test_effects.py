# SPDX-License-Identifier: EUPL-1.2
"""Meetings are made, moved and ended on a real simulated server, whatever goes wrong in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.integrations.conferencing.scene import (
    Scene,
    again,
    date_of,
    deliver_conferencing,
    move,
)
from tests.simulator_fixture import SECRET, SimulatorProcess, eventually
from vconf.bookings import services
from vconf.bookings.clock import pass_time
from vconf.bookings.meetings import (
    end_occurrence,
    meeting_attended,
    meeting_vanished,
    open_occurrence,
)
from vconf.bookings.models import Meeting, MeetingState, Occurrence, OccurrenceState
from vconf.bookings.moving import move_meeting
from vconf.integrations.conferencing import effects
from vconf.integrations.conferencing.effects import (
    bring_up,
    end_meeting,
    move_elsewhere,
    per_meeting,
    provision,
    provision_meeting,
    provision_now,
)
from vconf.integrations.conferencing.port import (
    CreatedMeeting,
    MeetingSpec,
    Misbehaving,
    NotSupported,
    Unreachable,
    WrongSecret,
)
from vconf.integrations.conferencing.registry import GuardedBackend, backend_for
from vconf.integrations.conferencing.spec import meeting_spec
from vconf.outbox.deliver import NotYet
from vconf.outbox.models import Delivery, DeliveryState
from vconf.rooms.models import ConferenceServer, ServerEvent, ServerHealth, ServerState


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    """Reactions wait for the server here, however busy this machine is."""
    monkeypatch.setattr(effects, "JOB_PATIENCE", 20.0)


@pytest.fixture
def second(scene: Scene) -> Iterator[ConferenceServer]:
    """Another server of the pool, a process of its own."""
    process = SimulatorProcess(name="bbb2", options=["--leave-after", "0.6"])
    process.start()
    yield factories.server(scene.world.pool, "second", base_url=process.base_url, secret=SECRET)
    process.stop()


def payload(meeting: Meeting, **more: object) -> dict[str, object]:
    return {"meeting_id": str(meeting.id), **more}


def test_a_planned_meeting_is_made_once_however_often_it_is_asked_for(scene: Scene) -> None:
    meeting = scene.opened()

    for _ in range(3):
        provision_meeting(payload(meeting), "")

    found = scene.simulator.meeting(meeting.external_id)
    assert found is not None
    meeting = again(meeting)
    assert (meeting.state, meeting.incarnation) == (MeetingState.CREATED, str(found["createTime"]))
    assert scene.calls("create") == 1


def test_a_crash_between_making_and_noting_is_made_good_by_the_next_attempt(scene: Scene) -> None:
    meeting = scene.opened()
    backend_for(scene.server).create(meeting_spec(effects._load(meeting.id)))
    known = scene.simulator.meeting(meeting.external_id)
    assert known is not None
    assert again(meeting).state == MeetingState.PLANNED

    deliver_conferencing()

    meeting = again(meeting)
    assert (meeting.state, meeting.incarnation) == (MeetingState.CREATED, str(known["createTime"]))


def test_a_meeting_the_server_forgot_is_made_anew_under_the_same_name(scene: Scene) -> None:
    meeting = scene.provisioned()
    old = meeting.incarnation
    scene.simulator.forget()

    assert provision(meeting.id)

    meeting = again(meeting)
    assert (meeting.state, meeting.epoch) == (MeetingState.CREATED, 1)
    assert meeting.incarnation != old
    assert scene.simulator.meeting(meeting.external_id) is not None


def test_what_is_made_but_no_longer_wanted_is_ended_at_once(scene: Scene, monkeypatch) -> None:
    booking = scene.book()
    meeting = scene.opened(booking)

    def cancelled_meanwhile(planned: Meeting):
        services.cancel(booking.id, actor=factories.actor(scene.world.anna))
        return meeting_spec(planned)

    monkeypatch.setattr(effects, "meeting_spec", cancelled_meanwhile)

    assert provision(meeting.id) is False

    assert scene.simulator.meeting(meeting.external_id) is None


def test_a_meeting_that_is_over_is_not_made(scene: Scene) -> None:
    booking = scene.book()
    meeting = scene.opened(booking)
    services.cancel(booking.id, actor=factories.actor(scene.world.anna))

    provision_meeting(payload(meeting), "")

    assert scene.simulator.state()["meetings"] == []


def test_a_moderator_ends_the_date_and_the_server_ends_the_meeting(scene: Scene) -> None:
    booking = scene.book()
    meeting = scene.provisioned(booking)
    scene.simulator.add_people(meeting.external_id, 3)

    end_occurrence(date_of(booking).id, actor=factories.actor(scene.world.anna))
    deliver_conferencing()

    assert scene.simulator.meeting(meeting.external_id) is None
    assert date_of(booking).state == OccurrenceState.ENDED


def test_ending_goes_on_until_the_server_answers_again(scene: Scene) -> None:
    meeting = scene.provisioned()
    scene.simulator.set_fault("fail")

    with pytest.raises(Misbehaving) as failed:
        end_meeting(payload(meeting, on_server=True), "")
    assert failed.value.permanent is False

    scene.simulator.clear_faults()
    end_meeting(payload(meeting, on_server=True), "")
    end_meeting(payload(meeting, on_server=True), "")
    assert scene.simulator.meeting(meeting.external_id) is None


def test_ending_says_so_while_the_server_still_lists_the_meeting(scene: Scene) -> None:
    meeting = scene.provisioned()
    scene.simulator.let_ended_meetings_linger(60)

    end_meeting(payload(meeting, on_server=True), "")

    found = scene.simulator.meeting(meeting.external_id)
    assert found is not None
    assert found["ended"] is True


def test_ending_ends_an_incarnation_nobody_noted(scene: Scene) -> None:
    meeting = scene.provisioned()
    scene.simulator.forget()
    backend_for(scene.server).create(meeting_spec(effects._load(meeting.id)))

    end_meeting(payload(meeting, on_server=True), "")

    assert scene.simulator.meeting(meeting.external_id) is None


def test_what_ended_by_itself_needs_no_call(scene: Scene) -> None:
    meeting = scene.provisioned()
    calls = scene.simulator.state()["calls"]

    end_meeting(payload(meeting, on_server=False), "")

    assert scene.simulator.state()["calls"] == calls


def test_a_wrong_secret_is_not_tried_again_and_names_itself(scene: Scene) -> None:
    scene.server.secret = "not the secret"
    scene.server.save()
    meeting = scene.opened()

    with pytest.raises(WrongSecret) as refused:
        provision_meeting(payload(meeting), "")

    assert refused.value.permanent is True
    deliver_conferencing()
    delivery = Delivery.objects.get(reaction="provision")
    assert delivery.state == DeliveryState.PARKED
    assert "not the secret" not in delivery.last_error


def test_a_meeting_planned_on_a_server_that_fails_is_moved(scene: Scene, second: ConferenceServer) -> None:
    booking = scene.book()
    date = date_of(booking)
    Occurrence.objects.filter(id=date.id).update(reserved_server=scene.server)
    meeting = scene.opened(booking)
    scene.simulator.set_fault("fail", call="create")

    deliver_conferencing()

    assert again(meeting).state == MeetingState.LOST
    moved = Meeting.objects.get(occurrence=date, state=MeetingState.CREATED)
    assert (moved.server_id, moved.epoch) == (second.id, 2)
    told = moved.explanation
    assert (told["server"], told["free"], told["needed"]) == ("second", 300, 30)
    assert told["moved_from"] == {"server": scene.server.name, "why": "misbehaving"}
    assert date_of(booking).state == OccurrenceState.OPENING


def test_a_meeting_planned_by_the_clock_on_a_drained_server_is_moved(
    scene: Scene, second: ConferenceServer
) -> None:
    meeting = scene.opened()
    ConferenceServer.objects.filter(id=meeting.server_id).update(state=ServerState.DRAINING)

    deliver_conferencing()

    assert again(meeting).state == MeetingState.LOST
    moved = Meeting.objects.get(occurrence=meeting.occurrence, state=MeetingState.CREATED)
    assert moved.server_id != meeting.server_id


def test_a_date_does_not_go_in_circles_between_failing_servers(
    scene: Scene, second: ConferenceServer
) -> None:
    meeting = scene.opened()

    moved = move_elsewhere(meeting.id, reason="test")
    assert moved is not None
    assert moved.server_id != meeting.server_id

    assert move_elsewhere(moved.id, reason="test") is None
    assert again(moved).state == MeetingState.PLANNED


def test_the_copy_on_a_lost_server_is_ended_when_it_is_back(scene: Scene, second: ConferenceServer) -> None:
    booking = scene.book()
    date = date_of(booking)
    Occurrence.objects.filter(id=date.id).update(reserved_server=scene.server)
    meeting = scene.provisioned(booking)
    scene.simulator.set_fault("close")
    ConferenceServer.objects.filter(id=scene.server.id).update(health=ServerHealth.DOWN)

    moved = bring_up(date_of(booking))
    assert moved is not None
    assert (moved.server_id, moved.epoch, moved.state) == (second.id, 2, MeetingState.CREATED)
    deliver_conferencing()
    assert Delivery.objects.get(reaction="end_meeting").state == DeliveryState.PENDING

    scene.simulator.clear_faults()
    backend_for(scene.server).live_meetings()
    ConferenceServer.objects.filter(id=scene.server.id).update(health=ServerHealth.RECOVERING)
    Delivery.objects.filter(reaction="end_meeting").update(due_at=timezone.now())
    deliver_conferencing()
    assert scene.simulator.meeting(meeting.external_id) is None
    assert again(moved).state == MeetingState.CREATED


def test_people_in_a_meeting_whose_server_is_silent_are_not_split_at_once(
    scene: Scene, second: ConferenceServer
) -> None:
    booking = scene.book()
    date = date_of(booking)
    Occurrence.objects.filter(id=date.id).update(reserved_server=scene.server)
    meeting = scene.provisioned(booking)
    meeting_attended(meeting.id, people=4, moderators=1)
    scene.simulator.set_fault("close")
    server = ConferenceServer.objects.filter(id=scene.server.id)
    server.update(health=ServerHealth.DOWN, last_seen_at=timezone.now() - timedelta(seconds=9))

    with pytest.raises(Unreachable):
        bring_up(date_of(booking))
    assert again(meeting).state == MeetingState.LIVE

    server.update(last_seen_at=timezone.now() - effects.LOST_AFTER - timedelta(seconds=1))
    moved = bring_up(date_of(booking))
    assert moved is not None
    assert moved.server_id == second.id


def test_whoever_clicks_opens_the_meeting_and_everybody_gets_the_same(scene: Scene) -> None:
    date = date_of(scene.book())
    scene.simulator.set_fault("slow", call="create", delay_ms=500)
    found: list[Meeting | None] = []

    def click() -> None:
        from django.db import connection

        found.append(bring_up(date))
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(8)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()

    assert {meeting.id for meeting in found if meeting} == {Meeting.objects.get().id}
    assert len(found) == 8
    # they wait for one attempt together
    assert scene.calls("create") == 1
    assert [meeting["meetingID"] for meeting in scene.simulator.state()["meetings"]] == [
        Meeting.objects.get().external_id
    ]


def test_a_hung_server_keeps_nobody_waiting_for_long(scene: Scene) -> None:
    meeting = scene.opened()
    scene.simulator.set_fault("hang", call="create")

    started = time.monotonic()
    assert provision_now(meeting.id, patience=0.5) is False
    assert time.monotonic() - started < 10  # one call alone hangs for fifteen seconds

    # the attempt goes on; everybody who comes meanwhile joins it
    scene.simulator.clear_faults()
    eventually(lambda: again(meeting).state == MeetingState.CREATED or _attempt(meeting))


def _attempt(meeting: Meeting) -> bool:
    try:
        return provision_now(meeting.id, patience=0.2)
    except Unreachable:
        return False


def test_a_failed_attempt_tells_whoever_waits(scene: Scene) -> None:
    meeting = scene.opened()
    scene.simulator.stop()

    with pytest.raises(Unreachable):
        provision_now(meeting.id)


def test_after_the_planned_time_the_clock_ends_the_meeting_on_the_server(scene: Scene) -> None:
    booking = scene.book()
    meeting = scene.provisioned(booking)
    now = timezone.now()
    move(booking, now - timedelta(minutes=61), now - timedelta(minutes=1))

    pass_time(now)
    deliver_conferencing()

    assert again(meeting).state == MeetingState.ENDED
    assert scene.simulator.meeting(meeting.external_id) is None


def test_each_meeting_has_its_own_deliveries(scene: Scene) -> None:
    assert per_meeting({"meeting_id": "m1", "booking_id": "b1"}) == ["m1"]


def test_a_new_epoch_after_everybody_left_gets_a_new_name(scene: Scene) -> None:
    booking = scene.book()
    first = scene.provisioned(booking)
    meeting_vanished(first.id)

    second = bring_up(date_of(booking))

    assert second is not None
    assert second.epoch == 2
    assert second.external_id != first.external_id


def test_a_lost_meeting_is_not_provisioned_any_more(scene: Scene) -> None:
    meeting = scene.opened()
    elsewhere = factories.server(scene.world.pool, "elsewhere")
    assert move_meeting(meeting.id, server_id=elsewhere.id)

    assert provision(meeting.id) is False


def test_a_job_does_not_wait_for_a_server_that_hangs(scene: Scene, monkeypatch) -> None:
    monkeypatch.setattr(effects, "JOB_PATIENCE", 0.1)
    meeting = scene.opened()
    scene.simulator.set_fault("hang", call="create")

    started = time.monotonic()
    with pytest.raises(NotYet):
        provision_meeting(payload(meeting), "")
    assert time.monotonic() - started < 10

    # it is no failure: nothing is counted, and it is asked for again
    deliver_conferencing()
    delivery = Delivery.objects.get(reaction="provision")
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 0)
    scene.simulator.clear_faults()


def test_what_fails_after_the_job_has_gone_on_is_learned_when_it_asks_again(
    scene: Scene, second: ConferenceServer, monkeypatch
) -> None:
    """A server that lists its meetings and hangs when it shall make one looks well to everybody else."""
    monkeypatch.setattr(effects, "JOB_PATIENCE", 0.1)
    booking = scene.book()
    meeting = open_occurrence(date_of(booking).id, server_id=scene.server.id)

    def hang(self: GuardedBackend, spec: MeetingSpec) -> CreatedMeeting:
        time.sleep(0.5)
        raise Unreachable("no answer in time", code="timeout")

    with monkeypatch.context() as hanging:
        hanging.setattr(GuardedBackend, "create", hang)
        with pytest.raises(NotYet):
            provision_meeting(payload(meeting), "")
        eventually(lambda: ("make", meeting.id) in effects._failures)

    provision_meeting(payload(meeting), "")

    assert again(meeting).state == MeetingState.LOST
    assert Meeting.objects.get(epoch=2).server_id == second.id
    assert ("make", meeting.id) not in effects._failures


def test_what_no_server_answers_for_waits_until_one_is_back(scene: Scene) -> None:
    meeting = scene.opened()
    ConferenceServer.objects.update(health=ServerHealth.DOWN)
    port = int(scene.simulator.origin.rpartition(":")[2])
    scene.simulator.stop()

    for _ in range(3):
        Delivery.objects.filter(reaction="provision").update(due_at=timezone.now())
        deliver_conferencing()
    delivery = Delivery.objects.get(reaction="provision")
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 0)

    scene.simulator.start(port)
    backend_for(scene.server).live_meetings()
    Delivery.objects.filter(reaction="provision").update(due_at=timezone.now())
    deliver_conferencing()
    assert again(meeting).state == MeetingState.CREATED


def test_a_copy_that_the_server_cannot_end_is_noted_and_given_up(scene: Scene, monkeypatch) -> None:
    meeting = scene.provisioned()

    def cannot(self: GuardedBackend, external_id: str, incarnation: str) -> bool:
        raise NotSupported("no end-meeting module")

    monkeypatch.setattr(GuardedBackend, "end", cannot)
    end_meeting(payload(meeting, on_server=True), "")

    assert [(event.kind, event.code) for event in ServerEvent.objects.exclude(kind="placed")] == [
        ("end", "not_supported")
    ]
