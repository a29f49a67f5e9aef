# SPDX-License-Identifier: EUPL-1.2
"""C:filter (RFC 4791, 9.7): read once and checked, then asked of each calendar object.

Times are decided by the dates of the booking, which the database has (`query.py`); what is asked of an object here is
the rest: which components, properties, parameters and texts it has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vconf.bookings.recurrence import to_instant
from vconf.integrations.caldav.collations import COLLATIONS, DEFAULT
from vconf.integrations.caldav.http import Refused
from vconf.integrations.caldav.xml import Element
from vconf.integrations.ical.components import Component
from vconf.integrations.ical.lines import Line

#: what stands in a calendar object of ours besides VEVENT, and within that
_INNER = {"VCALENDAR": {"VEVENT", "VTIMEZONE"}, "VEVENT": {"VALARM"}, "VTIMEZONE": {"STANDARD", "DAYLIGHT"}}
#: comparisons of one request
MOST_FILTERS = 200
#: no date of ours lies outside; programs that want all there is name the first and last moment they know, near which
#: there is no room for another zone or an alarm
EARLIEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open range of time; None: no bound on that side."""

    starts_at: datetime | None
    ends_at: datetime | None

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        return (self.ends_at is None or starts_at < self.ends_at) and (
            self.starts_at is None or ends_at > self.starts_at
        )


@dataclass(frozen=True, slots=True)
class TextMatch:
    """prepared: the text that is looked for, as its collation compares it; that is made once, not for each object."""

    prepared: str
    collation: str
    negated: bool

    @classmethod
    def of(cls, text: str, collation: str, *, negated: bool) -> TextMatch:
        return cls(COLLATIONS[collation](text), collation, negated)

    def holds(self, value: str) -> bool:
        return (self.prepared in COLLATIONS[self.collation](value)) is not self.negated


@dataclass(frozen=True, slots=True)
class ParamFilter:
    """defined: False asks for its absence."""

    name: str
    defined: bool
    text: TextMatch | None

    def holds(self, line: Line) -> bool:
        if self.name not in line.params:
            return not self.defined
        return self.defined and (self.text is None or self.text.holds(line.param(self.name)))


@dataclass(frozen=True, slots=True)
class PropFilter:
    name: str
    defined: bool
    window: Window | None
    text: TextMatch | None
    params: Sequence[ParamFilter]

    def holds(self, component: Component) -> bool:
        """One line of that name has all that is asked for."""
        lines = component.all(self.name)
        if not self.defined:
            return not lines
        return any(self._holds_for(line) for line in lines)

    def _holds_for(self, line: Line) -> bool:
        if self.window is not None:
            at = _instant(line)
            if at is None or not self.window.overlaps(at, at) or at == self.window.ends_at:
                return False
        if self.text is not None and not self.text.holds(line.text):
            return False
        return all(one.holds(line) for one in self.params)


@dataclass(frozen=True, slots=True)
class CompFilter:
    name: str
    defined: bool
    window: Window | None
    props: Sequence[PropFilter]
    comps: Sequence[CompFilter]

    def holds_in(self, around: Component) -> bool:
        parts = [part for part in around.parts if part.name == self.name]
        if not self.defined:
            return not parts
        return any(self.holds_for(part) for part in parts)

    def holds_for(self, component: Component) -> bool:
        return all(one.holds(component) for one in self.props) and all(
            one.holds_in(component) for one in self.comps
        )

    @property
    def alarms(self) -> Sequence[Window]:
        """When alarms of an event have to go off."""
        return [one.window for one in self.comps if one.name == "VALARM" and one.window is not None]

    @property
    def is_bare(self) -> bool:
        """Whether nothing but presence and time is asked for."""
        return not self.props and not self.comps


@dataclass(frozen=True, slots=True)
class Filter:
    """calendar: what is asked of VCALENDAR; None if no object of ours can match. window: of dates (VEVENT)."""

    calendar: CompFilter | None

    @property
    def events(self) -> Sequence[CompFilter]:
        """What is asked of VEVENT and has it there."""
        if self.calendar is None:
            return ()
        return [one for one in self.calendar.comps if one.name == "VEVENT" and one.defined]

    @property
    def windows(self) -> Sequence[Window]:
        return [one.window for one in self.events if one.window is not None]

    @property
    def needs_text(self) -> bool:
        """Whether the objects themselves have to be looked at."""
        if self.calendar is None:
            return False
        if self.calendar.props:
            return True
        return any(one.name != "VEVENT" or not one.is_bare for one in self.calendar.comps)

    def holds(
        self,
        calendar: Component,
        dates_in: Callable[[Window], Sequence[Component]],
        alarms_in: Callable[[Window], Sequence[Component]],
    ) -> bool:
        """Of one object. dates_in: window -> the VEVENTs of `calendar` that tell of dates in it; alarms_in: those with
        an alarm that goes off in it."""
        wanted = self.calendar
        if wanted is None or not all(one.holds(calendar) for one in wanted.props):
            return False
        for one in wanted.comps:
            if one.name == "VEVENT" and one.defined and (one.window is not None or one.alarms):
                events = None if one.window is None else dates_in(one.window)
                for window in one.alarms:
                    ringing = alarms_in(window)
                    events = [event for event in ringing if events is None or any(event is e for e in events)]
                if not any(one.holds_for(event) for event in events or ()):
                    return False
            elif not one.holds_in(calendar):
                return False
        return True


