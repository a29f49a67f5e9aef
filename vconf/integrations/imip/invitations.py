# SPDX-License-Identifier: EUPL-1.2
"""The rows that a room's answers go by: what was asked of each address, and whether it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from vconf.bookings.models import Booking
from vconf.bookings.recurrence import to_local
from vconf.integrations.ical.parsed import ParsedEvent
from vconf.integrations.imip.events import InvitationAnswerable
from vconf.integrations.imip.invitation_model import Invitation
from vconf.integrations.imip.letters import Author, Letter, at_instance, instance_of
from vconf.integrations.imip.rooms import AskedRoom
from vconf.integrations.imip.settling import Settled
from vconf.integrations.imip.versions import Version
from vconf.outbox.record import record


class Reading(Protocol):
    """What a letter says of rooms. addressed: those that the envelope names."""

    @property
    def addressed(self) -> Mapping[str, AskedRoom]: ...

    def rooms_of(self, event: ParsedEvent) -> list[AskedRoom]: ...

    def version(self, event: ParsedEvent) -> Version: ...


def taken_back(owner: str, uid: str) -> dict[tuple[str, str], Version]:
    """(instance, address) -> version, of what is uninvited."""
    rows = Invitation.objects.filter(owner=owner, uid=uid, cancelled=True)
    return {(row.instance, row.address): Version.kept(row) for row in rows}


def note_invitations(
    letter: Letter,
    author: Author,
    reading: Reading,
    told: Sequence[ParsedEvent],
    settled: Settled,
    refusals: Mapping[str, Mapping[str, Any]],
) -> None:
    """Keep what each room was asked, and have those answer that somebody waits for."""
    rows = {
        (row.instance, row.address): row
        for row in Invitation.objects.filter(owner=author.owner, uid=letter.uid)
    }
    booking = settled.booking
    for event in told:
        instance, version = instance_of(event), reading.version(event)
        rooms = reading.rooms_of(event)
        for room in rooms:
            row = rows.get((instance, room.address))
            if row is not None and row.cancelled and Version.kept(row) >= version:
                continue
            is_newer = row is None or version > Version.kept(row)
            comes_first = room.address in reading.addressed and (row is None or not row.addressed)
            if not is_newer and not comes_first:
                continue
            row = row or Invitation(
                owner=author.owner, uid=letter.uid, instance=instance, address=room.address
            )
            row.addressed = row.addressed or room.address in reading.addressed
            _describe(row, room, event, version, letter, author, booking)
            if is_newer:
                row.refusal = refusals.get(instance) or settled.refusal
            row.save()
            rows[instance, room.address] = row
            if row.addressed:
                about = row.id if booking is None else booking.id
                record(InvitationAnswerable(invitation_id=str(row.id), about=str(about)))
        _take_back_others(rows.values(), instance, {room.address for room in rooms}, version)
    if booking is not None and any(row.booking_id != booking.id for row in rows.values()):
        Invitation.objects.filter(owner=author.owner, uid=letter.uid).exclude(booking_id=booking.id).update(
            booking_id=booking.id
        )


def note_taken_back(
    letter: Letter,
    author: Author,
    room: AskedRoom,
    event: ParsedEvent,
    version: Version,
    booking: Booking | None,
) -> bool:
    """The organiser does not invite this address any more; whether that is news."""
    instance = instance_of(event)
    row = Invitation.objects.filter(
        owner=author.owner, uid=letter.uid, instance=instance, address=room.address
    ).first()
    if row is not None and (Version.kept(row), row.cancelled) >= (version, True):
        return False
    row = row or Invitation(owner=author.owner, uid=letter.uid, instance=instance, address=room.address)
    _describe(row, room, event, version, letter, author, booking)
    row.cancelled, row.refusal = True, None
    row.save()
    return True


def _describe(
    row: Invitation,
    room: AskedRoom,
    event: ParsedEvent,
    version: Version,
    letter: Letter,
    author: Author,
    booking: Booking | None,
) -> None:
    organiser = event.organiser or letter.message.organiser
    row.sequence, row.stamp, row.cancelled = version.sequence, version.stamp, False
    row.organiser = author.organiser
    row.organiser_address = letter.sender if organiser is None else organiser.address
    row.organiser_name = "" if organiser is None else organiser.name
    if author.organiser is not None and not row.organiser_name:
        row.organiser_name = author.organiser.name
    row.organiser_line = letter.line_of("ORGANIZER", row.organiser_address)
    row.attendee_line = letter.line_of("ATTENDEE", room.address)
    row.uid_as_written = letter.message.uid
    row.message_id = letter.message_id[:998]
    row.language = "de" if author.organiser is None else author.organiser.language
    row.booking_id = None if booking is None else booking.id
    row.room_id = room.room_id
    row.timezone = event.timezone if booking is None else booking.timezone
    row.recurrence_id = ""
    if row.instance:
        row.recurrence_id = to_local(at_instance(row.instance), row.timezone).isoformat()
    row.title = " ".join(event.summary.split())[:200]
    row.starts_at, row.ends_at = event.starts_at, event.ends_at
    row.is_all_day = event.is_all_day
    row.changed_at = letter.now


def _take_back_others(rows: Iterable[Invitation], instance: str, invited: set[str], version: Version) -> None:
    """Rooms that this version does not name any more."""
    for row in rows:
        if row.instance == instance and row.address not in invited and Version.kept(row) < version:
            row.cancelled, row.sequence, row.stamp = True, version.sequence, version.stamp
            row.save(update_fields=["cancelled", "sequence", "stamp"])
