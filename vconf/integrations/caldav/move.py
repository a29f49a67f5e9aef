# SPDX-License-Identifier: EUPL-1.2
"""MOVE and COPY of calendar objects (RFC 4918, 9.8 and 9.9), as far as they mean anything here.

Everybody has one calendar, in which each meeting stands once. So a move gives it another name there; in another
calendar it would have another organiser, and a copy would be a second one under the same UID (RFC 6638, 3.2.4.1).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vconf.authorities.rights import Actor
from vconf.bookings.errors import UidTaken
from vconf.bookings.models import Booking
from vconf.bookings.renaming import rename_entry
from vconf.bookings.retry import Meanwhile, retried
from vconf.errors import DomainError
from vconf.integrations.caldav.conditions import Conditions
from vconf.integrations.caldav.delete import take_out
from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.paths import is_name, name_in, path_of
from vconf.integrations.caldav.places import Place, find, lock, require
from vconf.integrations.caldav.translating import unacceptable
from vconf.integrations.caldav.unacceptable import ORGANISER_CHANGE, Unacceptable, not_there, stale


def move_object(
    place: Place, name: str, conditions: Conditions, *, actor: Actor, overwrites: bool, silent: bool = False
) -> bool:
    """Give it another name in its calendar; True if there was nothing by that name.

    What was there is deleted before, as by DELETE (RFC 4918, 9.8.4), unless it must not be overwritten. Raises
    Unacceptable, and then nothing is changed.
    """
    outcome = _move(place, name, conditions, actor, overwrites, silent)
    if isinstance(outcome, DomainError):
        raise unacceptable(outcome)
    return outcome


@retried
def _move(
    place: Place, name: str, conditions: Conditions, actor: Actor, overwrites: bool, silent: bool
) -> bool | DomainError:
    there = Place(place.calendar_id, place.owner, name)
    with transaction.atomic():
        booking_id, taken_id = find(place, actor=actor), find(there, actor=actor)
        if booking_id is None:
            raise not_there()
        both = [booking_id] if taken_id is None else [booking_id, taken_id]
        list(Booking.objects.select_for_update(no_key=True).filter(id__in=both).order_by("id"))
        found, taken = lock(place, booking_id), None if taken_id is None else lock(there, taken_id)
        if found is None:
            raise not_there()
        require(conditions, found, merges=True)
        if taken is not None and not overwrites:
            raise stale()
        try:
            if taken is not None:
                take_out(there, taken, actor=actor, silent=silent)
            rename_entry(place.calendar_id, found.booking, name, now=timezone.now())
        except UidTaken as error:
            if find(there, actor=actor) is not None:
                raise Meanwhile from error  # another device has just stored it there
            return error
        except DomainError as error:
            return error
    return taken is None


def name_wanted(call: Call, source: str, collection: str) -> str:
    """What the object is to be called in the same calendar. Raises Unacceptable for anywhere else."""
    _check_destination(call, source)
    name = name_in(collection, call.header("Destination"))
    if name is None:
        raise Unacceptable(403, ORGANISER_CHANGE, _("A meeting stays in the calendar of who organises it."))
    if not is_name(name):
        raise Unacceptable(400)
    return name


def refuse_copy(call: Call, source: str) -> Unacceptable:
    """Why it is not copied."""
    _check_destination(call, source)
    return Unacceptable(
        403, "unique-scheduling-object-resource", _("Each meeting stands in a calendar once."), href=source
    )


def _check_destination(call: Call, source: str) -> None:
    destination = call.header("Destination")
    parts = urlsplit(destination) if destination else None
    if parts is None or path_of(destination) is None:
        raise Unacceptable(400)
    if parts.netloc and parts.netloc != call.request.get_host():
        raise Unacceptable(502)
    if path_of(destination) == path_of(source):
        raise Unacceptable(403)
