# SPDX-License-Identifier: EUPL-1.2
"""Hostile mails, and the process that reads them: whatever is in one, the next is read (R5.1, R5.3)."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.integrations.imip.hostile import FINE, HOSTILE, TOO_LARGE, many_parts, nested
from tests.integrations.imip.mails import EVENT, alternative, mail, part
from vconf.integrations.imip import child, reader
from vconf.integrations.imip.limits import USUAL, TooMuch, check


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_in_time_or_not_at_all_and_the_reader_goes_on(name: str) -> None:
    make, faults = HOSTILE[name]
    octets = make()
    reader.begin()
    begun = time.monotonic()

    found = reader.read(octets)

    assert found.fault in faults
    assert time.monotonic() - begun < reader.PATIENCE
    assert reader.read(alternative(EVENT)).uid == "lage-1@im.mv.example"


@pytest.mark.parametrize(
    ("octets", "limit"),
    [
        (b"X: " + b"a" * (USUAL.line - 3), "line"),
        (b"X: a\n" * USUAL.headers, "headers"),
        (b"X" * USUAL.octets, None),
    ],
)
def test_one_more_than_the_limit_is_too_much(octets: bytes, limit: str | None) -> None:
    if limit is None:
        octets = b"\n" + octets[1:]
    check(octets)

    more = {"line": octets + b"a", "headers": octets + b"X: a\n", None: octets + b"a"}[limit]
    with pytest.raises(TooMuch):
        check(more)


def test_parts_and_depth_are_counted_to_the_last_one() -> None:
    assert reader.read(many_parts(USUAL.parts - 1)).fault == FINE
    assert reader.read(many_parts(USUAL.parts)).fault == TOO_LARGE
    assert reader.read(nested(USUAL.depth - 1)).fault == FINE
    assert reader.read(nested(USUAL.depth)).fault == TOO_LARGE


def test_parts_are_counted_over_all_depths() -> None:
    """Neither of two lists of parts is too long, both together are."""
    half = USUAL.parts // 2
    inner = part("--in\n\nx\n" * half + "--in--\n", "multipart/mixed; boundary=in")

    found = reader.read(
        mail(f"--b\n{inner}" + "--b\n\nx\n" * half + "--b--\n", "multipart/mixed; boundary=b")
    )

    assert found.fault == TOO_LARGE


def test_a_child_that_dies_is_replaced_and_only_its_mail_is_lost() -> None:
    reader.begin()
    assert reader._child is not None
    first = reader._child.pid
    os.kill(first, signal.SIGSTOP)
    os.kill(first, signal.SIGKILL)
    time.sleep(0.1)

    assert reader.read(alternative(EVENT)).kind == "itip"
    assert reader._child.pid != first


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PATIENCE", 0.5)
    reader.begin()
    assert reader._child is not None
    os.kill(reader._child.pid, signal.SIGSTOP)

    assert reader.read(alternative(EVENT)).fault == "too_slow"
    monkeypatch.undo()
    assert reader.read(alternative(EVENT)).fault == FINE


def test_a_child_that_tells_too_much_is_not_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    reader.begin()
    monkeypatch.setattr(reader, "_LONGEST", 100)

    assert reader.read(alternative(EVENT)).fault == "too_slow"
    monkeypatch.undo()
    assert reader.read(alternative(EVENT)).fault == FINE


def test_the_child_has_bounds_and_none_of_our_secrets() -> None:
    reader.begin()
    reader.read(alternative(EVENT))
    assert reader._child is not None
    folder = f"/proc/{reader._child.pid}"
    with open(f"{folder}/environ") as file:
        environment = file.read()
    with open(f"{folder}/limits") as file:
        limits = {line[:26].strip(): line[26:].split()[0] for line in file}

    assert "VCONF" not in environment
    assert limits["Max address space"] == str(512 * 1024 * 1024)
    assert limits["Max file size"] == "0"
    with open(f"{folder}/stat") as file:
        computed = sum(map(int, file.read().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")
    assert int(limits["Max cpu time"]) - computed <= child.SECONDS + 1


def test_what_a_child_learns_of_a_mail_is_all_that_comes_out() -> None:
    found = reader.read(alternative(EVENT, more="Authentication-Results: other.example; dmarc=pass\n"))

    assert (found.kind, found.method_param, found.method, found.uid) == (
        "itip",
        "REQUEST",
        "REQUEST",
        "lage-1@im.mv.example",
    )
    assert found.calendar is not None and found.calendar.startswith(b"BEGIN:VCALENDAR")
    assert found.auth_results == ""
