# SPDX-License-Identifier: EUPL-1.2
"""What becomes of dates on a Jitsi server, where nothing is made and an empty room is no room."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.integrations.conferencing.jitsi_server import part_of
from tests.integrations.conferencing.scene import (
    Scene,
    again,
    date_of,
    deliver_conferencing,
    make_scene,
    move,
)
from tests.rsa_keys import pem_of, rsa_key
from tests.simulator_fixture import JitsiShard, jitsi_shard, jitsi_shard_process, jitsi_shards
from vconf.bookings.clock import pass_time
from vconf.bookings.meetings import end_occurrence
from vconf.bookings.models import Meeting, MeetingState, OccurrenceState
from vconf.integrations.conferencing import effects
from vconf.integrations.conferencing.effects import bring_up
from vconf.integrations.conferencing.poll import poll_servers
from vconf.integrations.conferencing.port import UNOPENED, JoinRequest, RemovesPeople
from vconf.integrations.conferencing.registry import backend_for
from vconf.rooms.health import FAILURES_TO_DOWN
from vconf.rooms.models import ConferenceServer, RoomClass, ServerEvent, ServerHealth, ServerKind

__all__ = ["jitsi_shard", "jitsi_shard_process", "jitsi_shards"]

pytestmark = pytest.mark.engine

KEY = "system"


def set_up(server: ConferenceServer, shard: JitsiShard, **options: Any) -> None:
    """Register the shard in the place of the world's server, with all that can be opened; None leaves one out."""
    everything = {
        "census_url": f"{shard.origin}/room-census",
        "size_url": f"{shard.origin}/room-size",
        "jicofo_url": shard.origin,
        "end_url": f"{shard.origin}/end-meeting",
        "system_key_id": "system-1",
        **options,
    }
    server.kind, server.base_url, server.secret = ServerKind.JITSI, shard.base_url, shard.secret
    server.options = {name: value for name, value in everything.items() if value is not None}
    server.keys = json.dumps({"system_key": pem_of(rsa_key(KEY))})
    server.save()


