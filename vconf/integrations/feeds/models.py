# SPDX-License-Identifier: EUPL-1.2
"""Addresses under which calendars can be read. What they show follows from what their owner may see at that moment."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from vconf.authorities.models import Person
from vconf.crypto import EncryptedTextField
from vconf.ids import uuid7
from vconf.rooms.models import Room


class Detail(models.TextChoices):
    BUSY = "busy", _("busy times only")
    FULL = "full", _("titles and links, as far as its owner sees them")


class Feed(models.Model):
    """A secret address: whoever has it reads the calendar. `room` None: the owner's own bookings.

    The token is kept encrypted, for the owner wants to copy it once more, and as keyed hash, to find it (R6.1).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", help_text="the owner")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    detail = models.CharField(max_length=4, choices=Detail.choices, default=Detail.BUSY)
    label = models.CharField(max_length=100, blank=True)
    token = EncryptedTextField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="since then it opens nothing")

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["person"], condition=Q(revoked_at=None), name="feed_by_person")]

    def __str__(self) -> str:
        return str(self.id)
