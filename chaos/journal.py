# SPDX-License-Identifier: EUPL-1.2
"""What the people of the load asked for and were told. Written by many threads."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from chaos.history import AnswerPromise, EventPromise, MailPromise, Promise, Shown, Standing

#: states of a date that does not take place
DROPPED = ("cancelled", "refused")


@dataclass(frozen=True, slots=True)
class Answered:
    """One request that was answered: when it was sent, and when and at which door it was answered."""

    sent_at: float
    at: float
    door: str
    changed_something: bool


@dataclass(slots=True)
class Journal:
    """surprises: answers that nothing explains. `unanswered` counts tries that ended without an answer, by reason.

    events: what calendar clients made. answers: (UID, address of who answered) -> the last one. invitations: of rooms,
    by mail.
    """

    promises: dict[str, Promise] = field(default_factory=dict)
    events: list[EventPromise] = field(default_factory=list)
    answers: dict[tuple[str, str], AnswerPromise] = field(default_factory=dict)
    invitations: list[MailPromise] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    operations: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    retried: int = 0
    surprises: list[str] = field(default_factory=list)
    board_news_at: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wish(self, key: str) -> Promise:
        """A new booking is asked for; nobody knows yet what becomes of it."""
        with self.lock:
            promise = self.promises[key] = Promise(key)
        return promise

    def tell(self, promise: Promise, body: dict[str, Any]) -> None:
        """An answer showed the booking like this."""
        shown = shown_in(body)
        with self.lock:
            promise.shown = shown
            promise.standing = Standing.CANCELLED if shown.cancelled else Standing.BOOKED

    def refuse(self, promise: Promise, code: str) -> None:
        with self.lock:
            promise.standing, promise.refusal = Standing.REFUSED, code
            self.refusals[code] += 1

    def count(self, operation: str, tries: int) -> None:
        """An operation got its answer at its so manieth try."""
        with self.lock:
            self.operations[operation] += 1
            self.retried += tries > 1

    def miss(self, reason: str) -> None:
        with self.lock:
            self.unanswered[reason] += 1

    def note(self, answered: Answered) -> None:
        with self.lock:
            self.answered.append(answered)

    def surprise(self, what: str) -> None:
        with self.lock:
            self.surprises.append(what)


def shown_in(body: dict[str, Any]) -> Shown:
    """A booking as the API answers it."""
    dates = [date for date in body["occurrences"] if date["state"] not in DROPPED]
    return Shown(
        booking_id=body["id"],
        uid=body["uid"],
        version=body["version"],
        cancelled=body["status"] == "cancelled",
        title=body["title"],
        seats=body["seats"],
        room_id=body["room"]["id"],
        organiser=body["organiser"]["email"].lower(),
        attendees=tuple(sorted(one["email"].lower() for one in body["attendees"])),
        dates=tuple(sorted((date["starts_at"], date["ends_at"]) for date in dates)),
    )
