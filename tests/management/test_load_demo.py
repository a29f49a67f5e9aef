# SPDX-License-Identifier: EUPL-1.2
"""The demo data, and tokens on the command line."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import models
from django.test import RequestFactory, override_settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import factories
from vconf.authorities.models import Authority, Person, Quota
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import may_set_quota, person_by_address, person_for_token
from vconf.bookings.approval_inbox import list_approvals
from vconf.integrations.conferencing.callback_urls import jitsi_prefix
from vconf.management.demo import people, rooms, tree
from vconf.rooms.holidays import public_holidays
from vconf.rooms.models import ConferenceServer, Room, RoomClass
from vconf.rooms.policies import checked_settings
from vconf.rooms.selectors import room_stock, rooms_bookable_by, rooms_visible_to
from vconf.rooms.server_options import check_together, checked_options

pytestmark = pytest.mark.django_db


def load() -> None:
    call_command("load_demo", verbosity=0)


def demo_actor(address: str) -> Actor:
    person = person_by_address(address)
    assert person is not None
    return Actor.load(person)


def count_all() -> dict[str, int]:
    kinds: tuple[type[models.Model], ...] = (Authority, Person, Quota, Room, RoomClass, ConferenceServer)
    return {kind.__name__: kind._default_manager.count() for kind in kinds}


def test_outside_the_demo_it_is_refused() -> None:
    with override_settings(VCONF_DEMO=False), pytest.raises(CommandError):
        load()

    assert not Person.objects.exists()


def test_a_database_in_use_is_left_alone() -> None:
    factories.world()
    before = count_all()
    Person.objects.filter(email="operator@mv.example").update(email="o@mv.example")
    person = person_by_address("operator@mv.example")
    assert person is not None
    person.addresses.update(address="o@mv.example")

    with pytest.raises(CommandError):
        load()

    assert count_all() == before


def test_it_is_loaded_once_and_keeps_what_was_changed_since() -> None:
    load()
    before = count_all()
    Quota.objects.filter(authority__short_name="IM").update(concurrent_seats=7)
    Room.objects.filter(name="Peene").update(name="Umbenannt")

    load()

    assert count_all() == before
    assert Quota.objects.get(authority__short_name="IM").concurrent_seats == 7
    assert not Room.objects.filter(name="Peene").exists()


def test_loading_again_asks_little(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    load()

    with django_assert_num_queries(4):  # a savepoint, its release, one look at people, one at servers
        load()


def test_the_servers_follow_the_port() -> None:
    load()

    with override_settings(VCONF_SIMULATOR_PORT=9301):
        load()

    assert list(ConferenceServer.objects.order_by("name").values_list("base_url", "seats", "state")) == [
        ("http://127.0.0.1:9301/bigbluebutton/api/", 300, "enabled"),
        ("http://127.0.0.1:9302/bigbluebutton/api/", 300, "enabled"),
        ("http://127.0.0.1:9303/", 300, "enabled"),
    ]
    jitsi = ConferenceServer.objects.get(kind="jitsi")
    assert jitsi.options["census_url"] == "http://127.0.0.1:9303/room-census"


def test_the_simulated_shard_is_set_up_to_ask_this_installation() -> None:
    load()

    jitsi = ConferenceServer.objects.get(kind="jitsi")
    file = settings.VCONF_DATA_DIR / "simulated-jitsi.json"
    told = json.loads(file.read_text())[jitsi.name]
    assert told["reservations_url"] == jitsi_prefix(jitsi)
    assert told["system_keys"]["demo"].startswith("-----BEGIN PUBLIC KEY-----")
    assert file.stat().st_mode & 0o077 == 0
    check_together(jitsi.kind, options=jitsi.options, keys=json.loads(jitsi.keys))
    assert checked_options(jitsi.kind, jitsi.options) == jitsi.options


def test_the_land_has_nine_departments_a_hundred_agencies_and_two_municipalities() -> None:
    load()

    root = Authority.objects.get(parent=None)
    below = Authority.objects.filter(parent=root)
    agencies = Authority.objects.exclude(id=root.id).exclude(parent=root)
    assert below.count() == 9 + 2
    assert 90 <= agencies.count() <= 120
    assert set(below.filter(short_name__in=["IM", "FM"]).values_list("domain", flat=True)) == {
        "im.mv.example",
        "fm.mv.example",
    }
    shorts = [short for short, _, _ in tree.authorities()]
    domains = [tree.domain_of(short) for short in shorts]
    assert len(set(shorts)) == len(set(domains)) == len(shorts)
    assert all(domain.isascii() for domain in domains)


def test_demo_people_sign_in() -> None:
    load()

    for address, *_ in people.PEOPLE:
        person = authenticate(RequestFactory().post("/"), username=address, password="vconf-demo")

        assert isinstance(person, Person), address
        home = person.memberships.get(is_home=True).authority
        assert address.endswith(f"@{home.domain}")


def test_everybody_can_do_what_the_demo_shows() -> None:
    load()
    im, laiv = (Authority.objects.get(short_name=one) for one in ("IM", "LAiV"))

    assert demo_actor("operator@mv.example").operates
    assert demo_actor("auditor@mv.example").is_auditor
    assert may_set_quota(demo_actor("admin@im.mv.example"), laiv)
    assert not may_set_quota(demo_actor("admin@im.mv.example"), im)
    assert demo_actor("anna@im.mv.example").home_id == im.id
    assert demo_actor("clara@fm.mv.example").admin_ids == frozenset()


def test_there_is_a_room_for_25_people_at_the_ministry() -> None:
    load()
    anna, clara = demo_actor("anna@im.mv.example"), demo_actor("clara@fm.mv.example")

    fitting = rooms_bookable_by(anna).filter(is_stock=False, seats__gte=25).order_by("seats")

    assert fitting[0].name == "Peene"
    assert fitting[0].address == "peene@raum.mv.example"
    assert "Peene" not in {room.name for room in rooms_visible_to(clara)}
    assert {room.name for room in rooms_visible_to(clara)} > {"Kassensaal", "Landessaal"}
    assert 14 <= rooms_visible_to(demo_actor("operator@mv.example")).count() <= 20
    assert room_stock(demo_actor("operator@mv.example")).count() == 3


def test_there_is_something_to_decide() -> None:
    """Two of the week's bookings wait, so that the page of requests has something to show."""
    call_command("load_demo", "--bookings", verbosity=0)

    waiting = {row.booking.title for row in list_approvals(demo_actor("bernd@im.mv.example"))}

    # on public holidays nothing can be booked there
    assert waiting <= {"Sicherheitslage Hansesail", "Personalauswahl Referat 210"}
    assert waiting or any(day in public_holidays(day.year) for day in _days_ahead(12))
    assert list_approvals(demo_actor("admin@im.mv.example")).count() == len(waiting)
    assert not list_approvals(demo_actor("admin@fm.mv.example")).exists()


def _days_ahead(number: int) -> list[date]:
    return [timezone.localdate() + timedelta(days=n) for n in range(number)]


def test_the_classes_settings_are_those_an_admin_could_have_entered() -> None:
    for values in rooms.ROOM_CLASSES.values():
        assert checked_settings(values) == values


def test_a_token_for_somebody_acts_as_them() -> None:
    load()
    printed = StringIO()

    call_command("create_api_token", "Anna@im.mv.example", stdout=printed)

    person = person_for_token(printed.getvalue().strip())
    assert person is not None
    assert person.email == "anna@im.mv.example"


@pytest.mark.parametrize("arguments", [["nobody@mv.example"], ["anna@im.mv.example", "--days=0"]])
def test_no_token_for_nobody_and_none_without_end(arguments: list[str]) -> None:
    load()

    with pytest.raises(CommandError):
        call_command("create_api_token", *arguments)
