# SPDX-License-Identifier: EUPL-1.2
"""The organiser's PUT over HTTP: a booking, the room's answer, and the object read back (RFC 6638, 3.2.1)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.bookings.wishes import at, wish
from tests.factories import actor, deputy, quota, world
from tests.integrations.caldav.client import CalendarClient, condition
from tests.integrations.caldav.objects import (
    ANNA,
    BERND,
    BIG,
    CLARA,
    SMALL,
    calendar,
    single_date,
    stamp,
    vevent,
)
from vconf.bookings.approvals import decide
from vconf.bookings.models import Approval, AttendeeAnswer, Booking, Occurrence
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.services import book, cancel, change
from vconf.bookings.undeliverable import note_undeliverable
from vconf.integrations.caldav import paths
from vconf.integrations.invitations.models import SentMail
from vconf.outbox.deliver import deliver_due
from vconf.reactions import INVITE, REACTIONS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]


@pytest.fixture
def scene():
    return world()


class Organiser:
    """Anna with one client, and one object in her calendar."""

    def __init__(self, person, *, calendar_of=None, name="abc.ics"):
        owner = calendar_of or person
        self.client = CalendarClient(person)
        where = paths.bookings(owner.id) if calendar_of is None else paths.of_principal(person.id, owner.id)
        self.path = where + name

    def put(self, *events, status=None, path="", octets=b"", **headers):
        answer = self.client.dav(
            "PUT",
            path or self.path,
            octets or calendar(*events),
            Content_Type="text/calendar; charset=utf-8",
            **headers,
        )
        assert answer.status_code in ((201, 204) if status is None else (status,)), answer.content
        return answer

    def get(self, path=""):
        answer = self.client.dav("GET", path or self.path)
        assert answer.status_code == 200, answer.content
        return answer

    def text(self, path=""):
        return unfolded(self.get(path))

    def delete(self, status=204, **headers):
        answer = self.client.dav("DELETE", self.path, **headers)
        assert answer.status_code == status, answer.content
        return answer


def unfolded(answer):
    return answer.content.decode().replace("\r\n ", "")


def lines(text, name):
    return [line for line in text.split("\r\n") if line.startswith(name)]


def room_of(text):
    (line,) = [line for line in lines(text, "ATTENDEE") if "CUTYPE=ROOM" in line]
    return line


@pytest.fixture
def anna(scene):
    return Organiser(scene.anna)


# --- new ------------------------------------------------------------------------------------------------


def test_a_new_event_is_booked_and_comes_back_with_room_link_and_pin(scene, anna):
    answer = anna.put(vevent(ANNA, BERND, SMALL), If_None_Match="*", status=201)
    assert "ETag" not in answer  # what is there is not what was sent
    booking = Booking.objects.get()
    assert (booking.uid, booking.room, booking.organiser) == ("meeting-1", scene.small, scene.anna)
    assert booking.source == "caldav"
    found = anna.get()
    assert found["Content-Type"] == "text/calendar; charset=utf-8; component=vevent"
    assert found["Schedule-Tag"] == answer["Schedule-Tag"]
    text = unfolded(found)
    assert "PARTSTAT=ACCEPTED" in room_of(text) and "SCHEDULE-STATUS=2.0" in room_of(text)
    assert f"CN={scene.small.name}" in room_of(text)
    assert "SCHEDULE-STATUS=1.2:mailto:bernd@im.mv.example" in text
    (conference,) = lines(text, "CONFERENCE")
    assert "/j/" in conference
    pin = booking.join_link.pin
    assert f"PIN: {pin[:3]} {pin[3:6]} {pin[6:]}" in text


def test_people_invited_have_it_in_their_calendars_at_once(scene, anna):
    anna.put(vevent(ANNA, BERND, SMALL))
    booking = Booking.objects.get()
    bernd = Organiser(scene.bernd, name=f"{booking.id}.ics")
    text = bernd.text()
    assert "UID:meeting-1\r\n" in text
    assert "SCHEDULE-STATUS" not in text


def test_without_a_room_the_smallest_that_fits_is_taken(scene, anna):
    anna.put(vevent(ANNA, BERND, *[f"ATTENDEE:mailto:gast{n}@elsewhere.example" for n in range(9)]))
    assert Booking.objects.get().room == scene.shared
    assert "PARTSTAT=ACCEPTED" in room_of(anna.text())


def test_what_was_sent_and_is_not_changed_has_an_etag(scene, anna):
    anna.put(vevent(ANNA, SMALL))
    found = anna.get()
    answer = anna.put(octets=found.content, If_Match=found["ETag"], status=204)
    assert answer["ETag"] == found["ETag"] == anna.get()["ETag"]


def test_a_client_may_ask_for_what_is_stored(scene, anna):
    answer = anna.put(vevent(ANNA, SMALL), Prefer="return=representation", status=201)
    assert answer.content == anna.get().content
    assert answer["ETag"] == anna.get()["ETag"]
    assert answer["Content-Location"] == anna.path
    again = anna.put(vevent(ANNA, SMALL, hour=11), Prefer="return=representation", status=200)
    assert f"{stamp(at(11))}" in again.content.decode()


def test_alarms_and_unknown_properties_of_the_client_survive(scene, anna):
    alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "DESCRIPTION:Los", "END:VALARM"]
    anna.put(vevent(ANNA, SMALL, "CATEGORIES:Wichtig", "X-MOZ-GENERATION:3", *alarm))
    text = anna.text()
    assert "TRIGGER:-PT10M" in text and "CATEGORIES:Wichtig" in text and "X-MOZ-GENERATION:3" in text
    change(Booking.objects.get().id, ChangeRequest(title="Neu"), actor=actor(scene.anna))
    text = anna.text()
    assert "SUMMARY:Neu" in text and "TRIGGER:-PT10M" in text


def test_what_one_puts_on_it_nobody_else_sees(scene, anna):
    anna.put(vevent(ANNA, BERND, SMALL, "CATEGORIES:Geheim"))
    bernd = Organiser(scene.bernd, name=f"{Booking.objects.get().id}.ics")
    assert "Geheim" not in bernd.text()


@pytest.mark.parametrize(
    ("event", "status", "element"),
    [
        (vevent(CLARA.replace("ATTENDEE", "ORGANIZER")), 403, "C:allowed-organizer-scheduling-object-change"),
        (vevent(ANNA, SMALL, BIG), 403, "C:valid-calendar-object-resource"),
        (vevent(ANNA, SMALL, "TRANSP:TRANSPARENT"), 403, "C:valid-calendar-object-resource"),
        (vevent(ANNA, SMALL, "STATUS:CANCELLED"), 403, "C:valid-calendar-object-resource"),
        (vevent(ANNA, SMALL, day=-500), 403, "C:min-date-time"),
        (vevent(ANNA, SMALL, hours=0), 403, "C:valid-calendar-object-resource"),
        (vevent(ANNA, SMALL, "RRULE:FREQ=SECONDLY"), 403, "C:valid-calendar-object-resource"),
        (["BEGIN:VTODO", "UID:x", "END:VTODO"], 403, "C:supported-calendar-component"),
        (["BEGIN:VEVENT"], 403, "C:valid-calendar-data"),
    ],
)
def test_what_no_booking_can_be_is_refused_by_name_and_changes_nothing(scene, anna, event, status, element):
    answer = anna.put(event, status=status)
    assert condition(answer) == element
    assert not Booking.objects.exists()
    assert anna.client.dav("GET", anna.path).status_code == 404


def test_too_large_and_no_calendar_at_all(scene, anna):
    answer = anna.put(octets=calendar(vevent(ANNA, "COMMENT:" + "x" * 1_100_000)), status=413)
    assert anna.client.dav("PUT", anna.path, b"x", Content_Type="image/png").status_code == 415
    assert condition(anna.client.dav("PUT", anna.path, b"x", Content_Type="image/png")) == (
        "C:supported-calendar-data"
    )
    assert condition(answer) == "C:max-resource-size"


def test_one_uid_stands_once_in_a_calendar(scene, anna):
    anna.put(vevent(ANNA, SMALL))
    other = anna.path.replace("abc", "xyz")
    answer = anna.put(vevent(ANNA, BIG), path=other, status=403)
    assert condition(answer) == "C:no-uid-conflict"
    assert anna.path in answer.content.decode()


def test_a_uid_of_somebody_elses_meeting_tells_nothing(scene, anna):
    book(wish(invite="", uid="meeting-1", room_id=scene.big.id), actor=actor(scene.bernd))
    anna.put(vevent(ANNA, SMALL), status=201)
    assert Booking.objects.filter(uid="meeting-1").count() == 2


def test_nobody_writes_into_calendars_of_others(scene):
    bernd = CalendarClient(scene.bernd)
    path = paths.bookings(scene.anna.id) + "abc.ics"
    for method in ("GET", "PUT", "DELETE"):
        assert bernd.dav(method, path, calendar(vevent()), Content_Type="text/calendar").status_code == 404
    room = paths.room_calendar(scene.small.id) + "abc.ics"
    assert bernd.dav("PUT", room, calendar(vevent()), Content_Type="text/calendar").status_code in (
        403,
        404,
        405,
    )


def test_the_name_is_free_again_when_it_was_deleted(scene, anna):
    anna.put(vevent(ANNA, SMALL))
    anna.delete()
    anna.put(vevent(ANNA, SMALL), If_None_Match="*", status=201)
    first, second = Booking.objects.order_by("created_at")
    assert first.cancelled_at is not None and second.cancelled_at is None
    assert second.uid == "meeting-1"
    assert second.sequence > first.sequence  # or else calendars would take it for old news
    assert "PARTSTAT=ACCEPTED" in room_of(anna.text())


# --- refused --------------------------------------------------------------------------------------------


def test_a_clash_is_stored_with_the_room_declined_and_the_reason(scene, anna):
    book(wish(room_id=scene.small.id), actor=actor(scene.bernd))
    anna.put(vevent(ANNA, BERND, SMALL), status=201)
    text = anna.text()
    assert "PARTSTAT=DECLINED" in room_of(text) and "SCHEDULE-STATUS=5.3" in room_of(text)
    assert lines(text, "REQUEST-STATUS:4.1")
    assert "belegt" in text
    assert not lines(text, "CONFERENCE")
    assert not Occurrence.objects.exclude(state="refused").filter(booking__uid="meeting-1").exists()
    # nobody was asked to come
    assert (
        CalendarClient(scene.bernd)
        .dav("GET", paths.bookings(scene.bernd.id) + f"{Booking.objects.get(uid='meeting-1').id}.ics")
        .status_code
        == 404
    )


def test_a_quota_declines_as_well(scene, anna):
    quota(scene.im, meetings=0)
    anna.put(vevent(ANNA, SMALL), status=201)
    assert "PARTSTAT=DECLINED" in room_of(anna.text()) and "SCHEDULE-STATUS=3.8" in room_of(anna.text())


def test_another_time_mends_it(scene, anna):
    book(wish(room_id=scene.small.id), actor=actor(scene.bernd))
    anna.put(vevent(ANNA, SMALL))
    anna.put(vevent(ANNA, SMALL, hour=14), status=204)
    text = anna.text()
    assert "PARTSTAT=ACCEPTED" in room_of(text)
    assert not lines(text, "REQUEST-STATUS")


def test_a_refused_one_can_be_deleted(scene, anna):
    book(wish(room_id=scene.small.id), actor=actor(scene.bernd))
    anna.put(vevent(ANNA, SMALL))
    anna.delete()
    assert anna.client.dav("GET", anna.path).status_code == 404


def test_a_refused_change_shows_the_new_time_declined_and_keeps_the_old(scene, anna):
    anna.put(vevent(ANNA, SMALL))
    book(wish(14, room_id=scene.small.id), actor=actor(scene.bernd))
    found = anna.get()
    anna.put(vevent(ANNA, SMALL, hour=14), If_Match=found["ETag"], status=204)
    text = anna.text()
    assert f"DTSTART;TZID=Europe/Berlin:{stamp(at(14))}" in text
    assert "PARTSTAT=DECLINED" in room_of(text)
    assert Occurrence.objects.get(booking__uid="meeting-1").state == "held"
    # moving back cannot fail
    anna.put(vevent(ANNA, SMALL), If_Match=anna.get()["ETag"], status=204)
    assert "PARTSTAT=ACCEPTED" in room_of(anna.text())
    assert Occurrence.objects.get(booking__uid="meeting-1").state == "confirmed"


def test_what_waits_for_an_approval_is_tentative_until_the_answer_comes():
    scene = world(approval="always")
    anna = Organiser(scene.anna)
    anna.put(vevent(ANNA, SMALL))
    before = anna.get()
    assert "PARTSTAT=TENTATIVE" in room_of(unfolded(before))
    decide(Approval.objects.get().id, approve=True, actor=actor(scene.chief))
    after = anna.get()
    assert "PARTSTAT=ACCEPTED" in room_of(unfolded(after))
    assert after["ETag"] != before["ETag"]
    # a change that was begun before the answer came is no conflict
    anna.put(vevent(ANNA, SMALL, summary="Anders"), If_Match=before["ETag"], status=204)
    assert "SUMMARY:Anders" in anna.text()


# --- changed --------------------------------------------------------------------------------------------


def test_another_time_other_people_other_words(scene, anna):
    anna.put(vevent(ANNA, BERND, SMALL))
    anna.put(vevent(ANNA, CLARA, SMALL, "DESCRIPTION:Neu", hour=15, hours=2, summary="Anders"), status=204)
    booking = Booking.objects.get()
    o = booking.occurrences.get()
    assert (booking.title, booking.description) == ("Anders", "Neu")
    assert o.ends_at - o.starts_at == timedelta(hours=2)
    assert [a.address for a in booking.attendees.all()] == ["clara@fm.mv.example"]
    assert booking.sequence == 1  # the client did not raise it; the server does


def test_a_room_that_vconf_chose_grows_with_the_people(scene, anna):
    anna.put(vevent(ANNA, BERND))
    chosen = room_of(anna.text())
    assert "beratung@raum.mv.example" in chosen
    guests = [f"ATTENDEE:mailto:gast{n}@elsewhere.example" for n in range(9)]
    anna.put(vevent(ANNA, BERND, chosen, *guests))
    assert Booking.objects.get().room == scene.shared


def test_single_dates_of_a_series(scene, anna):
    series = vevent(
        ANNA, SMALL, "RRULE:FREQ=DAILY;COUNT=4", f"EXDATE;TZID=Europe/Berlin:{stamp(at(10, day=3))}"
    )
    anna.put(series, single_date(ANNA, SMALL, of_day=1, hour=15, day=1, summary="Nachmittags"))
    text = anna.text()
    assert text.count("BEGIN:VEVENT") == 2
    assert f"RECURRENCE-ID;TZID=Europe/Berlin:{stamp(at(10, day=1))}" in text
    assert "SUMMARY:Nachmittags" in text
    states = Booking.objects.get().occurrences.exclude(state="cancelled")
    assert states.count() == 3


def test_a_series_under_way_is_booked_from_now_on(scene, anna):
    """Weekly since ten days ago; one date that is over was put off until now, and so is to come."""
    series = vevent(ANNA, SMALL, "RRULE:FREQ=WEEKLY;COUNT=6", day=-410)
    put_off = single_date(ANNA, SMALL, of_day=-403, day=-395)
    anna.put(series, put_off, status=201)
    text = anna.text()
    assert f"DTSTART;TZID=Europe/Berlin:{stamp(at(10, day=-410))}" in text
    assert lines(text, "EXDATE") == [f"EXDATE;TZID=Europe/Berlin:{stamp(at(10, day=-410))}"]
    assert lines(text, "RECURRENCE-ID") == [f"RECURRENCE-ID;TZID=Europe/Berlin:{stamp(at(10, day=-403))}"]
    assert Booking.objects.get().occurrences.filter(state="confirmed").count() == 5

    anna.put(octets=anna.get().content, status=204)
    assert Booking.objects.get().version == 1


def test_calling_off_one_date_and_all_of_them(scene, anna):
    series = vevent(ANNA, SMALL, "RRULE:FREQ=DAILY;COUNT=3")
    anna.put(series)
    anna.put(series, single_date(ANNA, SMALL, "STATUS:CANCELLED", of_day=1))
    assert Booking.objects.get().occurrences.filter(state="confirmed").count() == 2
    anna.put(vevent(ANNA, SMALL, "RRULE:FREQ=DAILY;COUNT=3", "STATUS:CANCELLED"))
    assert Booking.objects.get().cancelled_at is not None
    assert anna.client.dav("GET", anna.path).status_code == 404


def test_others_partstat_is_not_the_organisers_to_set(scene, anna):
    anna.put(vevent(ANNA, BERND, SMALL))
    anna.put(vevent(ANNA, BERND.replace("NEEDS-ACTION", "ACCEPTED"), SMALL, summary="Anders"))
    assert Booking.objects.get().attendees.get().partstat == "NEEDS-ACTION"


# --- conditions -----------------------------------------------------------------------------------------


def test_an_edit_based_on_an_old_state_is_told_so(scene, anna):
    anna.put(vevent(ANNA, SMALL))
    read = anna.get()
    change(Booking.objects.get().id, ChangeRequest(title="Im Web geändert"), actor=actor(scene.anna))
    anna.put(vevent(ANNA, SMALL, summary="Im Kalender"), If_Match=read["ETag"], status=412)
    anna.put(
        vevent(ANNA, SMALL, summary="Im Kalender"), If_Schedule_Tag_Match=read["Schedule-Tag"], status=412
    )
    anna.delete(412, If_Match=read["ETag"])
    assert Booking.objects.get().title == "Im Web geändert"
    assert anna.client.dav("GET", anna.path, If_None_Match=anna.get()["ETag"]).status_code == 304


def test_two_clients_of_one_person_cannot_lose_each_others_alarms(scene, anna):
    anna.put(vevent(ANNA, SMALL))
    read = anna.get()
    anna.put(vevent(ANNA, SMALL, "CATEGORIES:Eins"), If_Match=read["ETag"])
    anna.put(vevent(ANNA, SMALL, "CATEGORIES:Zwei"), If_Match=read["ETag"], status=412)
    assert "CATEGORIES:Eins" in anna.text()
    assert anna.get()["ETag"] != read["ETag"]
    # the calendar has counted on, or a sync would tell nobody of it
    assert anna.get()["ETag"].partition("-")[0] != read["ETag"].partition("-")[0]


def test_answers_that_came_meanwhile_are_no_conflict(scene, anna):
    anna.put(vevent(ANNA, BERND, SMALL))
    read = anna.get()
    bernd = Organiser(scene.bernd, name=f"{Booking.objects.get().id}.ics")
    bernd.put(vevent(ANNA, BERND.replace("NEEDS-ACTION", "ACCEPTED"), SMALL), status=204)
    now = anna.get()
    assert now["ETag"] != read["ETag"]
    assert now["Schedule-Tag"] == read["Schedule-Tag"]
    anna.put(vevent(ANNA, BERND, SMALL, summary="Anders"), If_Match=read["ETag"], status=204)
    text = anna.text()
    assert "SUMMARY:Anders" in text
    assert "PARTSTAT=ACCEPTED;SCHEDULE-STATUS=1.2:mailto:bernd@im.mv.example" in text


def test_the_organiser_sees_whom_no_mail_reaches_and_nobody_else_does(scene, anna):
    anna.put(vevent(ANNA, BERND, CLARA, SMALL))
    booking = Booking.objects.get()
    before = anna.get()["ETag"]
    note_undeliverable(booking.id, "clara@fm.mv.example", "5.1.1")
    assert anna.get()["ETag"] != before
    assert "SCHEDULE-STATUS=5.1:mailto:clara@fm.mv.example" in anna.text()
    seen_by_bernd = Organiser(scene.bernd, name=f"{booking.id}.ics").text()
    assert "mailto:clara@fm.mv.example" in seen_by_bernd and "SCHEDULE-STATUS=5" not in seen_by_bernd


def test_without_conditions_the_last_one_counts_as_some_clients_want_it(scene, anna):
    anna.put(vevent(ANNA, SMALL))
    anna.put(vevent(ANNA, SMALL, summary="Anders"), status=204)
    anna.put(vevent(ANNA, SMALL, summary="Neu"), If_None_Match="*", status=412)
    assert Booking.objects.get().title == "Anders"
    other = anna.path.replace("abc", "xyz")
    anna.put(vevent(ANNA, SMALL, uid="another"), path=other, If_Match='"1-1-1"', status=412)


# --- deputies -------------------------------------------------------------------------------------------


def test_a_deputy_books_in_the_calendar_of_the_principal(scene):
    deputy(scene.bernd, scene.anna)
    bernd = Organiser(scene.bernd, calendar_of=scene.anna)
    bernd.put(
        vevent(ANNA.replace("ORGANIZER", 'ORGANIZER;SENT-BY="mailto:bernd@im.mv.example"'), SMALL), status=201
    )
    booking = Booking.objects.get()
    assert (booking.organiser, booking.booked_by) == (scene.anna, scene.bernd)
    assert 'SENT-BY="mailto:bernd@im.mv.example"' in bernd.text()
    anna = Organiser(scene.anna)
    assert "UID:meeting-1" in anna.text()
    bernd.delete()
    assert anna.client.dav("GET", anna.path).status_code == 404


def test_a_deputy_does_not_see_what_the_principal_is_invited_to(scene):
    deputy(scene.bernd, scene.anna)
    booking = book(wish(invite="anna@im.mv.example", room_id=scene.shared.id), actor=actor(scene.clara))
    bernd = Organiser(scene.bernd, calendar_of=scene.anna, name=f"{booking.id}.ics")
    assert bernd.client.dav("GET", bernd.path).status_code == 404
    bernd.delete(404)
    # nor is it told that there is one with this UID
    bernd.put(vevent(ANNA, SMALL, uid=booking.uid), path=bernd.path.replace(str(booking.id), "x"), status=201)
    assert f"UID:{booking.uid}" not in Organiser(scene.anna, name=f"{booking.id}.ics").text()


# --- DELETE ---------------------------------------------------------------------------------------------


def test_the_organisers_delete_cancels_for_everybody(scene, anna):
    anna.put(vevent(ANNA, BERND, SMALL))
    booking = Booking.objects.get()
    bernd = Organiser(scene.bernd, name=f"{booking.id}.ics")
    anna.delete(If_Match=anna.get()["ETag"])
    booking.refresh_from_db()
    assert booking.cancelled_at is not None
    assert bernd.client.dav("GET", bernd.path).status_code == 404
    anna.delete(404)


def test_what_is_over_can_be_tidied_up_and_has_taken_place(scene, anna):
    anna.put(vevent(ANNA, BERND, SMALL))
    past = timezone.now() - timedelta(days=3)
    Occurrence.objects.update(
        state="ended",
        starts_at=past,
        ends_at=past + timedelta(hours=1),
        blocks_from=past,
        blocks_until=past + timedelta(hours=1),
    )
    anna.delete()
    assert anna.client.dav("GET", anna.path).status_code == 404
    assert Booking.objects.get().cancelled_at is None


@pytest.mark.parametrize("is_over", [False, True], ids=["ahead", "over"])
def test_a_reminder_can_be_dismissed_before_and_after_the_meeting(scene, anna, is_over):
    """Bernd was invited by his address alone, and is read back with the name of his account."""
    anna.put(vevent(ANNA, "ATTENDEE:mailto:bernd@im.mv.example", SMALL))
    if is_over:
        start = timezone.now() - timedelta(days=3)
        end = start + timedelta(hours=1)
        Occurrence.objects.update(
            state="ended", starts_at=start, ends_at=end, blocks_from=start, blocks_until=end, released_at=end
        )
    read = anna.get()
    assert f"CN={scene.bernd.name}" in unfolded(read)

    seen = read.content.replace(b"END:VEVENT", b"X-MOZ-LASTACK:20270101T000000Z\r\nEND:VEVENT")
    anna.put(octets=seen, If_Match=read["ETag"], status=204)

    assert "X-MOZ-LASTACK" in anna.text()
    assert Booking.objects.get().version == 1, "nobody is told of anything"


# --- people invited -------------------------------------------------------------------------------------


@pytest.fixture
def invited(scene, anna):
    """Bernd, invited to a series of Anna's."""
    anna.put(vevent(ANNA, BERND, SMALL, "RRULE:FREQ=DAILY;COUNT=4"))
    return Organiser(scene.bernd, name=f"{Booking.objects.get().id}.ics")


