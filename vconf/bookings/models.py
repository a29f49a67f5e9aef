# SPDX-License-Identifier: EUPL-1.2
"""The promise (booking, occurrence, join link), what it occupies (ledger) and what came of it (meeting).

Only `services` and `meetings` write here. Instants are UTC; the wall time of a booking is kept beside its zone (R4.1).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from vconf.authorities.models import Authority, Person
from vconf.crypto import EncryptedTextField
from vconf.ids import uuid7
from vconf.rooms.models import ConferenceServer, Pool, Room, RoomClass


class JoinLink(models.Model):
    """Einwahl-Link: the way in. Split, swap and failover keep it; only *renew link* changes it.

    Token and PINs are kept encrypted, for mails must name them again, and as keyed hash, to find them (R6.2).
    Guest PINs begin with 1-4, moderator PINs with 5-9: they differ by construction.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token = EncryptedTextField()
    token_hash = models.CharField(max_length=64, unique=True)
    pin = EncryptedTextField()
    pin_hash = models.CharField(max_length=64)
    moderator_pin = EncryptedTextField()
    moderator_pin_hash = models.CharField(max_length=64)
    retired_at = models.DateTimeField(null=True, blank=True, help_text="since then it opens nothing")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pin_hash"], condition=Q(retired_at=None), name="join_link_pin_unique"
            ),
            models.UniqueConstraint(
                fields=["moderator_pin_hash"],
                condition=Q(retired_at=None),
                name="join_link_moderator_pin_unique",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Booking(models.Model):
    """Buchung: one organiser, one authority that is charged, one rule of time, one room.

    `version` counts every change (ETag), `sequence` those that matter to calendars (RFC 5546, 2.1.4).
    """

    #: dates and people as `book` has just written them, for its answer (`selectors.view_of_new`)
    just_written: tuple[list[Occurrence], list[Attendee]] | None = None

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    uid = models.CharField(max_length=255)
    sequence = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    organiser = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    booked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", help_text="charged")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    join_link = models.ForeignKey(JoinLink, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="de", help_text="of mails to people without account")
    source = models.CharField(max_length=20, default="api", help_text="the door it came through")

    timezone = models.CharField(max_length=64)
    #: wall time of the first date in `timezone`, kept as naive ISO text so that no driver converts it
    starts_local = models.CharField(max_length=19)
    duration = models.DurationField(help_text="elapsed time")
    rrule = models.CharField(max_length=500, blank=True)
    rdate = models.JSONField(default=list, blank=True)
    exdate = models.JSONField(default=list, blank=True)
    promised_until = models.DateTimeField(null=True, blank=True)
    cut = models.JSONField(
        null=True,
        blank=True,
        help_text="the rule of time before the series was ended early, to take that back",
    )

    refusal = models.JSONField(
        null=True,
        blank=True,
        help_text="why it was not booked, or not changed as wished: code, numbers and words",
    )
    wish = models.JSONField(null=True, blank=True, help_text="what was asked for and refused")
    wish_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="a refused change: when the clock has to look at the dates that are held",
    )

    seats = models.PositiveIntegerField(help_text="reserved for each date")
    seats_asked = models.PositiveIntegerField(
        null=True, blank=True, help_text="the caller's number; None: worked out from the people"
    )
    created_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)
    reminded_at = models.DateTimeField(
        null=True, blank=True, help_text="when the end of `promised_until` was told"
    )
    remind_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="how long before each date people are reminded; None: they are not"
    )
    remind_at = models.DateTimeField(
        null=True, blank=True, help_text="when the clock has to look whether a date is to be reminded of"
    )
    reminded_until = models.DateTimeField(
        null=True, blank=True, help_text="start of the last date that was reminded of"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answers = models.PositiveIntegerField(
        default=0,
        help_text="how often somebody answered; no part of `version`, for the organiser changed nothing",
    )
    outdated = models.JSONField(
        null=True,
        blank=True,
        help_text='the last SEQUENCE whose answers are no longer good: for all dates (""), by recurrence id for one',
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            # R5.7: a UID means something to its organiser only; what is cancelled has given it up (ADR 20)
            models.UniqueConstraint(
                fields=["organiser", "uid"],
                condition=Q(cancelled_at=None),
                name="booking_uid_once_for_organiser",
            ),
            models.CheckConstraint(condition=Q(seats__gt=0), name="booking_has_seats"),
            models.CheckConstraint(
                condition=Q(refusal__isnull=True, wish__isnull=True, wish_until__isnull=True)
                | Q(refusal__isnull=False, wish__isnull=False),
                name="booking_wish_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["organiser", "-created_at"], name="booking_by_organiser"),
            models.Index(fields=["join_link"], name="booking_by_join_link"),
            # the clock looks here every second
            models.Index(
                fields=["promised_until"],
                condition=Q(promised_until__isnull=False, reminded_at=None, cancelled_at=None),
                name="booking_to_be_reminded",
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False),
                name="booking_remind_at",
            ),
            models.Index(
                fields=["wish_until"],
                condition=Q(wish_until__isnull=False),
                name="booking_with_a_wish",
            ),
        ]

    def __str__(self) -> str:
        return self.uid

    @property
    def is_refused(self) -> bool:
        """Whether it was never booked: the wish is kept, and occupies nothing."""
        return self.wish is not None and self.wish_until is None

    @property
    def is_held(self) -> bool:
        """Whether a change was refused: what it would have given up is held until the organiser decides."""
        return self.wish_until is not None


class OccurrenceState(models.TextChoices):
    PENDING = "pending", _("pending")
    HELD = "held", _("held")
    CONFIRMED = "confirmed", _("confirmed")
    OPENING = "opening", _("opening")
    LIVE = "live", _("live")
    OVERRUN = "overrun", _("overrun")
    ENDED = "ended", _("ended")
    NO_SHOW = "no_show", _("no show")
    CANCELLED = "cancelled", _("cancelled")
    REFUSED = "refused", _("refused")


#: states in which a date does not take place, and keeps nothing
OFF = (OccurrenceState.CANCELLED, OccurrenceState.REFUSED)

#: states whose planned interval (buffers included) keeps the room, the seats and the quota (invariant 4)
OCCUPYING = (
    OccurrenceState.PENDING,
    OccurrenceState.HELD,
    OccurrenceState.CONFIRMED,
    OccurrenceState.OPENING,
    OccurrenceState.LIVE,
    OccurrenceState.OVERRUN,
)
#: states in which a date can still be moved or dropped
NOT_YET_OPEN = (OccurrenceState.PENDING, OccurrenceState.HELD, OccurrenceState.CONFIRMED)


class Occurrence(models.Model):
    """Termin: one date of a booking, at most 24 h. The unit of conflict, capacity and quota.

    `blocks_from`..`blocks_until` is the planned interval with the room's buffers: it is what the room is
    exclusive over (`guards.py` has the database hold it). Seats are reserved from `starts_at` to `ends_at`,
    or to `released_at` if it ended before.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    #: no index of its own: the constraint and the index by start begin with it
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="occurrences", db_index=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+")
    reserved_server = models.ForeignKey(ConferenceServer, on_delete=models.PROTECT, related_name="+")
    #: original wall time (RECURRENCE-ID) in the booking's zone, naive ISO text
    recurrence_id = models.CharField(max_length=19)
    title = models.CharField(max_length=200, blank=True, help_text="of this date alone; else the booking's")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocks_from = models.DateTimeField()
    blocks_until = models.DateTimeField()
    seats = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=OccurrenceState.choices, default=OccurrenceState.CONFIRMED
    )
    #: when room, time and seats were last asked for and got: limits set later do not make it a broken promise
    reserved_at = models.DateTimeField(default=now)
    held_until = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["booking", "recurrence_id"], name="occurrence_date_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at"))
                & Q(blocks_from__lte=models.F("starts_at"))
                & Q(blocks_until__gte=models.F("ends_at")),
                name="occurrence_interval_whole",
            ),
            models.CheckConstraint(condition=Q(seats__gt=0), name="occurrence_has_seats"),
        ]
        indexes = [
            models.Index(
                fields=["room", "blocks_from"],
                include=["blocks_until"],
                condition=Q(state__in=OCCUPYING),
                name="occurrence_by_room",
            ),
            models.Index(
                fields=["pool", "blocks_from"],
                include=["blocks_until", "room", "seats"],
                condition=Q(state__in=OCCUPYING),
                name="occurrence_by_pool",
            ),
            # what of a booking stands
            models.Index(
                fields=["booking", "starts_at"],
                include=["ends_at"],
                condition=Q(state__in=OCCUPYING),
                name="occurrence_by_booking",
            ),
            models.Index(
                fields=["reserved_server", "starts_at"],
                condition=Q(state__in=OCCUPYING),
                name="occurrence_by_server",
            ),
            models.Index(
                fields=["state", "starts_at"], condition=Q(state__in=OCCUPYING), name="occurrence_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.recurrence_id}"


class AttendeeRole(models.TextChoices):
    """RFC 5545, 3.2.16, and the moderator right that vconf adds."""

    REQUIRED = "REQ-PARTICIPANT", _("required")
    OPTIONAL = "OPT-PARTICIPANT", _("optional")
    CO_HOST = "CHAIR", _("co-host")


class PartStat(models.TextChoices):
    """RFC 5545, 3.2.12."""

    NEEDS_ACTION = "NEEDS-ACTION", _("no answer yet")
    ACCEPTED = "ACCEPTED", _("accepted")
    DECLINED = "DECLINED", _("declined")
    TENTATIVE = "TENTATIVE", _("tentative")


class Attendee(models.Model):
    """Teilnehmer: an address; if it is a person's verified address the row points there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="attendees")
    address = models.EmailField(max_length=254, help_text="lower case")
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=AttendeeRole.choices, default=AttendeeRole.REQUIRED)
    partstat = models.CharField(
        max_length=20,
        choices=PartStat.choices,
        default=PartStat.NEEDS_ACTION,
        help_text="for all dates that have no answer of their own",
    )
    comment = models.CharField(max_length=500, blank=True, help_text="what they said with their last answer")
    answered_at = models.DateTimeField(null=True, blank=True)
    said_at = models.DateTimeField(
        null=True, blank=True, help_text="when they themselves said so: DTSTAMP of their mail"
    )
    told_by_client = models.BooleanField(
        default=False,
        help_text="the organiser's calendar program writes to them, so vconf does not (RFC 6638, 7.1)",
    )
    undeliverable = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="why mail to them came back (RFC 3463, such as 5.1.1); empty: none did",
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["address"]
        constraints = [
            models.UniqueConstraint(fields=["booking", "address"], name="attendee_once"),
            models.CheckConstraint(condition=Q(address=Lower("address")), name="attendee_address_lower"),
        ]
        indexes = [
            models.Index(
                fields=["person"],
                include=["booking", "partstat"],
                condition=Q(person__isnull=False),
                name="attendee_by_person",
            )
        ]

    def __str__(self) -> str:
        return self.address