def public_half(name: str) -> str:
    public = (
        rsa_key(name)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return public.decode()


@pytest.fixture
def jitsi(transactional_db: None, jitsi_shard: JitsiShard, monkeypatch: pytest.MonkeyPatch) -> Scene:
    public = (
        rsa_key(KEY)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    jitsi_shard.configure(
        enable_roomsize_token_verification=True,
        census_milliseconds=True,
        system_keys={"system-1": public.decode()},
    )
    monkeypatch.setattr(effects, "JOB_PATIENCE", 20.0)
    scene = make_scene(jitsi_shard)
    set_up(scene.server, jitsi_shard)
    return scene


def shard_of(scene: Scene) -> JitsiShard:
    assert isinstance(scene.simulator, JitsiShard)
    return scene.simulator


def enters(scene: Scene, meeting: Meeting, name: str = "Anna") -> str:
    """Somebody comes in with a token. Their occupant's id."""
    shard = shard_of(scene)
    seen = shard.enter(meeting.external_id, jwt=shard.token(meeting.external_id, name=name))
    assert seen["entered"], seen
    return str(seen["occupant"])


def test_a_room_that_nobody_has_entered_is_ready_and_stays_so(jitsi: Scene) -> None:
    booking = jitsi.book()
    meeting = jitsi.provisioned(booking)

    for _ in range(2):
        poll_servers()

    meeting = again(meeting)
    assert (meeting.state, meeting.incarnation, meeting.people) == (MeetingState.CREATED, UNOPENED, 0)
    assert shard_of(jitsi).rooms() == {}
    assert ConferenceServer.objects.get(id=jitsi.server.id).health == ServerHealth.OK


def test_the_census_is_enough_to_see_that_rooms_are_empty(jitsi: Scene) -> None:
    jitsi.provisioned()
    poll_servers()  # the first time it is checked, too
    asked = {name: jitsi.calls(name) for name in ("room-census", "room-size")}

    poll_servers()

    assert jitsi.calls("room-census") - asked["room-census"] == 1
    assert jitsi.calls("room-size") == asked["room-size"]


def test_the_first_who_enters_opens_it_and_makes_the_date_live(jitsi: Scene) -> None:
    booking = jitsi.book()
    meeting = jitsi.provisioned(booking)
    enters(jitsi, meeting)
    enters(jitsi, meeting, "Bernd")

    poll_servers()

    meeting = again(meeting)
    assert (meeting.state, meeting.people) == (MeetingState.LIVE, 2)
    assert meeting.incarnation not in ("", UNOPENED)
    assert date_of(booking).state == OccurrenceState.LIVE


def test_when_all_have_left_the_same_room_waits_for_whoever_comes_back(jitsi: Scene) -> None:
    booking = jitsi.book()
    meeting = jitsi.provisioned(booking)
    enters(jitsi, meeting)
    poll_servers()
    first = again(meeting).incarnation

    shard_of(jitsi).leave(meeting.external_id)
    poll_servers()
    left = again(meeting)
    found = bring_up(date_of(booking))
    enters(jitsi, meeting)
    poll_servers()

    assert (left.state, left.people) == (MeetingState.LIVE, 0)
    assert found is not None
    assert (found.id, found.epoch) == (meeting.id, 1)
    back = again(meeting)
    assert (back.state, back.people) == (MeetingState.LIVE, 1)
    assert back.incarnation not in (UNOPENED, first)


def test_a_restart_that_forgets_all_rooms_loses_no_meeting(jitsi: Scene) -> None:
    meeting = jitsi.provisioned()
    enters(jitsi, meeting)
    poll_servers()

    shard_of(jitsi).forget()
    poll_servers()
    forgotten = again(meeting)
    enters(jitsi, meeting)
    poll_servers()

    assert (forgotten.state, forgotten.people) == (MeetingState.LIVE, 0)
    assert (again(meeting).state, again(meeting).people) == (MeetingState.LIVE, 1)


def test_at_its_end_an_empty_room_is_over(jitsi: Scene) -> None:
    booking = jitsi.book()
    meeting = jitsi.provisioned(booking)
    enters(jitsi, meeting)
    poll_servers()
    shard_of(jitsi).leave(meeting.external_id)
    poll_servers()
    now = timezone.now()
    move(booking, now - timedelta(minutes=61), now - timedelta(minutes=1))

    pass_time(now)

    assert again(meeting).state == MeetingState.ENDED
    assert date_of(booking).state == OccurrenceState.ENDED


def test_what_a_moderator_ends_is_ended_on_the_server(jitsi: Scene) -> None:
    booking = jitsi.book()
    meeting = jitsi.provisioned(booking)
    enters(jitsi, meeting)
    poll_servers()

    end_occurrence(date_of(booking).id, actor=factories.actor(jitsi.world.anna))
    deliver_conferencing()

    assert shard_of(jitsi).rooms() == {}


def test_a_server_that_cannot_end_a_meeting_is_told_of_and_nothing_is_parked(jitsi: Scene) -> None:
    set_up(jitsi.server, shard_of(jitsi), end_url=None)
    booking = jitsi.book()
    meeting = jitsi.provisioned(booking)
    enters(jitsi, meeting)
    poll_servers()

    end_occurrence(date_of(booking).id, actor=factories.actor(jitsi.world.anna))
    deliver_conferencing()
    poll_servers()

    assert meeting.external_id in shard_of(jitsi).rooms()
    told = ServerEvent.objects.filter(server=jitsi.server, meeting_id=meeting.id)
    assert "not_enforceable" in told.values_list("code", flat=True)


def test_a_room_that_opens_again_after_its_end_is_ended(jitsi: Scene) -> None:
    booking = jitsi.book()
    meeting = jitsi.provisioned(booking)
    end_occurrence(date_of(booking).id, actor=factories.actor(jitsi.world.anna))
    deliver_conferencing()
    enters(jitsi, meeting)

    poll_servers()

    assert shard_of(jitsi).rooms() == {}


def test_rooms_that_are_not_ours_are_left_alone(jitsi: Scene) -> None:
    shard = shard_of(jitsi)
    shard.enter("kaffeerunde", jwt=shard.token("kaffeerunde"))

    poll_servers()

    assert "kaffeerunde" in shard.rooms()
    assert ConferenceServer.objects.get(id=jitsi.server.id).live_meetings == 1


def test_without_a_census_each_room_is_asked_for(jitsi: Scene) -> None:
    set_up(jitsi.server, shard_of(jitsi), census_url=None)
    meeting = jitsi.provisioned()
    poll_servers()
    empty = again(meeting)
    enters(jitsi, meeting)
    enters(jitsi, meeting, "Bernd")
    poll_servers()
    full = again(meeting)
    shard_of(jitsi).leave(meeting.external_id)
    poll_servers()

    assert (empty.state, empty.people) == (MeetingState.CREATED, 0)
    assert (full.state, full.people, full.incarnation) == (MeetingState.LIVE, 2, UNOPENED)
    assert (again(meeting).state, again(meeting).people) == (MeetingState.LIVE, 0)


def test_where_nothing_tells_who_is_in_what_was_heard_elsewhere_is_kept(jitsi: Scene) -> None:
    """The events that the server sends may have told it."""
    set_up(jitsi.server, shard_of(jitsi), census_url=None, size_url=None)
    meeting = jitsi.provisioned()
    Meeting.objects.filter(id=meeting.id).update(state=MeetingState.LIVE, people=4)

    poll_servers()

    assert (again(meeting).state, again(meeting).people) == (MeetingState.LIVE, 4)
    assert ConferenceServer.objects.get(id=jitsi.server.id).health == ServerHealth.OK


def test_a_census_that_is_closed_moves_nobody(jitsi: Scene) -> None:
    meeting = jitsi.provisioned()
    enters(jitsi, meeting)
    poll_servers()
    shard_of(jitsi).configure(modules=["muc_size", "end_meeting", "jicofo"])

    for _ in range(FAILURES_TO_DOWN):
        poll_servers()

    server = ConferenceServer.objects.get(id=jitsi.server.id)
    assert server.health == ServerHealth.OK
    assert server.health_detail.startswith("no_such_path")
    assert (again(meeting).state, again(meeting).people) == (MeetingState.LIVE, 1)


@pytest.mark.parametrize("how", [{"health": "hard"}, {"health": "soft"}, {"operational_bridges": 0}])
def test_a_shard_whose_page_loads_and_that_carries_nothing_is_not_well(
    jitsi: Scene, how: dict[str, object]
) -> None:
    shard_of(jitsi).configure(**how)

    poll_servers()

    assert ConferenceServer.objects.get(id=jitsi.server.id).health == ServerHealth.SUSPECT


def test_the_backend_is_made_anew_when_an_option_changes(jitsi: Scene) -> None:
    first = backend_for(jitsi.server)
    set_up(jitsi.server, shard_of(jitsi), app_id="land")

    assert backend_for(jitsi.server) is not first


@pytest.mark.parametrize(("who", "moderates"), [("anna", True), ("bernd", False)])
def test_from_the_link_into_the_room_as_what_one_is(jitsi: Scene, who: str, moderates: bool) -> None:
    """The whole way of somebody who is signed in: join page, token, the server's own answer."""
    booking = jitsi.book(invite="bernd@im.mv.example")
    person = getattr(jitsi.world, who)
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="vconf.authorities.backends.LocalAccountBackend")

    answer = client.post(f"/j/{booking.join_link.token}", {})
    page = requests.get(answer["Location"], timeout=5)

    assert answer.status_code == 303
    assert page.status_code == 200
    meeting = Meeting.objects.get(occurrence__booking=booking)
    [occupant] = shard_of(jitsi).rooms()[meeting.external_id]["occupants"]
    assert (occupant["name"], occupant["moderator"]) == (person.name, moderates)
    token = answer["Location"].partition("?jwt=")[2].partition("#")[0]
    assert set(part_of(token, 1)["context"]["user"]) == {"id", "name", "moderator", "affiliation"}


def test_what_the_class_says_goes_along_with_everybody(jitsi: Scene) -> None:
    said = {"lobby": True, "muted_on_start": False}
    RoomClass.objects.update(settings={name: {"value": it, "enforced": False} for name, it in said.items()})
    booking = jitsi.book()
    guest = Client(headers={"accept-language": "en"})
    organiser = Client(headers={"accept-language": "en"})
    organiser.force_login(jitsi.world.anna, backend="vconf.authorities.backends.LocalAccountBackend")

    sent = {
        "guest": guest.post(f"/j/{booking.join_link.token}", {"name": "Gast"})["Location"],
        "organiser": organiser.post(f"/j/{booking.join_link.token}", {})["Location"],
    }

    told = {
        who: part_of(url.partition("?jwt=")[2].partition("#")[0], 1)["context"] for who, url in sent.items()
    }
    assert told["guest"]["room"] == told["organiser"]["room"] == {"lobby": True}
    assert ["lobby_bypass" in told[who]["user"] for who in ("guest", "organiser")] == [False, True]
    for url in sent.values():
        assert "config.startWithAudioMuted=false" in url
        assert "config.startWithVideoMuted=true" in url
        assert "config.subject=%22Lagebesprechung%22" in url


def test_with_rs256_the_server_knows_only_the_public_half(jitsi: Scene) -> None:
    shard = shard_of(jitsi)
    shard.configure(algorithm="RS256", public_keys={"people-1": public_half("people")})
    set_up(jitsi.server, shard, algorithm="RS256", key_id="people-1")
    jitsi.server.keys = json.dumps(
        {"system_key": pem_of(rsa_key(KEY)), "private_key": pem_of(rsa_key("people"))}
    )
    jitsi.server.secret = ""
    jitsi.server.save()
    meeting = jitsi.provisioned()

    url = backend_for(jitsi.server).join_url(
        JoinRequest(
            external_id=meeting.external_id, incarnation=meeting.incarnation, full_name="Anna", user_id="p-1"
        )
    )
    page = requests.get(url, timeout=5)
    report = backend_for(jitsi.server).check()

    assert page.status_code == 200
    assert list(shard.rooms()) == [meeting.external_id]
    assert (report.healthy, report.secret_ok) == (True, True)


def test_one_person_is_removed_and_the_others_stay(jitsi: Scene) -> None:
    set_up(jitsi.server, shard_of(jitsi), kick_url=f"{shard_of(jitsi).origin}/kick-participant")
    meeting = jitsi.provisioned()
    enters(jitsi, meeting)
    disturbing = enters(jitsi, meeting, "Störer")
    backend = backend_for(jitsi.server)
    assert isinstance(backend.unguarded, RemovesPeople)
    assert [(one.name, one.person_id == disturbing) for one in backend.people_in(meeting.external_id)] == [
        ("Anna", False),
        ("Störer", True),
    ]

    removed = backend.remove_person(meeting.external_id, disturbing)
    again_removed = backend.remove_person(meeting.external_id, disturbing)

    assert (removed, again_removed) == (True, False)
    [left] = shard_of(jitsi).rooms()[meeting.external_id]["occupants"]
    assert left["name"] == "Anna"


def test_the_room_on_a_shard_that_was_lost_is_ended_whenever_it_opens_again(
    jitsi: Scene, jitsi_shards: Callable[[int], list[JitsiShard]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token for the old room is good for a while, so somebody may go there once more."""
    monkeypatch.setattr(effects, "LOST_AFTER", timedelta(0))
    monkeypatch.setattr("vconf.rooms.health.APART", timedelta(0))
    meeting = jitsi.provisioned()
    enters(jitsi, meeting)
    poll_servers()
    [other] = jitsi_shards(1)
    second = factories.server(jitsi.world.pool, "zweiter")
    set_up(second, other, end_url=None)
    shard_of(jitsi).set_fault("close")
    for _ in range(3):
        poll_servers(patience=20)
    moved = Meeting.objects.get(occurrence=meeting.occurrence, epoch=2)
    assert (moved.server_id, again(meeting).state) == (second.id, MeetingState.LOST)
    assert meeting.external_id in shard_of(jitsi).rooms()  # they still talk there

    shard_of(jitsi).clear_faults()
    poll_servers(patience=20)
    assert shard_of(jitsi).rooms() == {}

    enters(jitsi, meeting, "Bernd")
    poll_servers(patience=20)
    assert shard_of(jitsi).rooms() == {}
    assert ServerEvent.objects.filter(kind="orphan_ended", meeting_id=meeting.id).count() == 2
