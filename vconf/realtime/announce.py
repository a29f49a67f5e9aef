# SPDX-License-Identifier: EUPL-1.2
"""Word that a version was written: to the hubs of this process, and through Redis to those of the others.

Only a hint: hubs read what changed from the database, and look for themselves every other second. So a lost hint
costs that long, and losing Redis loses nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache

import redis
import structlog
from django.conf import settings

from vconf.crashpoints import reach

log = structlog.get_logger(__name__)

CHANNEL = "vconf:room-status"

_lock = threading.Lock()
_listeners: set[Callable[[], None]] = set()


def listen(callback: Callable[[], None]) -> None:
    """Have this called, from any thread, whenever a version was written in this process."""
    with _lock:
        _listeners.add(callback)


def stop_listening(callback: Callable[[], None]) -> None:
    with _lock:
        _listeners.discard(callback)


def announce(version: int) -> None:
    """Tell all hubs that there is news up to `version`. Called after the commit; never raises."""
    reach("realtime.before_announce")
    with _lock:
        listeners = list(_listeners)
    for callback in listeners:
        callback()
    if settings.VCONF_REDIS_URL:
        try:
            _redis(settings.VCONF_REDIS_URL).publish(CHANNEL, version)
        except (redis.RedisError, OSError) as error:
            log.warning("room status not announced", error=str(error))
    reach("realtime.after_announce")


@lru_cache(maxsize=1)
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
