# SPDX-License-Identifier: EUPL-1.2
"""The join page as a browser without JavaScript meets it, with a real simulated server behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from django.apps import apps
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.integrations.conferencing.scene import BERLIN, Scene, again, date_of, make_scene, move
from tests.simulator_fixture import SimulatorProcess, eventually
from vconf.audit.models import AuditEntry
from vconf.authorities.models import Person
from vconf.bookings import links, services
from vconf.bookings.meetings import end_occurrence
from vconf.bookings.models import Booking, JoinLink, Meeting, MeetingState, Occurrence, OccurrenceState
from vconf.bookings.requests import BookingRequest
from vconf.integrations.conferencing import effects, visitors
from vconf.integrations.conferencing.guesses import OF_SOURCE

pytestmark = pytest.mark.django_db(transaction=True)

SOON = timedelta(minutes=5)
LATER = timedelta(hours=3)


def browser(person: Person | None = None, *, language: str = "en", csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf, headers={"accept-language": language})
    if person is not None:
        client.force_login(person, backend="vconf.authorities.backends.LocalAccountBackend")
    return client


def path(booking: Booking) -> str:
    return f"/j/{booking.join_link.token}"


def text(response: Any) -> str:
    """What a reader sees, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2]).split())


def sent_to(response: Any) -> dict[str, str]:
    """The parameters of the address on the server that the browser is sent to."""
    assert response.status_code == 303, text(response)
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


def enter(response: Any) -> requests.Response:
    """The browser follows to the server, which lets the person in."""
    assert response.status_code == 303, text(response)
    arrived = requests.get(response["Location"], timeout=5)
    assert arrived.status_code == 200, arrived.text
    return arrived


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""
    return {model._meta.label: list(model._default_manager.values()) for model in apps.get_models()}


@pytest.fixture
def booking(scene: Scene) -> Booking:
    return scene.book()


# Looking


def test_links_that_are_not_known_lead_nowhere(scene: Scene) -> None:
    for token in ("x" * 32, "short", "x" * 400, "%00" * 20, "..%2f..%2fadmin"):
        response = browser().get(f"/j/{token}")
        assert response.status_code == 404
    assert "This link leads nowhere" in text(browser().get("/j/" + "x" * 32))
    assert browser().post("/j/" + "x" * 32, {"name": "Gast"}).status_code == 404


def test_a_replaced_link_leads_nowhere(scene: Scene, booking: Booking) -> None:
    old = path(booking)
    JoinLink.objects.update(retired_at=timezone.now())
    renewed = links.new_link()
    renewed.save()
    Booking.objects.update(join_link=renewed)

    assert browser().get(old).status_code == 404
    assert browser().post(old, {"name": "Gast"}).status_code == 404
    assert not Meeting.objects.exists()
    sent_to(browser().post(f"/j/{renewed.token}", {"name": "Gast"}))


def test_a_retired_link_opens_nothing_even_if_its_date_is_still_there(scene: Scene, booking: Booking) -> None:
    JoinLink.objects.update(retired_at=timezone.now())

    assert browser().post(path(booking), {"name": "Gast"}).status_code == 409
    assert browser(scene.world.anna).post(path(booking)).status_code == 409
    assert not Meeting.objects.exists()


def test_anybody_with_the_link_sees_title_times_organiser_and_authority_and_nothing_else(
    scene: Scene,
) -> None:
    booking = scene.book(
        title="Lage <b>& Ausblick</b>",
        description="Vertraulich",
        invite="bernd@im.mv.example gast@extern.example",
    )
    scene.simulator.add_people(scene.provisioned(booking).external_id, 7)

    response = browser().get(path(booking))

    page = response.content.decode()
    assert response.status_code == 200
    assert "Lage &lt;b&gt;&amp; Ausblick&lt;/b&gt;" in page
    assert "Anna Amsel" in page
    assert "Ministerium für Inneres" in page
    local = date_of(booking).starts_at.astimezone(BERLIN)
    assert local.strftime("%H:%M") in page
    assert "Time zone Europe/Berlin (UTC+" in page
    for hidden in (
        "Vertraulich",
        "bernd",
        "extern",
        scene.world.shared.name,
        booking.join_link.pin,
        booking.join_link.moderator_pin,
        "anna@im.mv.example",
        scene.server.name,
        str(booking.id),
    ):
        assert hidden not in page


