# SPDX-License-Identifier: EUPL-1.2
"""Mails say what is different: which date of a series, who organises it now, that the link is new, that it is back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from tests.integrations.ical import strict
from tests.integrations.invitations.letters import body
from tests.integrations.invitations.test_compose import calendar_of
from tests.integrations.invitations.test_effects import Scene
from tests.smtp_sink import SmtpSink
from vconf.bookings.clock import pass_time
from vconf.bookings.models import Booking, Occurrence
from vconf.bookings.renewing import renew_link
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.restoring import restore_booking, restore_occurrence
from vconf.bookings.series import cancel_following, cancel_occurrence, change_occurrence
from vconf.bookings.services import book, change
from vconf.bookings.transferring import transfer_booking
from vconf.integrations.invitations.effects import organiser_alone, send_reminder
from vconf.integrations.invitations.models import SentMail
from vconf.outbox.deliver import Reaction, deliver_due
from vconf.outbox.models import Message

pytestmark = pytest.mark.django_db
BERND = "bernd@im.mv.example"
ANNA = "anna@im.mv.example"


@pytest.fixture
def scene(sink: SmtpSink) -> Scene:
    world = factories.world()
    world.bernd.language = world.anna.language = "en"
    world.bernd.save()
    world.anna.save()
    return Scene(world, sink)


@pytest.fixture
def series(scene: Scene) -> Booking:
    """Five days at ten, told to everybody."""
    booking = scene.book(rrule="FREQ=DAILY;COUNT=5", seats=5)
    scene.deliver()
    return booking


def date_of(booking: Booking, day: int) -> Occurrence:
    return Occurrence.objects.get(booking=booking, recurrence_id=at(10, day=day).isoformat())


def changes(scene: Scene, recipient: str = BERND) -> list[str]:
    """The sentences of what has changed, in the mails of this round: exactly one to the recipient."""
    assert [one[0] for one in scene.deliver()].count(recipient) == 1
    text = body(scene.last(recipient), "text/plain").partition("What has changed:\n")[2]
    return [line.removeprefix("- ") for line in text.split("\n\n")[0].splitlines() if line.startswith("- ")]


def day(number: int) -> str:
    when = at(10, day=number)
    return f"{when:%A}, {when.day} {when:%B %Y}"


def test_the_date_that_moved_is_named_with_its_old_time(scene: Scene, series: Booking) -> None:
    anna = factories.actor(scene.world.anna)
    change_occurrence(date_of(series, 2).id, ChangeRequest(starts_local=at(15, day=2)), actor=anna)
    [line] = changes(scene)
    assert line.startswith(f"Moved: {day(2)}, 15:00–16:00")
    assert f"It was: {day(2)}, 10:00–11:00" in line

    # and back
    change_occurrence(date_of(series, 2).id, ChangeRequest(starts_local=at(10, day=2)), actor=anna)
    [line] = changes(scene)
    assert line.startswith(f"Moved: {day(2)}, 10:00–11:00")
    assert f"It was: {day(2)}, 15:00–16:00" in line


def test_the_first_date_dropped_is_not_a_new_time_of_all(scene: Scene, series: Booking) -> None:
    anna = factories.actor(scene.world.anna)
    cancel_occurrence(date_of(series, 0).id, actor=anna)
    [line] = changes(scene)
    assert line.startswith(f"Dropped: {day(0)}, 10:00–11:00")
    calendar = calendar_of(scene.last(BERND))
    (event,) = calendar.inside("VEVENT")
    assert (calendar.one("METHOD").value, event.one("STATUS").value) == ("CANCEL", "CANCELLED")
    assert event.one("RECURRENCE-ID").value == f"{at(10):%Y%m%dT%H%M%S}"
    assert event.all("RRULE") == []
    assert str(scene.last(BERND)["Subject"]).startswith("Cancelled: Lagebesprechung (")

    restore_occurrence(date_of(series, 0).id, actor=anna)
    [line] = changes(scene)
    assert line.startswith(f"Takes place after all: {day(0)}, 10:00–11:00")
    (master,) = calendar_of(scene.last(BERND)).inside(
        "VEVENT"
    )  # the whole: one date alone would not take EXDATE back
    assert master.all("RRULE")
    assert master.all("EXDATE") == []


def test_room_and_title_of_one_date(scene: Scene, series: Booking) -> None:
    request = ChangeRequest(title="Jahresabschluss", room_id=scene.world.shared.id)
    change_occurrence(date_of(series, 3).id, request, actor=factories.actor(scene.world.anna))

    room, title = changes(scene)
    assert room.startswith(f"The room is new: {day(3)}")
    assert room.endswith("Offener Raum")
    assert title.endswith("Jahresabschluss")
    (override,) = calendar_of(scene.last(BERND)).inside("VEVENT")
    assert override.one("RECURRENCE-ID").value == f"{at(10, day=3):%Y%m%dT%H%M%S}"
    assert override.one("SUMMARY").text == "Jahresabschluss"
    assert series.title == "Lagebesprechung"


def test_the_end_of_a_series_names_what_is_dropped_and_the_last_date(scene: Scene, series: Booking) -> None:
    cancel_following(date_of(series, 3).id, actor=factories.actor(scene.world.anna))
    first, second, last = changes(scene)
    assert first.startswith(f"Dropped: {day(3)}")
    assert second.startswith(f"Dropped: {day(4)}")
    assert last == f"The last date is now on {day(2)}."


def test_a_new_time_of_all_dates_is_said_once(scene: Scene, series: Booking) -> None:
    change(series.id, ChangeRequest(starts_local=at(12)), actor=factories.actor(scene.world.anna))
    [line] = changes(scene)
    assert line.startswith(f"The time is new. It was: {day(0)}, 10:00–11:00")


def test_what_an_earlier_version_has_kept_is_understood(scene: Scene, series: Booking) -> None:
    for row in SentMail.objects.all():
        old = {"starts_at", "ends_at", "room", "title", "description", "moderator_pin"}
        row.told = {name: value for name, value in row.told.items() if name in old}
        row.save()
    cancel_occurrence(date_of(series, 2).id, actor=factories.actor(scene.world.anna))
    assert changes(scene) == []


def test_a_series_that_is_called_off_names_the_dates_that_go_with_it(scene: Scene, series: Booking) -> None:
    """Neither what was dropped before, nor what has taken place, nor what was never booked."""
    taken_place, dropped, left_out = (date_of(series, number) for number in (0, 1, 4))
    Occurrence.objects.filter(id=taken_place.id).update(state="ended", released_at=taken_place.ends_at)
    Occurrence.objects.filter(id=left_out.id).update(state="refused")
    cancel_occurrence(dropped.id, actor=factories.actor(scene.world.anna))
    scene.deliver()
    scene.cancel(series)

    assert scene.deliver() == [(ANNA, "PUBLISH", 2), (BERND, "CANCEL", 2)]
    for recipient in (ANNA, BERND):
        mail = scene.last(recipient)
        when = body(mail, "text/plain").partition("When:\n")[2].partition("Repeats")[0].split("\n")
        assert [line.strip().partition(", 10:00")[0] for line in when if line] == [day(2), day(3)]
        event: strict.Component = calendar_of(mail).inside("VEVENT")[0]
        left = {value for line in event.all("EXDATE") for value in line.value.split(",")}
        assert left == {f"{at(10, day=n):%Y%m%dT%H%M%S}" for n in (1, 4)}
    assert f"from {at(10, day=2):%a, %-d %b %Y}" in scene.last(BERND)["Subject"]


def test_a_cancelled_booking_that_is_back_invites_again_with_a_higher_sequence(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()
    scene.cancel(booking)
    assert scene.deliver() == [(ANNA, "PUBLISH", 1), (BERND, "CANCEL", 1)]

    restore_booking(booking.id, actor=factories.actor(scene.world.anna))

    assert scene.deliver() == [(ANNA, "PUBLISH", 2), (BERND, "REQUEST", 2)]
    assert "It takes place after all." in body(scene.last(ANNA), "text/plain")
    event: strict.Component = calendar_of(scene.last(BERND)).inside("VEVENT")[0]
    assert event.one("UID").value == booking.uid
    assert event.one("STATUS").value == "CONFIRMED"


def test_taken_back_before_anybody_was_told_no_cancellation_goes_out(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()
    scene.cancel(booking)
    restore_booking(booking.id, actor=factories.actor(scene.world.anna))
    assert scene.deliver() == [(ANNA, "PUBLISH", 2), (BERND, "REQUEST", 2)]


def test_a_new_link_is_told_to_all(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()
    link = renew_link(booking.id, actor=factories.actor(scene.world.anna)).join_link
    assert changes(scene) == ["The link and the PIN are new; the old ones no longer work."]
    text = body(scene.last(BERND), "text/plain")
    assert link.token in text
    assert booking.join_link.token not in text


def test_a_new_organiser_is_told_to_all_and_gets_the_moderator_pin(scene: Scene) -> None:
    booking = scene.book(f"{BERND} dora@laiv.mv.example", room_id=scene.world.shared.id)
    scene.deliver()
    transfer_booking(booking.id, BERND, actor=factories.actor(scene.world.anna))
    assert scene.deliver() == [
        (ANNA, "REQUEST", 1),
        (BERND, "PUBLISH", 1),
        ("dora@laiv.mv.example", "REQUEST", 1),
    ]
    assert "Moderator PIN" in body(scene.last(BERND), "text/plain")
    assert "Moderator PIN" not in body(scene.last(ANNA), "text/plain")
    assert "Organisiert wird sie jetzt von Bernd Buche." in body(
        scene.last("dora@laiv.mv.example"), "text/plain"
    )


def test_the_organisers_mail_names_the_deputy_and_nobody_elses_does(scene: Scene) -> None:
    world = scene.world
    factories.deputy(world.clara, world.anna)
    book(
        wish(room_id=world.big.id, invite=BERND, organiser_id=world.anna.id),
        actor=factories.actor(world.clara),
    )
    scene.deliver()
    for kind in ("text/plain", "text/html"):
        assert "Clara Clasen" in body(scene.last(ANNA), kind)
        assert "Clara Clasen" not in body(scene.last(BERND), kind)
    assert "From: =" not in str(scene.last(ANNA)["From"])


def test_the_reminder_goes_to_the_organiser_once(scene: Scene) -> None:
    booking = scene.book(rrule="FREQ=WEEKLY", seats=5)
    scene.deliver()
    assert booking.promised_until is not None
    pass_time(booking.promised_until - timedelta(weeks=3))
    fact = Message.objects.get(fact="SeriesEnding").payload

    reactions = {"SeriesEnding": [Reaction("reminders", send_reminder, recipients=organiser_alone, tries=3)]}
    deliver_due(reactions, limit=100, now=timezone.now() + timedelta(hours=9))
    send_reminder(fact, ANNA)  # delivered twice

    (mail,) = scene.sink.received[scene.seen :]
    assert mail.recipient == ANNA
    assert str(mail.message["Subject"]) == "Soon to end: Lagebesprechung"
    assert str(booking.promised_until.year) in body(mail.message, "text/plain")
    # it is no invitation: a change afterwards is told like any other
    scene.seen += 1
    scene.change(booking, title="Neu")
    assert scene.deliver() == [(ANNA, "PUBLISH", 1), (BERND, "REQUEST", 1)]


def test_extended_meanwhile_there_is_nothing_to_remind_of(scene: Scene) -> None:
    booking = scene.book(rrule="FREQ=WEEKLY", seats=5)
    scene.deliver()
    send_reminder({"booking_id": str(booking.id), "promised_until": "2027-01-01T00:00:00+00:00"}, ANNA)
    assert scene.sink.received[scene.seen :] == []
