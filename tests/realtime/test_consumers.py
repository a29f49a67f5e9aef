# SPDX-License-Identifier: EUPL-1.2
"""The protocol of /ws/rooms/ and who is told what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests import factories
from tests.factories import World
from tests.realtime.dates import NOW, a_date, after, joined
from tests.realtime.sockets import Headers, bearer, cookie, in_db, opened_socket, session_of, signed_in
from vconf.authorities.models import ApiToken, Membership, Person, Role
from vconf.bookings.meetings import meeting_attended
from vconf.realtime import consumers
from vconf.realtime.hub import Hub
from vconf.realtime.models import RoomStatus
from vconf.realtime.status import refresh_due, refresh_room, refresh_rooms
from vconf.rooms.models import Room

pytestmark = pytest.mark.asyncio


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights are looked at every fifth of a second instead of every half minute."""
    monkeypatch.setattr(Hub, "RIGHTS_EVERY", 0.2)


# --- the protocol ---------------------------------------------------------------------------------------


async def test_a_subscription_begins_with_a_snapshot(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.subscribe()
        snapshot = await socket.expect("snapshot")
    assert snapshot["version"] == 3
    assert sorted(snapshot["rooms"], key=lambda one: one["version"]) == [
        {
            "room": str(room.id),
            "visibility": "busy",
            "state": "free",
            "until": None,
            "next": None,
            "version": version,
        }
        for version, room in enumerate(
            sorted([scene.small, scene.big, scene.shared], key=lambda one: one.id), 1
        )
    ]


async def test_changes_follow_as_they_happen(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.subscribe()
        await socket.expect("snapshot")
        date = await in_db(a_date, scene.small, scene.anna)
        await in_db(refresh_room, scene.small.id, now=NOW)
        change = await socket.expect("change")
    assert change == {
        "type": "change",
        "version": 4,
        "room": str(scene.small.id),
        "visibility": "details",
        "state": "reserved",
        "people": 0,
        "since": change["since"],
        "until": after(60).isoformat().replace("+00:00", "Z"),
        "booking": str(date.booking_id),
        "occurrence": str(date.id),
        "next": None,
    }


async def test_only_the_rooms_asked_for(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.subscribe([str(scene.big.id)])
        assert [one["room"] for one in (await socket.expect("snapshot"))["rooms"]] == [str(scene.big.id)]
        await in_db(a_date, scene.small, scene.anna)
        await in_db(a_date, scene.big, scene.anna)
        await in_db(refresh_room, scene.small.id, now=NOW)
        await in_db(refresh_room, scene.big.id, now=NOW)
        assert (await socket.expect("change"))["room"] == str(scene.big.id)


async def test_a_subscription_replaces_the_one_before(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.subscribe([str(scene.big.id)])
        await socket.expect("snapshot")
        await socket.subscribe(None)
        assert len((await socket.expect("snapshot"))["rooms"]) == 3


async def test_no_rooms_is_not_all_rooms(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.subscribe([])
        assert (await socket.expect("snapshot"))["rooms"] == []


async def test_nothing_is_sent_before_a_subscription(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await in_db(a_date, scene.small, scene.anna)
        await in_db(refresh_room, scene.small.id, now=NOW)
        assert await socket.receive_nothing(0.3)


async def test_ping_is_answered(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.send({"type": "ping"})
        assert await socket.expect("pong") == {"type": "pong"}


async def test_many_changes_at_once_are_one_frame_with_the_latest_states(
    scene: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hub, "PACE", 0.5)
    meeting = await in_db(lambda: joined(a_date(scene.small, scene.anna), people=1))
    async with signed_in(scene.anna) as socket:
        await socket.subscribe()
        await socket.expect("snapshot")
        await in_db(refresh_room, scene.small.id, now=NOW)
        assert (await socket.expect("change"))["people"] == 1
        await in_db(a_date, scene.big, scene.anna)
        for people in (2, 3, 4, 5):
            await in_db(meeting_attended, meeting.id, people=people, moderators=1)
            await in_db(refresh_rooms, [scene.small.id, scene.big.id], now=NOW)
        changes = await socket.expect("changes")
        assert await socket.receive_nothing(0.7)
    assert {one["room"]: one.get("people") for one in changes["changes"]} == {
        str(scene.small.id): 5,
        str(scene.big.id): 0,
    }
    assert changes["version"] == max(one["version"] for one in changes["changes"])


# --- resuming -------------------------------------------------------------------------------------------


async def test_resuming_tells_what_was_missed(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.subscribe()
        version = (await socket.expect("snapshot"))["version"]
    await in_db(a_date, scene.small, scene.anna)
    await in_db(refresh_room, scene.small.id, now=NOW)
    async with signed_in(scene.anna) as socket:
        await socket.subscribe(since=version)
        changes = await socket.expect("changes")
        assert [(one["room"], one["state"]) for one in changes["changes"]] == [
            (str(scene.small.id), "reserved")
        ]
        await socket.subscribe(since=changes["version"])
        assert (await socket.expect("changes"))["changes"] == []


@pytest.mark.parametrize("since", [10**12, 2**70])
async def test_a_cursor_from_the_future_gets_a_snapshot(scene: World, since: int) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.subscribe()
        await socket.expect("snapshot")
        await socket.subscribe(since=since)
        assert (await socket.expect("snapshot"))["version"] == 3


async def test_a_cursor_of_too_many_changes_ago_gets_a_snapshot(
    scene: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.subscribe()
        version = (await socket.expect("snapshot"))["version"]
    monkeypatch.setattr(Hub, "KEPT_CHANGES", 1)
    await in_db(a_date, scene.small, scene.anna)
    await in_db(a_date, scene.big, scene.anna)
    await in_db(refresh_rooms, [scene.small.id, scene.big.id], now=NOW)
    async with signed_in(scene.anna) as socket:
        await socket.subscribe(since=version)
        await socket.expect("snapshot")
        await socket.subscribe(since=version + 1)
        await socket.expect("changes")


async def test_a_cursor_of_too_long_ago_gets_a_snapshot(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.subscribe()
        version = (await socket.expect("snapshot"))["version"]
    await in_db(a_date, scene.small, scene.anna)
    await in_db(refresh_room, scene.small.id, now=NOW)
    ages_ago = timezone.now() - timedelta(minutes=11)
    await in_db(RoomStatus.objects.filter(room=scene.small).update, changed_at=ages_ago)
    async with signed_in(scene.anna) as socket:
        await socket.subscribe(since=version)
        snapshot = await socket.expect("snapshot")
        await socket.subscribe(since=snapshot["version"])  # quiet for long, but nothing was missed
        await socket.expect("changes")


async def test_a_cursor_from_before_rights_changed_gets_a_snapshot(scene: World) -> None:
    """Rooms went out of sight while nobody looked: changes alone would leave them on the board."""
    async with signed_in(scene.anna) as socket:
        await socket.subscribe()
        version = (await socket.expect("snapshot"))["version"]
    await in_db(Membership.objects.filter(person=scene.anna).update, authority=scene.fm)
    for kind in ("snapshot", "snapshot"):  # another tab may hold the same cursor
        async with signed_in(scene.anna) as socket:
            await socket.subscribe(since=version)
            snapshot = await socket.expect(kind)
            assert [one["room"] for one in snapshot["rooms"]] == [str(scene.shared.id)]
    async with signed_in(scene.bernd) as socket:
        await socket.subscribe()
        await socket.expect("snapshot")
        await socket.subscribe(since=version)
        await socket.expect("changes")


# --- who sees what --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "small", "shared"),
    [
        ("anna", "details", "details"),  # organiser
        ("bernd", "details", "details"),  # attendee
        ("clara", None, "busy"),  # another ministry: not a room of IM, not the booking
        ("dora", "busy", "busy"),  # an agency below sees the rooms of its ministry
        ("admin", "details", "details"),
        ("chief", "details", "details"),
        ("operator", "details", "details"),
        ("auditor", None, None),
    ],
)
async def test_rights(scene: World, who: str, small: str | None, shared: str | None) -> None:
    for room in (scene.small, scene.shared):
        await in_db(a_date, room, scene.anna, invite=[scene.bernd])
    await in_db(refresh_rooms, [scene.small.id, scene.shared.id], now=NOW)
    async with signed_in(getattr(scene, who)) as socket:
        await socket.subscribe()
        rooms = {one["room"]: one for one in (await socket.expect("snapshot"))["rooms"]}
        seen = {room: rooms.get(str(room.id), {}).get("visibility") for room in (scene.small, scene.shared)}
        assert seen == {scene.small: small, scene.shared: shared}
        if shared == "busy":
            assert rooms[str(scene.shared.id)].keys() == {
                "room",
                "visibility",
                "state",
                "until",
                "next",
                "version",
            }


async def test_an_invitation_opens_no_foreign_room(scene: World) -> None:
    await in_db(a_date, scene.small, scene.anna, invite=[scene.clara])
    await in_db(refresh_room, scene.small.id, now=NOW)
    async with signed_in(scene.clara) as socket:
        await socket.subscribe([str(scene.small.id), str(scene.shared.id)])
        assert [one["room"] for one in (await socket.expect("snapshot"))["rooms"]] == [str(scene.shared.id)]


async def test_changes_of_foreign_rooms_are_not_sent(scene: World) -> None:
    async with signed_in(scene.clara) as socket:
        await socket.subscribe()
        await socket.expect("snapshot")
        for room in (scene.small, scene.shared):
            await in_db(a_date, room, scene.anna)
            await in_db(refresh_room, room.id, now=NOW)
        change = await socket.expect("change")
        assert (change["room"], change["state"]) == (str(scene.shared.id), "busy")
        assert await socket.receive_nothing(0.3)


async def test_a_change_reaches_colleagues_as_each_may_see_it(scene: World) -> None:
    """Their memberships are the same; only one of them has to do with the booking."""
    async with signed_in(scene.anna) as anna, signed_in(scene.bernd) as bernd:
        for socket in (anna, bernd):
            await socket.subscribe()
            await socket.expect("snapshot")
        await in_db(a_date, scene.small, scene.anna)
        await in_db(refresh_room, scene.small.id, now=NOW)
        assert (await anna.expect("change"))["visibility"] == "details"
        assert (await bernd.expect("change"))["visibility"] == "busy"


async def test_those_without_details_do_not_learn_of_people_coming(scene: World) -> None:
    meeting = await in_db(lambda: joined(a_date(scene.shared, scene.anna)))
    await in_db(refresh_room, scene.shared.id, now=NOW)
    async with signed_in(scene.clara) as clara, signed_in(scene.anna) as anna:
        for socket in (clara, anna):
            await socket.subscribe()
            await socket.expect("snapshot")
        await in_db(meeting_attended, meeting.id, people=4, moderators=1)
        await in_db(refresh_room, scene.shared.id, now=NOW)
        assert (await anna.expect("change"))["people"] == 4
        assert await clara.receive_nothing(0.3)


async def test_who_is_invited_no_more_sees_busy(scene: World) -> None:
    date = await in_db(a_date, scene.small, scene.anna, invite=[scene.bernd])
    await in_db(refresh_room, scene.small.id, now=NOW)
    async with signed_in(scene.bernd) as socket:
        await socket.subscribe([str(scene.small.id)])
        assert (await socket.expect("snapshot"))["rooms"][0]["visibility"] == "details"
        await in_db(date.booking.attendees.all().delete)
        await in_db(refresh_room, scene.small.id, now=NOW)
        assert (await socket.expect("change"))["visibility"] == "busy"


async def test_rights_gained_and_lost_show_on_the_open_socket(scene: World, soon: None) -> None:
    async with signed_in(scene.clara) as socket:
        await socket.subscribe()
        await socket.expect("snapshot")
        gained = await in_db(
            Membership.objects.create, person=scene.clara, authority=scene.im, role=Role.STAFF
        )
        changes = await socket.expect("changes")
        assert {one["room"] for one in changes["changes"]} == {str(scene.small.id), str(scene.big.id)}
        await in_db(gained.delete)
        snapshot = await socket.expect("snapshot")
        assert [one["room"] for one in snapshot["rooms"]] == [str(scene.shared.id)]


async def test_details_gained_show_on_the_open_socket(scene: World, soon: None) -> None:
    await in_db(a_date, scene.small, scene.anna)
    await in_db(refresh_room, scene.small.id, now=NOW)
    async with signed_in(scene.bernd) as socket:
        await socket.subscribe([str(scene.small.id)])
        assert (await socket.expect("snapshot"))["rooms"][0]["visibility"] == "busy"
        await in_db(
            Membership.objects.create, person=scene.bernd, authority=scene.im, role=Role.AUTHORITY_ADMIN
        )
        assert (await socket.expect("snapshot"))["rooms"][0]["visibility"] == "details"


async def test_a_new_room_appears_without_waiting_for_the_look_at_rights(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.subscribe()
        await socket.expect("snapshot")
        room = await in_db(factories.room, "Neu", 12, scene.im, scene.pool, scene.standard)
        await in_db(refresh_room, room.id, now=NOW)
        change = await socket.expect("change")
        assert (change["room"], change["state"]) == (str(room.id), "free")


async def test_a_room_taken_out_of_sight_vanishes(scene: World, soon: None) -> None:
    async with signed_in(scene.clara) as socket:
        await socket.subscribe()
        await socket.expect("snapshot")
        await in_db(Room.objects.filter(id=scene.shared.id).update, open_to_all=False, authority=scene.im)
        assert (await socket.expect("snapshot"))["rooms"] == []


# --- signing in and out ---------------------------------------------------------------------------------


async def test_a_session_signs_in(scene: World) -> None:
    session = await in_db(session_of, scene.anna)
    async with opened_socket(cookie(session)) as socket:
        await socket.subscribe()
        await socket.expect("snapshot")


@pytest.mark.parametrize(
    "headers",
    [
        [(b"host", b"127.0.0.1:8000")],
        bearer("wrong"),
        cookie("wrong"),
        [*bearer("wrong"), (b"authorization", b"Basic YW5uYTphbm5h")],
    ],
)
async def test_nobody_is_told_so_by_the_close_code(scene: World, headers: Headers) -> None:
    async with opened_socket(headers) as socket:
        assert await socket.closed_with() == 4401


async def test_a_cookie_without_an_origin_counts_for_nothing(scene: World) -> None:
    session = await in_db(session_of, scene.anna)
    async with opened_socket(cookie(session, origin=None)) as socket:
        assert await socket.closed_with() == 4401


async def test_a_wrong_token_is_not_made_good_by_a_session(scene: World) -> None:
    session = await in_db(session_of, scene.anna)
    async with opened_socket([*cookie(session), (b"authorization", b"Bearer wrong")]) as socket:
        assert await socket.closed_with() == 4401


async def test_a_disabled_person_does_not_get_in(scene: World) -> None:
    token, session = await in_db(factories.token, scene.anna), await in_db(session_of, scene.anna)
    await in_db(Person.objects.filter(id=scene.anna.id).update, is_active=False)
    for headers in (bearer(token), cookie(session)):
        async with opened_socket(headers) as socket:
            assert await socket.closed_with() == 4401


def _disable(scene: World) -> None:
    Person.objects.filter(id=scene.anna.id).update(is_active=False)


def _revoke(scene: World) -> None:
    ApiToken.objects.update(revoked_at=timezone.now())


def _sign_out(scene: World) -> None:
    Session.objects.all().delete()


def _change_password(scene: World) -> None:
    scene.anna.set_password("another-password")
    scene.anna.save()


@pytest.mark.parametrize(
    ("by", "end"),
    [
        ("token", _disable),
        ("token", _revoke),
        ("session", _disable),
        ("session", _sign_out),
        ("session", _change_password),
    ],
)
async def test_the_socket_ends_with_what_opened_it(
    scene: World, soon: None, by: str, end: Callable[[World], None]
) -> None:
    if by == "token":
        headers = bearer(await in_db(factories.token, scene.anna))
    else:
        headers = cookie(await in_db(session_of, scene.anna))
    async with opened_socket(headers) as socket, signed_in(scene.bernd) as other:
        for one in (socket, other):
            await one.subscribe()
            await one.expect("snapshot")
        await in_db(end, scene)
        assert await socket.closed_with() == 4401
        if end is not _revoke:
            await other.send({"type": "ping"})
            await other.expect("pong")


# --- clients that misbehave -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[1]",
        '"subscribe"',
        "{}",
        '{"type": "shout"}',
        '{"type": ["subscribe"]}',
        '{"type": "subscribe", "rooms": "all"}',
        '{"type": "subscribe", "rooms": ["no id"]}',
        '{"type": "subscribe", "rooms": [7]}',
        '{"type": "subscribe", "rooms": {"a": 1}}',
        '{"type": "subscribe", "since": "4"}',
        '{"type": "subscribe", "since": -1}',
        '{"type": "subscribe", "since": true}',
        '{"type": "subscribe", "since": 1.5}',
        "[" * 50_000,
    ],
)
async def test_a_wrong_message_is_answered_and_forgiven(scene: World, text: str) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.send(text)
        error = await socket.expect("error")
        assert error["code"] == "invalid"
        assert error["detail"]
        await socket.subscribe()
        await socket.expect("snapshot")


async def test_bytes_are_no_message(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.send(b'{"type": "ping"}')
        assert (await socket.expect("error"))["code"] == "invalid"


async def test_a_large_message_is_refused(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        await socket.send({"type": "ping", "padding": "x" * consumers.LARGEST_MESSAGE})
        assert (await socket.expect("error"))["code"] == "too_large"


async def test_who_goes_on_is_shut_out(scene: World) -> None:
    async with signed_in(scene.anna) as socket:
        for _ in range(consumers.FORGIVEN):
            await socket.send("no json")
            await socket.expect("error")
        assert await socket.closed_with() == 4400


async def test_too_many_messages_are_refused(scene: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RATE", 0.0)
    async with signed_in(scene.anna) as socket:
        for _ in range(consumers.BURST):
            await socket.send({"type": "ping"})
            await socket.expect("pong")
        await socket.send({"type": "ping"})
        assert (await socket.expect("error"))["code"] == "throttled"


async def test_identity_in_a_message_counts_for_nothing(scene: World) -> None:
    await in_db(a_date, scene.shared, scene.anna)
    await in_db(refresh_room, scene.shared.id, now=NOW)
    async with signed_in(scene.clara) as socket:
        await socket.send({"type": "subscribe", "person": str(scene.anna.id), "is_operator": True})
        assert [one["visibility"] for one in (await socket.expect("snapshot"))["rooms"]] == ["busy"]


# --- the clock ------------------------------------------------------------------------------------------


async def test_a_change_by_the_clock_is_pushed(scene: World) -> None:
    await in_db(a_date, scene.small, scene.anna, starts=60)
    await in_db(refresh_room, scene.small.id, now=NOW)
    async with signed_in(scene.anna) as socket:
        await socket.subscribe([str(scene.small.id)])
        assert (await socket.expect("snapshot"))["rooms"][0]["state"] == "free"
        await in_db(refresh_due, after(29))
        await asyncio.sleep(0.2)
        await in_db(refresh_due, after(30))
        assert (await socket.expect("change"))["state"] == "reserved"
        await in_db(refresh_due, after(120))
        assert (await socket.expect("change"))["state"] == "free"
