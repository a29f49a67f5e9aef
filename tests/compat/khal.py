# SPDX-License-Identifier: EUPL-1.2
"""Somebody whose calendar is khal, kept in step with vconf by vdirsyncer: two programs of others, as they are."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from scripts.environments import programs

SYNCER = """[general]
status_path = "{folder}/status"
[pair vconf]
a = "here"
b = "there"
collections = ["from b"]
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "{folder}/calendars"
fileext = ".ics"
[storage there]
type = "caldav"
url = "{url}"
username = "{email}"
password = "{password}"
"""

KHAL = """[calendars]
[[vconf]]
path = {folder}/calendars/*
type = discover
[locale]
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


class Failed(Exception):
    """What a program of others said when it failed."""


class KhalUser:
    """folder: where the files of this person live. requests: what the last sync said, line by line, and when."""

    def __init__(self, folder: Path, url: str, email: str, password: str) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.bin = programs("calendar-clients")
        self.requests: list[tuple[float, str]] = []
        named = {"folder": folder, "url": url, "email": email, "password": password}
        (folder / "vdirsyncer").write_text(SYNCER.format(**named), encoding="utf-8")
        (folder / "khal").write_text(KHAL.format(**named), encoding="utf-8")
        (folder / "calendars").mkdir()
        self._run(["vdirsyncer", "--config", str(folder / "vdirsyncer"), "discover"], answers="y\n" * 20)
        self.sync()

    def sync(self) -> float:
        """Seconds it took, with the start of the program."""
        began = time.monotonic()
        self.requests = []
        command = ["vdirsyncer", "--verbosity", "DEBUG", "--config", str(self.folder / "vdirsyncer"), "sync"]
        command.append("--force-delete")  # the last event of a calendar may be deleted like any other
        self._run(command, note=self.requests)
        return time.monotonic() - began

    @property
    def last_put(self) -> tuple[float, float]:
        """When the last sync sent its change, and when that was answered (of the clock `time.monotonic`)."""
        put = max(n for n, (_at, line) in enumerate(self.requests) if line.startswith("debug: PUT "))
        answered = next(at for at, line in self.requests[put:] if re.fullmatch(r"debug: \d{3}", line))
        return self.requests[put][0], answered

    def put(self, text: str) -> None:
        """Let khal import an event, and send it."""
        file = self.folder / "import.ics"
        file.write_text(text, encoding="utf-8")
        self._khal("import", "--batch", "-a", "bookings", str(file))
        self.sync()
        self.sync()  # what vconf made of it

    def text(self, uid: str) -> str:
        """The event as it is kept here, unfolded; empty if it is not."""
        found = self._file(uid)
        return "" if found is None else unfolded(found)

    def edit(self, uid: str, *changes: tuple[str, str]) -> None:
        """Replace in the file of an event, by patterns; not sent yet."""
        file = self._file(uid)
        assert file is not None
        text = unfolded(file)
        for pattern, new in changes:
            text, count = re.subn(pattern, new, text)
            assert count, f"nothing in {uid} is like {pattern}"
        file.write_text("\r\n".join(text.splitlines()) + "\r\n", encoding="utf-8", newline="")

    def delete(self, uid: str) -> None:
        file = self._file(uid)
        assert file is not None
        file.unlink()

    def agenda(self, day: str) -> str:
        """What khal shows of a day."""
        shown = "{start-time}-{end-time} {title} {location}"
        return self._khal("list", "--format", shown, day, "1d").strip()

    def _khal(self, *arguments: str) -> str:
        return self._run(["khal", "-c", str(self.folder / "khal"), *arguments])

    def _file(self, uid: str) -> Path | None:
        for file in (self.folder / "calendars" / "bookings").glob("*.ics"):
            if f"UID:{uid}" in unfolded(file).splitlines():
                return file
        return None

    def _run(
        self, command: Sequence[str], *, answers: str = "", note: list[tuple[float, str]] | None = None
    ) -> str:
        own = {"HOME": str(self.folder), "PYTHONUNBUFFERED": "1", "LANG": "C.UTF-8", "TZ": "Europe/Berlin"}
        said: list[str] = []
        with subprocess.Popen(
            [str(self.bin / command[0]), *command[1:]],
            env={"PATH": os.environ["PATH"], **own},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(answers)
            process.stdin.close()
            for line in process.stdout:
                said.append(line)
                if note is not None:
                    note.append((time.monotonic(), line.strip()))
        if process.returncode:
            raise Failed(f"{' '.join(command)}: {''.join(said)[-3000:]}")
        return "".join(said)


def unfolded(file: Path) -> str:
    return re.sub(r"\r?\n[ \t]", "", file.read_text(encoding="utf-8", errors="strict")).replace("\r\n", "\n")
