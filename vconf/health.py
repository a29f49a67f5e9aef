# SPDX-License-Identifier: EUPL-1.2
"""For load balancers and monitoring: is the process up, and does the work get done?

Judged by what got done, not by which processes run: whether the clock has ticked, whether the jobs got through.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import redis
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vconf.bookings.guards import missing_guards
from vconf.integrations.imip.intake import waiting_age
from vconf.outbox import progress
from vconf.outbox.deliver import pending_age
from vconf.tasks import QUEUES

log = structlog.get_logger(__name__)

Word = Literal["ok", "degraded", "failing"]

#: Work left lying for longer than this means that the jobs do not get ahead, whatever processes are running. What
#: waits for its next try, or behind something that does, is not: a mail server that is down takes nobody off the web.
TOO_OLD = timedelta(minutes=2)
#: How long ago the clock may have ticked; it does so each second.
TICKED = timedelta(seconds=30)
#: How long ago these may have got through, however slow a mail or conference server is.
GOT_THROUGH = {
    "deliver": timedelta(minutes=2),
    "intake": timedelta(minutes=12),
    "mail": timedelta(minutes=12),  # longer than the workers' time limit: what hangs has been ended by then
    "poll": timedelta(minutes=2),
    "seal": timedelta(minutes=5),
}
#: Jobs waiting in one queue; each second adds two or three, so nobody has taken any for several minutes.
MOST_WAITING = 1000

_started_at = timezone.now()


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if the database answers and guards its invariants, and the work gets done; else 503.

    `{status, checks: {database, guards, clock, outbox, intake, jobs, redis?, queues?}}`, each `ok`, `degraded` or
    `failing`; why something fails is in the log only. A Redis that is gone is `degraded` and 200: bookings are taken,
    and what follows from them waits in the outbox; if that takes too long, `clock` and `outbox` fail.
    """
    checks: dict[str, Word] = dict.fromkeys(
        ("database", "guards", "clock", "outbox", "intake", "jobs"), "failing"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = "ok"
        now, done = timezone.now(), progress.done_at()
        checks["guards"] = _word(not missing_guards(connection))
        checks["clock"] = _word("tick" in done and now - done["tick"] <= TICKED)
        checks["outbox"] = _word(pending_age() <= TOO_OLD)
        # a flood of mails keeps nobody from booking on the web
        checks["intake"] = "ok" if waiting_age(now) <= TOO_OLD else "degraded"
        checks["jobs"] = _word(not late_jobs(done, now=now))
    except DatabaseError:
        log.exception("readiness")
    if settings.VCONF_REDIS_URL:
        waiting = waiting_jobs(settings.VCONF_REDIS_URL)
        checks["redis"] = "degraded" if waiting is None else "ok"
        checks["queues"] = (
            "degraded" if waiting is None else _word(max(waiting.values(), default=0) <= MOST_WAITING)
        )
    status: Word = "ok"
    for word in ("degraded", "failing"):
        if word in checks.values():
            status = word
    return JsonResponse({"status": status, "checks": checks}, status=503 if status == "failing" else 200)


def late_jobs(done: Mapping[str, datetime], *, now: datetime) -> list[str]:
    """The jobs that have not got through for too long, not counting the time before this process was there."""
    return [
        name
        for name, most in GOT_THROUGH.items()
        if now - max(done.get(name, _started_at), _started_at) > most
    ]


def waiting_jobs(url: str) -> dict[str, int] | None:
    """How many jobs wait in each queue; None if Redis does not say."""
    try:
        with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
            return {name: int(client.llen(name)) for name in QUEUES}
    except (redis.RedisError, OSError) as error:
        log.warning("readiness: Redis does not answer", error=type(error).__name__)
        return None


def _word(passed: bool) -> Word:
    return "ok" if passed else "failing"
