# SPDX-License-Identifier: EUPL-1.2
"""Organisers invite rooms by mail: what is booked, and what each room has to answer by."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.bookings.wishes import at, kept_refusal, wish
from tests.factories import actor, person, room, world
from tests.integrations.caldav.objects import stamp
from tests.integrations.imip.post import (
    ANNA,
    ANY,
    BERND,
    BIG,
    OUTLOOK,
    PEOPLE,
    SHARED,
    SMALL,
    ZONE,
    Post,
    Sent,
    calendar,
    cancel,
    day,
    event,
    request,
    taken,
)
from vconf.bookings.models import Booking, Occurrence
from vconf.bookings.recurrence import to_instant
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.series import cancel_occurrence
from vconf.bookings.services import book, change
from vconf.bookings.services import cancel as cancel_booking
from vconf.integrations.imip.models import Invitation
from vconf.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

DAILY = "RRULE:FREQ=DAILY;COUNT=4"


def answerable() -> list[str]:
    """Addresses whose rooms were told to answer, in order."""
    ids = [
        m.payload["invitation_id"] for m in Message.objects.filter(fact="InvitationAnswerable").order_by("id")
    ]
    return [Invitation.objects.get(id=one).address for one in ids]


# --- one meeting ------------------------------------------------------------------------------------------


def test_an_invitation_books_the_room(scene, post):
    outcome = post.bring(request("DESCRIPTION:Bitte pünktlich", to=PEOPLE))
    assert (outcome.state, outcome.code) == ("done", "")
    [booking] = Booking.objects.all()
    assert (booking.uid, booking.organiser, booking.source) == ("m", scene.anna, "mail")
    assert (booking.room, booking.starts_local) == (scene.small, at(10).isoformat())
    assert (booking.title, booking.description) == ("Lagebesprechung", "Bitte pünktlich")
    assert answerable() == [SMALL]


def test_the_organisers_own_program_writes_to_those_invited(scene, post):
    post.bring(request(to=PEOPLE))
    [bernd] = Booking.objects.get().attendees.all()
    assert (bernd.address, bernd.person, bernd.told_by_client) == (BERND, scene.bernd, True)


def test_what_the_answer_needs_is_kept_as_it_was_written(scene, post):
    line = 'ATTENDEE;CUTYPE=RESOURCE;CN="Beratung, 1. OG";RSVP=TRUE:MAILTO:Beratung@Raum.MV.example'
    text = calendar("REQUEST", event(line, to=(BERND,), sequence=3))
    post.bring(Sent(text))
    [kept] = Invitation.objects.all()
    assert kept.attendee_line == line
    assert kept.organiser_line == f"ORGANIZER;CN=Anna Amsel:mailto:{ANNA}"
    assert (kept.address, kept.sequence, kept.room) == (SMALL, 3, scene.small)
    assert kept.message_id.endswith("@mail.example>")
    assert (kept.starts_at, kept.title) == (to_instant(at(10), ZONE), "Lagebesprechung")
    assert kept.booking_id == Booking.objects.get().id and kept.refusal is None


def test_an_update_moves_the_same_booking(scene, post):
    post.bring(request(to=PEOPLE))
    link = Booking.objects.get().join_link_id
    post.bring(request(to=PEOPLE, hour=14, sequence=1, sent=5, summary="Lage, neu"))
    [booking] = Booking.objects.all()
    assert (booking.join_link_id, booking.title, taken()) == (link, "Lage, neu", [day(0, "14:00")])
    assert answerable() == [SMALL, SMALL]


def test_an_update_that_changes_nothing_is_answered_and_changes_nothing(scene, post):
    post.bring(request(to=PEOPLE))
    before = Booking.objects.get().version
    assert post.bring(request(to=PEOPLE, sequence=1, sent=5)).state == "done"
    assert Booking.objects.get().version == before
    assert answerable() == [SMALL, SMALL]


def test_what_is_delivered_twice_is_answered_once(scene, post):
    post.bring(request(to=PEOPLE))
    outcome = post.bring(request(to=PEOPLE))
    assert (outcome.state, outcome.code) == ("ignored", "duplicate")
    assert answerable() == [SMALL]


def test_an_older_version_changes_nothing(scene, post):
    post.bring(request(to=PEOPLE, hour=14, sequence=2, sent=5))
    for old in (request(to=PEOPLE, sequence=1, sent=9), request(to=PEOPLE, sequence=2, sent=4)):
        outcome = post.bring(old)
        assert (outcome.state, outcome.code) == ("ignored", "superseded")
    assert taken() == [day(0, "14:00")]


def test_the_same_sequence_sent_later_is_newer(scene, post):
    """Exchange leaves SEQUENCE as it is for what it sends to people who were added."""
    post.bring(request(to=PEOPLE))
    assert post.bring(request(to=(*PEOPLE, "gast@elsewhere.example"), sent=5)).state == "done"
    assert Booking.objects.get().attendees.count() == 2


def test_what_was_cancelled_on_the_page_can_be_asked_for_again(scene, post):
    post.bring(request(to=PEOPLE))
    cancel_booking(Booking.objects.get().id, actor=actor(scene.anna))
    assert post.bring(request(to=PEOPLE)).code == "duplicate"
    assert taken() == []
    post.bring(request(to=PEOPLE, sequence=1, sent=5))
    assert taken() == [day(0)]


def test_a_meeting_of_the_calendar_that_is_mailed_too_is_one(scene, post):
    book(wish(10, uid="m", room_id=scene.small.id, source="caldav"), actor=actor(scene.anna))
    post.bring(request(to=PEOPLE, hour=11, sequence=1))
    assert Booking.objects.count() == 1
    assert taken() == [day(0, "11:00")]


# --- refusals ---------------------------------------------------------------------------------------------


def test_what_cannot_be_had_is_stored_as_refused(scene, post):
    book(wish(10, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    assert post.bring(request(to=PEOPLE)).state == "done"
    booking = Booking.objects.get(uid="m")
    assert booking.is_refused and kept_refusal(booking)["code"] == "slot_taken"
    assert kept_refusal(booking)["alternatives"]
    assert answerable() == [SMALL]


def test_a_change_that_cannot_be_had_holds_the_old_time(scene, post):
    book(wish(14, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    post.bring(request(to=PEOPLE))
    post.bring(request(to=PEOPLE, hour=14, sequence=1, sent=5))
    booking = Booking.objects.get(uid="m")
    assert booking.is_held and kept_refusal(booking)["code"] == "slot_taken"
    assert day(0) in taken()


def test_moving_back_after_a_refused_change_lets_the_old_time_stand(scene, post):
    book(wish(14, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    for number, hour in enumerate((10, 14, 10)):
        post.bring(request(to=PEOPLE, hour=hour, sequence=number, sent=number))
    booking = Booking.objects.get(uid="m")
    assert not booking.is_held
    assert [o.state for o in booking.occurrences.all()] == ["confirmed"]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["DTSTART;VALUE=DATE:{day}", "DTEND;VALUE=DATE:{next}"], "all_day"),
        (
            [
                "DTSTART;TZID=Europe/Berlin:{day}T000000",
                "DTEND;TZID=Europe/Berlin:{next}T000000",
                "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
            ],
            "all_day",
        ),
        (["DTSTART;TZID=Europe/Berlin:{day}T100000"], "no_length"),
    ],
)
def test_what_no_booking_can_be_is_declined_in_words(scene, post, lines, code):
    when = {"day": f"{at(0):%Y%m%d}", "next": f"{at(0, day=1):%Y%m%d}"}
    text = [line for line in event(to=PEOPLE) if not line.startswith(("DTSTART", "DTEND"))]
    text[3:3] = [line.format(**when) for line in lines]
    assert post.bring(Sent(calendar("REQUEST", text))).state == "done"
    assert not Booking.objects.exists()
    [kept] = Invitation.objects.all()
    assert kept_refusal(kept)["code"] == code
    assert set(kept_refusal(kept)["detail"]) == {"de", "en"}
    assert answerable() == [SMALL]


def test_each_of_two_rooms_says_why_whenever_its_copy_comes(scene, post):
    text = [line for line in event(to=(SMALL, SHARED)) if not line.startswith(("DTSTART", "DTEND"))]
    text[3:3] = [f"DTSTART;VALUE=DATE:{at(0):%Y%m%d}"]
    for address in (SHARED, SMALL):
        post.bring(Sent(calendar("REQUEST", text), rooms=[address]))
    assert {kept_refusal(one)["code"] for one in Invitation.objects.all()} == {"all_day"}
    assert answerable() == [SHARED, SMALL]


def test_a_meeting_made_all_day_keeps_what_was_booked(scene, post):
    post.bring(request(to=PEOPLE))
    text = [
        line for line in event(to=PEOPLE, sequence=1, sent=5) if not line.startswith(("DTSTART", "DTEND"))
    ]
    text[3:3] = [f"DTSTART;VALUE=DATE:{at(0):%Y%m%d}"]
    post.bring(Sent(calendar("REQUEST", text)))
    assert taken() == [day(0)]
    assert kept_refusal(Invitation.objects.get())["code"] == "all_day"
    post.bring(request(to=PEOPLE, hour=11, sequence=2, sent=6))
    assert taken() == [day(0, "11:00")]
    assert Invitation.objects.get().refusal is None


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=NEVER", "FREQ=MINUTELY;COUNT=9"]
)
def test_a_rule_that_cannot_be_booked_is_declined_in_words(scene, post, rule):
    assert post.bring(request(f"RRULE:{rule}", to=PEOPLE)).state == "done"
    [kept] = Invitation.objects.all()
    assert kept_refusal(kept)["code"] == "invalid"
    assert taken() == []


def test_a_meeting_that_is_over_is_declined(scene, post):
    post.bring(request(to=PEOPLE, day=-500))
    assert kept_refusal(Invitation.objects.get())["code"] == "in_past"


# --- series under way -------------------------------------------------------------------------------------

#: ten days ago, and every week
SINCE, WEEKLY = -410, "RRULE:FREQ=WEEKLY;COUNT=6"


def test_a_series_under_way_is_booked_from_its_next_date_on(scene, post):
    post.bring(request(WEEKLY, to=PEOPLE, day=SINCE))
    assert taken() == [day(SINCE + 7 * week) for week in (2, 3, 4, 5)]


def test_a_series_under_way_that_was_refused_can_be_moved(scene, post):
    book(wish(10, day=SINCE + 21, room_id=scene.small.id), actor=actor(scene.bernd))
    post.bring(request(WEEKLY, to=PEOPLE, day=SINCE))
    assert kept_refusal(Booking.objects.get(uid="m"))["code"] == "slot_taken"
    post.bring(request(WEEKLY, to=PEOPLE, day=SINCE, hour=11, sequence=1, sent=5))
    mine = Occurrence.objects.filter(booking__uid="m").order_by("starts_at")
    assert [one.starts_at for one in mine] == [
        to_instant(at(11, day=SINCE + 7 * week), ZONE) for week in (2, 3, 4, 5)
    ]


def test_a_date_that_was_over_is_booked_when_it_is_put_off(scene, post):
    post.bring(request(WEEKLY, to=PEOPLE, day=SINCE))
    post.bring(request(to=PEOPLE, of=SINCE + 7, day=SINCE + 16, sequence=1, sent=5))
    assert taken() == [day(SINCE + days) for days in (14, 16, 21, 28, 35)]


def test_a_date_left_out_is_booked_when_it_is_wanted_again_even_after_a_refusal(scene, post):
    without = f"EXDATE;TZID={ZONE}:{stamp(at(10, day=1))}"
    post.bring(request(DAILY, without, to=PEOPLE))
    book(wish(10, day=1, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    post.bring(request(DAILY, to=PEOPLE, sequence=1, sent=5))
    assert kept_refusal(Booking.objects.get(uid="m"))["code"] == "slot_taken"
    post.bring(request(DAILY, to=(BERND, BIG, ANNA), sequence=2, sent=6))
    mine = Occurrence.objects.filter(booking__uid="m", state="confirmed").order_by("starts_at")
    assert [one.starts_at for one in mine] == [to_instant(at(10, day=days), ZONE) for days in range(4)]


def test_a_date_that_was_left_out_on_the_page_stays_so(scene, post):
    asked = wish(10, room_id=scene.small.id, rrule="FREQ=DAILY;COUNT=4", exdate=(at(10, day=1),), uid="m")
    book(asked, actor=actor(scene.anna))
    post.bring(request(DAILY, to=PEOPLE, hour=11, sequence=1, sent=5))
    assert taken() == [day(number, "11:00") for number in (0, 2, 3)]


# --- rooms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["nirgends@raum.mv.example", "dachstube@raum.mv.example"])
def test_rooms_that_are_not_there_and_rooms_of_others_answer_alike(scene, post, address):
    room("Dachstube", 6, scene.fm, scene.pool, scene.standard)
    post.bring(request(to=(BERND, address)))
    [booking] = Booking.objects.all()
    assert booking.is_refused and kept_refusal(booking)["code"] == "no_such_room"
    assert answerable() == [address]


def test_the_first_room_that_can_be_had_is_booked_whichever_copy_comes_first(scene, post):
    both = request(to=(SMALL, SHARED))
    for address in (SHARED, SMALL):
        assert post.bring(Sent(both.text, rooms=[address])).state == "done"
    assert taken() == [day(0)]
    assert answerable() == [SHARED, SMALL]
    assert post.bring(Sent(both.text, rooms=[SMALL])).code == "duplicate"


def test_the_next_room_is_booked_if_the_first_is_taken(scene, post):
    book(wish(10, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    post.bring(request(to=(SMALL, SHARED)))
    assert Booking.objects.get(uid="m").room == scene.shared


def test_of_two_rooms_the_one_that_is_booked_stays(scene, post):
    other = book(wish(10, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    post.bring(request(to=(SMALL, SHARED)))
    cancel_booking(other.id, actor=actor(scene.bernd))
    post.bring(request(to=(SMALL, SHARED), summary="Neu", sequence=1, sent=5))
    assert taken() == [day(0, slug="offener-raum")]


SWAP = [
    request(to=(BERND, SHARED), sequence=1, sent=10),
    cancel(to=(SMALL,), sequence=1, sent=11),
]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_another_room_takes_the_place_of_the_first(scene, post, order):
    post.bring(request(to=PEOPLE))
    for number in order:
        post.bring(SWAP[number])
    assert taken() == [day(0, slug="offener-raum")]
    assert Invitation.objects.get(address=SMALL).cancelled


def test_any_room_with_the_seats_that_stand_behind_the_plus(scene, post):
    post.bring(request(to=(BERND, "raum+30@raum.mv.example")))
    [booking] = Booking.objects.all()
    assert (booking.room, booking.seats, booking.seats_asked) == (scene.shared, 30, 30)
    assert [a.address for a in booking.attendees.all()] == [BERND]


def test_any_room_without_a_number_is_for_the_people_invited(scene, post):
    post.bring(request(to=(BERND, ANY)))
    assert Booking.objects.get().room == scene.small


def test_any_room_stays_the_same_with_an_update(scene, post):
    post.bring(request(to=(BERND, "raum+30@raum.mv.example")))
    post.bring(request(to=(BERND, "raum+30@raum.mv.example"), hour=15, sequence=1, sent=5))
    assert taken() == [day(0, "15:00", "offener-raum")]


def test_a_named_room_takes_a_number_of_seats_too(scene, post):
    post.bring(request(to=(BERND, "grosser-saal+40@raum.mv.example")))
    [booking] = Booking.objects.all()
    assert (booking.room, booking.seats) == (scene.big, 40)


def test_the_address_of_any_room_can_be_another(scene, post, settings):
    settings.VCONF_MAIL_ANY_ROOM = "irgendeiner@raum.mv.example"
    post.bring(request(to=(BERND, "irgendeiner+20@raum.mv.example")))
    assert Booking.objects.get().room == scene.shared


def test_a_room_in_bcc_is_invited_all_the_same(scene, post):
    post.bring(Sent(request(to=(BERND,)).text, rooms=[SMALL]))
    assert Booking.objects.get().room == scene.small
    assert Invitation.objects.get().attendee_line == ""


def test_a_mail_that_came_to_no_room_books_none(scene, post):
    outcome = post.bring(Sent(request(to=PEOPLE).text, rooms=["antwort@mv.example"]))
    assert (outcome.state, outcome.code) == ("ignored", "not_an_invitation")
    assert not Booking.objects.exists()


# --- series -----------------------------------------------------------------------------------------------


def test_a_series_with_its_exceptions_in_one_mail(scene, post):
    left_out = f"EXDATE;TZID={ZONE}:{stamp(at(10, day=3))}"
    text = calendar(
        "REQUEST",
        event(DAILY, left_out, to=PEOPLE),
        event(to=PEOPLE, of=1, day=1, hour=14, summary="Anders"),
        event("STATUS:CANCELLED", to=PEOPLE, of=2, day=2),
    )
    post.bring(Sent(text))
    assert taken() == [day(0), day(1, "14:00")]
    assert Occurrence.objects.exclude(title="").get().title == "Anders"
    assert answerable() == [SMALL]


MASTER = request(DAILY, to=PEOPLE, product=OUTLOOK)
EXCEPTION = request(to=PEOPLE, of=1, day=1, hour=14, sequence=1, sent=10, product=OUTLOOK)


@pytest.mark.parametrize("mails", [(MASTER, EXCEPTION), (EXCEPTION, MASTER)])
def test_an_exception_by_itself_before_and_after_its_series(scene, post, mails):
    for mail in mails:
        post.bring(mail)
    assert taken() == [day(0), day(1, "14:00"), day(2), day(3)]
    assert Booking.objects.count() == 1
    assert answerable() == [SMALL, SMALL]


def test_before_the_series_is_known_its_date_is_a_booking(scene, post):
    post.bring(EXCEPTION)
    assert taken() == [day(1, "14:00")]
    link = Booking.objects.get().join_link_id
    post.bring(request(to=PEOPLE, of=2, day=2, hour=15, sequence=1, sent=11, product=OUTLOOK))
    assert taken() == [day(1, "14:00"), day(2, "15:00")]
    post.bring(MASTER)
    assert taken() == [day(0), day(1, "14:00"), day(2, "15:00"), day(3)]
    assert Booking.objects.get().join_link_id == link


def test_numbers_of_single_dates_are_counted_apart_from_the_series(scene, post):
    post.bring(request(DAILY, to=PEOPLE, sequence=7, product=OUTLOOK))
    post.bring(request(to=PEOPLE, of=1, day=1, hour=14, sequence=2, sent=10, product=OUTLOOK))
    assert day(1, "14:00") in taken()


def test_other_words_for_the_series_leave_its_exceptions(scene, post):
    for mail in (MASTER, EXCEPTION):
        post.bring(mail)
    post.bring(request(DAILY, to=PEOPLE, summary="Neu", sequence=2, sent=20, product=OUTLOOK))
    assert day(1, "14:00") in taken()


MOVED = request(DAILY, to=PEOPLE, hour=11, sequence=2, sent=20, product=OUTLOOK)


@pytest.mark.parametrize(
    "mails",
    [
        (MASTER, EXCEPTION, MOVED),
        (MASTER, MOVED, EXCEPTION),
        (MOVED, EXCEPTION, MASTER),
        (EXCEPTION, MOVED, MASTER),
    ],
)
def test_other_times_for_the_series_drop_its_exceptions(scene, post, mails):
    for mail in mails:
        post.bring(mail)
    assert taken() == [day(number, "11:00") for number in range(4)]


def test_the_first_invitation_delivered_once_more_drops_no_exceptions(scene, post):
    for mail in (MASTER, MOVED):
        post.bring(mail)
    post.bring(cancel(f"RECURRENCE-ID;TZID={ZONE}:{stamp(at(11, day=1))}", to=PEOPLE, sequence=1, sent=25))
    post.bring(
        request(DAILY, to=PEOPLE, hour=11, summary="Neu", sequence=3, sent=30, product=OUTLOOK),
    )
    wanted = [day(0, "11:00"), day(2, "11:00"), day(3, "11:00")]
    assert taken() == wanted
    assert post.bring(MASTER).code == "superseded"
    assert taken() == wanted


def test_a_program_that_tells_all_at_once_takes_exceptions_back_by_leaving_them_out(scene, post):
    post.bring(Sent(calendar("REQUEST", event(DAILY, to=PEOPLE), event(to=PEOPLE, of=1, day=1, hour=14))))
    post.bring(request(DAILY, to=PEOPLE, sequence=1, sent=10))
    assert taken() == [day(number) for number in range(4)]


def test_a_date_that_was_called_off_is_there_again_where_the_series_moves(scene, post):
    post.bring(MASTER)
    post.bring(cancel(to=PEOPLE, of=1, day=1, sequence=1, sent=5))
    post.bring(MOVED)
    assert taken() == [day(number, "11:00") for number in range(4)]


def test_asking_for_one_date_does_not_bring_back_another_that_was_dropped_on_the_page(scene, post):
    post.bring(MASTER)
    dropped = [Occurrence.objects.get(recurrence_id=at(10, day=n).isoformat()) for n in (1, 2)]
    for date in dropped:
        cancel_occurrence(date.id, actor=actor(scene.anna))
    post.bring(EXCEPTION)
    assert taken() == [day(0), day(1, "14:00"), day(3)]


def test_an_older_mail_that_tells_all_at_once_tells_nothing_new(scene, post):
    old = calendar("REQUEST", event(DAILY, to=PEOPLE), event(to=PEOPLE, of=1, day=1, hour=14))
    post.bring(request(DAILY, to=PEOPLE, sequence=1, sent=10))
    change(Booking.objects.get().id, ChangeRequest(title="Neu"), actor=actor(scene.anna))
    outcome = post.bring(Sent(old))
    assert (outcome.state, outcome.code) == ("ignored", "superseded")
    assert Booking.objects.get().title == "Neu"


def test_a_date_moves_to_another_room(scene, post):
    post.bring(MASTER)
    post.bring(request(to=(BERND, SHARED), of=1, day=1, sequence=1, sent=10, product=OUTLOOK))
    assert day(1, slug="offener-raum") in taken()
    assert answerable() == [SMALL, SHARED]


def test_a_date_that_cannot_be_moved_is_held(scene, post):
    book(wish(14, day=1, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    for mail in (MASTER, EXCEPTION):
        post.bring(mail)
    booking = Booking.objects.get(uid="m")
    assert booking.is_held and kept_refusal(booking)["code"] == "slot_taken"
    assert booking.occurrences.filter(state="held").count() == 1


def test_one_more_date_comes_by_add(scene, post):
    assert post.bring(Sent(calendar("ADD", event(to=PEOPLE, day=9, hour=16)))).state == "early"
    post.bring(MASTER)
    assert taken()[-1] == day(9, "16:00")


def test_dates_that_cannot_be_had_are_left_out_where_the_class_says_that_nobody_need_ask():
    scene = world(partial_unasked=True)
    book(wish(10, day=2, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    Post().bring(MASTER)
    booking = Booking.objects.get(uid="m")
    assert [o.state for o in booking.occurrences.all()] == ["confirmed", "confirmed", "refused", "confirmed"]


def test_else_the_series_is_refused_as_a_whole(scene):
    book(wish(10, day=2, room_id=scene.small.id, title="Andere"), actor=actor(scene.bernd))
    Post().bring(MASTER)
    booking = Booking.objects.get(uid="m")
    assert booking.is_refused and kept_refusal(booking)["code"] == "slot_taken"


def test_a_series_without_end_is_promised_as_far_as_can_be_booked(scene, post):
    post.bring(request("RRULE:FREQ=WEEKLY", to=PEOPLE))
    assert Booking.objects.get().promised_until is not None


# --- zones ------------------------------------------------------------------------------------------------

VTIMEZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE""".splitlines()


