# SPDX-License-Identifier: EUPL-1.2
"""A booking as a calendar object (RFC 4791, 4.1): the text that calendar programs read and write back.

Not an iTIP message: no METHOD, the room's answer and the owner's dressing in it. The same values always give the same
octets. Written line by line, without the library's components: a calendar of 10,000 events is read in one request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote

from django.conf import settings

from vconf.bookings.recurrence import BadRule, expand, parse_rule, to_instant
from vconf.integrations.ical.description import block_text, words_in
from vconf.integrations.ical.dressing import NOTHING, ComponentDressing, Dressing
from vconf.integrations.ical.event import Answer, CalendarEvent, MovedDate, Party, Statuses
from vconf.integrations.ical.formatted import altrep_with_block
from vconf.integrations.ical.lines import Parameters, escape, folded, write_line, write_parameter
from vconf.integrations.ical.own import MARK
from vconf.integrations.ical.text import one_line, paragraphs
from vconf.integrations.ical.timezones import vtimezone

PRODID = "-//vconf//vconf 1//DE"
UTC_NAMES = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Zulu", "UCT", "Etc/Universal", "Universal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDate:
    """One VEVENT to be written: the master (without recurrence id) or a date.

    in_utc: all times as instants, as for programs that are to expand nothing themselves.
    """

    recurrence_id: datetime | None
    starts_at: datetime
    ends_at: datetime
    answer: Answer
    dressing: ComponentDressing
    moved: MovedDate | None = None
    in_utc: bool = False


def render_object(
    event: CalendarEvent, dressing: Dressing | None = None, *, statuses: Statuses | None = None
) -> bytes:
    """The whole object: master and single dates, with the zone.

    Single dates are those moved, those the room answers otherwise, and those the owner dressed otherwise.
    """
    dressing, statuses = dressing or NOTHING, statuses or Statuses()
    shown = [master_of(event, dressing, statuses), *overrides_of(event, dressing, statuses)]
    return written(event, dressing, statuses, shown)


def render_busy(event: CalendarEvent) -> bytes:
    """When somebody or a room is busy, and nothing else: no words, people, place or link.

    `event.uid` has to be one that says nothing either.
    """
    return _octets(_head(NOTHING) + _zone_octets(event) + folded(busy_lines(event)))


def render_collection(
    name: str, refreshed: str, parts: Sequence[tuple[CalendarEvent, Sequence[str]]]
) -> bytes:
    """Many events in one calendar that is subscribed to (RFC 7986, 5.1, 5.7): the lines of each, and every zone once.

    refreshed: how often to ask again, as a DURATION.
    """
    years: dict[str, tuple[int, int]] = {}
    for event, _ in parts:
        if (own := _years(event)) is not None:
            known = years.get(event.timezone, own)
            years[event.timezone] = (min(own[0], known[0]), max(own[1], known[1]))
    shown = escape(one_line(name))
    head = [f"NAME:{shown}", f"X-WR-CALNAME:{shown}"]
    head += [f"REFRESH-INTERVAL;VALUE=DURATION:{refreshed}", f"X-PUBLISHED-TTL:{refreshed}"]
    zones = b"".join(_vtimezone(tzid, first, last) for tzid, (first, last) in sorted(years.items()))
    return _octets(_BEGIN + folded(head) + zones + b"".join(folded(lines) for _, lines in parts))


def event_lines(event: CalendarEvent, statuses: Statuses) -> list[str]:
    """The VEVENTs of an event that nobody has dressed."""
    shown = [master_of(event, NOTHING, statuses), *overrides_of(event, NOTHING, statuses)]
    return [line for date in shown for line in _vevent(event, date, statuses)]


def busy_lines(event: CalendarEvent) -> list[str]:
    """Its VEVENTs that tell times only."""
    return _busy(event, [master_of(event, NOTHING, Statuses()), *overrides_of(event, NOTHING, Statuses())])


def busy_dates(event: CalendarEvent, shown: Sequence[ShownDate]) -> bytes:
    """The same with these VEVENTs, whose times are in UTC."""
    return _octets(_BEGIN + folded(_busy(event, shown)))


def _busy(event: CalendarEvent, shown: Sequence[ShownDate]) -> list[str]:
    lines = []
    for date in shown:
        lines += ["BEGIN:VEVENT", *_times(event, date)]
        lines += [
            f"SUMMARY:{escape(words_in(event.language).busy)}",
            "CLASS:CONFIDENTIAL",
            "TRANSP:OPAQUE",
            "STATUS:CONFIRMED",
            "END:VEVENT",
        ]
    return lines


def written(
    event: CalendarEvent,
    dressing: Dressing,
    statuses: Statuses,
    shown: Sequence[ShownDate],
    *,
    with_zone: bool = True,
) -> bytes:
    """The object with these VEVENTs."""
    zone = _zone_octets(event) if with_zone else b""
    lines: list[str] = []
    for date in shown:
        lines += _vevent(event, date, statuses)
    for other in dressing.others:
        lines += other
    return _octets(_head(dressing) + zone + folded(lines))


def master_of(event: CalendarEvent, dressing: Dressing, statuses: Statuses) -> ShownDate:
    return ShownDate(
        recurrence_id=None,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        answer=statuses.room,
        dressing=dressing.master,
    )


def overrides_of(event: CalendarEvent, dressing: Dressing, statuses: Statuses) -> Iterator[ShownDate]:
    """The dates that have a VEVENT of their own, by recurrence id."""
    if not event.is_series:
        return
    moved = {one.recurrence_id: one for one in event.moved}
    dressed = {
        at for key in dressing.dates if (at := _recurrence_id(key)) is not None and _is_date_of(event, at)
    }
    for at in sorted({*moved, *statuses.dates, *dressed}):
        yield shown_date(event, at, moved.get(at), dressing, statuses)


def shown_date(
    event: CalendarEvent,
    recurrence_id: datetime,
    moved: MovedDate | None,
    dressing: Dressing,
    statuses: Statuses,
    *,
    in_utc: bool = False,
) -> ShownDate:
    starts_at = to_instant(recurrence_id, event.timezone) if moved is None else moved.starts_at
    return ShownDate(
        recurrence_id=recurrence_id,
        starts_at=starts_at,
        ends_at=starts_at + event.duration if moved is None else moved.ends_at,
        answer=statuses.dates.get(recurrence_id, statuses.room),
        dressing=dressing.of(f"{recurrence_id:%Y%m%dT%H%M%S}"),
        moved=moved,
        in_utc=in_utc,
    )


def _recurrence_id(key: str) -> datetime | None:
    try:
        return datetime.strptime(key, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall time
    except ValueError:
        return None


def _is_date_of(event: CalendarEvent, at: datetime) -> bool:
    """Whether the event has this date: a VEVENT for another would add one (RFC 5545, 3.8.4.4)."""
    if at in event.exdate or at < event.starts_local:
        return False
    if at == event.starts_local or at in event.rdate:
        return True
    rule = parse_rule(event.rrule, event.timezone) if event.rrule else None
    found = expand(event.starts_local, event.duration, event.timezone, rule=rule, last_local=at, most=10_000)
    return any(date.recurrence_id == at for date in found.dates)


# The calendar around it


_BEGIN = folded(["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN"])


def _octets(body: bytes) -> bytes:
    return body + b"END:VCALENDAR\r\n"


def _head(dressing: Dressing) -> bytes:
    return _BEGIN + folded(dressing.calendar) if dressing.calendar else _BEGIN


def _zone_octets(event: CalendarEvent) -> bytes:
    years = _years(event)
    return b"" if years is None else _vtimezone(event.timezone, *years)


def _years(event: CalendarEvent) -> tuple[int, int] | None:
    """The first and last year that it names; None if its times are in UTC."""
    if event.timezone in UTC_NAMES:
        return None
    years = [event.starts_local.year, event.ends_at.year]
    years += [at.year for at in event.rdate]
    years += [at.year for moved in event.moved for at in (moved.recurrence_id, moved.ends_at)]
    if event.rrule:
        # a rule that counts its dates does not say when it ends, but no later than the horizon
        horizon = event.starts_local.year + 1 + settings.VCONF_HORIZON_DAYS // 365
        years.append(_rule(event.rrule, event.timezone)[1] or horizon)
    return min(years), max(years)


@lru_cache(maxsize=512)
def _vtimezone(tzid: str, first_year: int, last_year: int) -> bytes:
    octets: bytes = vtimezone(tzid, first_year, last_year).to_ical(sorted=False)
    return octets


@lru_cache(maxsize=4096)
def _rule(rrule: str, timezone: str) -> tuple[str, int]:
    """RRULE with UNTIL in UTC, as RFC 5545 (3.3.10) wants it beside a zone, and the last year named, 0 if none is."""
    try:
        rule = parse_rule(rrule, timezone)
    except BadRule:
        return rrule, 0
    return rule.to_rrule(timezone), 0 if rule.until is None else rule.until.year


# One VEVENT


def _vevent(event: CalendarEvent, date: ShownDate, statuses: Statuses) -> Iterator[str]:
    dressing = date.dressing
    dressed = {line[: _end_of_name(line)].upper() for line in dressing.lines}
    room = (date.moved.room if date.moved is not None else None) or event.room
    title = (date.moved.title if date.moved is not None else "") or event.title
    is_declined = date.answer.partstat == "DECLINED"
    yield "BEGIN:VEVENT"
    yield from _times(event, date)
    yield _dressed_line("SUMMARY", escape(one_line(title)), dressing)
    yield f"STATUS:{'CONFIRMED' if date.answer.partstat == 'ACCEPTED' else 'TENTATIVE'}"
    if "TRANSP" not in dressed:
        yield "TRANSP:OPAQUE"
    yield from _people(event, date, room, statuses)
    # without a link, a place that a program sends back could not be told from one of the owner's own
    if "LOCATION" not in dressed and not is_declined:
        place = filter(None, [one_line(room.name), event.join_url])
        yield f"LOCATION:{escape(' – '.join(place))}"
    yield _description(event, date, room)
    if event.join_url and not is_declined:
        if "URL" not in dressed:
            yield f"URL:{event.join_url}"
        yield from _ways_in(event)
    if date.answer.request_status:
        code, _semicolon, words = date.answer.request_status.partition(";")
        yield f"REQUEST-STATUS:{one_line(code)};{escape(one_line(words))}"
    yield from dressing.lines
    for part in dressing.parts:
        yield from part
    yield "END:VEVENT"


def _end_of_name(line: str) -> int:
    colon, semicolon = line.find(":"), line.find(";")
    return min(at for at in (colon, semicolon, len(line)) if at >= 0)


def _dressed_line(name: str, value: str, dressing: ComponentDressing) -> str:
    return write_line(name, value, dressing.params.get(name)) if dressing.params else f"{name}:{value}"


def _times(event: CalendarEvent, date: ShownDate) -> Iterator[str]:
    stamp = _utc(event.stamp)
    yield f"UID:{escape(one_line(event.uid))}"
    yield f"DTSTAMP:{stamp}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"CREATED:{_utc(event.created_at)}"
    yield f"LAST-MODIFIED:{stamp}"
    params = date.dressing.params
    if date.in_utc:
        yield f"DTSTART:{_utc(date.starts_at)}"
        yield f"DTEND:{_utc(date.ends_at)}"
        if date.recurrence_id is not None:
            yield f"RECURRENCE-ID:{_utc(to_instant(date.recurrence_id, event.timezone))}"
        return
    if date.recurrence_id is None and event.is_series:
        # The wall time as booked: the rule counts from it, even if the first date falls into a skipped hour.
        yield _wall("DTSTART", [event.starts_local], event.timezone, params.get("DTSTART"))
    else:
        yield _instant("DTSTART", date.starts_at, event, params.get("DTSTART"))
    yield _instant("DTEND", date.ends_at, event, params.get("DTEND"))
    if date.recurrence_id is not None:
        yield _wall("RECURRENCE-ID", [date.recurrence_id], event.timezone)
        return
    if event.rrule:
        yield f"RRULE:{_rule(event.rrule, event.timezone)[0]}"
    if event.rdate:
        yield _wall("RDATE", event.rdate, event.timezone)
    if event.exdate and event.is_series:
        yield _wall("EXDATE", event.exdate, event.timezone)


def _utc(instant: datetime) -> str:
    at = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return f"{at:%Y%m%dT%H%M%SZ}"


def _wall(name: str, walls: Sequence[datetime], timezone: str, params: Parameters | None = None) -> str:
    if timezone in UTC_NAMES:
        return write_line(name, ",".join(f"{wall:%Y%m%dT%H%M%SZ}" for wall in walls), params)
    values = ",".join(f"{wall:%Y%m%dT%H%M%S}" for wall in walls)
    return write_line(f"{name};TZID={timezone}", values, params)


def _instant(name: str, instant: datetime, event: CalendarEvent, params: Parameters | None = None) -> str:
    """In the event's zone, or in UTC where wall time would mean the first of two hours (RFC 5545, 3.3.5)."""
    local = instant.astimezone(event.zone)
    if local.fold:
        return write_line(name, _utc(instant), params)
    return _wall(name, [local], event.timezone, params)


