# SPDX-License-Identifier: EUPL-1.2
"""Two ways in that carry out the same wishes: the services in this process, and a server's HTTP API."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import requests
from django.db import transaction

from history.calls import ZONE, Answer, Conflict, Refused, Wish
from history.journal import next_transaction
from history.world import World
from vconf.authorities.services import set_quota
from vconf.bookings.meetings import (
    close_occurrence,
    end_occurrence,
    meeting_attended,
    meeting_provisioned,
    open_occurrence,
)
from vconf.bookings.models import Booking, Occurrence
from vconf.bookings.requests import AttendeeRequest, BookingRequest, ChangeRequest
from vconf.bookings.retry import retried
from vconf.bookings.series import cancel_following, cancel_occurrence, change_occurrence, split_booking
from vconf.bookings.services import book, cancel, change
from vconf.errors import DomainError
from vconf.logs import bind_correlation_id
from vconf.rooms.services import change_room

TITLE = "Lagebesprechung"


class Door(Protocol):
    #: what can be wished for here
    kinds: frozenset[str]

    def carry_out(self, wish: Wish, call_id: str) -> Answer:
        """Raises Refused; everything else that it raises is an error."""


#: what the outside tells the inside about meetings; no caller has these as an operation
MEETINGS = frozenset({"open", "attend", "close"})
ASKED_FOR = frozenset(
    {
        "book", "change", "change_date", "following", "drop", "drop_following", "cancel", "end", "quota", "block",
    }
)  # fmt: skip


class ServiceDoor:
    """Calls the services as any door does."""

    kinds = ASKED_FOR | MEETINGS

    def __init__(self, world: World) -> None:
        self.world = world

    def carry_out(self, wish: Wish, call_id: str) -> Answer:
        next_transaction()
        bind_correlation_id(call_id)
        acts: dict[str, Callable[[Wish], Booking | None]] = {
            "book": self._book,
            "change": lambda w: change(_id(w.booking), _change(w), actor=self._actor(w)),
            "change_date": lambda w: change_occurrence(_id(w.date), _change(w), actor=self._actor(w)),
            "following": lambda w: split_booking(_id(w.date), _change(w), actor=self._actor(w)),
            "drop": lambda w: cancel_occurrence(
                _id(w.date), actor=self._actor(w), expected_version=w.expected_version
            ),
            "drop_following": lambda w: cancel_following(
                _id(w.date), actor=self._actor(w), expected_version=w.expected_version
            ),
            "cancel": lambda w: cancel(
                _id(w.booking), actor=self._actor(w), expected_version=w.expected_version
            ),
            "end": self._end,
            "open": self._open,
            "attend": self._attend,
            "close": self._close,
            "quota": self._quota,
            "block": self._block,
        }
        try:
            booking = acts[wish.kind](wish)
        except DomainError as error:
            numbers = {"limit": error.limit, "in_use": error.in_use, "asked": error.asked}
            raise Refused(
                error.code,
                {name: number for name, number in numbers.items() if number is not None},
                error.unit,
                tuple(Conflict(c.starts_at, c.ends_at, c.code) for c in error.conflicts),
            ) from error
        return Answer() if booking is None else Answer(booking.id, booking.version)

    def _actor(self, wish: Wish) -> Any:
        return self.world.actors[wish.who]

    def _book(self, wish: Wish) -> Booking:
        assert wish.starts_local is not None and wish.duration is not None
        request = BookingRequest(
            title=wish.title or TITLE,
            starts_local=wish.starts_local,
            duration=wish.duration,
            timezone=ZONE,
            room_id=wish.room,
            seats=wish.seats,
            attendees=_people(wish),
            rrule=wish.rrule,
            partial=wish.partial,
            idempotency_key=wish.key,
        )
        return book(request, actor=self._actor(wish))

    def _end(self, wish: Wish) -> None:
        end_occurrence(_id(wish.date), actor=self._actor(wish))

    def _open(self, wish: Wish) -> None:
        meeting = open_occurrence(_id(wish.date))
        meeting_provisioned(meeting.id, incarnation=str(meeting.epoch))

    def _attend(self, wish: Wish) -> None:
        meeting = open_occurrence(_id(wish.date))
        next_transaction()
        meeting_provisioned(meeting.id, incarnation=str(meeting.epoch))
        meeting_attended(meeting.id, people=wish.seats or 0, moderators=1)

    def _close(self, wish: Wish) -> None:
        """As if its end had come, if it lies in the wide room still: it may have been moved since it was chosen."""
        _close_in(self.world.wide.id, _id(wish.date))

    def _quota(self, wish: Wish) -> None:
        seats, meetings, hours = wish.limits
        set_quota(
            _id(wish.authority),
            {"concurrent_seats": seats, "concurrent_meetings": meetings, "seat_hours_per_month": hours},
            actor=self._actor(wish),
        )

    def _block(self, wish: Wish) -> None:
        change_room(_id(wish.room), actor=self._actor(wish), blocked_reason=wish.reason)


@retried
def _close_in(room_id: UUID, date_id: UUID) -> None:
    with transaction.atomic():
        booking_id = Occurrence.objects.values_list("booking_id", flat=True).get(id=date_id)
        Booking.objects.select_for_update(no_key=True).get(id=booking_id)
        # nobody moves it from here on, unless it went over to another booking just before
        date = Occurrence.objects.get(id=date_id)
        if (date.booking_id, date.room_id) == (booking_id, room_id):
            close_occurrence(date_id, now=date.ends_at)


class HttpDoor:
    """Calls a server at `base_url`; tokens: one of each person."""

    kinds = ASKED_FOR

    def __init__(self, base_url: str, tokens: Mapping[str, str]) -> None:
        self.base_url = base_url
        self.tokens = tokens
        self._local = threading.local()

    def carry_out(self, wish: Wish, call_id: str) -> Answer:
        method, path, body = self._request(wish)
        headers = {"Authorization": f"Bearer {self.tokens[wish.who]}", "X-Request-ID": call_id}
        if wish.key:
            headers["Idempotency-Key"] = wish.key
        if wish.expected_version is not None:
            headers["If-Match"] = f'"{wish.expected_version}"'
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        response = self._local.session.request(
            method, f"{self.base_url}/api/v1/{path}", json=body, headers=headers, timeout=60
        )
        if response.status_code >= 500:
            raise RuntimeError(f"{response.status_code}: {response.text[:300]}")
        found = response.json() if response.content else {}
        if response.status_code >= 400:
            names = ("limit", "in_use", "asked")
            raise Refused(
                found["code"],
                {name: found[name] for name in names if found.get(name) is not None},
                found.get("unit", ""),
                tuple(
                    Conflict(_instant(c["starts_at"]), _instant(c["ends_at"]), c["code"])
                    for c in found.get("conflicts", ())
                ),
            )
        if wish.kind in ("end", "quota", "block"):
            return Answer()
        # what is answered was read after the commit and may be somebody else's later version
        return Answer(UUID(found["id"]), found["version"], exact=False)

    def _request(self, wish: Wish) -> tuple[str, str, dict[str, Any] | None]:
        if wish.kind == "book":
            body = {**_body(wish), "title": wish.title or TITLE, "partial": wish.partial}
            return "POST", "bookings", {**body, "rrule": wish.rrule} if wish.rrule else body
        if wish.kind == "quota":
            names = ("concurrent_seats", "concurrent_meetings", "seat_hours_per_month")
            return (
                "PUT",
                f"authorities/{wish.authority}/quota",
                dict(zip(names, wish.limits, strict=True)),
            )
        if wish.kind == "block":
            return "PATCH", f"rooms/{wish.room}", {"blocked_reason": wish.reason}
        scope = "following" if wish.kind in ("following", "drop_following") else "this"
        date = f"occurrences/{wish.date}?scope={scope}"
        changes = {"change": f"bookings/{wish.booking}", "change_date": date, "following": date}
        if wish.kind in changes:
            return "PATCH", changes[wish.kind], _body(wish)
        if wish.kind == "end":
            return "POST", f"occurrences/{wish.date}/end", None
        return "DELETE", f"bookings/{wish.booking}" if wish.kind == "cancel" else date, None


def _id(value: UUID | None) -> UUID:
    assert value is not None
    return value


def _people(wish: Wish) -> tuple[AttendeeRequest, ...]:
    return tuple(AttendeeRequest(address=address) for address in wish.people or ())


def _change(wish: Wish) -> ChangeRequest:
    fields: dict[str, Any] = {
        "title": wish.title,
        "starts_local": wish.starts_local,
        "duration": wish.duration,
        "room_id": wish.room,
        "seats": wish.seats,
        "attendees": None if wish.people is None else _people(wish),
    }
    return ChangeRequest(
        **{name: value for name, value in fields.items() if value is not None},
        expected_version=wish.expected_version,
    )


def _body(wish: Wish) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "title": wish.title,
        "starts_at": None if wish.starts_local is None else wish.starts_local.isoformat(),
        "duration": None if wish.duration is None else _length(wish.duration),
        "timezone": None if wish.starts_local is None else ZONE,
        "room": None if wish.room is None else str(wish.room),
        "seats": wish.seats,
        "attendees": None if wish.people is None else [{"email": address} for address in wish.people],
    }
    return {name: value for name, value in fields.items() if value is not None}


def _length(duration: timedelta) -> str:
    return f"PT{int(duration.total_seconds() // 60)}M"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
