# SPDX-License-Identifier: EUPL-1.2
"""What people book (rooms, their classes) and what carries it (pools, conference servers)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from vconf.authorities.models import Authority, Person
from vconf.crypto import EncryptedTextField
from vconf.ids import uuid7


class RoomClass(models.Model):
    """Raumklasse: a set of policies. `settings` maps a name of `policies.SETTINGS` to {value, enforced}."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("authority", Lower("name"), name="room_class_name_unique_in_authority")
        ]

    def __str__(self) -> str:
        return self.name


class Approver(models.Model):
    """Decides about requests for rooms of a class, besides the admins of the class's authority.

    `stands_in_for`: a delegate, named by that approver or admin for a time.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    room_class = models.ForeignKey(RoomClass, on_delete=models.CASCADE, related_name="approvers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    stands_in_for = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room_class", "person"],
                condition=models.Q(stands_in_for=None),
                name="approver_once",
            ),
            models.UniqueConstraint(
                fields=["room_class", "person", "stands_in_for"], name="approver_stand_in_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} / {self.room_class}"


class Pool(models.Model):
    """Conference servers that stand in for one another. With `n_plus_one` the largest may be lost.

    `fallback`: the pool that a meeting opens in when no server of this one can take it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    n_plus_one = models.BooleanField(default=False)
    fallback = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="pool_name_unique")]

    def __str__(self) -> str:
        return self.name


class ServerKind(models.TextChoices):
    BIGBLUEBUTTON = "bigbluebutton", "BigBlueButton"
    JITSI = "jitsi", "Jitsi"


class ServerState(models.TextChoices):
    """What the operator decided."""

    ENABLED = "enabled", _("enabled")
    DRAINING = "draining", _("draining")
    DISABLED = "disabled", _("disabled")


class ServerHealth(models.TextChoices):
    """What we last saw. One that was down is recovering until it has answered for a while."""

    UNKNOWN = "unknown", _("unknown")
    OK = "ok", _("ok")
    SUSPECT = "suspect", _("suspect")
    DOWN = "down", _("down")
    RECOVERING = "recovering", _("recovering")


class ConferenceServer(models.Model):
    """Konferenzserver. Capacity is what may be promised on it; load is what was last seen on it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="servers")
    kind = models.CharField(max_length=20, choices=ServerKind.choices)
    name = models.CharField(max_length=100)
    base_url = models.CharField(max_length=500)
    secret = EncryptedTextField()
    checksum_algorithm = models.CharField(max_length=10, default="sha256")
    hook_signature = models.CharField(
        max_length=10, default="raw-body", help_text="how a BigBlueButton signs its webhooks"
    )
    options = models.JSONField(default=dict, blank=True, help_text="settings of its kind; no secrets")
    ca_certificates = models.TextField(
        blank=True, help_text="PEM: whom its certificate is trusted from; empty: the public authorities"
    )
    keys = EncryptedTextField(default="", blank=True, help_text="JSON: further secrets of its kind, by name")
    seats = models.PositiveIntegerField()
    meetings = models.PositiveIntegerField(null=True, blank=True)
    weight = models.PositiveSmallIntegerField(default=100)
    state = models.CharField(max_length=10, choices=ServerState.choices, default=ServerState.ENABLED)

    health = models.CharField(max_length=10, choices=ServerHealth.choices, default=ServerHealth.UNKNOWN)
    health_detail = models.CharField(max_length=300, blank=True)
    health_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="consecutive failed looks at it")
    successes = models.PositiveIntegerField(default=0, help_text="consecutive good looks since it failed")
    looked_at = models.DateTimeField(null=True, blank=True, help_text="the last look that counted")
    last_seen_at = models.DateTimeField(null=True, blank=True)
    version = models.CharField(max_length=50, blank=True)
    live_meetings = models.PositiveIntegerField(default=0)
    live_people = models.PositiveIntegerField(default=0)
    load = models.FloatField(
        null=True, blank=True, help_text="0 idle to 1 full, as it says itself; null: unknown"
    )
    abilities = models.JSONField(
        default=list, blank=True, help_text="names; what it can do by the last check"
    )
    findings = models.JSONField(
        default=list, blank=True, help_text="codes of what the last check found unsafe"
    )
    clock_skew_ms = models.IntegerField(
        null=True, blank=True, help_text="its clock less ours by the last check; null: unknown"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    drift = models.JSONField(
        default=list, blank=True, help_text="codes of the findings for which vconf itself drained it"
    )
    draining_since = models.DateTimeField(null=True, blank=True)
    #: unguessable part of the address at which this server calls us back
    hook_token = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="server_name_unique"),
            models.CheckConstraint(condition=models.Q(seats__gt=0), name="server_has_seats"),
        ]

    def __str__(self) -> str:
        return self.name


class ServerEvent(models.Model):
    """What happened to a conference server, for operators: ids, codes and numbers, nothing anybody wrote.

    `facts`: by kind; whoever shows them writes the words (`conferencing.server_words`). `detail`: what the server or
    the library between said, as it came.
    """

    id = models.BigAutoField(primary_key=True)
    server = models.ForeignKey(ConferenceServer, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=40, help_text="health, state, placed, lost, orphan_ended, drift ...")
    code = models.CharField(max_length=40, blank=True)
    meeting_id = models.UUIDField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["server", "-id"], name="server_events"),
            models.Index(fields=["at"], name="server_events_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.server_id} {self.kind} {self.code}"


class Room(models.Model):
    """Videoraum: virtual, exclusive, what people book."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    address = models.EmailField(max_length=254, unique=True, help_text="lower case")
    seats = models.PositiveIntegerField()
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    room_class = models.ForeignKey(RoomClass, on_delete=models.PROTECT, related_name="rooms")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="rooms")
    open_to_all = models.BooleanField(default=False, help_text="every authority may see and book it")
    is_stock = models.BooleanField(
        default=False, help_text="for meetings without a named room; never listed by name"
    )
    is_active = models.BooleanField(default=True)
    blocked_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(seats__gt=0), name="room_has_seats"),
            models.CheckConstraint(condition=models.Q(address=Lower("address")), name="room_address_lower"),
        ]
        indexes = [
            models.Index(fields=["pool", "seats"], name="room_by_size", condition=models.Q(is_active=True))
        ]

    def __str__(self) -> str:
        return self.name
