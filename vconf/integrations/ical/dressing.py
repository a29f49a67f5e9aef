# SPDX-License-Identifier: EUPL-1.2
"""Dressing: what the owner of a calendar has in an event that is not the booking's, kept word for word.

Alarms, categories, colours, a place of their own, parameters and properties nobody here knows. It belongs to one owner
and never reaches another's copy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from vconf.integrations.ical.block import split_block
from vconf.integrations.ical.components import Component
from vconf.integrations.ical.description import words_in
from vconf.integrations.ical.formatted import altrep_to_keep
from vconf.integrations.ical.invalid import InvalidCalendar
from vconf.integrations.ical.lines import Line, Parameters, escape, write_line
from vconf.integrations.ical.own import is_own_conference, is_own_link, own_place_taken_out
from vconf.integrations.ical.values import address_of

#: properties that the booking says, or that only make sense between the text's writer and reader
_BOOKED = frozenset(
    {
        "UID",
        "DTSTAMP",
        "SEQUENCE",
        "CREATED",
        "LAST-MODIFIED",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "EXRULE",
        "RECURRENCE-ID",
        "SUMMARY",
        "DESCRIPTION",
        "STATUS",
        "ORGANIZER",
        "ATTENDEE",
        "REQUEST-STATUS",
        "X-ALT-DESC",
    }
)
_PARTY = frozenset({"CN", "EMAIL", "SENT-BY", "SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND"})
#: properties whose further parameters are kept, with those that the booking says
_DRESSED: Mapping[str, frozenset[str]] = {
    "SUMMARY": frozenset(),
    "DESCRIPTION": frozenset({"ALTREP"}),
    "DTSTART": frozenset({"TZID", "VALUE"}),
    "DTEND": frozenset({"TZID", "VALUE"}),
    "ORGANIZER": _PARTY,
    "ATTENDEE": _PARTY | {"ROLE", "PARTSTAT", "RSVP"},
}
#: parameters that say nothing, for they say what is true without them
_USUAL = {
    "CUTYPE": frozenset({"INDIVIDUAL", "ROOM"}),
    "SCHEDULE-AGENT": frozenset({"SERVER"}),
    "VALUE": frozenset({"DATE-TIME"}),
}
#: calendar properties that are ours
_CALENDAR = frozenset({"VERSION", "PRODID", "CALSCALE", "METHOD"})


@dataclass(frozen=True, slots=True)
class ComponentDressing:
    """Of one VEVENT. lines: unfolded, as they came. params: by property, or `ATTENDEE:address`. parts: the lines of
    each component within, BEGIN and END included.
    """

    lines: tuple[str, ...] = ()
    params: Mapping[str, Parameters] = field(default_factory=dict)
    parts: tuple[tuple[str, ...], ...] = ()

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if self.lines:
            data["lines"] = list(self.lines)
        if self.params:
            data["params"] = {
                key: {name: list(values) for name, values in params.items()}
                for key, params in self.params.items()
            }
        if self.parts:
            data["parts"] = [list(part) for part in self.parts]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ComponentDressing:
        return cls(
            tuple(data.get("lines", ())),
            {
                key: {name: tuple(values) for name, values in params.items()}
                for key, params in data.get("params", {}).items()
            },
            tuple(tuple(part) for part in data.get("parts", ())),
        )


@dataclass(frozen=True, slots=True)
class Dressing:
    """Of one calendar object.

    calendar: lines of the VCALENDAR. dates: of single dates whose dressing is not that of the others, by recurrence id
    as naive wall time `YYYYMMDDTHHMMSS` in the master's zone. others: components beside the VEVENTs, as lines.
    """

    master: ComponentDressing = ComponentDressing()
    dates: Mapping[str, ComponentDressing] = field(default_factory=dict)
    calendar: tuple[str, ...] = ()
    others: tuple[tuple[str, ...], ...] = ()

    def of(self, recurrence_id: str) -> ComponentDressing:
        """The dressing of a date: its own, else the master's."""
        return self.dates.get(recurrence_id, self.master)

    def as_json(self) -> dict[str, Any]:
        """Plain data without empty parts; {} if there is nothing to keep."""
        data: dict[str, Any] = {}
        if master := self.master.as_json():
            data["master"] = master
        if self.dates:
            data["dates"] = {key: self.dates[key].as_json() for key in sorted(self.dates)}
        if self.calendar:
            data["calendar"] = list(self.calendar)
        if self.others:
            data["others"] = [list(part) for part in self.others]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Dressing:
        return cls(
            ComponentDressing.from_json(data.get("master", {})),
            {key: ComponentDressing.from_json(one) for key, one in data.get("dates", {}).items()},
            tuple(data.get("calendar", ())),
            tuple(tuple(part) for part in data.get("others", ())),
        )