def test_before_the_window_it_counts_down_and_has_no_button(scene: Scene) -> None:
    booking = scene.book(starts_in=LATER)

    response = browser().get(path(booking))

    page = response.content.decode()
    assert "The meeting opens" in text(response)
    assert "in 3 hours" in text(response)
    assert re.search(r'data-opens-in="99\d\d|data-opens-in="98\d\d', page)
    assert '<noscript><meta http-equiv="refresh" content="300"></noscript>' in page
    assert "<form" not in page


def test_nobody_joins_before_the_window(scene: Scene) -> None:
    booking = scene.book(starts_in=LATER)

    response = browser().post(path(booking), {"name": "Gast"})

    assert response.status_code == 409
    assert not Meeting.objects.exists()


def test_looking_changes_nothing(scene: Scene) -> None:
    early, now, over = (
        scene.book(starts_in=LATER),
        scene.book(),
        scene.book(room_id=scene.world.big.id, starts_in=SOON),
    )
    ended = timezone.now() - timedelta(hours=1)
    move(over, ended - timedelta(hours=1), ended)
    cancelled = scene.book(room_id=scene.world.small.id)
    services.cancel(cancelled.id, actor=factories.actor(scene.world.anna))
    anna = browser(scene.world.anna)
    before = everything()

    for client in (browser(), anna):
        for booking in (early, now, over, cancelled):
            for query in ("", "?lang=de", "?wait=1", "?left=1", "?errors=[]"):
                assert client.get(path(booking) + query).status_code == 200
                assert client.head(path(booking) + query).status_code == 200
        assert client.get(f"/r/{scene.world.shared.slug}").status_code in (200, 303)

    assert everything() == before
    assert scene.calls("create") == 0


def test_the_page_tells_its_address_to_nobody_and_is_kept_nowhere(scene: Scene, booking: Booking) -> None:
    response = browser().get(path(booking))

    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    form_action = next(part for part in policy.split(";") if "form-action" in part).split()
    assert form_action == ["form-action", "'self'", scene.simulator.origin]
    page = response.content.decode()
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "style=" not in page
    assert not re.findall(r"<script(?![^>]*src=)", page)


# Joining


def test_a_guest_gives_a_name_and_joins_as_viewer(scene: Scene, booking: Booking) -> None:
    response = browser().post(path(booking), {"name": "  Gerda\tGast "})

    wanted = sent_to(response)
    meeting = Meeting.objects.get()
    assert urlsplit(response["Location"]).netloc == urlsplit(scene.simulator.base_url).netloc
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store"
    assert wanted["fullName"] == "Gerda Gast"
    assert wanted["role"] == "VIEWER"
    assert wanted["guest"] == "true"
    assert wanted["meetingID"] == meeting.external_id
    assert wanted["createTime"] == meeting.incarnation
    assert (meeting.explanation["code"], meeting.explanation["server"]) == ("as_reserved", scene.server.name)
    enter(response)
    found = scene.simulator.meeting(meeting.external_id)
    assert found is not None
    assert (found["people"], found["moderators"]) == (1, 0)


def test_the_same_guest_counts_once_and_another_name_is_another_guest(scene: Scene, booking: Booking) -> None:
    client = browser()
    first, second = (sent_to(client.post(path(booking), {"name": "Gerda"}))["userID"] for _ in range(2))
    third = sent_to(client.post(path(booking), {"name": "Georg"}))["userID"]
    elsewhere = sent_to(browser().post(path(booking), {"name": "Gerda"}))["userID"]

    assert first == second
    assert len({first, third, elsewhere}) == 3
    assert 'value="Georg"' in client.get(path(booking)).content.decode()


@pytest.mark.parametrize("name", ["", "   ", "\t\n", "\u200b\u202e"])
def test_a_guest_needs_a_name(scene: Scene, booking: Booking, name: str) -> None:
    response = browser().post(path(booking), {"name": name})

    assert response.status_code == 400
    assert "Please enter your name." in text(response)
    assert 'aria-invalid="true"' in response.content.decode()
    assert not Meeting.objects.exists()


