# SPDX-License-Identifier: EUPL-1.2
"""Whose word counts: the organiser's, a deputy's, and of each attendee for themselves (security-checklist 5)."""

import pytest

from tests.bookings.wishes import kept_refusal
from tests.factories import deputy
from tests.integrations.imip.post import (
    ANNA,
    BERND,
    CLARA,
    PEOPLE,
    SMALL,
    Sent,
    calendar,
    cancel,
    day,
    event,
    request,
    taken,
)
from vconf.bookings.models import Booking
from vconf.integrations.imip.models import Invitation
from vconf.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

SPY = "spion@elsewhere.example"


@pytest.mark.parametrize("by", [BERND, CLARA, SPY])
@pytest.mark.parametrize("method", ["REQUEST", "ADD", "CANCEL"])
def test_what_somebody_else_sends_in_the_organisers_name_is_set_aside(post, by, method):
    post.bring(request(to=PEOPLE))
    lines = event(
        f'ORGANIZER;SENT-BY="mailto:{by}":mailto:{ANNA}', to=PEOPLE, organiser="", hour=15, sequence=9, sent=9
    )
    outcome = post.bring(Sent(calendar(method, lines), by))
    assert (outcome.state, outcome.code) == ("set_aside", "not_organiser")
    assert taken() == [day(0)]
    assert Message.objects.filter(fact="InvitationAnswerable").count() == 1


@pytest.mark.parametrize("method", ["REQUEST", "ADD", "CANCEL", "REPLY", "COUNTER", "REFRESH", "PUBLISH"])
def test_nobody_is_believed_whom_the_gateway_does_not_vouch_for(post, method):
    outcome = post.bring(Sent(calendar(method, event(to=PEOPLE)), ANNA, believed=False))
    assert (outcome.state, outcome.code) == ("set_aside", "unbelieved")
    assert not (Booking.objects.exists() or Invitation.objects.exists() or Message.objects.exists())


def test_a_deputy_invites_and_calls_off_for_their_principal(scene, post):
    deputy(scene.bernd, scene.anna)
    post.bring(request(to=PEOPLE, by=BERND))
    booking = Booking.objects.get()
    assert (booking.organiser, booking.booked_by, booking.authority) == (scene.anna, scene.bernd, scene.im)
    post.bring(cancel(to=PEOPLE, by=BERND, sequence=1, sent=5))
    assert taken() == []


def test_a_deputy_of_somebody_else_is_nobody(scene, post):
    deputy(scene.bernd, scene.clara)
    assert post.bring(request(to=PEOPLE, by=BERND)).code == "not_organiser"


def test_a_uid_is_its_organisers_own_and_others_learn_nothing_of_it(scene, post):
    post.bring(request(to=PEOPLE))
    known = post.bring(cancel(to=PEOPLE, organiser=BERND, by=BERND, sequence=9, sent=9))
    unknown = post.bring(cancel(to=PEOPLE, organiser=BERND, by=BERND, uid="never heard of", sequence=9))
    assert known == unknown and known.state == "early"
    post.early.clear()
    assert post.bring(request(to=(SMALL,), organiser=BERND, by=BERND, hour=12)).state == "done"
    assert taken() == [day(0), day(0, "12:00")]
    assert Booking.objects.filter(uid="m").count() == 2


def test_the_organiser_written_in_an_update_has_to_be_the_one_there_is(scene, post):
    post.bring(request(to=PEOPLE))
    post.bring(request(to=PEOPLE, organiser=BERND, by=BERND, hour=15, sequence=5, sent=5))
    assert Booking.objects.get(organiser=scene.anna).starts_local.endswith("10:00:00")


def test_what_the_organiser_may_not_book_a_mail_does_not_book(scene, post):
    post.bring(request(to=(SMALL,), organiser=CLARA, by=CLARA))
    assert kept_refusal(Booking.objects.get())["code"] == "no_such_room"
    assert taken() == []


def test_two_organisers_in_one_mail_are_none(post):
    text = calendar(
        "REQUEST", event("RRULE:FREQ=DAILY;COUNT=3", to=PEOPLE), event(to=PEOPLE, organiser=BERND, of=1)
    )
    assert post.bring(Sent(text)).code == "malformed"


def test_without_organiser_nobody_invites(post):
    assert post.bring(request(to=PEOPLE, organiser="")).code == "malformed"


def test_the_method_of_the_mail_has_to_be_that_of_the_calendar(post):
    outcome = post.bring(Sent(request(to=PEOPLE).text, method="CANCEL"))
    assert (outcome.state, outcome.code) == ("set_aside", "method_mismatch")


def test_the_room_of_a_meeting_tells_others_nothing_when_they_invite_themselves(scene, post):
    """Somebody invited forwards the organiser's words as their own meeting: it is another one, and clashes."""
    post.bring(request(to=PEOPLE))
    post.bring(request(to=(SMALL,), organiser=BERND, by=BERND))
    refused = Booking.objects.get(organiser=scene.bernd)
    assert kept_refusal(refused)["code"] == "slot_taken"
    assert "Lage" not in str(refused.refusal)


def test_an_address_longer_than_any_is_no_room(scene, post):
    endless = "a" * 300 + "@raum.mv.example"
    outcome = post.bring(Sent(request(to=(SMALL, endless)).text))
    assert outcome.state == "done"
    assert kept_refusal(Invitation.objects.get())["code"] == "invalid"


def _many_dates(method: str, dates: int, rooms: int, *, by: str) -> Sent:
    """Short enough for all limits of a mail; each date would have each room answer."""
    days = [
        event("STATUS:CANCELLED", of=day, day=day, organiser=by, to=())
        if method == "CANCEL"
        else event(of=day, day=day, organiser=by, to=())
        for day in range(dates)
    ]
    asked = [f"{SMALL.partition('@')[0]}+{number}@raum.mv.example" for number in range(1, rooms + 1)]
    return Sent(calendar(method, *days), by, asked)


@pytest.mark.parametrize("by", [SPY, ANNA])
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_a_mail_that_asks_many_rooms_for_many_dates_is_set_aside(scene, post, monkeypatch, method, by):
    monkeypatch.setattr(f"vconf.integrations.imip.{method.lower()}s.MOST_ASKED", 12)
    post.bring(request(by=by, organiser=by, to=(SMALL,)))
    before = Invitation.objects.count()

    outcome = post.bring(_many_dates(method, 4, 4, by=by))

    assert (outcome.state, outcome.code) == ("set_aside", "too_large")
    assert Invitation.objects.count() == before
    assert post.bring(_many_dates(method, 4, 3, by=by)).state == "done"
