# SPDX-License-Identifier: EUPL-1.2
"""A UID belongs to its organiser: nobody reaches, learns or blocks somebody else's (R5.7)."""

from __future__ import annotations

import pytest

from tests.bookings.calendars import there
from tests.bookings.wishes import wish
from tests.threads import at_once
from vconf.bookings import calendar_views as views
from vconf.bookings.errors import UidTaken
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Booking, CalendarEntry
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.restoring import restore_booking
from vconf.bookings.services import book, cancel, change
from vconf.bookings.transferring import transfer_booking
from vconf.bookings.uids import own_uid

pytestmark = pytest.mark.django_db
UID = "4711@client"


def uids(person) -> dict[str, str]:
    """Title -> UID, in the calendar of a person."""
    shown = CalendarEntry.objects.filter(calendar__person=person, deleted_at=None)
    return dict(shown.values_list("booking__title", "uid"))


def test_two_people_can_use_the_same_uid(world, anna, bernd):
    book(wish(9, uid=UID, title="Annas"), actor=anna)
    book(wish(9, uid=UID, title="Bernds"), actor=bernd)

    assert uids(world.anna) == {"Annas": UID}
    assert uids(world.bernd) == {"Bernds": UID}
    assert audit_invariants() == []


def test_an_organiser_uses_a_uid_once(world, anna):
    book(wish(9, uid=UID, href="a.ics"), actor=anna)
    for again in (wish(11, uid=UID), wish(11, href="a.ics")):
        with pytest.raises(UidTaken):
            book(again, actor=anna)
    assert Booking.objects.count() == 1


def test_a_guest_who_knows_the_uid_gets_another_one_beside_it(world, anna, bernd):
    book(wish(9, uid=UID, title="Annas", invite=world.bernd.email), actor=anna)
    copied = book(wish(11, uid=UID, title="Bernds", invite=world.anna.email), actor=bernd)

    # each has their own under the UID they gave it; the other's has one that the calendar does not know yet
    assert uids(world.anna)["Annas"] == UID
    assert uids(world.anna)["Bernds"] == own_uid(copied.id)
    assert uids(world.bernd)["Bernds"] == UID
    assert uids(world.bernd)["Annas"] != UID
    assert audit_invariants() == []


def test_who_invites_first_cannot_keep_somebody_from_booking(world, anna, bernd):
    book(wish(9, uid=UID, title="Bernds", invite=world.anna.email), actor=bernd)
    token = there(views.calendar_of_person(anna, world.anna.id)).change

    book(wish(11, uid=UID, title="Annas"), actor=anna)

    assert uids(world.anna)["Annas"] == UID
    assert uids(world.anna)["Bernds"] not in ("", UID)
    calendar = there(views.calendar_of_person(anna, world.anna.id))
    told = views.changed_since(calendar, token)
    assert len({entry.change for entry in told.entries}) == len(told.entries) == 2
    assert told.change == max(entry.change for entry in told.entries)
    assert audit_invariants() == []


def test_what_is_cancelled_gives_its_uid_and_name_up_and_sequence_goes_on(world, anna):
    first = book(wish(9, uid=UID, href="a.ics", invite=world.bernd.email), actor=anna)
    change(first.id, ChangeRequest(title="Neu"), actor=anna)
    cancel(first.id, actor=anna)
    token = there(views.calendar_of_person(anna, world.anna.id)).change

    second = book(wish(11, uid=UID, href="a.ics", invite=world.bernd.email), actor=anna)

    assert second.sequence == 3
    assert set(uids(world.bernd).values()) == {UID}
    told = views.changed_since(there(views.calendar_of_person(anna, world.anna.id)), token)
    assert [(entry.href, entry.deleted, entry.booking_id) for entry in told.entries] == [
        ("a.ics", False, second.id)
    ]
    with pytest.raises(UidTaken):
        restore_booking(first.id, actor=anna)
    cancel(second.id, actor=anna)
    restore_booking(first.id, actor=anna)
    assert audit_invariants() == []


def test_a_booking_is_not_handed_to_somebody_who_has_its_uid(world, anna, bernd):
    booking = book(wish(9, uid=UID), actor=anna)
    theirs = book(wish(11, uid=UID), actor=bernd)
    with pytest.raises(UidTaken):
        transfer_booking(booking.id, world.bernd.email, actor=anna)

    cancel(theirs.id, actor=bernd)
    transfer_booking(booking.id, world.bernd.email, actor=anna)
    assert UID in uids(world.bernd).values()
    assert audit_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_one_uid_one_gets_it(world, anna):
    refused = []

    def work(number: int) -> None:
        try:
            book(wish(9 + 2 * number, uid=UID, href="a.ics"), actor=anna)
        except UidTaken:
            refused.append(number)

    at_once(4, work)

    assert Booking.objects.filter(uid=UID).count() == 1
    assert len(refused) == 3
    assert audit_invariants() == []
