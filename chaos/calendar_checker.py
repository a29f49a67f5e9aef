# SPDX-License-Identifier: EUPL-1.2
"""What calendar clients were told, against what they read at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from chaos.history import AnswerPromise, CalendarThere, EventPromise, EventThere, Standing, Violation


def calendar_violations(
    promises: Sequence[EventPromise],
    answers: Mapping[tuple[str, str], AnswerPromise],
    calendars: Mapping[str, CalendarThere],
) -> Iterator[Violation]:
    """answers: (UID, address) -> the last one. calendars: by the address of whose they are."""
    for address, calendar in calendars.items():
        yield from _ways_to_read(address, calendar)
        yield from _doubled(address, calendar)
        own = [one for one in promises if one.calendar == address]
        yield from _events(own, calendar)
        known = {one.uid for one in own}
        for event in calendar.events.values():
            if event.organiser == address and event.uid not in known:
                yield Violation("event unasked", f"{event.uid} in the calendar of {address}")
        yield from _messages(address, calendar)
    yield from _answers(promises, answers, calendars)


def _ways_to_read(address: str, calendar: CalendarThere) -> Iterator[Violation]:
    """However a client reads a calendar, it knows the same afterwards."""
    for how, found in (
        ("who follows its tokens", calendar.followed),
        ("who knows its first token", calendar.since_first),
    ):
        differing = {
            href
            for href in calendar.listed.keys() | found.keys()
            if calendar.listed.get(href) != found.get(href)
        }
        for href in sorted(differing):
            yield Violation(
                "sync", f"{how} has {found.get(href)} at {href}, listed is {calendar.listed.get(href)}"
            )
    for href in sorted(calendar.listed.keys() ^ calendar.events.keys()):
        yield Violation("sync", f"{href} of {address} is either only listed or only read")


def _doubled(address: str, calendar: CalendarThere) -> Iterator[Violation]:
    for uid, count in Counter(event.uid for event in calendar.events.values()).items():
        if count > 1:
            yield Violation("event doubled", f"{uid} stands {count} times in the calendar of {address}")


def _events(promises: Sequence[EventPromise], calendar: CalendarThere) -> Iterator[Violation]:
    for promise in promises:
        there = calendar.events.get(promise.href)
        if promise.standing is Standing.CANCELLED:
            if there is not None:
                yield Violation("event deleted and there", promise.key)
        elif promise.standing is Standing.BOOKED:
            if there is None:
                yield Violation("event lost", f"{promise.key} at {promise.href}")
            else:
                yield from _differences(promise, there)


def _differences(promise: EventPromise, there: EventThere) -> Iterator[Violation]:
    for name in ("uid", "summary", "starts"):
        told, kept = getattr(promise, name), getattr(there, name)
        if told != kept:
            yield Violation("event not as told", f"{promise.key}: {name} is {kept!r}, told {told!r}")


def _messages(address: str, calendar: CalendarThere) -> Iterator[Violation]:
    """Of each meeting that somebody is invited to, one invitation lies in the inbox: the newest."""
    invitations = Counter(one.uid for one in calendar.inbox if one.method == "REQUEST")
    newest = {(one.uid, one.sequence) for one in calendar.inbox if one.method == "REQUEST"}
    for event in calendar.events.values():
        if event.organiser != address and (event.uid, event.sequence) not in newest:
            yield Violation("inbox", f"REQUEST {event.sequence} of {event.uid} is not in that of {address}")
    for uid, count in invitations.items():
        if count > 1:
            yield Violation("inbox", f"{count} invitations to {uid} lie in that of {address}")


def _answers(
    promises: Sequence[EventPromise],
    answers: Mapping[tuple[str, str], AnswerPromise],
    calendars: Mapping[str, CalendarThere],
) -> Iterator[Violation]:
    """In the organiser's calendar stands what was answered last, as long as the meeting is what it was then."""
    places = {one.uid: one for one in promises}
    for (uid, address), answer in answers.items():
        place = places.get(uid)
        there = None if place is None else calendars[place.calendar].events.get(place.href)
        if there is None or not answer.partstat or there.sequence != answer.sequence:
            continue
        kept = there.partstats.get(address)
        if kept != answer.partstat:
            yield Violation("answer lost", f"{address} is {kept} in {uid}, told {answer.partstat}")
