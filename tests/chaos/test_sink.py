# SPDX-License-Identifier: EUPL-1.2
"""The mail server of `make chaos`: what it said 250 to is on the disk, what it did not say 250 to is not."""

from __future__ import annotations

import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chaos.sink import mails_in
from tests.live_server import ROOT
from tests.smtp_sink import unused_port

MAIL = """\
Message-ID: <one@mv.example>
To: gast@example.org
MIME-Version: 1.0
Content-Type: text/calendar; charset=utf-8; method=REQUEST

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:a-very-long-uid-that-is-folded-because-its-line-would-be-longer-than-75-
 octets@mv.example
SEQUENCE:3
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


@contextmanager
def mail_server(folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = unused_port()
    command = [sys.executable, "-m", "chaos.sink", str(port), str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    try:
        for _ in range(200):
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, process
    finally:
        process.kill()
        process.communicate()


def test_what_was_taken_outlives_a_kill_at_once(tmp_path: Path) -> None:
    with mail_server(tmp_path) as (port, process), smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.sendmail("vk@mv.example", "Gast@example.org", MAIL)
        process.send_signal(signal.SIGKILL)
        process.wait()
        client.close()

    [mail] = mails_in(tmp_path)
    assert (mail.message_id, mail.recipient, mail.method) == (
        "<one@mv.example>",
        "gast@example.org",
        "REQUEST",
    )
    assert (mail.uid, mail.sequence) == (
        "a-very-long-uid-that-is-folded-because-its-line-would-be-longer-than-75-octets@mv.example",
        3,
    )


def test_half_a_mail_was_not_taken(tmp_path: Path) -> None:
    with mail_server(tmp_path) as (port, _), socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(f"HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n{MAIL}".encode())
        client.shutdown(socket.SHUT_WR)
        while client.recv(1000):
            pass

    assert list(mails_in(tmp_path)) == []
