# SPDX-License-Identifier: EUPL-1.2
"""What a real simulated server lists becomes what vconf knows; nothing that is being made is ever given up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.integrations.conferencing.scene import Scene, again, date_of, move
from tests.simulator_fixture import SECRET, SimulatorProcess, eventually
from vconf.bookings.clock import pass_time
from vconf.bookings.meetings import end_occurrence
from vconf.bookings.models import Meeting, MeetingState, OccurrenceState
from vconf.bookings.moving import move_meeting
from vconf.integrations.conferencing import effects, poll
from vconf.integrations.conferencing.bigbluebutton.backend import BigBlueButtonBackend
from vconf.integrations.conferencing.effects import bring_up, provision
from vconf.integrations.conferencing.poll import poll_server, poll_servers
from vconf.integrations.conferencing.port import MeetingSpec, NotSupported
from vconf.integrations.conferencing.registry import GuardedBackend, backend_for
from vconf.integrations.conferencing.spec import meeting_spec
from vconf.outbox.models import Message
from vconf.rooms.models import ConferenceServer, ServerEvent, ServerHealth, ServerState


@pytest.fixture
def second(scene: Scene) -> Iterator[SimulatorProcess]:
    """Another server of the pool, a process of its own."""
    process = SimulatorProcess(name="bbb2", options=["--leave-after", "0.6"])
    process.start()
    factories.server(scene.world.pool, "second", base_url=process.base_url, secret=SECRET)
    yield process
    process.stop()


def test_the_first_person_makes_the_date_live_and_the_count_follows(scene: Scene) -> None:
    booking = scene.book()
    meeting = scene.provisioned(booking)
    scene.simulator.add_people(meeting.external_id, 2)
    scene.simulator.add_people(meeting.external_id, 1, role="MODERATOR")

    poll_servers()

    meeting = again(meeting)
    assert (meeting.state, meeting.people, meeting.moderators) == (MeetingState.LIVE, 3, 1)
    assert date_of(booking).state == OccurrenceState.LIVE

    scene.simulator.remove_people(meeting.external_id, 2)
    poll_servers()
    assert again(meeting).people == 1


def test_what_did_not_change_is_not_written_again(scene: Scene) -> None:
    meeting = scene.provisioned()
    scene.simulator.add_people(meeting.external_id, 2)
    poll_servers()
    facts = Message.objects.count()

    poll_servers()

    assert Message.objects.count() == facts


def test_a_meeting_that_is_gone_within_its_time_leaves_the_date_promised(scene: Scene) -> None:
    booking = scene.book()
    meeting = scene.provisioned(booking)
    scene.simulator.add_people(meeting.external_id)
    poll_servers()

    scene.simulator.end_meeting(meeting.external_id)
    poll_servers()

    assert again(meeting).state == MeetingState.ENDED
    assert date_of(booking).state == OccurrenceState.CONFIRMED
    reopened = bring_up(date_of(booking))
    assert reopened is not None
    assert reopened.epoch == 2


def test_a_meeting_that_is_gone_after_its_time_leaves_the_date_to_the_clock(scene: Scene) -> None:
    booking = scene.book()
    meeting = scene.provisioned(booking)
    scene.simulator.add_people(meeting.external_id)
    poll_servers()
    now = timezone.now()
    move(booking, now - timedelta(minutes=61), now - timedelta(minutes=1))
    scene.simulator.end_meeting(meeting.external_id)

    poll_servers()

    assert again(meeting).state == MeetingState.ENDED
    pass_time(now)
    assert date_of(booking).state == OccurrenceState.ENDED


def test_a_meeting_that_is_still_ending_counts_as_gone(scene: Scene) -> None:
    meeting = scene.provisioned()
    scene.simulator.let_ended_meetings_linger(60)
    scene.simulator.end_meeting(meeting.external_id)

    poll_servers()

    assert again(meeting).state == MeetingState.ENDED


@pytest.mark.parametrize("fault", ["hang", "fail", "close", "html", "empty", "broken", "stall", "checksum"])
def test_a_listing_that_fails_ends_no_meeting(scene: Scene, fault: str, monkeypatch) -> None:
    meeting = scene.provisioned()
    scene.simulator.forget()
    scene.simulator.set_fault(fault, call="getMeetings")
    slow = fault in ("hang", "stall")

    poll_servers(patience=0.3 if slow else 5)

    assert again(meeting).state == MeetingState.CREATED
    scene.simulator.clear_faults()
    if slow:  # its thread still writes down what it found
        eventually(lambda: ConferenceServer.objects.get(id=scene.server.id).health == ServerHealth.SUSPECT)
    else:
        assert ConferenceServer.objects.get(id=scene.server.id).health == ServerHealth.SUSPECT


def test_a_meeting_that_the_listing_left_out_is_asked_for(scene: Scene, monkeypatch) -> None:
    meeting = scene.provisioned()
    monkeypatch.setattr(GuardedBackend, "live_meetings", lambda self: [])

    poll_server(scene.server.id)

    assert again(meeting).state == MeetingState.CREATED


def test_a_meeting_being_made_is_neither_given_up_nor_ended(scene: Scene) -> None:
    planned = scene.opened()
    poll_servers()
    assert again(planned).state == MeetingState.PLANNED

    # made, but whoever made it has not noted it yet
    backend_for(scene.server).create(meeting_spec(effects._load(planned.id)))
    poll_servers()

    assert again(planned).state == MeetingState.PLANNED
    assert scene.simulator.meeting(planned.external_id) is not None


def test_a_meeting_made_anew_during_the_look_is_not_given_up(scene: Scene, monkeypatch) -> None:
    meeting = scene.provisioned()
    scene.simulator.forget()
    asked = GuardedBackend.find_meeting

    def while_somebody_joins(self: GuardedBackend, external_id: str):
        gone = asked(self, external_id)
        assert provision(meeting.id)
        return gone

    monkeypatch.setattr(GuardedBackend, "find_meeting", while_somebody_joins)

    poll_server(scene.server.id)

    meeting = again(meeting)
    assert meeting.state == MeetingState.CREATED
    found = scene.simulator.meeting(meeting.external_id)
    assert found is not None
    assert meeting.incarnation == str(found["createTime"])


def test_an_incarnation_made_by_somebody_who_crashed_is_taken_over(scene: Scene) -> None:
    meeting = scene.provisioned()
    scene.simulator.forget()
    made = backend_for(scene.server).create(meeting_spec(effects._load(meeting.id)))
    scene.simulator.add_people(meeting.external_id, 2)

    poll_servers()

    meeting = again(meeting)
    assert (meeting.incarnation, meeting.state, meeting.people) == (made.incarnation, MeetingState.LIVE, 2)


def test_what_runs_although_it_is_over_is_ended(scene: Scene) -> None:
    booking = scene.book()
    meeting = scene.provisioned(booking)
    scene.simulator.add_people(meeting.external_id, 2)
    end_occurrence(date_of(booking).id, actor=factories.actor(scene.world.anna))

    poll_servers()

    assert scene.simulator.meeting(meeting.external_id) is None


def test_the_old_copy_of_a_moved_meeting_is_ended(scene: Scene) -> None:
    meeting = moved_away(scene)
    scene.simulator.add_people(meeting.external_id, 3)

    poll_servers(patience=5)

    assert scene.simulator.meeting(meeting.external_id) is None
    event = ServerEvent.objects.get(kind="orphan_ended")
    assert (event.server_id, event.meeting_id, event.facts) == (scene.server.id, meeting.id, {"people": 3})


def moved_away(scene: Scene) -> Meeting:
    """A meeting that was made here and goes on elsewhere."""
    meeting = scene.provisioned()
    elsewhere = factories.server(scene.world.pool, "elsewhere", state=ServerState.DISABLED)
    assert move_meeting(meeting.id, server_id=elsewhere.id)
    return meeting


def test_a_copy_that_came_back_as_another_incarnation_is_ended_too(scene: Scene) -> None:
    meeting = moved_away(scene)
    spec = meeting_spec(effects._load(meeting.id))
    scene.simulator.forget()
    backend_for(scene.server).create(spec)  # asked for before the loss, done after it

    poll_servers(patience=5)

    assert scene.simulator.meeting(meeting.external_id) is None


def test_a_copy_comes_back_on_a_server_that_was_disabled_meanwhile(scene: Scene) -> None:
    meeting = moved_away(scene)
    ConferenceServer.objects.filter(id=scene.server.id).update(state=ServerState.DISABLED)

    poll_servers(patience=5)

    assert scene.simulator.meeting(meeting.external_id) is None


def test_a_copy_that_cannot_be_ended_is_named_once(scene: Scene, monkeypatch) -> None:
    meeting = moved_away(scene)

    def cannot(self: GuardedBackend, external_id: str, incarnation: str) -> bool:
        raise NotSupported("no end-meeting module")

    monkeypatch.setattr(GuardedBackend, "end", cannot)
    for _ in range(3):
        poll_servers(patience=5)

    event = ServerEvent.objects.get(kind="end")
    assert (event.code, event.meeting_id) == ("not_supported", meeting.id)


def test_meetings_of_others_on_the_same_server_are_left_alone(scene: Scene) -> None:
    backend = backend_for(scene.server)
    backend.create(MeetingSpec(external_id="greenlight-room", name="Somebody else's"))
    elsewhere = {"vconf-server": "01890000-0000-7000-8000-000000000000", "vconf-booking": "b"}
    backend.create(MeetingSpec(external_id="vconf-of-another", name="Test system", metadata=elsewhere))
    restored = {"vconf-server": str(scene.server.id), "vconf-booking": "b"}
    backend.create(MeetingSpec(external_id="vconf-unknown", name="Before the restore", metadata=restored))

    poll_servers()

    assert {meeting["meetingID"] for meeting in scene.simulator.state()["meetings"]} == {
        "greenlight-room",
        "vconf-of-another",
        "vconf-unknown",
    }


def test_a_hung_server_does_not_delay_the_others(scene: Scene, second: SimulatorProcess) -> None:
    booking = scene.book()
    meeting = scene.provisioned(booking)
    other = second if again(meeting).server.name != "second" else scene.simulator
    mine = scene.simulator if other is second else second
    other.set_fault("hang", call="getMeetings")
    asked = other.state()["calls"].get("getMeetings", 0)
    mine.add_people(meeting.external_id, 2)

    started = time.monotonic()
    poll_servers(patience=1)
    poll_servers(patience=1)

    assert time.monotonic() - started < 4.8  # one call alone hangs for five seconds
    assert again(meeting).people == 2
    # one look at a time: the second round did not ask the hung one again
    assert other.state()["calls"]["getMeetings"] == asked + 1
    other.clear_faults()
    eventually(lambda: not poll._under_way)


def test_three_failures_make_a_server_down_and_five_good_looks_bring_it_back(
    scene: Scene, monkeypatch
) -> None:
    def health() -> tuple[str, str]:
        server = ConferenceServer.objects.get(id=scene.server.id)
        return server.health, server.health_detail

    monkeypatch.setattr("vconf.rooms.health.APART", timedelta(0))
    poll_servers()
    assert health() == (ServerHealth.OK, "")
    scene.simulator.set_fault("fail", call="getMeetings")
    poll_servers()
    assert health() == (ServerHealth.SUSPECT, "misbehaving: HTTP 500")
    poll_servers()
    poll_servers()
    assert health()[0] == ServerHealth.DOWN
    scene.simulator.clear_faults()
    for _ in range(4):
        poll_servers()
        assert health() == (ServerHealth.RECOVERING, "")
    poll_servers()
    assert health() == (ServerHealth.OK, "")


def test_a_wrong_secret_is_named_and_takes_the_server_out(scene: Scene) -> None:
    scene.server.secret = "not the secret"
    scene.server.save()

    poll_servers()

    server = ConferenceServer.objects.get(id=scene.server.id)
    assert server.health == ServerHealth.SUSPECT
    assert server.health_detail == "wrong_secret: checksumError"


def test_what_runs_on_a_server_and_its_version_are_noted(scene: Scene) -> None:
    meeting = scene.provisioned()
    scene.simulator.add_people(meeting.external_id, 4)

    poll_servers(patience=5)

    server = ConferenceServer.objects.get(id=scene.server.id)
    assert (server.live_meetings, server.live_people, server.version) == (1, 4, "3.0.10")
    assert server.last_seen_at is not None


def test_disabled_servers_are_only_looked_at_while_something_runs_there(scene: Scene) -> None:
    booking = scene.book()
    meeting = scene.provisioned(booking)
    ConferenceServer.objects.filter(id=scene.server.id).update(state=ServerState.DISABLED)

    poll_servers(patience=5)
    assert scene.calls("getMeetings") >= 1

    scene.simulator.end_meeting(meeting.external_id)
    poll_servers()
    calls = scene.calls("getMeetings")
    poll_servers()
    assert scene.calls("getMeetings") == calls


def test_webhooks_are_asked_for_once_and_again_when_the_server_was_away(scene: Scene, settings) -> None:
    settings.VCONF_PUBLIC_URL = "http://127.0.0.1:1"
    poll_servers(patience=5)
    poll_servers(patience=5)

    hooks = scene.simulator.state()["hooks"]
    assert [hook["callbackURL"] for hook in hooks] == [
        f"http://127.0.0.1:1/integrations/bigbluebutton/{scene.server.hook_token}/events"
    ]
    assert scene.calls("hooks/create") == 1

    scene.simulator.set_fault("fail", call="getMeetings", count=1)
    poll_servers(patience=5)
    poll_servers(patience=5)
    assert scene.calls("hooks/create") == 2
    assert len(scene.simulator.state()["hooks"]) == 1


def test_hints_during_a_look_make_one_more_look(scene: Scene, monkeypatch) -> None:
    looks: list[float] = []
    release = threading.Event()
    monkeypatch.setattr(poll, "PAUSE", 0.01)

    def slow_look(server_id: object) -> None:
        looks.append(time.monotonic())
        release.wait(5)

    monkeypatch.setattr(poll, "_look", slow_look)
    first = threading.Thread(target=poll_server, args=(scene.server.id,))
    first.start()
    eventually(lambda: looks)
    for _ in range(20):
        poll_server(scene.server.id)  # returns at once
    release.set()
    first.join(5)

    assert len(looks) == 2


def test_one_meeting_that_cannot_be_asked_for_holds_up_no_other(scene: Scene) -> None:
    gone = scene.provisioned()
    booking = scene.book(room_id=scene.world.big.id)
    meeting = scene.provisioned(booking)
    scene.simulator.end_meeting(gone.external_id)
    scene.simulator.add_people(meeting.external_id, 2)
    scene.simulator.set_fault("fail", call="getMeetingInfo")

    poll_servers()

    assert again(meeting).people == 2
    assert again(gone).state == MeetingState.CREATED
    assert Meeting.objects.count() == 2


def test_how_busy_a_server_says_it_is_is_noted_with_the_next_look(scene: Scene, monkeypatch) -> None:
    monkeypatch.setattr(BigBlueButtonBackend, "load", lambda self: 0.75, raising=False)
    poll_servers(patience=5)
    poll_servers(patience=5)

    assert ConferenceServer.objects.get(id=scene.server.id).load == 0.75


def test_everything_besides_the_listing_may_hang_and_no_look_is_late(scene: Scene) -> None:
    scene.simulator.set_fault("hang", call="hooks/list")
    scene.simulator.set_fault("hang", call="hooks/create")
    meeting = scene.provisioned()
    poll_servers(patience=0.5)
    scene.simulator.add_people(meeting.external_id, 2)

    poll_server(scene.server.id)

    assert again(meeting).people == 2
    scene.simulator.clear_faults()


def test_a_look_that_was_slow_to_fail_is_repeated_at_once(scene: Scene, monkeypatch) -> None:
    monkeypatch.setattr(poll, "SLOW", 0.0)
    monkeypatch.setattr(poll, "PAUSE", 0.01)
    scene.simulator.set_fault("close", call="getMeetings")

    poll_server(scene.server.id)

    assert ConferenceServer.objects.get(id=scene.server.id).health == ServerHealth.DOWN
