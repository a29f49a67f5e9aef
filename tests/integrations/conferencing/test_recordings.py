# SPDX-License-Identifier: EUPL-1.2
"""Recordings: found after the meeting, shown to who may change the booking, and done with as the server confirms."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.api.caller import Caller
from tests.integrations.conferencing.scene import Scene, again, make_scene
from tests.integrations.conferencing.test_recording_ready import form, token
from tests.simulator_fixture import SECRET, SimulatorProcess, eventually
from vconf.audit.models import AuditEntry
from vconf.bookings.meetings import end_occurrence
from vconf.bookings.models import Booking, Meeting
from vconf.integrations.conferencing import port, recordings
from vconf.integrations.conferencing.callback_urls import recording_ready_url
from vconf.integrations.conferencing.models import Recording, RecordingLook
from vconf.integrations.conferencing.recordings import look_for_recordings
from vconf.integrations.conferencing.registry import backend_for
from vconf.outbox.deliver import deliver_due
from vconf.outbox.models import Delivery, DeliveryState
from vconf.reactions import REACTIONS
from vconf.rooms.models import ConferenceServer
from vconf.tasks import SLOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]


@pytest.fixture
def scene(transactional_db: None, simulator: SimulatorProcess) -> Scene:
    return replace(make_scene(simulator, recording=True), calls_before=simulator.state()["calls"])


@pytest.fixture
def booking(scene: Scene) -> Booking:
    return scene.book(invite="bernd@im.mv.example")


@pytest.fixture
def ended(scene: Scene, booking: Booking) -> Meeting:
    """A meeting of the booking that had somebody in it and is over; its recording is being processed."""
    scene.simulator.process_recordings_for(600)
    meeting = scene.provisioned(booking)
    scene.simulator.add_people(meeting.external_id, 2)
    end_occurrence(meeting.occurrence_id, actor=factories.actor(scene.world.anna))
    scene.simulator.end_meeting(meeting.external_id)
    return again(meeting)


@pytest.fixture
def recording(scene: Scene, ended: Meeting) -> Recording:
    """The same, processed and found."""
    publish_all(scene)
    look_for_recordings(patience=10)
    return Recording.objects.get()


def publish_all(scene: Scene) -> None:
    """The server has done its work."""
    scene.simulator.process_recordings_for(0)
    eventually(lambda: "processing" not in scene.simulator.recordings().values())


def look_again() -> None:
    RecordingLook.objects.update(due_at=timezone.now())
    look_for_recordings(patience=10)


def carry_out() -> int:
    return deliver_due(REACTIONS, limit=100, only=SLOW)


def anna(scene: Scene) -> Caller:
    return Caller(scene.world.anna)


def audited() -> list[tuple[str, str]]:
    rows = AuditEntry.objects.filter(object_type="recording").order_by("id")
    return [(row.action, row.actor_label) for row in rows]


# Finding


def test_a_recording_is_found_after_the_meeting(scene: Scene, ended: Meeting) -> None:
    look_for_recordings(patience=10)
    found = Recording.objects.get()
    assert (found.meeting_id, found.server_id, found.state) == (ended.id, scene.server.id, "processing")

    publish_all(scene)
    look_again()

    found.refresh_from_db()
    assert found.state == "published"
    assert list(json.loads(found.playback)) == ["presentation"]


def test_addresses_of_recordings_stand_encrypted_in_the_database(recording: Recording) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT playback FROM conferencing_recording")
        (stored,) = cursor.fetchone()

    assert "playback" in recording.playback
    assert "playback" not in stored


def test_nothing_is_asked_while_the_meeting_runs(scene: Scene) -> None:
    scene.provisioned()

    look_for_recordings(patience=10)

    assert scene.calls("getRecordings") == 0


def test_nothing_is_asked_for_meetings_that_could_not_be_recorded(simulator: SimulatorProcess) -> None:
    scene = make_scene(simulator)
    scene.provisioned()

    assert not RecordingLook.objects.exists()


def test_it_is_looked_for_ever_more_rarely_and_then_given_up(scene: Scene, booking: Booking) -> None:
    meeting = scene.provisioned(booking)
    end_occurrence(meeting.occurrence_id, actor=factories.actor(scene.world.anna))
    pauses = []
    for _ in range(len(recordings.PAUSES) + 1):
        before = timezone.now()
        look_again()
        pauses.append(round((RecordingLook.objects.get().due_at - before) / timedelta(minutes=1)))

    assert pauses == [*recordings.PAUSES, 24 * 60]
    Meeting.objects.update(ended_at=timezone.now() - recordings.GIVEN_UP_AFTER - timedelta(hours=1))
    look_again()
    assert not RecordingLook.objects.exists()


def test_what_there_is_is_looked_after_daily(recording: Recording) -> None:
    Meeting.objects.update(ended_at=timezone.now() - timedelta(days=400))

    look_again()

    due = RecordingLook.objects.get().due_at - timezone.now()
    assert timedelta(hours=23) < due <= timedelta(days=1)


def shown_for(scene: Scene, recording: Recording) -> list[str]:
    booking_id = recording.meeting.occurrence.booking_id
    return [one["id"] for one in anna(scene).get(f"bookings/{booking_id}/recordings").json()]


def test_what_was_deleted_on_the_server_is_not_shown_any_more(scene: Scene, recording: Recording) -> None:
    backend_for(scene.server).delete_recording(recording.record_id)

    look_again()

    assert shown_for(scene, recording) == []
    assert audited() == [("recording.vanished", "system")]


def test_what_a_server_leaves_out_for_a_moment_is_not_given_up(scene: Scene, recording: Recording) -> None:
    """Its storage is away: it answers, and lists nothing."""
    scene.simulator.set_fault("swallow", call="getRecordings")
    look_again()
    due = RecordingLook.objects.get().due_at - timezone.now()
    scene.simulator.clear_faults()

    assert shown_for(scene, recording) == [str(recording.id)]
    assert due <= recordings.LOOKED_FOR_EVERY
    look_again()
    recording.refresh_from_db()
    assert (recording.missed_at, recording.state) == (None, "published")


def test_what_a_server_leaves_out_for_an_hour_is_gone(scene: Scene, recording: Recording) -> None:
    scene.simulator.reset()
    look_again()
    assert shown_for(scene, recording) == [str(recording.id)]

    Recording.objects.update(missed_at=timezone.now() - recordings.GONE_AFTER - timedelta(minutes=1))
    look_again()

    assert shown_for(scene, recording) == []


def test_a_server_without_an_answer_is_left_alone_for_a_while(scene: Scene, ended: Meeting) -> None:
    scene.simulator.set_fault("fail", call="getRecordings")
    look_for_recordings(patience=10)
    asked = scene.calls("getRecordings")

    look_for_recordings(patience=10)

    assert (asked, scene.calls("getRecordings")) == (1, 1)
    assert RecordingLook.objects.get().looks == 0
    scene.simulator.clear_faults()
    look_again()
    assert Recording.objects.count() == 1


@pytest.fixture
def second(scene: Scene) -> Iterator[ConferenceServer]:
    process = SimulatorProcess(name="bbb2")
    process.start()
    yield factories.server(scene.world.pool, "second", base_url=process.base_url, secret=SECRET)
    process.stop()


def test_a_hung_server_keeps_no_other_waiting(scene: Scene, ended: Meeting, second: ConferenceServer) -> None:
    other = Meeting.objects.create(
        occurrence=ended.occurrence,
        server=second,
        epoch=ended.epoch + 1,
        external_id="vconf-other",
        state="ended",
    )
    RecordingLook.objects.create(meeting=other, due_at=timezone.now())
    scene.simulator.set_fault("hang", call="getRecordings")
    started = time.monotonic()

    look_for_recordings(patience=0.5)

    assert time.monotonic() - started < 4.8  # one call alone hangs for five seconds
    eventually(lambda: RecordingLook.objects.get(meeting=other).looks == 1)
    scene.simulator.clear_faults()
    eventually(lambda: not recordings._under_way)


def test_two_processes_ask_once(scene: Scene, ended: Meeting) -> None:
    look_for_recordings(patience=10)
    RecordingLook.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    recordings._look(scene.server.id)
    recordings._look(scene.server.id)

    assert scene.calls("getRecordings") == 2


# The server's call


def call_ready(scene: Scene, meeting: Meeting, *, secret: str | None = None) -> int:
    claims = json.dumps({"meeting_id": meeting.external_id, "record_id": "whatever"})
    sent = form(token(claims, secret=scene.server.secret if secret is None else secret))
    path = recording_ready_url(scene.server).partition("/integrations")[2]
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/integrations{path}", data=sent, content_type="application/x-www-form-urlencoded")
    return int(answer.status_code)


def test_the_servers_call_brings_the_next_look_forward(scene: Scene, ended: Meeting) -> None:
    look_for_recordings(patience=10)
    assert RecordingLook.objects.get().due_at > timezone.now()

    assert call_ready(scene, ended) == 204

    assert RecordingLook.objects.get().due_at <= timezone.now()
    # and says nothing by itself
    assert Recording.objects.get().state == "processing"


def test_a_call_that_is_not_the_servers_changes_nothing(scene: Scene, ended: Meeting) -> None:
    look_for_recordings(patience=10)

    assert call_ready(scene, ended, secret="guessed") == 404

    assert RecordingLook.objects.get().due_at > timezone.now()
    assert scene.server.events.get(kind="hook_refused").code == "token_not_signed"


def test_a_call_about_a_meeting_we_do_not_know_is_taken(scene: Scene, ended: Meeting) -> None:
    stranger = Meeting(external_id="vconf-unknown")

    assert call_ready(scene, stranger) == 204


def test_a_real_server_calls_by_itself(simulator: SimulatorProcess, live_server, settings) -> None:
    settings.VCONF_PUBLIC_URL = live_server.url
    scene = make_scene(simulator, recording=True)
    simulator.process_recordings_for(0)
    meeting = scene.provisioned()
    RecordingLook.objects.update(due_at=timezone.now() + timedelta(hours=1))
    simulator.add_people(meeting.external_id, 1)
    simulator.end_meeting(meeting.external_id)

    eventually(lambda: RecordingLook.objects.get().due_at <= timezone.now())


# Showing and wishing


def test_organiser_and_deputy_see_where_to_look(scene: Scene, booking: Booking, recording: Recording) -> None:
    deputy = factories.person("Dieter Dohle", scene.world.im)
    factories.deputy(deputy, scene.world.anna)

    for caller in (anna(scene), Caller(deputy)):
        (shown,) = caller.get(f"bookings/{booking.id}/recordings").json()
        assert (shown["id"], shown["state"], shown["asked"]) == (str(recording.id), "published", None)
        assert [one["format"] for one in shown["playback"]] == ["presentation"]


@pytest.mark.parametrize("who", ["bernd", "clara", "admin", "operator"])
def test_others_see_none_of_it(scene: Scene, booking: Booking, recording: Recording, who: str) -> None:
    """Bernd is invited; whoever does not see the booking is told that there is none."""
    caller = Caller(getattr(scene.world, who))
    expected = 404 if who == "clara" else 403

    assert caller.get(f"bookings/{booking.id}/recordings").status_code == expected
    assert (
        caller.patch(f"recordings/{recording.id}", {"published": False}, format="json").status_code
        == expected
    )
    assert caller.delete(f"recordings/{recording.id}").status_code == expected


def test_withdrawing_is_confirmed_by_the_server(scene: Scene, booking: Booking, recording: Recording) -> None:
    answer = anna(scene).patch(f"recordings/{recording.id}", {"published": False}, format="json")

    assert (answer.status_code, answer.json()["asked"], answer.json()["state"]) == (
        202,
        "withdraw",
        "published",
    )
    assert scene.simulator.recordings()[recording.record_id] == "published"
    carry_out()

    assert scene.simulator.recordings()[recording.record_id] == "unpublished"
    (shown,) = anna(scene).get(f"bookings/{booking.id}/recordings").json()
    assert (shown["asked"], shown["state"], shown["playback"]) == (None, "unpublished", [])
    assert audited() == [("recording.withdraw", "")]


def test_publishing_what_is_published_does_nothing(scene: Scene, recording: Recording) -> None:
    answer = anna(scene).patch(f"recordings/{recording.id}", {"published": True}, format="json")

    assert (answer.status_code, answer.json()["asked"]) == (202, None)
    assert (carry_out(), audited()) == (0, [])


def test_the_last_wish_counts(scene: Scene, recording: Recording) -> None:
    for published in (False, True, False):
        anna(scene).patch(f"recordings/{recording.id}", {"published": published}, format="json")
    carry_out()

    assert scene.simulator.recordings()[recording.record_id] == "unpublished"
    recording.refresh_from_db()
    assert (recording.publish_wanted, recording.state) == (None, "unpublished")


def test_what_is_still_processed_cannot_be_published(scene: Scene, ended: Meeting) -> None:
    look_for_recordings(patience=10)
    unfinished = Recording.objects.get()

    answer = anna(scene).patch(f"recordings/{unfinished.id}", {"published": True}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "recording_not_ready")


def test_a_deleted_recording_is_gone_once_the_server_says_so(
    scene: Scene, booking: Booking, recording: Recording
) -> None:
    first = anna(scene).delete(f"recordings/{recording.id}")
    again_asked = anna(scene).delete(f"recordings/{recording.id}")

    assert (first.status_code, first.json()["asked"], first.json()["playback"]) == (202, "delete", [])
    assert again_asked.status_code == 202
    assert (
        anna(scene).patch(f"recordings/{recording.id}", {"published": True}, format="json").status_code == 409
    )
    assert carry_out() == 1
    assert scene.simulator.recordings() == {recording.record_id: "deleted"}
    assert anna(scene).get(f"bookings/{booking.id}/recordings").json() == []
    assert anna(scene).delete(f"recordings/{recording.id}").status_code == 404
    assert audited() == [("recording.delete", ""), ("recording.deleted", "system")]
    recording.refresh_from_db()
    assert recording.playback == ""


@pytest.mark.parametrize("fault", ["swallow", "fail", "close", "busy"])
def test_a_deletion_that_is_not_confirmed_is_asked_for_again(
    scene: Scene, booking: Booking, recording: Recording, fault: str
) -> None:
    scene.simulator.set_fault(fault, call="deleteRecordings")
    anna(scene).delete(f"recordings/{recording.id}")
    carry_out()
    (shown,) = anna(scene).get(f"bookings/{booking.id}/recordings").json()
    assert shown["asked"] == "delete"
    assert scene.simulator.recordings()[recording.record_id] == "published"

    scene.simulator.clear_faults()
    Delivery.objects.filter(state=DeliveryState.PENDING).update(due_at=timezone.now())
    carry_out()

    assert anna(scene).get(f"bookings/{booking.id}/recordings").json() == []


def test_a_deletion_whose_answer_was_lost_is_found_done(scene: Scene, recording: Recording) -> None:
    scene.simulator.set_fault("close", call="deleteRecordings", count=1, after=True)
    anna(scene).delete(f"recordings/{recording.id}")
    carry_out()
    assert Recording.objects.get().deleted_at is None

    Delivery.objects.filter(state=DeliveryState.PENDING).update(due_at=timezone.now())
    carry_out()

    assert Recording.objects.get().deleted_at is not None


def test_a_server_restored_with_what_it_had_deleted_deletes_it_again(
    scene: Scene, recording: Recording
) -> None:
    anna(scene).delete(f"recordings/{recording.id}")
    carry_out()
    recordings._note_one(
        scene.server,
        recording.meeting,
        port.Recording(
            record_id=recording.record_id,
            external_id=recording.meeting.external_id,
            state="published",
            started_at=None,
            ended_at=None,
        ),
        Recording.objects.get(),
    )
    assert Recording.objects.get().deleted_at is None

    assert carry_out() == 1
    assert Recording.objects.get().deleted_at is not None


def test_a_booking_that_never_had_one_answers_with_none(scene: Scene, booking: Booking) -> None:
    assert anna(scene).get(f"bookings/{booking.id}/recordings").json() == []
