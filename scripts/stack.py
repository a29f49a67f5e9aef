# SPDX-License-Identifier: EUPL-1.2
"""`make stack`: the scaled mode on one machine. PostgreSQL, Redis, two web processes, workers, beat and the simulated
conference servers and the mail intake, each a process of its own.

    with Stack(Path("data")) as stack:      # started, migrated, ready
        stack.urls                          # of the two web processes
        stack.kill("worker-mail")           # with all that it has started; stays down
        stack.start("worker-mail")
        stack.freeze("web-1"); stack.thaw("web-1")

A process writes into `<name>.log` in the folder `stack` of the data folder. Whatever becomes of this process, the
others end with it (scripts/keeper.py).
"""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any, Self
from urllib.error import URLError
from urllib.request import urlopen

from scripts.install import (
    NO_REDIS,
    PYTHON,
    ROOT,
    VENV,
    Stop,
    build_frontend,
    environment,
    install_node_packages,
    install_python_packages,
    require_node,
    require_redis,
    say,
)
from scripts.keeper import signal_tree
from scripts.postgresql import Cluster, cluster_folder
from vconf.binaries import postgresql_binaries, redis_server

PORT_TAKEN, NOT_READY = 2, 11

#: Seconds a process may take to end before it is killed.
PATIENCE = 15.0
#: Seconds until one that has ended is started again: doubled each time, until it has lived for a minute.
FIRST_PAUSE, LONGEST_PAUSE, LIVED = 0.5, 30.0, 60.0

#: queue -> how many jobs of it at once
WORKERS = {"swift": 2, "mail": 2, "intake": 2, "slow": 2}


