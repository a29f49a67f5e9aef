# SPDX-License-Identifier: EUPL-1.2
"""How far the background jobs are: health is judged by what got done, not by which processes run.

And whose turn it is, for a job that one process at a time should do, however many beats there are.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from vconf.outbox.disk import without_waiting_for_the_disk
from vconf.outbox.models import Job

#: seconds between two notes of one job by one process
NOTE_EVERY = 5.0

_noted: dict[str, float] = {}


def note(name: str) -> None:
    """The job got through. Written every few seconds at most, so it may be called as often as one likes."""
    now = time.monotonic()
    if now - _noted.get(name, -NOTE_EVERY) < NOTE_EVERY:
        return
    with without_waiting_for_the_disk():
        Job.objects.update_or_create(name=name, defaults={"done_at": timezone.now()})
    _noted[name] = now


@contextmanager
def turn(name: str, lease: timedelta) -> Iterator[bool]:
    """Whether it is ours to do the job now; nobody else's for as long as the block takes.

    lease: a holder that is gone or stands still keeps others waiting no longer than this. One that is only slow may
    then have company, so doing the job twice must be harmless.
    """
    claim = secrets.token_hex(16)
    now = timezone.now()
    Job.objects.get_or_create(name=name)
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    with without_waiting_for_the_disk():
        mine = Job.objects.filter(free, name=name).update(claim=claim, claimed_until=now + lease) == 1
    if not mine:
        yield False
        return
    ours = Job.objects.filter(name=name, claim=claim)
    try:
        yield True
    except BaseException:
        ours.update(claim="", claimed_until=None)
        raise
    with without_waiting_for_the_disk():
        ours.update(claim="", claimed_until=None, done_at=timezone.now())


def done_at() -> dict[str, datetime]:
    """When each job last got through; one that never did is missing."""
    return {job.name: job.done_at for job in Job.objects.all() if job.done_at is not None}
