# SPDX-License-Identifier: EUPL-1.2
"""All options, read from the environment and grouped by topic.

The comments that begin with `#:` are the text of docs/configuration.md, which `manage.py render_configuration` writes.
A value that cannot be used, or a combination that is not safe, stops the start with one line.
"""

import os
import secrets
import sys
from datetime import timedelta
from email.utils import parseaddr
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from vconf import env
from vconf.crashpoints import arm
from vconf.env import ConfigurationError
from vconf.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent

# --------------------------------------------------------------------------------------------------------
# The installation
# --------------------------------------------------------------------------------------------------------

#: Show vconf on this machine with invented people, rooms and simulated conference servers. Allows http and servers on
#: the loopback interface, generates the secret key, and is therefore refused unless `VCONF_PUBLIC_URL` and `VCONF_HOST`
#: are loopback addresses. `make run` sets it.
VCONF_DEMO = env.flag("VCONF_DEMO", False)

#: The folder for everything vconf writes itself: the SQLite database, mails that are not sent, the generated key.
#: Default: `data` in the checkout.
VCONF_DATA_DIR = env.folder("VCONF_DATA_DIR", BASE_DIR / "data")

#: The address to listen on.
VCONF_HOST = env.text("VCONF_HOST", "127.0.0.1")

#: The port to listen on. In the demo the three simulated conference servers take the next three ports.
VCONF_PORT = env.number("VCONF_PORT", 8000, at_least=1, at_most=65500)

#: The first port of the demo's simulated conference servers. Default: the one after `VCONF_PORT`.
VCONF_SIMULATOR_PORT = env.number("VCONF_SIMULATOR_PORT", VCONF_PORT + 1, at_least=1, at_most=65530)

#: The address under which people reach vconf, as it stands in links. Default: `http://127.0.0.1:` and the port.
#: With https the cookies are `__Host-` cookies and HSTS is sent.
_public = env.url("VCONF_PUBLIC_URL", f"http://127.0.0.1:{VCONF_PORT}", ("http", "https"))
assert _public is not None and _public.hostname  # it has a default, and `url` has found the host
if _public.path.strip("/") or _public.query or _public.fragment or _public.username:
    raise ConfigurationError("VCONF_PUBLIC_URL must be scheme, host and port only.")
VCONF_PUBLIC_URL = f"{_public.scheme}://{_public.netloc}"

#: The time zone of the installation: months of quotas, times in mails to people whose zone is not known.
VCONF_TIME_ZONE = env.time_zone("VCONF_TIME_ZONE", "Europe/Berlin")

