# SPDX-License-Identifier: EUPL-1.2
"""For load balancers and monitoring: is the process up, and can it do its work?"""

from datetime import timedelta

import structlog
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vconf.bookings.guards import missing_guards
from vconf.outbox.deliver import pending_age

log = structlog.get_logger(__name__)

#: Work left lying for longer than this means that the jobs do not get ahead, whatever processes are running. What
#: waits for its next try, or behind something that does, is not: a mail server that is down takes nobody off the web.
TOO_OLD = timedelta(minutes=2)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if the database answers and guards its invariants and the outbox is being emptied, else 503.

    `{status: ok|failing, checks: {database, guards, outbox: ok|failing}}`; why something fails is in the log only.
    """
    checks = {"database": False, "guards": False, "outbox": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = True
        checks["guards"] = not missing_guards(connection)
        checks["outbox"] = pending_age() <= TOO_OLD
    except DatabaseError:
        log.exception("readiness")
    ready = all(checks.values())
    words = {name: "ok" if passed else "failing" for name, passed in checks.items()}
    return JsonResponse(
        {"status": "ok" if ready else "failing", "checks": words}, status=200 if ready else 503
    )
