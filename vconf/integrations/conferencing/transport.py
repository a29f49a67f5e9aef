# SPDX-License-Identifier: EUPL-1.2
"""One call to a server that may be lost, hung, slow, or sending nonsense: bounded in time and in bytes.

`requests` limits the wait for each byte, not for the whole answer: a server that drips would hold a caller for hours,
in the headers as well as in the body. Here a watchdog shuts the socket down at the deadline, wherever the call stands.
Not bounded is the look-up of the host's name: that is the resolver's own time limit.
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from vconf.integrations.conferencing.port import BackendError, Misbehaving, RequestRefused, Unreachable

#: A server with 20,000 people in meetings answers `getMeetings` with about 4 MB.
MAX_ANSWER_BYTES = 5 * 1024 * 1024
#: What proxies in front take is about this; longer addresses would fail there, less plainly.
MAX_URL_LENGTH = 8_000
_CHUNK = 64 * 1024
#: What makes an address a secret: BigBlueButton's checksum, a token for Jitsi.
_PROOF = re.compile(r"\b(checksum|token|jwt)=[^&#\s\"']+")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect (per address tried), between two bytes, and for everything."""

    connect: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """`date`: the server's clock, as it came (RFC 9110, 6.6.1); empty when it does not say."""

    status: int
    content_type: str
    body: bytes
    date: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """What goes out beside the address: `headers` may hold a secret."""

    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = None


def normalise_base_url(url: str, *, allow_http: bool) -> str:
    """As it goes over the wire: lower-case host, one slash at the end. Raises RequestRefused if it is no base."""
    fault = ""
    try:
        parts = urlsplit(url.strip())
        prepared = requests.Request("GET", url.strip().rstrip("/") + "/").prepare().url or ""
        if parts.scheme not in ("https", "http") or not parts.hostname:
            fault = "not an https address"
        elif parts.scheme == "http" and not allow_http:
            fault = "plain http is not allowed"
        elif parts.username is not None or parts.query or parts.fragment:
            fault = "an address with user, query or fragment"
    except (ValueError, requests.RequestException):
        fault = "not an address"
    if fault:
        raise RequestRefused(fault, code="invalid_access")
    return prepared


def clock_skew_ms(date: str, now: float) -> int | None:
    """By how much a server's clock is ahead of ours by its Date header; None if that says nothing. `now`: Unix time."""
    try:
        # The header has whole seconds, so on average half of one has passed.
        return round((parsedate_to_datetime(date).timestamp() + 0.5 - now) * 1000)
    except (ValueError, TypeError, OverflowError):
        return None


def fetch(
    url: str, *, limits: Limits, verify: bool | str = True, sending: Sending | None = None
) -> HttpAnswer:
    """GETs exactly `url` unless `sending` says otherwise, follows no redirect, decodes nothing.

    Raises Unreachable (no connection, no answer in time), Misbehaving (no HTTP, too many bytes) or RequestRefused
    (the address would not go over the wire as it was signed). `maybe_done` is set once the request may have been sent.
    """
    if len(url) > MAX_URL_LENGTH:
        raise RequestRefused("the address is too long", code="url_too_long")
    deadline = _Deadline(limits.total)
    failure: BackendError
    try:
        return _fetch(url, limits, verify, deadline, sending or Sending())
    except BackendError as error:
        failure = error
    except (
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        http.client.HTTPException,
        OSError,
    ) as error:
        failure = _explain(error, deadline)
    except ValueError as error:
        # A socket shut down in the middle of a read may surface as this; anything else is a bug of ours.
        if not deadline.passed:
            raise
        failure = _explain(error, deadline)
    finally:
        deadline.cancel()
    # Raised out here, so that the library's error, whose text holds the signed address, does not travel along.
    raise failure


