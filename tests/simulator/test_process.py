# SPDX-License-Identifier: EUPL-1.2
"""The simulator as a process: several servers, a clean end, and never outliving who started it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.simulator.calling import call, create
from tests.simulator_fixture import REPOSITORY, SimulatorProcess, eventually


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def alive(pid: int) -> bool:
    try:
        # A zombie has ended even if nobody has asked for its exit code yet.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_two_servers_in_one_process(tmp_path: Path) -> None:
    port_file = tmp_path / "ports.json"
    process = start(
        "--server", "bbb1:one:0", "--server", "bbb2:two:with:colons:0", "--port-file", str(port_file)
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        eventually(port_file.exists)
        urls = json.loads(port_file.read_text())
        servers = [SimulatorProcess(secret="one"), SimulatorProcess(secret="two:with:colons")]
        for server, url in zip(servers, urls.values(), strict=True):
            server.base_url = url
        create(servers[0], "m-1")

        assert list(urls) == ["bbb1", "bbb2"]
        assert lines == [f"simulator listening on {url}\n" for url in urls.values()]
        assert all(re.fullmatch(r"http://127\.0\.0\.1:\d+/bigbluebutton/api/", url) for url in urls.values())
        assert call(servers[0], "getMeetings").findtext("meetings/meeting/meetingID") == "m-1"
        assert call(servers[1], "getMeetings").findtext("messageKey") == "noMeetings"
    finally:
        process.terminate()
        process.communicate(timeout=5)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_it_cleanly_even_with_open_connections(number: signal.Signals) -> None:
    server = SimulatorProcess()
    server.start()
    with requests.Session() as session:
        session.get(server.base_url, timeout=5)
        server.set_fault("hang", call="getMeetings")
        process = server._process
        assert process is not None

        process.send_signal(number)

        assert process.wait(5) == 0
    server.stop()


def test_it_comes_back_at_the_same_address(simulator: SimulatorProcess) -> None:
    server = SimulatorProcess()
    server.start()
    try:
        create(server)
        address = server.base_url

        server.restart()

        assert server.base_url == address
        assert call(server, "getMeetings").findtext("messageKey") == "noMeetings"
    finally:
        server.stop()


def test_it_ends_with_its_parent() -> None:
    # A parent that is killed can end nobody itself.
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys, time\n"
            "child = subprocess.Popen([sys.executable, '-m', 'simulator', '--secret', 's'], stdout=subprocess.PIPE)\n"
            "child.stdout.readline()\n"
            "print(child.pid, flush=True)\n"
            "time.sleep(60)\n",
        ],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    started = alive(child)

    parent.kill()
    parent.communicate()

    assert started
    try:
        eventually(lambda: not alive(child), seconds=3)
    finally:
        if alive(child):
            os.kill(child, signal.SIGKILL)


def test_it_outlives_the_thread_that_started_it() -> None:
    import threading

    server = SimulatorProcess()
    thread = threading.Thread(target=server.start)
    thread.start()
    thread.join()
    try:
        time.sleep(0.3)

        assert server.running
        assert requests.get(server.base_url, timeout=5).status_code == 200
    finally:
        server.stop()


def test_parent_lost_during_start_is_noticed() -> None:
    process = start("--secret", "s", "--parent-pid", str(os.getpid() + 1_000_000))

    try:
        assert process.wait(5) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "--secret, --server or --jitsi is needed"),
        (["--server", "a:0"], "--server wants NAME:SECRET:PORT"),
        (["--server", "a:s:x"], "--server wants NAME:SECRET:PORT"),
        (["--jitsi", "a:0"], "--jitsi wants NAME:SECRET:PORT"),
        (["--server", "a:s:0", "--jitsi", "a:t:0"], "every server needs a name of its own"),
        (["--server", "a:s:0", "--server", "a:t:0"], "every server needs a name of its own"),
    ],
)
def test_bad_command_lines(arguments: list[str], complaint: str) -> None:
    process = start(*arguments)

    _, errors = process.communicate(timeout=5)

    assert process.returncode == 2
    assert complaint in errors


def test_port_that_is_taken(simulator: SimulatorProcess) -> None:
    port = simulator.origin.rpartition(":")[2]

    process = start("--secret", "s", "--port", port)

    _, errors = process.communicate(timeout=5)
    assert process.returncode == 1
    assert errors.startswith("simulator: cannot listen: ")
    assert errors.count("\n") == 1


def test_it_imports_nothing_but_the_standard_library() -> None:
    found = set()
    for path in (REPOSITORY / "simulator").rglob("*.py"):
        for match in re.finditer(r"^\s*(?:from|import) ([A-Za-z_0-9]+)", path.read_text(), re.MULTILINE):
            found.add(match[1])

    assert found - set(sys.stdlib_module_names) == {"simulator"}
