# SPDX-License-Identifier: EUPL-1.2
"""`make lock`: resolve requirements/*.in again and write them with hashes, for every supported Python at once.

The files name no registry. `dev` is resolved under `base`, so that both agree on every version; what lives in an
environment of its own, by itself.
"""

import subprocess
import sys

from scripts.environments import SETS
from scripts.install import PYTHON, ROOT, Stop, environment, install_python_packages


def main() -> int:
    try:
        install_python_packages("dev")
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.exit_code
    uv = [str(PYTHON.parent / "uv"), "pip", "compile", "--quiet", "--universal", "--python-version=3.11"]
    uv += ["--generate-hashes", "--no-header"]
    ours: tuple[tuple[str, list[str]], ...] = (("base", []), ("dev", ["--constraint=requirements/base.txt"]))
    for name, constraint in (*ours, *((name, []) for name in SETS)):
        command = [*uv, *constraint, f"requirements/{name}.in", f"--output-file=requirements/{name}.txt"]
        if code := subprocess.run(
            command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, check=False
        ).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
