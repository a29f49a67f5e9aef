# SPDX-License-Identifier: EUPL-1.2
"""The tree of authorities, its people, what they may do and how much they may use."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.ids import uuid7


class Authority(models.Model):
    """Behörde: a node of the tree. Everything an authority uses also counts for all authorities above it.

    `tree.py` walks up and down.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=40)
    domain = models.CharField(max_length=200, blank=True, help_text="mail domain of its people")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("parent", Lower("name"), name="authority_name_unique_below_parent"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class PersonQuerySet(BaseUserManager["Person"]):
    """People are found by issuer and subject, never by mail address (R7.9)."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(issuer=Person.LOCAL, subject=username)


class Person(AbstractBaseUser):
    """Somebody with an account: issuer + subject. Mail addresses are attributes, told by the directory."""

    LOCAL = "local"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    issuer = models.CharField(max_length=200, default=LOCAL)
    subject = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, help_text="primary address, lower case")
    language = models.CharField(max_length=2, choices=[("de", "Deutsch"), ("en", "English")], default="de")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "subject"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "email"]

    objects = PersonQuerySet()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("issuer", "subject", name="person_issuer_subject_unique")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)


class PersonAddress(models.Model):
    """A verified address of a person. One address belongs to one account at most."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    address = models.EmailField(max_length=254, unique=True, help_text="lower case")
    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(is_primary=True), name="person_one_primary_address"
            ),
            models.CheckConstraint(
                condition=models.Q(address=Lower("address")), name="person_address_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Role(models.TextChoices):
    STAFF = "staff", _("staff")
    AUTHORITY_ADMIN = "authority_admin", _("authority admin")
    OPERATOR = "operator", _("operator")
    AUDITOR = "auditor", _("auditor")


class Membership(models.Model):
    """A person works at an authority in one role; several rows, several roles."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.STAFF)
    is_home = models.BooleanField(default=False, help_text="the authority charged unless told otherwise")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "authority", "role"], name="membership_unique"),
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(is_home=True), name="membership_one_home"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} / {self.authority} / {self.role}"


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def standing(self, now: datetime) -> DeputyQuerySet:
        """Those that have not run out."""
        return self.filter(models.Q(valid_until=None) | models.Q(valid_until__gt=now))


class Deputy(models.Model):
    """Vertretung: `deputy` books, changes and sees for `principal`, who alone names them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    principal = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deputies")
    deputy = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="principals")
    created_at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["principal", "deputy"], name="deputy_once"),
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("deputy")), name="deputy_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.principal}"


class Quota(models.Model):
    """Kontingent of an authority; counts everything below it in the tree. None means no limit.

    A row with a period replaces the standing one (no period) within that period. Dates are local, inclusive.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="quotas")
    concurrent_seats = models.PositiveIntegerField(null=True, blank=True)
    concurrent_meetings = models.PositiveIntegerField(null=True, blank=True)
    seat_hours_per_month = models.PositiveIntegerField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority"],
                condition=models.Q(valid_from=None, valid_until=None),
                name="quota_one_standing",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None, valid_until=None)
                | models.Q(valid_from__lte=models.F("valid_until")),
                name="quota_period_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority}: {self.concurrent_seats}/{self.concurrent_meetings}"


class ApiToken(models.Model):
    """A bearer token; only its SHA-256 is kept, for the token itself has 256 random bits."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label or str(self.id)


class CalendarPassword(models.Model):
    """What one calendar client of a person signs in with, and nothing else: neither the API nor the web takes it.

    Only its SHA-256 is kept, for the password itself has 130 random bits (ADR 18).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="calendar_passwords")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=100, blank=True, help_text="which device, in the person's words")
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label or str(self.id)
