# SPDX-License-Identifier: EUPL-1.2
"""Every background job with its interval, one call each. Losing a job loses nothing: the next round does it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from vconf.audit.seal import seal_all
from vconf.bookings.clock import pass_time
from vconf.crashpoints import reach
from vconf.integrations.conferencing import poll
from vconf.outbox import deliver
from vconf.reactions import REACTIONS
from vconf.realtime import status

#: deliveries handled before the job is handed back to the queue, so that others get their turn
DELIVERIES_AT_ONCE = 100
#: how long delivered facts are kept for a look back
KEPT_FOR = timedelta(days=30)


#: reactions that speak to mail servers: in a job of their own, so that a slow one never keeps a meeting from opening
MAIL = frozenset({"invitations"})
SWIFT = frozenset(reaction.name for row in REACTIONS.values() for reaction in row) - MAIL


def wake() -> None:
    """Facts were recorded: deliver them now instead of in the clock's next round."""
    deliver_outbox.delay()
    deliver_mail.delay()


@shared_task
def deliver_outbox() -> None:
    """Deliver what is due; asks for another round itself while there is more."""
    if deliver.deliver_due(REACTIONS, limit=DELIVERIES_AT_ONCE, only=SWIFT) >= DELIVERIES_AT_ONCE:
        deliver_outbox.delay()


@shared_task
def deliver_mail() -> None:
    if deliver.deliver_due(REACTIONS, limit=DELIVERIES_AT_ONCE, only=MAIL) >= DELIVERIES_AT_ONCE:
        deliver_mail.delay()


@shared_task
def tick() -> None:
    """The clock: due times become facts, and rooms that look different by time alone are pushed."""
    now = timezone.now()
    pass_time(now)
    reach("clock.after_close")
    status.refresh_due(now)


@shared_task
def sweep_status() -> None:
    """Work out all rooms again: after a start, and for what got lost on the way."""
    status.refresh_all()


@shared_task
def poll_servers() -> None:
    poll.poll_servers()


@shared_task
def poll_server(server_id: str) -> None:
    poll.poll_server(UUID(server_id))


@shared_task
def prune_outbox() -> None:
    deliver.prune(before=timezone.now() - KEPT_FOR)


@shared_task
def seal_audit() -> None:
    """Bind what the audit has got since the last round into its chain."""
    seal_all()


#: swift: what people wait for; mail: what waits for mail servers; slow (everything else): what may take its time
ROUTES = {
    "vconf.tasks.tick": {"queue": "swift"},
    "vconf.tasks.deliver_outbox": {"queue": "swift"},
    "vconf.tasks.deliver_mail": {"queue": "mail"},
}

SCHEDULE: dict[str, dict[str, Any]] = {
    "tick": {"task": "vconf.tasks.tick", "schedule": 1.0, "options": {"expires": 5}},
    "deliver": {"task": "vconf.tasks.deliver_outbox", "schedule": 1.0, "options": {"expires": 5}},
    "mail": {"task": "vconf.tasks.deliver_mail", "schedule": 1.0, "options": {"expires": 5}},
    "poll": {"task": "vconf.tasks.poll_servers", "schedule": 3.0, "options": {"expires": 3}},
    "sweep": {"task": "vconf.tasks.sweep_status", "schedule": 60.0, "options": {"expires": 60}},
    "seal": {"task": "vconf.tasks.seal_audit", "schedule": 30.0, "options": {"expires": 30}},
    "prune": {"task": "vconf.tasks.prune_outbox", "schedule": timedelta(hours=1)},
}
