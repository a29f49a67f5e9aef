# SPDX-License-Identifier: EUPL-1.2
"""What servers send us is a hint at most, and only from whoever knows address and secret."""

from __future__ import annotations

import hashlib
import time
from io import BytesIO
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.test import Client

from tests.integrations.conferencing.scene import Scene, again, make_scene
from tests.simulator_fixture import SimulatorProcess, eventually
from vconf.bookings.models import MeetingState
from vconf.integrations.conferencing import hooks, poll
from vconf.integrations.conferencing.callback_urls import ended_url, events_url
from vconf.integrations.conferencing.hints import PAUSE, Hints, Rarely
from vconf.integrations.conferencing.registry import webhooks_of
from vconf.rooms.models import ConferenceServer

pytestmark = pytest.mark.engine

EVENT = (
    '[{"data":{"type":"event","id":"user-joined","attributes":{"meeting":'
    '{"internal-meeting-id":"i-1700000000000","external-meeting-id":"m1"}},"event":{"ts":1700000000000}}}]'
)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def hints(monkeypatch) -> list[UUID]:
    """What this test's deliveries lead to; late hints of the test before go where they belong."""
    found: list[UUID] = []
    monkeypatch.setattr(hooks, "_hints", Hints(found.append))
    return found


def deliver(scene: Scene, *, secret: str | None = None, body: str | None = None, url: str = "", **headers):
    url = url or events_url(scene.server)
    body = (
        urlencode({"domain": "bbb1", "event": EVENT, "timestamp": "1700000000123"}) if body is None else body
    )
    signed = f"{events_url(scene.server)}{body}{scene.server.secret if secret is None else secret}"
    checksum = hashlib.sha1(signed.encode()).hexdigest()
    path = url.partition("127.0.0.1:8000")[2]
    return Client(enforce_csrf_checks=True).post(
        f"{path}?checksum={checksum}", data=body, content_type=FORM, **headers
    )


@pytest.fixture(autouse=True)
def _public_url(settings) -> None:
    settings.VCONF_PUBLIC_URL = "http://127.0.0.1:8000"


def test_a_signed_delivery_is_a_hint_and_answered_at_once(scene: Scene, hints: list[UUID]) -> None:
    response = deliver(scene)

    assert response.status_code == 204
    assert hints == [scene.server.id]
    assert scene.calls("getMeetings") == 0


def test_an_unsigned_delivery_is_refused_without_a_hint(scene: Scene, hints: list[UUID]) -> None:
    assert deliver(scene, secret="guessed").status_code == 401
    assert deliver(scene, body="event=nonsense").status_code == 401
    assert deliver(scene, body="").status_code == 401
    assert hints == []


def test_nobody_is_found_at_a_guessed_address(scene: Scene, hints: list[UUID]) -> None:
    wrong = events_url(scene.server).replace(scene.server.hook_token, "x" * 43)
    assert deliver(scene, url=wrong).status_code == 404
    assert Client().get(f"/integrations/bigbluebutton/{'x' * 43}/ended").status_code == 404
    assert hints == []


def test_a_big_delivery_is_refused_before_it_is_read(scene: Scene, hints: list[UUID]) -> None:
    assert deliver(scene, body="event=" + "x" * hooks.MAX_BODY).status_code == 413
    assert deliver(scene, HTTP_CONTENT_LENGTH="0", CONTENT_LENGTH="nonsense").status_code == 413
    assert hints == []


def test_a_big_delivery_that_does_not_tell_its_size_is_refused(scene: Scene, hints: list[UUID]) -> None:
    path = events_url(scene.server).removeprefix("http://127.0.0.1:8000")
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"checksum=x", "headers": []}
    request = ASGIRequest(scope, BytesIO(b"event=" + b"x" * hooks.MAX_BODY))

    assert hooks.events(request, scene.server.hook_token).status_code == 413


# How a server proves itself


def events_of(scene: Scene) -> list[tuple[str, str]]:
    told = scene.server.events.filter(kind__startswith="hook").order_by("id")
    return list(told.values_list("kind", "code"))


def signature(scene: Scene) -> str:
    return ConferenceServer.objects.get(id=scene.server.id).hook_signature


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--hook-signature", "2.x"], "json-body"),
        (["--hook-signature", "3.0"], "url-only"),
        (["--hook-signature", "3.4"], "raw-body"),
        (["--hook-signature", "3.4", "--hook-algorithm", "sha512"], "raw-body"),
        (["--hook-bearer"], "bearer"),
    ],
)
@pytest.mark.parametrize("set_to", ["raw-body", "json-body"])
@pytest.mark.django_db(transaction=True)
def test_every_generation_is_taken_in_and_the_setting_follows(
    live_server, settings, hints: list[UUID], options: list[str], expected: str, set_to: str
) -> None:
    """Real deliveries of real servers of each generation, whatever was set for them."""
    settings.VCONF_PUBLIC_URL = live_server.url
    process = SimulatorProcess(options=options)
    process.start()
    try:
        scene = make_scene(process)
        ConferenceServer.objects.filter(id=scene.server.id).update(hook_signature=set_to)
        webhooks = webhooks_of(scene.server)
        assert webhooks is not None
        webhooks.register_hook(events_url(scene.server))
        scene.provisioned()

        eventually(lambda: hints == [scene.server.id])
        assert signature(scene) == expected
        follows = [] if expected == set_to else [("hook_signature", expected)]
        assert events_of(scene) == follows
    finally:
        process.stop()


