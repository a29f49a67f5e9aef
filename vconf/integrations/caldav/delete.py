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
            if found.booking.organiser_id == place.owner.id:
                _give_up(found, actor)
            else:
                put_away(
                    found.booking.id,
                    person_id=place.owner.id,
                    actor=actor,
                    decline=not silent,
                    source="caldav",
                )
            reach("caldav.delete_before_commit")
        except DomainError as error:
            return error
    return None


def _give_up(found: Found, actor: Actor) -> None:
    try:
        cancel(found.booking.id, actor=actor, source="caldav")
    except AlreadyStarted:
        # what is over took place, whatever its organiser tidies up
        hide_entry(found.entry.calendar_id, found.booking, now=timezone.now())
