# SPDX-License-Identifier: EUPL-1.2
"""`make run`: from a fresh checkout to a vconf that serves its demo, in one process that is easy to stop."""

import os
import socket
import sys

from scripts.install import (
    PYTHON,
    ROOT,
    Stop,
    build_frontend,
    environment,
    install_node_packages,
    install_python_packages,
    require_node,
    say,
)

PORT_TAKEN = 2


def main() -> int:
    try:
        _require_ports()
        require_node()
        install_python_packages("base")
        install_node_packages()
        build_frontend()
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.exit_code
    except KeyboardInterrupt:
        return 130
    say("Starting ...")
    command = [str(PYTHON), str(ROOT / "manage.py"), "serve", "--migrate", "--load-demo", "--bookings"]
    os.chdir(ROOT)
    # In place of this process, so that a signal reaches vconf itself.
    return os.execve(command[0], command, environment() | {"VCONF_DEMO": "1"})  # noqa: S606


def _require_ports() -> None:
    """Tell at once, not after minutes of installing, when somebody else listens on one of the ports."""
    text = os.environ.get("VCONF_PORT", "") or "8000"
    if not text.isdigit() or not 0 < int(text) <= 65500:
        raise Stop(PORT_TAKEN, f"VCONF_PORT must be a number from 1 to 65500, not {text!r}.")
    port = int(text)
    for one in range(port, port + 4):  # the page, and the simulated conference servers
        if not _is_free(one):
            raise Stop(
                PORT_TAKEN,
                f"Port {one} is taken; choose another by VCONF_PORT (vconf uses it and the next three).",
            )
    if os.environ.get("VCONF_MAIL_INTAKE"):
        return  # `serve` looks for itself whether that can be had
    if not _is_free(port + 25):
        raise Stop(
            PORT_TAKEN,
            f"Port {port + 25}, where vconf takes mails in, is taken; choose another by VCONF_PORT (mails come in 25"
            " above it) or by VCONF_MAIL_INTAKE (smtp://127.0.0.1:PORT).",
        )


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
