# SPDX-License-Identifier: EUPL-1.2
"""What the join page has to remember for everybody (how often PINs were guessed), and recordings on their servers."""

from __future__ import annotations

from django.db import models

from vconf.bookings.models import Meeting
from vconf.crypto import EncryptedTextField
from vconf.ids import uuid7
from vconf.rooms.models import ConferenceServer


class Guesses(models.Model):
    """PINs tried on one link or room, or from one place of the network, since an instant. `guesses.py` counts."""

    key = models.CharField(max_length=64, unique=True, help_text="keyed hash: no address stands here")
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "guesses"
        indexes = [models.Index(fields=["since"], name="guesses_by_age")]

    def __str__(self) -> str:
        return f"{self.count} since {self.since}"


class RecordingState(models.TextChoices):
    """As the server says; `deleted` also when it no longer knows it."""

    PROCESSING = "processing", "processing"
    PROCESSED = "processed", "processed"
    PUBLISHED = "published", "published"
    UNPUBLISHED = "unpublished", "unpublished"
    DELETED = "deleted", "deleted"


class RecordingLook(models.Model):
    """A meeting that could be recorded: when its server is asked next for recordings of it. `recordings.py` asks."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    looks = models.PositiveIntegerField(default=0, help_text="answered so far, since its end")

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="recording_look_due")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.due_at}"


class Recording(models.Model):
    """Aufzeichnung: what a server recorded of a meeting. It lies there; here stands what we know and asked for.

    Rows of deleted ones stay, so that one that comes back with a restored server is deleted again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    server = models.ForeignKey(ConferenceServer, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="recordings")
    record_id = models.CharField(max_length=200, help_text="its name on the server")
    state = models.CharField(max_length=12, choices=RecordingState.choices)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    size_bytes = models.BigIntegerField(null=True, blank=True)
    playback = EncryptedTextField(
        default="", blank=True, help_text="JSON: format to address; whoever has it may look"
    )
    publish_wanted = models.BooleanField(
        null=True, blank=True, help_text="asked for and not confirmed; null: nothing"
    )
    deletion_asked_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="confirmed by the server")
    seen_at = models.DateTimeField(help_text="last named by the server")
    missed_at = models.DateTimeField(
        null=True, blank=True, help_text="since when the server leaves it out; null: it does not"
    )

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [models.UniqueConstraint(fields=["server", "record_id"], name="recording_once")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.state}"
