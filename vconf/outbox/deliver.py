# SPDX-License-Identifier: EUPL-1.2
"""Delivering what was recorded: at least once, each reaction alone, in order within one key.

    1. Fan out: each new message becomes one delivery per reaction and recipient, once.
    2. Choose: what is due, not taken by somebody else, and not behind an earlier one of the same reaction, key and
       recipient that is still pending. What was parked holds nobody up.
    3. Take: compare-and-set with a lease. Two deliverers never hold the same one; whoever is killed loses it when the
       lease ends.
    4. Handle, outside of any transaction.
    5. Note it: done; or due again later; or, after the last try or an error that says `permanent`, parked.

Any number of threads and processes may run this at once.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

import structlog
from django.db import connection, transaction
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from vconf.crashpoints import reach
from vconf.outbox.disk import without_waiting_for_the_disk
from vconf.outbox.models import Delivery, DeliveryState, Message

Payload: TypeAlias = Mapping[str, Any]

#: recipient of a delivery whose recipients could not be found out yet
UNRESOLVED = "*"
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
_BATCH = 50

logger = structlog.get_logger(__name__)


class NotYet(Exception):
    """Raised by a handler whose work goes on by itself, or waits for something: ask again, it is no failure."""

    def __init__(self, *, again_in: timedelta) -> None:
        super().__init__()
        self.again_in = again_in


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the outside does about a fact.

    name:       stable, it stands in the database; unique in the whole table
    handle:     called with the fact's fields and one recipient; may be called again after a success that could not be
                noted, so its effect must be one that can be repeated
    recipients: who gets one each, from the fact's fields; without it there is one delivery with recipient ""
    tries:      how often before it is parked (ten: within three hours)
    lease:      how long one call may take at most; afterwards somebody else may start it again
    queue:      the job that does it: "mail" for what speaks to mail servers, so that a slow one never keeps a meeting
                from opening; "slow" for what nobody waits for
    """

    name: str
    handle: Callable[[Payload, str], object]
    recipients: Callable[[Payload], Sequence[str]] | None = None
    tries: int = 10
    lease: timedelta = timedelta(seconds=60)
    queue: Literal["swift", "mail", "slow"] = "swift"


Reactions: TypeAlias = Mapping[str, Sequence[Reaction]]


def deliver_due(
    reactions: Reactions,
    *,
    limit: int,
    only: Collection[str] | None = None,
    now: datetime | None = None,
) -> int:
    """Deliver what is due, up to `limit` deliveries, until nothing is left; returns how many were tried.

    reactions: name of a fact -> its reactions, always the whole table. `only` leaves the deliveries of other reactions
    to others, so that a slow one has a thread of its own. `now` stops the clock at one instant (tests).
    """
    known = {
        reaction.name: reaction
        for row in reactions.values()
        for reaction in row
        if only is None or reaction.name in only
    }
    tried = 0
    while tried < limit:
        fan_out(reactions, now=now)
        # Reactions that this process does not know are left to those who do.
        due = _ready(now or timezone.now()).filter(reaction__in=known).select_related("message")
        taken = 0
        for delivery in due.order_by("message_id", "id")[: min(_BATCH, limit - tried)]:
            reaction = known[delivery.reaction]
            claim = _take(delivery, reaction.lease, now or timezone.now())
            if claim is not None:
                taken += 1
                reach("outbox.after_claim")
                _deliver(delivery, claim, reaction, now)
        tried += taken
        if not taken:
            break
    return tried


# 1. Fan out


def fan_out(reactions: Reactions, *, now: datetime | None = None) -> int:
    """Turn new messages into deliveries, in the order they were recorded; returns how many messages were."""
    done = 0
    # Looked for outside of the transaction: on SQLite everybody queues for one, and mostly there is nothing new.
    while Message.objects.filter(fanned_out_at=None).exists():
        with transaction.atomic():
            batch = _new_messages()
            for message in batch:
                for reaction in reactions.get(message.fact, ()):
                    _plan(message, reaction)
            Message.objects.filter(id__in=[message.id for message in batch]).update(
                fanned_out_at=now or timezone.now()
            )
            reach("outbox.before_fan_out")
        reach("outbox.after_fan_out")
        done += len(batch)
        if len(batch) < _BATCH:
            break
    return done


