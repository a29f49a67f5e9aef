# SPDX-License-Identifier: EUPL-1.2
"""The rows of what people answered: one for all dates (`Attendee`), and those about single ones (`AttendeeAnswer`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from vconf.bookings.models import Attendee, AttendeeAnswer, Booking, Occurrence, PartStat


def ask_again(booking: Booking, *, with_sequence: int | None = None) -> None:
    """All dates to come are other ones now: nobody has answered about them yet (RFC 5546, 3.2.2.1). The caller counts
    SEQUENCE on and saves. with_sequence: that of the organiser's program, where it asks by itself; ours may be higher.
    """
    Attendee.objects.filter(booking=booking).update(
        partstat=PartStat.NEEDS_ACTION, comment="", answered_at=None, said_at=None
    )
    booking.outdated = {"": booking.sequence if with_sequence is None else with_sequence - 1}
    AttendeeAnswer.objects.filter(occurrence__booking=booking).delete()


def ask_again_about(booking: Booking, occurrences: Collection[Occurrence]) -> None:
    """Single dates were moved: what was said about all dates, or these, was not said about where they are now. The
    caller counts SEQUENCE on and saves.
    """
    if not occurrences:
        return
    moved = {o.recurrence_id: booking.sequence for o in occurrences}
    booking.outdated = {**(booking.outdated or {}), **moved}
    AttendeeAnswer.objects.filter(occurrence__in=[o.id for o in occurrences]).delete()
    answered = Attendee.objects.filter(booking=booking).exclude(partstat=PartStat.NEEDS_ACTION)
    AttendeeAnswer.objects.bulk_create(
        [
            AttendeeAnswer(attendee=attendee, occurrence=o, partstat=PartStat.NEEDS_ACTION)
            for attendee in answered
            for o in occurrences
        ]
    )


def let_answers_stand(booking_id: UUID, *, since: int, known_since: int) -> None:
    """The organiser's program invited to these dates with the SEQUENCE `since` already, not only with `known_since`,
    which came here first. Locks the booking. Nothing happens if the dates have been moved in between.
    """
    booking = Booking.objects.select_for_update(no_key=True).get(id=booking_id)
    if booking.outdated and booking.outdated.get("") == known_since - 1:
        booking.outdated = {**booking.outdated, "": since - 1}
        booking.save(update_fields=["outdated"])


def let_answers_count(booking_id: UUID, *, told_with: int) -> None:
    """The organiser's program invites with this SEQUENCE to the dates as they are. It may count lower than we do, where
    they were moved here first. Locks the booking.
    """
    booking = Booking.objects.select_for_update(no_key=True).get(id=booking_id)
    if booking.outdated and booking.outdated.get("", -1) >= told_with:
        booking.outdated = {**booking.outdated, "": told_with - 1}
        booking.save(update_fields=["outdated"])


def is_outdated(booking: Booking, sequence: int | None, recurrence_id: str = "") -> bool:
    """Whether who answers an invitation of this SEQUENCE cannot have known when the dates, or this one, are now."""
    if sequence is None or not booking.outdated:
        return False
    return any(booking.outdated.get(one, -1) >= sequence for one in {"", recurrence_id})


def take_along(occurrences: Iterable[Occurrence], attendees: Iterable[Attendee]) -> None:
    """These dates went over to another booking: what was said about them is said by its attendees now."""
    by_address = {attendee.address: attendee for attendee in attendees}
    answers = list(
        AttendeeAnswer.objects.filter(occurrence__in=[o.id for o in occurrences]).select_related("attendee")
    )
    for answer in answers:
        answer.attendee = by_address[answer.attendee.address]
    AttendeeAnswer.objects.bulk_update(answers, ["attendee"])