#: How much is logged: `DEBUG`, `INFO`, `WARNING` or `ERROR`.
VCONF_LOG_LEVEL = env.choice("VCONF_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))

#: How log lines look: `json` (one object each, for a log server) or `text` (for people). Default: `json`, in the demo
#: `text`.
VCONF_LOG_FORMAT = env.choice("VCONF_LOG_FORMAT", "text" if VCONF_DEMO else "json", ("json", "text"))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


if VCONF_DEMO and not (_is_loopback(_public.hostname) and _is_loopback(VCONF_HOST)):
    raise ConfigurationError(
        "VCONF_DEMO=1 is only allowed on this machine; VCONF_PUBLIC_URL or VCONF_HOST is not a loopback address."
    )
if not VCONF_DEMO and _public.scheme != "https" and not _is_loopback(_public.hostname):
    raise ConfigurationError("VCONF_PUBLIC_URL must begin with https:// unless it is a loopback address.")

# --------------------------------------------------------------------------------------------------------
# Secrets
# --------------------------------------------------------------------------------------------------------

#: The secret that sessions and look-up hashes of PINs and links are keyed with: at least 50 random characters.
#: Required, except in the demo, where one is generated into the data folder.
_secret_key = env.optional("VCONF_SECRET_KEY")


def _generated_key() -> str:
    """The demo's own key: made at the first start, readable by its owner only."""
    path = VCONF_DATA_DIR / "secret_key"
    try:
        VCONF_DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            # Written aside and linked into place: two processes that start at once agree on one key.
            draft = VCONF_DATA_DIR / f".secret_key.{os.getpid()}"
            if not path.exists():
                descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w", encoding="ascii") as file:
                    file.write(secrets.token_urlsafe(48))
                os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigurationError(f"VCONF_DATA_DIR: cannot write to {VCONF_DATA_DIR}: {error}.") from error


def _checked_key(name: str, key: str) -> str:
    if len(key) < 50 or len(set(key)) < 12:
        raise ConfigurationError(f"{name} is too short or too simple; use at least 50 random characters.")
    if any(
        word in key.lower() for word in ("insecure", "changeme", "change-me", "example", "secret", "password")
    ):
        raise ConfigurationError(f"{name} looks like a sample value; use at least 50 random characters.")
    return key


if _secret_key is not None:
    SECRET_KEY = _checked_key("VCONF_SECRET_KEY", _secret_key)
elif VCONF_DEMO:
    SECRET_KEY = _generated_key()
else:
    raise ConfigurationError("VCONF_SECRET_KEY is not set; it is required unless VCONF_DEMO=1.")

#: Keys that secrets in the database (server secrets, links, PINs) are encrypted with, separated by commas. The first
#: encrypts, all decrypt: to rotate, put a new key in front. Default: derived from the secret key, which
#: can then not be changed.
VCONF_ENCRYPTION_KEYS = [
    _checked_key("VCONF_ENCRYPTION_KEYS", key) for key in env.words("VCONF_ENCRYPTION_KEYS")
]

#: Who may read `/metrics` besides callers on this machine: `Authorization: Bearer` and this token. Without it nobody.
_metrics_token = env.optional("VCONF_METRICS_TOKEN")
VCONF_METRICS_TOKEN = _checked_key("VCONF_METRICS_TOKEN", _metrics_token) if _metrics_token else ""

# --------------------------------------------------------------------------------------------------------
# Database, Redis, background jobs
# --------------------------------------------------------------------------------------------------------

#: The database: `sqlite:///path/to/file` or `postgresql://user:password@host:port/name` (a unix socket as
#: `postgresql://user@/name?host=/path`). Default: `vconf.sqlite3` in the data folder.
_database = env.url("VCONF_DATABASE_URL", None, ("sqlite", "postgresql", "postgres"))

#: How many connections one process keeps to PostgreSQL at most.
VCONF_DATABASE_POOL = env.number("VCONF_DATABASE_POOL", 16, at_least=2, at_most=500)


def _sqlite(path: Path) -> dict[str, Any]:
    """IMMEDIATE lets writers queue for their turn; FULL makes a success answer survive a power cut."""
    return {
        "ENGINE": "vconf.sqlite",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 0.05,  # the rest of the patience is in `vconf.sqlite`
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
        },
    }


def _postgresql() -> dict[str, Any]:
    assert _database is not None
    query = dict(parse_qsl(_database.query))
    return {
        "ENGINE": "vconf.postgresql",
        "NAME": unquote(_database.path.lstrip("/")),
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "HOST": unquote(_database.hostname or "") or query.pop("host", ""),
        "PORT": str(_database.port or query.pop("port", "")),
        "CONN_MAX_AGE": 0,  # the pool keeps the connections
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": VCONF_DATABASE_POOL, "timeout": 10},
            "connect_timeout": 5,  # in seconds; else those who make connections wait two minutes for a lost host
            # what a connection has asked some times is kept parsed and planned by the server: half of its work
            "server_side_binding": True,
            "prepare_threshold": 5,
            **query,
        },
    }


if _database is None:
    DATABASES = {"default": _sqlite(VCONF_DATA_DIR / "vconf.sqlite3")}
elif _database.scheme == "sqlite":
    DATABASES = {"default": _sqlite(Path(unquote(_database.path)))}
else:
    DATABASES = {"default": _postgresql()}

#: Redis for several processes: `redis://host:port/0`. Without it everything runs in one process.
VCONF_REDIS_URL = env.optional("VCONF_REDIS_URL")
env.url("VCONF_REDIS_URL", None, ("redis", "rediss", "unix"))

if VCONF_REDIS_URL is None:
    CHANNEL_LAYERS: dict[str, Any] = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES: dict[str, Any] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CELERY_BROKER_URL = "memory://localhost//"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}
