# SPDX-License-Identifier: EUPL-1.2
"""The checker of `make chaos` finds nothing wrong with whole calendars, and names each seeded fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chaos.checker import violations
from chaos.history import (
    AnswerPromise,
    CalendarThere,
    EventPromise,
    EventThere,
    Found,
    Mail,
    Shown,
    Standing,
    Stored,
)

SABINE, TORSTEN = "sabine.thiel@im.mv.example", "torsten.beyer@laiv.mv.example"
NINE = "20270111T090000"


def href(key: str) -> str:
    return f"/dav/calendars/1/bookings/{key}.ics"


def event(key: str, **differing: object) -> EventThere:
    whole = EventThere(
        uid=f"{key}@chaos.example",
        summary=f"{key} 0",
        starts=NINE,
        sequence=0,
        organiser=SABINE,
        partstats={SABINE: "ACCEPTED", TORSTEN: "NEEDS-ACTION"},
    )
    return replace(whole, **differing)  # type: ignore[arg-type]


def promise(key: str, standing: Standing) -> EventPromise:
    uid = f"{key}@chaos.example"
    return EventPromise(key, SABINE, href(key), uid, standing, f"{key} 0", NINE, acknowledged=True)


def stored(key: str, *, cancelled: bool = False, refused: bool = False) -> Stored:
    shown = Shown(
        booking_id=f"id-{key}",
        uid=f"{key}@chaos.example",
        version=1,
        cancelled=cancelled,
        title=f"{key} 0",
        seats=4,
        room_id="room-1",
        organiser=SABINE,
        attendees=(),
        dates=(),
    )
    return Stored(shown, 0, refused=refused)


def calendar(*events: EventThere, **differing: object) -> CalendarThere:
    by_href = {href(one.uid.partition("@")[0]): one for one in events}
    etags = dict.fromkeys(by_href, '"1"')
    whole = CalendarThere(listed=etags, events=by_href, followed=dict(etags), since_first=dict(etags))
    return replace(whole, **differing)  # type: ignore[arg-type]


def history() -> tuple[list[EventPromise], dict[tuple[str, str], AnswerPromise], Found]:
    """One event as stored and accepted by somebody, one refused, one deleted."""
    events = [
        promise("c1", Standing.BOOKED),
        promise("c2", Standing.BOOKED),
        promise("c3", Standing.CANCELLED),
    ]
    answers = {("c1@chaos.example", TORSTEN): AnswerPromise("ACCEPTED", 0)}
    accepted = event("c1", partstats={SABINE: "ACCEPTED", TORSTEN: "ACCEPTED"})
    mails = (
        Mail("<1>", SABINE, "PUBLISH", "c1@chaos.example", 0, 0.0),
        Mail("<2>", SABINE, "", "", -1, 0.0, subject="Nicht gebucht: c2 0"),
        Mail("<3>", SABINE, "PUBLISH", "c3@chaos.example", 0, 0.0),
    )
    calendars = {
        SABINE: calendar(accepted, event("c2")),
        TORSTEN: calendar(accepted, inbox=(replace(accepted, method="REQUEST"),)),
    }
    bookings = (stored("c1"), stored("c2", refused=True), stored("c3", cancelled=True))
    return events, answers, Found(bookings=bookings, mails=mails, calendars=calendars)


def kinds(found: Found, answers: dict[tuple[str, str], AnswerPromise] | None = None) -> set[str]:
    events, given, _ = history()
    return {one.kind for one in violations([], found, events, given if answers is None else answers)}


def test_whole_calendars_have_no_violation() -> None:
    assert kinds(history()[2]) == set()


def of_sabine(**differing: object) -> Callable[[Found], Found]:
    return _of(SABINE, differing)


def of_torsten(**differing: object) -> Callable[[Found], Found]:
    return _of(TORSTEN, differing)


def _of(address: str, differing: dict[str, object]) -> Callable[[Found], Found]:
    def seed(found: Found) -> Found:
        changed = replace(found.calendars[address], **differing)  # type: ignore[arg-type]
        return replace(found, calendars={**found.calendars, address: changed})

    return seed


def with_event(place: str, there: EventThere | None) -> Callable[[Found], Found]:
    """Sabine's calendar with another event at that place, or none, however it is read."""

    def seed(found: Found) -> Found:
        events = {one: each for one, each in found.calendars[SABINE].events.items() if one != place}
        etags = dict.fromkeys(events, '"1"')
        if there is not None:
            events[place], etags[place] = there, '"1"'
        return of_sabine(events=events, listed=etags, followed=etags, since_first=etags)(found)

    return seed


