# SPDX-License-Identifier: EUPL-1.2
"""The checker of `make chaos` finds nothing wrong with rooms that answered, and names each seeded fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chaos.checker import violations
from chaos.history import Found, Mail, MailPromise, Shown, Standing, Stored

NELE = "nele.jacobs@lpbk.mv.example"


def stored(key: str, *, cancelled: bool = False, refused: bool = False) -> Stored:
    shown = Shown(
        booking_id=f"id-{key}",
        uid=f"{key}@chaos.example",
        version=1,
        cancelled=cancelled,
        title=f"{key} 0",
        seats=4,
        room_id="room-1",
        organiser=NELE,
        attendees=(),
        dates=(),
    )
    return Stored(shown, 0, refused=refused, by_mail=True)


def reply(key: str, sequence: int, message_id: str = "") -> Mail:
    name = message_id or f"<{key}-{sequence}>"
    return Mail(name, NELE, "REPLY", f"{key}@chaos.example", sequence, 0.0)


def history() -> tuple[list[MailPromise], Found]:
    """One invitation accepted and then moved, which was refused; one refused; one cancelled before it was answered."""
    invitations = [
        MailPromise("m1", NELE, "m1@chaos.example", Standing.BOOKED, 1),
        MailPromise("m2", NELE, "m2@chaos.example", Standing.BOOKED, 0),
        MailPromise("m3", NELE, "m3@chaos.example", Standing.CANCELLED, 1),
    ]
    mails = (reply("m1", 0), reply("m1", 1), reply("m2", 0))
    bookings = (stored("m1"), stored("m2", refused=True), stored("m3", cancelled=True))
    return invitations, Found(bookings=bookings, mails=mails)


def kinds(found: Found) -> set[str]:
    return {one.kind for one in violations([], found, invitations=history()[0])}


def test_rooms_that_answered_have_no_violation() -> None:
    assert kinds(history()[1]) == set()


#: fault -> kinds of violation it is reported as, and how it is made
FAULTS: dict[str, tuple[str, Callable[[Found], Found]]] = {
    "what was taken by mail came to nothing": (
        "lost, mail of nothing",
        lambda found: replace(found, bookings=found.bookings[1:]),
    ),
    "it was booked twice": (
        "doubled",
        lambda found: replace(found, bookings=(*found.bookings, stored("m1"))),
    ),
    "a cancellation was not carried out": (
        "not as told",
        lambda found: replace(found, bookings=(*found.bookings[:2], stored("m3"))),
    ),
    "the room says nothing to the newest": (
        "mail missing",
        lambda found: replace(found, mails=(found.mails[0], found.mails[2])),
    ),
    "the room says it twice": (
        "mail doubled",
        lambda found: replace(found, mails=(*found.mails, reply("m1", 1, "<another>"))),
    ),
    "the room answers what nobody asked": (
        "mail of nothing",
        lambda found: replace(found, mails=(*found.mails, reply("m9", 0))),
    ),
    "a mail was set aside": (
        "mail not done",
        lambda found: replace(found, not_done=("set_aside malformed",)),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_is_named(fault: str) -> None:
    named, seed = FAULTS[fault]

    assert kinds(seed(history()[1])) == set(named.split(", "))
