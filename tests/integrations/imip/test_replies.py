# SPDX-License-Identifier: EUPL-1.2
"""What rooms answer to whoever invited them: real bookings, the real outbox, a real mail server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone
from icalendar import Calendar

from tests.bookings.wishes import at, wish
from tests.factories import actor, room, room_class, world
from tests.integrations.ical import strict
from tests.integrations.imip.post import BIG, OUTLOOK, Post, Sent, calendar, request, taken
from tests.integrations.imip.post import cancel as called_off
from tests.integrations.imip.post import event as mailed_event
from tests.integrations.invitations.letters import body
from tests.smtp_sink import SmtpSink
from vconf.bookings.approvals import decide
from vconf.bookings.holding import written
from vconf.bookings.models import Approval, Booking
from vconf.bookings.refusals import kept
from vconf.bookings.replacing import replace_booking
from vconf.bookings.requests import AttendeeRequest, BookingRequest, ChangeRequest
from vconf.bookings.series import cancel_occurrence, change_occurrence
from vconf.bookings.services import book, cancel, change
from vconf.bookings.transferring import transfer_booking
from vconf.errors import Refusal
from vconf.integrations.imip.events import InvitationAnswerable
from vconf.integrations.imip.invitation_model import Invitation, MailedWish
from vconf.integrations.imip.room_word import MOST_MENDED
from vconf.integrations.invitations.models import SentMail
from vconf.outbox.deliver import deliver_due
from vconf.outbox.record import record
from vconf.reactions import ANSWER, INVITE, REACTIONS, TELL_APPROVAL, TELL_REFUSAL, WAY_IN

pytestmark = pytest.mark.django_db

SAAL = "grosser-saal@raum.mv.example"
ANNA = "anna@im.mv.example"


class Scene:
    """Anna invites the big room from her own calendar."""

    def __init__(self, sink: SmtpSink, **class_settings: Any) -> None:
        self.world = world(**class_settings)
        self.sink = sink
        self.anna = actor(self.world.anna)
        self.seen = self.rounds = 0

    def wished(self, hour: float = 10, *, invite: str = "", **fields: Any) -> BookingRequest:
        people = tuple(AttendeeRequest(address=one, told_by_client=True) for one in invite.split())
        usual = {"room_id": self.world.big.id, "source": "mail", "store_refused": True, "uid": "u1@outlook"}
        return replace(wish(hour, **{**usual, **fields}), attendees=people)

    def invited(self, booking: Booking | None, **fields: Any) -> Invitation:
        """The row that a mail leaves, answerable."""
        values = {
            "owner": str(self.world.anna.id),
            "uid": "u1@outlook",
            "address": SAAL,
            "sequence": 0,
            "stamp": timezone.now(),
            "addressed": True,
            "organiser": self.world.anna,
            "organiser_address": ANNA,
            "organiser_name": "Anna Amsel",
            "organiser_line": f'ORGANIZER;CN="Anna Amsel":MAILTO:{ANNA}',
            "attendee_line": "ATTENDEE;CUTYPE=ROOM;ROLE=NON-PARTICIPANT;RSVP=TRUE:MAILTO:Grosser-Saal@raum.mv.example",
            "uid_as_written": "u1@outlook",
            "message_id": "<first@outlook.example>",
            "booking_id": None if booking is None else booking.id,
            "room": self.world.big,
            "title": "Lagebesprechung",
            "timezone": "Europe/Berlin",
            "starts_at": timezone.now() + timedelta(days=400),
            "ends_at": timezone.now() + timedelta(days=400, hours=1),
            **fields,
        }
        if booking is not None:
            first = booking.occurrences.order_by("starts_at").first()
            assert first is not None
            values.update(starts_at=first.starts_at, ends_at=first.ends_at)
        row = Invitation.objects.create(**values)
        self.answerable(row)
        return row

    def mailed(self, request: BookingRequest) -> None:
        """What the organiser's mail wants."""
        now = timezone.now()
        owner = {"owner": str(self.world.anna.id), "uid": "u1@outlook"}
        MailedWish.objects.create(sequence=0, stamp=now, since=now, wish=written(request), rooms=[], **owner)

    def answerable(self, row: Invitation) -> None:
        about = str(row.booking_id or row.id)
        record(InvitationAnswerable(invitation_id=str(row.id), about=about))

    def deliver(self) -> list[EmailMessage]:
        """New mails of all kinds that such bookings lead to."""
        self.rounds += 1
        kinds = {one.name for one in (ANSWER, INVITE, WAY_IN, TELL_APPROVAL, TELL_REFUSAL)}
        now = timezone.now() + self.rounds * timedelta(hours=2)
        deliver_due(REACTIONS, limit=1000, now=now, only=kinds)
        new = self.sink.received[self.seen :]
        self.seen = len(self.sink.received)
        return [one.message for one in new]

    def answers(self) -> list[EmailMessage]:
        return [one for one in self.deliver() if method(one) == "REPLY"]


