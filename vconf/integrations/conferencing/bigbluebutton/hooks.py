# SPDX-License-Identifier: EUPL-1.2
"""Deliveries of the package bbb-webhooks: proving that they are the server's, and reading them.

Four ways of proof exist, and which one holds is a setting of the server:

    raw-body   3.4 and later     hash over callback URL, raw form body, secret
    json-body  2.x               hash over callback URL, the form's fields as compact JSON, secret
    bearer     auth2_0 = true    the shared secret itself in the header: over TLS only
    url-only   3.0.0 to 3.3.1    hash over callback URL, "{}", secret: proves nothing about the body and can be replayed

`read_delivery` takes the one that is set and no other. `signature_of` tells which one a delivery has, so that the
setting can follow the server. The last says no more than the unsigned call at the end of a meeting does: something has
happened, look. Source: bbb-webhooks 2.6.1 to 3.5.0, `CallbackEmitter`.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from typing import Literal
from urllib.parse import parse_qs, parse_qsl

from vconf.integrations.conferencing.port import HookDelivery, HookRejected, MeetingHint

#: The strongest first.
SIGNATURES = ("raw-body", "json-body", "bearer", "url-only")
MAX_BODY_BYTES = 1024 * 1024

_ALGORITHM_BY_LENGTH = {40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}
_KINDS: dict[str, Literal["created", "joined", "left", "ended"]] = {
    "meeting-created": "created",
    "user-joined": "joined",
    "user-left": "left",
    "meeting-ended": "ended",
}
#: What to subscribe to: no more than we have a use for.
EVENT_IDS = tuple(_KINDS)


def read_delivery(delivery: HookDelivery, *, secret: str, signature: str) -> Sequence[MeetingHint]:
    """Raises HookRejected unless the delivery is proven and well-formed."""
    if len(delivery.body) > MAX_BODY_BYTES:
        raise HookRejected("too big")
    fields = _form(delivery.body)
    if not _proven(delivery, fields, secret, signature):
        raise HookRejected("not signed by this server", code="hook_not_signed")
    return _distinct(_hints(fields.get("event", "")))


def signature_of(delivery: HookDelivery, *, secret: str) -> str:
    """The strongest way in which a delivery is proven; empty if in none, or if it is no form."""
    try:
        if len(delivery.body) > MAX_BODY_BYTES:
            raise HookRejected("too big")
        fields = _form(delivery.body)
    except HookRejected:
        return ""
    for signature in SIGNATURES:
        with contextlib.suppress(HookRejected):
            if _proven(delivery, fields, secret, signature):
                return signature
    return ""


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=10, errors="strict")
    except ValueError:
        pairs = []
    fields = dict(pairs)
    if not pairs or len(fields) != len(pairs):
        raise HookRejected("not a form")
    return fields


def _proven(delivery: HookDelivery, fields: dict[str, str], secret: str, signature: str) -> bool:
    if signature == "bearer":
        return hmac.compare_digest(delivery.authorization.encode(), f"Bearer {secret}".encode())
    if signature == "raw-body":
        covered = delivery.body
    elif signature == "json-body":
        covered = _fields_as_json(fields)
    elif signature == "url-only":
        covered = b"{}"
    else:
        return False
    received = _received_checksum(delivery.query)
    algorithm = _ALGORITHM_BY_LENGTH.get(len(received))
    if algorithm is None:
        return False
    expected = hashlib.new(algorithm, delivery.callback_url.encode() + covered + secret.encode()).hexdigest()
    return hmac.compare_digest(expected, received)


def _received_checksum(query: str) -> str:
    """In lower case; empty unless there is exactly one."""
    try:
        received = parse_qs(query, max_num_fields=20).get("checksum", [])
    except ValueError:
        received = []
    return received[0].lower() if len(received) == 1 and received[0].isascii() else ""


def _fields_as_json(fields: dict[str, str]) -> bytes:
    """As JavaScript's JSON.stringify writes what was sent: this order, the timestamp a number."""
    timestamp = fields.get("timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 20):
        raise HookRejected("no timestamp")
    written: dict[str, str | int] = {"event": fields.get("event", ""), "timestamp": int(timestamp)}
    if "domain" in fields:
        written["domain"] = fields["domain"]
    return json.dumps(written, separators=(",", ":"), ensure_ascii=False).encode()


def _hints(event: str) -> Iterator[MeetingHint]:
    try:
        events = json.loads(event)
    except (ValueError, RecursionError):
        events = None
    if not isinstance(events, list):
        raise HookRejected("not a list of events")
    for entry in events:
        data = _object(_object(entry).get("data"))
        kind = _KINDS.get(str(data.get("id")))
        meeting = _object(_object(data.get("attributes")).get("meeting"))
        external_id = meeting.get("external-meeting-id")
        if kind is None or not isinstance(external_id, str) or not external_id:
            continue
        # The internal id ends in the createTime, which names the incarnation.
        create_time = str(meeting.get("internal-meeting-id", "")).rpartition("-")[2]
        incarnation = create_time if create_time.isascii() and create_time.isdigit() else ""
        yield MeetingHint(kind=kind, external_id=external_id[:256], incarnation=incarnation[:20])


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _distinct(hints: Iterator[MeetingHint]) -> Sequence[MeetingHint]:
    return tuple(dict.fromkeys(hints))
