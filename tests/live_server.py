# SPDX-License-Identifier: EUPL-1.2
"""The whole of vconf as a process of its own, as `make run` starts it: real sockets, real jobs, simulated servers.

Only the standard library is used, so that the browser journey's runner can use it as well.
"""

import fcntl
import os
import queue
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent


class LiveServer:
    """`with LiveServer(folder) as vconf:` serves at `vconf.base_url` until the block ends.

    :param data_folder: VCONF_DATA_DIR; the same folder again continues where the last one stopped
    :param options: further VCONF_ options
    """

    def __init__(self, data_folder: Path, **options: str) -> None:
        self.data_folder = data_folder
        self.port = int(options.get("VCONF_PORT") or free_ports())
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._may_take_another = "VCONF_PORT" not in options
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("VCONF_")
        }
        self.environment |= {
            "VCONF_DEMO": "1",
            "VCONF_DATA_DIR": str(data_folder),
            "VCONF_PORT": str(self.port),
        }
        self.environment |= {"DJANGO_SETTINGS_MODULE": "vconf.settings", "PYTHONUNBUFFERED": "1"} | options
        self.output: list[str] = []
        self.exit_code: int | None = None
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, *arguments: str, seconds: float = 90) -> None:
        """Start and wait until it answers; `manage.py serve` gets the arguments (default: migrate, load the demo)."""
        self.output = []
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", *(arguments or ("--migrate", "--load-demo"))],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        greeting: queue.SimpleQueue[bool] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=(self._process, greeting), daemon=True).start()
        try:
            serves = greeting.get(timeout=seconds)
        except queue.Empty:
            serves = False
        if not serves:
            self.stop()
            if self._may_take_another and f"Port {self.port} is taken" in self.log:
                # somebody else on this machine was quicker
                self.port = free_ports()
                self.base_url = f"http://127.0.0.1:{self.port}"
                self.environment["VCONF_PORT"] = str(self.port)
                self.start(*arguments, seconds=seconds)
                return
            raise RuntimeError(f"vconf did not start within {seconds} s:\n{self.log}")
        with urlopen(f"{self.base_url}/healthz", timeout=10) as answer:
            assert answer.status == 200

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30) -> int:
        """End it by a signal and answer the exit code; what does not end in time is killed and raises."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            self.exit_code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise RuntimeError(f"vconf did not stop within {seconds} s:\n{self.log}") from None
        return self.exit_code

    def manage(self, *arguments: str, seconds: float = 60) -> str:
        """What one of vconf's commands prints, run on the same data."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    @property
    def log(self) -> str:
        return "".join(self.output)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if error is not None:
            sys.stdout.write(self.log)

    def _read(self, process: subprocess.Popen[str], greeting: "queue.SimpleQueue[bool]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.output.append(line)
            if line.startswith("vconf is running"):
                greeting.put(True)
        greeting.put(False)


def with_demo(folder: Path) -> Path:
    """The folder, with a database that has the demo in it, so that a start takes a second instead of ten.

    The database is made once for all processes of a run of tests.
    """
    everybodys = Path(os.environ["VCONF_TEST_FOLDER"])
    made = everybodys / "demo"
    with (everybodys / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making = LiveServer(everybodys / "demo.new")
            for command in (("migrate", "--verbosity=0"), ("load_demo", "--verbosity=0")):
                making.manage(*command, seconds=120)
            making.data_folder.rename(made)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return folder


def free_ports(count: int = 26) -> int:
    """The first of some neighbouring ports that nobody uses just now: as many as a demo takes, up to the one for mails.
    They lie below those that the system gives to whoever asks for any port, so nobody gets one of them meanwhile.
    """
    for _ in range(100):
        port = 10_000 + secrets.randbelow(22_000 - count)  # not `random`, which tests seed alike
        try:
            for each in range(port, port + count):
                with socket.socket() as attempt:
                    attempt.bind(("127.0.0.1", each))
        except OSError:
            continue
        return port
    raise RuntimeError("no neighbouring free ports")
