# SPDX-License-Identifier: EUPL-1.2
"""The note to somebody whose mail cannot be read."""

from __future__ import annotations

import html

import pytest

from tests.integrations.invitations.letters import body
from tests.smtp_sink import SmtpSink
from vconf.integrations.imip.dissecting import dissect
from vconf.integrations.imip.notices import send_notice

FACT = {
    "mail_id": "0199a0c4-0000-7000-8000-000000000001",
    "address": "anna@im.mv.example",
    "room": "saal@raum.mv.example",
    "code": "winmail",
    "language": "de",
    "key": "k",
}


@pytest.mark.parametrize(
    ("language", "code", "said"),
    [
        ("de", "winmail", "Set-RemoteDomain NAME -TNEFEnabled $false"),
        ("en", "winmail", "For your administrator: the remote domain"),
        ("en", "encrypted", "without encryption"),
    ],
)
def test_it_says_what_has_to_be_set_otherwise(sink: SmtpSink, language: str, code: str, said: str) -> None:
    send_notice({**FACT, "language": language, "code": code}, "anna@im.mv.example")

    [mail] = sink.received
    assert mail.recipient == mail.message["To"] == "anna@im.mv.example"
    assert mail.message["Content-Language"] == language
    for kind in ("text/plain", "text/html"):
        text = html.unescape(body(mail.message, kind))
        assert said in text
        assert "saal@raum.mv.example" in text


def test_nobody_answers_it_and_it_starts_no_loop(sink: SmtpSink) -> None:
    for _ in range(2):
        send_notice(FACT, "anna@im.mv.example")

    assert {mail.sender for mail in sink.received} == {""}
    assert {mail.message["Auto-Submitted"] for mail in sink.received} == {"auto-replied"}
    assert len(set(sink.message_ids())) == 1
    assert dissect(sink.received[0].octets, authserv_id="")["own_loop"]
