# SPDX-License-Identifier: EUPL-1.2
"""Every background job with its interval, one call each. Losing a job loses nothing: the next round does it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from vconf.audit.seal import seal_all
from vconf.bookings import draining
from vconf.bookings.clock import pass_time
from vconf.bookings.pruning import prune_keys, prune_tombstones
from vconf.crashpoints import reach
from vconf.integrations.caldav.inbox import prune_inboxes
from vconf.integrations.conferencing import poll, recordings
from vconf.integrations.conferencing.failover import move_lost_meetings
from vconf.integrations.conferencing.opening import open_due
from vconf.integrations.imip import intake
from vconf.integrations.imip.forgetting import prune_invitations, prune_mails
from vconf.integrations.invitations import caps
from vconf.outbox import deliver, progress
from vconf.reactions import REACTIONS
from vconf.realtime import status
from vconf.rooms.journal import prune_events

#: deliveries handled before the job is handed back to the queue, so that others get their turn
DELIVERIES_AT_ONCE = 100
#: mails handled before the same
MAILS_AT_ONCE = 100
#: how long delivered facts are kept for a look back
KEPT_FOR = timedelta(days=30)
#: how long operators can look back at what happened to a conference server
EVENTS_KEPT_FOR = timedelta(days=90)
#: how long it is known how much mail went out in an hour
COUNTS_KEPT_FOR = timedelta(days=2)
#: how long a request may be repeated with its idempotency key
KEYS_KEPT_FOR = timedelta(days=7)
#: calendar clients that did not look for so long read everything anew
TOMBSTONES_KEPT_FOR = timedelta(days=90)
#: how long after a meeting, or the last mail about it, its newest word is known
INVITATIONS_KEPT_FOR = timedelta(days=90)


def _of(queue: str) -> frozenset[str]:
    return frozenset(
        reaction.name for row in REACTIONS.values() for reaction in row if reaction.queue == queue
    )


SWIFT, MAIL, SLOW = _of("swift"), _of("mail"), _of("slow")


#: seconds for which nobody is woken after that has failed: the clock's next round delivers all the same
LEFT_ALONE = 5.0
#: a round that nobody has begun by then is not needed any more: another one was asked for in each second since
STALE = 5
#: how long a clock that is gone, or stands still, keeps others waiting
TURN = timedelta(seconds=30)

log = structlog.get_logger(__name__)
_left_alone_until = 0.0


def wake() -> None:
    """Facts were recorded: deliver them now instead of in the clock's next round. Never raises."""
    _hand_over(deliver_outbox, deliver_mail)


def wake_intake() -> None:
    """A mail was taken in: handle it now instead of in the clock's next round. Never raises."""
    _hand_over(take_mails)


def look_at_server(server_id: UUID) -> None:
    """A conference server told us that something happened: look at it. Without a broker, in this process."""
    if not settings.VCONF_REDIS_URL:
        poll.poll_soon(server_id)
    else:
        _hand_over(poll_server, arguments=[str(server_id)])


def _hand_over(*jobs: Any, arguments: list[str] | None = None) -> None:
    """Put jobs into their queues. A broker that is gone, or hangs, is not asked again by each request."""
    global _left_alone_until
    if time.monotonic() < _left_alone_until:
        return
    try:
        for job in jobs:
            job.apply_async(arguments, expires=STALE)
    except Exception as error:
        _left_alone_until = time.monotonic() + LEFT_ALONE
        log.warning("the broker takes no jobs; the clock will see to it", error=type(error).__name__)


@shared_task
def deliver_outbox() -> None:
    """Deliver what is due; asks for another round itself while there is more."""
    if deliver.deliver_due(REACTIONS, limit=DELIVERIES_AT_ONCE, only=SWIFT) >= DELIVERIES_AT_ONCE:
        _hand_over(deliver_outbox)
    progress.note("deliver")


@shared_task
def deliver_mail() -> None:
    if deliver.deliver_due(REACTIONS, limit=DELIVERIES_AT_ONCE, only=MAIL) >= DELIVERIES_AT_ONCE:
        _hand_over(deliver_mail)
    progress.note("mail")