class AttendeeAnswer(models.Model):
    """What an attendee answered about one date, where it is not what they answered about all."""

    attendee = models.ForeignKey(
        Attendee, on_delete=models.CASCADE, related_name="single_answers", db_index=False
    )
    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="answers")
    partstat = models.CharField(max_length=20, choices=PartStat.choices)
    comment = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="None: moved, and asked again")
    said_at = models.DateTimeField(null=True, blank=True, help_text="as for an attendee")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attendee", "occurrence"], name="attendee_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.attendee_id} {self.partstat}"


class ProposalState(models.TextChoices):
    """What became of a proposal. That it is no longer one, since what it was instead of has changed, follows from the
    date (`proposal_views`) and is not stored, but for one that its author replaced by another.
    """

    OPEN = "open", _("waiting for the organiser")
    TAKEN = "taken", _("taken")
    DECLINED = "declined", _("declined")
    SUPERSEDED = "superseded", _("no longer in question")


class Proposal(models.Model):
    """Gegenvorschlag: an attendee would like another time (RFC 5546, 3.2.7). Nothing moves by itself."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="proposals")
    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="proposals")
    occurrence = models.ForeignKey(
        Occurrence,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="proposals",
        help_text="the date it is about; None: all dates of a series, of which the times are the first's",
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    instead_of_start = models.DateTimeField(help_text="when it began as it was proposed")
    instead_of_end = models.DateTimeField()
    comment = models.CharField(max_length=500, blank=True)
    by_mail = models.BooleanField(
        default=False, help_text="a COUNTER came; its sender expects an answer in kind"
    )
    sequence = models.PositiveIntegerField(help_text="the booking's SEQUENCE then")
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    made_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="proposal_interval_whole"
            ),
            models.UniqueConstraint(
                fields=["attendee", "occurrence"],
                condition=Q(state=ProposalState.OPEN),
                name="proposal_one_open",
            ),
            models.UniqueConstraint(
                fields=["attendee"],
                condition=Q(state=ProposalState.OPEN, occurrence=None),
                name="proposal_one_open_of_series",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.state}"


class BusyTime(models.Model):
    """When a person has something: an occupying date of a booking that they organise, or are invited to and have not
    declined. Everything in it follows from the dates and the people; `busy` keeps it, so that a search asks one index.

    Without foreign keys in the database: a series writes hundreds of these rows, and the audit compares them all.
    """

    pk = models.CompositePrimaryKey("occurrence_id", "person_id")
    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "starts_at"], include=["ends_at"], name="busy_time_by_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.starts_at}..{self.ends_at}"


class ApprovalState(models.TextChoices):
    ASKED = "asked", _("waiting for a decision")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    LAPSED = "lapsed", _("lapsed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Approval(models.Model):
    """Genehmigung: a request to those who decide about the room's class. While asked, its dates are pending."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="approvals")
    room_class = models.ForeignKey(RoomClass, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ApprovalState.choices, default=ApprovalState.ASKED)
    asked_at = models.DateTimeField(default=now)
    lapses_at = models.DateTimeField(help_text="undecided then, the dates are free again")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking"], condition=Q(state=ApprovalState.ASKED), name="approval_one_asked"
            )
        ]
        indexes = [
            models.Index(
                fields=["room_class", "lapses_at"],
                condition=Q(state=ApprovalState.ASKED),
                name="approval_asked",
            )
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.state}"


