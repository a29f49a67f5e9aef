# SPDX-License-Identifier: EUPL-1.2
"""People invited answer by mail: each for themselves, and whatever their program leaves out."""

from typing import Any

import pytest

from tests.bookings.wishes import at, wish
from tests.factories import actor, deputy
from tests.integrations.imip.post import (
    ANNA,
    BERND,
    CLARA,
    OUTLOOK,
    SMALL,
    Sent,
    calendar,
    event,
    reply,
    request,
)
from vconf.bookings.mail_views import mail_view
from vconf.bookings.models import AttendeeAnswer, Booking, Proposal
from vconf.bookings.recurrence import to_instant
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, cancel, change
from vconf.integrations.invitations.answer_addresses import answers_to
from vconf.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

STRANGER = "fremd@elsewhere.example"


@pytest.fixture
def booking(scene):
    return book(wish(10, uid="m", room_id=scene.small.id, invite=f"{BERND} {CLARA}"), actor=actor(scene.anna))


@pytest.fixture
def series(scene):
    wanted = wish(10, uid="m", room_id=scene.small.id, invite=BERND, rrule="FREQ=DAILY;COUNT=4")
    return book(wanted, actor=actor(scene.anna))


def _answers_to(booking: Booking) -> str:
    mail = mail_view(booking.id)
    assert mail is not None
    return answers_to(mail)


def partstats(booking: Booking) -> dict[str, str]:
    return dict(booking.attendees.values_list("address", "partstat"))


def single_answers() -> dict[str, str]:
    return dict(AttendeeAnswer.objects.values_list("occurrence__recurrence_id", "partstat"))


@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_an_answer_is_its_senders_alone(post, booking, partstat):
    outcome = post.bring(reply(partstat, "COMMENT:Komme später"))
    assert (outcome.state, outcome.code) == ("done", "")
    assert partstats(booking) == {BERND: partstat, CLARA: "NEEDS-ACTION"}
    assert booking.attendees.get(address=BERND).comment == "Komme später"


def test_exchange_leaves_out_who_organises(post, booking):
    post.bring(reply("ACCEPTED", organiser=""))
    assert partstats(booking)[BERND] == "ACCEPTED"


