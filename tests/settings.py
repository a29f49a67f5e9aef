# SPDX-License-Identifier: EUPL-1.2
"""The settings of the tests: vconf's own, with a data folder and a database that vanish afterwards.

`pytest --database=postgresql` or VCONF_TEST_DATABASE=postgresql runs the tests on PostgreSQL (tests/services.py).
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

for _name in [
    name for name in os.environ if name.startswith("VCONF_") and not name.startswith("VCONF_TEST_")
]:
    del os.environ[_name]

# The process that was started makes the folder and removes it; its workers, which end abruptly, put theirs into it.
if "VCONF_TEST_FOLDER" not in os.environ:
    os.environ["VCONF_TEST_FOLDER"] = tempfile.mkdtemp(prefix="vconf-tests-")
    atexit.register(shutil.rmtree, os.environ["VCONF_TEST_FOLDER"], ignore_errors=True)
_folder = Path(tempfile.mkdtemp(dir=os.environ["VCONF_TEST_FOLDER"]))
os.environ["VCONF_DEMO"] = "1"
os.environ["VCONF_DATA_DIR"] = str(_folder)
os.environ["VCONF_LOG_LEVEL"] = "WARNING"

if "--database=postgresql" in sys.argv:
    os.environ["VCONF_TEST_DATABASE"] = "postgresql"
os.environ["VCONF_DATABASE_POOL"] = "40"  # one for each writer of the parallel tests
if os.environ.get("VCONF_TEST_DATABASE") == "postgresql":
    from tests.services import postgresql_url

    if "VCONF_TEST_DATABASE_URL" not in os.environ:
        os.environ["VCONF_TEST_OWN_CLUSTER"] = "1"
    # Workers inherit the address, so that one cluster serves all of them.
    os.environ["VCONF_TEST_DATABASE_URL"] = os.environ["VCONF_DATABASE_URL"] = postgresql_url()

from vconf.management.catalogue import compile_catalogues  # noqa: E402
from vconf.settings import *  # noqa: E402, F403  the options above must be in the environment first
from vconf.settings import DATABASES, LOCALE_PATHS  # noqa: E402

if os.environ.get("VCONF_TEST_DATABASE") != "postgresql":
    # A file: threads cannot share the in-memory test database reliably.
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
    # nothing here is worth waiting for the disk
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
VCONF_MAIL_INTAKE, VCONF_MAIL_ANSWERS, VCONF_MAIL_BOUNCES = (
    None,
    "",
    "",
)  # what takes mails in is started by its tests
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

for _path in LOCALE_PATHS:
    compile_catalogues(_path)