def _new_messages() -> list[Message]:
    """New messages that nobody else is fanning out, locked.

    One that follows an earlier new message of its key, which somebody else holds, has to wait: its deliveries must not
    exist before the earlier one's, or they could overtake them.
    """
    new = Message.objects.filter(fanned_out_at=None)
    skip = connection.features.has_select_for_update_skip_locked
    mine = list(new.select_for_update(skip_locked=skip).order_by("id")[:_BATCH])
    held = {message.id for message in mine}
    earliest_of_others = dict(
        new.filter(key__in={message.key for message in mine})
        .exclude(id__in=held)
        .values_list("key")
        .annotate(earliest=Min("id"))
    )
    return [
        message
        for message in mine
        if message.key not in earliest_of_others or message.id < earliest_of_others[message.key]
    ]


def _plan(message: Message, reaction: Reaction) -> None:
    """Write the deliveries of one reaction to one message."""
    try:
        with transaction.atomic():
            recipients = _recipients(message, reaction)
    except Exception as error:
        # Retried like any other delivery; until then it holds up what follows under its key, and nothing else.
        logger.warning("outbox.unresolved", reaction=reaction.name, error=type(error).__name__)
        recipients = [UNRESOLVED]
    Delivery.objects.bulk_create(
        [
            Delivery(
                message=message,
                reaction=reaction.name,
                recipient=recipient,
                key=message.key,
                due_at=message.recorded_at,
            )
            for recipient in recipients
        ],
        ignore_conflicts=True,
    )


def _recipients(message: Message, reaction: Reaction) -> list[str]:
    if reaction.recipients is None:
        return [""]
    return list(dict.fromkeys(reaction.recipients(message.payload)))


# 2. Choose


def _ready(now: datetime) -> QuerySet[Delivery]:
    """What is due, in nobody's hands, and not behind an earlier one."""
    earlier = Delivery.objects.filter(
        Q(recipient=OuterRef("recipient")) | Q(recipient=UNRESOLVED),
        state=DeliveryState.PENDING,
        key=OuterRef("key"),
        reaction=OuterRef("reaction"),
        message_id__lt=OuterRef("message_id"),
    )
    return _free(now).filter(~Exists(earlier), due_at__lte=now)


def _free(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lt=now), state=DeliveryState.PENDING
    )


# 3. Take


def _take(delivery: Delivery, lease: timedelta, now: datetime) -> str | None:
    """Take a delivery until the lease ends; None if somebody else was faster."""
    claim = secrets.token_hex(16)
    with without_waiting_for_the_disk():
        taken = (
            _free(now)
            .filter(id=delivery.id, due_at__lte=now)
            .update(claim=claim, claimed_until=now + lease, attempts=F("attempts") + 1)
        )
    if not taken:
        return None
    delivery.refresh_from_db(fields=["attempts"])
    return claim


# 4. Handle


def _deliver(delivery: Delivery, claim: str, reaction: Reaction, now: datetime | None) -> None:
    message = delivery.message
    log = logger.bind(delivery=delivery.id, reaction=reaction.name, fact=message.fact, key=message.key)
    with structlog.contextvars.bound_contextvars(correlation_id=message.correlation_id):
        try:
            if delivery.recipient == UNRESOLVED:
                _resolve(delivery, claim, reaction, now or timezone.now())
                return
            reach("outbox.before_handle")
            reaction.handle(message.payload, delivery.recipient)
            reach("outbox.after_handle")
        except NotYet as later:
            _claimed(delivery, claim).update(
                claim="",
                claimed_until=None,
                attempts=F("attempts") - 1,
                due_at=(now or timezone.now()) + later.again_in,
            )
        except Exception as error:
            parked = _note_failure(delivery, claim, reaction, error, now or timezone.now())
            # Not the text: it may name people.
            log.warning("outbox.parked" if parked else "outbox.failed", error=type(error).__name__)
        except BaseException:
            # Told to stop in the middle of it: let the next one take it at once.
            _claimed(delivery, claim).update(claim="", claimed_until=None, attempts=F("attempts") - 1)
            raise
        else:
            if not _claimed(delivery, claim).update(**_done(now or timezone.now())):
                log.warning("outbox.lease_ended")
            else:
                log.info("outbox.delivered")
            reach("outbox.after_done")