else:
    CHANNEL_LAYERS = {
        "default": {
            # The queue-based layer loses idle sockets after 5 s with redis-py 8; this one blocks on no read.
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [VCONF_REDIS_URL]},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": VCONF_REDIS_URL,
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
        },
        # what stands in when Redis is gone
        "own": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    }
    CELERY_BROKER_URL = VCONF_REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_connect_timeout": 2,
        "socket_timeout": 5,  # a Redis that hangs holds up a request no longer than this
        "visibility_timeout": 900,  # longer than any job may take
    }
    # What hangs is ended with its process; only workers in processes of their own can do that.
    CELERY_TASK_TIME_LIMIT = 600

# A request does not wait for a broker that is down: the clock's next round does what could not be handed over.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_DEFAULT_QUEUE = "slow"  # which job goes elsewhere stands in vconf/tasks.py
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # a long job keeps no short ones from other workers
# In memory: a file of when each job ran last is not worth what a beat that was killed leaves of it.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_TIMEZONE = "UTC"

# --------------------------------------------------------------------------------------------------------
# Booking
# --------------------------------------------------------------------------------------------------------

#: How many days ahead can be booked.
VCONF_HORIZON_DAYS = env.number("VCONF_HORIZON_DAYS", 550, at_least=1, at_most=3660)

#: How many dates one booking may have.
VCONF_HORIZON_DATES = env.number("VCONF_HORIZON_DATES", 750, at_least=1, at_most=5000)

#: For how many minutes a cancellation can be taken back, if what it gave up is still free. 0: never.
VCONF_UNDO_MINUTES = env.number("VCONF_UNDO_MINUTES", 15, at_least=0, at_most=1440)

#: From how many minutes before its start a booking is shown as "reserved" on the room board.
VCONF_RESERVED_LEAD_MINUTES = env.number("VCONF_RESERVED_LEAD_MINUTES", 30, at_least=0, at_most=1440)

#: What stands behind the @ of a booking's UID in calendars. Leave it alone once bookings exist.
#: Default: the host of `VCONF_PUBLIC_URL`.
VCONF_UID_DOMAIN = env.text("VCONF_UID_DOMAIN", _public.hostname)

#: The telephone number of the dial-in, as it is shown beside the PIN. Without it mails and pages offer no telephone.
VCONF_PHONE_NUMBER = env.text("VCONF_PHONE_NUMBER", "")

# --------------------------------------------------------------------------------------------------------
# Mail
# --------------------------------------------------------------------------------------------------------

#: Where mails go: `smtp://user:password@host:port`, `smtps://...` (TLS from the start), `smtp+starttls://...`, or
#: `file:///path/to/folder`. Default: the folder `mails` in the data folder.
_email = env.url("VCONF_EMAIL_URL", None, ("smtp", "smtps", "smtp+starttls", "file"))

#: The sender of mails: an address, or a name and an address (`Videokonferenz <vk@mv.example>`). People see the
#: organiser's name and this name. Its domain should allow the mail server to send for it (SPF, DKIM, DMARC).
DEFAULT_FROM_EMAIL = env.text(
    "VCONF_EMAIL_FROM", f"videokonferenz@{'mv.example' if VCONF_DEMO else _public.hostname}"
)

#: Where reports of failed delivery go (the envelope sender). Default: the sender's address.
VCONF_EMAIL_BOUNCES = env.text("VCONF_EMAIL_BOUNCES", parseaddr(DEFAULT_FROM_EMAIL)[1])

#: Where mails to rooms and answers come in: an address to listen on, `lmtp://host:port` or `smtp://host:port`, or a
#: mailbox to read, `imaps://user:password@host/folder` (also `imap+starttls://`; `imap://` on the loopback interface
#: only). Without it none are taken in. In the demo: `smtp://127.0.0.1:` and the port 25 above `VCONF_PORT`.
_intake = env.url(
    "VCONF_MAIL_INTAKE",
    f"smtp://127.0.0.1:{VCONF_PORT + 25}" if VCONF_DEMO else None,
    ("lmtp", "smtp", "imaps", "imap+starttls", "imap"),
)
VCONF_MAIL_INTAKE = None if _intake is None else _intake.geturl()
VCONF_MAIL_INTAKE_GIVEN = env.optional("VCONF_MAIL_INTAKE") is not None
if _intake is not None:
    _intake_is_near = _is_loopback(_intake.hostname or "")
    if _intake.scheme in ("lmtp", "smtp") and (
        _intake.port is None or _intake.username or _intake.path.strip("/")
    ):
        raise ConfigurationError("VCONF_MAIL_INTAKE: an address to listen on is scheme, host and port only.")
    if _intake.scheme == "imap" and not _intake_is_near:
        raise ConfigurationError(
            "VCONF_MAIL_INTAKE: imap:// is allowed on a loopback address only; use imaps://."
        )
    if _intake.scheme.startswith("imap") and not (_intake.username and _intake.password):
        raise ConfigurationError("VCONF_MAIL_INTAKE: a mailbox needs a user and a password.")
    if VCONF_DEMO and not _intake_is_near:
        raise ConfigurationError(
            "VCONF_MAIL_INTAKE must be a loopback address with VCONF_DEMO=1: the demo believes everybody."
        )

