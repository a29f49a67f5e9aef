# SPDX-License-Identifier: EUPL-1.2
"""A meeting as it shall run on its server: what the room's class and the booking come to."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from vconf.bookings.links import join_url
from vconf.bookings.models import Meeting
from vconf.integrations.conferencing.callback_urls import ended_url
from vconf.integrations.conferencing.port import MeetingSpec
from vconf.rooms.policies import policy_of

#: A meeting nobody is in any more stays so long, for those whose connection broke.
EMPTY_MINUTES = 2


def meeting_spec(meeting: Meeting) -> MeetingSpec:
    """The meeting as it shall run, by the room's class.

    The seats that were expected are a plan, not a door: the limit is what the room holds. It has no duration, for the
    server would end it hard; the clock ends it (R4.4). Microphones are off at joining and nothing is recorded unless
    the class says otherwise (R6.9).
    """
    occurrence, server = meeting.occurrence, meeting.server
    booking, policy = occurrence.booking, policy_of(occurrence.room.room_class)
    link = join_url(booking.join_link)
    unused = (occurrence.ends_at - timezone.now()) // timedelta(minutes=1) + 1
    with translation.override(booking.language):
        welcome = format_html(_('The link to this meeting: <a href="{}">{}</a>'), link, link)
    return MeetingSpec(
        external_id=meeting.external_id,
        name=occurrence.title or booking.title,
        max_participants=max(occurrence.room.seats, occurrence.seats),
        welcome=welcome,
        logout_url=f"{link}?left=1",
        lobby=policy.lobby,
        muted_on_start=policy.muted_on_start,
        recording=policy.recording,
        expire_unused_minutes=max(unused, 5),
        expire_empty_minutes=EMPTY_MINUTES,
        metadata={
            "vconf-booking": str(booking.id),
            "vconf-epoch": str(meeting.epoch),
            "vconf-server": str(server.id),
        },
        end_callback_url=ended_url(server),
        language=booking.language,
    )