def method(mail: EmailMessage) -> str:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return str(parts[0].get_param("method")) if parts else ""


def event(mail: EmailMessage) -> Any:
    """The VEVENT, after both readers and the mail itself agree on what it is."""
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    assert strict.read(octets).one("METHOD").value == part.get_param("method") == "REPLY"
    (found,) = Calendar.from_ical(octets).events
    return found


def partstat(mail: EmailMessage) -> str:
    return str(event(mail)["ATTENDEE"].params["PARTSTAT"])


@pytest.fixture
def scene(sink: SmtpSink) -> Scene:
    return Scene(sink)


def test_a_room_that_was_had_accepts_with_the_way_in(scene: Scene) -> None:
    booking = book(scene.wished(), actor=scene.anna)
    scene.invited(booking)

    (answer,) = scene.answers()
    assert partstat(answer) == "ACCEPTED"
    assert answer["To"] == "Anna Amsel <anna@im.mv.example>"
    assert SAAL in str(answer["From"])
    assert answer["Subject"] == "Angenommen: Lagebesprechung"
    assert answer["In-Reply-To"] == "<first@outlook.example>"
    assert (answer["Auto-Submitted"], answer["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert booking.join_link.token in body(answer, "text/plain")
    assert booking.join_link.token in str(event(answer)["COMMENT"])
    assert booking.join_link.moderator_pin not in answer.as_string()
    assert answer.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in answer.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]


def test_the_same_invitation_is_answered_once(scene: Scene) -> None:
    row = scene.invited(book(scene.wished(), actor=scene.anna))
    scene.answerable(row)
    assert len(scene.answers()) == 1

    scene.answerable(row)
    assert scene.answers() == []


def test_an_answer_that_got_lost_on_the_way_is_sent_again_under_its_name(scene: Scene) -> None:
    scene.invited(book(scene.wished(), actor=scene.anna))
    scene.sink.mode = "take, then drop"
    first = scene.answers()
    scene.sink.mode = "take"
    again = scene.answers()

    assert first[0]["Message-ID"] == again[0]["Message-ID"]
    assert SentMail.objects.filter(method="REPLY").count() == 1


def test_a_newer_version_is_answered_anew(scene: Scene) -> None:
    row = scene.invited(book(scene.wished(), actor=scene.anna))
    (first,) = scene.answers()
    Invitation.objects.filter(id=row.id).update(sequence=1, stamp=timezone.now())
    scene.answerable(row)

    (second,) = scene.answers()
    assert (event(second)["SEQUENCE"], partstat(second)) == (1, "ACCEPTED")
    assert first["Message-ID"] != second["Message-ID"]


def test_a_room_that_is_taken_declines_with_reason_and_ways_out(scene: Scene) -> None:
    book(wish(10, room_id=scene.world.big.id), actor=actor(scene.world.bernd))
    scene.invited(book(scene.wished(), actor=scene.anna))

    (answer,) = [one for one in scene.deliver() if ANNA in str(one["To"])]
    assert partstat(answer) == "DECLINED"
    assert answer["Subject"] == "Abgelehnt: Lagebesprechung"
    assert event(answer)["REQUEST-STATUS"].startswith("4.1;")
    words = body(answer, "text/plain")
    assert "Stattdessen möglich:" in words
    assert "Stattdessen möglich" in str(event(answer)["COMMENT"])
    assert "/j/" not in answer.as_string()


def test_a_refusal_without_a_booking_is_answered_too(scene: Scene) -> None:
    refusal = kept(Refusal("Nein.", limit=3, in_use=3, asked=1))
    scene.invited(None, refusal=refusal, organiser=None, room=None, address="nirgends@raum.mv.example")

    (answer,) = scene.deliver()
    assert partstat(answer) == "DECLINED"
    assert "Nein." in str(event(answer)["COMMENT"])
    assert SentMail.objects.get().booking_id is None


def test_what_waits_for_approval_is_tentative_and_decided_later(sink: SmtpSink) -> None:
    scene = Scene(sink, approval="always")
    booking = book(scene.wished(), actor=scene.anna)
    scene.invited(booking)

    to_anna = [one for one in scene.deliver() if ANNA in str(one["To"])]
    assert [partstat(one) for one in to_anna] == ["TENTATIVE"]
    assert to_anna[0]["Subject"] == "Mit Vorbehalt: Lagebesprechung"

    decide(Approval.objects.get().id, approve=True, actor=actor(scene.world.chief))
    to_anna = [one for one in scene.deliver() if ANNA in str(one["To"])]
    assert sorted(method(one) for one in to_anna) == ["", "REPLY"]  # access data, and the answer
    assert [partstat(one) for one in to_anna if method(one)] == ["ACCEPTED"]


def test_a_decline_says_who_and_why(sink: SmtpSink) -> None:
    scene = Scene(sink, approval="always")
    scene.invited(book(scene.wished(), actor=scene.anna))
    scene.deliver()
    decide(Approval.objects.get().id, approve=False, reason="Zu teuer", actor=actor(scene.world.chief))

    (answer,) = scene.answers()
    assert partstat(answer) == "DECLINED"
    assert "Carla Chefin" in str(event(answer)["COMMENT"])
    assert "Zu teuer" in str(event(answer)["COMMENT"])


def test_each_date_that_a_series_did_not_get_is_declined_alone(scene: Scene) -> None:
    for day in (7, 14):
        book(wish(10, day=day, room_id=scene.world.big.id), actor=actor(scene.world.bernd))
    series = scene.wished(rrule="FREQ=WEEKLY;COUNT=5", partial=True)
    booking = book(series, actor=scene.anna)
    scene.invited(booking)

    whole, *dates = scene.answers()
    assert (partstat(whole), "RECURRENCE-ID" in event(whole)) == ("ACCEPTED", False)
    assert [partstat(one) for one in dates] == ["DECLINED", "DECLINED"]
    refused = booking.occurrences.filter(state="refused").order_by("starts_at")
    assert [event(one)["RECURRENCE-ID"].dt for one in dates] == [one.starts_at for one in refused]
    assert "Nicht gebucht für" in body(whole, "text/plain")


IN_PART = {
    "de": (
        "Der Raum ist gebucht, aber nicht für alle Termine",
        "Der Raum ist zu dieser Zeit belegt.",
        "Stattdessen möglich: Offener Raum, zur selben Zeit; 11:00–12:00 Uhr ",
    ),
    "en": (
        "The room is booked, but not for all dates",
        "The room is taken at that time.",
        "Possible instead: Offener Raum, at the same time; 11:00–12:00 ",
    ),
}


@pytest.mark.parametrize("language", IN_PART)
def test_each_date_that_a_series_did_not_get_has_its_reason_and_a_way_out(
    scene: Scene, language: str
) -> None:
    """In text, HTML and COMMENT, of the answer to the whole and of that to the date."""
    book(wish(10, day=7, room_id=scene.world.big.id), actor=actor(scene.world.bernd))
    series = scene.wished(rrule="FREQ=WEEKLY;COUNT=3", partial=True, seats=20)
    scene.invited(book(series, actor=scene.anna), language=language)

    whole, date = scene.answers()
    heading, reason, instead = IN_PART[language]
    assert heading in body(whole, "text/plain")
    for said in (body(whole, "text/plain"), body(whole, "text/html"), str(event(whole)["COMMENT"])):
        assert reason in said
        assert instead in said
    for said in (body(date, "text/plain"), body(date, "text/html"), str(event(date)["COMMENT"])):
        assert reason in said
        assert "Offener Raum" in said


def test_reasons_are_looked_for_of_the_first_dates_only(scene: Scene) -> None:
    for day in range(7, 49, 7):
        book(wish(10, day=day, room_id=scene.world.big.id), actor=actor(scene.world.bernd))
    scene.invited(book(scene.wished(rrule="FREQ=WEEKLY;COUNT=8", partial=True), actor=scene.anna))

    whole, *dates = scene.answers()
    assert len(dates) == 6
    assert body(whole, "text/plain").count("Der Raum ist zu dieser Zeit belegt.") == MOST_MENDED == 5
    assert str(event(whole)["COMMENT"]).count("Nicht gebucht für") == 5
    assert ["Stattdessen möglich" in body(one, "text/plain") for one in dates] == [True] * 5 + [False]


def test_a_date_that_is_free_by_now_is_said_to_be(scene: Scene) -> None:
    theirs = book(wish(10, day=7, room_id=scene.world.big.id), actor=actor(scene.world.bernd))
    booking = book(scene.wished(rrule="FREQ=WEEKLY;COUNT=3", partial=True), actor=scene.anna)
    cancel(theirs.id, actor=actor(scene.world.bernd))
    scene.invited(booking)

    whole, _date = scene.answers()
    assert "inzwischen ist er frei" in body(whole, "text/plain")


def test_rooms_that_the_organiser_may_not_book_are_no_way_out(scene: Scene) -> None:
    room("Geheim", 25, scene.world.fm, scene.world.pool, scene.world.standard)
    book(wish(10, day=7, room_id=scene.world.big.id), actor=actor(scene.world.bernd))
    series = scene.wished(rrule="FREQ=WEEKLY;COUNT=3", partial=True, seats=20)
    scene.invited(book(series, actor=scene.anna))

    assert [one for one in scene.answers() if "Geheim" in one.as_string() + body(one, "text/plain")] == []


def test_dates_that_were_declined_name_who_did(sink: SmtpSink) -> None:
    scene = Scene(sink)
    asking = room_class(scene.world.land, "Leitung", approval="always")
    hall = room("Kabinettssaal", 100, scene.world.im, scene.world.pool, asking)
    booking = book(scene.wished(rrule="FREQ=WEEKLY;COUNT=3"), actor=scene.anna)
    second = booking.occurrences.order_by("starts_at")[1]
    change_occurrence(second.id, ChangeRequest(room_id=hall.id), actor=scene.anna)
    decide(Approval.objects.get().id, approve=False, reason="Zu klein", actor=actor(scene.world.chief))
    scene.invited(booking)

    whole, date = scene.answers()
    for answer in (whole, date):
        assert "Carla Chefin hat die Buchung abgelehnt." in body(answer, "text/plain")
        assert "Zu klein" in str(event(answer)["COMMENT"])


def test_a_booking_cancelled_on_the_page_is_declined(scene: Scene) -> None:
    booking = book(scene.wished(), actor=scene.anna)
    scene.invited(booking)
    scene.deliver()
    cancel(booking.id, actor=scene.anna)

    (answer,) = scene.deliver()
    assert partstat(answer) == "DECLINED"


def test_a_date_cancelled_on_the_page_is_declined_alone(scene: Scene) -> None:
    booking = book(scene.wished(rrule="FREQ=WEEKLY;COUNT=3"), actor=scene.anna)
    scene.invited(booking)
    scene.deliver()
    second = booking.occurrences.order_by("starts_at")[1]
    scene.mailed(scene.wished(rrule="FREQ=WEEKLY;COUNT=3"))
    cancel_occurrence(second.id, actor=scene.anna)

    (answer,) = scene.answers()
    assert (partstat(answer), event(answer)["RECURRENCE-ID"].dt) == ("DECLINED", second.starts_at)


def test_a_date_that_the_organisers_mail_leaves_out_is_not_answered(scene: Scene) -> None:
    booking = book(scene.wished(rrule="FREQ=WEEKLY;COUNT=3"), actor=scene.anna)
    scene.invited(booking)
    scene.deliver()
    series = scene.wished(rrule="FREQ=WEEKLY;COUNT=3", exdate=(at(10, day=7),))
    scene.mailed(series)
    replace_booking(booking.id, series, actor=scene.anna)

    assert scene.answers() == []


def test_dates_that_the_organiser_called_off_or_moved_on_from_are_not_answered(scene: Scene) -> None:
    """Programs that tell single dates by themselves do not tell those again with the next mail about the series."""
    daily, post = "RRULE:FREQ=DAILY;COUNT=3", Post()

    def told() -> list[str]:
        return [f"{partstat(one)} {event(one).get('RECURRENCE-ID') is None}" for one in scene.answers()]

    def asked(**fields: Any) -> Sent:
        return request(daily, to=(BIG,), product=OUTLOOK, **fields)

    post.bring(asked())
    post.bring(
        Sent(calendar("ADD", mailed_event(to=(BIG,), day=9, hour=16, sequence=1, sent=5)), rooms=[BIG])
    )
    post.bring(called_off(to=(BIG,), rooms=[BIG], of=1, day=1, sequence=2, sent=10))
    scene.answers()
    post.bring(asked(summary="Neu", sequence=1, sent=20))
    assert told() == ["ACCEPTED True"]
    post.bring(asked(hour=11, sequence=2, sent=30))
    assert told() == ["ACCEPTED True"]
    assert [begin[-5:] for begin, _ in taken()] == ["11:00"] * 3


def test_what_the_organiser_took_back_is_not_answered(scene: Scene) -> None:
    booking = book(scene.wished(), actor=scene.anna)
    row = scene.invited(booking)
    scene.deliver()
    Invitation.objects.filter(id=row.id).update(cancelled=True)
    cancel(booking.id, actor=scene.anna, source="mail")

    assert scene.deliver() == []


def test_a_refused_change_is_declined_and_says_how_long_the_old_time_is_kept(scene: Scene) -> None:
    book(wish(14, room_id=scene.world.big.id), actor=actor(scene.world.bernd))
    booking = book(scene.wished(), actor=scene.anna)
    row = scene.invited(booking)
    scene.deliver()
    replace_booking(booking.id, scene.wished(14, sequence=1), actor=scene.anna, store_refused=True)
    Invitation.objects.filter(id=row.id).update(sequence=1, stamp=timezone.now())
    scene.answerable(row)

    (answer,) = scene.deliver()
    assert partstat(answer) == "DECLINED"
    assert "für Sie freigehalten" in str(event(answer)["COMMENT"])


def test_the_language_is_the_organisers(scene: Scene) -> None:
    scene.invited(book(scene.wished(), actor=scene.anna), language="en")

    (answer,) = scene.answers()
    assert answer["Subject"] == "Accepted: Lagebesprechung"
    assert "The room is booked" in body(answer, "text/html")


def test_organiser_and_attendees_get_the_way_in_once_and_no_invitation_of_ours(scene: Scene) -> None:
    booking = book(scene.wished(invite="bernd@im.mv.example guest@elsewhere.example"), actor=scene.anna)
    scene.invited(booking)

    mails = {str(one["To"]): one for one in scene.deliver() if not method(one)}
    assert len(mails) == 3
    assert all("Zugangsdaten: " in str(one["Subject"]) for one in mails.values())
    to_anna = next(one for to, one in mails.items() if ANNA in to)
    to_guest = next(one for to, one in mails.items() if "guest" in to)
    link = booking.join_link
    assert f"{link.moderator_pin[:3]} " in body(to_anna, "text/plain")
    assert "Moderations-PIN" not in body(to_guest, "text/plain")
    assert link.token in body(to_guest, "text/plain")
    assert not SentMail.objects.filter(method__in=["REQUEST", "PUBLISH"]).exists()


def test_people_outside_get_none_where_the_class_keeps_links_inside(sink: SmtpSink) -> None:
    scene = Scene(sink, mail_outside=False)
    scene.invited(book(scene.wished(invite="guest@elsewhere.example"), actor=scene.anna))

    (way_in,) = [one for one in scene.deliver() if not method(one)]
    assert ANNA in str(way_in["To"])
    assert "guest@elsewhere.example" in body(way_in, "text/plain")


def test_what_somebody_else_organises_by_now_is_not_told_to_who_invited_the_room(sink: SmtpSink) -> None:
    scene = Scene(sink)
    booking = book(scene.wished(), actor=scene.anna)
    scene.invited(booking)
    assert len(scene.answers()) == 1
    bernd = actor(scene.world.bernd)
    transfer_booking(booking.id, scene.world.bernd.email, actor=scene.anna)
    change(booking.id, ChangeRequest(attendees=()), actor=bernd)
    cancel(booking.id, actor=bernd)
    assert scene.answers() == []


def test_the_answer_for_any_room_names_the_one_that_it_became(scene: Scene) -> None:
    booking = book(scene.wished(), actor=scene.anna)
    scene.invited(booking, room=None, address="raum+30@raum.mv.example")

    (answer,) = scene.answers()
    assert partstat(answer) == "ACCEPTED"
    assert scene.world.big.name in body(answer, "text/plain")
    assert scene.world.big.name in body(answer, "text/html")
    assert scene.world.big.name in str(event(answer)["COMMENT"])


def test_a_room_that_the_organiser_does_not_know_declines_beside_the_one_that_was_had(scene: Scene) -> None:
    booking = book(scene.wished(), actor=scene.anna)
    scene.invited(booking, room=None, address="geheim@raum.mv.example")

    (answer,) = scene.answers()
    assert partstat(answer) == "DECLINED"
    assert scene.world.big.name in body(answer, "text/plain")
    assert "/j/" not in answer.as_string()
