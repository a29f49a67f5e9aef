# SPDX-License-Identifier: EUPL-1.2
"""The process that reads mails, bounded in memory and time: what a mail does to its reader stays in here (R5.3).

    python -I -c "..." SETTINGS        as `reader.py` starts it; SETTINGS is JSON

In and out: four octets of length, then a mail, and JSON. Says `{}` when it is ready. Ends when its input does.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from typing import Any, BinaryIO

MEMORY = 512 * 1024 * 1024
#: seconds of computing for one mail
SECONDS = 5
_LENGTH = struct.Struct(">I")


def main(given: str) -> None:
    wanted: dict[str, Any] = json.loads(given)
    _bound(MEMORY)
    _set_up(wanted["settings"])
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    _say(sink, {})
    while head := source.read(_LENGTH.size):
        octets = source.read(_LENGTH.unpack(head)[0])
        _grant(SECONDS)
        _say(sink, read(octets, authserv_id=wanted["authserv_id"]))


def read(octets: bytes, *, authserv_id: str) -> dict[str, Any]:
    """What `ReadMail` has, as JSON has it. Never raises: `fault` says what is wrong with the mail."""
    from vconf.integrations.imip.dissecting import dissect  # noqa: PLC0415  within the bounds
    from vconf.integrations.imip.limits import TooMuch  # noqa: PLC0415

    try:
        found = dissect(octets, authserv_id=authserv_id)
        if found.get("calendar"):
            found.update(_tried(found["calendar"].encode("utf-8", "replace")))
    except TooMuch:
        return {"fault": "too_large"}
    except MemoryError:
        return {"fault": "too_slow"}
    except Exception:
        return {"fault": "malformed"}
    return found


def _tried(calendar: bytes) -> dict[str, str]:
    """The calendar read once in here, so that whoever reads it after us finds nothing that hurts.

    What it refuses politely is a matter for the answer, not for us.
    """
    from vconf.integrations.ical.invalid import InvalidCalendar  # noqa: PLC0415
    from vconf.integrations.ical.parse import read_message  # noqa: PLC0415

    try:
        message = read_message(calendar)
    except InvalidCalendar:
        return {}
    return {"method": message.method, "uid": message.uid}


def _set_up(given: dict[str, Any]) -> None:
    """What the calendar's reader asks of Django's settings; nothing else of Django is there."""
    from django.conf import settings  # noqa: PLC0415

    settings.configure(USE_I18N=False, **given)
    import vconf.integrations.ical.parse  # noqa: F401, PLC0415  before the first mail, whose time it would be


def _bound(memory: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _grant(seconds: int) -> None:
    """So much more computing; then the system ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def _say(sink: BinaryIO, answer: dict[str, Any]) -> None:
    octets = json.dumps(answer).encode("ascii")
    sink.write(_LENGTH.pack(len(octets)) + octets)
    sink.flush()
