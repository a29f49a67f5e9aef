# SPDX-License-Identifier: EUPL-1.2
"""Calendar text in, one calendar object out (RFC 5545; RFC 4791, 4.1).

Written for calendars and for mail. Lenient where programs are known to differ from the standard, and refusing with the
name of a precondition where the meaning is in doubt. Costs one pass over the text, whatever is in it.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings

from vconf.bookings.recurrence import to_instant
from vconf.integrations.ical.block import split_block
from vconf.integrations.ical.components import Component, read_calendar
from vconf.integrations.ical.dressing import Dressing, dressing_of, own_place
from vconf.integrations.ical.formatted import words_of
from vconf.integrations.ical.invalid import DATA, RESOURCE, InvalidCalendar
from vconf.integrations.ical.limits import USUAL, Limits
from vconf.integrations.ical.lines import Line
from vconf.integrations.ical.parsed import CalendarObject, ParsedEvent, ParsedParty
from vconf.integrations.ical.text import one_line, paragraphs
from vconf.integrations.ical.values import Clock, Time, address_of, end_after

__all__ = [
    "CalendarObject",
    "Dressing",
    "InvalidCalendar",
    "Limits",
    "ParsedEvent",
    "ParsedParty",
    "read_message",
    "read_object",
]

_TOKEN = re.compile(r"[A-Z0-9-]{1,40}")
_DAY = timedelta(days=1)
_LONGEST_UID = 255
_HIGHEST_SEQUENCE = 2**31 - 1


def read_object(octets: bytes, *, limits: Limits = USUAL, floating_zone: str | None = None) -> CalendarObject:
    """A calendar object resource: one UID, no METHOD.

    :param floating_zone: IANA zone of times that name none; None: that of the installation
    :raises InvalidCalendar: with the precondition of RFC 4791 (5.3.2.1) or RFC 6638 (3.2.4)
    """
    found = _read(octets, limits, floating_zone)
    if found.method:
        raise InvalidCalendar(RESOURCE, "METHOD in a calendar object")
    return found


def read_message(
    octets: bytes, *, limits: Limits = USUAL, floating_zone: str | None = None
) -> CalendarObject:
    """An iTIP message (RFC 5546) about one UID. Raises InvalidCalendar."""
    found = _read(octets, limits, floating_zone)
    if not found.method:
        raise InvalidCalendar("valid-scheduling-message", "no METHOD")
    return found


def _read(octets: bytes, limits: Limits, floating_zone: str | None) -> CalendarObject:
    calendar = read_calendar(octets, limits)
    _check_calendar(calendar)
    events = [part for part in calendar.parts if part.name == "VEVENT"]
    uid = _only_uid(events)
    clock = Clock(floating_zone or settings.VCONF_TIME_ZONE, definitions_of(calendar))

    masters = [event for event in events if event.one("RECURRENCE-ID") is None]
    if len(masters) > 1:
        raise InvalidCalendar(RESOURCE, "two events with one UID")
    if len(events) - len(masters) > limits.overrides:
        raise InvalidCalendar("max-instances", f"more than {limits.overrides} single dates")
    master = _event(masters[0], clock, limits, None) if masters else None
    dates: dict[datetime, tuple[Component, ParsedEvent]] = {}
    for component in events:
        if component.one("RECURRENCE-ID") is None:
            continue
        event = _event(component, clock, limits, master)
        assert event.recurrence_id is not None
        if event.recurrence_id in dates:
            raise InvalidCalendar(RESOURCE, "a date twice")
        dates[event.recurrence_id] = component, event
    overrides = [event for _, (_, event) in sorted(dates.items(), key=lambda item: item[0])]
    _check_organiser([*([master] if master else []), *overrides])
    dressing = dressing_of(
        calendar,
        masters[0] if masters else None,
        {f"{at:%Y%m%dT%H%M%S}": component for at, (component, _) in dates.items()},
        [part for part in calendar.parts if part.name not in ("VEVENT", "VTIMEZONE")],
        most_octets=limits.dressing,
    )
    return CalendarObject(
        method=_token(calendar.value("METHOD")),
        uid=uid,
        master=master,
        overrides=overrides,
        dressing=dressing,
        product=one_line(calendar.value("PRODID"))[:200],
    )


def definitions_of(calendar: Component) -> dict[str, Component]:
    """The VTIMEZONEs of a calendar by TZID."""
    return {
        tzid.strip('"'): part
        for part in calendar.parts
        if part.name == "VTIMEZONE" and (tzid := part.value("TZID"))
    }


def _check_calendar(calendar: Component) -> None:
    version = calendar.value("VERSION")
    if version and "2.0" not in version.split(";"):
        raise InvalidCalendar("supported-calendar-data", "not version 2.0")
    scale = calendar.value("CALSCALE").upper()
    if scale and scale != "GREGORIAN":
        raise InvalidCalendar(DATA, "not the Gregorian calendar")
    kinds = {part.name for part in calendar.parts if not part.name.startswith("X-")} - {"VTIMEZONE"}
    if len(kinds) > 1:
        raise InvalidCalendar(RESOURCE, "components of several kinds")
    if not kinds:
        raise InvalidCalendar(RESOURCE, "no event")
    if kinds != {"VEVENT"}:
        raise InvalidCalendar("supported-calendar-component", "only events can be stored")


def _only_uid(events: list[Component]) -> str:
    uids = {_line_of_text(event, "UID") for event in events}
    if len(uids) > 1:
        raise InvalidCalendar(RESOURCE, "more than one UID")
    (uid,) = uids
    if not uid:
        raise InvalidCalendar(RESOURCE, "no UID")
    if len(uid) > _LONGEST_UID:
        raise InvalidCalendar(RESOURCE, f"a UID of more than {_LONGEST_UID} letters")
    return uid


def _check_organiser(events: list[ParsedEvent]) -> None:
    organisers = {one.organiser.address or one.organiser.uri for one in events if one.organiser is not None}
    if len(organisers) > 1:
        raise InvalidCalendar("same-organizer-in-all-components", "more than one ORGANIZER")


def _event(component: Component, clock: Clock, limits: Limits, master: ParsedEvent | None) -> ParsedEvent:
    counted = Counter(line.name for line in component.lines)
    for name in (
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RECURRENCE-ID",
        "ORGANIZER",
        "SUMMARY",
        "SEQUENCE",
    ):
        if counted[name] > 1:
            raise InvalidCalendar(DATA, f"{name} twice")
    if counted["ATTENDEE"] > limits.attendees:
        raise InvalidCalendar("max-attendees-per-instance", f"more than {limits.attendees} attendees")
    start_line = component.one("DTSTART")
    if start_line is None:
        raise InvalidCalendar(DATA, "no DTSTART")
    start = clock.time(start_line)
    duration, is_all_day = _length(component, clock, start)
    recurrence = _recurrence(component, clock, start, master)
    description = _description(component)
    location = component.one("LOCATION")
    return ParsedEvent(
        recurrence_id=None if recurrence is None else recurrence.local,
        recurrence_zone=start.zone if recurrence is None else recurrence.zone,
        starts_local=start.local,
        timezone=start.zone,
        duration=duration,
        is_all_day=is_all_day,
        is_floating=not start.is_date and not start_line.param("TZID") and not _is_utc(start_line),
        rrule=_rule(component, recurrence),
        rdate=_added(component, clock, start, duration, limits),
        exdate=_wall_times(component, "EXDATE", clock, start, limits),
        summary=_line_of_text(component, "SUMMARY"),
        description=description,
        location="" if location is None else one_line(own_place(location, component)),
        comment="\n".join(paragraphs(line.text) for line in component.all("COMMENT")[:10]),
        status=_token(component.value("STATUS")),
        transparent=component.value("TRANSP").upper() == "TRANSPARENT",
        sequence=_sequence(component.value("SEQUENCE")),
        stamp=_stamp(component, clock),
        organiser=next(map(party_of, component.all("ORGANIZER")), None),
        attendees=attendees_of(component),
        request_status=tuple(one_line(line.text) for line in component.all("REQUEST-STATUS")[:10]),
    )


# Times


def _length(component: Component, clock: Clock, start: Time) -> tuple[timedelta, bool]:
    """Elapsed time of the first date, and whether it is that of whole days."""
    end_line, duration = component.one("DTEND"), component.value("DURATION")
    if end_line is not None:
        end = clock.time(end_line)
        if end.is_date != start.is_date:
            raise InvalidCalendar(DATA, "DTSTART and DTEND of different kinds")
        ends_at = end.instant
    elif duration:
        ends_at = end_after(start, duration)
    elif start.is_date:
        ends_at = to_instant(start.local + _DAY, start.zone)
    else:
        ends_at = start.instant
    elapsed = ends_at - start.instant
    if elapsed < timedelta() or (start.is_date and not elapsed):
        raise InvalidCalendar(DATA, "an end before the start")
    # Exchange writes whole days as times from midnight to midnight
    whole_days = start.is_date or component.value("X-MICROSOFT-CDO-ALLDAYEVENT").upper() == "TRUE"
    return elapsed, whole_days


def _recurrence(component: Component, clock: Clock, start: Time, master: ParsedEvent | None) -> Time | None:
    """RECURRENCE-ID as wall time in the master's zone, whichever way it was written."""
    line = component.one("RECURRENCE-ID")
    if line is None:
        return None
    if line.param("RANGE"):
        raise InvalidCalendar(
            RESOURCE, "RANGE is not supported: this and following dates are a series of its own"
        )
    named = clock.time(line)
    if master is None:
        # in the zone of the date itself, unless that is but the way an instant was written
        zone = start.zone if named.zone == "UTC" else named.zone
        return Time(named.seen_in(zone), zone, named.is_date)
    if named.is_date and not master.is_all_day:
        return Time(datetime.combine(named.local, master.starts_local.time()), master.timezone)
    local = named.seen_in(master.timezone)
    # the rule counts in wall time: where an hour is skipped, the instant alone would name another
    by_rule = datetime.combine(local, master.starts_local.time())
    if by_rule != local and to_instant(by_rule, master.timezone) == named.instant and not named.is_date:
        local = by_rule
    return Time(local, master.timezone)


