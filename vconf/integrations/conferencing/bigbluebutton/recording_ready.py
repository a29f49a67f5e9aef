# SPDX-License-Identifier: EUPL-1.2
"""The call of bbb-web when a recording is ready: a form with one JSON Web Token, signed with the shared secret.

Source: `meta_bbb-recording-ready-url` in https://docs.bigbluebutton.org/development/api/; RFC 7519, RFC 7515. The token
does not expire, so it can be sent again by whoever has seen it: it is a hint and no more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TypeGuard
from urllib.parse import parse_qs

from vconf.integrations.conferencing.port import HookRejected


@dataclass(frozen=True, slots=True)
class RecordingReady:
    external_id: str
    record_id: str


def read_token(body: bytes, *, secret: str) -> RecordingReady:
    """Raises HookRejected unless it is one HS256 token of that secret. Whatever else its header says counts nothing."""
    try:
        sent = parse_qs(body.decode("ascii"), max_num_fields=5, strict_parsing=True)["signed_parameters"]
        header, claims, signature = sent[0].split(".") if len(sent) == 1 else ("", "", "")
        signed = hmac.digest(secret.encode(), f"{header}.{claims}".encode(), hashlib.sha256)
        if not hmac.compare_digest(signed, _decoded(signature)) or _object(header).get("alg") != "HS256":
            raise HookRejected("not signed by this server", code="token_not_signed")
        told = _object(claims)
        external_id, record_id = told.get("meeting_id"), told.get("record_id")
    except (ValueError, KeyError, RecursionError):
        external_id = record_id = None
    if not _is_an_id(external_id) or not _is_an_id(record_id):
        raise HookRejected("not a token about a recording")
    return RecordingReady(external_id, record_id)


def _is_an_id(told: object) -> TypeGuard[str]:
    """A name that a meeting may have; a database takes neither NUL nor half a character."""
    return isinstance(told, str) and 0 < len(told) <= 256 and told.isprintable()


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars="-_", validate=True)


def _object(part: str) -> dict[str, object]:
    read = json.loads(_decoded(part), object_pairs_hook=_once_each)
    if not isinstance(read, dict):
        raise ValueError("no object")
    return read


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)
