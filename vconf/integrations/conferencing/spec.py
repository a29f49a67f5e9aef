# SPDX-License-Identifier: EUPL-1.2
"""A meeting as it shall run on its server: what the room's class and the booking come to."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from vconf.bookings.links import join_url
from vconf.bookings.models import Meeting, Occurrence
from vconf.integrations.conferencing.callback_urls import ended_url, recording_ready_url
from vconf.integrations.conferencing.port import MeetingSpec
from vconf.rooms.policies import Policy, policy_of

#: A meeting nobody is in any more stays so long, for those whose connection broke.
EMPTY_MINUTES = 2
#: After the latest end that a date could be given while it runs, the server ends it by itself.
SLACK = timedelta(hours=1)


def meeting_spec(meeting: Meeting) -> MeetingSpec:
    """The meeting as it shall run, by the room's class.

    The clock ends it (R4.4); what the server is told as duration is a limit for the case that nobody is left to do so,
    since no server can be told of a longer one later. Microphones are off at joining and nothing is recorded unless
    the class says otherwise (R6.9); what may be recorded says so to everybody who comes in (R8.4).
    """
    occurrence, server = meeting.occurrence, meeting.server
    booking, policy = occurrence.booking, policy_of(occurrence.room.room_class)
    now = timezone.now()
    link = join_url(booking.join_link)
    with translation.override(booking.language):
        welcome = format_html(_('The link to this meeting: <a href="{}">{}</a>'), link, link)
        if policy.recording:
            welcome = format_html("{}<br>{}", welcome, consent_text(policy))
    return MeetingSpec(
        external_id=meeting.external_id,
        name=occurrence.title or booking.title,
        duration_minutes=_minutes(_latest_end(occurrence, policy) + SLACK - now),
        max_participants=most_people(occurrence),
        welcome=welcome,
        logout_url=f"{link}?left=1",
        lobby=policy.lobby,
        muted_on_start=policy.muted_on_start,
        cameras_off=policy.cameras_off,
        recording=policy.recording,
        expire_unused_minutes=max(_minutes(occurrence.ends_at - now), 5),
        expire_empty_minutes=EMPTY_MINUTES,
        metadata={
            "vconf-booking": str(booking.id),
            "vconf-epoch": str(meeting.epoch),
            "vconf-server": str(server.id),
        },
        end_callback_url=ended_url(server),
        recording_ready_url=recording_ready_url(server) if policy.recording else None,
        language=booking.language,
    )


def most_people(occurrence: Occurrence) -> int:
    """The seats that were expected are a plan, not a door: the limit is what the room holds."""
    return max(occurrence.room.seats, occurrence.seats)


def consent_text(policy: Policy) -> str:
    """What everybody is told before joining a meeting that may be recorded, in the current language."""
    return policy.recording_consent or _(
        "This meeting may be recorded: sound, pictures, chat and what is shown. While it is recorded, everybody in it"
        " sees so."
    )


def _latest_end(occurrence: Occurrence, policy: Policy) -> datetime:
    """A running date may be made longer up to what its class allows, and may run on after that."""
    longest = occurrence.starts_at + timedelta(minutes=policy.max_length_minutes)
    return max(occurrence.ends_at, longest) + timedelta(minutes=policy.overrun_minutes)


def _minutes(span: timedelta) -> int:
    """Whole minutes, rounded up, at least one: servers take 0 for no limit."""
    return max(span // timedelta(minutes=1) + 1, 1)