def test_lines_about_others_say_nothing(post, booking):
    post.bring(reply("ACCEPTED", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{CLARA}"))
    assert partstats(booking) == {BERND: "ACCEPTED", CLARA: "NEEDS-ACTION"}


def test_nobody_answers_for_somebody_else(post, booking):
    text = calendar("REPLY", event(f"ATTENDEE;PARTSTAT=DECLINED:mailto:{CLARA}", to=()))
    outcome = post.bring(Sent(text, BERND, ["antwort@mv.example"]))
    assert (outcome.state, outcome.code) == ("ignored", "not_attendee")
    assert set(partstats(booking).values()) == {"NEEDS-ACTION"}


@pytest.mark.parametrize("is_deputy", [True, False])
def test_a_deputy_answers_in_somebodys_place_and_nobody_else(scene, post, booking, is_deputy):
    if is_deputy:
        deputy(scene.bernd, scene.clara)
    line = f'ATTENDEE;PARTSTAT=DECLINED;SENT-BY="mailto:{BERND}":mailto:{CLARA}'
    text = calendar("REPLY", event(line, to=()))
    post.bring(Sent(text, BERND, ["antwort@mv.example"]))
    assert partstats(booking)[CLARA] == ("DECLINED" if is_deputy else "NEEDS-ACTION")


def test_a_deputy_who_does_not_say_so_answers_for_nobody_else(scene, post, booking):
    deputy(scene.bernd, scene.clara)
    text = calendar("REPLY", event(f"ATTENDEE;PARTSTAT=DECLINED:mailto:{CLARA}", to=()))
    post.bring(Sent(text, BERND, ["antwort@mv.example"]))
    assert partstats(booking) == {BERND: "NEEDS-ACTION", CLARA: "NEEDS-ACTION"}


@pytest.mark.parametrize("knows_the_address", [False, True])
def test_what_a_deputy_says_for_somebody_is_not_their_own_answer(
    scene, post, booking, settings, knows_the_address
):
    settings.VCONF_MAIL_ANSWERS = "antwort@mv.example"
    deputy(scene.bernd, scene.clara)
    line = f'ATTENDEE;PARTSTAT=DECLINED;SENT-BY="mailto:{BERND}":mailto:{CLARA}'
    to = _answers_to(booking) if knows_the_address else "antwort@mv.example"
    post.bring(Sent(calendar("REPLY", event(line, to=())), BERND, [to]))
    assert partstats(booking) == {BERND: "NEEDS-ACTION", CLARA: "DECLINED"}


def test_a_deputy_who_is_invited_does_not_answer_for_themselves_by_a_line_about_somebody_who_is_not(
    scene, post
):
    booking = book(wish(10, uid="m", room_id=scene.small.id, invite=BERND), actor=actor(scene.anna))
    deputy(scene.bernd, scene.clara)
    line = f'ATTENDEE;PARTSTAT=DECLINED;SENT-BY="mailto:{BERND}":mailto:{CLARA}'
    post.bring(Sent(calendar("REPLY", event(line, to=())), BERND, ["antwort@mv.example"]))
    assert partstats(booking) == {BERND: "NEEDS-ACTION"}


def test_any_address_of_the_person_answers(scene, post, booking):
    scene.bernd.addresses.create(address="buche@im.mv.example")
    text = calendar("REPLY", event(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{BERND}", to=()))
    post.bring(Sent(text, "buche@im.mv.example", ["antwort@mv.example"]))
    assert partstats(booking)[BERND] == "ACCEPTED"


def test_one_date_of_a_series(post, series):
    post.bring(reply("ACCEPTED"))
    post.bring(reply("DECLINED", of=1, day=1, sent=5))
    assert partstats(series) == {BERND: "ACCEPTED"}
    assert single_answers() == {at(10, day=1).isoformat(): "DECLINED"}


def test_several_dates_in_one_mail_in_utc(post, series):
    dates = []
    for number, partstat in ((1, "DECLINED"), (2, "TENTATIVE")):
        instant = to_instant(at(10, day=number), "Europe/Berlin")
        lines = event(f"ATTENDEE;PARTSTAT={partstat}:mailto:{BERND}", to=(), of=number, day=number)
        dates.append(
            [
                f"RECURRENCE-ID:{instant:%Y%m%dT%H%M%SZ}" if line.startswith("RECUR") else line
                for line in lines
            ]
        )
    post.bring(Sent(calendar("REPLY", *dates), BERND, ["antwort@mv.example"]))
    assert set(single_answers().values()) == {"DECLINED", "TENTATIVE"}


def test_an_answer_for_all_dates_leaves_what_was_said_of_one_since(post, series):
    post.bring(reply("DECLINED", of=1, day=1, sent=5))
    post.bring(reply("ACCEPTED", sent=2))
    assert partstats(series) == {BERND: "ACCEPTED"}
    assert single_answers() == {at(10, day=1).isoformat(): "DECLINED"}


def test_the_later_answer_counts_whichever_comes_first(post, booking):
    post.bring(reply("DECLINED", sent=9))
    post.bring(reply("ACCEPTED", sent=5))
    assert partstats(booking)[BERND] == "DECLINED"


def test_who_comes_back_to_an_answer_has_taken_back_what_was_between(post, booking):
    post.bring(reply("ACCEPTED", sent=5))
    post.bring(reply("ACCEPTED", sent=9))
    post.bring(reply("DECLINED", sent=7))
    assert partstats(booking)[BERND] == "ACCEPTED"


def test_who_comes_back_to_an_answer_about_one_date_has_taken_back_what_was_between(post, series):
    for partstat, sent in (("DECLINED", 5), ("DECLINED", 9), ("TENTATIVE", 7)):
        post.bring(reply(partstat, of=1, day=1, sent=sent))
    assert set(single_answers().values()) == {"DECLINED"}


def test_nobody_answers_from_the_future(post, booking):
    """Or else a clock that is wrong once would make all that its owner says later too old."""
    post.bring(reply("ACCEPTED", sent=5_000_000))
    post.bring(reply("DECLINED", sent=4_000_000))
    assert partstats(booking)[BERND] == "DECLINED"


def test_what_was_answered_on_the_page_since_counts_more(scene, post, booking):
    from vconf.bookings.answering import answer

    answer(booking.id, person_id=scene.bernd.id, partstat="DECLINED", actor=actor(scene.bernd))
    post.bring(reply("ACCEPTED", sent=5))
    assert partstats(booking)[BERND] == "DECLINED"


def test_an_answer_to_the_old_time_does_not_accept_the_new_one(scene, post, booking):
    change(booking.id, ChangeRequest(starts_local=at(14)), actor=actor(scene.anna))
    post.bring(reply("ACCEPTED", sequence=0))
    assert partstats(booking)[BERND] == "NEEDS-ACTION"
    post.bring(reply("ACCEPTED", sequence=1, sent=5))
    assert partstats(booking)[BERND] == "ACCEPTED"


def test_the_organisers_program_tells_a_time_that_was_on_the_page_before_with_a_lower_sequence(scene, post):
    invited: dict[str, Any] = {"to": (BERND, SMALL)}
    post.bring(request(**invited))
    booking = Booking.objects.get()
    for title in ("Erst so", "Dann so"):
        change(booking.id, ChangeRequest(title=title), actor=actor(scene.anna))
    change(booking.id, ChangeRequest(starts_local=at(14)), actor=actor(scene.anna))
    post.bring(request(**invited, hour=14, sequence=1, sent=10))
    post.bring(reply("DECLINED", sent=15))
    assert partstats(booking) == {BERND: "NEEDS-ACTION"}
    post.bring(reply("ACCEPTED", hour=14, sequence=1, sent=12))
    assert partstats(booking) == {BERND: "ACCEPTED"}


def test_a_date_told_by_itself_is_answered_with_a_sequence_of_its_own(scene, post):
    """As Exchange counts: lower than that of the series."""
    invited: dict[str, Any] = {"to": (BERND, SMALL), "product": OUTLOOK}
    for number in range(4):
        words = f"Titel {number}"
        post.bring(
            request("RRULE:FREQ=DAILY;COUNT=4", **invited, summary=words, sequence=number, sent=number)
        )
    date: dict[str, Any] = {"of": 1, "day": 1}
    post.bring(request(**invited, **date, hour=12, sequence=1, sent=10))
    post.bring(request(**invited, **date, hour=14, sequence=2, sent=20))
    post.bring(request(**invited, **date, hour=14, summary="Neu", sequence=3, sent=30))

    post.bring(reply("DECLINED", **date, sequence=1, sent=35))
    assert single_answers() == {}
    post.bring(reply("ACCEPTED", **date, sequence=2, sent=25))
    assert single_answers() == {at(10, day=1).isoformat(): "ACCEPTED"}


def test_an_answer_to_where_a_date_was_before_the_series_moved_says_nothing_of_where_it_is_now(scene, post):
    rule = "RRULE:FREQ=DAILY;COUNT=4"
    post.bring(request(rule, to=(BERND, SMALL), product=OUTLOOK))
    post.bring(request(to=(BERND, SMALL), of=1, day=1, hour=14, sequence=1, sent=10, product=OUTLOOK))
    post.bring(request(rule, to=(BERND, SMALL), summary="Neu", hours=2, sequence=2, sent=20, product=OUTLOOK))
    post.bring(reply("ACCEPTED", of=1, day=1, sequence=1, sent=25))
    assert single_answers() == {}


def test_an_answer_to_other_words_is_still_good(scene, post, booking):
    change(booking.id, ChangeRequest(title="Lage, neu"), actor=actor(scene.anna))
    post.bring(reply("ACCEPTED", sequence=0))
    assert partstats(booking)[BERND] == "ACCEPTED"


def test_who_passed_it_on_has_not_invited_anybody(post, booking):
    outcome = post.bring(reply("ACCEPTED", by=STRANGER))
    assert (outcome.state, outcome.code) == ("early", "")
    assert booking.attendees.count() == 2


def test_a_stranger_who_knows_the_address_for_answers_is_told_of_to_the_organiser(post, booking, settings):
    settings.VCONF_MAIL_ANSWERS = "antwort@mv.example"
    address = _answers_to(booking)
    outcome = post.bring(reply("ACCEPTED", by=STRANGER, to=address))
    assert (outcome.state, outcome.code) == ("ignored", "not_attendee")
    assert Message.objects.get(fact="StrangerAnswered").payload == {
        "booking_id": str(booking.id),
        "address": STRANGER,
    }


def test_the_address_for_answers_tells_the_meeting_whatever_the_uid(post, booking, settings):
    settings.VCONF_MAIL_ANSWERS = "antwort@mv.example"
    address = _answers_to(booking)
    post.bring(reply("ACCEPTED", uid="another", to=address))
    assert partstats(booking)[BERND] == "ACCEPTED"


def test_an_answer_to_what_is_called_off_changes_nothing(scene, post, booking):
    cancel(booking.id, actor=actor(scene.anna))
    outcome = post.bring(reply("ACCEPTED"))
    assert (outcome.state, outcome.code) == ("ignored", "over")


def test_equal_uids_of_two_organisers_are_told_apart_by_who_organises(scene, post, booking):
    other = book(wish(14, uid="m", room_id=scene.small.id, invite=BERND), actor=actor(scene.admin))
    assert post.bring(reply("ACCEPTED", organiser="")).code == "no_such_meeting"
    post.bring(reply("ACCEPTED", organiser=ANNA))
    assert (partstats(booking)[BERND], partstats(other)[BERND]) == ("ACCEPTED", "NEEDS-ACTION")


def test_whoever_sends_somebody_else_does_not_come(post, booking):
    text = calendar(
        "REPLY", event(f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:{STRANGER}":mailto:{BERND}', to=())
    )
    post.bring(Sent(text, BERND, ["antwort@mv.example"]))
    row = booking.attendees.get(address=BERND)
    assert (row.partstat, row.comment) == ("DECLINED", STRANGER)
    assert not booking.attendees.filter(address=STRANGER).exists()


def test_another_time_is_proposed(post, booking):
    line = f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{BERND}"
    text = calendar("COUNTER", event(line, "COMMENT:Lieber später", to=(), hour=15))
    outcome = post.bring(Sent(text, BERND, ["antwort@mv.example"]))
    assert outcome.state == "done"
    proposal = Proposal.objects.get()
    assert (proposal.starts_at, proposal.comment) == (to_instant(at(15), "Europe/Berlin"), "Lieber später")
    assert partstats(booking)[BERND] == "TENTATIVE"
    booking.refresh_from_db()
    assert booking.version == 1


def test_a_proposal_for_what_is_not_known_is_nothing(post):
    text = calendar("COUNTER", event(f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{BERND}", to=(), hour=15))
    outcome = post.bring(Sent(text, BERND, ["beratung@raum.mv.example"]))
    assert (outcome.state, outcome.code) == ("ignored", "no_such_meeting")


def test_who_has_lost_the_invitation_asks_for_it(post, booking):
    post.bring(
        Sent(calendar("REFRESH", event(f"ATTENDEE:mailto:{BERND}", to=())), BERND, ["antwort@mv.example"])
    )
    [fact] = Message.objects.filter(fact="RefreshAsked")
    assert (fact.payload["booking_id"], fact.payload["address"]) == (str(booking.id), BERND)