def _resolve(delivery: Delivery, claim: str, reaction: Reaction, now: datetime) -> None:
    """Find out the recipients after all, and put one delivery each in this one's place."""
    recipients = _recipients(delivery.message, reaction)
    with transaction.atomic():
        if _claimed(delivery, claim).update(**_done(now)):
            Delivery.objects.bulk_create(
                [
                    Delivery(
                        message_id=delivery.message_id,
                        reaction=reaction.name,
                        recipient=recipient,
                        key=delivery.key,
                        due_at=now,
                    )
                    for recipient in recipients
                ],
                ignore_conflicts=True,
            )


# 5. Note it


def _claimed(delivery: Delivery, claim: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(id=delivery.id, claim=claim, state=DeliveryState.PENDING)


def _done(now: datetime) -> dict[str, Any]:
    return {
        "state": DeliveryState.DONE,
        "done_at": now,
        "claim": "",
        "claimed_until": None,
        "last_error": "",
    }


def _note_failure(
    delivery: Delivery, claim: str, reaction: Reaction, error: Exception, now: datetime
) -> bool:
    """Have it tried again later, or park it; returns whether it was parked."""
    parked = getattr(error, "permanent", False) is True or delivery.attempts >= reaction.tries
    _claimed(delivery, claim).update(
        state=DeliveryState.PARKED if parked else DeliveryState.PENDING,
        due_at=now + pause_after(delivery.attempts),
        last_error=f"{type(error).__name__}: {error}"[:500],
        claim="",
        claimed_until=None,
    )
    return parked


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: 2 s, 6 s, 18 s... up to an hour, less up to half of it by chance."""
    longest = min(FIRST_PAUSE * 3.0 ** (min(attempts, 12) - 1), LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1)  # noqa: S311 - spreads load, keeps no secret


# For operators


def parked() -> QuerySet[Delivery]:
    """What was given up, newest first, with its message."""
    return Delivery.objects.filter(state=DeliveryState.PARKED).select_related("message").order_by("-id")


def retry_parked(delivery_id: int, *, now: datetime | None = None) -> bool:
    """Try a parked delivery again, with all its tries; False if it is not parked."""
    again = Delivery.objects.filter(id=delivery_id, state=DeliveryState.PARKED).update(
        state=DeliveryState.PENDING, attempts=0, due_at=now or timezone.now()
    )
    return again == 1


def retry_all_parked(reaction: str, *, now: datetime | None = None) -> int:
    """The same for all that one reaction gave up; returns how many."""
    return Delivery.objects.filter(state=DeliveryState.PARKED, reaction=reaction).update(
        state=DeliveryState.PENDING, attempts=0, due_at=now or timezone.now()
    )


def park_pending(reactions: Collection[str], *, reason: str) -> int:
    """Give up for now what these reactions have still to deliver, until somebody decides; returns how many."""
    return Delivery.objects.filter(state=DeliveryState.PENDING, reaction__in=reactions).update(
        state=DeliveryState.PARKED, claim="", claimed_until=None, last_error=reason[:500]
    )


def pending_age(*, now: datetime | None = None) -> timedelta:
    """How long the oldest work that could be done has been waiting; zero if there is none.

    Grows if nobody delivers, and not while something waits for its next try or behind an earlier one.
    """
    now = now or timezone.now()
    new = Message.objects.filter(fanned_out_at=None).aggregate(at=Min("recorded_at"))["at"]
    due = _ready(now).aggregate(at=Min("due_at"))["at"]
    return max((now - at for at in (new, due) if at is not None), default=timedelta(0))


def prune(*, before: datetime) -> int:
    """Remove messages recorded before an instant whose deliveries are all done; returns how many.

    What was parked stays until somebody decides. Payloads may name people, so this is also how they are forgotten.
    """
    removed = 0
    open_ones = Delivery.objects.filter(message=OuterRef("pk")).exclude(state=DeliveryState.DONE)
    while True:
        with transaction.atomic():
            old = Message.objects.filter(~Exists(open_ones), fanned_out_at__isnull=False)
            batch = list(old.filter(recorded_at__lt=before).order_by("id").values_list("id", flat=True)[:500])
            Delivery.objects.filter(message_id__in=batch).delete()
            Message.objects.filter(id__in=batch).delete()
        removed += len(batch)
        if len(batch) < 500:
            return removed