def read_filter(document: Element) -> Filter:
    """From the body of a calendar-query. Raises Refused with the precondition of RFC 4791, 7.8."""
    found = document.child("C:filter")
    if found is None:
        raise Refused(403, "C:valid-filter")
    tops = list(found.all("C:comp-filter"))
    if len(tops) != 1 or len(found.children) != 1:
        raise Refused(403, "C:valid-filter")
    reader = _Reader()
    top = reader.comp(tops[0])
    if top.window is not None:
        raise Refused(403, "C:valid-filter")
    if top.name != "VCALENDAR":
        return Filter(None)
    if not top.defined or _asks_for_the_absent(top):
        return Filter(None)
    return Filter(top)


def read_window(element: Element) -> Window:
    """C:time-range (RFC 4791, 9.9): both in UTC, one of them at least. Raises Refused.

    Cut to the time that we know of, so a window beyond is an empty one.
    """
    starts_at, ends_at = (_bound(element.attributes.get(name)) for name in ("start", "end"))
    if starts_at is None and ends_at is None:
        raise Refused(403, "C:valid-filter")
    if starts_at is not None and ends_at is not None and starts_at >= ends_at:
        raise Refused(403, "C:valid-filter")
    return Window(*(None if at is None else min(max(at, EARLIEST), LATEST) for at in (starts_at, ends_at)))


class _Reader:
    def __init__(self) -> None:
        self._count = 0

    def comp(self, element: Element) -> CompFilter:
        name = self._name(element)
        absent = self._is_absent(element)
        window = element.child("C:time-range")
        self._only(element, "C:is-not-defined", "C:time-range", "C:prop-filter", "C:comp-filter")
        return CompFilter(
            name,
            not absent,
            None if window is None else read_window(window),
            [self.prop(one) for one in element.all("C:prop-filter")],
            [self.comp(one) for one in element.all("C:comp-filter")],
        )

    def prop(self, element: Element) -> PropFilter:
        name = self._name(element)
        window = element.child("C:time-range")
        self._only(element, "C:is-not-defined", "C:time-range", "C:text-match", "C:param-filter")
        return PropFilter(
            name,
            not self._is_absent(element),
            None if window is None else read_window(window),
            self._text(element),
            [self._param(one) for one in element.all("C:param-filter")],
        )

    def _param(self, element: Element) -> ParamFilter:
        name = self._name(element)
        self._only(element, "C:is-not-defined", "C:text-match")
        return ParamFilter(name, not self._is_absent(element), self._text(element))

    def _text(self, element: Element) -> TextMatch | None:
        match = element.child("C:text-match")
        if match is None:
            return None
        collation = match.attributes.get("collation", "default")
        collation = DEFAULT if collation == "default" else collation
        if collation not in COLLATIONS:
            raise Refused(403, "C:supported-collation")
        negated = match.attributes.get("negate-condition", "no") == "yes"
        return TextMatch.of(match.text, collation, negated=negated)

    def _name(self, element: Element) -> str:
        self._count += 1
        name = element.attributes.get("name", "").strip().upper()
        if not name or self._count > MOST_FILTERS:
            raise Refused(403, "C:valid-filter")
        return name

    def _is_absent(self, element: Element) -> bool:
        if element.child("C:is-not-defined") is None:
            return False
        if len(element.children) > 1:
            raise Refused(403, "C:valid-filter")
        return True

    def _only(self, element: Element, *names: str) -> None:
        """What we do not know could be what matters."""
        if any(one.name not in names for one in element.children):
            raise Refused(403, "C:supported-filter")


def _asks_for_the_absent(calendar: CompFilter) -> bool:
    """Whether it asks for components that no object of ours has, such as tasks: nothing has to be read for that."""
    return any(one.defined and one.name not in _INNER["VCALENDAR"] for one in calendar.comps) or any(
        one.name == "VEVENT" and not one.defined for one in calendar.comps
    )


def _bound(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text.strip(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused(403, "C:valid-filter") from error


def _instant(line: Line) -> datetime | None:
    """The value of a property as an instant, if it is one."""
    value, tzid = line.value.strip(), line.param("TZID")
    try:
        if value.endswith("Z"):
            return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        local = datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall time in the line's zone
        return to_instant(local, tzid) if tzid else None
    except (ValueError, KeyError):
        return None
