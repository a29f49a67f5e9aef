# SPDX-License-Identifier: EUPL-1.2
"""Facts on their way out: what happened (message) and, for each reaction and recipient, whether it was done."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """A fact, written in the transaction of what it tells of. `key` names what it is about: it keeps its order."""

    fact = models.CharField(max_length=60, help_text="class name of the fact")
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=60)
    correlation_id = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    fanned_out_at = models.DateTimeField(null=True, blank=True, help_text="since then its deliveries exist")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(fanned_out_at=None), name="outbox_message_new"),
            models.Index(
                fields=["key", "id"], condition=Q(fanned_out_at=None), name="outbox_message_new_by_key"
            ),
            models.Index(fields=["recorded_at"], name="outbox_message_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.fact} {self.key}"


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("pending")
    DONE = "done", _("done")
    PARKED = "parked", _("parked")


class Delivery(models.Model):
    """One reaction to one message for one recipient; retried alone.

    Whoever delivers takes it by setting `claim` and `claimed_until`. Who dies with it loses it when that time comes.
    """

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(
        Message,
        on_delete=models.CASCADE,
        related_name="deliveries",
        db_index=False,  # the constraint below begins with it
    )
    reaction = models.CharField(max_length=60)
    recipient = models.CharField(max_length=254, blank=True)
    key = models.CharField(max_length=60, help_text="of the message")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    claim = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["message", "reaction", "recipient"], name="outbox_delivery_once")
        ]
        indexes = [
            models.Index(fields=["message", "id"], condition=Q(state="pending"), name="outbox_delivery_due"),
            models.Index(
                fields=["key", "reaction", "message"],
                condition=Q(state="pending"),
                name="outbox_delivery_in_order",
            ),
            models.Index(fields=["id"], condition=Q(state="parked"), name="outbox_delivery_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.reaction} {self.state}"


class Job(models.Model):
    """A background job: when it last got through, and who is at it, if only one may be."""

    name = models.CharField(max_length=40, primary_key=True)
    done_at = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
