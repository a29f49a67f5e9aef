# SPDX-License-Identifier: EUPL-1.2
"""A booking as an iTIP message (RFC 5546): the text of REQUEST, CANCEL and PUBLISH.

Answers are octets with CRLF, folded at 75 (RFC 5545, 3.1). The same event always gives the same octets, so that a
message that is sent twice is the same message.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote

from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Parameters, vCalAddress, vRecur, vText

from vconf.integrations.ical.description import description_html, description_text
from vconf.integrations.ical.event import CalendarEvent, MovedDate, Party
from vconf.integrations.ical.objects import PRODID, UTC_NAMES, render_busy, render_object
from vconf.integrations.ical.text import ascii_address, one_line
from vconf.integrations.ical.timezones import vtimezone

__all__ = [
    "PRODID",
    "render_busy",
    "render_cancel",
    "render_copy",
    "render_object",
    "render_publish",
    "render_request",
]


def render_request(event: CalendarEvent, *, only: MovedDate | None = None) -> bytes:
    """METHOD:REQUEST (RFC 5546, 3.2.2): an invitation or its update, with all dates and all attendees; or `only` one
    date of a series, as it is now.
    """
    calendar = _calendar(event, "REQUEST")
    for component, date_event in _dates(event) if only is None else [_single_date(event, only)]:
        _add_people(component, date_event)
        _add_way_in(component, date_event)
        component.add("status", "CONFIRMED")
        component.add("x-microsoft-disallow-counter", "FALSE" if event.takes_counters else "TRUE")
        calendar.add_component(component)
    return _octets(calendar)


def render_cancel(
    event: CalendarEvent, *, uninvited: Collection[str] | None = None, only: MovedDate | None = None
) -> bytes:
    """METHOD:CANCEL (RFC 5546, 3.2.5), without link and PIN.

    :param uninvited: the addresses that are no longer invited to a meeting that takes place; None if it does not
    :param only: the one date of a series that does not take place
    """
    calendar = _calendar(event, "CANCEL")
    component = _all_dates(event) if only is None else _single_date(event, only)[0]
    component.add("location", _Text(one_line(event.room.name)))
    if uninvited is None:
        _add_people(component, event)
        component.add("status", "CANCELLED")
    else:
        _add_organiser(component, event)
        for address in uninvited:
            component.add("attendee", _address(Party(address=address)))
    calendar.add_component(component)
    return _octets(calendar)


def render_publish(event: CalendarEvent, *, cancelled: bool = False) -> bytes:
    """METHOD:PUBLISH (RFC 5546, 3.2.1): a copy to keep, which asks nobody for an answer and so names no attendee."""
    calendar = _calendar(event, "PUBLISH")
    for component, date_event in _dates(event):
        _add_organiser(component, event)
        if not cancelled:
            _add_way_in(component, date_event)
        component.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        calendar.add_component(component)
    return _octets(calendar)


def render_copy(event: CalendarEvent) -> bytes:
    """A single date to keep, for people who may know the organiser's name only. No iTIP message, so no METHOD.

    ORGANIZER would have to be an address (RFC 5545, 3.8.4.3); CONTACT (3.8.4.2) is text.
    """
    calendar = _calendar(event, None)
    component = _first_date(event)
    component.add("contact", _Text(one_line(event.organiser.name)))
    _add_way_in(component, event)
    component.add("status", "CONFIRMED")
    calendar.add_component(component)
    return _octets(calendar)


def _octets(calendar: Calendar) -> bytes:
    octets: bytes = calendar.to_ical(sorted=False)
    return octets


class _Text(vText):
    r"""TEXT (RFC 5545, 3.3.11). The library takes a backslash before an N for a line end and breaks `\\host\New`."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def _calendar(event: CalendarEvent, method: str | None) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    if method is not None:
        calendar.add("method", method)
    if event.timezone not in UTC_NAMES:
        instants = [event.starts_local, event.ends_at, *event.rdate]
        instants += [moved.ends_at for moved in event.moved]
        until = _until(event)
        years = [instant.year for instant in instants] + ([until.year] if until else [])
        calendar.add_component(vtimezone(event.timezone, min(years), max(years)))
    return calendar


def _dates(event: CalendarEvent) -> Iterator[tuple[Event, CalendarEvent]]:
    """The master with its rule, then an override for each date that was moved; each with what is true of it."""
    yield _all_dates(event), event
    for moved in event.moved:
        yield _single_date(event, moved)


def _all_dates(event: CalendarEvent) -> Event:
    master = _first_date(event)
    if event.rrule:
        master.add("rrule", _rule(event))
    if event.rdate:
        master.add("rdate", [_wall(event, local) for local in event.rdate])
    if event.exdate:
        master.add("exdate", [_wall(event, local) for local in event.exdate])
    return master


def _single_date(event: CalendarEvent, date: MovedDate) -> tuple[Event, CalendarEvent]:
    own = replace(event, room=date.room or event.room, title=date.title or event.title)
    return _moved_date(own, date), own