NOTHING = Dressing()


def dressing_of(
    calendar: Component,
    master: Component | None,
    dates: Mapping[str, Component],
    others: Sequence[Component],
    *,
    most_octets: int,
) -> Dressing:
    """What is to be kept of a text. Raises InvalidCalendar (`max-resource-size`)."""
    of_master = ComponentDressing() if master is None else _of_component(master)
    of_dates = {key: _of_component(component) for key, component in dates.items()}
    dressing = Dressing(
        of_master,
        {key: one for key, one in of_dates.items() if one != of_master},
        tuple(line.raw for line in calendar.lines if line.name not in _CALENDAR),
        tuple(tuple(component.as_it_was()) for component in others),
    )
    if len(json.dumps(dressing.as_json(), ensure_ascii=False).encode()) > most_octets:
        raise InvalidCalendar("max-resource-size", f"more than {most_octets} octets of properties to keep")
    return dressing


def _of_component(component: Component) -> ComponentDressing:
    params: dict[str, Parameters] = {}
    for line in component.lines:
        known = _DRESSED.get(line.name)
        if known is None:
            continue
        further = {name: values for name, values in line.params.items() if _is_further(name, values, known)}
        if line.name == "DESCRIPTION" and (altrep := altrep_to_keep(line.param("ALTREP"))):
            further["ALTREP"] = (altrep,)
        if further:
            address = address_of(line.value, line.param("EMAIL")) or line.value.strip()
            params[f"ATTENDEE:{address}" if line.name == "ATTENDEE" else line.name] = further
    return ComponentDressing(
        tuple(_kept(component)),
        params,
        tuple(tuple(part.as_it_was()) for part in component.parts),
    )


def _is_further(name: str, values: tuple[str, ...], known: frozenset[str]) -> bool:
    return name not in known and not (name in _USUAL and ",".join(values).upper() in _USUAL[name])


def _kept(component: Component) -> Iterable[str]:
    for line in component.lines:
        if line.name in _BOOKED:
            continue
        if line.name == "LOCATION":
            if place := own_place(line, component):
                yield (
                    line.raw
                    if place == line.text.strip()
                    else write_line("LOCATION", escape(place), line.params)
                )
        elif line.name == "TRANSP":
            if line.params or line.value.strip().upper() != "OPAQUE":
                yield line.raw
        elif not _is_ours(line):
            yield line.raw


def _is_ours(line: Line) -> bool:
    return (line.name == "URL" and is_own_link(line.value)) or (
        line.name == "CONFERENCE" and is_own_conference(line)
    )


def own_place(line: Line, component: Component) -> str:
    """The client's own words of LOCATION, "" if we wrote all of them."""
    text = line.text.strip()
    place = own_place_taken_out(text)
    if place == text:
        return place
    description = component.one("DESCRIPTION")
    _, block = split_block("" if description is None else description.text)
    names = {one.param("CN").strip() for one in component.all("ATTENDEE")}
    names |= {fact.partition(": ")[2].strip() for fact in block.split("\n")}
    # what rooms are called that nobody chose
    names |= {words_in(language).title for language, _ in settings.LANGUAGES}
    return "" if place in names else place