class HistoryEntry(models.Model):
    """What somebody did to a booking, for those who see it in full. `person` None: vconf itself.

    `changes`: name of a field -> [before, after] as text. It goes with the booking; the audit stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField(default=now)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=30)
    source = models.CharField(max_length=20, blank=True, help_text="the door it came through")
    version = models.PositiveIntegerField(help_text="of the booking afterwards")
    changes = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["booking", "at"], name="history_by_booking")]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.action} {self.version}"


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("planned")
    CREATED = "created", _("created")
    LIVE = "live", _("live")
    ENDED = "ended", _("ended")
    LOST = "lost", _("lost")


#: a meeting in one of these is the one that the join link leads to (invariant 8)
RUNNING = (MeetingState.PLANNED, MeetingState.CREATED, MeetingState.LIVE)


class Meeting(models.Model):
    """Konferenz: what runs on a server for an occurrence. `epoch` fences older copies (invariant 8)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="meetings")
    server = models.ForeignKey(ConferenceServer, on_delete=models.PROTECT, related_name="+")
    epoch = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    external_id = models.CharField(max_length=100, unique=True, help_text="its name on the server")
    incarnation = models.CharField(max_length=40, blank=True, help_text="BigBlueButton: createTime")
    explanation = models.JSONField(
        default=dict, blank=True, help_text="why this server: codes and numbers, see conferencing.placement"
    )
    people = models.PositiveIntegerField(default=0)
    moderators = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    opened_at = models.DateTimeField(
        null=True, blank=True, help_text="when its server, which asks before, was last let open the room"
    )
    live_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    stranded_at = models.DateTimeField(
        null=True, blank=True, help_text="since when its server is down and no other can take it"
    )

    class Meta:
        ordering = ["-epoch"]
        constraints = [
            models.UniqueConstraint(fields=["occurrence", "epoch"], name="meeting_epoch_once"),
            models.UniqueConstraint(
                fields=["occurrence"], condition=Q(state__in=RUNNING), name="meeting_one_running"
            ),
        ]
        indexes = [models.Index(fields=["server"], condition=Q(state__in=RUNNING), name="meeting_running")]

    def __str__(self) -> str:
        return self.external_id