#: The name under which the mail gateway writes `Authentication-Results` (RFC 8601). Only what it says there of a
#: sender is believed, so the gateway has to remove headers that come in under this name. Without it no mail is
#: believed, except in the demo, where all are.
VCONF_MAIL_AUTHSERV_ID = env.text("VCONF_MAIL_AUTHSERV_ID", "")

#: The address that stands for any room: who invites it gets the smallest free room that fits, `raum+30@...` one for 30.
#: Default: `raum@` in each domain that rooms have addresses in.
VCONF_MAIL_ANY_ROOM = env.text("VCONF_MAIL_ANY_ROOM", "").lower()

#: The largest mail that is taken in, in bytes.
VCONF_MAIL_MAX_BYTES = env.number("VCONF_MAIL_MAX_BYTES", 10_000_000, at_least=100_000, at_most=100_000_000)

#: Where attendees' answers go: the address that ORGANIZER and Reply-To of our own invitations are made of, with a token
#: of each booking behind a plus. Empty: the organiser's own address stands there. Default: `antwort@` in the domain of
#: `VCONF_EMAIL_FROM` where mails come in, else empty.
VCONF_MAIL_ANSWERS = env.text(
    "VCONF_MAIL_ANSWERS",
    "" if _intake is None else f"antwort@{parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition('@')[2]}",
)

#: Where reports of failed delivery are taken in: the envelope sender is made of it, with a token of each mail behind a
#: plus. Empty: VCONF_EMAIL_BOUNCES is the envelope sender of all, and reports are for people. Default: `bounces@` in
#: the domain of `VCONF_EMAIL_FROM` where mails come in and VCONF_EMAIL_BOUNCES is not set, else empty.
VCONF_MAIL_BOUNCES = env.text(
    "VCONF_MAIL_BOUNCES",
    ""
    if _intake is None or env.optional("VCONF_EMAIL_BOUNCES") is not None
    else f"bounces@{parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition('@')[2]}",
)

#: How many mails go to one address about one booking within half an hour. What is more waits, and is told in one mail
#: then.
VCONF_MAILS_ABOUT_BOOKING = env.number("VCONF_MAILS_ABOUT_BOOKING", 12, at_least=2, at_most=1000)

#: Seconds without a further change after which people are told of one, so that several changes make one mail. What
#: begins within the hour is told at once. Default: 30, in the demo 0.
VCONF_MAILS_GROUPED_SECONDS = env.number(
    "VCONF_MAILS_GROUPED_SECONDS", 0 if VCONF_DEMO else 30, at_least=0, at_most=3600
)

#: How many mails go to one address in an hour. What is more goes out in the next.
VCONF_MAILS_TO_ADDRESS = env.number("VCONF_MAILS_TO_ADDRESS", 500, at_least=10, at_most=1_000_000)

#: How many mails go out in an hour for what one person organises. What is more goes out in the next.
VCONF_MAILS_OF_ORGANISER = env.number("VCONF_MAILS_OF_ORGANISER", 5_000, at_least=10, at_most=1_000_000)

#: How many mails go out in an hour for what is charged to one authority. What is more goes out in the next.
VCONF_MAILS_OF_AUTHORITY = env.number("VCONF_MAILS_OF_AUTHORITY", 50_000, at_least=10, at_most=10_000_000)

#: Where mails are kept that are not sent, or None when they are.
VCONF_MAIL_FOLDER: Path | None = None
if _email is None:
    VCONF_MAIL_FOLDER = VCONF_DATA_DIR / "mails"
elif _email.scheme == "file":
    VCONF_MAIL_FOLDER = Path(unquote(_email.path))

