# SPDX-License-Identifier: EUPL-1.2
"""DELETE of a calendar object (RFC 6638, 3.2.1.3 and 3.2.2.3): the organiser cancels, somebody invited declines."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from vconf.authorities.rights import Actor
from vconf.bookings.answering import put_away
from vconf.bookings.calendars import hide_entry
from vconf.bookings.errors import AlreadyStarted
from vconf.bookings.retry import retried
from vconf.bookings.services import cancel
from vconf.crashpoints import reach
from vconf.errors import DomainError
from vconf.integrations.caldav.conditions import Conditions
from vconf.integrations.caldav.dressings import dressing_of
from vconf.integrations.caldav.places import Found, Place, find, lock, require
from vconf.integrations.caldav.translating import unacceptable
from vconf.integrations.caldav.unacceptable import not_there


def delete_object(place: Place, conditions: Conditions, *, actor: Actor, silent: bool = False) -> None:
    """Take it out of the calendar. `silent`: an attendee does not decline, but only puts it away (Schedule-Reply: F).

    Raises Unacceptable, and then nothing is changed.
    """
    refusal = _delete(place, conditions, actor, silent)
    if refusal is not None:
        raise unacceptable(refusal)
    reach("caldav.delete_before_answer")


@retried
def _delete(place: Place, conditions: Conditions, actor: Actor, silent: bool) -> DomainError | None:
    with transaction.atomic():
        booking_id = find(place, actor=actor)
        found = None if booking_id is None else lock(place, booking_id)
        if found is None:
            raise not_there()
        require(conditions, found, merges=True)
        try:
            take_out(place, found, actor=actor, silent=silent)
            reach("caldav.delete_before_commit")
        except DomainError as error:
            return error
    return None


def take_out(place: Place, found: Found, *, actor: Actor, silent: bool) -> None:
    """What the organiser deletes is cancelled, what somebody invited deletes is declined. Raises DomainError."""
    if found.booking.organiser_id == place.owner.id:
        _give_up(found, actor)
        return
    put_away(
        found.booking.id,
        person_id=place.owner.id,
        actor=actor,
        decline=not (silent or _told_by_client(found)),
        source="caldav",
    )


def _told_by_client(found: Found) -> bool:
    """Whether their own program, or nobody, answers for them (SCHEDULE-AGENT of ORGANIZER; RFC 6638, 7.1)."""
    dressing = dressing_of(found.dressed)
    return dressing is not None and "SCHEDULE-AGENT" in dressing.master.params.get("ORGANIZER", {})


def _give_up(found: Found, actor: Actor) -> None:
    try:
        cancel(found.booking.id, actor=actor, source="caldav")
    except AlreadyStarted:
        # what is over took place, whatever its organiser tidies up
        hide_entry(found.entry.calendar_id, found.booking, now=timezone.now())