def _first_date(event: CalendarEvent) -> Event:
    component = _component(event)
    if event.is_series:
        # The wall time as booked: the rule counts from it, even if the first date falls into a skipped hour.
        component.add("dtstart", _wall(event, event.starts_local))
        component.add("dtend", _written(event, event.ends_at))
    else:
        _add_interval(component, event, event.starts_at, event.ends_at)
    _add_words(component, event)
    return component


def _moved_date(event: CalendarEvent, moved: MovedDate) -> Event:
    component = _component(event)
    component.add("recurrence-id", _wall(event, moved.recurrence_id))
    _add_interval(component, event, moved.starts_at, moved.ends_at)
    _add_words(component, event)
    return component


def _component(event: CalendarEvent) -> Event:
    component = Event()
    component.add("uid", one_line(event.uid))
    component.add("dtstamp", event.stamp.astimezone(UTC))
    component.add("sequence", event.sequence)
    component.add("created", event.created_at.astimezone(UTC))
    component.add("last-modified", event.stamp.astimezone(UTC))
    return component


def _add_words(component: Event, event: CalendarEvent) -> None:
    component.add("summary", _Text(one_line(event.title)))
    component.add("class", "PUBLIC")
    component.add("transp", "OPAQUE")


def _add_way_in(component: Event, event: CalendarEvent) -> None:
    with translation.override(event.language):
        place = [*filter(None, [one_line(event.room.name)]), event.join_url]
        component.add("location", _Text(" – ".join(place)))
        component.add("description", _Text(description_text(event)))
        component.add("x-alt-desc", _Text(description_html(event)), parameters={"FMTTYPE": "text/html"})
        component.add("url", event.join_url)
        label = _("Join the video conference")
        conference = Parameters({"VALUE": "URI", "FEATURE": ["VIDEO", "AUDIO"], "LABEL": label})
        component.add("conference", event.join_url, parameters=conference)
        if event.phone:
            number = "tel:" + "".join(letter for letter in event.phone if letter in "+0123456789")
            dial_in = Parameters({"VALUE": "URI", "FEATURE": "PHONE", "LABEL": _("Phone")})
            component.add("conference", number, parameters=dial_in)


def _add_people(component: Event, event: CalendarEvent) -> None:
    _add_organiser(component, event)
    for attendee in event.attendees:
        is_organiser = attendee.address.lower() == event.organiser.address.lower()
        address = _address(attendee)
        address.params["CUTYPE"] = "INDIVIDUAL"
        address.params["ROLE"] = attendee.role
        address.params["PARTSTAT"] = "ACCEPTED" if is_organiser else attendee.partstat
        if attendee.rsvp and not is_organiser:
            address.params["RSVP"] = "TRUE"
        component.add("attendee", address)
    if event.room.address:
        room = _address(event.room)
        room.params["CUTYPE"] = "ROOM"
        room.params["ROLE"] = "NON-PARTICIPANT"
        room.params["PARTSTAT"] = "ACCEPTED"
        component.add("attendee", room)


def _add_organiser(component: Event, event: CalendarEvent) -> None:
    component.add("organizer", _address(event.organiser))


def _address(party: Party) -> vCalAddress:
    address = vCalAddress("mailto:" + quote(ascii_address(party.address), safe="@!$'*+-/=^_`{|}~."))
    # RFC 6868 could carry a double quote, but Outlook would show its escape.
    if name := one_line(party.name).replace('"', "'"):
        address.params["CN"] = name
    return address


def _add_interval(component: Event, event: CalendarEvent, starts_at: datetime, ends_at: datetime) -> None:
    """DTSTART and DTEND in the event's zone; both in UTC if the zone could not tell one of them."""
    written = [_written(event, starts_at), _written(event, ends_at)]
    if any(instant.tzinfo is UTC for instant in written):
        written = [starts_at.astimezone(UTC), ends_at.astimezone(UTC)]
    component.add("dtstart", written[0])
    component.add("dtend", written[1])


def _wall(event: CalendarEvent, local: datetime) -> datetime:
    return local.replace(tzinfo=UTC if event.timezone in UTC_NAMES else event.zone, fold=0)


def _written(event: CalendarEvent, instant: datetime) -> datetime:
    """An instant in the event's zone, or in UTC where wall time would mean the first of two hours (RFC 5545, 3.3.5)."""
    local = instant.astimezone(event.zone)
    if local.fold or event.timezone in UTC_NAMES:
        return instant.astimezone(UTC)
    return local


def _rule(event: CalendarEvent) -> vRecur:
    """The rule with UNTIL in UTC, as RFC 5545 (3.3.10) wants it beside a DTSTART with a zone."""
    rule: vRecur = vRecur.from_ical(event.rrule)
    until = _until(event)
    if until is not None:
        rule["UNTIL"] = [until]
    return rule


def _until(event: CalendarEvent) -> datetime | None:
    for until in vRecur.from_ical(event.rrule).get("UNTIL", ()) if event.rrule else ():
        if isinstance(until, datetime):
            return (until if until.tzinfo else _wall(event, until)).astimezone(UTC)
        if isinstance(until, date):
            last_second = datetime.combine(until, time.max, event.zone) - timedelta(microseconds=999_999)
            return last_second.astimezone(UTC)
    return None