@pytest.mark.parametrize(
    ("name", "definition"),
    [
        ("W. Europe Standard Time", VTIMEZONE),
        ("W. Europe Standard Time", None),
        ('"(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien"', VTIMEZONE),
        ("Customized Time Zone", VTIMEZONE),
    ],
)
def test_zones_as_windows_names_them(scene, post, name, definition):
    lines = [] if definition is None else [line.format(name=name.strip('"')) for line in definition]
    text = calendar("REQUEST", lines, event(DAILY, to=PEOPLE, zone=name), product=OUTLOOK)
    post.bring(Sent(text))
    assert taken() == [day(number) for number in range(4)]
    apart = event(to=PEOPLE, of=1, day=1, hour=14, zone=name, sent=5)
    post.bring(Sent(calendar("REQUEST", lines, apart, product=OUTLOOK)))
    assert day(1, "14:00") in taken()


def test_an_exception_is_found_whatever_zone_it_is_told_in(scene, post):
    post.bring(MASTER)
    instant = to_instant(at(10, day=1), ZONE)
    apart = [
        f"RECURRENCE-ID:{instant:%Y%m%dT%H%M%SZ}" if line.startswith("RECURRENCE-ID") else line
        for line in event(to=PEOPLE, of=1, day=1, hour=14, sent=5)
    ]
    post.bring(Sent(calendar("REQUEST", apart, product=OUTLOOK)))
    assert taken() == [day(0), day(1, "14:00"), day(2), day(3)]


