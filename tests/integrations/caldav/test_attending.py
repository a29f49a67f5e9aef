# SPDX-License-Identifier: EUPL-1.2
"""What an attendee's copy answers, and what of it is left to the organiser."""

from dataclasses import replace

import pytest

from tests.bookings.wishes import at
from tests.integrations.caldav.objects import ANNA, CLARA, SMALL, calendar, single_date, stamp, vevent
from vconf.integrations.caldav.attending import Answers, Invited, answers_in
from vconf.integrations.caldav.unacceptable import Unacceptable
from vconf.integrations.ical.parse import read_object

INVITED = Invited(
    uid="meeting-1",
    timezone="Europe/Berlin",
    addresses={"bernd@im.mv.example"},
    organiser={"anna@im.mv.example"},
    partstat="NEEDS-ACTION",
)
DAILY = "RRULE:FREQ=DAILY;COUNT=5"


def bernd(partstat: str) -> str:
    return f"ATTENDEE;PARTSTAT={partstat}:mailto:Bernd@im.mv.example"


def answers(*events, **known) -> Answers:
    return answers_in(read_object(calendar(*events)), replace(INVITED, **known))


@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_an_answer_for_all_dates(partstat):
    assert answers(vevent(ANNA, bernd(partstat))) == Answers(whole=partstat)


def test_taking_an_answer_back():
    assert answers(vevent(ANNA, bernd("NEEDS-ACTION")), partstat="ACCEPTED").whole == "NEEDS-ACTION"


def test_the_same_answer_again_is_none():
    assert answers(vevent(ANNA, bernd("ACCEPTED")), partstat="ACCEPTED").nothing


def test_everything_else_is_the_organisers_and_changes_nothing():
    changed = vevent(ANNA, bernd("NEEDS-ACTION"), CLARA, SMALL, summary="Meine Worte", hour=15, hours=3)
    assert answers(changed).nothing


def test_an_answer_to_one_date():
    found = answers(
        vevent(ANNA, bernd("NEEDS-ACTION"), DAILY), single_date(ANNA, bernd("DECLINED"), of_day=2)
    )
    assert found == Answers(dates={at(10, day=2): "DECLINED"})


def test_what_is_said_with_an_answer_goes_with_it():
    known = vevent(ANNA, bernd("ACCEPTED"), "COMMENT:Gern", DAILY)
    late = single_date(ANNA, bernd("TENTATIVE"), "COMMENT:Ich komme etwas später\\, wenn überhaupt", of_day=2)
    assert answers(known).comment == "Gern"
    assert answers(known, late, partstat="ACCEPTED").comment == "Ich komme etwas später, wenn überhaupt"
    assert answers(known, partstat="ACCEPTED").nothing
    long = vevent(ANNA, bernd("DECLINED"), f"COMMENT:{'nein ' * 200}")
    assert len(answers(long).comment) == 500


def test_a_date_written_in_utc_is_the_same_date():
    date = [
        line.replace("RECURRENCE-ID;TZID=Europe/Berlin", "RECURRENCE-ID;TZID=Europe/Lisbon")
        for line in single_date(ANNA, bernd("DECLINED"), of_hour=9, of_day=2, hour=10, day=2)
    ]
    found = answers(vevent(ANNA, bernd("NEEDS-ACTION"), DAILY), date)
    assert found.dates == {at(10, day=2): "DECLINED"}


def test_an_answer_for_all_dates_takes_those_to_single_ones_along():
    known = {at(10, day=2): "DECLINED"}
    found = answers(
        vevent(ANNA, bernd("ACCEPTED"), DAILY), single_date(ANNA, bernd("DECLINED"), of_day=2), dates=known
    )
    assert found == Answers(whole="ACCEPTED", dates={at(10, day=2): "DECLINED"})


def test_leaving_out_a_date_declines_it():
    exdate = f"EXDATE;TZID=Europe/Berlin:{stamp(at(10, day=1))},{stamp(at(10, day=3))}"
    found = answers(
        vevent(ANNA, bernd("ACCEPTED"), DAILY, exdate), partstat="ACCEPTED", exdate=[at(10, day=1)]
    )
    assert found == Answers(dates={at(10, day=3): "DECLINED"})
    again = answers(
        vevent(ANNA, bernd("ACCEPTED"), DAILY, exdate),
        partstat="ACCEPTED",
        exdate=[at(10, day=1)],
        dates={at(10, day=3): "DECLINED"},
    )
    assert again.nothing


@pytest.mark.parametrize("agent", ["CLIENT", "NONE"])
def test_whoever_tells_the_organiser_the_answer_is_an_answer(agent):
    organiser = f"ORGANIZER;SCHEDULE-AGENT={agent}:mailto:anna@im.mv.example"
    assert answers(vevent(organiser, bernd("ACCEPTED"))) == Answers(whole="ACCEPTED")


def test_a_copy_without_oneself_says_nothing():
    assert answers(vevent(ANNA, CLARA)).nothing


@pytest.mark.parametrize(
    "event",
    [
        vevent(ANNA, bernd("ACCEPTED"), uid="another"),
        vevent("ORGANIZER:mailto:bernd@im.mv.example", bernd("ACCEPTED")),
    ],
)
def test_a_copy_of_another_meeting_is_turned_down(event):
    with pytest.raises(Unacceptable) as refused:
        answers(event)
    assert (refused.value.status, refused.value.element) == (403, "allowed-attendee-scheduling-object-change")
