# SPDX-License-Identifier: EUPL-1.2
"""What a request has to be before it is weighed: words, numbers, zone, people, the room and who is charged.

Nothing here needs a lock. What cannot be understood raises Invalid and names the field; what is not the actor's
raises NotFound or Forbidden; what the room's class rules out is a Refusal with numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import persons_by_addresses
from vconf.bookings import policing
from vconf.bookings.errors import (
    BeyondHorizon,
    InPast,
    NoSuchRoom,
    RoomBlocked,
    RoomTooSmall,
    TooLong,
    TooSoon,
)
from vconf.bookings.models import AttendeeRole
from vconf.bookings.recurrence import Date, dates_of, zone
from vconf.bookings.requests import AttendeeRequest, BookingRequest, Unset
from vconf.bookings.spans import Span
from vconf.errors import Forbidden, Invalid, NotFound, Text
from vconf.rooms.models import Room
from vconf.rooms.policies import Policy, policy_of
from vconf.rooms.selectors import room_classes_visible_to, rooms_bookable_by, rooms_visible_to

LONGEST = timedelta(hours=24)
SHORTEST = timedelta(minutes=1)
#: somebody who takes a minute to fill in the form still gets the quarter-hour that just began
GRACE = timedelta(minutes=15)
MOST_ATTENDEES = 500
#: RFC 5321, 4.5.3.1.3
LONGEST_ADDRESS = 254
LONGEST_COMMENT = 500
#: a week
MOST_REMIND_MINUTES = 7 * 24 * 60
MOST_SEATS = 100_000
MOST_SEQUENCE = 1_000_000_000
SMALLEST_GROUP = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Guest:
    """An attendee after checking: lower-case address, and the person it belongs to."""

    address: str
    name: str
    role: str
    person: Person | None
    told_by_client: bool | None = None


def chosen(value: T | Unset, otherwise: T) -> T:
    return otherwise if isinstance(value, Unset) else value


def check_words(request: BookingRequest) -> None:
    """Everything about a new booking that needs neither a clock nor a database."""
    checked_title(request.title)
    checked_description(request.description)
    checked_language(request.language)
    checked_seats(request.seats)
    checked_sequence(request.sequence)


def dates_from(starts_local: datetime, duration: timedelta, zone_name: str) -> Sequence[Date]:
    if duration < SHORTEST:
        raise Invalid.field("duration", _("The end must be after the start."))
    if duration > LONGEST:
        raise TooLong(
            _("A meeting may last 24 hours at most."),
            limit=LONGEST.total_seconds() // 60,
            asked=duration.total_seconds() // 60,
            unit="minutes",
        )
    if not 1970 <= starts_local.year <= 9000:
        raise Invalid.field("starts_at", _("That is not a date for a meeting."))
    try:
        zone(zone_name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid.field("timezone", _("There is no such time zone.")) from error
    return dates_of(starts_local.replace(microsecond=0), duration, zone_name)


def checked_language(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Invalid.field("language", _("Choose German (de) or English (en)."))
    return language


def checked_reminder(minutes: int | None) -> int | None:
    if minutes is not None and not 1 <= minutes <= MOST_REMIND_MINUTES:
        raise Invalid.field("remind_minutes", _("Between one minute and a week before."))
    return minutes


def checked_seats(seats: int | None) -> int | None:
    if seats is not None and not 1 <= seats <= MOST_SEATS:
        raise Invalid.field("seats", _("The number of seats must be between 1 and 100,000."))
    return seats


def checked_sequence(sequence: int) -> int:
    """SEQUENCE as a client counts it; ours goes on from there."""
    if not 0 <= sequence <= MOST_SEQUENCE:
        raise Invalid.field("sequence", _("That is no number of a version."))
    return sequence


def checked_title(title: str) -> str:
    title = title.strip()
    if not title:
        raise Invalid.field("title", _("Please give the meeting a title."))
    if len(title) > 200:
        raise Invalid.field("title", _("The title may have 200 characters at most."))
    if any(ord(c) < 32 or ord(c) == 127 for c in title):
        raise Invalid.field("title", _("The title may not contain control characters."))
    return title


def checked_description(description: str) -> str:
    description = description.strip()
    if len(description) > 20_000:
        raise Invalid.field("description", _("The description may have 20,000 characters at most."))
    if any(ord(c) < 32 and c not in "\r\n\t" for c in description):
        raise Invalid.field("description", _("The description may not contain control characters."))
    return description


def checked_comment(comment: str) -> str:
    """What somebody invited says with an answer or a proposal. Raises Invalid."""
    comment = comment.strip()
    if len(comment) > LONGEST_COMMENT:
        raise Invalid.field("comment", _("This is too long."))
    if any(ord(c) < 32 and c not in "\r\n\t" for c in comment):
        raise Invalid.field("comment", _("A comment may not contain control characters."))
    return comment


def charged_authority(authority_id: UUID | None, actor: Actor) -> UUID:
    """Who is charged: the organiser's home, or another of the authorities the organiser is a member of.

    Raises Forbidden for callers who work nowhere, such as auditors.
    """
    if actor.home_id is None:
        raise Forbidden(_("You are not a member of any authority."))
    if authority_id is None:
        return actor.home_id
    if authority_id not in actor.authority_ids:
        raise Invalid.field("authority", _("There is no such authority, or you are not a member of it."))
    return authority_id


def resolve_guests(attendees: Sequence[AttendeeRequest], organiser: Person) -> list[Guest]:
    """Attendees with their persons, each address once, the organiser left out."""
    if len(attendees) > MOST_ATTENDEES:
        raise Invalid.field(
            "attendees", format_lazy(_("At most {limit} people can be invited."), limit=MOST_ATTENDEES)
        )
    wanted: dict[str, AttendeeRequest] = {}
    for attendee in attendees:
        address = attendee.address.strip().lower()
        try:
            if len(address) > LONGEST_ADDRESS:
                raise ValidationError("too long")
            validate_email(address)
        except ValidationError as error:
            raise Invalid.field(
                "attendees", format_lazy(_("“{address}” is not an e-mail address."), address=address[:100])
            ) from error
        if attendee.role not in AttendeeRole.values:
            raise Invalid.field("attendees", _("There is no such role."))
        if len(attendee.name) > 200 or any(ord(c) < 32 or ord(c) == 127 for c in attendee.name):
            raise Invalid.field("attendees", _("A name may have 200 characters and no control characters."))
        wanted.setdefault(address, attendee)
    persons = persons_by_addresses([*wanted])
    return [
        Guest(address, attendee.name.strip(), attendee.role, persons.get(address), attendee.told_by_client)
        for address, attendee in sorted(wanted.items())
        if address != organiser.email and persons.get(address) != organiser
    ]


def bookable_room(room_id: UUID, actor: Actor) -> Room:
    rooms = rooms_bookable_by(actor).select_related(None).select_related("room_class", "pool")
    rooms = rooms.filter(is_stock=False, id=room_id).order_by()
    room = rooms.first()
    if room is not None:
        return room
    seen = rooms_visible_to(actor).filter(id=room_id).first()
    if seen is None:
        raise NotFound(
            _("There is no such room, or you may not book it."), fields={"room": [NotFound.sentence]}
        )
    if seen.blocked_reason or not seen.is_active:
        raise RoomBlocked()
    room = rooms.first()
    if room is not None:  # the block was lifted between the two looks
        return room
    raise Forbidden(_("You may see this room, but not book it."))


def bookable_rooms(room_ids: Collection[UUID], actor: Actor) -> list[Room]:
    """Several in one query. Raises what `bookable_room` does for the first that cannot be had."""
    rooms = rooms_bookable_by(actor).filter(is_stock=False, id__in=room_ids)
    found = {room.id: room for room in rooms.select_related("room_class", "pool")}
    return [found.get(room_id) or bookable_room(room_id, actor) for room_id in dict.fromkeys(room_ids)]


def check_rooms_known(request: BookingRequest) -> None:
    """Raise NoSuchRoom if a room was asked for that the organiser cannot have: another one is not what they want."""
    for address in request.unknown_rooms[:1]:
        raise NoSuchRoom(
            format_lazy(_("There is no room {address}, or you may not book it."), address=address[:100])
        )


def check_room(room: Room, seats: int | None) -> None:
    if not room.is_active or room.blocked_reason:
        raise RoomBlocked()
    if seats is not None and seats > room.seats:
        raise too_small(room, seats)


def too_small(room: Room, seats: int) -> RoomTooSmall:
    return RoomTooSmall(
        _too_small_sentence(room.seats, seats),
        limit=room.seats,
        in_use=0,
        asked=seats,
        unit="seats",
    )


def expected_seats(
    asked: int | None,
    guests: Sequence[Guest],
    room: Room | None,
    policy: Policy | None,
    *,
    grow: bool = False,
) -> int:
    """Expected seats (design, Words): the caller's number; else people invited + organiser, at least 3, at most
    the room's; nobody named: the room's seats, or the class default. `grow`: people added past the caller's
    number raise it. Raises RoomTooSmall.
    """
    people = len(guests) + 1
    if asked is not None:
        seats = max(asked, people) if grow and guests else asked
    elif guests:
        seats = max(people, SMALLEST_GROUP)
        if room is not None:
            seats = max(people, min(seats, room.seats))
    elif room is not None and not room.is_stock:
        seats = room.seats
    else:
        seats = policy.default_seats if policy is not None else 10
    if room is not None and seats > room.seats:
        raise too_small(room, seats)
    return seats


def check_length(duration: timedelta, policy: Policy) -> None:
    if duration > timedelta(minutes=policy.max_length_minutes):
        raise policing.too_long(duration, policy)


def check_time(dates: Sequence[Date], policy: Policy, now: datetime) -> None:
    """Not past, with the notice of the class, within its horizon. `dates` in order of time."""
    first = dates[0]
    if first.starts_at < now - GRACE or first.ends_at <= now:
        raise InPast()
    if policy.notice_minutes and first.starts_at < now + timedelta(minutes=policy.notice_minutes):
        raise TooSoon(limit=policy.notice_minutes, unit="minutes")
    days = policing.horizon_days(policy)
    if dates[-1].starts_at > now + timedelta(days=days):
        raise BeyondHorizon(
            format_lazy(_("Bookings are possible up to {days} days ahead."), days=days),
            limit=days,
            asked=(dates[-1].starts_at - now).days,
            unit="days",
        )


def spans_of(dates: Sequence[Date], policy: Policy, now: datetime) -> list[Span]:
    """The dates with their buffers, if the class takes all of them."""
    check_length(max(date.ends_at - date.starts_at for date in dates), policy)
    check_time(dates, policy, now)
    policing.check_dates(dates, policy)
    return [Span.of(date, policy) for date in dates]


def default_policy(actor: Actor, room_class_id: UUID | None) -> Policy:
    """What a wish without a room is measured by: the class it names, else that of the room stock."""
    if room_class_id is not None:
        named = room_classes_visible_to(actor).filter(id=room_class_id).first()
        return Policy() if named is None else policy_of(named)
    stock = rooms_bookable_by(actor).filter(is_stock=True).order_by("-seats", "id").first()
    return Policy() if stock is None else policy_of(stock.room_class)


def _too_small_sentence(limit: int, asked: int) -> Text:
    return format_lazy(
        ngettext_lazy(
            "The room has {limit} seat, {asked} were asked for.",
            "The room has {limit} seats, {asked} were asked for.",
            limit,
        ),
        limit=limit,
        asked=asked,
    )