def test_a_name_can_do_no_harm(scene: Scene, booking: Booking) -> None:
    name = '"><script>alert(1)</script>\r\n\x00' + "x" * 500
    client = browser()

    wanted = sent_to(client.post(path(booking), {"name": name}))

    assert wanted["fullName"] == ('"><script>alert(1)</script> ' + "x" * 500)[: visitors.LONGEST_NAME]
    assert "<script>alert" not in client.get(path(booking)).content.decode()


@pytest.mark.parametrize("who", ["anna", "bernd"])
def test_organiser_and_co_host_moderate_by_being_signed_in(scene: Scene, who: str) -> None:
    booking = scene.book(co_hosts="bernd@im.mv.example")
    person: Person = getattr(scene.world, who)

    wanted = sent_to(browser(person).post(path(booking), {"name": "Somebody else"}))

    assert (wanted["role"], wanted["fullName"]) == ("MODERATOR", person.name)
    assert "guest" not in wanted
    assert str(person.id) not in wanted["userID"]


def test_somebody_invited_is_a_viewer_but_no_guest_and_a_colleague_with_the_link_is_one(scene: Scene) -> None:
    booking = scene.book(invite="bernd@im.mv.example")

    invited = sent_to(browser(scene.world.bernd).post(path(booking)))
    colleague = sent_to(browser(scene.world.clara).post(path(booking)))

    assert (invited["role"], invited.get("guest")) == ("VIEWER", None)
    assert (colleague["role"], colleague["guest"]) == ("VIEWER", "true")
    assert colleague["fullName"] == "Clara Clasen"


def test_the_moderator_pin_makes_anybody_a_moderator(scene: Scene, booking: Booking) -> None:
    client = browser()
    pin = booking.join_link.moderator_pin
    spelt = f" {pin[:3]} {pin[3:6]}-{pin[6:]} "

    wanted = sent_to(client.post(path(booking), {"name": "Gerda", "pin": spelt}))

    assert wanted["role"] == "MODERATOR"
    # nothing is asked twice
    assert "You moderate this meeting." in text(client.get(path(booking)))
    assert sent_to(client.post(path(booking), {"name": "Gerda"}))["role"] == "MODERATOR"
    # what one session knows, another does not
    assert sent_to(browser().post(path(booking), {"name": "Gerda"}))["role"] == "VIEWER"


def test_more_rights_come_with_a_new_session_key(scene: Scene, booking: Booking) -> None:
    client = browser()
    client.post(path(booking), {"name": "Gerda"})
    before = client.cookies["sessionid"].value

    client.post(path(booking), {"name": "Gerda", "pin": booking.join_link.moderator_pin})

    assert client.cookies["sessionid"].value != before
    client.cookies["sessionid"] = before
    assert sent_to(client.post(path(booking), {"name": "Gerda"}))["role"] == "VIEWER"


def test_a_new_moderator_pin_takes_the_right_back(scene: Scene, booking: Booking) -> None:
    client = browser()
    client.post(path(booking), {"name": "Gerda", "pin": booking.join_link.moderator_pin})
    JoinLink.objects.update(moderator_pin_hash="0" * 64)

    assert sent_to(client.post(path(booking), {"name": "Gerda"}))["role"] == "VIEWER"


def test_the_pin_of_another_meeting_opens_nothing_here(scene: Scene, booking: Booking) -> None:
    other = scene.book(room_id=scene.world.big.id)

    response = browser().post(path(booking), {"name": "Gerda", "pin": other.join_link.moderator_pin})

    assert response.status_code == 400
    assert "This PIN is not right." in text(response)
    tried = AuditEntry.objects.get(action="pin.try")
    assert (tried.outcome, tried.code, tried.object_id) == (
        "refused",
        "wrong_pin",
        str(booking.join_link_id),
    )
    assert 'value="Gerda"' in response.content.decode()
    assert not Meeting.objects.exists()


