# SPDX-License-Identifier: EUPL-1.2
"""The browser journey in real Chromium, against a vconf of its own: `npm run journey` with VCONF_URL and CHROMIUM."""

import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.install import FRONTEND, Stop, build_frontend, chromium, environment
from tests.live_server import LiveServer


def main() -> int:
    try:
        browser = chromium()
        build_frontend()
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.exit_code
    with tempfile.TemporaryDirectory(prefix="vconf-journey-") as folder, LiveServer(Path(folder)) as vconf:
        environ = environment() | {"VCONF_URL": vconf.base_url, "CHROMIUM": browser}
        code = subprocess.run(
            ["npm", "run", "journey", "--", *sys.argv[1:]], cwd=FRONTEND, env=environ, check=False
        )
        if code.returncode:
            print(vconf.log)
        return code.returncode


if __name__ == "__main__":
    sys.exit(main())
