# SPDX-License-Identifier: EUPL-1.2
"""Handing mails over, to a server that really speaks SMTP and to the folder."""

import time
from email.message import Message
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.smtp_sink import SmtpSink, unused_port
from vconf.integrations.invitations import transport
from vconf.integrations.invitations.transport import MailNotSent, MailRefused, MailServerFailed


def letter() -> Message:
    message = MIMEText("Zeile 1\n.\n.Zeile 3\nFrom hier\n", "plain", "us-ascii")
    message["Subject"] = "Einladung"
    message["Message-ID"] = "<1@mv.example>"
    return message


def send() -> None:
    transport.send(letter(), envelope_sender="bounces@mv.example", recipient="bernd@im.mv.example")


def test_a_mail_arrives_as_it_was_written(sink: SmtpSink) -> None:
    send()

    (received,) = sink.received
    assert (received.sender, received.recipient) == ("bounces@mv.example", "bernd@im.mv.example")
    assert received.message["Subject"] == "Einladung"
    assert received.message.get_content() == "Zeile 1\r\n.\r\n.Zeile 3\r\nFrom hier\r\n"


@pytest.mark.parametrize(
    ("mode", "permanent", "words"),
    [
        ("refuse recipient", True, "550 nobody here"),
        ("refuse content", True, "554 not this"),
        ("try later", False, "451 later, please"),
    ],
)
def test_a_refusal_is_final_if_the_server_says_so(
    sink: SmtpSink, mode: str, permanent: bool, words: str
) -> None:
    sink.mode = mode

    with pytest.raises(MailRefused, match=words) as raised:
        send()

    assert (raised.value.permanent, raised.value.may_have_arrived) == (permanent, False)
    assert sink.received == []


@pytest.mark.parametrize("mode", ["busy", "hang"])
def test_a_server_in_trouble_is_tried_again(sink: SmtpSink, settings: Settings, mode: str) -> None:
    sink.mode = mode
    settings.EMAIL_TIMEOUT = 0.3

    with pytest.raises(MailServerFailed) as raised:
        send()

    assert (raised.value.permanent, raised.value.may_have_arrived) == (False, False)


def test_nobody_listening_is_tried_again(sink: SmtpSink, settings: Settings) -> None:
    settings.EMAIL_PORT = unused_port()

    with pytest.raises(MailServerFailed, match="ConnectionRefusedError"):
        send()


def test_a_mail_that_was_taken_without_an_answer_may_have_arrived(sink: SmtpSink) -> None:
    sink.mode = "take, then drop"

    with pytest.raises(MailServerFailed) as raised:
        send()

    assert raised.value.may_have_arrived
    assert len(sink.received) == 1


def test_what_follows_the_answer_does_not_matter(sink: SmtpSink) -> None:
    sink.mode = "take, answer, then drop"

    send()

    assert len(sink.received) == 1


def test_a_server_that_sends_one_octet_now_and_then_is_left(
    sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink.mode = "drip"
    monkeypatch.setattr(transport, "TOTAL_SECONDS", 0.5)
    begun = time.monotonic()

    with pytest.raises(MailServerFailed):
        send()

    assert time.monotonic() - begun < 5


def test_a_server_that_keeps_failing_is_left_alone_for_a_while(
    sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "PAUSE_SECONDS", 0.3)
    sink.mode = "busy"
    for _ in range(transport.FAILURES_UNTIL_PAUSE + 3):
        with pytest.raises(MailServerFailed):
            send()
    assert sink.connections == transport.FAILURES_UNTIL_PAUSE

    sink.mode = "take"
    time.sleep(0.35)
    send()

    assert len(sink.received) == 1


def test_refused_mails_say_nothing_against_the_server(sink: SmtpSink) -> None:
    sink.mode = "refuse recipient"
    for _ in range(transport.FAILURES_UNTIL_PAUSE + 3):
        with pytest.raises(MailRefused):
            send()

    assert sink.connections == transport.FAILURES_UNTIL_PAUSE + 3


def test_an_address_that_no_server_could_take_is_refused_for_good(sink: SmtpSink) -> None:
    with pytest.raises(MailRefused) as raised:
        transport.send(letter(), envelope_sender="bounces@mv.example", recipient="jürgen@im.mv.example")

    assert raised.value.permanent


def test_the_folder_holds_whole_mails_that_only_their_owner_reads(mail_folder: Path) -> None:
    send()

    (file,) = mail_folder.iterdir()
    assert file.suffix == ".eml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"Subject: Einladung\r\n" in file.read_bytes()


def test_a_folder_that_cannot_be_written_is_tried_again(
    mail_folder: Path, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    settings.VCONF_MAIL_FOLDER = tmp_path / "file"

    with pytest.raises(MailNotSent) as raised:
        send()

    assert not raised.value.permanent
