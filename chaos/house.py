# SPDX-License-Identifier: EUPL-1.2
"""The processes that are tried: those of `make stack`, and the mail server they send to."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.request import urlopen

import django
import redis

from scripts.install import ROOT
from scripts.keeper import tree
from scripts.stack import FIRST_PAUSE, Stack

MAIL_SERVER = "mail-server"


def join(environment: Mapping[str, str]) -> None:
    """Become a process of the installation that may use its models, but one that never dies of a crash point."""
    os.environ.update(environment)
    os.environ.pop("VCONF_CRASH_POINTS", None)
    django.setup()
    logging.disable(logging.WARNING)  # what is printed here is for people


class ChaosHouse:
    """`with ChaosHouse(folder, port, ...) as house:` everything runs. Takes the ports `port` to `port + 7`."""

    def __init__(self, folder: Path, port: int, *, crash_points: str) -> None:
        self.mails = folder / "taken-mails"
        self.mail_port = port + 7
        options = {
            "VCONF_EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            # a few people book here for thousands: mails kept back for an hour would have to be waited for
            "VCONF_MAILS_TO_ADDRESS": "1000000",
            "VCONF_MAILS_OF_ORGANISER": "1000000",
        }
        if crash_points:
            options["VCONF_CRASH_POINTS"] = crash_points
        self.stack = Stack(folder, port=port, options=options, keep_alive=True)
        self._mail_server: subprocess.Popen[bytes] | None = None
        self._left = threading.Event()

    def __enter__(self) -> Self:
        self.mails.mkdir(parents=True, exist_ok=True)
        self.start(MAIL_SERVER)
        try:
            self.stack.__enter__()
        except BaseException:
            self.kill(MAIL_SERVER)
            raise
        threading.Thread(target=self._stay_impatient, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()
        self.stack.__exit__(kind, error, trace)
        self.kill(MAIL_SERVER)

    def alive(self, name: str) -> bool:
        if name == MAIL_SERVER:
            return self._mail_server is not None and self._mail_server.poll() is None
        return self.stack.processes[name].alive

    def wait_until_answered(self, seconds: float = 120) -> None:
        """Until both web processes answer. Not until they are ready: they are not while mails wait to be sent."""
        until = time.monotonic() + seconds
        for url in self.stack.urls:
            while not _answers(url):
                if time.monotonic() > until:
                    raise RuntimeError(f"{url} does not answer")
                time.sleep(0.2)

    def kill(self, name: str) -> None:
        if name != MAIL_SERVER:
            self.stack.kill(name)
        elif self._mail_server is not None:
            self._mail_server.kill()
            self._mail_server.wait()

    def start(self, name: str) -> None:
        """Start it and, if others cannot do without, wait until it answers; what waits for it may go on then."""
        if name != MAIL_SERVER:
            self.stack.start(name)
            return
        self._mail_server = subprocess.Popen(
            [sys.executable, "-m", "chaos.sink", str(self.mail_port), str(self.mails)],
            cwd=ROOT,
            stdin=subprocess.PIPE,  # it ends with us
        )
        until = time.monotonic() + 20
        while not self._takes_mail():
            if time.monotonic() > until:
                raise RuntimeError("the mail server does not listen")
            time.sleep(0.05)

    def restart(self, name: str) -> None:
        self.stack.restart(name)

    def freeze(self, name: str) -> None:
        self._signal(name, signal.SIGSTOP) if name == MAIL_SERVER else self.stack.freeze(name)

    def thaw(self, name: str) -> None:
        self._signal(name, signal.SIGCONT) if name == MAIL_SERVER else self.stack.thaw(name)

    def stall(self, name: str, seconds: float) -> None:
        """Let one of a worker's children stand still for so long; it may end meanwhile, with its worker."""
        until = time.monotonic() + 30
        while not (children := tree(self.stack.processes[name].pid)[1:]):
            if time.monotonic() > until:
                raise RuntimeError("it has no children")
            time.sleep(0.1)
        with contextlib.suppress(ProcessLookupError):
            os.kill(children[-1], signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(children[-1], signal.SIGCONT)

    def lose(self, name: str, seconds: float) -> None:
        """Let the first of the conference servers in that process answer nobody for so long; its meetings go on."""
        from chaos import found  # noqa: PLC0415  its models need the settings of the stack

        found.silence_server(True)
        time.sleep(seconds)
        found.silence_server(False)

    def flush_redis(self) -> None:
        redis.Redis.from_url(self.stack.redis_url, socket_timeout=5).flushall()

    def _stay_impatient(self) -> None:
        """Who dies often is started again later and later. Here it is no fault of theirs."""
        while not self._left.wait(0.5):
            for process in self.stack.processes.values():
                process.pause = FIRST_PAUSE

    def _signal(self, name: str, number: int) -> None:
        assert self._mail_server is not None
        self._mail_server.send_signal(number)

    def _takes_mail(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.mail_port), timeout=1).close()
        except OSError:
            return False
        return True


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