def test_a_single_time_in_utc_is_told_in_the_zone_of_the_installation(scene, post):
    instant = to_instant(at(10), ZONE)
    text = [
        f"DTSTART:{instant:%Y%m%dT%H%M%SZ}" if line.startswith("DTSTART") else line
        for line in event(to=PEOPLE)
        if not line.startswith("DTEND")
    ]
    text.insert(-1, "DURATION:PT1H")
    post.bring(Sent(calendar("REQUEST", text)))
    booking = Booking.objects.get()
    assert (booking.timezone, booking.starts_local) == (ZONE, at(10).isoformat())


def test_a_series_keeps_its_hour_over_the_change_of_the_year(scene, post):
    post.bring(request("RRULE:FREQ=MONTHLY;COUNT=5", to=PEOPLE, day=-100))
    dates = Booking.objects.get().occurrences.all()
    assert {o.starts_at.astimezone(ZoneInfo(ZONE)).hour for o in dates} == {10}
    assert len({o.starts_at.hour for o in dates}) == 2


# --- who --------------------------------------------------------------------------------------------------


def test_a_person_without_account_is_declined(scene, post):
    outcome = post.bring(
        request(to=(BERND, SMALL), organiser="x@elsewhere.example", by="x@elsewhere.example")
    )
    assert outcome.state == "done"
    [kept] = Invitation.objects.all()
    assert (kept.organiser, kept.organiser_address) == (None, "x@elsewhere.example")
    assert kept_refusal(kept)["code"] == "unknown_person"
    assert answerable() == [SMALL]