@pytest.fixture
def closed(simulator: SimulatorProcess, transactional_db: None) -> Scene:
    """A class that asks for the PIN and has a lobby."""
    return make_scene(simulator, ask_pin=True, lobby=True)


def test_where_the_class_asks_for_it_guests_need_the_pin(closed: Scene) -> None:
    booking = closed.book(invite="bernd@im.mv.example")
    client = browser()
    assert 'id="pin"' in client.get(path(booking)).content.decode()

    without = client.post(path(booking), {"name": "Gerda"})
    wrong = client.post(path(booking), {"name": "Gerda", "pin": "123456789"})
    assert (without.status_code, wrong.status_code) == (400, 400)
    assert "Please enter the PIN." in text(without)
    assert not Meeting.objects.exists()
    # a colleague who was not invited is a guest
    assert browser(closed.world.clara).post(path(booking)).status_code == 400

    right = sent_to(client.post(path(booking), {"name": "Gerda", "pin": booking.join_link.pin}))
    assert right["role"] == "VIEWER"
    assert sent_to(client.post(path(booking), {"name": "Gerda"}))["role"] == "VIEWER"
    # people with a part in it have signed in for it
    assert sent_to(browser(closed.world.bernd).post(path(booking)))["role"] == "VIEWER"
    assert sent_to(browser(closed.world.anna).post(path(booking)))["role"] == "MODERATOR"


def test_guests_wait_in_the_lobby_and_the_invited_do_not(closed: Scene) -> None:
    booking = closed.book(invite="bernd@im.mv.example")
    client = browser()
    assert "You first wait in the lobby" in text(client.get(path(booking)))

    enter(client.post(path(booking), {"name": "Gerda", "pin": booking.join_link.pin}))
    enter(browser(closed.world.bernd).post(path(booking)))

    found = closed.simulator.meeting(Meeting.objects.get().external_id)
    assert found is not None
    assert (found["waiting"], found["people"]) == (1, 1)


def test_after_too_many_wrong_pins_even_the_right_one_is_refused(closed: Scene) -> None:
    booking = closed.book()
    client = browser()
    for _ in range(OF_SOURCE.most):
        assert client.post(path(booking), {"name": "Gerda", "pin": "123456789"}).status_code == 400

    response = client.post(path(booking), {"name": "Gerda", "pin": booking.join_link.pin})

    assert response.status_code == 429
    assert "Too many wrong PINs" in text(response)
    assert not Meeting.objects.exists()
    elsewhere = Client(headers={"accept-language": "en"}, REMOTE_ADDR="198.51.100.7")
    sent_to(elsewhere.post(path(booking), {"name": "Gerda", "pin": booking.join_link.pin}))


# Who asks


def test_a_form_from_elsewhere_is_shown_again_and_does_nothing(scene: Scene, booking: Booking) -> None:
    client = browser(csrf=True)

    response = client.post(path(booking), {"name": "Gerda"})

    assert response.status_code == 403
    assert "Please press the button once more." in text(response)
    assert not Meeting.objects.exists()
    form = response.content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token is not None
    assert 'value="Gerda"' in form
    sent_to(client.post(path(booking), {"name": "Gerda", "csrfmiddlewaretoken": token[1]}))


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        # what browsers send from a page without referrer
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 303),
        ({"origin": "null"}, 303),
        ({}, 303),
        # a form in somebody else's page, sandboxed or not
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, 403),
    ],
)
def test_the_origin_counts_as_far_as_browsers_tell_it(
    scene: Scene, booking: Booking, headers: dict[str, str], status: int, secure: bool
) -> None:
    client = browser(csrf=True)
    form = client.get(path(booking), secure=secure).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token is not None

    response = client.post(
        path(booking),
        {"name": "Gerda", "csrfmiddlewaretoken": token[1]},
        secure=secure,
        headers={"accept-language": "en", **headers},
    )

    assert response.status_code == status
    wrong = client.post(path(booking), {"name": "Gerda", "csrfmiddlewaretoken": "x" * 64}, headers=headers)
    assert wrong.status_code == 403


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nothing_in_a_request_chooses_where_it_leads(scene: Scene, booking: Booking, target: str) -> None:
    given = dict.fromkeys(("next", "url", "redirect", "logoutURL", "errorRedirectUrl", "base_url"), target)
    query = "&".join(f"{name}={quote(value)}" for name, value in given.items())

    response = browser().post(f"{path(booking)}?{query}", {"name": "Gerda", **given})

    assert response["Location"].startswith(scene.simulator.origin + "/bigbluebutton/api/join?")
    assert "evil" not in response["Location"]
    page = browser().get(f"{path(booking)}?{query}&errors={quote(target)}&left={quote(target)}")
    assert "evil" not in page.content.decode()
    assert "alert(1)" not in page.content.decode()


