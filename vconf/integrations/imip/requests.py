# SPDX-License-Identifier: EUPL-1.2
"""REQUEST and ADD: an organiser invites rooms, anew or otherwise than before (RFC 5546, 3.2.2 and 3.2.4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from vconf.authorities.rights import Actor
from vconf.bookings.answers import let_answers_count, let_answers_stand
from vconf.bookings.holding import written
from vconf.bookings.recurrence import to_local
from vconf.integrations.ical.company import own_addresses
from vconf.integrations.ical.parsed import CalendarObject, ParsedEvent
from vconf.integrations.ical.wishes import Company, NotBookable, wish_of
from vconf.integrations.imip.composing import TakenBack, composed, is_anew
from vconf.integrations.imip.invitation_model import Invitation, MailedWish
from vconf.integrations.imip.invitations import note_invitations, taken_back
from vconf.integrations.imip.letters import Author, Letter, author_of, instance_of
from vconf.integrations.imip.refused import refusal_kept, unknown_person
from vconf.integrations.imip.rooms import MOST_ASKED, AskedRoom, asked_rooms
from vconf.integrations.imip.settling import Settled, settle, standing_booking
from vconf.integrations.imip.shapes import Outcome
from vconf.integrations.imip.versions import Version

#: programs that tell a series and its exceptions in mails of their own
_TELLS_APART = re.compile("microsoft|lotus|domino|hcl", re.IGNORECASE)
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


def take_request(letter: Letter) -> Outcome:
    message = letter.message
    if message.organiser is None:
        return Outcome("set_aside", "malformed")
    author = author_of(message.organiser.address, letter.sender)
    if author is None:
        return Outcome("set_aside", "not_organiser")
    reading = _Reading.of(letter, author)
    if not reading.addressed:
        return Outcome("ignored", "not_an_invitation")
    told = _told_alone(message)
    if sum(len(reading.rooms_of(event)) for event in told) > MOST_ASKED:
        return Outcome("set_aside", "too_large")
    wishes = {
        row.instance: row
        for row in MailedWish.objects.select_for_update().filter(owner=author.owner, uid=letter.uid)
    }
    stands = [event for event in message.events if event is message.master or event.status != "CANCELLED"]
    news = [event for event in stands if reading.is_new(event, wishes)]
    off = taken_back(author.owner, letter.uid)
    left_out = composed(wishes, off).left_out if wishes else ()
    refusals: dict[str, Mapping[str, Any]] = {}
    for event in news:
        refused = reading.keep(event, wishes, off)
        if refused is not None:
            refusals[instance_of(event)] = refused
    is_revised = message.master not in news and _revise(message.master, wishes.get(""), reading)
    if not news:
        rows = [(e, wishes.get(instance_of(e))) for e in told]
        is_older = any(row is None or reading.version(e) < Version.kept(row) for e, row in rows)
        if is_older:
            if is_revised:
                wanted = composed(wishes, taken_back(author.owner, letter.uid))
                settle(author, letter.uid, wanted, left_out=left_out)
            return Outcome("ignored", "superseded")
        if not _waits_for_its_first_answer(letter, author, reading, told):
            return Outcome("ignored", "duplicate")
    settled = _settled(letter, author, wishes, news, refusals, left_out)
    booking = settled.booking
    if message.master in news and not refusals and booking is not None and booking.wish is None:
        let_answers_count(booking.id, told_with=wishes[""].sequence)
    note_invitations(letter, author, reading, told, settled, refusals)
    return Outcome("done")


def take_addition(letter: Letter) -> Outcome:
    """ADD: one more date of a series. It is told like a date that is otherwise, under the time at which it begins."""
    message = letter.message
    added = message.master
    if message.organiser is None or added is None or added.rrule:
        return Outcome("set_aside", "malformed")
    author = author_of(message.organiser.address, letter.sender)
    if author is None:
        return Outcome("set_aside", "not_organiser")
    known = MailedWish.objects.filter(owner=author.owner, uid=letter.uid).exists()
    if not known and standing_booking(author, letter.uid) is None:
        return Outcome("early")
    date = replace(added, recurrence_id=added.starts_local, recurrence_zone=added.timezone)
    return take_request(replace(letter, message=replace(message, master=None, overrides=[date])))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The rooms that stand in a letter. addressed: of the envelope. asked: of all events, by address."""

    letter: Letter
    author: Author
    own: Collection[str]
    addressed: Mapping[str, AskedRoom]
    asked: Mapping[str, AskedRoom]

    @classmethod
    def of(cls, letter: Letter, author: Author) -> _Reading:
        rights = Actor.nobody() if author.organiser is None else Actor.load(author.organiser)
        booking = standing_booking(author, letter.uid)
        invited = [party.address for event in letter.message.events for party in event.attendees]
        own = set() if author.organiser is None else own_addresses(author.organiser)
        asked = asked_rooms([*invited, *letter.recipients], rights=rights, booking=booking)
        addressed = {one: asked[one] for one in letter.recipients if one in asked}
        return cls(letter, author, own, addressed, asked)

    def version(self, event: ParsedEvent) -> Version:
        whole = self.letter.message.master
        return Version.of(event, now=self.letter.now, whole=None if event is whole else whole)

    def is_new(self, event: ParsedEvent, wishes: Mapping[str, MailedWish]) -> bool:
        row, whole = wishes.get(instance_of(event)), wishes.get("")
        if event.recurrence_id is not None and whole is not None and self.version(event).stamp < whole.since:
            return False
        return row is None or self.version(event) > Version.kept(row)

    def rooms_of(self, event: ParsedEvent) -> list[AskedRoom]:
        """In the order in which they are invited; one that only the envelope names comes last."""
        invited = [self.asked[party.address] for party in event.attendees if party.address in self.asked]
        named = {room.address for room in invited}
        hidden = [room for address, room in self.addressed.items() if address not in named]
        # of a room under two addresses, or of any room and one by name, each counts
        return [*invited, *(room for room in hidden if not _stands_for(room, invited))]

    def keep(
        self, event: ParsedEvent, wishes: dict[str, MailedWish], off: TakenBack
    ) -> Mapping[str, Any] | None:
        """The event as the newest version of what it is about; why it cannot be booked, if that is so."""
        instance, version = instance_of(event), self.version(event)
        wish, refusal = None, None
        try:
            wish = self.wish(event)
        except NotBookable as error:
            refusal = refusal_kept(error)
        row = wishes.get(instance)
        if row is None:
            row = MailedWish(owner=self.author.owner, uid=self.letter.uid, instance=instance)
            row.since = _BEFORE_ALL if self._tells_apart else version.stamp
            row.same_from = version.sequence
        elif instance == "":
            is_same = _times(wish) == _times(row.wish)
            if not is_same:
                row.same_from, row.other_until = version.sequence, row.sequence
            if not is_same or is_anew(row, version, off) or not self._tells_apart:
                row.since = version.stamp
        if instance and _times(wish) != _times(row.wish):
            row.since, row.same_from = version.stamp, version.sequence
        # what cannot be booked at all leaves in place what could
        row.wish = wish or row.wish
        row.rooms = [room.written() for room in self.rooms_of(event)]
        row.sequence, row.stamp = version.sequence, version.stamp
        row.save()
        wishes[instance] = row
        return refusal

    @property
    def _tells_apart(self) -> bool:
        message = self.letter.message
        alone = message.master is not None and not message.overrides
        return alone and bool(_TELLS_APART.search(message.product))

    def wish(self, event: ParsedEvent) -> dict[str, Any] | None:
        if self.author.organiser is None:
            return None
        message = self.letter.message
        off = [
            one.recurrence_id
            for one in message.overrides
            if one.status == "CANCELLED" and one.recurrence_id is not None
        ]
        as_whole = replace(
            event,
            recurrence_id=None,
            exdate=tuple(sorted({*event.exdate, *off})) if event is message.master else (),
        )
        if as_whole.timezone == "UTC" and not as_whole.rrule:
            # an instant, not a zone that anybody lives in
            zone = settings.VCONF_TIME_ZONE
            as_whole = replace(as_whole, timezone=zone, starts_local=to_local(as_whole.starts_at, zone))
        wanted = replace(message, master=as_whole, overrides=[])
        company = Company(owner=self.own, rooms={}, strange=self.asked)
        organiser = self.author.organiser
        with translation.override(organiser.language):
            request = wish_of(
                wanted, company, organiser_id=organiser.id, language=organiser.language, source="mail"
            ).request
        return written(replace(request, unknown_room="", sequence=event.sequence))