def _description(event: CalendarEvent, date: ShownDate, room: Party) -> str:
    """The text, and our block below it; the same once more as formatted text if the owner had some."""
    text, block = paragraphs(event.description), block_text(event, room, date.answer)
    value = escape(f"{text}\n\n{block}" if text else block)
    params = dict(date.dressing.params.get("DESCRIPTION", {}))
    if formatted := params.pop("ALTREP", None):
        link = "" if date.answer.partstat == "DECLINED" else event.join_url
        if altrep := altrep_with_block(formatted[0], text, block, link):
            params["ALTREP"] = (altrep,)
    return write_line("DESCRIPTION", value, params)


def _ways_in(event: CalendarEvent) -> Iterator[str]:
    """CONFERENCE (RFC 7986, 5.11)."""
    words = words_in(event.language)
    params = f";VALUE=URI;FEATURE=VIDEO,AUDIO{write_parameter('LABEL', [words.join])};{MARK}=TRUE"
    yield f"CONFERENCE{params}:{event.join_url}"
    if number := "".join(letter for letter in event.phone if letter in "+0123456789"):
        params = f";VALUE=URI;FEATURE=PHONE{write_parameter('LABEL', [words.phone])};{MARK}=TRUE"
        yield f"CONFERENCE{params}:tel:{number}"