@dataclass
class StackProcess:
    """One process of the stack. `ends_by` is the signal that it ends at cleanly."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    ends_by: int = signal.SIGTERM
    running: subprocess.Popen[bytes] | None = None
    wanted: bool = False
    frozen: bool = False
    started_at: float = 0.0
    starts: int = 0
    #: when it is started again, and how long the pause before that is
    again_at: float | None = None
    pause: float = FIRST_PAUSE

    @property
    def pid(self) -> int:
        assert self.running is not None
        return self.running.pid

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None


class Stack:
    """The whole of it. Takes the ports `port` to `port + 6`: web-1, web-2, three conference servers, Redis, LMTP.

    folder:     VCONF_DATA_DIR; the same folder again continues where the last stack stopped
    options:    further environment of all processes of vconf, such as VCONF_EMAIL_URL
    keep_alive: start again what ends by itself (or is killed by others; what `kill` has killed stays down)
    bookings:   load an ordinary week of bookings with the demo data
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 8000,
        options: Mapping[str, str] | None = None,
        keep_alive: bool = False,
        bookings: bool = False,
    ) -> None:
        self.folder = folder.resolve()
        self.logs = self.folder / "stack"
        self.port = port
        self.cluster = Cluster(cluster_folder(self.folder))
        self.urls = [f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"]
        self.options = dict(options or {})
        self.keep_alive = keep_alive
        self.bookings = bookings
        self.processes: dict[str, StackProcess] = {}
        self._redis_password = ""
        self._keeper: subprocess.Popen[str] | None = None
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._watch: threading.Thread | None = None

    @property
    def database_url(self) -> str:
        return self.cluster.url

    @property
    def redis_url(self) -> str:
        return f"redis://:{self._redis_password}@127.0.0.1:{self.port + 5}/0"

    @property
    def lmtp_port(self) -> int:
        """Where mails to rooms are taken."""
        return self.port + 6

    @property
    def environment(self) -> dict[str, str]:
        """What every process of vconf is started with. Of our own options it has those that were given."""
        kept = {name: value for name, value in environment().items() if not name.startswith("VCONF_")}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "vconf.settings",
            "VCONF_DEMO": "1",
            "VCONF_DATA_DIR": str(self.folder),
            "VCONF_PORT": str(self.port),
            "VCONF_PUBLIC_URL": self.urls[0],
            "VCONF_SIMULATOR_PORT": str(self.port + 2),
            "VCONF_DATABASE_URL": self.database_url,
            "VCONF_REDIS_URL": self.redis_url,
            "VCONF_LOG_FORMAT": "json",
            "VCONF_MAIL_INTAKE": f"lmtp://127.0.0.1:{self.lmtp_port}",
            **self.options,
        }

    # --- the whole -----------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        try:
            self.up()
        except BaseException:
            self.down()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def up(self) -> None:
        """Start everything in order and wait until it is ready. Raises Stop."""
        self._require_ports()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", str(ROOT / "scripts" / "keeper.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._describe_databases()
        for name in ("postgresql", "redis"):
            self.start(name)
        self._wait("postgresql", self.cluster.answers)
        self._wait("redis", self._redis_answers)
        self.cluster.create_database()
        for command in self._preparation():
            self.manage(*command)
        self._describe_vconf()
        for name in self.processes:
            if not self.processes[name].wanted:
                self.start(name)
        self._watch = threading.Thread(target=self._look_after, name="stack", daemon=True)
        self._watch.start()
        self.wait_ready()

    def down(self) -> None:
        """Stop everything: first what makes work, then what does it, last what keeps it."""
        self._stopping.set()
        if self._watch is not None:
            self._watch.join(5)
        stages = (
            ("beat", "web-1", "web-2", "mail-intake"),
            ("worker-swift", "worker-mail", "worker-intake", "worker-slow", "simulator"),
            ("redis", "postgresql"),
        )
        for stage in stages:
            self._stop([self.processes[name] for name in stage if name in self.processes])
        if self._keeper is not None:
            assert self._keeper.stdin is not None
            self._keeper.stdin.close()
            self._keeper.wait()
            self._keeper = None

    def wait_ready(self, seconds: float = 120) -> None:
        """Until every process runs and both web processes say that they are ready. Raises Stop."""
        end = time.monotonic() + seconds
        for url in self.urls:
            while not _is_ready(url):
                if time.monotonic() > end:
                    raise Stop(NOT_READY, f"{url}/readyz is not ready; the logs stand in {self.logs}.")
                if not self.keep_alive:
                    self._require_alive()
                time.sleep(0.1)

    def manage(self, *arguments: str, seconds: float = 300, **options: str) -> str:
        """What one of vconf's commands prints, run on the stack's data. Raises Stop with the end of its errors."""
        done = subprocess.run(
            [str(PYTHON), "manage.py", *arguments],
            cwd=ROOT,
            env={**self.environment, **options},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        if done.returncode:
            line = f"`manage.py {' '.join(arguments)}` failed:\n{(done.stdout + done.stderr)[-2000:]}"
            raise Stop(NOT_READY, line)
        return done.stdout

    # --- one process ---------------------------------------------------------------------------------------

    def start(self, name: str) -> None:
        """Start a process that is down. It is not ready yet."""
        with self._lock:
            process = self.processes[name]
            if process.alive:
                return
            self._end_of(process)
            with process.log.open("ab") as log:
                process.running = subprocess.Popen(
                    process.command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=dict(process.environment),
                    start_new_session=True,
                    **{"cwd": ROOT, **process.options},
                )
            self._tell_keeper(f"+{process.pid}")
            process.wanted, process.frozen, process.again_at = True, False, None
            process.started_at = time.monotonic()
            process.starts += 1

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to a process and all it has started, and wait for its end. It stays down until `start`."""
        with self._lock:
            process = self.processes[name]
            process.wanted, process.again_at = False, None
            if process.alive:
                signal_tree(process.pid, number)
                if process.frozen:
                    signal_tree(process.pid, signal.SIGCONT)
                self._wait_for_end(process)
            self._end_of(process)

    def restart(self, name: str) -> None:
        """Stop a process cleanly and start it again."""
        with self._lock:
            self._stop([self.processes[name]])
            self.start(name)

    def freeze(self, name: str) -> None:
        """Let a process and all it has started stand still, as on a machine that hangs."""
        with self._lock:
            self.processes[name].frozen = True
            signal_tree(self.processes[name].pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        with self._lock:
            self.processes[name].frozen = False
            if self.processes[name].alive:
                signal_tree(self.processes[name].pid, signal.SIGCONT)

    # --- what runs -----------------------------------------------------------------------------------------

    def _describe_databases(self) -> None:
        redis = redis_server()
        if redis is None:
            raise Stop(NO_REDIS, "There is no Redis: install Debian's package `redis-server`.")
        self.cluster.prepare()
        self._describe(
            "postgresql",
            self.cluster.command(),
            environment={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            options=self.cluster.options,
            ends_by=signal.SIGINT,  # "fast": connections are closed, what is committed is kept
        )
        self._describe("redis", [redis, str(self._redis_settings())], environment=dict(os.environ))

    def _redis_settings(self) -> Path:
        """Its file of settings, for the password must not stand in the list of processes."""
        password = self.folder / "redis_password"
        if not password.exists():
            _write_privately(password, secrets.token_urlsafe(32))
        self._redis_password = password.read_text(encoding="ascii")
        path = self.folder / "redis.conf"
        path.unlink(missing_ok=True)
        _write_privately(
            path,
            "bind 127.0.0.1\n"
            "loglevel warning\n"
            f"port {self.port + 5}\n"
            f"requirepass {self._redis_password}\n"
            'save ""\n'  # nothing in it is kept nowhere else
            "appendonly no\n",
        )
        return path

    def _describe_vconf(self) -> None:
        python = str(PYTHON)
        celery = [python, "-m", "celery", "--quiet", "--app", "vconf.celery"]
        for number, url in enumerate(self.urls, start=1):
            port = url.rpartition(":")[2]
            self._describe(
                f"web-{number}",
                [python, "manage.py", "web"],
                environment=self.environment | {"VCONF_PORT": port},
            )
        for queue, jobs in WORKERS.items():
            # as root or not: what it may take from the queues is JSON
            silent = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
            worker = ["worker", "--queues", queue, "--hostname", f"{queue}@%h", "--concurrency", str(jobs)]
            quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
            self._describe(
                f"worker-{queue}", [*celery, *worker, *quiet], environment=self.environment | silent
            )
        self._describe("beat", [*celery, "beat", "--pidfile", ""])
        self._describe("mail-intake", [python, "manage.py", "mail_intake"])
        self._describe("simulator", [python, "manage.py", "simulated_servers"])

    def _describe(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        options: Mapping[str, Any] | None = None,
        ends_by: int = signal.SIGTERM,
    ) -> None:
        self.processes[name] = StackProcess(
            name=name,
            command=command,
            log=self.logs / f"{name}.log",
            environment=self.environment if environment is None else environment,
            options=options or {},
            ends_by=ends_by,
        )

    def _preparation(self) -> Iterator[list[str]]:
        yield ["compile_translations"]
        say("Bringing the database up to date ...")
        yield ["migrate", "--verbosity=0"]
        say("Loading the demo data ...")
        yield ["load_demo", "--verbosity=0", *(["--bookings"] if self.bookings else [])]

    # --- looking after them --------------------------------------------------------------------------------

    def _look_after(self) -> None:
        """Start again what has ended without being told to."""
        while not self._stopping.wait(0.2):
            if not self.keep_alive:
                continue
            for process in list(self.processes.values()):
                with self._lock:
                    if process.wanted and not process.alive and not self._stopping.is_set():
                        self._start_again(process)

    def _start_again(self, process: StackProcess) -> None:
        now = time.monotonic()
        if process.again_at is None:
            if now - process.started_at > LIVED:
                process.pause = FIRST_PAUSE
            assert process.running is not None
            say(
                f"{process.name} {_end(process.running.returncode)}; starting it again in {process.pause:g} s."
            )
            process.again_at = now + process.pause
            process.pause = min(process.pause * 2, LONGEST_PAUSE)
            self._end_of(process)
        elif now >= process.again_at:
            self.start(process.name)

    def _stop(self, processes: Sequence[StackProcess]) -> None:
        """Ask all of them to end; kill those that do not."""
        for process in processes:
            process.wanted = False
            if process.alive:
                if process.frozen:
                    self.thaw(process.name)
                assert process.running is not None
                process.running.send_signal(process.ends_by)
        end = time.monotonic() + PATIENCE
        for process in processes:
            if process.running is None:
                continue
            try:
                process.running.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"{process.name} does not end; it is killed.")
                signal_tree(process.pid, signal.SIGKILL)
                process.running.wait()
            self._end_of(process)

    def _wait_for_end(self, process: StackProcess) -> None:
        assert process.running is not None
        try:
            process.running.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            signal_tree(process.pid, signal.SIGKILL)
            process.running.wait()

    def _end_of(self, process: StackProcess) -> None:
        if process.running is not None and process.running.poll() is not None:
            self._tell_keeper(f"-{process.pid}")
            process.running = None

    def _tell_keeper(self, line: str) -> None:
        assert self._keeper is not None and self._keeper.stdin is not None
        self._keeper.stdin.write(f"{line}\n")
        self._keeper.stdin.flush()

    def _wait(self, name: str, answers: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not answers():
            process = self.processes[name]
            if not process.alive or time.monotonic() > end:
                last = process.log.read_text(errors="replace")[-1000:]
                raise Stop(NOT_READY, f"{name} does not answer; its log ends with:\n{last}")
            time.sleep(0.05)

    def _require_alive(self) -> None:
        for process in self.processes.values():
            if process.wanted and not process.alive:
                last = process.log.read_text(errors="replace")[-2000:]
                raise Stop(NOT_READY, f"{process.name} has ended; its log ends with:\n{last}")

    def _redis_answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port + 5), timeout=1) as connection:
                connection.sendall(f"AUTH {self._redis_password}\r\nPING\r\n".encode())
                return b"+PONG" in connection.recv(200)
        except OSError:
            return False

    def _require_ports(self) -> None:
        """Tell at once when somebody else listens on one of the ports."""
        for port in range(self.port, self.port + 7):
            with socket.socket() as attempt:
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    attempt.bind(("127.0.0.1", port))
                except OSError as error:
                    raise Stop(
                        PORT_TAKEN,
                        f"Port {port} is taken; choose another by VCONF_PORT (the stack uses it and the next six).",
                    ) from error


def _is_ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _end(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"has ended with {code}"


def _write_privately(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)


# --- the command -----------------------------------------------------------------------------------------------


class _Terminal:
    """Shows what is new in the logs, one short line each."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._files: dict[str, IO[str]] = {}

    def skip_what_is_old(self, folder: Path) -> None:
        for path in folder.glob("*.log"):
            self._files[path.stem] = path.open(encoding="utf-8", errors="replace")
            self._files[path.stem].seek(0, os.SEEK_END)

    def show(self) -> None:
        for name, process in list(self._stack.processes.items()):
            if name not in self._files:
                if not process.log.exists():
                    continue
                self._files[name] = process.log.open(encoding="utf-8", errors="replace")
            for line in self._files[name]:
                if line.strip() and " LOG:  " not in line:  # PostgreSQL's word for what is no trouble
                    say(f"{name:12} | {_short(line)}")


def _short(line: str) -> str:
    """A JSON line as a person reads it."""
    try:
        entry = json.loads(line)
        level, event = entry.pop("level"), entry.pop("event")
    except (ValueError, KeyError, AttributeError, TypeError):
        return line.rstrip()[:200]
    for name in ("timestamp", "logger"):
        entry.pop(name, None)
    more = " ".join(f"{name}={value}" for name, value in entry.items() if name != "exception")
    return f"{level} {event} {more}".replace("\n", " ")[:200]


class _Told(Exception):
    """SIGTERM or Ctrl-C."""


def _tell(number: int, frame: FrameType | None) -> None:
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    raise _Told


def main() -> int:
    if Path(sys.prefix).resolve() != VENV.resolve():
        return _install_and_run()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _tell)
    folder = Path(os.environ.get("VCONF_DATA_DIR") or ROOT / "data")
    port = os.environ.get("VCONF_PORT") or "8000"
    given = {name: value for name, value in os.environ.items() if name.startswith("VCONF_")}
    for name in ("VCONF_DATA_DIR", "VCONF_PORT", "VCONF_DATABASE_URL", "VCONF_REDIS_URL", "VCONF_PYTHON"):
        given.pop(name, None)
    try:
        if not port.isdigit() or not 0 < int(port) <= 65500:
            raise Stop(PORT_TAKEN, f"VCONF_PORT must be a number from 1 to 65500, not {port!r}.")
        stack = Stack(folder, port=int(port), options=given, keep_alive=True, bookings=True)
        terminal = _Terminal(stack)
        terminal.skip_what_is_old(stack.logs)
        with stack:
            say(_greeting(stack))
            while True:
                terminal.show()
                time.sleep(0.3)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.exit_code
    except _Told:
        say("Stopped.")
        return 0