def test_other_methods_are_refused(scene: Scene, booking: Booking) -> None:
    for method in ("put", "patch", "delete"):
        assert getattr(browser(), method)(path(booking)).status_code == 405


# What else there is to say


def test_a_cancelled_meeting_says_so_and_lets_nobody_in(scene: Scene, booking: Booking) -> None:
    client = browser()
    sent_to(client.post(path(booking), {"name": "Gerda", "pin": booking.join_link.moderator_pin}))
    services.cancel(booking.id, actor=factories.actor(scene.world.anna))

    assert "This meeting was cancelled." in text(client.get(path(booking)))
    assert client.post(path(booking), {"name": "Gerda"}).status_code == 409
    assert browser(scene.world.anna).post(path(booking)).status_code == 409
    assert client.get(path(booking) + "?wait=1").status_code == 200
    assert Meeting.objects.count() == 1


def test_a_meeting_that_was_never_booked_says_so_and_lets_nobody_in(scene: Scene, booking: Booking) -> None:
    asked = BookingRequest(
        title="Auch ich",
        starts_local=date_of(booking).starts_at.replace(tzinfo=None),
        duration=booking.duration,
        timezone="UTC",
        room_id=booking.room_id,
        store_refused=True,
    )
    refused = services.book(asked, actor=factories.actor(scene.world.anna))

    assert "This meeting is not booked" in text(browser().get(path(refused)))
    assert browser().post(path(refused), {"name": "Gerda"}).status_code == 409
    assert browser(scene.world.anna).post(path(refused)).status_code == 409
    assert Meeting.objects.count() == 0


def test_a_meeting_that_is_over_says_so_and_lets_nobody_in(scene: Scene, booking: Booking) -> None:
    scene.provisioned(booking)
    move(booking, timezone.now() - timedelta(minutes=10), timezone.now() + timedelta(minutes=50))
    end_occurrence(date_of(booking).id, actor=factories.actor(scene.world.anna))

    assert "This meeting is over." in text(browser().get(path(booking)))
    assert browser().post(path(booking), {"name": "Gerda"}).status_code == 409
    assert Meeting.objects.count() == 1


def test_after_its_time_a_meeting_nobody_opened_is_over_even_before_the_clock_says_so(
    scene: Scene, booking: Booking
) -> None:
    move(booking, timezone.now() - timedelta(minutes=61), timezone.now() - timedelta(minutes=1))

    assert "This meeting is over." in text(browser().get(path(booking)))
    assert browser().post(path(booking), {"name": "Gerda"}).status_code == 409


def test_a_meeting_that_runs_over_can_still_be_joined(scene: Scene, booking: Booking) -> None:
    meeting = scene.provisioned(booking)
    scene.simulator.add_people(meeting.external_id)
    move(booking, timezone.now() - timedelta(minutes=61), timezone.now() - timedelta(minutes=1))
    Occurrence.objects.update(state=OccurrenceState.OVERRUN)

    sent_to(browser().post(path(booking), {"name": "Gerda"}))


def test_a_date_that_waits_for_approval_cannot_be_joined(scene: Scene, booking: Booking) -> None:
    Occurrence.objects.update(state=OccurrenceState.PENDING)

    assert "waits for approval" in text(browser().get(path(booking)))
    assert browser().post(path(booking), {"name": "Gerda"}).status_code == 409


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ('[{"key":"guestDeny","message":"x"}]', "You were not let in."),
        ('[{"key":"notFound","message":"x"}]', "The conference server did not let you in."),
        ("nonsense", "The conference server did not let you in."),
        ("[" * 5000, "The conference server did not let you in."),
        ('[{"key":["a"]}]', "The conference server did not let you in."),
        ("{}", "The conference server did not let you in."),
    ],
)
def test_what_the_server_says_is_told_in_our_words(
    scene: Scene, booking: Booking, errors: str, said: str
) -> None:
    assert said in text(browser().get(f"{path(booking)}?errors={quote(errors)}"))


