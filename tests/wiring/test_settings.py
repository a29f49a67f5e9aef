# SPDX-License-Identifier: EUPL-1.2
"""What the settings make of the environment. Each case is a process of its own: settings are read once."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD_KEY = "mRw1v0u8cJq3ZtY5pKx7nB2dF4hL6sAeGiOoUyTrEwQ9zXcVbN"
PRODUCTION = {"VCONF_SECRET_KEY": GOOD_KEY, "VCONF_PUBLIC_URL": "https://vk.mv.example"}


def start(folder: Path, *names: str, **options: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a fresh process and print the named ones as JSON."""
    code = f"import json, vconf.settings as s; print(json.dumps([getattr(s, n, None) for n in {names!r}], default=str))"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VCONF_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=kept | {"VCONF_DATA_DIR": str(folder / "data")} | options,
        capture_output=True,
        text=True,
        check=False,
    )


def read(folder: Path, *names: str, **options: str) -> list[Any]:
    done = start(folder, *names, **options)
    assert done.returncode == 0, done.stderr
    values: list[Any] = json.loads(done.stdout)
    return values


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({}, "VCONF_SECRET_KEY is not set; it is required unless VCONF_DEMO=1."),
        ({"VCONF_SECRET_KEY": "short"}, "VCONF_SECRET_KEY is too short or too simple"),
        ({"VCONF_SECRET_KEY": "ab" * 40}, "VCONF_SECRET_KEY is too short or too simple"),
        ({"VCONF_SECRET_KEY": f"django-insecure-{GOOD_KEY}"}, "VCONF_SECRET_KEY looks like a sample value"),
        (PRODUCTION | {"VCONF_ENCRYPTION_KEYS": f"{GOOD_KEY},short"}, "VCONF_ENCRYPTION_KEYS is too short"),
        (
            PRODUCTION | {"VCONF_PUBLIC_URL": "http://vk.mv.example"},
            "VCONF_PUBLIC_URL must begin with https://",
        ),
        (PRODUCTION | {"VCONF_PUBLIC_URL": "https://vk.mv.example/vconf"}, "scheme, host and port only"),
        (PRODUCTION | {"VCONF_ALLOWED_HOSTS": "*"}, "VCONF_ALLOWED_HOSTS must name hosts"),
        (PRODUCTION | {"VCONF_TRUSTED_PROXIES": "10.0.0.5, *"}, "VCONF_TRUSTED_PROXIES: '*' is no address"),
        (PRODUCTION | {"VCONF_TRUSTED_PROXIES": "::/0"}, "VCONF_TRUSTED_PROXIES must name proxies"),
        (PRODUCTION | {"VCONF_DATABASE_URL": "mysql://u:geheim@db/v"}, "VCONF_DATABASE_URL must begin with"),
        (
            PRODUCTION | {"VCONF_PORT": "http"},
            "VCONF_PORT must be a whole number from 1 to 65500, not 'http'",
        ),
        (PRODUCTION | {"VCONF_MAIL_INTAKE": "pop3://u:geheim@mail"}, "VCONF_MAIL_INTAKE must begin with"),
        (
            PRODUCTION | {"VCONF_MAIL_INTAKE": "lmtp://vconf"},
            "an address to listen on is scheme, host and port only",
        ),
        (PRODUCTION | {"VCONF_MAIL_INTAKE": "imaps://u@mail/INBOX"}, "a mailbox needs a user and a password"),
        (
            PRODUCTION | {"VCONF_MAIL_INTAKE": "imap://u:geheim@mail.mv.example/INBOX"},
            "imap:// is allowed on a loopback address only",
        ),
        ({"VCONF_DEMO": "1", "VCONF_HOST": "0.0.0.0"}, "VCONF_DEMO=1 is only allowed on this machine"),
        ({"VCONF_DEMO": "1", "VCONF_PUBLIC_URL": "https://vk.mv.example"}, "VCONF_DEMO=1 is only allowed"),
    ],
)
def test_an_unsafe_or_wrong_configuration_does_not_start_and_says_why_in_one_line(
    tmp_path: Path, options: dict[str, str], line: str
) -> None:
    done = start(tmp_path, **options)

    assert done.returncode == 1
    assert done.stderr.startswith("vconf: ")
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert "geheim" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_the_demo_makes_its_own_key_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = read(tmp_path, "SECRET_KEY", VCONF_DEMO="1")
    second = read(tmp_path, "SECRET_KEY", VCONF_DEMO="1")

    assert first == second
    assert len(first[0]) >= 50
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("options", [{"VCONF_DEMO": "1"}, PRODUCTION], ids=["demo", "production"])
def test_a_new_data_folder_is_for_its_owner_only(tmp_path: Path, options: dict[str, str]) -> None:
    read(tmp_path, "DEBUG", **options)

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_https_makes_the_cookies_host_cookies_and_sends_hsts(tmp_path: Path) -> None:
    names = ["SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE"]

    assert read(tmp_path, *names, "SECURE_HSTS_SECONDS", "ALLOWED_HOSTS", **PRODUCTION) == [
        "__Host-session",
        True,
        "__Host-csrftoken",
        True,
        31_536_000,
        ["vk.mv.example"],
    ]


