# SPDX-License-Identifier: EUPL-1.2
"""`manage.py serve`: one command, one process, nothing left behind."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.live_server import LiveServer, with_demo

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def vconf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A vconf that serves its demo for all tests of this file."""
    with LiveServer(tmp_path_factory.mktemp("serve")) as running:
        yield running


def test_the_start_tells_where_to_click_and_as_whom(vconf: LiveServer) -> None:
    assert f"vconf is running: {vconf.base_url}/\n" in vconf.log
    assert f"{vconf.base_url}/mails/" in vconf.log
    for address in (
        "operator@mv.example",
        "admin@im.mv.example",
        "anna@im.mv.example",
        "clara@fm.mv.example",
    ):
        assert address in vconf.log
    assert "vconf-demo" in vconf.log


def test_it_is_ready(vconf: LiveServer) -> None:
    with urlopen(f"{vconf.base_url}/readyz", timeout=10) as answer:
        assert answer.status == 200


def test_the_simulator_is_the_only_other_process(vconf: LiveServer) -> None:
    assert len(_children(vconf.pid)) == 1


def test_the_simulated_servers_listen_on_the_next_three_ports(vconf: LiveServer) -> None:
    for port in (vconf.port + 1, vconf.port + 2):
        with urlopen(f"http://127.0.0.1:{port}/bigbluebutton/api", timeout=10) as answer:
            assert b"SUCCESS" in answer.read()
    with urlopen(f"http://127.0.0.1:{vconf.port + 3}/about/health", timeout=10) as answer:
        assert answer.status == 200


def test_a_second_vconf_on_the_same_port_says_so_and_ends_with_2(vconf: LiveServer, tmp_path: Path) -> None:
    second = LiveServer(tmp_path, VCONF_PORT=str(vconf.port))

    with pytest.raises(RuntimeError, match=rf"Port {vconf.port} is taken; choose another by VCONF_PORT\."):
        second.start(seconds=30)

    assert second.exit_code == 2
    assert not (tmp_path / "vconf.sqlite3").exists()


def test_a_simulated_servers_port_that_is_taken_is_named(tmp_path: Path) -> None:
    server = LiveServer(tmp_path)
    expected = pytest.raises(RuntimeError, match=f"Port {server.port + 2} is taken")
    with socket.create_server(("127.0.0.1", server.port + 2)), expected:
        server.start(seconds=30)

    assert server.exit_code == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_its_children_cleanly_and_it_starts_again(
    tmp_path: Path, number: signal.Signals
) -> None:
    server = LiveServer(with_demo(tmp_path))
    server.start()
    children = _children(server.pid)
    assert server.stop(number) == 0
    assert server.log.rstrip().endswith("Stopped.")
    assert [pid for pid in children if _lives(pid)] == []

    server.start()
    server.stop()


def test_the_children_of_a_killed_vconf_end_too(tmp_path: Path) -> None:
    server = LiveServer(with_demo(tmp_path))
    server.start()
    children = _children(server.pid)
    assert children

    server.stop(signal.SIGKILL)

    deadline = time.monotonic() + 10
    while any(_lives(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [pid for pid in children if _lives(pid)] == []


def test_after_a_move_to_other_ports_the_demos_servers_are_found_there(tmp_path: Path) -> None:
    first = LiveServer(with_demo(tmp_path))
    first.start()
    first.stop()
    moved = LiveServer(tmp_path)

    moved.start()
    try:
        urls = moved.manage("shell", "--verbosity=0", "-c", _BASE_URLS).split()
    finally:
        moved.stop()

    bigbluebutton = [f"http://127.0.0.1:{moved.port + n}/bigbluebutton/api/" for n in (1, 2)]
    assert urls == [*bigbluebutton, f"http://127.0.0.1:{moved.port + 3}/"]


_BASE_URLS = (
    "from vconf.rooms.models import ConferenceServer as S; "
    "print(*S.objects.filter(name__startswith='Simulator').order_by('name').values_list('base_url', flat=True))"
)


def _children(pid: int) -> list[int]:
    """Process ids whose parent is this one (proc(5): the parent is the fourth field, the second after the name)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(entry.parent.name))
    return found


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"