def test_whoever_left_can_come_back(scene: Scene, booking: Booking) -> None:
    assert "You have left the meeting." in text(browser().get(f"{path(booking)}?left=1"))


# Meetings that may be recorded


@pytest.fixture
def recorded(transactional_db: None, simulator: SimulatorProcess) -> Scene:
    return make_scene(simulator, recording=True, recording_consent="Es wird <alles> aufgezeichnet.")


def test_whoever_joins_is_told_and_has_to_agree(recorded: Scene) -> None:
    booking = recorded.book()
    client = browser()

    page = client.get(path(booking))
    refused = client.post(path(booking), {"name": "Gast"})

    assert "Es wird &lt;alles&gt; aufgezeichnet." in page.content.decode()
    assert refused.status_code == 400
    assert "Please agree that the meeting may be recorded" in text(refused)
    assert 'value="Gast"' in refused.content.decode()
    assert enter(client.post(path(booking), {"name": "Gast", "consent": "1"}))


def test_the_organiser_has_to_agree_as_well(recorded: Scene) -> None:
    booking = recorded.book()
    client = browser(recorded.world.anna)

    assert client.post(path(booking)).status_code == 400
    assert client.post(path(booking), {"consent": "1"}).status_code == 303


def test_who_has_agreed_is_not_asked_again_unless_the_words_change(recorded: Scene) -> None:
    booking = recorded.book()
    client = browser()
    client.post(path(booking), {"name": "Gast", "consent": "1"})

    assert client.post(path(booking), {"name": "Gast"}).status_code == 303
    assert " checked" in client.get(path(booking)).content.decode()

    kind = recorded.world.shared.room_class
    kind.settings["recording_consent"] = {"value": "Auch der Chat.", "enforced": False}
    kind.save()
    assert client.post(path(booking), {"name": "Gast"}).status_code == 400


def test_nothing_is_asked_where_nothing_can_be_recorded(scene: Scene, booking: Booking) -> None:
    page = browser().get(path(booking)).content.decode()

    assert "consent" not in page
    assert "recorded" not in page


# Servers that are slow, away or forgetful


def test_a_meeting_the_server_forgot_is_made_anew_by_the_next_click_on_the_same_link(
    scene: Scene, booking: Booking, monkeypatch
) -> None:
    monkeypatch.setattr(effects, "FRESH", 0.0)
    client = browser()
    first = sent_to(client.post(path(booking), {"name": "Gerda"}))
    scene.simulator.forget()

    response = client.post(path(booking), {"name": "Gerda"})

    second = sent_to(response)
    assert second["meetingID"] == first["meetingID"]
    assert second["createTime"] != first["createTime"]
    enter(response)


def test_within_seconds_of_the_last_click_the_server_is_only_asked_when_it_sent_somebody_back(
    scene: Scene, booking: Booking
) -> None:
    client = browser()
    client.post(path(booking), {"name": "Gerda"})
    client.post(path(booking), {"name": "Gerda"})
    assert scene.calls("create") == 1
    scene.simulator.forget()

    back = client.get(path(booking) + '?errors=[{"key":"notFound"}]').content.decode()
    assert '<input type="hidden" name="again" value="1">' in back
    enter(client.post(path(booking), {"name": "Gerda", "again": "1"}))


