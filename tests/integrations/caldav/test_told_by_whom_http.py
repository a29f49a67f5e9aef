# SPDX-License-Identifier: EUPL-1.2
"""Who tells the others, and once more: Schedule-Reply, SCHEDULE-AGENT and SCHEDULE-FORCE-SEND (RFC 6638, 7 and 8)."""

from datetime import timedelta

import pytest
from django.db.models import F

from tests.bookings.wishes import at
from tests.factories import actor, world
from tests.integrations.caldav.objects import ANNA, BERND, CLARA, SMALL, single_date, vevent
from tests.integrations.caldav.test_put_http import Organiser, lines
from vconf.bookings import refreshing
from vconf.bookings.answering import answer
from vconf.bookings.models import Attendee, AttendeeAnswer, Booking
from vconf.integrations.caldav import inbox
from vconf.integrations.invitations.models import SentMail
from vconf.outbox.deliver import deliver_due
from vconf.outbox.models import Message
from vconf.reactions import REACTIONS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]

SERIES = "RRULE:FREQ=DAILY;COUNT=4"


@pytest.fixture
def scene():
    return world()


@pytest.fixture
def anna(scene):
    return Organiser(scene.anna)


@pytest.fixture
def bernd(scene, anna):
    anna.put(vevent(ANNA, BERND, SMALL, SERIES))
    return Organiser(scene.bernd, name=f"{Booking.objects.get().id}.ics")


def says(partstat, organiser=ANNA, *more, **fields):
    return vevent(organiser, BERND.replace("NEEDS-ACTION", partstat), SMALL, SERIES, *more, **fields)


def heard(who):
    """What stands in somebody's calendar about Bernd, by VEVENT."""
    found = [line for line in lines(who.text(), "ATTENDEE") if line.endswith("bernd@im.mv.example")]
    return [line.partition("PARTSTAT=")[2].partition(";")[0].partition(":")[0] for line in found]


def deliver():
    deliver_due(REACTIONS, limit=200)


# --- answers kept from the organiser ------------------------------------------------------------------------


def quietly(bernd, how, *events):
    if how == "Schedule-Reply":
        return bernd.put(*events, status=204, Schedule_Reply="F")
    agent = ANNA.replace("ORGANIZER", f"ORGANIZER;SCHEDULE-AGENT={how}")
    return bernd.put(*[[agent if line == ANNA else line for line in one] for one in events], status=204)


@pytest.mark.parametrize("how", ["Schedule-Reply", "CLIENT", "NONE"])
def test_an_answer_that_is_not_to_be_sent_stands_in_ones_own_calendar_only(scene, anna, bernd, how):
    before = anna.get()["ETag"]
    quietly(bernd, how, says("ACCEPTED"))
    assert heard(bernd) == ["ACCEPTED"]
    assert heard(anna) == ["NEEDS-ACTION"]
    assert anna.get()["ETag"] == before
    assert not Message.objects.filter(fact="AttendeeAnswered").exists()
    assert Attendee.objects.get().answered_at is None


def test_so_does_one_about_a_single_date(scene, anna, bernd):
    declined = single_date(ANNA, BERND.replace("NEEDS-ACTION", "DECLINED"), of_day=2)
    quietly(bernd, "Schedule-Reply", says("ACCEPTED"), declined)
    assert heard(bernd) == ["ACCEPTED", "DECLINED"]
    assert f"RECURRENCE-ID;TZID=Europe/Berlin:{at(10, day=2):%Y%m%dT%H%M%S}" in bernd.text()
    assert heard(anna) == ["NEEDS-ACTION"]
    assert not AttendeeAnswer.objects.exists()


def test_other_clients_of_the_same_person_see_it_with_their_next_sync(scene, anna, bernd):
    before = bernd.get()["ETag"]
    quietly(bernd, "Schedule-Reply", says("ACCEPTED"))
    assert bernd.get()["ETag"] != before


def test_it_is_not_sent_by_a_later_save_that_answers_nothing(scene, anna, bernd):
    quietly(bernd, "Schedule-Reply", says("ACCEPTED"))
    bernd.put(says("ACCEPTED", ANNA, "CATEGORIES:Wichtig"), status=204)
    assert heard(anna) == ["NEEDS-ACTION"]
    assert heard(bernd) == ["ACCEPTED"] and "CATEGORIES:Wichtig" in bernd.text()


def test_another_answer_that_is_to_be_sent_is(scene, anna, bernd):
    quietly(bernd, "Schedule-Reply", says("ACCEPTED"))
    bernd.put(says("TENTATIVE"), status=204)
    assert heard(anna) == heard(bernd) == ["TENTATIVE"]


def test_forced_out_it_reaches_the_organiser(scene, anna, bernd):
    quietly(bernd, "Schedule-Reply", says("ACCEPTED"))
    forced = ANNA.replace("ORGANIZER", "ORGANIZER;SCHEDULE-FORCE-SEND=REPLY")
    bernd.put(says("ACCEPTED", forced), status=204)
    assert heard(anna) == heard(bernd) == ["ACCEPTED"]


