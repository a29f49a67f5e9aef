# SPDX-License-Identifier: EUPL-1.2
"""What conference servers send us, up to a size that each door sets for itself."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest


def body_of(request: HttpRequest, most: int) -> bytes | None:
    """The body if it has no more bytes than that, else None; what announces to be larger is not read at all."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            return None
        body = request.body
    except (ValueError, RequestDataTooBig):
        return None
    return body if len(body) <= most else None