def _wall_times(
    component: Component, name: str, clock: Clock, start: Time, limits: Limits
) -> tuple[datetime, ...]:
    """The values of all lines of that name as wall times in the zone of DTSTART, ascending."""
    lines = component.all(name)
    if sum(line.value.count(",") + 1 for line in lines) > limits.dates:
        raise InvalidCalendar("max-instances", f"more than {limits.dates} values of {name}")
    found = set()
    for line in lines:
        for time in clock.times(line) if line.value.strip() else ():
            if time.is_date and not start.is_date:
                found.add(datetime.combine(time.local, start.local.time()))
            else:
                found.add(time.seen_in(start.zone))
    return tuple(sorted(found))


def _added(
    component: Component, clock: Clock, start: Time, duration: timedelta, limits: Limits
) -> tuple[datetime, ...]:
    for line in component.all("RDATE"):
        if line.param("VALUE").upper() == "PERIOD":
            _check_periods(line, clock, duration)
    return _wall_times(component, "RDATE", clock, start, limits)


def _check_periods(line: Line, clock: Clock, duration: timedelta) -> None:
    """A date that is added may be of another length; then it has to be told as a single date."""
    for begin, value in zip(clock.times(line), line.value.split(","), strict=True):
        _, _, end = value.partition("/")
        if end.strip().upper().startswith("P"):
            ends_at = end_after(begin, end)
        else:
            ends_at = clock.time(Line(line.name, end, {"TZID": line.params.get("TZID", ())})).instant
        if ends_at - begin.instant != duration:
            raise InvalidCalendar(RESOURCE, "RDATE of another length than the event")


