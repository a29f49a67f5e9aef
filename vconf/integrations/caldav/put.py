# SPDX-License-Identifier: EUPL-1.2
"""PUT of a calendar object (RFC 4791, 5.3.2; RFC 6638, 3.2): booking, dressing and answers in one transaction.

In the calendar of its organiser an object is a wish, and what it says is booked or refused as at every other door; a
refused one is stored, with the room declined. In the calendar of somebody invited it is an answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vconf.authorities.deputies import rights_of_organiser
from vconf.authorities.rights import Actor
from vconf.bookings.answering import answer_all
from vconf.bookings.calendars import ensure_calendars
from vconf.bookings.errors import UidTaken
from vconf.bookings.models import OCCUPYING, AttendeeAnswer, Booking, CalendarEntry, PartStat
from vconf.bookings.refreshing import answer_once_more, refresh
from vconf.bookings.replacing import replace_booking
from vconf.bookings.retry import Meanwhile, retried
from vconf.bookings.services import cancel
from vconf.bookings.unasked import book_unasked
from vconf.crashpoints import reach
from vconf.errors import DomainError
from vconf.integrations.caldav import paths
from vconf.integrations.caldav.attending import Answers, Invited, answers_in
from vconf.integrations.caldav.conditions import Conditions
from vconf.integrations.caldav.dressings import count_entry, dress, dressed, unsaid_of
from vconf.integrations.caldav.following import try_rest_again
from vconf.integrations.caldav.places import Found, Place, find, lock, require, shown_to
from vconf.integrations.caldav.principal_addresses import with_mail_addresses
from vconf.integrations.caldav.translating import not_bookable, unacceptable, unreadable
from vconf.integrations.caldav.unacceptable import VALID_OBJECT, Unacceptable
from vconf.integrations.caldav.unsaid import Unsaid, unsaid_in
from vconf.integrations.ical.company import company_of, own_addresses
from vconf.integrations.ical.invalid import InvalidCalendar
from vconf.integrations.ical.parse import read_object
from vconf.integrations.ical.parsed import CalendarObject
from vconf.integrations.ical.wishes import NotBookable, Standing, Wish, wish_of


def put_object(
    place: Place, octets: bytes, conditions: Conditions, *, actor: Actor, silent: bool = False
) -> bool:
    """Store the object; True if there was none. Raises Unacceptable, and then nothing is changed.

    silent: an answer stays in this calendar (Schedule-Reply: F; RFC 6638, 8.1).
    """
    try:
        wanted = with_mail_addresses(read_object(octets), actor=actor)
    except InvalidCalendar as error:
        raise unreadable(error) from error
    # not in the transaction: two first bookings must not wait for each other over this
    ensure_calendars(person_ids=[place.owner.id], room_ids=())
    outcome = _put(place, wanted, conditions, actor, silent)
    if isinstance(outcome, DomainError):
        raise unacceptable(outcome, href_of_uid=lambda: _href_of(place, wanted.uid, actor))
    if not outcome and wanted.master is not None and wanted.master.rrule:
        try_rest_again(place.owner.id, wanted.uid, actor=actor)
    reach("caldav.put_before_answer")
    return outcome


@retried
def _put(
    place: Place, wanted: CalendarObject, conditions: Conditions, actor: Actor, silent: bool
) -> bool | DomainError:
    """A refusal of the inside is handed back, for its row in the audit is to be committed."""
    with transaction.atomic():
        booking_id = find(place, actor=actor)
        try:
            if booking_id is None:
                _make(place, wanted, conditions, actor, silent)
                reach("caldav.put_before_commit")
                return True
            found = lock(place, booking_id)
            if found is None:
                raise Meanwhile
            if found.booking.organiser_id == place.owner.id:
                _replace(place, found, wanted, conditions, actor)
            else:
                _answer_to(place, found, wanted, conditions, actor, silent)
            reach("caldav.put_before_commit")
        except UidTaken as error:
            if booking_id is None and find(place, actor=actor) is not None:
                raise Meanwhile from error  # another device has just stored it here
            return error
        except NotBookable as error:
            raise not_bookable(error) from error
        except DomainError as error:
            return error
    return False


# --- organisers -----------------------------------------------------------------------------------------


def _make(place: Place, wanted: CalendarObject, conditions: Conditions, actor: Actor, silent: bool) -> None:
    conditions.check_absent()
    owner = place.owner
    if href := _href_of(place, wanted.uid, actor):
        raise Unacceptable(
            403,
            "no-uid-conflict",
            _("This meeting is in the calendar already, under another name."),
            href=href,
        )
    put_away = _put_away(place, wanted, actor)
    if put_away is not None:
        _answer(place, put_away, wanted, actor, silent)
        return
    rights = rights_of_organiser(owner.id, actor=actor)
    wish = wish_of(
        wanted,
        company_of(wanted, owner, rights),
        organiser_id=owner.id,
        href=place.name,
        language=owner.language,
        source="caldav",
    )
    assert wanted.master is not None
    if wanted.master.transparent:
        raise Unacceptable(403, VALID_OBJECT, _("A video conference takes time; it cannot be shown as free."))
    if wish.cancelled:
        raise Unacceptable(403, VALID_OBJECT, _("What is cancelled cannot be booked."))
    booking = book_unasked([wish.request], actor=actor)
    _dress(place, booking, None, wanted, wish)


def _replace(
    place: Place, found: Found, wanted: CalendarObject, conditions: Conditions, actor: Actor
) -> None:
    require(conditions, found, merges=True)
    booking = found.booking
    if wanted.uid != found.entry.uid:
        href = _href_of(place, wanted.uid, actor)
        element = "no-uid-conflict" if href else VALID_OBJECT
        raise Unacceptable(403, element, _("This is another meeting than the one saved here."), href=href)
    rights = rights_of_organiser(booking.organiser_id, actor=actor)
    wish = wish_of(
        wanted,
        company_of(wanted, place.owner, rights, booking=booking),
        organiser_id=booking.organiser_id,
        href=place.name,
        language=booking.language,
        source="caldav",
        standing=_standing(found),
    )
    if wish.cancelled:
        cancel(booking.id, actor=actor, source="caldav")
        return
    booking = replace_booking(
        booking.id,
        wish.request,
        actor=actor,
        expected_version=booking.version,
        store_refused=True,
        takes_back=bool(conditions.read),
    )
    refresh(booking, _to_be_told_again(wanted))
    _dress(place, booking, found, wanted, wish)


def _to_be_told_again(wanted: CalendarObject) -> set[str]:
    """Those whom the client wants written to once more (SCHEDULE-FORCE-SEND; RFC 6638, 7.2)."""
    parties = [party for event in wanted.events for party in event.attendees]
    return {party.address for party in parties if party.force_send == "REQUEST" and party.address}


def _standing(found: Found) -> Standing:
    booking = found.booking
    return Standing(
        room_id=booking.room_id,
        room_named=found.dressed.room_named if found.dressed is not None else not booking.room.is_stock,
        seats_asked=booking.seats_asked,
        authority_id=booking.authority_id,
        language=booking.language,
        invited=frozenset(booking.attendees.values_list("address", flat=True)),
    )


# --- people invited -------------------------------------------------------------------------------------


def _put_away(place: Place, wanted: CalendarObject, actor: Actor) -> Found | None:
    """A meeting of somebody else that the owner had put away, and whose invitation is stored once more: from a mail,
    say. It comes back under the name it had, if the answer says so. The booking is locked.
    """
    entries = CalendarEntry.objects.filter(calendar=place.calendar_id, uid=wanted.uid)
    entry = entries.exclude(hidden_at=None).exclude(booking__organiser=place.owner).first()
    if entry is None or actor.person_id != place.owner.id:
        return None
    booking = Booking.objects.select_for_update(no_key=True).get(id=entry.booking_id)
    organiser = wanted.organiser
    if organiser is None or organiser.address not in own_addresses(booking.organiser):
        return None
    return Found(entry, booking, dressed(place.calendar_id, [booking.id]).get(booking.id))


def _answer_to(
    place: Place,
    found: Found,
    wanted: CalendarObject,
    conditions: Conditions,
    actor: Actor,
    silent: bool,
) -> None:
    mine = found.booking.attendees.filter(person=place.owner).first()
    require(conditions, found, merges=mine is None or mine.answered_at is None)
    _answer(place, found, wanted, actor, silent)


def _answer(place: Place, found: Found, wanted: CalendarObject, actor: Actor, silent: bool) -> None:
    """What is kept from the organiser is told by who says so, with SCHEDULE-FORCE-SEND, or answers anew."""
    booking, owner = found.booking, place.owner
    mine = booking.attendees.filter(person=owner).first()
    said_before = PartStat.NEEDS_ACTION if mine is None else mine.partstat
    singles = {} if mine is None else _single_answers(mine.id)
    kept = unsaid_in(unsaid_of(found.dressed), sequence=booking.sequence, said=said_before)
    organiser = wanted.organiser
    tells = not silent and (organiser is None or organiser.schedule_agent not in ("CLIENT", "NONE"))
    # what they had put away comes back by an answer only
    tells = tells or found.entry.hidden_at is not None
    again = tells and organiser is not None and organiser.force_send == "REPLY"
    if again:
        kept = replace(kept, whole=None, dates={})
    answers = answers_in(
        wanted,
        Invited(
            uid=found.entry.uid,
            timezone=booking.timezone,
            addresses=own_addresses(owner),
            organiser=own_addresses(booking.organiser),
            partstat=kept.whole or said_before,
            dates={**({} if kept.whole else singles), **kept.dates},
            exdate=[datetime.fromisoformat(text) for text in booking.exdate],
        ),
    )
    if not tells:
        _dress(place, booking, found, wanted, None, kept.and_also(answers))
        return
    said = _still_to_be_said(booking, answers)
    if said:
        answer_all(
            booking.id,
            person_id=owner.id,
            answers=said,
            comment=answers.comment,
            actor=actor,
            source="caldav",
        )
    elif again:
        answer_once_more(booking, owner.id)
    _dress(place, booking, found, wanted, None, replace(kept, whole=None, dates={}) if said else kept)


def _still_to_be_said(booking: Booking, answers: Answers) -> dict[datetime | None, str]:
    """Without what is over: nobody can come to it any more, and a client that says so is not at fault."""
    ahead = booking.occurrences.filter(state__in=OCCUPYING, ends_at__gt=timezone.now())
    ids = {datetime.fromisoformat(text) for text in ahead.values_list("recurrence_id", flat=True)}
    said: dict[datetime | None, str] = {at: one for at, one in answers.dates.items() if at in ids}
    if answers.whole is not None and ids:
        said[None] = answers.whole
    return said


def _single_answers(attendee_id: UUID) -> dict[datetime, str]:
    rows = AttendeeAnswer.objects.filter(attendee=attendee_id)
    found = rows.values_list("occurrence__recurrence_id", "partstat")
    return {datetime.fromisoformat(text): partstat for text, partstat in found}


# --- both -----------------------------------------------------------------------------------------------


def _dress(
    place: Place,
    booking: Booking,
    before: Found | None,
    wanted: CalendarObject,
    wish: Wish | None,
    unsaid: Unsaid | None = None,
) -> None:
    """What the client put onto it; the calendar counts on, unless the booking has had it count already."""
    is_new = dress(
        place.calendar_id,
        booking.id,
        None if before is None else before.dressed,
        wanted.dressing,
        room_named=wish is not None and wish.room_named,
        usually=None if before is None else wish is not None and not booking.room.is_stock,
        strangers=() if wish is None else wish.strange,
        unsaid=None if unsaid is None else unsaid.as_json(),
    )
    if not is_new or before is None:
        return
    if CalendarEntry.objects.filter(id=before.entry.id, change=before.entry.change).exists():
        count_entry(before.entry)


def _href_of(place: Place, uid: str, actor: Actor) -> str:
    """The address of what has this UID in the calendar, as far as the caller may see it; empty if nothing has."""
    entries = shown_to(actor, place).filter(uid=uid)
    name = entries.values_list("href", flat=True).first()
    return "" if name is None else paths.below(paths.bookings(place.owner.id), name)