def test_a_person_whose_account_is_shut_is_as_one_without(scene, post):
    scene.anna.is_active = False
    scene.anna.save()
    post.bring(request(to=PEOPLE))
    assert kept_refusal(Invitation.objects.get())["code"] == "unknown_person"
    assert not Booking.objects.exists()


def test_any_verified_address_of_the_organiser_will_do(scene, post):
    scene.anna.addresses.create(address="amsel@im.mv.example")
    post.bring(request(to=PEOPLE, by="amsel@im.mv.example"))
    post.bring(request(to=PEOPLE, organiser="amsel@im.mv.example", hour=12, sequence=1, sent=5))
    assert taken() == [day(0, "12:00")]


def test_many_people_are_no_trouble(scene, post):
    people = tuple(f"gast{number}@elsewhere.example" for number in range(99))
    post.bring(request(to=(*people, BIG)))
    assert Booking.objects.get().attendees.count() == 99


def test_more_people_than_are_looked_at_are_set_aside(scene, post):
    people = tuple(f"gast{number}@elsewhere.example" for number in range(501))
    outcome = post.bring(request(to=(*people, BIG)))
    assert (outcome.state, outcome.code) == ("set_aside", "too_large")


def test_exchange_names_a_date_inside_of_its_uid(scene, post):
    head = "040000008200E00074C5B7101A82E008"
    tail = "00000000A0B1C2D3E4F5DA010000000000000000100000001234567890ABCDEF1234567890ABCDEF"
    post.bring(request(DAILY, to=PEOPLE, uid=f"{head}00000000{tail[8:]}", product=OUTLOOK))
    post.bring(
        request(to=PEOPLE, of=1, day=1, hour=14, sent=5, uid=f"{head}07EB030A{tail[8:]}", product=OUTLOOK)
    )
    assert taken() == [day(0), day(1, "14:00"), day(2), day(3)]


def test_length_is_kept_in_elapsed_time(scene, post):
    post.bring(request(to=PEOPLE, hours=1.5))
    assert Booking.objects.get().duration == timedelta(minutes=90)


def test_people_of_single_dates_are_the_organisers_programs_business(scene, post):
    person("Gast")
    text = calendar(
        "REQUEST", event(DAILY, to=PEOPLE), event(to=(*PEOPLE, "gast@elsewhere.example"), of=1, day=1)
    )
    post.bring(Sent(text))
    assert Booking.objects.get().attendees.count() == 1