def test_while_the_server_takes_its_time_the_page_waits_and_then_lets_in(
    scene: Scene, booking: Booking, monkeypatch
) -> None:
    monkeypatch.setattr(effects, "PATIENCE", 0.2)
    scene.simulator.set_fault("slow", call="create", delay_ms=1500)
    client = browser()

    response = client.post(path(booking), {"name": "Gerda"})

    assert (response.status_code, response["Location"]) == (303, path(booking) + "?wait=1")
    waiting = client.get(response["Location"])
    assert waiting.status_code == 200
    assert "The meeting is being opened" in text(waiting)
    assert f'<noscript><meta http-equiv="refresh" content="3; url={response["Location"]}"></noscript>' in (
        waiting.content.decode()
    )
    # somebody who pressed nothing is not let in by the same address
    assert "Your name" in text(browser().get(response["Location"]))
    eventually(lambda: Meeting.objects.get().state == MeetingState.CREATED)
    assert browser().get(response["Location"]).status_code == 200
    enter(client.get(response["Location"]))


def test_a_server_that_is_away_is_named_so_and_tried_again(scene: Scene, booking: Booking) -> None:
    client = browser()
    port = int(scene.simulator.origin.rpartition(":")[2])
    scene.simulator.stop()

    response = client.post(path(booking), {"name": "Gerda"})

    waiting = client.get(response["Location"])
    assert waiting.status_code == 503
    assert waiting["Retry-After"] == "8"
    assert "The conference server cannot be reached just now." in text(waiting)
    assert 'data-press="again"' in waiting.content.decode()
    assert 'value="Gerda"' in waiting.content.decode()

    scene.simulator.start(port)
    enter(client.post(path(booking), {"name": "Gerda", "again": "1"}))


def test_after_trouble_looking_lets_in_only_once_the_server_was_seen_again(
    scene: Scene, booking: Booking, monkeypatch
) -> None:
    from vconf.integrations.conferencing.poll import poll_servers

    monkeypatch.setattr(effects, "FRESH", 0.0)
    client = browser()
    scene.provisioned(booking)
    scene.simulator.set_fault("fail", call="create")
    client.post(path(booking), {"name": "Gerda"})
    assert client.get(path(booking) + "?wait=1").status_code == 503

    scene.simulator.clear_faults()
    poll_servers(patience=5)

    enter(client.get(path(booking) + "?wait=1"))


@pytest.fixture
def healthy(scene: Scene) -> Iterator[SimulatorProcess]:
    process = SimulatorProcess(name="bbb2")
    process.start()
    factories.server(scene.world.pool, "second", base_url=process.base_url, secret=process.secret)
    yield process
    process.stop()


def test_if_the_reserved_server_is_away_the_meeting_opens_on_another(
    scene: Scene, booking: Booking, healthy: SimulatorProcess
) -> None:
    Occurrence.objects.update(reserved_server=scene.server)
    scene.simulator.stop()

    response = browser().post(path(booking), {"name": "Gerda"})

    assert response["Location"].startswith(healthy.origin)
    enter(response)
    assert [m.state for m in Meeting.objects.order_by("epoch")] == [MeetingState.LOST, MeetingState.CREATED]


def test_waiting_ends_after_a_while_with_the_button(scene: Scene, booking: Booking, monkeypatch) -> None:
    client = browser()
    scene.simulator.set_fault("fail", call="create")
    client.post(path(booking), {"name": "Gerda"})
    monkeypatch.setattr(visitors, "PRESSED_IN_TROUBLE", 0.0)

    response = client.get(path(booking) + "?wait=1")

    assert response.status_code == 200
    assert 'value="Gerda"' in response.content.decode()


# Language and time


def test_the_language_is_the_browsers_the_accounts_or_the_chosen_one(scene: Scene, booking: Booking) -> None:
    def language(client: Client, query: str = "") -> str:
        response = client.get(path(booking) + query)
        found = re.search(r'<html lang="(\w+)">', response.content.decode())
        assert found is not None
        assert response["Content-Language"] == found[1]
        return found[1]

    assert language(browser(language="en-GB,en;q=0.8")) == "en"
    assert language(browser(language="fr")) == "de"
    guest = browser(language="en")
    assert language(guest, "?lang=de") == "de"
    assert language(guest) == "de"
    assert language(guest, "?lang=xx") == "de"
    scene.world.anna.language = "en"
    scene.world.anna.save()
    assert language(browser(scene.world.anna, language="de")) == "en"


