# SPDX-License-Identifier: EUPL-1.2
"""Mails as they came in. A row is the promise behind the 250 that the sending server got: it will be handled."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from vconf.crypto import EncryptedOctetsField
from vconf.ids import uuid7
from vconf.integrations.imip.invitation_model import Invitation, MailedWish

__all__ = ["Channel", "IncomingMail", "Invitation", "MailState", "MailboxPlace", "MailedWish"]


class Channel(models.TextChoices):
    LMTP = "lmtp"
    SMTP = "smtp"
    IMAP = "imap"


class MailState(models.TextChoices):
    """early: came before what it is about, tried again when that comes. set_aside: for people to look at."""

    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"
    EARLY = "early"
    SET_ASIDE = "set_aside"


#: states of mails that somebody, or something, has still to come for
UNDONE = (MailState.WAITING, MailState.EARLY, MailState.SET_ASIDE)


class IncomingMail(models.Model):
    """One mail for rooms or answer addresses. Its content goes as soon as it is handled, the row after 30 days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    received_at = models.DateTimeField(default=now)
    channel = models.CharField(max_length=4, choices=Channel.choices)
    sender = models.CharField(max_length=320, blank=True, help_text="of the envelope, empty for reports")
    recipients = models.JSONField(default=list, help_text="of the envelope, lower case")
    octets = EncryptedOctetsField(null=True, help_text="as received; None once it is handled")
    size = models.PositiveIntegerField(help_text="in octets")
    digest = models.CharField(
        max_length=64, unique=True, help_text="of content and recipients: the same mail twice"
    )
    state = models.CharField(max_length=9, choices=MailState.choices, default=MailState.WAITING)
    code = models.CharField(max_length=40, blank=True, help_text="why, see wording")
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(
        default=now, help_text="of waiting and early ones: when it is tried (again)"
    )
    uid_hash = models.CharField(max_length=64, blank=True, help_text="keyed, of the UID it is about")
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["waiting", "early"]), name="incoming_mail_due"
            ),
            models.Index(fields=["uid_hash"], condition=Q(state="early"), name="incoming_mail_early"),
            # added up without looking at the rows, which hold whole mails: `state` is in there for SQLite
            models.Index(
                fields=["state", "size"], condition=Q(state="waiting"), name="incoming_mail_waiting"
            ),
            models.Index(
                fields=["state", "sender", "size"], condition=Q(state="early"), name="incoming_mail_early_of"
            ),
            models.Index(fields=["received_at"], condition=Q(state="set_aside"), name="incoming_mail_aside"),
            models.Index(fields=["handled_at"], name="incoming_mail_handled"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class MailboxPlace(models.Model):
    """How far a polled mailbox is read: written in the transaction that takes its mails in."""

    mailbox = models.CharField(
        primary_key=True, max_length=64, help_text="keyed hash of server, user and folder"
    )
    uid_validity = models.PositiveBigIntegerField()
    last_uid = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.mailbox
