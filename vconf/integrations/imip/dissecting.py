# SPDX-License-Identifier: EUPL-1.2
"""A mail taken apart (RFC 5322, RFC 2045, RFC 2046): its kind, and its one calendar part. Without Django.

Bounded by construction: each depth of parts is one pass over the octets, and depths and parts are counted. What is
attached as a mail of its own is not looked into: an invitation in there was not sent to us.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from vconf.integrations.imip.headers import (
    Headers,
    address_in,
    charset_of,
    parameters,
    plain,
)
from vconf.integrations.imip.limits import USUAL, Limits, TooMuch, head_of
from vconf.integrations.imip.signed import content_of_signed
from vconf.integrations.invitations.own_mark import OWN_MARK

_MOST_REPORTS = 100
#: 70 are allowed
_LONGEST_BOUNDARY = 200


@dataclass(slots=True)
class Part:
    """One part without parts of its own."""

    kind: str
    parameters: dict[str, str]
    filename: str
    encoding: str
    body: bytes
    octets: bytes | None = field(default=None, repr=False)

    def content(self) -> bytes:
        """The body without its transfer encoding. What is broken in it is left out."""
        if self.octets is None:
            self.octets = _decoded_transfer(self.body, self.encoding)
        return self.octets


def dissect(octets: bytes, *, authserv_id: str, limits: Limits = USUAL) -> dict[str, Any]:
    """What `ReadMail` has, as JSON has it; `calendar` as text.

    :raises TooMuch: more parts, depth or headers than are looked at
    """
    lines, body_at = head_of(octets, limits)
    headers = Headers(lines)
    found = _envelope(headers, authserv_id)
    kind, given = parameters(headers.top("content-type") or "text/plain")
    parts = list(_parts(headers, memoryview(octets)[body_at:], limits))
    if kind == "multipart/report" and given.get("report-type", "").lower() == "delivery-status":
        return {**found, "kind": "dsn", "dsn": _reports(parts)}
    chosen = _calendar(parts)
    if chosen is not None:
        part, text = chosen
        return {
            **found,
            "kind": "itip",
            "calendar": text,
            "method_param": plain(part.parameters.get("method", "").strip().upper()[:40]),
        }
    if any(_is_encrypted(part) for part in parts):
        return {**found, "kind": "encrypted"}
    if any(part.kind == "application/ms-tnef" or part.filename.lower() == "winmail.dat" for part in parts):
        return {**found, "kind": "tnef"}
    return found


def _envelope(headers: Headers, authserv_id: str) -> dict[str, Any]:
    language = headers.text("content-language", 20) or headers.text("accept-language", 20)
    return {
        "message_id": headers.text("message-id", 320),
        "from_address": address_in(headers.only("from")),
        "auth_results": plain(_auth_results(headers, authserv_id)),
        "auto_submitted": headers.text("auto-submitted", 100).lower(),
        "precedence": headers.text("precedence", 100).lower(),
        "list_id": headers.text("list-id", 300),
        "own_loop": bool(headers.all(OWN_MARK.lower())),
        "language_hint": language[:2].lower(),
        "kind": "plain",
    }


def _auth_results(headers: Headers, authserv_id: str) -> str:
    """The topmost that is our gateway's. Those below may have come with the mail (RFC 8601, 5)."""
    for value in headers.all("authentication-results") if authserv_id else ():
        name = _without_comments(value).split(";")[0].split()
        if name and name[0].strip('"').lower() == authserv_id.lower():
            return value
    return ""


def _without_comments(value: str) -> str:
    kept, depth, quoted = list[str](), 0, False
    for sign in value:
        if sign == '"' and depth == 0:
            quoted = not quoted
        if not quoted and sign == "(":
            depth += 1
        elif not quoted and sign == ")" and depth:
            depth -= 1
        elif depth == 0:
            kept.append(sign)
    return "".join(kept)


# --- parts -----------------------------------------------------------------------------------------------


def _parts(headers: Headers, body: memoryview, limits: Limits) -> Iterator[Part]:
    """All parts without parts of their own, in their order."""
    pending: list[tuple[Headers, memoryview, int]] = [(headers, body, 0)]
    seen = 0
    while pending:
        headers, body, depth = pending.pop()
        seen += 1
        if seen > limits.parts:
            raise TooMuch(f"more than {limits.parts} parts")
        kind, given = parameters(headers.top("content-type") or "text/plain")
        boundary = given.get("boundary", "")
        if kind.startswith("multipart/") and 0 < len(boundary) <= _LONGEST_BOUNDARY:
            inner = _within(body, boundary, limits.parts - seen)
        else:
            part = _part(kind, given, headers, body)
            signed = content_of_signed(part.content()) if _is_opaquely_signed(part) else None
            if signed is None:
                yield part
                continue
            inner = [memoryview(signed)]
        if depth >= limits.depth:
            raise TooMuch(f"parts within parts, more than {limits.depth} deep")
        for octets in reversed(inner):
            lines, at = head_of(bytes(octets[: limits.header_octets * 2]), limits)
            pending.append((Headers(lines), octets[at:], depth + 1))


