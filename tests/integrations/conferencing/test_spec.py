# SPDX-License-Identifier: EUPL-1.2
"""What a meeting is made with: the class, the room and the booking decide, and the server is told all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from tests.integrations.conferencing.scene import Scene, date_of, make_scene
from vconf.bookings.links import join_url
from vconf.integrations.conferencing import effects
from vconf.integrations.conferencing.port import MeetingSpec
from vconf.integrations.conferencing.registry import backend_for
from vconf.integrations.conferencing.spec import SLACK, consent_text, meeting_spec
from vconf.rooms.policies import Policy

BOOKED: dict[str, Any] = {"seats": 12, "title": "Lage & <Ausblick>"}


@pytest.fixture(autouse=True)
def _public_url(settings, transactional_db: None) -> None:
    settings.VCONF_PUBLIC_URL = "http://127.0.0.1:8000"


def spec_of(scene: Scene, **booked: Any) -> MeetingSpec:
    return meeting_spec(effects._load(scene.opened(scene.book(**booked)).id))


def created_with(scene: Scene, spec: MeetingSpec) -> dict[str, str]:
    """What the server was asked for."""
    backend_for(scene.server).create(spec)
    meeting = scene.simulator.meeting(spec.external_id)
    assert meeting is not None
    return dict(meeting["created_with"])


def test_it_leads_back_to_us_and_tells_which_of_ours_it_is(simulator) -> None:
    scene = make_scene(simulator)
    booking = scene.book(**BOOKED)
    spec = meeting_spec(effects._load(scene.opened(booking).id))

    link = join_url(booking.join_link)
    assert spec.name == "Lage & <Ausblick>"
    assert spec.logout_url == f"{link}?left=1"
    assert link in spec.welcome
    assert booking.join_link.pin not in spec.welcome
    assert spec.metadata == {
        "vconf-booking": str(booking.id),
        "vconf-epoch": "1",
        "vconf-server": str(scene.server.id),
    }
    hooks = f"http://127.0.0.1:8000/integrations/bigbluebutton/{scene.server.hook_token}"
    assert spec.end_callback_url == f"{hooks}/ended"
    assert spec.recording_ready_url is None


def test_the_seats_are_a_plan_and_the_room_is_the_door(simulator) -> None:
    scene = make_scene(simulator)

    assert spec_of(scene, **BOOKED).max_participants == scene.world.shared.seats == 30


@pytest.mark.parametrize(
    ("setting", "value", "parameter", "sent"),
    [
        ("lobby", True, "guestPolicy", "ASK_MODERATOR"),
        ("lobby", False, "guestPolicy", "ALWAYS_ACCEPT"),
        ("muted_on_start", False, "muteOnStart", "false"),
        ("muted_on_start", True, "muteOnStart", "true"),
        ("cameras_off", True, "lockSettingsDisableCam", "true"),
        ("cameras_off", False, "lockSettingsDisableCam", "false"),
        ("recording", False, "record", "false"),
        ("recording", False, "allowStartStopRecording", "false"),
        ("recording", True, "allowStartStopRecording", "true"),
        # it is never begun by itself
        ("recording", True, "autoStartRecording", "false"),
        ("recording", True, "notifyRecordingIsOn", "true"),
    ],
)
def test_what_the_class_says_reaches_the_server(
    simulator, setting: str, value: bool, parameter: str, sent: str
) -> None:
    scene = make_scene(simulator, **{setting: value})

    assert created_with(scene, spec_of(scene))[parameter] == sent


def test_the_server_ends_it_only_if_nobody_else_does(simulator) -> None:
    """The clock does so long before; a running date may be made longer, and no server can be told so later."""
    scene = make_scene(simulator, max_length_minutes=120, overrun_minutes=30)
    booking = scene.book(length=timedelta(hours=1))
    spec = meeting_spec(effects._load(scene.opened(booking).id))

    latest = date_of(booking).starts_at + timedelta(minutes=120 + 30)
    assert spec.duration_minutes is not None
    ends = timezone.now() + timedelta(minutes=spec.duration_minutes)
    assert latest + SLACK <= ends < latest + SLACK + timedelta(minutes=2)


def test_it_outlives_its_planned_time_if_nobody_comes(simulator) -> None:
    spec = spec_of(make_scene(simulator))

    assert spec.expire_unused_minutes is not None
    assert spec.expire_unused_minutes >= 60


def test_who_comes_in_reads_that_it_may_be_recorded(simulator) -> None:
    scene = make_scene(simulator, recording=True, recording_consent="Nur das Podium, <b>nicht</b> der Saal.")

    spec = spec_of(scene)

    assert "Nur das Podium, &lt;b&gt;nicht&lt;/b&gt; der Saal." in spec.welcome
    assert spec.recording_ready_url == (
        f"http://127.0.0.1:8000/integrations/bigbluebutton/{scene.server.id}/recording-ready"
    )
    # people in the meeting can read the addresses among its metadata
    assert scene.server.hook_token not in spec.recording_ready_url


def test_a_class_that_says_nothing_has_a_general_sentence() -> None:
    with translation.override("en"):
        assert consent_text(Policy(recording=True)).startswith("This meeting may be recorded")
    with translation.override("de"):
        assert consent_text(Policy(recording=True)).startswith("Diese Konferenz darf aufgezeichnet werden")


def test_nothing_is_said_of_recording_where_there_is_none(simulator) -> None:
    assert "aufgezeichnet" not in spec_of(make_scene(simulator)).welcome
