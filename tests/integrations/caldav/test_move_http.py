# SPDX-License-Identifier: EUPL-1.2
"""MOVE gives a meeting another name in its calendar; COPY makes none (RFC 4918, 9.8 and 9.9)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.bookings.wishes import wish
from tests.factories import actor, deputy, world
from tests.integrations.caldav.client import NS, condition
from tests.integrations.caldav.objects import ANNA, BERND, BIG, SMALL, vevent
from tests.integrations.caldav.test_put_http import Organiser
from vconf.bookings.models import Booking, CalendarEntry, FormerName
from vconf.bookings.pruning import prune_tombstones
from vconf.bookings.services import book
from vconf.integrations.caldav import paths

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]


@pytest.fixture
def scene():
    return world()


class Mover(Organiser):
    def move(self, name, status=201, *, method="MOVE", **headers):
        there = self.path.rpartition("/")[0] + "/" + name
        answer = self.client.dav(method, self.path, Destination=f"http://testserver{there}", **headers)
        assert answer.status_code == status, answer.content
        if status in (201, 204):
            self.path = there
        return answer

    def sync(self, token="", limit=0):
        """Names that are there and those that are not any more, with the next token; and the 507, if one was told."""
        cut = f"<D:limit><D:nresults>{limit}</D:nresults></D:limit>" if limit else ""
        body = (
            f'<D:sync-collection xmlns:D="DAV:" xmlns:C="{NS["C"]}"><D:sync-token>{token}</D:sync-token>'
            f"<D:sync-level>1</D:sync-level>{cut}<D:prop><D:getetag/></D:prop></D:sync-collection>"
        )
        collection = self.path.rpartition("/")[0] + "/"
        found = self.client.report(collection, body)
        names = {href.rpartition("/")[2]: one.status for href, one in found.items() if href != collection}
        there = {name for name, status in names.items() if not status}
        gone = {name for name, status in names.items() if status == "404"}
        return there, gone, found.token, collection in found


@pytest.fixture
def anna(scene):
    mover = Mover(scene.anna)
    mover.put(vevent(ANNA, BERND, SMALL))
    return mover


def test_a_meeting_gets_another_name_and_nothing_else_changes(scene, anna):
    before, old = anna.get(), anna.path
    version = Booking.objects.get().version
    anna.move("xyz.ics")
    assert anna.client.dav("GET", old).status_code == 404
    after = anna.get()
    assert after.content == before.content
    assert after["ETag"] != before["ETag"]
    assert after["Schedule-Tag"] == before["Schedule-Tag"]
    assert Booking.objects.get().version == version
    # the next change is stored under the new name
    anna.put(vevent(ANNA, BERND, SMALL, summary="Anders"), If_Match=after["ETag"], status=204)
    assert "SUMMARY:Anders" in anna.text()


def test_a_sync_tells_that_the_old_name_is_gone_and_the_new_one_is_there(scene, anna):
    there, gone, token, _ = anna.sync()
    assert (there, gone) == ({"abc.ics"}, set())
    anna.move("xyz.ics")
    there, gone, token, _ = anna.sync(token)
    assert (there, gone) == ({"xyz.ics"}, {"abc.ics"})
    assert anna.sync(token)[:2] == (set(), set())
    assert anna.sync()[:2] == ({"xyz.ics"}, set())


def test_a_sync_that_is_cut_off_loses_neither(scene, anna):
    _, _, token, _ = anna.sync()
    anna.move("xyz.ics")
    there, gone, token, cut = anna.sync(token, limit=1)
    assert (there, gone, cut) == (set(), {"abc.ics"}, True)
    there, gone, token, cut = anna.sync(token, limit=1)
    assert (there, gone, cut) == ({"xyz.ics"}, set(), False)


def test_a_name_that_somebody_else_has_got_since_is_not_told_to_be_gone(scene, anna):
    _, _, token, _ = anna.sync()
    old = anna.path
    anna.move("xyz.ics")
    anna.put(vevent(ANNA, BIG, uid="another"), path=old, status=201)
    assert anna.sync(token)[:2] == ({"abc.ics", "xyz.ics"}, set())
    anna.client.dav("DELETE", old)
    assert anna.sync(token)[:2] == ({"xyz.ics"}, {"abc.ics"})


def test_there_and_back(scene, anna):
    _, _, token, _ = anna.sync()
    anna.move("xyz.ics")
    anna.move("abc.ics")
    assert anna.sync(token)[:2] == ({"abc.ics"}, {"xyz.ics"})
    anna.move("xyz.ics")
    assert anna.sync(token)[:2] == ({"xyz.ics"}, {"abc.ics"})


def test_the_name_of_what_was_deleted_can_be_had(scene, anna):
    gone = anna.path.replace("abc", "gone")
    anna.put(vevent(ANNA, BIG, uid="another"), path=gone, status=201)
    anna.client.dav("DELETE", gone)
    _, _, token, _ = anna.sync()
    anna.move("gone.ics")
    assert anna.sync(token)[:2] == ({"gone.ics"}, {"abc.ics"})


def test_what_was_put_away_under_that_name_stays_away(scene, anna):
    bernd = Mover(scene.bernd, name=f"{Booking.objects.get().id}.ics")
    kept = bernd.path
    bernd.delete()
    bernd.put(vevent(ANNA.replace("anna", "bernd"), BIG, uid="own"), path=kept.replace(".ics", "-2.ics"))
    mine = Mover(scene.bernd, name=kept.rpartition("/")[2].replace(".ics", "-2.ics"))
    mine.move(kept.rpartition("/")[2])
    assert "UID:own" in mine.text()
    assert CalendarEntry.objects.get(calendar__person=scene.bernd, uid="meeting-1").hidden_at is not None


def test_nothing_is_overwritten_where_the_client_does_not_want_it(scene, anna):
    anna.put(vevent(ANNA, BIG, uid="another"), path=anna.path.replace("abc", "xyz"))
    anna.move("xyz.ics", 412, Overwrite="F")
    assert Booking.objects.filter(cancelled_at=None).count() == 2
    anna.move("free.ics", Overwrite="F")


def test_what_is_overwritten_is_deleted_before(scene, anna):
    _, _, token, _ = anna.sync()
    anna.put(vevent(ANNA, BIG, uid="another"), path=anna.path.replace("abc", "xyz"))
    anna.move("xyz.ics", 204)
    assert Booking.objects.get(uid="another").cancelled_at is not None
    assert Booking.objects.get(uid="meeting-1").cancelled_at is None
    assert "UID:meeting-1" in anna.text()
    assert anna.sync(token)[:2] == ({"xyz.ics"}, {"abc.ics"})


@pytest.mark.parametrize("overwrite", ["T", "F"])
def test_conditions_are_about_what_is_moved(scene, anna, overwrite):
    anna.move("xyz.ics", 412, If_Match='"9-9-9"', Overwrite=overwrite)
    anna.move("xyz.ics", 412, If_Schedule_Tag_Match='"9-9"')
    anna.move("xyz.ics", If_Match=anna.get()["ETag"], Overwrite=overwrite)


def test_somebody_invited_calls_it_as_they_like(scene, anna):
    bernd = Mover(scene.bernd, name=f"{Booking.objects.get().id}.ics")
    bernd.move("meins.ics")
    assert "UID:meeting-1" in bernd.text() and "UID:meeting-1" in anna.text()
    assert Booking.objects.get().attendees.get().partstat == "NEEDS-ACTION"


def test_what_a_deputy_must_not_see_cannot_be_moved_or_overwritten(scene, anna):
    deputy(scene.bernd, scene.anna)
    other = book(wish(12, invite="anna@im.mv.example", room_id=scene.shared.id), actor=actor(scene.clara))
    bernd = Mover(scene.bernd, calendar_of=scene.anna)
    hidden = Mover(scene.bernd, calendar_of=scene.anna, name=f"{other.id}.ics")
    hidden.move("xyz.ics", 404)
    answer = bernd.move(f"{other.id}.ics", 403)
    assert condition(answer) == "C:no-uid-conflict"
    assert Mover(scene.anna, name=f"{other.id}.ics").get()
    assert bernd.get()


@pytest.mark.parametrize(
    ("destination", "status"),
    [
        ("http://elsewhere.example/dav/x.ics", 502),
        ("", 400),
        ("no path", 400),
        ("%2E%2E", 400),
        ("abc.ics", 403),
        ("/dav/rooms/x/calendar/y.ics", 403),
    ],
)
def test_it_stays_in_its_calendar(scene, anna, destination, status):
    if destination and "/" not in destination and " " not in destination:
        destination = anna.path.rpartition("/")[0] + "/" + destination
    answer = anna.client.dav("MOVE", anna.path, Destination=destination)
    assert answer.status_code == status
    assert anna.get()


def test_nor_does_it_go_into_the_calendar_of_somebody_else(scene, anna):
    there = paths.bookings(scene.bernd.id) + "xyz.ics"
    answer = anna.client.dav("MOVE", anna.path, Destination=there)
    assert condition(answer) == "C:allowed-organizer-scheduling-object-change"
    assert CalendarEntry.objects.filter(calendar__person=scene.bernd).get().href != "xyz.ics"


def test_what_is_not_there_cannot_be_moved(scene, anna):
    Mover(scene.anna, name="nothing.ics").move("xyz.ics", 404)
    Mover(scene.clara, calendar_of=scene.anna).move("xyz.ics", 404)


def test_nothing_is_copied(scene, anna):
    assert condition(anna.move("xyz.ics", 403, method="COPY")) == "C:unique-scheduling-object-resource"
    assert Booking.objects.count() == 1


def test_old_names_are_forgotten_with_the_tombstones(scene, anna):
    _, _, token, _ = anna.sync()
    anna.move("xyz.ics")
    assert prune_tombstones(before=timezone.now() - timedelta(days=1)) == 0
    assert prune_tombstones(before=timezone.now() + timedelta(seconds=1)) == 1
    assert not FormerName.objects.exists()
    body = f'<D:sync-collection xmlns:D="DAV:"><D:sync-token>{token}</D:sync-token></D:sync-collection>'
    answer = anna.client.dav("REPORT", anna.path.rpartition("/")[0] + "/", body)
    assert condition(answer) == "D:valid-sync-token"