def _stands_for(room: AskedRoom, invited: Iterable[AskedRoom]) -> bool:
    return room.room_id is not None and any(one.room_id == room.room_id for one in invited)


def _times(wish: Mapping[str, Any] | None) -> Sequence[Any]:
    if wish is None:
        return ()
    return [wish[name] for name in ("starts_local", "duration", "timezone", "rrule", "rdate")]


def _revise(event: ParsedEvent | None, row: MailedWish | None, reading: _Reading) -> bool:
    """A version that comes too late still tells since when the times are what they are; whether that changes what is
    wished.
    """
    if event is None or row is None or reading.author.organiser is None:
        return False
    version = reading.version(event)
    if version >= Version.kept(row):
        return False
    try:
        is_same = _times(reading.wish(event)) == _times(row.wish)
    except NotBookable:
        return False
    # what was told before the present times is known by now, and comes again
    is_revised = not is_same and row.since < row.stamp and row.since <= version.stamp
    if is_revised:
        row.since = row.stamp
    if row.other_until < version.sequence < row.same_from:
        if not is_same:
            row.other_until = version.sequence
        else:
            booking = standing_booking(reading.author, row.uid)
            if booking is not None:
                let_answers_stand(booking.id, since=version.sequence, known_since=row.same_from)
            row.same_from = version.sequence
    row.save(update_fields=["since", "same_from", "other_until"])
    return is_revised


def _told_alone(message: CalendarObject) -> list[ParsedEvent]:
    """What is answered: the whole, or the dates that came without it."""
    return [message.master] if message.master is not None else list(message.overrides)


def _waits_for_its_first_answer(
    letter: Letter, author: Author, reading: _Reading, told: Sequence[ParsedEvent]
) -> bool:
    """Whether the same invitation now comes to a room that it had not come to."""
    answered = set(
        Invitation.objects.filter(owner=author.owner, uid=letter.uid, addressed=True).values_list(
            "instance", "address"
        )
    )
    return any((instance_of(e), address) not in answered for e in told for address in reading.addressed)


def _settled(
    letter: Letter,
    author: Author,
    wishes: Mapping[str, MailedWish],
    news: Sequence[ParsedEvent],
    refusals: Mapping[str, Mapping[str, Any]],
    left_out: Collection[datetime],
) -> Settled:
    if author.organiser is None:
        return Settled(None, unknown_person())
    if not news or (refusals and len(refusals) == len(news)):
        return Settled(standing_booking(author, letter.uid), next(iter(refusals.values()), None))
    wanted = composed(wishes, taken_back(author.owner, letter.uid))
    asked = [instance_of(event) for event in news] if letter.message.master is None else []
    return settle(author, letter.uid, wanted, left_out=left_out, asked=asked)