class LedgerStep(models.Model):
    """How reserved seats and meetings of one account change at one instant.

    An account is a server, a pool or an authority: their ids never collide. The level at an instant is the
    day's opening (row at 00:00 UTC, absent means 0) plus all steps of that day up to the instant.
    """

    account = models.UUIDField()
    day = models.DateField(help_text="UTC day of `at`")
    at = models.DateTimeField()
    seats = models.IntegerField(default=0)
    meetings = models.IntegerField(default=0)
    opening_seats = models.IntegerField(
        default=0, help_text="only at 00:00: carried over from the day before"
    )
    opening_meetings = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "day", "at"], name="ledger_step_once")]

    def __str__(self) -> str:
        return f"{self.account} {self.at}: {self.seats:+}"


class MonthlyUse(models.Model):
    """Planned minutes x seats of an authority and all below it, in one local month."""

    account = models.UUIDField()
    month = models.DateField(help_text="first day, zone of the installation")
    seat_minutes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "month"], name="monthly_use_once")]

    def __str__(self) -> str:
        return f"{self.account} {self.month}: {self.seat_minutes}"


class Overrun(models.Model):
    """Time a meeting took beyond its plan: counts against new bookings, stands outside the promises."""

    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="overruns")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.occurrence_id} {self.starts_at}..{self.ends_at}"


