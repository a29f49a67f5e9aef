# SPDX-License-Identifier: EUPL-1.2
"""What the organiser's program saves or sends, as a wish for a booking."""

from datetime import UTC, timedelta
from uuid import UUID

import pytest
from django.utils import translation

from tests.bookings.wishes import at
from tests.integrations.caldav.objects import (
    ANNA,
    ANNA_COMES,
    BERND,
    BIG,
    CLARA,
    SMALL,
    calendar,
    single_date,
    vevent,
)
from vconf.bookings.recurrence import to_instant
from vconf.integrations.ical.parse import read_object
from vconf.integrations.ical.wishes import Company, NotBookable, Standing, wish_of

OWNER, SMALL_ID, BIG_ID, STOCK_ID, AUTHORITY = (UUID(int=n) for n in range(1, 6))
COMPANY = Company(
    owner={"anna@im.mv.example", "anna.amsel@im.mv.example"},
    rooms={
        "beratung@raum.mv.example": SMALL_ID,
        "grosser-saal@raum.mv.example": BIG_ID,
        "stock@x.example": STOCK_ID,
    },
    strange={"nowhere@raum.mv.example"},
)


def wish(*events, standing=None):
    return wish_of(
        read_object(calendar(*events)),
        COMPANY,
        organiser_id=OWNER,
        href="name.ics",
        language="de",
        source="caldav",
        standing=standing,
    )


def standing(room_id=SMALL_ID, *, named=True, seats=None, invited=("bernd@im.mv.example",)):
    return Standing(
        room_id=room_id,
        room_named=named,
        seats_asked=seats,
        authority_id=AUTHORITY,
        language="en",
        invited=invited,
    )


def refusal(*events, **fields):
    with pytest.raises(NotBookable) as refused:
        wish(*events, **fields)
    return refused.value.code


def test_an_event_is_a_wish_for_a_booking():
    request = wish(
        vevent(ANNA, ANNA_COMES, BERND, CLARA, SMALL, "DESCRIPTION:Bitte pünktlich", "SEQUENCE:3")
    ).request
    assert request.title == "Lagebesprechung"
    assert request.description == "Bitte pünktlich"
    assert request.starts_local == at(10)
    assert request.duration == timedelta(hours=1)
    assert request.timezone == "Europe/Berlin"
    assert request.room_id == SMALL_ID
    assert [a.address for a in request.attendees] == ["bernd@im.mv.example", "clara@fm.mv.example"]
    assert (request.organiser_id, request.uid, request.href) == (OWNER, "meeting-1", "name.ics")
    assert (request.sequence, request.source, request.store_refused) == (3, "caldav", True)
    assert request.seats is None


def test_without_a_room_any_that_fits_will_do():
    assert wish(vevent(ANNA, BERND)).request.room_id is None


def test_a_room_is_known_by_its_address_whatever_kind_of_user_the_client_calls_it():
    assert wish(vevent(ANNA, BIG)).request.room_id == BIG_ID


def test_without_organizer_the_owner_of_the_calendar_organises():
    assert wish(vevent()).request.organiser_id == OWNER


def test_any_of_the_owners_addresses_will_do_and_a_deputy_may_have_sent_it():
    line = 'ORGANIZER;SENT-BY="mailto:bernd@im.mv.example":MAILTO:Anna.Amsel@im.mv.example'
    assert wish(vevent(line)).request.organiser_id == OWNER


@pytest.mark.parametrize("events", [[vevent(CLARA.replace("ATTENDEE", "ORGANIZER"))]])
def test_what_somebody_else_organises_is_no_booking(events):
    assert refusal(*events) == "not_organiser"


def test_two_rooms_are_one_too_many():
    assert refusal(vevent(ANNA, SMALL, BIG)) == "two_rooms"


def test_nothing_lasts_all_day_and_nothing_lasts_no_time():
    day = [
        line.replace(line, "DTSTART;VALUE=DATE:20270301") if line.startswith("DTSTART") else line
        for line in vevent()
    ]
    day = [line for line in day if not line.startswith("DTEND")]
    assert refusal(day) == "all_day"
    instant = [line for line in vevent() if not line.startswith("DTEND")]
    assert refusal(instant) == "no_length"