def _install_and_run() -> int:
    """In a fresh checkout with any Python; goes on with the one of .venv."""
    try:
        require_node()
        install_python_packages("base")
        if not _has_databases():
            install_python_packages("dev")  # brings a PostgreSQL and, up to Python 3.12, a Redis along
        require_redis()
        install_node_packages()
        build_frontend()
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.exit_code
    except KeyboardInterrupt:
        return 130
    os.chdir(ROOT)
    # In place of this process, so that a signal reaches the stack itself.
    return os.execve(str(PYTHON), [str(PYTHON), "-m", "scripts.stack"], environment())  # noqa: S606


def _has_databases() -> bool:
    return postgresql_binaries() is not None and redis_server() is not None


def _greeting(stack: Stack) -> str:
    lines = [f"vconf is running: {stack.urls[0]}/ and {stack.urls[1]}/", f"  logs  {stack.logs}"]
    lines += [
        f"  {name:12}  pid {process.pid}" for name, process in stack.processes.items() if process.running
    ]
    people = "anna@im.mv.example, bernd@im.mv.example, clara@fm.mv.example, admin@im.mv.example, operator@mv.example"
    return "\n".join(
        ["", *lines, "", f"Sign in with the password vconf-demo as {people}.", "", "Ctrl-C stops it.", ""]
    )


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())