def answered(partstat, *more, **fields):
    return vevent(
        ANNA, BERND.replace("NEEDS-ACTION", partstat), SMALL, "RRULE:FREQ=DAILY;COUNT=4", *more, **fields
    )


def test_an_answer_reaches_the_organiser(scene, anna, invited):
    invited.put(answered("ACCEPTED"), If_Match=invited.get()["ETag"], status=204)
    assert "PARTSTAT=ACCEPTED;SCHEDULE-STATUS=1.2:mailto:bernd@im.mv.example" in anna.text()


def test_a_word_with_the_answer_reaches_the_organiser_too(scene, anna, invited):
    invited.put(answered("DECLINED", "COMMENT:Bin im Urlaub"))
    assert Booking.objects.get().attendees.get().comment == "Bin im Urlaub"
    assert "COMMENT:Bin im Urlaub" in invited.text()
    assert "COMMENT" not in anna.text()
    invited.put(answered("ACCEPTED", f"COMMENT:{'doch ' * 200}"))
    assert Booking.objects.get().attendees.get().comment.startswith("doch doch")


def test_everything_else_is_given_back_as_the_organiser_has_it(scene, anna, invited):
    answer = invited.put(answered("TENTATIVE", "LOCATION:Bei mir", hour=17, summary="Meins"), status=204)
    assert "ETag" not in answer
    text = invited.text()
    assert "SUMMARY:Lagebesprechung" in text
    assert "PARTSTAT=TENTATIVE" in text
    assert Booking.objects.get().title == "Lagebesprechung"


