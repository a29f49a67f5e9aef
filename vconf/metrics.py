# SPDX-License-Identifier: EUPL-1.2
"""`/metrics` for Prometheus: counters of this web process, gauges of the installation. Figures and ids, no names.

The text format is written by hand (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vconf.audit.record import told
from vconf.bookings.models import Meeting, MeetingState
from vconf.health import waiting_jobs
from vconf.integrations.imip.intake import waiting_age
from vconf.integrations.imip.models import UNDONE, IncomingMail
from vconf.outbox import progress
from vconf.outbox.deliver import pending_age
from vconf.outbox.models import Delivery, DeliveryState, Message
from vconf.realtime.hub import sockets
from vconf.rooms.models import ConferenceServer, ServerHealth

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric. values: labels and number of each of its series."""

    name: str
    kind: str
    help: str
    values: Iterable[tuple[Mapping[str, str], float]]

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, value in self.values:
            inner = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
            yield f"{self.name}{{{inner}}} {value:g}" if inner else f"{self.name} {value:.10g}"


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For callers on this machine and for who has VCONF_METRICS_TOKEN; to everybody else there is no such page."""
    if not _may_read(request):
        raise Http404
    text = "".join(f"{line}\n" for figure in _figures() for line in figure.lines())
    return HttpResponse(text, content_type=CONTENT_TYPE)


def _may_read(request: HttpRequest) -> bool:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.VCONF_METRICS_TOKEN
    if wanted and kind == "Bearer" and hmac.compare_digest(token.encode(), wanted.encode()):
        return True
    # What a proxy on this machine passes on comes from elsewhere.
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _figures() -> Iterator[Figure]:
    booked, refused = _decisions()
    yield Figure(
        "vconf_bookings_total", "counter", "Bookings made, changed and cancelled by this process.", booked
    )
    yield Figure("vconf_refusals_total", "counter", "Refusals by this process.", refused)
    yield Figure("vconf_sockets", "gauge", "Sockets of the room board at this process.", [({}, sockets())])
    yield Figure(
        "vconf_outbox_messages_new", "gauge", "Facts that nobody has looked at yet.", [({}, _new_messages())]
    )
    yield Figure(
        "vconf_outbox_deliveries",
        "gauge",
        "Deliveries that are pending, and that were given up.",
        _deliveries(),
    )
    yield Figure(
        "vconf_outbox_oldest_seconds",
        "gauge",
        "For how long the oldest work that could be done has been waiting.",
        [({}, pending_age().total_seconds())],
    )
    now = timezone.now()
    yield Figure(
        "vconf_mails",
        "gauge",
        "Mails that came in and are not done with.",
        [({"state": state.value}, IncomingMail.objects.filter(state=state).count()) for state in UNDONE],
    )
    yield Figure(
        "vconf_mails_oldest_seconds",
        "gauge",
        "For how long the oldest mail that could be handled has been waiting.",
        [({}, waiting_age(now).total_seconds())],
    )
    yield Figure(
        "vconf_job_lag_seconds",
        "gauge",
        "How long ago a job last got through; `tick` is the clock.",
        [({"job": name}, (now - at).total_seconds()) for name, at in sorted(progress.done_at().items())],
    )
    yield Figure(
        "vconf_server_up", "gauge", "1 if the conference server answered when last asked.", _servers()
    )
    live = Meeting.objects.filter(state=MeetingState.LIVE).count()
    yield Figure("vconf_meetings_live", "gauge", "Meetings that run with people in them.", [({}, live)])
    if settings.VCONF_REDIS_URL:
        waiting = waiting_jobs(settings.VCONF_REDIS_URL)
        yield Figure(
            "vconf_redis_up", "gauge", "1 if Redis answers this process.", [({}, waiting is not None)]
        )
        yield Figure(
            "vconf_jobs_waiting",
            "gauge",
            "Jobs in each of the workers' queues.",
            [({"queue": name}, count) for name, count in (waiting or {}).items()],
        )


Series = list[tuple[Mapping[str, str], float]]


def _decisions() -> tuple[Series, Series]:
    done: Series = []
    refused: Series = []
    for (action, outcome, code), count in sorted(told.items()):
        if outcome == "refused":
            refused.append(({"action": action, "code": code}, count))
        elif action.startswith("booking."):
            done.append(({"action": action}, count))
    return done, refused


def _new_messages() -> int:
    return Message.objects.filter(fanned_out_at=None).count()


def _deliveries() -> Series:
    return [
        ({"state": state.value}, Delivery.objects.filter(state=state).count())
        for state in (DeliveryState.PENDING, DeliveryState.PARKED)
    ]


def _servers() -> Series:
    rows = ConferenceServer.objects.order_by("id").values_list("id", "health", "state")
    return [
        ({"server": str(server_id), "state": state}, health in (ServerHealth.OK, ServerHealth.RECOVERING))
        for server_id, health, state in rows
    ]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
