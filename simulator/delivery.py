# SPDX-License-Identifier: EUPL-1.2
"""Calls the simulated server makes to others: one attempt, no redirects, no proxies."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit


def is_http_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    printable = url.isascii() and url.isprintable() and " " not in url
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and printable
        and (port is None or port > 0)
    )


def with_query(url: str, query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{query}"


def attempt(
    method: str, url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None, timeout: float
) -> int:
    """Answers the HTTP status, or 0 when there was none."""
    parts = urlsplit(url)
    connection_class = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connection_class(parts.hostname or "", parts.port, timeout=timeout)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target, body=body, headers={"Connection": "close", **(headers or {})})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError):
        return 0
    finally:
        connection.close()
