# SPDX-License-Identifier: EUPL-1.2
"""Signing in to calendars: Basic (RFC 7617) with a calendar password, and nothing else.

A session of the web page does not count here: then other pages could make a browser ask with it. Clients ask without a
password first and again after the 401, so that costs nothing and is no failure.
"""

from __future__ import annotations

import base64
import binascii
import math
from ipaddress import ip_address, ip_network
from urllib.parse import unquote

import structlog
from django.http import HttpRequest, HttpResponse

from vconf.authorities.calendar_passwords import person_for_calendar_password
from vconf.authorities.models import Person
from vconf.web.limits import CalendarSignIns, CalendarSignInsFromAddress

log = structlog.get_logger(__name__)

#: constant: clients keep passwords under it
REALM = 'Basic realm="vconf", charset="UTF-8"'
#: longer ones are no names and no passwords
_LONGEST = 600


def signed_in(request: HttpRequest) -> Person | HttpResponse:
    """Who asks, or the answer: 401, or 429 to a name that keeps coming with wrong passwords from one network.

    The right password is found by one look-up and accepted however many wrong ones came before: what the limit saves
    is not the password, which nobody guesses, but our time and the log.
    """
    header = request.headers.get("Authorization", "")
    if not header:
        return _unauthorised()
    name, password = _credentials(header)
    person = person_for_calendar_password(name, password) if password else None
    if person is not None:
        return person
    wait = _count_wrong(request, name)
    if wait is None:
        log.info("calendar sign-in failed")
        return _unauthorised()
    answer = HttpResponse("Too many wrong passwords.\n", "text/plain", status=429)
    answer["Retry-After"] = str(math.ceil(wait))
    return answer


def _unauthorised() -> HttpResponse:
    answer = HttpResponse("Please sign in with a calendar password.\n", "text/plain", status=401)
    answer["WWW-Authenticate"] = REALM
    return answer


def _credentials(header: str) -> tuple[str, str]:
    """Name and password; both empty for what is neither."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _LONGEST:
        return "", ""
    try:
        octets = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return "", ""
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = octets.decode("latin-1")  # what clients that know nothing of RFC 7617 send
    name, _, password = text.partition(":")
    # Some clients put the name into an address and send it as it stands there.
    return unquote(name) if "%40" in name else name, password


def _count_wrong(request: HttpRequest, name: str) -> float | None:
    """Count a wrong password; seconds to wait if there have been too many."""
    for limit in (
        CalendarSignIns(key=f"{name.strip().lower()} {_network(request)}"),
        CalendarSignInsFromAddress(),
    ):
        if not limit.allow_request(request, None):
            return limit.wait() or 60.0
    return None


def _network(request: HttpRequest) -> str:
    """Where the request comes from: the address, or the network that one customer gets of IPv6."""
    try:
        address = ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return ""
    return str(ip_network((address, 64 if address.version == 6 else 32), strict=False))
