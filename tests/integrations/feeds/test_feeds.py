# SPDX-License-Identifier: EUPL-1.2
"""Calendars under secret addresses: what they show to whom, and when they answer that nothing has changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import icalendar
import pytest
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import wish
from vconf.bookings import services
from vconf.bookings.links import join_url
from vconf.errors import Invalid, NotFound
from vconf.integrations.feeds import addresses
from vconf.integrations.feeds.addresses import create_feed, feed_url, feeds_of, revoke_feed
from vconf.integrations.feeds.models import Detail, Feed

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def world() -> factories.World:
    return factories.world()


def get(feed: Feed, suffix: str = "ics", **headers: str) -> Any:
    return Client().get(f"/feeds/{feed.token}.{suffix}", headers=headers)


def events(answer: Any) -> list[Any]:
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


def own(world: factories.World, detail: str = Detail.FULL) -> Feed:
    return create_feed(room_id=None, detail=detail, actor=factories.actor(world.anna))


def of_room(world: factories.World, who: Any, detail: str = Detail.FULL) -> Feed:
    return create_feed(room_id=world.shared.id, detail=detail, actor=factories.actor(who))


def booked(world: factories.World, **fields: Any) -> Any:
    return services.book(wish(room_id=world.shared.id, **fields), actor=factories.actor(world.anna))


# What it shows


def test_an_own_feed_tells_title_link_and_place(world: factories.World) -> None:
    booking = booked(world, invite="bernd@im.mv.example")
    answer = get(own(world))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    [event] = events(answer)
    assert (event["SUMMARY"], event["UID"]) == ("Lagebesprechung", booking.uid)
    assert event["URL"] == join_url(booking.join_link)
    assert event["LOCATION"].startswith(world.shared.name)
    assert "ATTENDEE" not in event
    assert "METHOD" not in answer.content.decode()


def test_a_series_is_one_event_with_its_rule(world: factories.World) -> None:
    booked(world, rrule="FREQ=WEEKLY;COUNT=4")
    [event] = events(get(own(world)))
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;COUNT=4"


def test_a_busy_feed_tells_times_and_nothing_else(world: factories.World) -> None:
    booking = booked(world, invite="bernd@im.mv.example", description="Streng vertraulich")
    text = get(own(world, Detail.BUSY)).content.decode()
    [event] = events(get(own(world, Detail.BUSY)))
    assert event["SUMMARY"] == "Belegt"
    assert event["DTSTART"].dt == booking.occurrences.get().starts_at
    for secret in (
        "Lagebesprechung",
        "vertraulich",
        "bernd",
        "anna",
        booking.uid,
        booking.join_link.token,
        "/j/",
    ):
        assert secret not in text.replace("\r\n ", "")


def test_a_feed_of_a_room_shows_others_only_that_it_is_taken(world: factories.World) -> None:
    booking = booked(world, invite="bernd@im.mv.example")
    [stranger] = events(get(of_room(world, world.clara)))
    assert stranger["SUMMARY"] == "Belegt"
    assert stranger["UID"] != booking.uid
    [invited] = events(get(of_room(world, world.bernd)))
    assert invited["SUMMARY"] == "Lagebesprechung"


def test_two_busy_feeds_do_not_tell_that_they_show_the_same_meeting(world: factories.World) -> None:
    booked(world)
    first, second = (events(get(of_room(world, world.clara, Detail.BUSY)))[0]["UID"] for _ in range(2))
    assert first != second


def test_free_busy_is_published_for_the_person(world: factories.World) -> None:
    starts_at = timezone.now().replace(microsecond=0) + timedelta(days=3)
    booked(world, starts_local=starts_at.replace(tzinfo=None), timezone="UTC")
    answer = get(own(world, Detail.BUSY), "ifb")
    [busy] = icalendar.Calendar.from_ical(answer.content).walk("VFREEBUSY")
    ends_at = starts_at + timedelta(hours=1)
    assert (
        f"FREEBUSY;FBTYPE=BUSY:{starts_at:%Y%m%dT%H%M%SZ}/{ends_at:%Y%m%dT%H%M%SZ}" in answer.content.decode()
    )
    assert busy["ORGANIZER"] == "mailto:anna@im.mv.example"
    assert "METHOD:PUBLISH" in answer.content.decode()


def test_the_display_at_a_door_tells_until_when(world: factories.World) -> None:
    now = timezone.now().replace(second=0, microsecond=0)
    feed = of_room(world, world.clara)
    assert get(feed, "json").json()["state"] == "free"
    begins = now + timedelta(hours=2)
    booked(world, starts_local=begins.replace(tzinfo=None), timezone="UTC")
    shown = get(feed, "json").json()
    assert (shown["room"], shown["state"], shown["until"]) == (
        world.shared.name,
        "free",
        begins.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    assert [sorted(date) for date in shown["dates"]] == [["ends_at", "starts_at", "tentative"]]
    assert "Lagebesprechung" not in get(feed, "json").content.decode()


def test_a_person_has_no_door(world: factories.World) -> None:
    assert get(own(world), "json").status_code == 404


def test_what_was_refused_takes_no_place_in_a_feed(world: factories.World) -> None:
    booked(world)
    booked(world, store_refused=True)
    assert len(events(get(own(world)))) == 1


def test_cancelled_meetings_go(world: factories.World) -> None:
    booking = booked(world)
    services.cancel(booking.id, actor=factories.actor(world.anna))
    assert events(get(own(world))) == []


# When nothing has changed


@pytest.mark.parametrize("suffix", ["ics", "ifb", "json"])
def test_who_has_it_already_is_told_so(world: factories.World, suffix: str) -> None:
    booked(world)
    feed = of_room(world, world.anna)
    etag = get(feed, suffix)["ETag"]
    again = get(feed, suffix, if_none_match=etag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    booked(world, day=1)
    assert get(feed, suffix, if_none_match=etag).status_code == 200


def test_who_may_see_less_from_now_on_is_not_told_that_nothing_changed(world: factories.World) -> None:
    booked(world)
    substitute = factories.deputy(world.clara, world.anna)
    feed = of_room(world, world.clara)
    before = get(feed)
    assert events(before)[0]["SUMMARY"] == "Lagebesprechung"
    substitute.delete()
    after = get(feed, if_none_match=before["ETag"])
    assert events(after)[0]["SUMMARY"] == "Belegt"


# Addresses


def test_an_unknown_address_leads_nowhere(world: factories.World) -> None:
    feed = own(world)
    for token in ("x", "x" * 32, feed.token[:-1], feed.token + "x", "x" * 500):
        assert Client().get(f"/feeds/{token}.ics").status_code == 404


def test_a_revoked_address_leads_nowhere(world: factories.World) -> None:
    feed = own(world)
    revoke_feed(feed.id, actor=factories.actor(world.anna))
    assert get(feed).status_code == 404
    with pytest.raises(NotFound):
        revoke_feed(feed.id, actor=factories.actor(world.anna))


def test_nobody_revokes_what_is_not_theirs(world: factories.World) -> None:
    feed = own(world)
    with pytest.raises(NotFound):
        revoke_feed(feed.id, actor=factories.actor(world.bernd))
    assert get(feed).status_code == 200


def test_who_is_disabled_has_no_feeds(world: factories.World) -> None:
    feed = own(world)
    world.anna.is_active = False
    world.anna.save()
    assert get(feed).status_code == 404


def test_a_room_that_its_owner_may_not_see_any_more_is_gone(world: factories.World) -> None:
    feed = create_feed(room_id=world.small.id, detail=Detail.FULL, actor=factories.actor(world.anna))
    assert get(feed).status_code == 200
    world.anna.memberships.update(authority=world.fm)
    assert get(feed).status_code == 404


def test_absent_and_foreign_rooms_answer_alike(world: factories.World) -> None:
    told = []
    for room_id in (world.small.id, world.anna.id):
        with pytest.raises(NotFound) as refusal:
            create_feed(room_id=room_id, detail=Detail.BUSY, actor=factories.actor(world.clara))
        told.append(str(refusal.value))
    assert told[0] == told[1]


def test_there_is_an_end_to_addresses(world: factories.World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "MOST", 2)
    for _ in range(2):
        own(world)
    with pytest.raises(Invalid):
        own(world)
    revoke_feed(feeds_of(factories.actor(world.anna))[0].id, actor=factories.actor(world.anna))
    own(world)


def test_the_token_stands_nowhere_in_clear(world: factories.World) -> None:
    from django.db import connection

    feed = own(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT token, token_hash FROM feeds_feed")
        assert feed.token not in " ".join(cursor.fetchone())
    assert feed.token in feed_url(feed)
    assert len(feed.token) >= 32


def test_a_look_changes_nothing_but_when_it_was_used(world: factories.World) -> None:
    feed = own(world)
    get(feed)
    used = Feed.objects.get(id=feed.id).last_used_at
    assert used is not None
    get(feed)
    assert Feed.objects.get(id=feed.id).last_used_at == used