if VCONF_MAIL_FOLDER is not None:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VCONF_MAIL_FOLDER)
else:
    assert _email is not None
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _email.hostname or "localhost"
    EMAIL_PORT = _email.port or {"smtp": 25, "smtps": 465, "smtp+starttls": 587}[_email.scheme]
    EMAIL_HOST_USER = unquote(_email.username or "")
    EMAIL_HOST_PASSWORD = unquote(_email.password or "")
    EMAIL_USE_SSL = _email.scheme == "smtps"
    EMAIL_USE_TLS = _email.scheme == "smtp+starttls"
EMAIL_TIMEOUT = 20
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --------------------------------------------------------------------------------------------------------
# Applications
# --------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "vconf",
    "vconf.audit",
    "vconf.outbox",
    "vconf.authorities",
    "vconf.rooms",
    "vconf.bookings",
    "vconf.realtime",
    "vconf.api",
    "vconf.integrations.conferencing",
    "vconf.integrations.invitations",
    "vconf.integrations.caldav",
    "vconf.integrations.feeds",
    "vconf.integrations.imip",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "vconf.logs.correlation_middleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "vconf.pages.StaticFiles",
    "vconf.web.requests.without_control_characters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "vconf.urls"
ASGI_APPLICATION = "vconf.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --------------------------------------------------------------------------------------------------------
# People, sessions, sign-in
# --------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "authorities.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "vconf.authorities.backends.LocalAccountBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# A person is issuer and subject; what is typed at sign-in is unique among local accounts only (a constraint says so).
# SQLite leaves out what an index includes only to be covering on PostgreSQL.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "models.W040"]

# Wrong passwords lock one account for one address; a whole authority behind one address is not locked out.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "vconf.web.problems.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"  # not USERNAME_FIELD: people sign in with an address
AXES_USERNAME_CALLABLE = "vconf.authorities.backends.locked_name"  # however the address is spelt
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "password", "email"]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_HEADER_NAME = "HTTP_X_CSRFTOKEN"
if _public.scheme == "https":
    SESSION_COOKIE_NAME = "__Host-session"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # other services of the domain are not ours to bind

# --------------------------------------------------------------------------------------------------------
# The web
# --------------------------------------------------------------------------------------------------------

DEBUG = False

#: Further host names under which vconf answers, separated by commas; the one of `VCONF_PUBLIC_URL` always does.
_further_hosts = env.words("VCONF_ALLOWED_HOSTS")
if any("*" in host for host in _further_hosts):
    raise ConfigurationError("VCONF_ALLOWED_HOSTS must name hosts; `*` would answer for any.")
_loopback_hosts = ["127.0.0.1", "localhost", "[::1]"] if _is_loopback(_public.hostname) else []
ALLOWED_HOSTS = sorted({_public.hostname, *_loopback_hosts, *_further_hosts})
CSRF_TRUSTED_ORIGINS = [VCONF_PUBLIC_URL]

#: Addresses or networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by
#: commas.
VCONF_TRUSTED_PROXIES = env.words("VCONF_TRUSTED_PROXIES")
for _proxy in VCONF_TRUSTED_PROXIES:
    try:
        _everybody = ip_network(_proxy).prefixlen == 0
    except ValueError as error:
        raise ConfigurationError(f"VCONF_TRUSTED_PROXIES: {_proxy!r} is no address or network.") from error
    if _everybody:
        raise ConfigurationError(f"VCONF_TRUSTED_PROXIES must name proxies; {_proxy} would believe anybody.")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

#: The largest request body in bytes.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.number(
    "VCONF_MAX_BODY_BYTES", 1_000_000, at_least=10_000, at_most=100_000_000
)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

STATIC_URL = "/static/"
STATIC_ROOT = None
_FRONTEND = BASE_DIR / "frontend" / "dist"
STATICFILES_DIRS = [("app", _FRONTEND)] if _FRONTEND.is_dir() else []
# No collectstatic: what the packages and the frontend's build hold is served as it is. The build's names are hashed.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/app/assets/"

