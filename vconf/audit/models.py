# SPDX-License-Identifier: EUPL-1.2
"""Who did what to which object: rows that are only ever added.

No title, name or address stands here, so the audit can be read by people who may not read bookings, and kept longer
than they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.db import models
from django.utils import timezone


class AppendOnly(Exception):
    """Somebody tried to change or remove what is only ever added."""


_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class AppendOnlyRows(models.QuerySet[_Row]):
    """Reads and inserts; everything else is refused."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("rows of the audit are not changed")

    def bulk_update(self, objs: Iterable[_Row], *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("rows of the audit are not changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("rows of the audit are not removed")

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise AppendOnly("rows of the audit are not removed")


class AppendOnlyModel(models.Model):
    """A row that is written once."""

    objects = AppendOnlyRows.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("rows of the audit are not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("rows of the audit are not removed")


class Outcome(models.TextChoices):
    DONE = "done"
    REFUSED = "refused"


class AuditEntry(AppendOnlyModel):
    """One act, written in the transaction of what it tells of."""

    at = models.DateTimeField(default=timezone.now)
    #: an id, not a reference: the entry outlives the account
    actor_person_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=40, blank=True, help_text="who acted, if it was no person")
    action = models.CharField(max_length=60, help_text="what was done, such as booking.cancel")
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    authority_id = models.UUIDField(null=True, help_text="whose matter it is")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.DONE)
    code = models.CharField(max_length=60, blank=True, help_text="of the refusal")
    numbers = models.JSONField(default=dict, blank=True, help_text="limit, in use, asked")
    changes = models.JSONField(
        default=dict, blank=True, help_text="field names, with values that name no person"
    )
    correlation_id = models.CharField(max_length=64, blank=True)
    #: of all of the above: only who has our key could write this row
    mac = models.CharField(max_length=64, help_text="HMAC-SHA256, hexadecimal")

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        ordering = ["id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_by_object"),
            models.Index(fields=["authority_id", "at"], name="audit_by_authority"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.action} {self.object_id} {self.outcome}"


class AuditSeal(AppendOnlyModel):
    """One link of the chain: an entry, bound to everything sealed before it.

    Entries are sealed in the order in which they are found, one link each: what a long transaction commits late
    goes to the end of the chain, so that sealing never has to wait for anybody.
    """

    position = models.BigIntegerField(primary_key=True, help_text="counts from 1 without gaps")
    #: an id, not a reference: the link outlives an entry that somebody removed, and tells of it
    entry_id = models.BigIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    digest = models.CharField(max_length=64, help_text="HMAC-SHA256 over this link and the digest before it")

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position} {self.digest}"
