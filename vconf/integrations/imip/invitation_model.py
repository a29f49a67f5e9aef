# SPDX-License-Identifier: EUPL-1.2
"""What organisers' mails want of the rooms they invite: the newest word of each, however the mails overtake each other.

Two kinds of rows, both for one UID of one organiser (ADR 20), each about the whole (`instance` is "") or one date:
`MailedWish` is what the meeting shall be; `Invitation` is what was asked of one address, and what it has answered.
"""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from vconf.authorities.models import Person
from vconf.ids import uuid7
from vconf.rooms.models import Room


class MailedWish(models.Model):
    """The newest version of a meeting, or of one of its dates, as (SEQUENCE, DTSTAMP) order them (RFC 5546, 2.1.5).

    owner: id of the organiser, or their address if they are nobody here. uid: as `uids.uid_key` has it. instance: ""
    or RECURRENCE-ID as an instant, such as `20270301T090000Z`. since: DTSTAMP of the version that gave it its present
    times; single dates told before that of the whole are no longer otherwise. same_from: the lowest SEQUENCE known to
    have told them; other_until: the highest before it known to have told others. Answers to those between wait for a
    mail.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(max_length=254)
    uid = models.CharField(max_length=255)
    instance = models.CharField(max_length=16, blank=True)
    sequence = models.PositiveIntegerField()
    same_from = models.PositiveIntegerField(default=0, db_default=0)
    other_until = models.IntegerField(default=-1, db_default=-1)
    stamp = models.DateTimeField()
    since = models.DateTimeField()
    wish = models.JSONField(
        null=True, help_text="as `holding.written` has it; None: it was never one that could be booked"
    )
    rooms = models.JSONField(help_text="in the order of the invitation: address, room or null, seats or null")
    made_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "uid", "instance"], name="mailed_wish_once"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.sequence}"


class Invitation(models.Model):
    """What was asked of one address, a room's or that of any room: the answer goes by it.

    cancelled: taken back by the organiser with this version. addressed: a mail to this address has come, so there is
    somebody who waits for its answer. recurrence_id: naive ISO wall time in `timezone`, "" for the whole. address: as
    invited, lower case; the lines are as they were written. told: what was answered last. refusal: as
    `bookings.refusals.kept`, where no booking could be stored.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(max_length=254)
    uid = models.CharField(max_length=255)
    instance = models.CharField(max_length=16, blank=True)
    address = models.EmailField(max_length=254)
    sequence = models.PositiveIntegerField()
    stamp = models.DateTimeField()
    cancelled = models.BooleanField(default=False)
    addressed = models.BooleanField(default=False)

    organiser = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    organiser_address = models.EmailField(max_length=254)
    organiser_name = models.CharField(max_length=200, blank=True)
    organiser_line = models.TextField(blank=True)
    attendee_line = models.TextField(blank=True)
    uid_as_written = models.CharField(max_length=255)
    message_id = models.CharField(max_length=998, blank=True)
    language = models.CharField(max_length=2, default="de")

    booking_id = models.UUIDField(null=True, blank=True, db_index=True)
    room = models.ForeignKey(Room, null=True, on_delete=models.SET_NULL, related_name="+")
    recurrence_id = models.CharField(max_length=19, blank=True)
    title = models.CharField(max_length=200, blank=True)
    timezone = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_all_day = models.BooleanField(default=False)
    refusal = models.JSONField(null=True, blank=True)
    told = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "uid", "instance", "address"], name="invitation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.sequence}"