def test_the_meeting_is_joined_in_the_language_of_the_page(scene: Scene, booking: Booking) -> None:
    wanted = sent_to(browser(language="de").post(path(booking), {"name": "Gerda"}))

    assert wanted["userdata-bbb_override_default_locale"] == "de"


def test_times_are_told_in_the_zone_of_the_booking(scene: Scene) -> None:
    booking = scene.book(timezone="Europe/Berlin")
    Booking.objects.update(timezone="Asia/Kathmandu")
    starts = date_of(booking).starts_at + timedelta(hours=5, minutes=45)

    response = browser().get(path(booking))

    assert f", {starts.strftime('%H:%M')} to " in text(response)
    assert "Time zone Asia/Kathmandu (UTC+5:45)" in text(response)


# The room's page


def room(scene: Scene) -> str:
    return f"/r/{scene.world.shared.slug}"


def test_the_room_page_does_not_tell_whether_anything_runs(scene: Scene) -> None:
    def seen(client: Client) -> str:
        page = client.get(room(scene)).content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)

    scene.world.clara.language = "en"
    scene.world.clara.save()
    empty = seen(browser())
    booking = scene.book()
    scene.provisioned(booking)

    assert seen(browser()) == empty
    assert seen(browser(scene.world.clara)) == empty
    assert booking.join_link.token not in empty


def test_the_room_page_leads_people_with_a_part_in_the_date_to_it(scene: Scene) -> None:
    booking = scene.book(invite="bernd@im.mv.example")

    for person in (scene.world.anna, scene.world.bernd):
        response = browser(person).get(room(scene))
        assert (response.status_code, response["Location"]) == (303, path(booking))


def test_the_room_page_leads_guests_with_a_pin_of_the_date_to_it(scene: Scene) -> None:
    booking = scene.book()
    client = browser()

    response = client.post(room(scene), {"pin": booking.join_link.moderator_pin})

    assert (response.status_code, response["Location"]) == (303, path(booking))
    assert sent_to(client.post(path(booking), {"name": "Gerda"}))["role"] == "MODERATOR"


def test_the_room_page_leads_to_each_of_two_dates_that_follow_each_other(scene: Scene) -> None:
    """The next one can be entered already while this one still runs: the PIN decides."""
    running = scene.book(starts_in=timedelta(minutes=-10), length=timedelta(minutes=15))
    following = scene.book(starts_in=timedelta(minutes=5), length=timedelta(minutes=30))

    led = [
        browser().post(room(scene), {"pin": booking.join_link.pin})["Location"]
        for booking in (running, following)
    ]

    assert led == [path(running), path(following)]


def test_the_room_page_answers_alike_without_a_meeting_and_with_a_wrong_pin(scene: Scene) -> None:
    nothing = browser().post(room(scene), {"pin": "123456789"})
    scene.book()
    wrong = browser().post(room(scene), {"pin": "123456789"})

    assert (nothing.status_code, wrong.status_code) == (400, 400)
    assert text(nothing) == text(wrong)
    assert "No meeting with this PIN is running in this room now." in text(wrong)


def test_pins_are_not_guessed_on_the_room_page(scene: Scene) -> None:
    booking = scene.book()
    client = browser()
    for _ in range(OF_SOURCE.most):
        client.post(room(scene), {"pin": "123456789"})

    assert client.post(room(scene), {"pin": booking.join_link.pin}).status_code == 429


def test_rooms_without_a_page_lead_nowhere(scene: Scene) -> None:
    scene.world.small.is_stock = True
    scene.world.small.save()

    assert browser().get("/r/no-such-room").status_code == 404
    assert browser().get(f"/r/{scene.world.small.slug}").status_code == 404


def test_the_room_page_wants_its_own_form(scene: Scene) -> None:
    booking = scene.book()

    response = browser(csrf=True).post(room(scene), {"pin": booking.join_link.pin})

    assert response.status_code == 403


def test_joining_costs_the_same_with_many_dates_and_people(
    scene: Scene, django_assert_max_num_queries
) -> None:
    booking = scene.book(invite=" ".join(f"gast{n}@extern.example" for n in range(25)))

    with django_assert_max_num_queries(12):
        browser().get(path(booking))
    assert again(scene.provisioned(booking)).state == MeetingState.CREATED