def test_sending_back_what_was_read_changes_nothing_for_anybody(scene, anna, invited):
    for who in (anna, invited):
        read = who.get()
        answer = who.put(octets=read.content, If_Match=read["ETag"], status=204)
        assert answer["ETag"] == read["ETag"] == who.get()["ETag"]
    booking = book(wish(12, room_id=scene.big.id), actor=actor(scene.anna))
    there = anna.path.replace("abc", str(booking.id))
    read = anna.get(there)
    answer = anna.put(path=there, octets=read.content, If_Match=read["ETag"], status=204)
    assert answer["ETag"] == read["ETag"]


def test_own_alarms_are_kept_and_seen_by_nobody_else(scene, anna, invited):
    invited.put(answered("NEEDS-ACTION", "BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER:-PT5M", "END:VALARM"))
    assert "TRIGGER:-PT5M" in invited.text()
    assert "VALARM" not in anna.text()


def test_declining_a_single_date(scene, anna, invited):
    invited.put(answered("ACCEPTED"), single_date(ANNA, BERND.replace("NEEDS-ACTION", "DECLINED"), of_day=2))
    assert AttendeeAnswer.objects.get().occurrence.recurrence_id == at(10, day=2).isoformat()
    assert "PARTSTAT=DECLINED" in anna.text()
    invited.put(answered("ACCEPTED", f"EXDATE;TZID=Europe/Berlin:{stamp(at(10, day=3))}"))
    declined = AttendeeAnswer.objects.filter(partstat="DECLINED")
    assert at(10, day=3).isoformat() in {one.occurrence.recurrence_id for one in declined}


