# SPDX-License-Identifier: EUPL-1.2
"""What was told to whom: decides whether a mail is news, a repetition or nothing at all."""

from django.db import models
from django.utils import timezone

from vconf.crypto import EncryptedTextField


class Method(models.TextChoices):
    """The iTIP method a mail carries (RFC 5546, 1.4). Organisers get PUBLISH, which asks them for nothing.

    NOTICE: a mail without a calendar part, such as that a request waits for approval.
    """

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"
    REPLY = "REPLY"
    DECLINE_COUNTER = "DECLINECOUNTER"
    #: none of iTIP's: words only
    NOTICE = "NOTICE"
    REMINDER = "REMIND"
    #: link and PINs, for who was invited by somebody else's mail
    WAY_IN = "WAYIN"


#: what puts a booking into a recipient's calendar, or takes it out
CALENDAR_METHODS = (Method.REQUEST, Method.CANCEL, Method.PUBLISH)


class SentMail(models.Model):
    """One mail to one address, mostly about a booking.

    The row is written before the mail is handed over and gets its `sent_at` afterwards. A row without it may have
    arrived, unless it is known that it `failed_at` some moment: it is sent again under the same Message-ID, and whoever
    may have an invitation gets its cancellation.
    """

    booking_id = models.UUIDField(null=True, help_text="None: about a wish that no booking was made of")
    address = models.EmailField(max_length=254, help_text="lower case")
    method = models.CharField(max_length=14, choices=Method.choices)
    sequence = models.PositiveIntegerField()
    message_id = models.CharField(max_length=320, unique=True)
    token = models.CharField(
        max_length=32,
        blank=True,
        default="",
        db_default="",
        help_text="in the envelope sender: whose report it is",
    )
    told = models.JSONField(default=dict, help_text="what it said: see wording.told_by")
    tried_at = models.DateTimeField(default=timezone.now)
    in_hand_until = models.DateTimeField(
        null=True, blank=True, help_text="somebody is sending it; who is gone loses it then"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True, help_text="when it last did not get out")
    failure = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="what the mail server said"
    )
    is_final = models.BooleanField(
        default=False, db_default=False, help_text="refused for good: trying again is of no use"
    )
    may_have_arrived = models.BooleanField(
        default=False, db_default=False, help_text="the connection broke after the mail was out"
    )
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_status = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="RFC 3463, such as 5.1.1"
    )
    bounce = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="what the report said"
    )

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["booking_id", "address", "id"], name="sent_mail_by_recipient"),
            models.Index(fields=["token"], condition=~models.Q(token=""), name="sent_mail_by_token"),
        ]

    def __str__(self) -> str:
        return self.message_id


class AnswerAddress(models.Model):
    """The address in ORGANIZER of a booking's mails, for as long as its UID lives (ADR 23); no row: the organiser's."""

    booking_id = models.UUIDField(primary_key=True, editable=False)
    base = models.EmailField(max_length=254, help_text="VCONF_MAIL_ANSWERS when the first mail was written")
    token = EncryptedTextField()
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.booking_id)


class MailCount(models.Model):
    """How many mails went out in an hour. scope: to whom (a keyed hash), of which organiser, or for which authority."""

    scope = models.CharField(max_length=50)
    hour = models.DateTimeField()
    mails = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "hour"], name="mail_count_once")]
        indexes = [models.Index(fields=["hour"], name="mail_count_by_hour")]

    def __str__(self) -> str:
        return f"{self.scope} {self.mails}"
