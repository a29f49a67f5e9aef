# SPDX-License-Identifier: EUPL-1.2
"""What the room board shows, one row a room, and the one counter that numbers every change of it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from vconf.authorities.models import Person
from vconf.rooms.models import Room


class StatusVersion(models.Model):
    """The version counter of the installation: a single row, raised in the transaction that writes a status.

    Its lock is held until the commit, so versions become visible in their order: who sees N has seen all below.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="status_version_single")]

    def __str__(self) -> str:
        return str(self.version)


class RoomStatus(models.Model):
    """The live status of a room as last worked out by `status.py`.

    Bookings are named by id only: the status may outlive them for a moment, and nobody reads through it.
    """

    room = models.OneToOneField(Room, primary_key=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveBigIntegerField(unique=True)
    #: the version at which what everybody else sees last changed; people coming and going is none of their business
    busy_version = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, default="free")
    people = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True, blank=True, help_text="when what the state says began")
    until = models.DateTimeField(null=True, blank=True, help_text="planned end of the date shown")
    next_at = models.DateTimeField(null=True, blank=True, help_text="start of the next date not yet begun")
    booking_id = models.UUIDField(null=True, blank=True)
    occurrence_id = models.UUIDField(null=True, blank=True)
    #: {"persons": [ids who see the booking in full], "authority": id charged, whose admins see it too, or None}
    audience = models.JSONField(default=dict)
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="when time alone may change this; None: never"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="room_status_due")
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.state} @{self.version}"


class SightMark(models.Model):
    """Which rooms a person was last known to see, and since when.

    A cursor that is not younger than `version` may come from before the person's sight changed: rooms may have
    come and gone that no row tells of, so it is answered with a snapshot.
    """

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    version = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.person_id} @{self.version}"
