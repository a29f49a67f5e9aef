# SPDX-License-Identifier: EUPL-1.2
"""How the join page speaks: dates and times in words, what became of the meeting, why somebody is here again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from vconf.bookings.joining import JoinView
from vconf.bookings.models import RUNNING, Meeting, MeetingState

Text = str | Promise

#: What BigBlueButton calls a meeting at its limit of people, in the address to which it sends people back.
FULL = "maxParticipantsReached"


def date_of(local: datetime) -> str:
    # Translators: Django's date format, such as "Tuesday, 24 November 2026"
    return date_format(local, gettext("l, j F Y"))


def time_of(local: datetime, now: datetime) -> str:
    """When something happens: the time, and the day unless it is today."""
    if local.date() == now.astimezone(local.tzinfo).date():
        return gettext("at {time}").format(time=date_format(local, "H:i"))
    return gettext("on {date} at {time}").format(date=date_of(local), time=date_format(local, "H:i"))


def offset_of(local: datetime) -> str:
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return "UTC" if not minutes else f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def in_words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if minutes <= 90:
        return ngettext("in {count} minute", "in {count} minutes", minutes).format(count=minutes)
    hours = round(minutes / 60)
    if hours <= 36:
        return ngettext("in {count} hour", "in {count} hours", hours).format(count=hours)
    days = round(hours / 24)
    return ngettext("in {count} day", "in {count} days", days).format(count=days)


def course_of(view: JoinView, starts: datetime, ends: datetime, now: datetime) -> str:
    """How far a meeting is that can be entered; its times in the zone that is shown."""
    if now < view.occurrence.starts_at:
        return gettext("It begins {time}. You can join now.").format(time=time_of(starts, now))
    if now < view.occurrence.ends_at:
        words = {"begin": time_of(starts, now), "end": time_of(ends, now)}
        return gettext("It began {begin}. It is planned to end {end}.").format(**words)
    return gettext("It was planned to end {end} and is still running.").format(end=time_of(ends, now))


#: What a conference server says when it sends somebody back, in our words.
_SENT_BACK: dict[str, Text] = {
    FULL: _("The meeting is full. You can join as soon as somebody has left."),
    "guestDeny": _("You were not let in."),
    "guestDeniedAccess": _("You were not let in."),
    "meetingForciblyEnded": _("The meeting was ended. You can open it again until its planned end."),
}
_OTHERWISE = _("The conference server did not let you in. Please try again.")


def sent_back_with(request: HttpRequest) -> str:
    """What the server said when it sent somebody back here; "" if it did not, "?" if it is not understood."""
    if "errors" not in request.GET:
        return ""
    try:
        key: Any = json.loads(request.GET["errors"][:2000])[0]["key"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return "?"
    return key if isinstance(key, str) and key else "?"


def notice_for(request: HttpRequest, view: JoinView) -> Text:
    """Why somebody is here again. Only words of ours are shown, whatever the address says."""
    if said := sent_back_with(request):
        return _SENT_BACK.get(said, _OTHERWISE)
    if fate := fate_of(view):
        return fate
    if "left" in request.GET:
        return _("You have left the meeting. You can join again until it ends.")
    return ""


def fate_of(view: JoinView) -> Text:
    """What became of the meeting's server, for those who were in it or are on their way."""
    meeting = view.meeting
    if meeting is None or meeting.state not in RUNNING:
        return ""
    if meeting.stranded_at is not None:
        return _(
            "The conference server has failed, and no other one is free. The meeting goes on once one is."
        )
    if meeting.epoch > 1 and meeting.live_at is None and _was_lost(meeting):
        return _("The conference server has failed. The meeting goes on on another one: please join again.")
    return ""


def _was_lost(meeting: Meeting) -> bool:
    """Whether people may have been in it before it was moved here."""
    before = Meeting.objects.filter(occurrence_id=meeting.occurrence_id, epoch=meeting.epoch - 1)
    return before.filter(state=MeetingState.LOST, live_at__isnull=False).exists()