def test_deleting_ones_copy_declines(scene, anna, invited):
    invited.delete()
    assert invited.client.dav("GET", invited.path).status_code == 404
    assert "PARTSTAT=DECLINED" in anna.text()
    assert Booking.objects.get().cancelled_at is None


def test_deleting_without_a_word(scene, anna, invited):
    invited.delete(Schedule_Reply="F")
    assert invited.client.dav("GET", invited.path).status_code == 404
    assert "PARTSTAT=DECLINED" not in anna.text()


def test_an_invitation_that_was_put_away_and_is_stored_again_comes_back(scene, anna, invited):
    invited.delete()
    other = invited.path.replace(".ics", "-mail.ics")
    invited.put(answered("ACCEPTED"), path=other, status=201)
    assert "PARTSTAT=ACCEPTED" in invited.text()
    assert "PARTSTAT=ACCEPTED;SCHEDULE-STATUS=1.2:mailto:bernd@im.mv.example" in anna.text()
    clara = Organiser(scene.clara)
    assert (
        condition(clara.put(answered("ACCEPTED"), status=403))
        == "C:allowed-organizer-scheduling-object-change"
    )


def test_a_copy_cannot_become_another_meeting(scene, anna, invited):
    other = invited.put(answered("ACCEPTED", uid="another"), status=403)
    assert condition(other) == "C:allowed-attendee-scheduling-object-change"
    own = vevent(ANNA.replace("anna", "bernd"), BERND, SMALL)
    assert condition(invited.put(own, status=403)) == "C:allowed-attendee-scheduling-object-change"


