# SPDX-License-Identifier: EUPL-1.2
"""Bookings through doors that have no way to ask for a series in part: calendar programs and mails.

A series is booked as a whole unless the caller asked otherwise (design), so there it is the room's class that says
whether some dates may be left out. By default none is: who plans with twelve dates shall not find out about eleven.
Those that are over are no part of it: nobody plans with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone

from vconf.authorities.rights import Actor
from vconf.bookings.models import Booking
from vconf.bookings.requests import BookingRequest
from vconf.bookings.services import book
from vconf.bookings.under_way import with_dates_to_come
from vconf.errors import Refusal
from vconf.rooms.models import Room
from vconf.rooms.policies import policy_of


def book_unasked(wishes: Sequence[BookingRequest], *, actor: Actor) -> Booking:
    """Book the first of these wishes (one meeting in several rooms) that can be had; a series without the dates that
    have begun, and without some others where the class lets it. What cannot be had at all is stored as refused by the
    first. Raises like `book`.
    """
    now = timezone.now()
    wishes = [with_dates_to_come(wish, now=now) for wish in wishes]
    in_part = [wish for wish in wishes if _may_lose_dates(wish)]
    for wish in wishes if len(wishes) > 1 or in_part else ():
        try:
            return book(replace(wish, store_refused=False), actor=actor)
        except Refusal:
            continue
    for wish in in_part:
        try:
            return book(replace(wish, store_refused=False, partial=True), actor=actor)
        except Refusal:
            continue
    return book(replace(wishes[0], store_refused=True), actor=actor)


def _may_lose_dates(wish: BookingRequest) -> bool:
    """Where no room is named, no class has said so."""
    if wish.room_id is None or not (wish.rrule or wish.rdate):
        return False
    room = Room.objects.filter(id=wish.room_id).select_related("room_class").first()
    if room is None:
        return False
    policy = policy_of(room.room_class)
    return policy.partial_allowed and policy.partial_unasked