# People


def _people(event: CalendarEvent, date: ShownDate, room: Party, statuses: Statuses) -> Iterator[str]:
    """ORGANIZER and ATTENDEEs, if there are any to organise something for (RFC 5545, 3.8.4.3)."""
    if not event.attendees and not room.address:
        return
    organiser = event.organiser.address.lower()
    if organiser:
        params = _common_params(event.organiser)
        if event.organiser.sent_by:
            params["SENT-BY"] = (_uri(event.organiser.sent_by.lower()),)
        params = {**params, **date.dressing.params.get("ORGANIZER", {}), **params}
        yield write_line("ORGANIZER", _uri(organiser), params)
    elif name := one_line(event.organiser.name):
        yield f"CONTACT:{escape(name)}"
    answers = {} if date.moved is None else date.moved.answers
    for attendee in event.attendees:
        address = attendee.key
        partstat = "ACCEPTED" if address == organiser else answers.get(address, attendee.partstat)
        params = {**_common_params(attendee), "ROLE": (attendee.role,), "PARTSTAT": (partstat,)}
        if partstat == "NEEDS-ACTION":
            params["RSVP"] = ("TRUE",)
        yield _attendee(attendee, params, date.dressing, statuses)
    if room.address:
        params = _common_params(room)
        params |= {"CUTYPE": ("ROOM",), "ROLE": ("NON-PARTICIPANT",), "PARTSTAT": (date.answer.partstat,)}
        yield _attendee(room, params, date.dressing, statuses)


def _attendee(
    party: Party, params: dict[str, tuple[str, ...]], dressing: ComponentDressing, statuses: Statuses
) -> str:
    if delivered := statuses.delivery.get(party.key):
        params["SCHEDULE-STATUS"] = (delivered,)
    # what is known here, such as that somebody is a room, counts more
    params = {**params, **dressing.params.get(f"ATTENDEE:{party.key}", {}), **params}
    return write_line("ATTENDEE", party.uri or _uri(party.key), params)


def _common_params(party: Party) -> dict[str, tuple[str, ...]]:
    name = one_line(party.name)
    return {"CN": (name,)} if name else {}


@lru_cache(maxsize=8192)
def _uri(address: str) -> str:
    """RFC 6068. Percent-encoded, not IDNA: programs send it back, and it has to be the same address then."""
    return "mailto:" + quote(one_line(address), safe="@!$'*+-/=^_`{|}~.")
