# SPDX-License-Identifier: EUPL-1.2
"""Conversations by LMTP and SMTP: what is answered is true, and nobody who talks keeps others from being heard."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest
from django.db import OperationalError
from pytest_django import Settings
from structlog.testing import capture_logs

from tests import factories
from tests.integrations.imip.mails import EVENT, alternative, mail
from vconf.integrations.imip import intake, listener
from vconf.integrations.imip.listener import Listener
from vconf.integrations.imip.models import IncomingMail

pytestmark = pytest.mark.django_db(transaction=True)

Listen = Callable[[str], Listener]
LMTP, SMTP = "lmtp://127.0.0.1:0", "smtp://127.0.0.1:0"


@pytest.fixture(autouse=True)
def rooms(settings: Settings) -> list[str]:
    """The addresses of two rooms. Answers and reports come to addresses of their own."""
    settings.VCONF_MAIL_ANSWERS = "antwort@mv.example"
    settings.VCONF_MAIL_BOUNCES = "zustellung@mv.example"
    world = factories.world()
    return [world.small.address, world.big.address]


@contextmanager
def talking(where: Listener) -> Iterator[smtplib.SMTP]:
    kind = smtplib.LMTP if where.channel == "lmtp" else smtplib.SMTP
    with kind("127.0.0.1", where.port, timeout=20) as client:
        client.ehlo()
        yield client


class Raw:
    """A conversation octet by octet."""

    def __init__(self, where: Listener) -> None:
        self.socket = socket.create_connection(("127.0.0.1", where.port), timeout=20)
        self.file = self.socket.makefile("rb")
        self.greeting = self.hear()

    def say(self, *lines: bytes) -> None:
        self.socket.sendall(b"".join(lines))

    def hear(self) -> bytes:
        while True:
            line = self.file.readline()
            if line[3:4] != b"-":
                return line

    def close(self) -> None:
        self.file.close()
        self.socket.close()


def test_a_mail_is_answered_for_each_recipient_and_there_once(listen: Listen, rooms: list[str]) -> None:
    with closing(Raw(listen(LMTP))) as client:
        client.say(b"LHLO x\r\n")
        assert client.hear().startswith(b"250")
        client.say(b"MAIL FROM:<anna@im.mv.example>\r\n")
        assert client.hear().startswith(b"250")
        for room in rooms:
            client.say(f"RCPT TO:<{room.upper()}>\r\n".encode())
            assert client.hear().startswith(b"250")
        client.say(b"RCPT TO:<nobody@raum.mv.example>\r\n")
        assert client.hear().startswith(b"550 5.1.1")
        client.say(b"DATA\r\n")
        assert client.hear().startswith(b"354")
        client.say(alternative(EVENT).replace(b"\n", b"\r\n"), b"\r\n.\r\n")

        assert [client.hear()[:3] for _ in rooms] == [b"250", b"250"]
        client.say(b"NOOP\r\n")
        assert client.hear().startswith(b"250")

    kept = IncomingMail.objects.get()
    assert kept.recipients == sorted(rooms)
    assert (kept.sender, kept.channel) == ("anna@im.mv.example", "lmtp")
    assert kept.octets == alternative(EVENT).replace(b"\n", b"\r\n") + b"\r\n"


@pytest.mark.parametrize("url", [LMTP, SMTP])
def test_whom_mail_is_taken_in_for(listen: Listen, url: str, rooms: list[str]) -> None:
    local, _, domain = rooms[0].partition("@")
    taken = [
        rooms[0],
        f"{local}+30@{domain}",
        f"raum@{domain}",
        f"raum+30@{domain}",
        "antwort+abc@mv.example",
        "zustellung+abc@mv.example",
    ]
    others = [
        "anna@im.mv.example",
        f"x\0@{domain}",
        f"nobody@{domain}",
        f"raum@else.{domain}",
        "postmaster",
        "raum@mv.example",
        f"antwort+{'a' * 300}@mv.example",
    ]
    with talking(listen(url)) as client:
        client.mail("anna@im.mv.example")
        assert [client.rcpt(address)[0] for address in taken] == [250] * len(taken)
        refused = [client.rcpt(address) for address in others]
    assert {code for code, _ in refused} <= {550, 501, 553}
    assert len({answer for code, answer in refused if code == 550}) == 1


def test_reports_come_from_nobody(listen: Listen, rooms: list[str]) -> None:
    with talking(listen(LMTP)) as client:
        client.sendmail("", rooms[:1], mail("x"))

    assert IncomingMail.objects.get().sender == ""


def test_any_room_may_have_an_address_of_its_own(
    listen: Listen, settings: Settings, rooms: list[str]
) -> None:
    settings.VCONF_MAIL_ANY_ROOM = "konferenz@mv.example"
    with talking(listen(LMTP)) as client:
        client.mail("anna@im.mv.example")
        assert client.rcpt("Konferenz+12@mv.example")[0] == 250
        assert client.rcpt(f"raum@{rooms[0].partition('@')[2]}")[0] == 550


# --- what is too much --------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [LMTP, SMTP])
def test_more_than_is_taken_in_is_refused_and_the_next_mail_is_not(
    listen: Listen, url: str, settings: Settings, rooms: list[str]
) -> None:
    settings.VCONF_MAIL_MAX_BYTES = 100_000
    with talking(listen(url)) as client:
        # said before, said by its length alone, by a header, by a line
        with pytest.raises(smtplib.SMTPSenderRefused, match="552"):
            client.sendmail("a@b.example", rooms, b"x" * 200_000)
        for octets in (
            b"X: y\r\n\r\n" + b"x\r\n" * 40_000,
            b"X: " + b"y" * 3_000 + b"\r\n\r\nx",
            b"X: y\r\n" * 2_000,
            b"x" * 20_000,
        ):
            client.mail("a@b.example")
            for room in rooms:
                client.rcpt(room)
            client.putcmd("data")
            assert client.getreply()[0] == 354
            client.send(octets + b"\r\n.\r\n")
            for _ in rooms if url == LMTP else rooms[:1]:
                assert 500 <= client.getreply()[0] < 600
        assert client.sendmail("a@b.example", rooms[:1], mail("x")) == {}
    assert IncomingMail.objects.count() == 1


def test_a_line_that_never_ends_is_not_kept_until_it_does(
    listen: Listen, rooms: list[str], settings: Settings
) -> None:
    settings.VCONF_MAIL_MAX_BYTES = 100_000
    where = listen(SMTP)
    with closing(Raw(where)) as client:
        client.say(b"HELO x\r\n", b"MAIL FROM:<anna@im.mv.example>\r\n")
        client.say(f"RCPT TO:<{rooms[0]}>\r\nDATA\r\n".encode())
        assert [client.hear()[:3] for _ in range(4)] == [b"250", b"250", b"250", b"354"]
        sent = 0
        with suppress(OSError):
            while sent < 50_000_000:
                client.say(b"x" * 50_000)
                sent += 50_000

        assert sent < 50_000_000
    with talking(where) as client:
        client.sendmail("anna@im.mv.example", [rooms[0]], alternative(EVENT))


def test_recipients_are_counted(listen: Listen, rooms: list[str]) -> None:
    local, _, domain = rooms[0].partition("@")
    with talking(listen(LMTP)) as client:
        client.mail("a@b.example")
        codes = [client.rcpt(f"{local}+{number}@{domain}")[0] for number in range(101)]

    assert codes == [250] * 100 + [452]


def test_conversations_are_counted(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "CONNECTIONS", 2)
    where = listen(LMTP)
    with closing(Raw(where)) as one, closing(Raw(where)) as two:
        with closing(Raw(where)) as three:
            assert three.greeting.startswith(b"421")
            assert three.file.readline() == b""
        one.say(b"QUIT\r\n")
        assert one.hear().startswith(b"221")
        time.sleep(0.3)
        with closing(Raw(where)) as four:
            assert four.greeting.startswith(b"220")
        assert two.greeting.startswith(b"220")


def test_who_says_nothing_is_not_waited_for(
    listen: Listen, monkeypatch: pytest.MonkeyPatch, rooms: list[str]
) -> None:
    monkeypatch.setattr(listener, "IDLE", 0.5)
    where = listen(SMTP)
    with closing(Raw(where)) as silent, closing(Raw(where)) as slow:
        slow.say(b"HELO x\r\nMAIL FROM:<a@b.example>\r\n", f"RCPT TO:<{rooms[0]}>\r\nDATA\r\n".encode())
        for _ in range(4):
            slow.hear()
        assert silent.file.readline() == b""
        try:
            for _ in range(600):  # an octet now and then does not help
                slow.say(b"x")
                time.sleep(0.1)
        except OSError:
            ended = True
        else:
            ended = False
        assert ended
    assert not IncomingMail.objects.exists()


# --- what is not what it seems -------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n\0.\r\n", b"\r\n.\r\r\n"])
def test_nobody_smuggles_a_second_mail_into_the_first(listen: Listen, end: bytes, rooms: list[str]) -> None:
    smuggled = (
        b"MAIL FROM:<evil@b.example>\r\nRCPT TO:<" + rooms[1].encode() + b">\r\nDATA\r\nFrom: x\r\n\r\nx"
    )
    with closing(Raw(listen(SMTP))) as client:
        client.say(b"EHLO x\r\n")
        client.hear()
        client.say(b"MAIL FROM:<anna@b.example>\r\n")
        client.hear()
        client.say(b"RCPT TO:<", rooms[0].encode(), b">\r\n")
        client.hear()
        client.say(b"DATA\r\n")
        client.hear()
        client.say(b"From: a\r\n\r\nx", end, smuggled, b"\r\n.\r\n")
        assert client.hear()[:1] in (b"2", b"5")
        client.say(b"QUIT\r\n")
        assert client.hear().startswith(b"221")

    assert {(one.sender, *one.recipients) for one in IncomingMail.objects.all()} <= {
        ("anna@b.example", rooms[0])
    }


def test_nobody_is_looked_up_signed_in_or_told_who_we_are(listen: Listen) -> None:
    with talking(listen(SMTP)) as client:
        assert client.docmd("VRFY", "anna@im.mv.example")[0] == 502
        assert client.docmd("EXPN", "all")[0] == 502
        assert client.docmd("AUTH", "PLAIN AGEAYg==")[0] >= 500
        assert "auth" not in client.esmtp_features
        assert client.docmd("RCPT", "TO:<raum@raum.mv.example>")[0] == 503
        assert client.docmd("MAIL", "FROM:<a@b.example> X=y")[0] >= 500


# --- when we cannot ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OperationalError("away"), intake.Full(), RuntimeError("anything")])
def test_what_cannot_be_kept_stays_with_the_server_that_sends(
    listen: Listen, error: Exception, monkeypatch: pytest.MonkeyPatch, rooms: list[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(intake, "take_in", fail)
    with talking(listen(SMTP)) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("a@b.example", rooms, mail("x"))
        assert 400 <= refused.value.smtp_code < 500
        monkeypatch.undo()
        assert client.sendmail("a@b.example", rooms, mail("x")) == {}


def test_whether_there_is_such_a_room_is_not_known_without_the_database(
    listen: Listen, monkeypatch: pytest.MonkeyPatch, rooms: list[str]
) -> None:
    def fail(address: str) -> bool:
        raise OperationalError("away")

    monkeypatch.setattr(listener, "is_taken_in", fail)
    with talking(listen(LMTP)) as client:
        client.mail("a@b.example")
        assert client.rcpt(rooms[0])[0] == 451


def test_when_it_ends_a_mail_that_is_being_sent_is_still_taken(listen: Listen, rooms: list[str]) -> None:
    import asyncio
    import threading

    from tests.integrations.imip.conftest import listening

    done = threading.Event()
    with listening(SMTP) as where:
        client, idle = Raw(where), Raw(where)
        client.say(b"HELO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<", rooms[0].encode(), b">\r\nDATA\r\n")
        for _ in range(4):
            assert client.hear()[:1] in b"23"

        def end() -> None:
            loop = where._server.get_loop()  # type: ignore[union-attr]
            asyncio.run_coroutine_threadsafe(where.close(), loop).result(20)
            done.set()

        threading.Thread(target=end).start()
        assert idle.hear().startswith(b"421")
        assert not done.wait(0.3)
        client.say(b"Subject: x\r\n\r\nx\r\n.\r\n")
        assert client.hear().startswith(b"250")
        assert done.wait(15)
        client.close()
        idle.close()
    assert IncomingMail.objects.count() == 1


def test_logs_hold_no_address_and_no_content(
    listen: Listen, rooms: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"), capture_logs() as logs, talking(listen(SMTP)) as client:
        client.sendmail("anna@im.mv.example", rooms, alternative(EVENT))
        client.mail("anna@im.mv.example")
        client.rcpt("secret@else.example")

    assert any(entry["event"] == "mail.taken" for entry in logs)
    for hidden in ("anna@", rooms[0], "secret@", "Lage", "VCALENDAR"):
        assert hidden not in str(logs)
        assert hidden not in caplog.text
