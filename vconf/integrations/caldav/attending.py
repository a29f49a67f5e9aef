# SPDX-License-Identifier: EUPL-1.2
"""What an attendee's calendar object says: their own answer, for all dates or single ones (RFC 6638, 3.2.2).

Everything else in it is the organiser's. A client that changed it gets the organiser's words back with its next look,
as from Apple's server: clients put up with that better than with an error. Only an object that claims to be another
meeting is turned down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from vconf.bookings.checks import LONGEST_COMMENT
from vconf.bookings.models import PartStat
from vconf.bookings.recurrence import to_instant, to_local
from vconf.integrations.caldav.unacceptable import ATTENDEE_CHANGE, Unacceptable
from vconf.integrations.ical.parsed import CalendarObject, ParsedEvent

#: RFC 5545, 3.2.12: what else an attendee may say, as we keep it
_ANSWERS: Final = {
    "ACCEPTED": PartStat.ACCEPTED,
    "COMPLETED": PartStat.ACCEPTED,
    "IN-PROCESS": PartStat.ACCEPTED,
    "DECLINED": PartStat.DECLINED,
    "DELEGATED": PartStat.DECLINED,
    "TENTATIVE": PartStat.TENTATIVE,
    "NEEDS-ACTION": PartStat.NEEDS_ACTION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """What the attendee's copy showed before.

    addresses: the attendee's, lower case. organiser: the organiser's. partstat: for all dates; `dates`: recurrence id
    (naive wall time in `timezone`) -> answer for that date alone. exdate: what the organiser left out.
    """

    uid: str
    timezone: str
    addresses: Collection[str]
    organiser: Collection[str]
    partstat: str
    dates: Mapping[datetime, str] = field(default_factory=dict)
    exdate: Collection[datetime] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What is new. whole: None if it stays. comment: what is said with it, the first where there are several."""

    whole: str | None = None
    dates: Mapping[datetime, str] = field(default_factory=dict)
    comment: str = ""

    @property
    def nothing(self) -> bool:
        return self.whole is None and not self.dates


def answers_in(wanted: CalendarObject, invited: Invited) -> Answers:
    """The attendee's answers that differ from those known. Raises Unacceptable for what is no copy of the meeting."""
    if wanted.uid != invited.uid:
        raise Unacceptable(403, ATTENDEE_CHANGE, _("This is another meeting than the one saved here."))
    for event in wanted.events:
        if event.organiser is not None and event.organiser.address not in invited.organiser:
            raise Unacceptable(403, ATTENDEE_CHANGE, _("The organiser of a meeting cannot be changed."))
    master = wanted.master
    said = None if master is None else _partstat(master, invited.addresses)
    whole = said if said is not None and said != invited.partstat else None
    standing = whole or invited.partstat
    # an answer for all dates takes the place of those to single ones, so these are given again
    known = invited.dates if whole is None else {}
    comment = master.comment if master is not None and whole is not None else ""
    dates: dict[datetime, str] = {}
    for event in wanted.overrides:
        assert event.recurrence_id is not None
        local = _in_zone(event.recurrence_id, event.recurrence_zone, invited.timezone)
        said = _partstat(event, invited.addresses)
        if event.status == "CANCELLED" and said is None:
            said = PartStat.DECLINED
        if said is not None and said != known.get(local, standing):
            dates[local] = said
            comment = comment or event.comment
    if master is not None:
        for local in (_in_zone(one, master.timezone, invited.timezone) for one in master.exdate):
            if local not in invited.exdate and known.get(local, standing) != PartStat.DECLINED:
                dates[local] = PartStat.DECLINED
    return Answers(whole=whole, dates=dates, comment=comment[:LONGEST_COMMENT])


def _partstat(event: ParsedEvent, addresses: Collection[str]) -> str | None:
    for party in event.attendees:
        if party.address in addresses:
            return _ANSWERS.get(party.partstat)
    return None


def _in_zone(local: datetime, zone_name: str, wanted: str) -> datetime:
    return local if zone_name == wanted else to_local(to_instant(local, zone_name), wanted)