def _fetch(url: str, limits: Limits, verify: bool | str, deadline: _Deadline, sending: Sending) -> HttpAnswer:
    with requests.Session() as session:
        # Neither proxies nor .netrc of the process's environment: conference servers are spoken to directly.
        session.trust_env = False
        session.mount("http://", _WatchedAdapter(deadline))
        session.mount("https://", _WatchedAdapter(deadline))
        headers = {**sending.headers, "Accept-Encoding": "identity", "Connection": "close"}
        prepared = session.prepare_request(
            requests.Request(sending.method, url, headers=headers, data=sending.body)
        )
        if prepared.url != url:
            raise RequestRefused("the address changed after it was signed", code="address_rewritten")
        response = session.send(
            prepared,
            stream=True,
            allow_redirects=False,
            timeout=(limits.connect, limits.read),
            verify=verify,
        )
        with contextlib.closing(response):
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise Misbehaving("an encoded answer that was not asked for", maybe_done=True)
            body = _read(response.raw, deadline)
            return HttpAnswer(
                status=response.status_code,
                content_type=response.headers.get("Content-Type", ""),
                body=body,
                date=response.headers.get("Date", ""),
            )


def _read(raw: urllib3.BaseHTTPResponse, deadline: _Deadline) -> bytes:
    body = bytearray()
    for chunk in _chunks(raw):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise Misbehaving("an answer without end", code="answer_too_big", maybe_done=True)
        if deadline.passed:
            raise Unreachable("no complete answer in time", code="timeout", maybe_done=True)
    if deadline.passed:
        # A connection cut by the watchdog can look like a complete answer of unknown length.
        raise Unreachable("no complete answer in time", code="timeout", maybe_done=True)
    return bytes(body)


def _chunks(raw: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    while chunk := raw.read(_CHUNK, decode_content=False):
        yield chunk


def _explain(error: Exception, deadline: _Deadline) -> BackendError:
    if deadline.passed or isinstance(error, requests.ReadTimeout | urllib3.exceptions.ReadTimeoutError):
        return Unreachable("no answer in time", code="timeout", maybe_done=deadline.connected)
    if isinstance(error, requests.ConnectTimeout):
        return Unreachable("no connection in time", code="timeout")
    if isinstance(error, requests.exceptions.SSLError):
        return Unreachable("no trusted TLS connection", code="tls_failure")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return RequestRefused("not an address of a server", code="invalid_address")
    if _spoke_no_http(error):
        return Misbehaving("an answer that is no HTTP", maybe_done=True)
    if deadline.connected:
        return Unreachable("the connection was lost", code="connection_lost", maybe_done=True)
    return Unreachable("no connection")


def _spoke_no_http(error: BaseException) -> bool:
    seen: list[BaseException] = [error]
    for link in seen:
        if isinstance(link, http.client.RemoteDisconnected | http.client.IncompleteRead):
            return False
        if isinstance(link, http.client.HTTPException | urllib3.exceptions.HeaderParsingError):
            return True
        seen += [part for part in link.args if isinstance(part, BaseException) and part not in seen]
    return False


class _Deadline:
    """Shuts the watched socket down when time is up, which wakes whoever reads from or writes to it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()
        #: Whether a connection has been made.
        self.connected = False

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._end

    def watch(self, connected: socket.socket) -> None:
        # A duplicate outlives the wrapping of the original into TLS and still means the same connection.
        with self._lock:
            self.connected = True
            self._watched.append(connected.dup())
        if self.passed:
            self._cut()

    def cancel(self) -> None:
        self._timer.cancel()
        with self._lock:
            for watched in self._watched:
                watched.close()
            self._watched.clear()

    def _cut(self) -> None:
        with self._lock:
            for watched in self._watched:
                with contextlib.suppress(OSError):
                    watched.shutdown(socket.SHUT_RDWR)


class _WatchedAdapter(HTTPAdapter):
    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        http_pool, https_pool = _watched_pools(self._deadline.watch)
        self.poolmanager.pool_classes_by_scheme = {"http": http_pool, "https": https_pool}


def _watched_pools(
    watch: Callable[[socket.socket], None],
) -> tuple[type[urllib3.HTTPConnectionPool], type[urllib3.HTTPSConnectionPool]]:
    class WatchedHttp(urllib3.connection.HTTPConnection):
        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            watch(made)
            return made

    class WatchedHttps(urllib3.connection.HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            watch(made)
            return made

    class HttpPool(urllib3.HTTPConnectionPool):
        ConnectionCls = WatchedHttp

    class HttpsPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = WatchedHttps

    return HttpPool, HttpsPool


class _HideProofs(logging.Filter):
    """urllib3 logs the address of every request at debug level; ours can be replayed, some of them for ever."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _PROOF.sub(r"\1=...", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_HideProofs())
