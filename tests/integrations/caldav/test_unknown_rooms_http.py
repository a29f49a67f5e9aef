# SPDX-License-Identifier: EUPL-1.2
"""Rooms that are none, or not for the organiser, and attendees whom nothing reaches (RFC 6638, 3.2.9)."""

import pytest

from tests.bookings.wishes import kept_refusal
from tests.factories import actor, room, world
from tests.integrations.caldav.client import condition
from tests.integrations.caldav.objects import ANNA, BERND, BIG, SMALL, single_date, vevent
from tests.integrations.caldav.test_put_http import Organiser, lines, room_of
from vconf.bookings.models import Booking, Occurrence
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import change

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]

NOWHERE = "ATTENDEE:mailto:nirgends@raum.mv.example"


@pytest.fixture
def scene():
    return world()


@pytest.fixture
def anna(scene):
    return Organiser(scene.anna)


def assert_declined(text, address):
    assert "PARTSTAT=DECLINED;SCHEDULE-STATUS=3.7:mailto:" + address in room_of(text)
    assert "REQUEST-STATUS:3.7;Invalid calendar user" in text
    assert f"Einen Raum {address} gibt es nicht\\, oder Sie dürfen ihn nicht buchen." in text


def test_a_room_that_does_not_exist_is_refused_and_no_other_is_booked_in_its_place(scene, anna):
    anna.put(vevent(ANNA, BERND, NOWHERE), status=201)
    booking = Booking.objects.get()
    assert booking.is_refused and kept_refusal(booking)["code"] == "no_such_room"
    assert {o.state for o in Occurrence.objects.all()} == {"refused"}
    text = anna.text()
    assert_declined(text, "nirgends@raum.mv.example")
    assert len(lines(text, "ATTENDEE")) == 2
    assert booking.room.name not in text.partition("Stattdessen möglich")[0]
    assert [a.address for a in booking.attendees.all()] == ["bernd@im.mv.example"]


def test_a_room_that_one_may_not_book_answers_like_none(scene):
    clara = Organiser(scene.clara)
    clara.put(vevent(ANNA.replace("anna@im", "clara@fm"), SMALL))
    text = clara.text()
    assert_declined(text, "beratung@raum.mv.example")
    assert scene.small.name not in text
    assert Booking.objects.get().is_refused


def test_what_was_refused_stays_refused_until_a_room_is_named_that_there_is(scene, anna):
    anna.put(vevent(ANNA, NOWHERE))
    anna.put(octets=anna.get().content, status=204)
    assert Booking.objects.get().is_refused
    anna.put(vevent(ANNA, SMALL), status=204)
    booking = Booking.objects.get()
    assert (booking.refusal, booking.room) == (None, scene.small)
    assert "PARTSTAT=ACCEPTED" in room_of(anna.text())


def test_another_room_taken_on_the_page_mends_it(scene, anna):
    anna.put(vevent(ANNA, NOWHERE))
    booking = Booking.objects.get()
    change(booking.id, ChangeRequest(room_id=scene.small.id), actor=actor(scene.anna))
    booking.refresh_from_db()
    assert booking.room == scene.small and booking.refusal is None
    assert "nirgends" not in room_of(anna.text())


def test_a_change_to_such_a_room_holds_what_was_booked(scene, anna):
    anna.put(vevent(ANNA, SMALL))
    anna.put(vevent(ANNA, NOWHERE), status=204)
    booking = Booking.objects.get()
    assert {o.state for o in booking.occurrences.all()} == {"held"}
    assert booking.room == scene.small
    assert_declined(anna.text(), "nirgends@raum.mv.example")
    anna.put(vevent(ANNA, SMALL), status=204)
    assert {o.state for o in booking.occurrences.all()} == {"confirmed"}


