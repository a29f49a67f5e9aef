# SPDX-License-Identifier: EUPL-1.2
"""Reading mails in a bounded process of its own (child.py), which is kept between mails and replaced when it fails."""

from __future__ import annotations

import atexit
import json
import os
import selectors
import struct
import subprocess
import sys
import threading
import time
from dataclasses import fields
from typing import Any

import structlog
from django.conf import settings

from vconf.integrations.imip.shapes import ReadMail, Report

log = structlog.get_logger(__name__)

#: seconds of waiting for one mail, and for a child to be there
PATIENCE = 10.0
START = 30.0
#: mails that one child reads: what it might keep of them goes with it
MAILS_PER_CHILD = 1_000
#: the longest answer that is listened to
_LONGEST = 32 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from vconf.integrations.imip.child import main; main(sys.argv[2])"
)
#: settings that the reader of calendars asks for
_SETTINGS = ("VCONF_TIME_ZONE", "VCONF_HORIZON_DATES", "VCONF_HORIZON_DAYS", "VCONF_PUBLIC_URL", "LANGUAGES")
_SHAPE = {field.name for field in fields(ReadMail)}


class _Gone(Exception):
    """The child has ended, or does not answer in time."""


def begin() -> None:
    """Have a child that reads. Raises RuntimeError if none can be had, which is no mail's fault."""
    with _lock:
        _fresh_child()


def read(octets: bytes) -> ReadMail:
    """What a mail says. Never raises for anything that is in it: `fault` says why it could not be read."""
    with _lock:
        try:
            found = _fresh_child().ask(octets)
        except _Gone as gone:
            log.warning("mail.reader_ended", reason=str(gone))
            _drop()
            return ReadMail(fault="too_slow")
    return _read_mail(found)


def end() -> None:
    """Let the child go; another one is made when it is needed."""
    with _lock:
        _drop()


def _read_mail(found: dict[str, Any]) -> ReadMail:
    values = {name: value for name, value in found.items() if name in _SHAPE}
    if values.get("calendar") is not None:
        values["calendar"] = values["calendar"].encode("utf-8", "replace")
    values["dsn"] = tuple(Report(*row) for row in values.get("dsn", ()))
    return ReadMail(**values)


class _Child:
    """One process that reads, of the process that has made it: a fork must not talk to it as well."""

    def __init__(self, authserv_id: str) -> None:
        self._authserv_id, self._mails, self._owner = authserv_id, 0, os.getpid()
        given = {
            "authserv_id": authserv_id,
            "settings": {name: getattr(settings, name) for name in _SETTINGS},
        }
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-c", _PROGRAM, str(settings.BASE_DIR), json.dumps(given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},  # no secrets of ours
            cwd="/",
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        try:
            self._exchange(b"", START)
        except _Gone:
            self.end()
            raise RuntimeError("the process that reads mails does not start") from None

    @property
    def fresh(self) -> bool:
        return (
            self._mails < MAILS_PER_CHILD
            and self._owner == os.getpid()
            and self._authserv_id == settings.VCONF_MAIL_AUTHSERV_ID
            and self._process.poll() is None
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, octets: bytes) -> dict[str, Any]:
        self._mails += 1
        answer = self._exchange(_LENGTH.pack(len(octets)) + octets, PATIENCE)
        try:
            found = json.loads(answer)
        except ValueError as error:
            raise _Gone("said what is no answer") from error
        if not isinstance(found, dict):
            raise _Gone("said what is no answer")
        return found

    def _exchange(self, sent: bytes, seconds: float) -> bytes:
        """Write all of it and read one answer, both in the same loop: a child that answers early must not block us."""
        end = time.monotonic() + seconds
        left, got, wanted = memoryview(sent), bytearray(), None
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            if left:
                selector.register(self._in, selectors.EVENT_WRITE)
            while wanted is None or len(got) < wanted:
                if (
                    not (ready := selector.select(max(0.0, end - time.monotonic())))
                    and time.monotonic() >= end
                ):
                    raise _Gone("took too long")
                for key, _ in ready:
                    if key.fd == self._in:
                        left = self._write(left)
                        if not left:
                            selector.unregister(self._in)
                    elif not self._read_into(got):
                        raise _Gone("ended")
                if wanted is None and len(got) >= _LENGTH.size:
                    wanted = _LENGTH.size + _LENGTH.unpack_from(got)[0]
                    if wanted > _LONGEST:
                        raise _Gone("answers more than is listened to")
        return bytes(got[_LENGTH.size :])

    def _write(self, left: memoryview) -> memoryview:
        try:
            return left[os.write(self._in, left[:65_536]) :]
        except BrokenPipeError as error:
            raise _Gone("ended") from error

    def _read_into(self, got: bytearray) -> bool:
        octets = os.read(self._out, 262_144)
        got += octets
        return bool(octets)

    def end(self) -> None:
        """End it, unless it is another process's."""
        if self._owner != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


_lock = threading.Lock()
_child: _Child | None = None


def _fresh_child() -> _Child:
    global _child
    if _child is None or not _child.fresh:
        _drop()
        _child = _Child(settings.VCONF_MAIL_AUTHSERV_ID)
    return _child


def _drop() -> None:
    global _child
    if _child is not None:
        _child.end()
    _child = None


atexit.register(_drop)
os.register_at_fork(after_in_child=lambda: globals().update(_lock=threading.Lock()))
