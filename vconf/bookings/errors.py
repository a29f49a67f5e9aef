# SPDX-License-Identifier: EUPL-1.2
"""Why a booking is refused. Codes are part of the API; every door owns a table code -> its own language."""

from django.utils.translation import gettext_lazy as _

from vconf.errors import DomainError, Refusal


class SlotTaken(Refusal):
    """Another booking keeps the room at that time (buffers included)."""

    code = "slot_taken"
    sentence = _("The room is taken at that time.")


class NoRoom(Refusal):
    """No room that fits and that the organiser may book is free, and none could be made."""

    code = "no_room"
    sentence = _("No room of that size is free at that time.")


class NoSuchRoom(Refusal):
    """A room was asked for by an address under which the organiser can book none: absent or not theirs, alike."""

    code = "no_such_room"
    sentence = _("There is no such room, or you may not book it.")


class RoomTooSmall(Refusal):
    code = "room_too_small"
    sentence = _("The room has fewer seats than asked for.")


class RoomBlocked(Refusal):
    code = "room_blocked"
    sentence = _("The room is blocked and cannot be booked now.")


class NoCapacity(Refusal):
    """No conference server can take it. Numbers: the freest server's."""

    code = "no_capacity"
    sentence = _("The conference servers have not enough seats left at that time.")


class QuotaExceeded(Refusal):
    """The authority, or one above it, has used up what it may use."""

    code = "quota_exceeded"
    sentence = _("The quota of the authority is used up at that time.")


class InPast(Refusal):
    code = "in_past"
    sentence = _("That time has passed.")


class TooLong(Refusal):
    code = "too_long"
    sentence = _("The meeting is longer than allowed.")


class TooSoon(Refusal):
    code = "too_soon"
    sentence = _("The room has to be booked longer in advance.")


class BeyondHorizon(Refusal):
    code = "beyond_horizon"
    sentence = _("That date is too far ahead to be booked now.")


class OutsideHours(Refusal):
    """The room class takes meetings at other hours, or on other days of the week."""

    code = "outside_hours"
    sentence = _("The room cannot be booked at that time of day.")


class ClosedDay(Refusal):
    """The room class is closed on that day, or it is a public holiday."""

    code = "closed_day"
    sentence = _("The room is closed on that day.")


class SeriesNotAllowed(Refusal):
    code = "series_not_allowed"
    sentence = _("This room takes single meetings only, no series.")


class PartialNotAllowed(Refusal):
    """Some dates cannot be had, and the room class takes a series as a whole only."""

    code = "partial_not_allowed"
    sentence = _("In this room a series is booked with all of its dates, or not at all.")


class TooFewDates(Refusal):
    """More dates of a series cannot be had than the room class lets pass. Numbers: of refused dates."""

    code = "too_few_dates"
    sentence = _("Too many dates of the series cannot be had.")


class NotEntitled(Refusal):
    """The room class lets others book."""

    code = "not_entitled"
    sentence = _("You may see this room, but its class lets others book it.")


class AlreadyDecided(Refusal):
    code = "already_decided"
    sentence = _("This request has been decided already, or withdrawn.")


class TooManyProposals(Refusal):
    """One attendee has proposed so many times lately that the organiser is spared any more. Numbers: of proposals."""

    code = "too_many_proposals"
    sentence = _("You have proposed other times often enough for today.")


class AlreadyCancelled(Refusal):
    code = "already_cancelled"
    sentence = _("The booking is cancelled already.")


class AlreadyStarted(Refusal):
    code = "already_started"
    sentence = _("The meeting has started already or is over.")


class NotBooked(Refusal):
    """The booking was refused as a whole, so none of its dates can be changed alone."""

    code = "not_booked"
    sentence = _("This was not booked. Please change it as a whole, or try again.")


class NothingWished(Refusal):
    """No refused wish waits for the organiser."""

    code = "nothing_wished"
    sentence = _("There is no wish left that was refused.")


class NotCancelled(Refusal):
    """There is nothing to take back: it takes place."""

    code = "not_cancelled"
    sentence = _("This is not cancelled.")


class TooLate(Refusal):
    """A cancellation can be taken back for some minutes only."""

    code = "too_late"
    sentence = _("This can no longer be undone.")


class UidTaken(DomainError):
    """Another booking of this organiser has the UID, or another entry of their calendar the name asked for."""

    code = "uid_taken"
    sentence = _("The calendar of the organiser has another entry with this UID or name.")


class NotJoinable(Refusal):
    code = "not_joinable"
    sentence = _("The meeting cannot be entered now.")


class IdempotencyMismatch(DomainError):
    """The same idempotency key came with another request (R2.6)."""

    code = "idempotency_mismatch"
    sentence = _("This idempotency key was used for another request.")