class Calendar(models.Model):
    """The calendar of one person or one room, with the counter that sync lives on."""

    id = models.BigAutoField(primary_key=True)
    person = models.OneToOneField(Person, null=True, on_delete=models.CASCADE, related_name="+")
    room = models.OneToOneField(Room, null=True, on_delete=models.CASCADE, related_name="+")
    change = models.PositiveBigIntegerField(default=0)
    #: who was here before this change has to begin anew: tombstones up to it are forgotten (RFC 6578, 3.8)
    known_since = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, room=None) | Q(person=None, room__isnull=False),
                name="calendar_one_owner",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id or self.room_id} @{self.change}"


class CalendarEntry(models.Model):
    """A booking shown in a calendar. Deleted entries stay as tombstones for sync (RFC 6578).

    `first_at`, `last_at`: from the start of its first to the end of its last date that is not cancelled.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="entries", db_index=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="+")
    href = models.CharField(max_length=255)
    #: the booking's, unless the calendar shows another one under it
    uid = models.CharField(max_length=255)
    change = models.PositiveBigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    #: SEQUENCE at which its owner put it away; a later one shows it again
    hidden_at = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "booking"], name="calendar_entry_once"),
            models.UniqueConstraint(fields=["calendar", "href"], name="calendar_entry_href_once"),
            models.UniqueConstraint(fields=["calendar", "uid"], name="calendar_entry_uid_once"),
        ]
        indexes = [
            models.Index(fields=["calendar", "change"], name="calendar_entry_by_change"),
            # what of a calendar touches some days
            models.Index(
                fields=["calendar", "last_at", "first_at"],
                condition=Q(deleted_at=None),
                name="calendar_entry_by_span",
            ),
        ]

    def __str__(self) -> str:
        return self.href


class FormerName(models.Model):
    """What an entry was called in its calendar before: a tombstone for sync. Void where something has it again."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="+", db_index=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="+")
    href = models.CharField(max_length=255)
    change = models.PositiveBigIntegerField()
    left_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "href"], name="former_name_once")]

    def __str__(self) -> str:
        return self.href


class IdempotencyKey(models.Model):
    """The answer to a creating request, kept so that a repeat gets the same one (R2.6)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the request")
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