def _rule(component: Component, recurrence: Time | None) -> str:
    if component.one("EXRULE") is not None:
        raise InvalidCalendar(DATA, "EXRULE is no longer part of the standard")
    rule = component.value("RRULE")
    if rule and recurrence is not None:
        raise InvalidCalendar(RESOURCE, "a single date with a rule of its own")
    return rule


def _is_utc(line: Line) -> bool:
    return line.value.strip()[-1:] in ("Z", "z")


def _stamp(component: Component, clock: Clock) -> datetime | None:
    """DTSTAMP as an instant; None if it is missing or unreadable: nothing depends on it in a calendar."""
    line = component.one("DTSTAMP")
    try:
        return None if line is None else clock.time(line).instant
    except InvalidCalendar:
        return None


# Words and people


def _line_of_text(component: Component, name: str) -> str:
    line = component.one(name)
    return "" if line is None else one_line(line.text)


def _description(component: Component) -> str:
    """The text of a person: DESCRIPTION, else the formatted text stripped of its formatting, without our block."""
    line = component.one("DESCRIPTION")
    if line is not None and line.value.strip():
        text = line.text
    elif (formatted := component.one("X-ALT-DESC")) is not None:
        text = words_of(formatted.text)
    else:
        return ""
    return split_block(paragraphs(text))[0]


def _sequence(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", value):
        return 0
    return min(int(value), _HIGHEST_SEQUENCE)


def _token(value: str) -> str:
    upper = value.strip().upper()
    return upper if _TOKEN.fullmatch(upper) else ""


def attendees_of(component: Component) -> tuple[ParsedParty, ...]:
    """Each address once: the first line about somebody counts."""
    parties: dict[str, ParsedParty] = {}
    for party in map(party_of, component.all("ATTENDEE")):
        parties.setdefault(party.address or party.uri, party)
    return tuple(parties.values())


def party_of(line: Line) -> ParsedParty:
    """Somebody named by an ORGANIZER or ATTENDEE line."""

    def token(name: str, usual: str) -> str:
        return _token(line.param(name)) or usual

    sent_by = line.param("SENT-BY")
    return ParsedParty(
        address=address_of(line.value, line.param("EMAIL")),
        uri=one_line(line.value),
        name=one_line(line.param("CN").replace("\\,", ",").replace("\\;", ";"))[:200],
        role=token("ROLE", "REQ-PARTICIPANT"),
        partstat=token("PARTSTAT", "NEEDS-ACTION"),
        cutype=token("CUTYPE", "INDIVIDUAL"),
        schedule_agent=token("SCHEDULE-AGENT", "SERVER"),
        force_send=token("SCHEDULE-FORCE-SEND", ""),
        sent_by=address_of(sent_by) if sent_by else "",
        rsvp=token("RSVP", "FALSE") == "TRUE",
    )