def without_bookings(found: Found) -> Found:
    return replace(found, bookings=found.bookings[1:])


ACCEPTED = event("c1", partstats={SABINE: "ACCEPTED", TORSTEN: "ACCEPTED"})
REQUEST = replace(ACCEPTED, method="REQUEST")

#: fault -> kinds of violation it is reported as, and how it is made
FAULTS: dict[str, tuple[str, Callable[[Found], Found]]] = {
    "a stored event is gone": ("event lost", with_event(href("c2"), None)),
    "its booking is gone": ("lost, mail of nothing", without_bookings),
    "it has two bookings": (
        "doubled",
        lambda found: replace(
            found,
            bookings=(*found.bookings, stored("c2", refused=True)),
        ),
    ),
    "it is there with another UID": (
        "event not as told, event unasked",
        with_event(href("c2"), event("c2", uid="another")),
    ),
    "it has another title": (
        "event not as told",
        with_event(href("c1"), replace(ACCEPTED, summary="c1 7")),
    ),
    "it is at another time": (
        "event not as told",
        with_event(href("c2"), event("c2", starts="20270111T100000")),
    ),
    "a deleted event is there": ("event deleted and there", with_event(href("c3"), event("c3"))),
    "its booking was not cancelled": (
        "not as told",
        lambda found: replace(found, bookings=(*found.bookings[:2], stored("c3"))),
    ),
    "a standing one was cancelled": (
        "not as told",
        lambda found: replace(found, bookings=(stored("c1", cancelled=True), *found.bookings[1:])),
    ),
    "one UID stands twice": ("event doubled", with_event(href("copy"), event("c2"))),
    "an event that nobody stored": ("event unasked", with_event(href("c9"), event("c9"))),
    "a sync left something out": ("sync", of_torsten(followed={})),
    "a sync told an old ETag": ("sync", of_torsten(followed={href("c1"): '"0"'})),
    "a sync kept what is gone": ("sync", of_torsten(followed={href("c1"): '"1"', href("c3"): '"1"'})),
    "a long sync left something out": ("sync", of_torsten(since_first={})),
    "a listing left something out": ("sync", of_torsten(listed={}, followed={}, since_first={})),
    "an answer is gone": (
        "answer lost",
        with_event(href("c1"), replace(ACCEPTED, partstats={TORSTEN: "NEEDS-ACTION"})),
    ),
    "an invitation is missing": ("inbox", of_torsten(inbox=())),
    "an update is missing": (
        "inbox",
        of_torsten(events={href("c1"): replace(ACCEPTED, sequence=1)}),
    ),
    "two invitations to one meeting": ("inbox", of_torsten(inbox=(REQUEST, replace(REQUEST, sequence=1)))),
    "nobody was told of the refusal": (
        "mail missing",
        lambda found: replace(found, mails=(found.mails[0], found.mails[2])),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_is_named(fault: str) -> None:
    named, seed = FAULTS[fault]

    assert kinds(seed(history()[2])) == set(named.split(", "))


def test_an_answer_does_not_outlive_a_change_of_the_meeting() -> None:
    asked_again = replace(ACCEPTED, sequence=1, partstats={TORSTEN: "NEEDS-ACTION"})

    assert kinds(with_event(href("c1"), asked_again)(history()[2])) == set()


def test_what_was_never_answered_may_be_so_or_not() -> None:
    events, _, found = history()
    events[0].standing = Standing.UNANSWERED
    renamed = with_event(href("c1"), replace(ACCEPTED, summary="c1 7"))(found)

    assert list(violations([], renamed, events, {})) == []
    under_way = {("c1@chaos.example", TORSTEN): AnswerPromise("", 0)}
    unknown = with_event(href("c1"), replace(ACCEPTED, partstats={TORSTEN: "DECLINED"}))(found)
    assert kinds(unknown, under_way) == set()
