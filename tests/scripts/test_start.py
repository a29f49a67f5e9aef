# SPDX-License-Identifier: EUPL-1.2
"""`make run` on a machine where something is missing: one line, an exit code, nothing half-done."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live_server import free_ports

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def programs(folder: Path, **scripts: str) -> str:
    """A PATH with nothing but the given shell scripts and the shell's own tools."""
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return str(folder)


def test_a_supported_python_is_found() -> None:
    done = run("sh", "scripts/find-python", VCONF_PYTHON=sys.executable)

    assert (done.returncode, done.stdout, done.stderr) == (0, f"{sys.executable}\n", "")


@pytest.mark.parametrize("version", ["3.10", "3.14"])
def test_a_python_that_is_too_old_or_too_new_is_refused(tmp_path: Path, version: str) -> None:
    path = programs(
        tmp_path, python3=f'if [ "$1" = --version ]; then echo "Python {version}"; else exit 1; fi'
    )

    done = run("/bin/sh", "scripts/find-python", PATH=path, PYENV_ROOT=str(tmp_path), VCONF_PYTHON="")

    assert done.returncode == 3
    assert (
        done.stderr
        == f"vconf needs Python 3.11, 3.12 or 3.13; none of them was found (python3 is Python {version}).\n"
    )


def test_make_passes_the_line_on_and_fails() -> None:
    done = run("make", "--silent", "run", VCONF_PYTHON="/bin/false")

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "vconf needs Python 3.11, 3.12 or 3.13; /bin/false is none of them."


@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_a_taken_port_is_told_before_anything_is_installed(offset: int) -> None:
    port = free_ports()
    with socket.create_server(("127.0.0.1", port + offset)):
        done = run(sys.executable, "-m", "scripts.run", VCONF_PORT=str(port))

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        f"Port {port + offset} is taken; choose another by VCONF_PORT (vconf uses it and the next three).\n"
    )


def test_a_taken_port_for_mails_is_told_as_well() -> None:
    port = free_ports()
    with socket.create_server(("127.0.0.1", port + 25)):
        done = run(sys.executable, "-m", "scripts.run", VCONF_PORT=str(port), VCONF_MAIL_INTAKE="")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Port {port + 25}, where vconf takes mails in, is taken; choose another by VCONF_PORT (mails come in 25"
        " above it) or by VCONF_MAIL_INTAKE (smtp://127.0.0.1:PORT).\n"
    )


def test_mails_that_come_in_elsewhere_need_no_port_beside_the_page(tmp_path: Path) -> None:
    """It goes on to the next thing that is missing here."""
    port = free_ports()
    elsewhere = f"smtp://127.0.0.1:{free_ports()}"
    with socket.create_server(("127.0.0.1", port + 25)):
        done = run(
            *(sys.executable, "-m", "scripts.run"),
            VCONF_PORT=str(port),
            VCONF_MAIL_INTAKE=elsewhere,
            PATH=str(tmp_path),
        )

    assert "Node" in done.stderr
    assert "Port" not in done.stderr


def test_a_missing_node_is_told(tmp_path: Path) -> None:
    done = run(sys.executable, "-m", "scripts.run", VCONF_PORT=str(free_ports()), PATH=str(tmp_path))

    assert done.returncode == 4
    assert done.stdout == ""
    assert done.stderr == (
        "vconf needs Node 20.19 or newer to build its pages; there is no `node` on the PATH.\n"
    )


def test_an_old_node_is_told(tmp_path: Path) -> None:
    path = programs(tmp_path, node="echo v18.19.0", npm="exit 0")

    done = run(sys.executable, "-m", "scripts.run", VCONF_PORT=str(free_ports()), PATH=path)

    assert done.returncode == 4
    assert done.stderr.endswith("node is v18.19.0.\n")


def test_a_missing_npm_is_told(tmp_path: Path) -> None:
    path = programs(tmp_path, node="echo v20.19.0")

    done = run(sys.executable, "-m", "scripts.run", VCONF_PORT=str(free_ports()), PATH=path)

    assert done.returncode == 5
    assert done.stderr == "vconf needs npm to build its pages; there is no `npm` on the PATH.\n"