def test_an_answer_to_what_has_moved_meanwhile_is_no_answer(scene, anna, invited):
    read = invited.get()
    anna.put(vevent(ANNA, BERND, SMALL, "RRULE:FREQ=DAILY;COUNT=4", hour=15))
    invited.put(answered("ACCEPTED"), If_Match=read["ETag"], status=412)
    assert Booking.objects.get().attendees.get().partstat == "NEEDS-ACTION"


def test_an_answer_given_elsewhere_meanwhile_is_not_lost(scene, anna, invited):
    read = invited.get()
    phone = Organiser(scene.bernd, name=invited.path.rpartition("/")[2])
    phone.put(answered("DECLINED"))
    invited.put(answered("ACCEPTED"), If_Match=read["ETag"], status=412)
    assert Booking.objects.get().attendees.get().partstat == "DECLINED"


def test_cancelling_takes_it_from_everybody(scene, anna, invited):
    cancel(Booking.objects.get().id, actor=actor(scene.anna))
    assert invited.client.dav("GET", invited.path).status_code == 404
    invited.put(answered("ACCEPTED"), status=403)


# --- SCHEDULE-AGENT -------------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", ["CLIENT", "NONE"])
def test_whom_the_client_tells_itself_gets_no_mail_of_ours(scene, anna, agent):
    told_by_client = BERND.replace("RSVP=TRUE", f"SCHEDULE-AGENT={agent}")
    anna.put(vevent(ANNA, told_by_client, CLARA, SMALL))
    text = anna.text()
    (line,) = [line for line in lines(text, "ATTENDEE") if "bernd@" in line]
    assert f"SCHEDULE-AGENT={agent}" in line and "SCHEDULE-STATUS" not in line
    assert "SCHEDULE-STATUS=1.2:mailto:clara@fm.mv.example" in text
    deliver_due(REACTIONS, limit=100, only={INVITE.name})
    assert SentMail.objects.filter(address="clara@fm.mv.example").exists()
    assert not SentMail.objects.filter(address="bernd@im.mv.example").exists()
    # a change of the people on the web leaves it at that
    people = tuple(AttendeeRequest(address=one) for one in ("bernd@im.mv.example", "x@y.example"))
    change(Booking.objects.get().id, ChangeRequest(attendees=people), actor=actor(scene.anna))
    assert Booking.objects.get().attendees.get(address="bernd@im.mv.example").told_by_client


def test_being_told_to_send_once_more_leaves_no_trace(scene, anna):
    anna.put(vevent(ANNA, BERND.replace("RSVP=TRUE", "SCHEDULE-FORCE-SEND=REQUEST"), SMALL))
    assert "SCHEDULE-FORCE-SEND" not in anna.text()


# --- names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("%2E%2E", id="a step up"),
        pytest.param("%2E", id="no step"),
        pytest.param("%E2%80%AEsci.ics", id="what nobody can read"),
    ],
)
def test_an_object_is_not_called_what_its_address_would_not_lead_to(scene, name):
    anna = Organiser(scene.anna, name=name)

    anna.put(vevent(), status=400)

    assert not Booking.objects.exists()


@pytest.mark.parametrize("name", ["...", "a%20%C3%A4%F0%9F%98%80.ics", "a%25c", "%22%3C%26%3E'.ics"])
def test_any_other_name_will_do(scene, name):
    anna = Organiser(scene.anna, name=name)

    anna.put(vevent(), status=201)

    assert anna.client.propfind(anna.path, "D:getetag").keys() == {anna.path}