@shared_task
def take_mails() -> None:
    """Handle mails that came in; asks for another round itself while there are more."""
    if intake.take_mails(limit=MAILS_AT_ONCE) >= MAILS_AT_ONCE:
        _hand_over(take_mails)
    progress.note("intake")


@shared_task
def keep_recordings() -> None:
    """Do what was asked for about recordings, and look for new ones."""
    deliver.deliver_due(REACTIONS, limit=DELIVERIES_AT_ONCE, only=SLOW)
    recordings.look_for_recordings()


@shared_task
def tick() -> None:
    """The clock: due times become facts, and rooms that look different by time alone are pushed.

    Of several beats' rounds only one does anything.
    """
    with progress.turn("tick", TURN) as ours:
        if ours:
            now = timezone.now()
            pass_time(now, opens=open_due)
            reach("clock.after_close")
            status.refresh_due(now)


@shared_task
def sweep_status() -> None:
    """Work out all rooms again: after a start, and for what got lost on the way."""
    status.refresh_all()
    progress.note("sweep")


@shared_task
def tend_draining() -> None:
    """Find places for what stayed on servers out of use, and tell of those that are empty now."""
    now = timezone.now()
    draining.settle(now)
    draining.note_drained(now)
    progress.note("draining")


@shared_task
def poll_servers() -> None:
    poll.poll_servers()
    move_lost_meetings()
    progress.note("poll")


@shared_task
def poll_server(server_id: str) -> None:
    poll.poll_server(UUID(server_id))


@shared_task(acks_late=True, reject_on_worker_lost=True)
def prune_outbox() -> None:
    """Once an hour only, so it is handed out again if its worker is lost; of the others the next round does it all."""
    deliver.prune(before=timezone.now() - KEPT_FOR)
    prune_keys(before=timezone.now() - KEYS_KEPT_FOR)
    prune_tombstones(before=timezone.now() - TOMBSTONES_KEPT_FOR)
    prune_inboxes(before=timezone.now() - TOMBSTONES_KEPT_FOR)
    prune_mails(now=timezone.now())
    prune_invitations(before=timezone.now() - INVITATIONS_KEPT_FOR)
    prune_events(before=timezone.now() - EVENTS_KEPT_FOR)
    caps.prune(before=timezone.now() - COUNTS_KEPT_FOR)
    progress.note("prune")


@shared_task
def seal_audit() -> None:
    """Bind what the audit has got since the last round into its chain."""
    seal_all()
    progress.note("seal")


#: swift: what people wait for; mail: what waits for mail servers; intake: mails that came in, which wait for nobody;
#: slow: everything else, which may take its time
QUEUES = ("swift", "mail", "intake", "slow")
ROUTES = {
    "vconf.tasks.tick": {"queue": "swift"},
    "vconf.tasks.deliver_outbox": {"queue": "swift"},
    "vconf.tasks.deliver_mail": {"queue": "mail"},
    "vconf.tasks.take_mails": {"queue": "intake"},
}

SCHEDULE: dict[str, dict[str, Any]] = {
    "tick": {"task": "vconf.tasks.tick", "schedule": 1.0, "options": {"expires": 5}},
    "deliver": {"task": "vconf.tasks.deliver_outbox", "schedule": 1.0, "options": {"expires": 5}},
    "mail": {"task": "vconf.tasks.deliver_mail", "schedule": 1.0, "options": {"expires": 5}},
    "intake": {"task": "vconf.tasks.take_mails", "schedule": 1.0, "options": {"expires": 5}},
    "poll": {"task": "vconf.tasks.poll_servers", "schedule": 3.0, "options": {"expires": 3}},
    "draining": {"task": "vconf.tasks.tend_draining", "schedule": 20.0, "options": {"expires": 20}},
    "recordings": {"task": "vconf.tasks.keep_recordings", "schedule": 10.0, "options": {"expires": 10}},
    "sweep": {"task": "vconf.tasks.sweep_status", "schedule": 60.0, "options": {"expires": 60}},
    "seal": {"task": "vconf.tasks.seal_audit", "schedule": 30.0, "options": {"expires": 30}},
    "prune": {"task": "vconf.tasks.prune_outbox", "schedule": timedelta(hours=1)},
}
