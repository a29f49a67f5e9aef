# SPDX-License-Identifier: EUPL-1.2
"""Reactions to invitations of rooms, and to what becomes of the bookings made of them: the room answers.

Like mails of our own, an answer says what is so now, whatever the fact once said, and only what was not said before.
One goes out for each invitation's version and PARTSTAT, however often its mail is delivered; a decision, or a
cancellation on the page, is a new answer to the same version. What the organiser took back is not answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation

from vconf.bookings.holding import read
from vconf.bookings.mail_views import BookingMail, last_approval, mail_view
from vconf.bookings.models import OFF, OccurrenceState
from vconf.bookings.plans import wall_times_of
from vconf.bookings.recurrence import BadRule, to_instant, to_local
from vconf.bookings.refusal_views import dates_left_out, wish_standing
from vconf.bookings.requests import BookingRequest
from vconf.integrations.ical.objects import UTC_NAMES
from vconf.integrations.imip.invitation_model import Invitation, MailedWish
from vconf.integrations.imip.reply_mail import answer_mail
from vconf.integrations.imip.room_word import MOST_MENDED, Asked, Standing, Word, words_of
from vconf.integrations.imip.rooms import is_any_room
from vconf.integrations.invitations import wording
from vconf.integrations.invitations.models import Method
from vconf.integrations.invitations.parts import message_id_of
from vconf.integrations.invitations.sending import Outgoing, send_once
from vconf.integrations.invitations.subaddresses import parted


def invitations_of(payload: Mapping[str, Any]) -> list[str]:
    """Ids of the invitations that a fact concerns: the one it names, or all of its booking."""
    if "invitation_id" in payload:
        return [str(payload["invitation_id"])]
    rows = Invitation.objects.filter(booking_id=payload["booking_id"], addressed=True, cancelled=False)
    return [str(one) for one in rows.order_by("instance", "address").values_list("id", flat=True)]


def send_answer(payload: Mapping[str, Any], recipient: str) -> None:
    """Answer one invitation, if there is something new to say. Raises MailNotSent and NotYet."""
    invitation = Invitation.objects.filter(id=recipient, addressed=True, cancelled=False)
    found = invitation.select_related("room").first()
    if found is None:
        return
    asked = _asked(found)
    said = _Said(found, asked.timezone)
    mail = None if found.booking_id is None else mail_view(found.booking_id)
    if mail is not None and mail.organiser_id != found.organiser_id:
        return  # somebody else organises it by now, and whoever invited the room may have no part in it any more
    now = timezone.now()
    standing = None if mail is None else _standing(found, mail, said, now)
    with translation.override(asked.language):
        for word in words_of(asked, standing, now=now):
            if not said.is_new(word):
                continue
            outgoing = Outgoing(
                booking_id=found.booking_id,
                organiser_id=found.organiser_id,
                authority_id=None if mail is None else mail.authority_id,
                address=asked.organiser_address,
                method=Method.REPLY,
                sequence=asked.sequence,
                message_id=said.message_id(word),
                told={"partstat": word.partstat, "date": _name(word)},
            )
            send_once(
                outgoing,
                lambda envelope, word=word: answer_mail(asked, word, envelope, mail),  # type: ignore[misc]
            )
            said.note(word)


class _Said:
    """What was answered to the invitation's present version: name of the date -> PARTSTAT and how many answers it had.

    A new version begins with nothing; one that comes while an answer is on its way keeps what is its own.
    """

    def __init__(self, invitation: Invitation, zone: str) -> None:
        self.invitation = invitation
        self.zone = zone
        self.version = f"{invitation.sequence} {invitation.stamp.isoformat()}"
        told = invitation.told if invitation.told.get("version") == self.version else {}
        self.words: dict[str, list[Any]] = dict(told.get("words", {}))

    def is_new(self, word: Word) -> bool:
        return bool(self.words.get(_name(word), [""])[0] != word.partstat)

    def dates(self) -> list[datetime]:
        return [to_instant(datetime.fromisoformat(name), self.zone) for name in self.words if name]

    def message_id(self, word: Word) -> str:
        one = self.invitation
        parts = (one.owner, one.uid, one.instance, self.version, one.address, _name(word), word.partstat)
        return message_id_of(*parts, self._number(word))

    def note(self, word: Word) -> None:
        self.words[_name(word)] = [word.partstat, self._number(word)]
        same = Invitation.objects.filter(
            id=self.invitation.id, sequence=self.invitation.sequence, stamp=self.invitation.stamp
        )
        same.update(told={"version": self.version, "words": self.words})

    def _number(self, word: Word) -> int:
        return int(self.words.get(_name(word), ["", 0])[1]) + 1


def _name(word: Word) -> str:
    return "" if word.at is None else word.at.isoformat()


def _asked(invitation: Invitation) -> Asked:
    room = invitation.room
    is_room = room is not None and parted(invitation.address)[0] == room.address.lower()
    is_named = room is not None and is_room and not room.is_stock
    is_any = room is None and is_any_room(parted(invitation.address)[0])
    zone = settings.VCONF_TIME_ZONE if invitation.timezone in UTC_NAMES else invitation.timezone
    recurrence_id = None
    if invitation.recurrence_id:
        at = to_instant(datetime.fromisoformat(invitation.recurrence_id), invitation.timezone)
        recurrence_id = to_local(at, zone)
    return Asked(
        uid=invitation.uid_as_written,
        sequence=invitation.sequence,
        stamp=invitation.stamp,
        recurrence_id=recurrence_id,
        address=invitation.address,
        attendee_line=invitation.attendee_line,
        organiser_line=invitation.organiser_line,
        organiser_address=invitation.organiser_address,
        organiser_name=invitation.organiser_name,
        message_id=invitation.message_id,
        language=invitation.language,
        room_name=room.name if room is not None and is_named else "",
        room_address=room.address if room is not None and is_room else "",
        title=invitation.title,
        timezone=zone,
        starts_at=invitation.starts_at,
        ends_at=invitation.ends_at,
        is_all_day=invitation.is_all_day,
        is_any=is_any,
        is_unknown=room is None and not is_any,
        refusal=invitation.refusal,
    )


def _standing(invitation: Invitation, mail: BookingMail, said: _Said, now: datetime) -> Standing:
    wish = wish_standing(mail.booking_id)
    held_until = None if wish is None else wish.held_until
    in_part = not mail.cancelled and any(one.state == OccurrenceState.REFUSED for one in mail.occurrences)
    return Standing(
        booking=mail,
        refusal=None if wish is None else wish.refusal,
        held_until="" if held_until is None else wording.moment(held_until, mail.timezone),
        approval=last_approval(mail.booking_id) if in_part or (mail.refused and wish is None) else None,
        is_last=wish is not None and wish.source == "mail" and _is_newest(invitation, mail.booking_id),
        answered_alone=_answered_alone(invitation) | _left_out(invitation, mail)
        if not invitation.instance
        else (),
        spoken_of=said.dates(),
        not_had=dates_left_out(mail.booking_id, now=now, most=MOST_MENDED) if in_part else {},
    )


def _is_newest(invitation: Invitation, booking_id: UUID) -> bool:
    newest = Invitation.objects.filter(booking_id=booking_id, cancelled=False).order_by(
        "-changed_at", "-stamp"
    )
    return newest.values_list("instance", flat=True).first() == invitation.instance


def _answered_alone(invitation: Invitation) -> frozenset[datetime]:
    """Dates that were told after the whole, or taken back since it has its present times."""
    whole = MailedWish.objects.filter(owner=invitation.owner, uid=invitation.uid, instance="")
    since = whole.values_list("since", flat=True).first() or invitation.stamp
    rows = Invitation.objects.filter(
        Q(addressed=True, stamp__gte=invitation.stamp) | Q(cancelled=True, stamp__gte=since),
        owner=invitation.owner,
        uid=invitation.uid,
        address=invitation.address,
    ).exclude(recurrence_id="")
    return frozenset(
        to_instant(datetime.fromisoformat(at), zone)
        for at, zone in rows.values_list("recurrence_id", "timezone")
    )


def _left_out(invitation: Invitation, mail: BookingMail) -> frozenset[datetime]:
    """Dates that the organiser's own mail leaves out, or that it has moved on from: those of the rule before. What was
    dropped here is in the booking's EXDATE as well.
    """
    wish = MailedWish.objects.filter(owner=invitation.owner, uid=invitation.uid, instance="").first()
    if wish is None or wish.wish is None:
        return frozenset(to_instant(wall, mail.timezone) for wall in map(datetime.fromisoformat, mail.exdate))
    wanted = read(wish.wish)
    out = {to_instant(wall, wanted.timezone) for wall in wanted.exdate}
    off = {one.recurrence_id for one in mail.occurrences if one.state in OFF}
    if off and (walls := _walls(wanted)):
        named = {to_instant(wall, wanted.timezone) for wall in walls}
        out |= {to_instant(datetime.fromisoformat(one), mail.timezone) for one in off} - named
    return frozenset(out)


def _walls(wanted: BookingRequest) -> list[datetime]:
    """Wall times of all dates that are asked for; none if the rule is one that could not be booked."""
    try:
        return wall_times_of(wanted.starts_local, wanted.rrule, wanted.rdate, wanted.timezone)
    except BadRule:
        return []
