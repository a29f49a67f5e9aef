# SPDX-License-Identifier: EUPL-1.2
"""`manage.py mail_intake`: a process of its own that says where it listens, and ends when it is asked to."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
from pathlib import Path

from tests.live_server import ROOT
from tests.smtp_sink import unused_port


def started(folder: Path, **options: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VCONF_")}
    environment |= {"DJANGO_SETTINGS_MODULE": "vconf.settings", "VCONF_DATA_DIR": str(folder)} | options
    return subprocess.Popen(
        [sys.executable, "manage.py", "mail_intake"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = process.communicate(timeout=60)
    return process.returncode, said


def test_it_listens_without_a_database_and_takes_nothing_then(tmp_path: Path) -> None:
    port = unused_port()
    process = started(tmp_path, VCONF_DEMO="1", VCONF_MAIL_INTAKE=f"lmtp://127.0.0.1:{port}")
    assert process.stdout is not None
    assert process.stdout.readline() == f"Listening on lmtp://127.0.0.1:{port}\n"

    with smtplib.LMTP("127.0.0.1", port, timeout=30) as client:
        client.ehlo()
        client.mail("anna@im.mv.example")
        assert client.rcpt("peene@raum.mv.example")[0] == 451
    process.send_signal(signal.SIGTERM)

    code, said = ended(process)
    assert (code, said.splitlines()[-1]) == (0, "Stopped.")


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        code, said = ended(started(tmp_path, VCONF_DEMO="1", VCONF_MAIL_INTAKE=f"smtp://127.0.0.1:{port}"))

    assert code == 2
    assert said == f"CommandError: Port {port} is taken; choose another by VCONF_MAIL_INTAKE.\n"


def test_without_a_way_in_there_is_nothing_to_do(tmp_path: Path) -> None:
    code, said = ended(
        started(
            tmp_path,
            VCONF_PUBLIC_URL="https://vk.example",
            VCONF_SECRET_KEY="Q9zXcVbNmRw1v0u8cJq3ZtY5pKx7nB2dF4hL6sAeGiOoUyTrEw",
        )
    )

    assert code == 1
    assert "VCONF_MAIL_INTAKE is not set" in said