def _within(body: memoryview, boundary: str, most: int) -> list[memoryview]:
    """The octets of each part between boundaries (RFC 2046, 5.1.1). The last may lack its end."""
    # begins with what is looked for, not with a line's end, of which there may be millions
    mark = re.compile(
        rb"--" + re.escape(boundary.encode("utf-8", "surrogateescape")) + rb"(--)?[ \t]*(?=\r?\n|\Z)"
    )
    found, begin = list[memoryview](), None
    for hit in mark.finditer(body):
        before = bytes(body[max(0, hit.start() - 2) : hit.start()])
        if before and not before.endswith(b"\n"):
            continue
        if begin is not None:
            found.append(body[begin : hit.start() - (2 if before == b"\r\n" else 1)])
            if len(found) > most:
                raise TooMuch(f"more than {most} parts")
        if hit[1]:
            return found
        begin = hit.end() + 1 + (bytes(body[hit.end() : hit.end() + 1]) == b"\r")
    if begin is not None:
        found.append(body[begin:])
    return found


def _part(kind: str, given: dict[str, str], headers: Headers, body: memoryview) -> Part:
    _, disposition = parameters(headers.top("content-disposition"))
    filename = disposition.get("filename", "") or given.get("name", "")
    encoding = headers.top("content-transfer-encoding").strip().strip('"').lower()
    return Part(kind, given, filename.strip(), encoding, bytes(body))


def _decoded_transfer(body: bytes, encoding: str) -> bytes:
    match encoding:
        case "base64":
            letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body.partition(b"=")[0])
            if len(letters) % 4 == 1:
                letters = letters[:-1]
            try:
                return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
            except binascii.Error:
                return b""
        case "quoted-printable":
            return binascii.a2b_qp(body)
    return body


def _is_encrypted(part: Part) -> bool:
    kind = part.parameters.get("smime-type", "").lower()
    if part.kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return kind != "certs-only"
    return part.kind in ("application/pgp-encrypted", "application/x-pgp-encrypted")


def _is_opaquely_signed(part: Part) -> bool:
    return part.kind in ("application/pkcs7-mime", "application/x-pkcs7-mime") and (
        part.parameters.get("smime-type", "").lower() in ("signed-data", "")
    )


# --- the calendar part -----------------------------------------------------------------------------------


def _calendar(parts: list[Part]) -> tuple[Part, str] | None:
    """The calendar part and its text: the first that names its method, else the first, else an attached file."""
    ranked = [(rank, part) for part in parts if (rank := _rank(part)) is not None]
    for _, part in sorted(ranked, key=lambda item: item[0]):
        text = _calendar_text(part)
        if text is not None:
            return part, text
    return None


def _rank(part: Part) -> int | None:
    if part.kind == "text/calendar":
        return 0 if part.parameters.get("method") else 1
    if part.kind in ("application/ics", "text/x-vcalendar", "application/calendar"):
        return 2 if part.parameters.get("method") else 3
    if part.filename.lower().endswith((".ics", ".vcs")):
        return 4
    return None


def _calendar_text(part: Part) -> str | None:
    """The text in the charset that the part names, in UTF-8, or as Windows writes it: whichever is a calendar."""
    octets = part.content()
    for codec in (charset_of(part.parameters.get("charset", "utf-8")), "utf-8-sig", "utf-16", "cp1252"):
        if codec is None:
            continue
        try:
            text = octets.decode(codec, "replace" if codec == "cp1252" else "strict")
        except (UnicodeDecodeError, LookupError):
            continue
        text = text.lstrip("\ufeff \t\r\n")
        if text[:15].upper() == "BEGIN:VCALENDAR":
            return text
    return None


# --- reports ---------------------------------------------------------------------------------------------


def _reports(parts: list[Part]) -> list[tuple[str, str, str, str]]:
    """Recipient, action, status and diagnostic of each group of a delivery report (RFC 3464, 2.1)."""
    found: list[tuple[str, str, str, str]] = []
    for part in parts:
        if part.kind not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        for block in re.split(rb"\r?\n[ \t]*\r?\n", part.content()[:262_144]):
            fields = Headers(block.splitlines()[:200])
            recipient = fields.top("original-recipient") or fields.top("final-recipient")
            if recipient and len(found) < _MOST_REPORTS:
                address = recipient.partition(";")[2].strip().strip("<>").lower() or recipient.strip().lower()
                found.append(
                    (
                        plain(address)[:320],
                        fields.text("action", 40).lower(),
                        fields.text("status", 40).split(" ")[0],
                        fields.text("diagnostic-code", 500),
                    )
                )
    return found
