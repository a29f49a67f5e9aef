# SPDX-License-Identifier: EUPL-1.2
"""What was told to whom: decides whether a mail is news, a repetition or nothing at all."""

from django.db import models
from django.utils import timezone


class Method(models.TextChoices):
    """The iTIP method a mail carries (RFC 5546, 1.4). Organisers get PUBLISH, which asks them for nothing.

    NOTICE: a mail without a calendar part, such as that a request waits for approval.
    """

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"
    #: none of iTIP's: words only
    NOTICE = "NOTICE"
    REMINDER = "REMIND"


class SentMail(models.Model):
    """One mail about a booking to one address.

    The row is written before the mail is handed over and gets its `sent_at` afterwards. A row without it may have
    arrived: it is sent again under the same Message-ID, and whoever may have an invitation gets its cancellation.
    """

    booking_id = models.UUIDField()
    address = models.EmailField(max_length=254, help_text="lower case")
    method = models.CharField(max_length=7, choices=Method.choices)
    sequence = models.PositiveIntegerField()
    message_id = models.CharField(max_length=320, unique=True)
    told = models.JSONField(default=dict, help_text="what it said: see wording.told_by")
    tried_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["booking_id", "address", "id"], name="sent_mail_by_recipient")]

    def __str__(self) -> str:
        return self.message_id
