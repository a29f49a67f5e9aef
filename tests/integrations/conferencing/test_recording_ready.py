# SPDX-License-Identifier: EUPL-1.2
"""The server's call when a recording is ready: signed, and no more than a hint."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlencode

import pytest

from vconf.integrations.conferencing.bigbluebutton.recording_ready import RecordingReady, read_token
from vconf.integrations.conferencing.port import HookRejected

SECRET = "s3cr3t"
CLAIMS = '{"meeting_id":"m-1","record_id":"r-1"}'


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(claims: str = CLAIMS, *, header: str = '{"alg":"HS256"}', secret: str = SECRET) -> str:
    signed = f"{encoded(header.encode())}.{encoded(claims.encode())}"
    return f"{signed}.{encoded(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def form(sent: str) -> bytes:
    return urlencode({"signed_parameters": sent}).encode()


def test_a_token_of_the_server() -> None:
    assert read_token(form(token()), secret=SECRET) == RecordingReady("m-1", "r-1")


def test_a_token_made_elsewhere() -> None:
    """Computed with openssl dgst -sha256 -hmac s3cr3t over the first two parts."""
    made = (
        "eyJhbGciOiJIUzI1NiJ9.eyJtZWV0aW5nX2lkIjoibS0xIiwicmVjb3JkX2lkIjoici0xIn0."
        "PeuYHpYqMyTqNdzrkqyRdAtHfywyV5eo-K4ekMlXGwU"
    )

    assert read_token(form(made), secret=SECRET) == RecordingReady("m-1", "r-1")


@pytest.mark.parametrize(
    "sent",
    [
        token(secret="other"),
        token(header='{"alg":"none"}'),
        token(header='{"alg":"HS512"}'),
        token(header='{"alg":"HS256","alg":"none"}'),
        token(header="[]"),
        token("[]"),
        token("{}"),
        token('{"meeting_id":1,"record_id":"r"}'),
        token('{"meeting_id":"","record_id":"r"}'),
        token('{"meeting_id":"m\\u0000","record_id":"r"}'),
        token('{"meeting_id":"m\\ud800","record_id":"r"}'),
        token(f'{{"meeting_id":"{"m" * 257}","record_id":"r"}}'),
        token('{"meeting_id":"a","meeting_id":"b","record_id":"r"}'),
        token().rpartition(".")[0] + ".",
        token()[:-4] + "AAAA",
        f"{encoded(b'{}')}.{encoded(CLAIMS.encode())}.",
        "a.b.c",
        "a.b",
        "",
        "x" * 4000,
        token("[" * 100_000),
    ],
)
def test_everything_else_is_refused(sent: str) -> None:
    with pytest.raises(HookRejected):
        read_token(form(sent), secret=SECRET)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"signed_parameters",
        form(token()) + b"&" + form(token()),
        b"other=" + token().encode(),
    ],
)
def test_what_is_no_such_form_is_refused(body: bytes) -> None:
    with pytest.raises(HookRejected):
        read_token(body, secret=SECRET)
