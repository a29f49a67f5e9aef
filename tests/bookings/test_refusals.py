# SPDX-License-Identifier: EUPL-1.2
"""Whatever is refused, before the locks or under them, leaves one row in the audit: what, whose, and why (R8.9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.bookings.wishes import at, wish
from vconf.audit import record as audit_record
from vconf.audit.models import AuditEntry
from vconf.bookings import attempts, series, services
from vconf.bookings.errors import (
    AlreadyCancelled,
    AlreadyStarted,
    RoomBlocked,
    RoomTooSmall,
    SlotTaken,
    TooLong,
)
from vconf.bookings.meetings import close_occurrence, end_occurrence, open_occurrence
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.series import cancel_following, cancel_occurrence, change_occurrence, split_booking
from vconf.bookings.services import book, cancel, change
from vconf.outbox.record import on_recorded
from vconf.rooms.models import Room

pytestmark = pytest.mark.django_db


def refusals():
    """(action, kind of object, id of it, whose matter, code) of every refusal that was noted."""
    rows = AuditEntry.objects.filter(outcome="refused").order_by("id")
    return list(rows.values_list("action", "object_type", "object_id", "authority_id", "code"))


def begun(world, anna):
    start = timezone.now().replace(second=0, microsecond=0, tzinfo=None) - timedelta(minutes=5)
    return book(wish(starts_local=start, timezone="UTC", room_id=world.small.id), actor=anna)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [({"seats": 7}, RoomTooSmall), ({"hours": 25}, TooLong), ({"invite": "a@b.example " * 3}, RoomBlocked)],
)
def test_a_booking_refused_before_any_lock(world, anna, fields, refusal):
    if refusal is RoomBlocked:
        Room.objects.filter(id=world.small.id).update(blocked_reason="Wasserschaden")
    with pytest.raises(refusal):
        book(wish(room_id=world.small.id, **fields), actor=anna)
    assert refusals() == [("booking.book", "booking", "", world.im.id, refusal.code)]


def test_a_cancelled_booking_cancelled_again(world, anna):
    booking = book(wish(), actor=anna)
    cancel(booking.id, actor=anna)
    with pytest.raises(AlreadyCancelled):
        cancel(booking.id, actor=anna)
    assert refusals() == [("booking.cancel", "booking", str(booking.id), world.im.id, "already_cancelled")]


def test_a_cancellation_of_what_is_over(world, anna):
    booking = begun(world, anna)
    date = booking.occurrences.get()
    close_occurrence(date.id, now=date.ends_at)
    with pytest.raises(AlreadyStarted):
        cancel(booking.id, actor=anna)
    assert refusals() == [("booking.cancel", "booking", str(booking.id), world.im.id, "already_started")]


@pytest.mark.parametrize("drop", [cancel_occurrence, cancel_following])
def test_a_date_that_runs_is_not_dropped(world, anna, drop):
    booking = book(wish(rrule="FREQ=DAILY;COUNT=3"), actor=anna)
    date = booking.occurrences.first()
    assert date is not None
    open_occurrence(date.id)
    with pytest.raises(AlreadyStarted):
        drop(date.id, actor=anna)
    assert refusals() == [("occurrence.cancel", "occurrence", str(date.id), world.im.id, "already_started")]


def test_the_last_date_of_a_cancelled_booking_is_noted_once(world, anna):
    booking = book(wish(), actor=anna)
    cancel(booking.id, actor=anna)
    date = booking.occurrences.get()
    with pytest.raises(AlreadyCancelled):
        cancel_occurrence(date.id, actor=anna)
    assert refusals() == [("occurrence.cancel", "occurrence", str(date.id), world.im.id, "already_cancelled")]


def test_a_meeting_that_has_not_begun_is_not_ended(world, anna):
    date = book(wish(), actor=anna).occurrences.get()
    with pytest.raises(AlreadyStarted):
        end_occurrence(date.id, actor=anna)
    assert refusals() == [("occurrence.end", "occurrence", str(date.id), world.im.id, "already_started")]


def test_more_people_than_the_room_has_seats_are_noted_once(world, anna):
    invited = " ".join(f"gast{n}@b.example" for n in range(7))
    with pytest.raises(RoomTooSmall):
        book(wish(room_id=world.small.id, invite=invited), actor=anna)
    assert refusals() == [("booking.book", "booking", "", world.im.id, "room_too_small")]


@pytest.mark.parametrize(("module", "rule"), [(services, ""), (series, "FREQ=WEEKLY;COUNT=2")])
def test_what_is_answered_is_what_was_noted_though_the_room_is_blocked_meanwhile(
    world, anna, monkeypatch, module, rule
):
    """A change of a booking, and of one date of a series."""
    book(wish(15, room_id=world.small.id, seats=3), actor=anna)
    booking = book(wish(15, room_id=world.big.id, seats=3, rrule=rule), actor=anna)
    note = attempts.record_refusal

    def note_then_block(*args, **fields):
        note(*args, **fields)
        Room.objects.filter(id=world.small.id).update(blocked_reason="Wasserschaden")

    monkeypatch.setattr(module, "record_refusal", note_then_block)
    with pytest.raises(SlotTaken):
        change_occurrence(
            booking.occurrences.earliest("starts_at").id, ChangeRequest(room_id=world.small.id), actor=anna
        )
    assert [row[-1] for row in refusals()] == ["slot_taken"]


@pytest.mark.parametrize("act", [change, split_booking])
def test_what_is_refused_under_the_locks_is_noted_once(world, anna, act):
    book(wish(15, room_id=world.big.id), actor=anna)
    booking = book(wish(room_id=world.big.id), actor=anna)
    what = booking if act is change else booking.occurrences.get()
    with pytest.raises(SlotTaken):
        act(what.id, ChangeRequest(starts_local=at(15)), actor=anna)
    assert [row[-1] for row in refusals()] == ["slot_taken"]


@pytest.mark.django_db(transaction=True)
def test_booked_and_refused_are_told_once_each_and_only_the_booking_wakes_delivery(world, anna, monkeypatch):
    """The log line names the row; facts and audit rows that are written with the booking's others count as well."""
    told: list[tuple[int, str]] = []
    woken: list[int] = []
    monkeypatch.setattr(audit_record, "_tell", lambda entry: told.append((entry.id, entry.outcome)))
    on_recorded(lambda: woken.append(1))
    try:
        book(wish(room_id=world.small.id), actor=anna)
        with pytest.raises(SlotTaken):
            book(wish(room_id=world.small.id), actor=anna)
    finally:
        on_recorded(None)
    assert told == list(AuditEntry.objects.order_by("id").values_list("id", "outcome"))
    assert [outcome for _, outcome in told] == ["done", "refused"]
    assert woken == [1]
