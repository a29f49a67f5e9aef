# SPDX-License-Identifier: EUPL-1.2
"""What is asked of a server besides its meetings, and more rarely: load, version, settings, webhooks.

In a thread of its own for each server, so that it never delays the next look. What is kept here is this process's
memory; each process asks for itself.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import connection

from vconf.integrations.conferencing.callback_urls import events_url
from vconf.integrations.conferencing.connections import let_go_of_the_database
from vconf.integrations.conferencing.drift import keep_checked
from vconf.integrations.conferencing.port import BackendError, NotSupported
from vconf.integrations.conferencing.registry import backend_for, webhooks_of
from vconf.rooms.models import ConferenceServer

log = structlog.get_logger(__name__)

#: How often webhooks are asked for anew and the version is looked at, in seconds: servers drop hooks that failed.
HOOKS_EVERY = 180.0
#: Between two questions for the load, in seconds.
LOAD_EVERY = 10.0


@dataclass(frozen=True, slots=True)
class _Due:
    base_url: str
    check_at: float
    load_at: float


_lock = threading.Lock()
_due: dict[UUID, _Due] = {}
_loads: dict[UUID, float] = {}
_visiting: dict[UUID, threading.Thread] = {}


def visit(server: ConferenceServer) -> None:
    """Ask for what changes slowly, if it is time and nobody is at it."""
    due, now = _due.get(server.id), time.monotonic()
    checks = due is None or due.base_url != server.base_url or now >= due.check_at
    if not checks and due is not None and now < due.load_at:
        return
    check_at = now + HOOKS_EVERY if checks or due is None else due.check_at
    with _lock:
        if server.id in _visiting:
            return
        _due[server.id] = _Due(server.base_url, check_at, now + LOAD_EVERY)
        thread = threading.Thread(target=_visit_in_thread, args=(server, checks), name="visit", daemon=True)
        _visiting[server.id] = thread
    thread.start()


def under_way() -> list[threading.Thread]:
    with _lock:
        return list(_visiting.values())


def load_of(server_id: UUID) -> float | None:
    """As the server last said: 0 idle to 1 full. None where it says nothing."""
    return _loads.get(server_id)


def forget(server_id: UUID) -> None:
    """It failed: it may come back without our hooks, and as another version."""
    _due.pop(server_id, None)
    _loads.pop(server_id, None)


def _visit_in_thread(server: ConferenceServer, checks: bool) -> None:
    try:
        _ask_for_load(server)
        if checks:
            _keep_in_touch(server)
    except BackendError as error:
        log.info("a server could not be asked for its load", server=server.name, error=error.code)
    except Exception:
        log.exception("visit failed", server=str(server.id))
    finally:
        with _lock:
            del _visiting[server.id]
        connection.close()


def _ask_for_load(server: ConferenceServer) -> None:
    """Told with the next look."""
    load = backend_for(server).load()
    if load is None:
        _loads.pop(server.id, None)
    else:
        _loads[server.id] = load


def _keep_in_touch(server: ConferenceServer) -> None:
    """Check the server, and ask one that can to tell us of changes by itself: at first sight and now and then."""
    report = backend_for(server).check()
    if report.healthy:
        keep_checked(server.id, report)
    webhooks = webhooks_of(server)
    if webhooks is None or report.webhooks is False:
        return
    let_go_of_the_database()
    try:
        webhooks.register_hook(events_url(server))
    except NotSupported:
        return
    except BackendError as error:
        log.warning("webhooks could not be asked for", server=server.name, error=error.code)