def test_the_demo_answers_on_this_machine_only(tmp_path: Path) -> None:
    assert read(tmp_path, "VCONF_PUBLIC_URL", "ALLOWED_HOSTS", VCONF_DEMO="1", VCONF_PORT="9123") == [
        "http://127.0.0.1:9123",
        ["127.0.0.1", "[::1]", "localhost"],
    ]


def test_sqlite_is_the_default_and_waits_for_its_turn_to_write(tmp_path: Path) -> None:
    (databases,) = read(tmp_path, "DATABASES", **PRODUCTION)

    assert databases["default"]["NAME"] == str(tmp_path / "data" / "vconf.sqlite3")
    assert databases["default"]["ENGINE"] == "vconf.sqlite"
    assert databases["default"]["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 0.05,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }


def test_postgresql_comes_from_the_url_with_a_pool(tmp_path: Path) -> None:
    url = "postgresql://vconf:p%40ss@db.mv.example:5433/buchung?sslmode=verify-full"

    (databases,) = read(tmp_path, "DATABASES", VCONF_DATABASE_URL=url, **PRODUCTION)

    assert databases["default"] == {
        "ENGINE": "vconf.postgresql",
        "NAME": "buchung",
        "USER": "vconf",
        "PASSWORD": "p@ss",
        "HOST": "db.mv.example",
        "PORT": "5433",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 16, "timeout": 10},
            "connect_timeout": 5,
            "server_side_binding": True,
            "prepare_threshold": 5,
            "sslmode": "verify-full",
        },
    }


def test_postgresql_may_be_reached_by_a_unix_socket(tmp_path: Path) -> None:
    url = "postgresql://vconf@/buchung?host=/run/postgresql"

    (databases,) = read(tmp_path, "DATABASES", VCONF_DATABASE_URL=url, **PRODUCTION)

    assert databases["default"]["HOST"] == "/run/postgresql"
    assert databases["default"]["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 16, "timeout": 10}


def test_mails_come_in_where_somebody_said_so_and_in_the_demo(tmp_path: Path) -> None:
    names = ["VCONF_MAIL_INTAKE", "VCONF_MAIL_ANSWERS", "VCONF_MAIL_AUTHSERV_ID"]

    assert read(tmp_path, *names, **PRODUCTION) == [None, "", ""]
    assert read(tmp_path, *names, VCONF_DEMO="1", VCONF_PORT="9123") == [
        "smtp://127.0.0.1:9148",
        "antwort@mv.example",
        "",
    ]
    mailbox = "imaps://vconf:p%40ss@mail.mv.example/Post"
    given = {"VCONF_MAIL_INTAKE": mailbox, "VCONF_EMAIL_FROM": "Videokonferenz <vk@vk.mv.example>"}
    assert read(tmp_path, *names, **PRODUCTION, **given) == [mailbox, "antwort@vk.mv.example", ""]


def test_the_demo_takes_mails_from_this_machine_only_as_it_believes_everybody(tmp_path: Path) -> None:
    done = start(tmp_path, VCONF_DEMO="1", VCONF_MAIL_INTAKE="smtp://0.0.0.0:2525")

    assert done.returncode == 1
    assert "VCONF_MAIL_INTAKE must be a loopback address" in done.stderr


def test_redis_decides_between_one_process_and_many(tmp_path: Path) -> None:
    embedded = read(tmp_path, "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT_OPTIONS", **PRODUCTION)
    scaled = read(
        tmp_path, "CELERY_BROKER_URL", "CHANNEL_LAYERS", VCONF_REDIS_URL="redis://redis:6379/0", **PRODUCTION
    )

    assert embedded == ["memory://localhost//", {"polling_interval": 0.05}]
    assert scaled[0] == "redis://redis:6379/0"
    assert scaled[1]["default"]["BACKEND"] == "channels_redis.pubsub.RedisPubSubChannelLayer"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.mv.example:2525", ["mail.mv.example", 2525, False, False]),
        ("smtps://vconf:x@mail.mv.example", ["mail.mv.example", 465, True, False]),
        ("smtp+starttls://mail.mv.example", ["mail.mv.example", 587, False, True]),
    ],
)
def test_mail_goes_where_the_url_says(tmp_path: Path, url: str, expected: list[Any]) -> None:
    names = ["EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_SSL", "EMAIL_USE_TLS"]

    assert read(tmp_path, *names, VCONF_EMAIL_URL=url, **PRODUCTION) == expected


def test_mail_stays_in_a_folder_by_default(tmp_path: Path) -> None:
    assert read(tmp_path, "VCONF_MAIL_FOLDER", **PRODUCTION) == [str(tmp_path / "data" / "mails")]


def test_the_content_policy_allows_nothing_inline(tmp_path: Path) -> None:
    (policy,) = read(tmp_path, "CONTENT_SECURITY_POLICY", **PRODUCTION)

    assert policy["DIRECTIVES"]["default-src"] == ["'none'"]
    assert "unsafe" not in json.dumps(policy)
