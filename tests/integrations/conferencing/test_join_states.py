# SPDX-License-Identifier: EUPL-1.2
"""What the join page says and does by itself: late, full, moved, without a server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.db import OperationalError, connection
from django.utils import timezone

from tests import factories
from tests.integrations.conferencing.scene import Scene, move
from tests.integrations.conferencing.test_join import browser, enter, path, sent_to, text
from vconf.bookings.models import Booking, Meeting, MeetingState, Occurrence, OccurrenceState
from vconf.integrations.conferencing import visitors
from vconf.rooms.models import ServerHealth, ServerState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def booking(scene: Scene) -> Booking:
    return scene.book()


def to_the_server_and_back(response: Any) -> str:
    """The browser follows to the server, which sends it back: where to."""
    refused = requests.get(response["Location"], allow_redirects=False, timeout=5)
    back = urlsplit(refused.headers["Location"])
    return f"{back.path}?{back.query}"


# Early, in time, late


def test_in_the_window_it_says_when_the_meeting_begins(scene: Scene, booking: Booking) -> None:
    assert "The meeting begins at " in text(browser().get(path(booking)))


def test_whoever_is_late_reads_since_when_and_until_when_it_runs(scene: Scene, booking: Booking) -> None:
    move(booking, timezone.now() - timedelta(minutes=10), timezone.now() + timedelta(minutes=50))

    seen = text(browser().get(path(booking)))

    assert "The meeting began at " in seen
    assert "It is planned to end at " in seen
    assert "Das geplante Ende ist um " in text(browser(language="de").get(path(booking)))


def test_past_its_end_it_says_that_it_still_runs(scene: Scene, booking: Booking) -> None:
    scene.simulator.add_people(scene.provisioned(booking).external_id)
    move(booking, timezone.now() - timedelta(minutes=61), timezone.now() - timedelta(minutes=1))
    Occurrence.objects.update(state=OccurrenceState.OVERRUN)

    assert "and is still running" in text(browser().get(path(booking)))


# Full


@pytest.fixture
def full(scene: Scene) -> tuple[Booking, Meeting]:
    """A meeting that holds as many people as its room, on the server and by the last look at it."""
    booking = scene.book(room_id=scene.world.small.id)
    meeting = scene.provisioned(booking)
    scene.simulator.add_people(meeting.external_id, scene.world.small.seats)
    Meeting.objects.filter(id=meeting.id).update(people=scene.world.small.seats)
    return booking, meeting


def test_a_full_meeting_sends_people_back_and_they_wait_for_a_seat(full: tuple[Booking, Meeting]) -> None:
    booking, meeting = full
    client = browser()

    back = to_the_server_and_back(client.post(path(booking), {"name": "Gerda"}))

    assert back.startswith(path(booking) + "?errors=")
    waiting = client.get(back)
    assert waiting.status_code == 200
    assert "The meeting is full." in text(waiting)
    page = waiting.content.decode()
    assert f'content="10; url={path(booking)}?full=1"' in page
    assert f'data-next="{path(booking)}?full=1"' in page
    # still full: goes on waiting, and nothing was asked of the server
    assert "The meeting is full." in text(client.get(path(booking) + "?full=1"))
    # somebody has left, and the next look at the server saw it
    Meeting.objects.filter(id=meeting.id).update(people=1)
    assert sent_to(client.get(path(booking) + "?full=1"))["fullName"] == "Gerda"


def test_who_has_not_pressed_join_gets_no_seat_by_waiting(full: tuple[Booking, Meeting]) -> None:
    booking, _ = full
    Meeting.objects.update(people=1)

    for query in ("?full=1", '?errors=[{"key":"maxParticipantsReached"}]'):
        response = browser().get(path(booking) + query)
        assert response.status_code == 200
        assert 'id="name"' in response.content.decode()


def test_a_form_that_was_wrong_ends_the_wait_for_a_seat(full: tuple[Booking, Meeting]) -> None:
    booking, _ = full
    client = browser()
    client.post(path(booking), {"name": "Gerda"})
    client.post(path(booking), {"name": ""})
    Meeting.objects.update(people=1)

    assert client.get(path(booking) + "?full=1").status_code == 200


def test_nobody_waits_for_a_seat_for_ever(full: tuple[Booking, Meeting], monkeypatch) -> None:
    booking, _ = full
    client = browser()
    client.post(path(booking), {"name": "Gerda"})
    monkeypatch.setattr(visitors, "JOINED", 0.0)

    assert 'id="name"' in client.get(path(booking) + "?full=1").content.decode()


# Moved, or nowhere to go


def test_whoever_left_a_meeting_that_was_moved_reads_so(scene: Scene, booking: Booking) -> None:
    meeting = scene.provisioned(booking)
    Meeting.objects.filter(id=meeting.id).update(state=MeetingState.LOST, live_at=timezone.now())
    second = factories.server(scene.world.pool, "second")
    Meeting.objects.create(
        occurrence=meeting.occurrence, server=second, epoch=meeting.epoch + 1, external_id="vconf-second"
    )

    seen = text(browser().get(path(booking) + "?left=1"))

    assert "The meeting goes on on another one: please join again." in seen
    assert "You have left the meeting." not in seen


def test_the_waiting_page_follows_a_meeting_that_is_moved(scene: Scene, booking: Booking) -> None:
    """Its server fails while somebody waits; the page leads to the new one once the meeting is there."""
    meeting = scene.provisioned(booking)
    scene.simulator.set_fault("fail", call="create")
    client = browser()
    client.post(path(booking), {"name": "Gerda", "again": "1"})
    assert client.get(path(booking) + "?wait=1").status_code == 503

    Meeting.objects.filter(id=meeting.id).update(state=MeetingState.LOST)
    second = factories.server(
        scene.world.pool, "second", base_url=scene.simulator.base_url, secret=scene.simulator.secret
    )
    type(second).objects.filter(id=second.id).update(health=ServerHealth.OK)
    Meeting.objects.create(
        occurrence=meeting.occurrence,
        server=second,
        epoch=meeting.epoch + 1,
        external_id=meeting.external_id + "x",
        incarnation="1",
        state=MeetingState.CREATED,
    )

    assert sent_to(client.get(path(booking) + "?wait=1"))["meetingID"] == meeting.external_id + "x"


def test_without_a_server_it_says_so_and_keeps_trying(scene: Scene, booking: Booking) -> None:
    type(scene.server).objects.update(state=ServerState.DISABLED)
    client = browser()

    client.post(path(booking), {"name": "Gerda"})

    waiting = client.get(path(booking) + "?wait=1")
    assert (waiting.status_code, waiting["Retry-After"]) == (503, "8")
    assert "No conference server is free for this meeting just now." in text(waiting)
    assert 'data-press="again"' in waiting.content.decode()
    type(scene.server).objects.update(state=ServerState.ENABLED)
    enter(client.post(path(booking), {"name": "Gerda", "again": "1"}))


def test_a_browser_may_follow_into_the_pool_that_stands_in(scene: Scene, booking: Booking) -> None:
    """Browsers refuse a form whose answer redirects to an origin that form-action does not name."""
    other = factories.pool("spare", servers=())
    factories.server(other, "elsewhere", base_url="https://bbb.spare.example/bigbluebutton/api/")
    type(other).objects.filter(id=scene.world.pool.id).update(fallback=other)

    policy = browser().get(path(booking))["Content-Security-Policy"]

    assert "https://bbb.spare.example" in policy


# For screen readers


@pytest.mark.parametrize("state", ["early", "open", "waiting", "ended", "unknown"])
def test_every_state_has_one_heading_of_the_first_rank_and_says_changes_politely(
    scene: Scene, booking: Booking, state: str
) -> None:
    client = browser()
    match state:
        case "early":
            move(booking, timezone.now() + timedelta(hours=3), timezone.now() + timedelta(hours=4))
        case "waiting":
            scene.simulator.set_fault("fail", call="create")
            client.post(path(booking), {"name": "Gerda"})
        case "ended":
            move(booking, timezone.now() - timedelta(hours=2), timezone.now() - timedelta(hours=1))
    page = client.get("/j/" + "x" * 32 if state == "unknown" else path(booking) + "?wait=1").content.decode()

    assert page.count("<h1") == 1
    assert ('role="status"' in page) == (state in ("early", "open", "waiting"))
    assert 'href="/datenschutz"' in page
    assert '<meta name="viewport" content="width=device-width' in page


# Without a database


@pytest.mark.parametrize("statements", [0, 1])
@pytest.mark.parametrize(
    ("language", "words"), [("de", "Zurzeit nicht verfügbar"), ("en", "Not available right now")]
)
def test_while_the_database_is_away_the_page_says_so_and_tries_again(
    scene: Scene, booking: Booking, language: str, words: str, statements: int
) -> None:
    address = path(booking)
    client = browser(language=language)
    left = iter(range(statements))

    def gone(execute: Any, *args: Any) -> Any:
        if next(left, None) is None:
            raise OperationalError("away")
        return execute(*args)

    with connection.execute_wrapper(gone):
        answer = client.get(f"{address}?wait=1")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert words in text(answer)
    assert f'url={address}?wait=1"' in answer.content.decode()
    assert f'data-next="{address}?wait=1"' in answer.content.decode()
    assert client.get(address).status_code == 200


def test_who_pressed_join_then_gets_the_form_again(scene: Scene, booking: Booking) -> None:
    address = path(booking)

    def gone(*args: Any) -> Any:
        raise OperationalError("away")

    with connection.execute_wrapper(gone):
        answer = browser().post(f"{address}?wait=1", {"name": "Gerda"})

    assert answer.status_code == 503
    assert f'data-next="{address}"' in answer.content.decode()