def test_single_dates_alone_are_no_booking():
    assert refusal(single_date(ANNA)) == "only_dates"


def test_a_title_is_never_empty_and_never_too_long():
    with translation.override("de"):
        assert wish(vevent(summary="")).request.title == "Videokonferenz"
    assert refusal(vevent(summary="x" * 201)) == "title_too_long"


def test_an_address_where_rooms_are_but_no_such_room_is_kept_aside():
    found = wish(vevent(ANNA, "ATTENDEE;CN=Nirgends:mailto:Nowhere@raum.mv.example", BERND))
    assert [party.address for party in found.strange] == ["nowhere@raum.mv.example"]
    assert [a.address for a in found.request.attendees] == ["bernd@im.mv.example"]
    assert (found.request.room_id, found.request.unknown_room) == (None, "nowhere@raum.mv.example")
    beside = wish(vevent(ANNA, "ATTENDEE:mailto:nowhere@raum.mv.example", SMALL))
    assert (beside.request.room_id, beside.request.unknown_room) == (SMALL_ID, "")


def test_a_role_that_bookings_do_not_know_is_optional():
    found = wish(vevent(ANNA, BERND.replace("RSVP=TRUE", "ROLE=NON-PARTICIPANT"))).request
    assert found.attendees[0].role == "OPT-PARTICIPANT"


def test_cancelled_by_its_status():
    assert wish(vevent(ANNA, "STATUS:CANCELLED")).cancelled
    assert not wish(vevent(ANNA, "STATUS:TENTATIVE")).cancelled


def test_what_a_calendar_cannot_say_stays_as_it_is():
    request = wish(vevent(ANNA), standing=standing(seats=20)).request
    assert (request.seats, request.authority_id, request.language) == (20, AUTHORITY, "en")


def test_a_room_that_vconf_has_chosen_stays_as_long_as_it_fits():
    found = wish(vevent(ANNA, SMALL), standing=standing(named=False))
    assert (found.request.room_id, found.room_named) == (None, False)


def test_a_room_that_was_asked_for_is_asked_for_again():
    found = wish(vevent(ANNA, SMALL), standing=standing())
    assert (found.request.room_id, found.room_named) == (SMALL_ID, True)
    assert wish(vevent(ANNA, BIG), standing=standing(named=False)).room_named


def test_single_dates_of_a_series():
    request = wish(
        vevent(
            ANNA,
            SMALL,
            "RRULE:FREQ=DAILY;COUNT=5",
            "EXDATE;TZID=Europe/Berlin:" + f"{at(10, day=4):%Y%m%dT%H%M%S}",
        ),
        single_date(ANNA, SMALL, of_day=1, hour=14, day=1),
        single_date(ANNA, SMALL, BIG, of_day=2, summary="Großer Kreis"),
        single_date(ANNA, SMALL, "STATUS:CANCELLED", of_day=3),
    ).request
    moved, renamed = request.overrides
    assert moved.recurrence_id == at(10, day=1)
    assert moved.starts_at == to_instant(at(14, day=1), "Europe/Berlin") and moved.starts_at.tzinfo is UTC
    assert (moved.title, moved.room_id) == ("", None)
    assert (renamed.title, renamed.room_id) == ("Großer Kreis", BIG_ID)
    assert request.exdate == (at(10, day=3), at(10, day=4))


def test_nobody_is_invited_to_single_dates_only():
    series = vevent(ANNA, BERND, "RRULE:FREQ=DAILY;COUNT=5")
    alone = single_date(ANNA, BERND, CLARA, of_day=1)
    assert refusal(series, alone) == "people_of_single_date"
    with translation.override("de"), pytest.raises(NotBookable) as refused:
        wish(series, alone)
    assert str(refused.value.detail).startswith(
        "clara@fm.mv.example kann nicht nur zu einem einzelnen Termin"
    )


def test_somebody_taken_off_the_series_may_still_stand_in_dates_the_client_did_not_touch():
    series = vevent(ANNA, "RRULE:FREQ=DAILY;COUNT=5")
    found = wish(series, single_date(ANNA, BERND, of_day=1, hour=12), standing=standing())
    assert found.request.attendees == ()
