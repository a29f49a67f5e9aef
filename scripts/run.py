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
        _require_port()
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


def _require_port() -> None:
    """Tell at once, not after minutes of installing, when somebody else listens on one of the ports."""
    text = os.environ.get("VCONF_PORT", "") or "8000"
    if not text.isdigit() or not 0 < int(text) <= 65500:
        raise Stop(PORT_TAKEN, f"VCONF_PORT must be a number from 1 to 65500, not {text!r}.")
    for port in range(int(text), int(text) + 3):
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError as error:
                raise Stop(
                    PORT_TAKEN,
                    f"Port {port} is taken; choose another by VCONF_PORT (vconf uses it and the next two).",
                ) from error


if __name__ == "__main__":
    sys.exit(main())
