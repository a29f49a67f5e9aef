# SPDX-License-Identifier: EUPL-1.2
"""Ends the processes of a stack whose own process is gone, however it went. Only the standard library is used.

Reads lines from standard input: `+pid` for each process that was started, `-pid` for each that has ended. When standard
input ends, whoever wrote to it is gone: what is left is killed, with all that it has started, the latest first.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path


def tree(pid: int) -> list[int]:
    """The process and all it has started that are still there, parents first. Sessions and groups do not matter:
    each backend of PostgreSQL has its own.
    """
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:  # ended just now
            continue
        if rest[0] != "Z":
            children.setdefault(int(rest[1]), []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def signal_tree(pid: int, number: int) -> None:
    """Send a signal to a process and everything it has started. The root comes first."""
    for each in tree(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, number)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    alive: list[int] = []
    for line in sys.stdin:
        pid = int(line[1:])
        if line[0] == "+":
            alive.append(pid)
        else:
            alive.remove(pid)
    for pid in reversed(alive):
        signal_tree(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
