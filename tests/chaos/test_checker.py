# SPDX-License-Identifier: EUPL-1.2
"""The checker of `make chaos` can be trusted: it has nothing to say of a whole history, and names each seeded fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chaos.checker import count_mails, violations
from chaos.history import Found, Mail, MeetingThere, Promise, Shown, Standing, Stored

ANNA, BERND, GUEST = "anna@im.mv.example", "bernd@im.mv.example", "gast@example.org"


def shown(key: str, **differing: object) -> Shown:
    whole = Shown(
        booking_id=f"id-{key}",
        uid=f"uid-{key}",
        version=1,
        cancelled=False,
        title=f"{key} 0",
        seats=4,
        room_id="room-1",
        organiser=ANNA,
        attendees=(BERND, GUEST),
        dates=(("2027-01-11T08:00:00Z", "2027-01-11T09:00:00Z"),),
    )
    return replace(whole, **differing)  # type: ignore[arg-type]


def mails_of(key: str, *told: tuple[str, int, str]) -> list[Mail]:
    return [
        Mail(f"<{key}-{method}-{sequence}-{recipient}>", recipient, method, f"uid-{key}", sequence, 0.0)
        for method, sequence, recipient in told
    ]


def history() -> tuple[list[Promise], Found]:
    """One booking as made, one moved, one cancelled, one refused; one meeting runs."""
    moved = shown("k2", version=2, title="k2 7")
    cancelled = shown("k3", version=2, cancelled=True, dates=())
    promises = [
        Promise("k1", Standing.BOOKED, shown("k1")),
        Promise("k2", Standing.BOOKED, moved),
        Promise("k3", Standing.CANCELLED, cancelled),
        Promise("k4", Standing.REFUSED, refusal="slot_taken"),
    ]
    mails = [
        *mails_of("k1", ("PUBLISH", 0, ANNA), ("REQUEST", 0, BERND), ("REQUEST", 0, GUEST)),
        # nobody but the organiser had been told of it before it was moved
        *mails_of("k2", ("PUBLISH", 0, ANNA), ("PUBLISH", 1, ANNA), ("REQUEST", 1, BERND)),
        *mails_of("k2", ("REQUEST", 1, GUEST)),
        # the guest had not been invited yet when it was cancelled
        *mails_of("k3", ("PUBLISH", 0, ANNA), ("REQUEST", 0, BERND), ("PUBLISH", 1, ANNA)),
        *mails_of("k3", ("CANCEL", 1, BERND)),
    ]
    found = Found(
        bookings=(Stored(shown("k1"), 0), Stored(moved, 1), Stored(cancelled, 1)),
        mails=tuple(mails),
        meetings=(MeetingThere("vconf-1", "date-1"), MeetingThere("vconf-0", "date-1", running=False)),
        on_servers=(MeetingThere("vconf-1"), MeetingThere("vconf-0", running=False)),
    )
    return promises, found


def kinds(promises: list[Promise], found: Found) -> set[str]:
    return {violation.kind for violation in violations(promises, found)}


def test_a_whole_history_has_no_violation() -> None:
    assert violations(*history()) == []


def test_a_mail_taken_twice_is_counted_and_no_violation() -> None:
    promises, found = history()
    found = replace(found, mails=(*found.mails, found.mails[0]))

    assert violations(promises, found) == []
    count = count_mails(found.bookings, found.mails)
    assert (count.taken, count.distinct, count.repeated) == (12, 11, 1)


def test_what_was_never_told_because_of_something_newer_is_counted() -> None:
    _, found = history()

    # two people of the moved booking, one of the cancelled one
    assert count_mails(found.bookings, found.mails).superseded == 3


def without_booking(found: Found) -> Found:
    return replace(found, bookings=found.bookings[1:])


def without_mail(found: Found, *, place: int = 1) -> Found:
    return replace(found, mails=(*found.mails[:place], *found.mails[place + 1 :]))


def with_booking(found: Found, one: Shown, sequence: int = 0) -> Found:
    told = [("PUBLISH", sequence, ANNA), *(("REQUEST", sequence, address) for address in one.attendees)]
    mails = mails_of(one.uid.removeprefix("uid-"), *told)
    return replace(found, bookings=(*found.bookings, Stored(one, sequence)), mails=(*found.mails, *mails))


def with_first(found: Found, one: Shown) -> Found:
    return replace(found, bookings=(Stored(one, 0), *found.bookings[1:]))


#: fault -> kinds of violation it is reported as, and how it is made
FAULTS: dict[str, tuple[str, Callable[[Found], Found]]] = {
    "an acknowledged booking is gone": ("lost, mail of nothing", without_booking),
    "one key has two bookings": (
        "doubled",
        lambda found: with_booking(found, shown("k1", uid="uid-twin", booking_id="id-twin")),
    ),
    "a refused booking is there": ("refused and booked", lambda found: with_booking(found, shown("k4"))),
    "a booking nobody asked for": ("unasked", lambda found: with_booking(found, shown("k9"))),
    "another title": ("not as told", lambda found: with_first(found, shown("k1", title="k1 5"))),
    "another version": ("not as told", lambda found: with_first(found, shown("k1", version=2))),
    "a date less": ("not as told", lambda found: with_first(found, shown("k1", dates=()))),
    "a cancellation undone": (
        "not as told, mail missing",
        lambda found: replace(
            found, bookings=(*found.bookings[:2], Stored(shown("k3", version=2, dates=()), 1))
        ),
    ),
    "an invitation missing": ("mail missing", without_mail),
    "the organiser's mail missing": ("mail missing", lambda found: without_mail(found, place=0)),
    "an update missing": ("mail missing", lambda found: without_mail(found, place=5)),
    "a cancellation missing": ("mail missing", lambda found: without_mail(found, place=10)),
    "the same mail under two Message-IDs": (
        "mail doubled",
        lambda found: replace(found, mails=(*found.mails, replace(found.mails[0], message_id="<another>"))),
    ),
    "a mail of no booking": (
        "mail of nothing",
        lambda found: replace(found, mails=(*found.mails, *mails_of("k8", ("REQUEST", 0, BERND)))),
    ),
    "a mail of a change that was undone": (
        "mail too new",
        lambda found: replace(found, mails=(*found.mails, *mails_of("k1", ("REQUEST", 1, BERND)))),
    ),
    "two meetings for one date": (
        "meeting doubled",
        lambda found: replace(
            found,
            meetings=(*found.meetings, MeetingThere("vconf-2", "date-1")),
            on_servers=(*found.on_servers, MeetingThere("vconf-2")),
        ),
    ),
    "a meeting on both servers": (
        "meeting doubled",
        lambda found: replace(found, on_servers=(*found.on_servers, MeetingThere("vconf-1"))),
    ),
    "a meeting that runs nowhere": ("meeting missing", lambda found: replace(found, on_servers=())),
    "a meeting that is over and runs": (
        "meeting left over",
        lambda found: replace(found, on_servers=(*found.on_servers, MeetingThere("vconf-0"))),
    ),
    "a fact nobody looked at": ("outbox", lambda found: replace(found, not_fanned_out=1)),
    "a delivery never made": ("outbox", lambda found: replace(found, pending=1)),
    "a delivery given up": ("outbox", lambda found: replace(found, parked=1)),
    "an audit that finds something": ("audit", lambda found: replace(found, findings=("invariant 1",))),
    "a listener who sees something else": (
        "board",
        lambda found: replace(found, boards={"one": ("room-1",)}),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_is_named(fault: str) -> None:
    named, seed = FAULTS[fault]
    promises, found = history()

    assert kinds(promises, seed(found)) == set(named.split(", "))


def test_what_was_never_answered_may_be_there_or_not() -> None:
    promises, found = history()
    promises[0].standing = Standing.UNANSWERED
    promises.append(Promise("k5"))

    assert violations(promises, with_first(found, shown("k1", title="k1 5"))) == []
    assert violations(promises, with_booking(found, shown("k5"))) == []