def test_a_setting_does_not_go_back_and_forth(scene: Scene, hints: list[UUID]) -> None:
    """Whoever once saw a delivery of the weakest kind can send it again for ever; that must cost nothing."""
    path = events_url(scene.server).removeprefix("http://127.0.0.1:8000")
    weak = hashlib.sha1(f"{events_url(scene.server)}{{}}{scene.server.secret}".encode()).hexdigest()

    for number in range(5):
        body = urlencode({"domain": "d", "event": "[]", "timestamp": number})
        sent = Client().post(f"{path}?checksum={weak}", data=body, content_type=FORM)
        assert sent.status_code == 204
        assert deliver(scene, body=urlencode({"event": EVENT, "timestamp": number})).status_code == 204

    assert len(events_of(scene)) == 1


def test_a_delivery_that_comes_again_is_no_second_hint(scene: Scene, hints: list[UUID]) -> None:
    for _ in range(3):
        assert deliver(scene).status_code == 204
    time.sleep(PAUSE * 1.5)

    assert hints == [scene.server.id]


def test_a_flood_becomes_a_few_looks(scene: Scene, hints: list[UUID]) -> None:
    started = time.monotonic()
    for number in range(300):
        body = urlencode({"domain": "bbb1", "event": EVENT, "timestamp": 1_700_000_000_000 + number})
        assert deliver(scene, body=body).status_code == 204
    seconds = time.monotonic() - started
    eventually(lambda: len(hints) >= 2)

    # the first at once, and then one for each pause at most
    assert 2 <= len(hints) <= 2 + seconds / PAUSE


def test_a_flood_of_wrong_ones_is_told_once(scene: Scene, hints: list[UUID]) -> None:
    for _ in range(20):
        deliver(scene, secret="guessed")

    assert events_of(scene) == [("hook_refused", "hook_not_signed")]
    assert hints == []


def test_a_flood_of_ends_becomes_a_few_looks(scene: Scene, hints: list[UUID]) -> None:
    path = ended_url(scene.server).removeprefix("http://127.0.0.1:8000")
    begun = time.monotonic()
    for _ in range(50):
        assert Client().get(path).status_code == 204

    # the first at once, and one at the end of each pause that it took to send them
    assert len(hints) <= 2 + (time.monotonic() - begun) / PAUSE
    assert len(hints) < 50


def test_only_post_delivers_and_only_get_calls_back(scene: Scene, hints: list[UUID]) -> None:
    path = events_url(scene.server).removeprefix("http://127.0.0.1:8000")
    assert Client().get(path).status_code == 405
    assert Client().post(path.replace("events", "ended")).status_code == 405


def test_the_call_at_the_end_changes_nothing_by_itself(scene: Scene, hints: list[UUID]) -> None:
    meeting = scene.provisioned()
    path = ended_url(scene.server).removeprefix("http://127.0.0.1:8000")

    response = Client().get(f"{path}?recordingmarks=false")

    assert response.status_code == 204
    assert hints == [scene.server.id]
    assert again(meeting).state == MeetingState.CREATED


def test_a_lost_queue_does_not_make_the_server_send_again(scene: Scene, monkeypatch) -> None:
    def gone(server_id: UUID) -> None:
        raise ConnectionError("the broker is away")

    monkeypatch.setattr("vconf.integrations.conferencing.hints.on_hint", gone)

    assert deliver(scene).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_people_are_counted_as_they_come_and_go(scene: Scene, live_server, settings) -> None:
    """Real webhooks of the simulated server, to a real port of ours; nobody looks there otherwise."""
    settings.VCONF_PUBLIC_URL = live_server.url
    meeting = scene.provisioned()
    poll.poll_servers(patience=5)  # asks for webhooks
    eventually(lambda: scene.simulator.state()["hooks"])

    scene.simulator.add_people(meeting.external_id, 5)
    eventually(lambda: again(meeting).people == 5, 10)

    scene.simulator.remove_people(meeting.external_id)
    eventually(lambda: again(meeting).people == 0, 10)
    eventually(lambda: not poll._under_way)


@pytest.mark.django_db(transaction=True)
def test_an_end_on_the_server_is_seen_at_once_by_its_call(scene: Scene, live_server, settings) -> None:
    settings.VCONF_PUBLIC_URL = live_server.url
    meeting = scene.provisioned()

    scene.simulator.end_meeting(meeting.external_id)

    eventually(lambda: again(meeting).state == MeetingState.ENDED, 10)
    eventually(lambda: not poll._under_way)


def test_what_was_let_through_long_ago_is_forgotten(monkeypatch) -> None:
    """Else a process remembers every meeting about which a server was ever refused."""
    monkeypatch.setattr("vconf.integrations.conferencing.hints.MOST_KNOWN", 3)
    rarely, patient = Rarely(0.0), Rarely(60.0)

    for key in range(10):
        assert rarely.admits(key)
        assert patient.admits(key)

    assert len(rarely._last) <= 3
    assert not any(patient.admits(key) for key in range(10))