# Views state their parsers, renderers and authentication themselves, by being a `vconf.web.views.Door`.
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "vconf.web.problems.exception_handler",
    "NUM_PROXIES": 0,  # the server has put the address behind a trusted proxy into REMOTE_ADDR already
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "vconf",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # What is sent in and what comes out are shapes of their own already.
    "COMPONENT_SPLIT_REQUEST": False,
    "COMPONENT_SPLIT_PATCH": False,
    "DESCRIPTION": "Booking and running video conferences. Refusals are problem details (RFC 9457) with a `code`.",
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "AnswerPartStat": "vconf.api.answers.ANSWERS",
        "ApprovalDecision": "vconf.api.approvals.DECISIONS",
        "ApprovalState": "vconf.bookings.models.ApprovalState",
        "AttendeeRole": "vconf.bookings.models.AttendeeRole",
        "DeliveryOfMails": "vconf.integrations.invitations.delivery_views.DELIVERIES",
        "MailChannel": "vconf.integrations.imip.models.Channel",
        "MailMethod": "vconf.integrations.invitations.delivery_views.METHODS",
        "ProposalStateShown": "vconf.bookings.models.ProposalState",
        "BookingStatus": ["confirmed", "pending", "partly", "refused", "cancelled"],
        "DeputySide": ["principal", "deputy"],
        "Language": [("de", "Deutsch"), ("en", "English")],
        "QuotaLimit": "vconf.api.quotas.LIMITS",
        "OccurrenceState": "vconf.bookings.models.OccurrenceState",
        "OccurrenceStateShown": "vconf.api.occurrences.STATES",
        "PartStat": "vconf.bookings.models.PartStat",
        "ProblemCode": "vconf.web.schema.CODES",
        "PoolLimit": ["seats"],
        "RecordingStateShown": "vconf.integrations.conferencing.recordings_views.SHOWN_STATES",
        "RecordingWish": "vconf.integrations.conferencing.recordings_views.WISHES",
        "Role": "vconf.authorities.models.Role",
        "RoomState": ["free", "reserved", "opening", "live", "overrun", "moved", "failed", "blocked", "busy"],
        "Ability": "vconf.integrations.conferencing.server_shapes.ABILITY_NAMES",
        "ChecksumAlgorithm": "vconf.rooms.services.CHECKSUM_ALGORITHMS",
        "FeedDetail": "vconf.integrations.feeds.models.Detail",
        "HookSignature": "vconf.rooms.services.HOOK_SIGNATURES",
        "OpenDeliveryState": "vconf.api.outbox.OPEN_STATES",
        "RunningState": "vconf.integrations.conferencing.server_views.RUNNING_STATES",
        "StayReason": "vconf.integrations.conferencing.server_views.REASONS",
        "ServerHealth": "vconf.rooms.models.ServerHealth",
        "ServerLimit": "vconf.integrations.conferencing.server_shapes.LIMITS",
        "ServerKind": "vconf.rooms.models.ServerKind",
        "ServerState": "vconf.rooms.models.ServerState",
        "Weekday": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"],
        "Sight": "vconf.api.occurrences.SIGHTS",
        "StatusVisibility": ["details", "busy"],
    },
}

# --------------------------------------------------------------------------------------------------------
# Language, time, logs
# --------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "vconf" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# Commands print their result on standard output, so their log lines go to the other stream.
_is_command = Path(sys.argv[0]).name == "manage.py" and not {"serve", "web"} & set(sys.argv[1:2])
LOGGING = logging_settings(
    level=VCONF_LOG_LEVEL,
    readable=VCONF_LOG_FORMAT == "text",
    stream="ext://sys.stderr" if _is_command else "ext://sys.stdout",
)

# --------------------------------------------------------------------------------------------------------
# Trying what gets lost
# --------------------------------------------------------------------------------------------------------

#: Points at which a process kills itself, separated by commas: `outbox.after_handle=once` (the first process that gets
#: there) or `outbox.after_handle:0.05` (with that probability); `*` stands for all. For `make chaos`, and only in the
#: demo. `vconf/crashpoints.py` has their names.
_crash_points = env.words("VCONF_CRASH_POINTS")
if _crash_points and not VCONF_DEMO:
    raise ConfigurationError("VCONF_CRASH_POINTS is only allowed with VCONF_DEMO=1: it kills processes.")
arm(_crash_points, folder=VCONF_DATA_DIR / "crashes")

# Everything is checked; from here on something may be written.
if DATABASES["default"]["ENGINE"] == "vconf.sqlite":
    # a folder that is made now is for its owner only: the database holds titles, names and addresses
    Path(DATABASES["default"]["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