def test_one_date_of_a_series_in_such_a_room_refuses_the_change_and_holds_that_date(scene, anna):
    series = vevent(ANNA, SMALL, "RRULE:FREQ=DAILY;COUNT=3")
    anna.put(series)
    anna.put(series, single_date(ANNA, NOWHERE, of_day=1), status=204)
    states = {o.recurrence_id[:10]: o.state for o in Occurrence.objects.order_by("starts_at")}
    assert [*states.values()] == ["confirmed", "held", "confirmed"]
    found = lines(anna.text(), "ATTENDEE")
    assert [("beratung" in line, "nirgends" in line) for line in found] == [(True, False), (False, True)]
    # sent back as it was read, it is refused once more
    anna.put(octets=anna.get().content, status=204)
    assert kept_refusal(Booking.objects.get())["code"] == "no_such_room"


def test_beside_a_room_that_can_be_had_it_only_says_no(scene, anna):
    anna.put(vevent(ANNA, BIG, NOWHERE))
    assert Booking.objects.get().room == scene.big
    said = {line.rpartition(":")[2]: line for line in lines(anna.text(), "ATTENDEE")}
    assert "PARTSTAT=ACCEPTED" in said["grosser-saal@raum.mv.example"]
    assert "PARTSTAT=DECLINED;" in said["nirgends@raum.mv.example"]
    assert "SCHEDULE-STATUS=3.7" in said["nirgends@raum.mv.example"]


def test_where_rooms_and_people_have_one_domain_who_is_unknown_may_be_anybody(scene, anna):
    there = room("Pförtner", 4, scene.im, scene.pool, scene.standard, address="pforte@im.mv.example")
    anna.put(vevent(ANNA, "ATTENDEE:mailto:neu@im.mv.example", SMALL), status=201)
    booking = Booking.objects.get()
    assert (booking.room, booking.refusal) == (scene.small, None)
    assert [a.address for a in booking.attendees.all()] == ["neu@im.mv.example"]
    # a room that one sees there is one all the same
    admin = Organiser(scene.admin)
    there.authority = scene.agency
    there.save()
    admin.put(vevent(ANNA.replace("anna@", "admin@"), "ATTENDEE:mailto:pforte@im.mv.example", uid="another"))
    assert kept_refusal(Booking.objects.get(uid="another"))["code"] == "no_such_room"


def test_a_room_that_is_blocked_says_so(scene, anna):
    scene.small.blocked_reason = "Wartung"
    scene.small.save()
    anna.put(vevent(ANNA, SMALL), status=201)
    assert kept_refusal(Booking.objects.get())["code"] == "room_blocked"
    assert "PARTSTAT=DECLINED;SCHEDULE-STATUS=3.8:mailto:beratung@raum.mv.example" in room_of(anna.text())


@pytest.mark.parametrize(
    "uri", ["mailto:a%0d%0aBcc:evil@elsewhere.example", "tel:+49385123", "urn:uuid:nobody", "mailto:"]
)
def test_who_has_no_mail_address_stays_in_sight_as_somebody_that_nothing_reaches(scene, anna, uri):
    anna.put(vevent(ANNA, BERND, f"ATTENDEE;CN=Wer:{uri}", SMALL))
    booking = Booking.objects.get()
    assert booking.room == scene.small
    assert [a.address for a in booking.attendees.all()] == ["bernd@im.mv.example"]
    text = anna.text()
    (line,) = [line for line in lines(text, "ATTENDEE") if line.endswith(f":{uri}")]
    assert "CN=Wer" in line and "SCHEDULE-STATUS=3.7" in line
    answer = anna.put(octets=anna.get().content, status=204)
    assert answer["ETag"] == anna.get()["ETag"]  # it comes back as it went


def test_an_address_that_no_mail_can_be_sent_to_is_refused_with_a_sentence(scene, anna):
    answer = anna.put(vevent(ANNA, "ATTENDEE:mailto:a..b@elsewhere", SMALL), status=403)
    assert condition(answer) == "C:valid-calendar-object-resource"
    assert "a..b@elsewhere" in answer.content.decode()
