# SPDX-License-Identifier: EUPL-1.2
"""What calendar clients keep with bookings that are not theirs to change, and the scheduling messages in inboxes."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from vconf.authorities.models import Person
from vconf.bookings.models import Booking, Calendar


class DressedEntry(models.Model):
    """What the owner of a calendar put onto a booking shown there: alarms, categories, properties we do not know.

    It belongs to this calendar alone; nobody else's copy of the booking shows it.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="+")
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField(default=1, help_text="counts each change; part of the ETag")
    dressing = models.JSONField(default=dict, blank=True)
    room_named = models.BooleanField(default=False, help_text="the client asked for this room, not for any")
    strangers = models.JSONField(
        default=list, blank=True, help_text="attendees of the client who cannot be invited, as JSON"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "booking"], name="caldav_dressed_entry_once")
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.booking_id} @{self.revision}"


class InboxItem(models.Model):
    """An iTIP message (RFC 5546) that a calendar client shows as an invitation and then deletes (RFC 6638, 4.3)."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80, help_text="last part of its address")
    octets = models.BinaryField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="caldav_inbox_name_once")]
        indexes = [models.Index(fields=["created_at"], name="caldav_inbox_by_age")]

    def __str__(self) -> str:
        return self.name
