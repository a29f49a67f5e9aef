# SPDX-License-Identifier: EUPL-1.2
"""Who is in a running meeting, for its moderators, and putting one of them out.

The server is asked when a moderator looks, and what it says is kept nowhere: no name enters database, log or audit.
Only meetings on servers that can remove people have such a list; on others moderators do it in the meeting itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings.models import Booking, Meeting, MeetingState
from vconf.bookings.selectors import get_booking, get_occurrence
from vconf.errors import Forbidden, NotFound
from vconf.integrations.conferencing.connections import let_go_of_the_database
from vconf.integrations.conferencing.errors import CannotRemove, ServerSilent
from vconf.integrations.conferencing.port import BackendError, NotSupported, PersonThere
from vconf.integrations.conferencing.registry import backend_for

#: the ability, by the server's last check
KICK = "kick"


@dataclass(frozen=True, slots=True)
class PeopleThere:
    """`removable`: whether the server can put one of them out. If not, nobody is named either."""

    removable: bool
    people: Sequence[PersonThere] = ()


def people_there(occurrence_id: UUID, *, actor: Actor) -> PeopleThere:
    """Who is in the date's meeting. Moderators only. Raises NotFound (absent or foreign), Forbidden, ServerSilent."""
    require_moderator(occurrence_id, actor=actor)
    meeting = _running(occurrence_id)
    if meeting is None:
        return PeopleThere(removable=False)
    try:
        backend = backend_for(meeting.server)
        let_go_of_the_database()
        return PeopleThere(removable=True, people=backend.people_in(meeting.external_id))
    except NotSupported:
        return PeopleThere(removable=False)
    except BackendError as error:
        raise ServerSilent from error


def remove_person(occurrence_id: UUID, person_id: str, *, actor: Actor) -> None:
    """Put one person out of the date's meeting. Moderators only.

    Raises NotFound (absent or foreign date, nobody of that id there), Forbidden, CannotRemove (no meeting, or its
    server cannot), ServerSilent.
    """
    booking = require_moderator(occurrence_id, actor=actor)
    meeting = _running(occurrence_id)
    if meeting is None:
        raise CannotRemove
    try:
        backend = backend_for(meeting.server)
        let_go_of_the_database()
        removed = backend.remove_person(meeting.external_id, person_id)
    except NotSupported as error:
        raise CannotRemove from error
    except BackendError as error:
        raise ServerSilent from error
    if not removed:
        raise NotFound(_("This person is not there any more."))
    with transaction.atomic():
        record_audit(
            "meeting.remove_person",
            actor=actor,
            object_type="meeting",
            object_id=meeting.id,
            authority_id=booking.authority_id,
        )


def require_moderator(occurrence_id: UUID, *, actor: Actor) -> Booking:
    """The date's booking. Raises NotFound (absent or foreign), Forbidden."""
    view = get_occurrence(occurrence_id, actor=actor)
    if view.booking_id is None:
        raise NotFound
    booking = get_booking(view.booking_id, actor=actor)
    if not booking.may_moderate:
        raise Forbidden
    return booking.booking


def _running(occurrence_id: UUID) -> Meeting | None:
    """What runs for a date on a server that can put people out."""
    there = Meeting.objects.filter(state__in=(MeetingState.CREATED, MeetingState.LIVE))
    meeting = there.select_related("server").filter(occurrence_id=occurrence_id).first()
    return meeting if meeting is not None and KICK in meeting.server.abilities else None
