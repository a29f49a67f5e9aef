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
    unsaid = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="answers that the organiser is not told, as JSON"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "booking"], name="caldav_dressed_entry_once")
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.booking_id} @{self.revision}"


class Inbox(models.Model):
    """The inbox of a person, with the counter that its sync lives on (RFC 6578)."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    change = models.PositiveBigIntegerField(default=0)
    #: who was here before this change has to begin anew
    known_since = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.person_id} @{self.change}"


class InboxItem(models.Model):
    """An iTIP message (RFC 5546) that a calendar client shows as an invitation and then deletes (RFC 6638, 4.3).

    What was deleted stays for a while without its text, so that it does not come again and a sync can tell.
    """

    id = models.BigAutoField(primary_key=True)
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="items")
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="+")
    method = models.CharField(max_length=10)
    name = models.CharField(max_length=120, help_text="last part of its address; says which message it is")
    octets = models.BinaryField()
    change = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["change"]
        constraints = [models.UniqueConstraint(fields=["inbox", "name"], name="caldav_inbox_name_once")]
        indexes = [
            models.Index(fields=["inbox", "change"], name="caldav_inbox_by_change"),
            models.Index(fields=["created_at"], name="caldav_inbox_by_age"),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarLook(models.Model):
    """A property that a person set for a calendar as they see it (RFC 4918, 4.2): its name, its colour.

    name: as in `names.py`. value: the XML in it.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "calendar", "name"], name="caldav_look_once")
        ]

    def __str__(self) -> str:
        return self.name