def test_it_is_about_the_meeting_as_it_was(scene, anna, bernd):
    quietly(bernd, "Schedule-Reply", says("ACCEPTED"))
    anna.put(vevent(ANNA, BERND, SMALL, SERIES, hour=14), status=204)
    assert heard(bernd) == ["NEEDS-ACTION"]


def test_an_answer_at_another_door_counts_more(scene, anna, bernd):
    quietly(bernd, "Schedule-Reply", says("ACCEPTED"))
    answer(Booking.objects.get().id, partstat="DECLINED", actor=actor(scene.bernd))
    assert heard(bernd) == heard(anna) == ["DECLINED"]


def test_deleting_a_copy_that_ones_own_program_answers_for_declines_nothing(scene, anna, bernd):
    quietly(bernd, "CLIENT", says("NEEDS-ACTION"))
    bernd.delete()
    assert bernd.client.dav("GET", bernd.path).status_code == 404
    assert heard(anna) == ["NEEDS-ACTION"]


def test_what_was_put_away_comes_back_even_so(scene, anna, bernd):
    bernd.delete()
    bernd.put(says("ACCEPTED"), status=201, Schedule_Reply="F")
    assert heard(bernd) == heard(anna) == ["ACCEPTED"]


# --- once more --------------------------------------------------------------------------------------------


@pytest.fixture
def later():
    """Makes what was sent so far old: so many minutes."""

    def pass_by(minutes):
        sent = SentMail.objects.exclude(sent_at=None)
        sent.update(sent_at=F("sent_at") - timedelta(minutes=minutes))

    return pass_by


def invitations():
    return (
        SentMail.objects.filter(address="bernd@im.mv.example", method="REQUEST").exclude(sent_at=None).count()
    )


def test_an_invitation_is_sent_again_when_the_organiser_wants_it(scene, anna, bernd, later):
    deliver()
    assert invitations() == 1
    (first,) = inbox.messages_of(scene.bernd.id)
    later(minutes=11)
    booking = Booking.objects.get()
    anna.put(
        vevent(ANNA, BERND.replace("RSVP=TRUE", "SCHEDULE-FORCE-SEND=REQUEST"), SMALL, SERIES), status=204
    )
    deliver()
    assert invitations() == 2
    (second,) = inbox.messages_of(scene.bernd.id)
    assert second.name != first.name and b"METHOD:REQUEST" in second.octets
    assert "SCHEDULE-FORCE-SEND" not in anna.text()
    assert Booking.objects.get().version == booking.version


def test_but_not_over_and_over(scene, anna, bernd, later):
    deliver()
    later(minutes=11)
    for _ in range(3):
        anna.put(vevent(ANNA, BERND.replace("RSVP=TRUE", "SCHEDULE-FORCE-SEND=REQUEST"), SMALL, SERIES))
        deliver()
    assert invitations() == 2


def test_nor_to_whom_the_client_writes_itself_nor_to_strangers(scene, anna, bernd):
    deliver()
    stranger = CLARA.replace("ATTENDEE", "ATTENDEE;SCHEDULE-FORCE-SEND=REPLY")
    himself = BERND.replace("RSVP=TRUE", "SCHEDULE-AGENT=CLIENT;SCHEDULE-FORCE-SEND=REQUEST")
    anna.put(vevent(ANNA, himself, stranger, SMALL, SERIES), status=204)
    SentMail.objects.all().delete()
    deliver()
    assert invitations() == 0
    assert not Message.objects.filter(fact="RefreshAsked", payload__address="clara@fm.mv.example").exists()


def test_nor_for_what_was_refused(scene, anna):
    anna.put(vevent(ANNA, BERND, "ATTENDEE:mailto:nirgends@raum.mv.example"))
    forced = BERND.replace("RSVP=TRUE", "SCHEDULE-FORCE-SEND=REQUEST")
    anna.put(vevent(ANNA, forced, "ATTENDEE:mailto:nirgends@raum.mv.example"))
    assert not Message.objects.filter(fact="RefreshAsked").exists()


def test_an_answer_is_told_again_when_its_attendee_wants_it(scene, anna, bernd, monkeypatch):
    monkeypatch.setattr(refreshing, "_now", lambda: 1_800_000_000)
    bernd.put(says("ACCEPTED"), status=204)
    deliver()
    assert len(inbox.messages_of(scene.anna.id)) == 1
    forced = ANNA.replace("ORGANIZER", "ORGANIZER;SCHEDULE-FORCE-SEND=REPLY")
    for _ in range(3):
        bernd.put(says("ACCEPTED", forced), status=204)
    deliver()
    assert len(inbox.messages_of(scene.anna.id)) == 2
    assert "SCHEDULE-FORCE-SEND" not in bernd.text()
