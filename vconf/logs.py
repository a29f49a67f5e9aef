# SPDX-License-Identifier: EUPL-1.2
"""Log lines: one JSON object each (readable text in the demo), all lines of one request bound by a correlation id."""

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from vconf.ids import uuid7

log = structlog.get_logger(__name__)

HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")

#: Paths whose next part is a secret: the join link, hooks of conference servers, feeds; also as part of a query.
_SECRET_LINK = re.compile(
    r"((?:/|%2[Ff])(?:j|feeds|integrations(?:/|%2[Ff])[a-z]+)(?:/|%2[Ff]))[^/\s?\"'%&]+"
)


def _without_trace(logger: object, name: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """What a caller did wrong (another host's name, too many fields) is one line: where Django noticed it tells
    nothing, and anybody could fill the disk with it."""
    if str(line.get("logger", "")).startswith("django.security."):
        line.pop("exc_info", None)
    return line


_shared: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _without_trace,
    structlog.processors.format_exc_info,
]


#: one list for good: loggers keep the one they began with
_chain: list[structlog.typing.Processor] = [*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]


def logging_settings(*, level: str, readable: bool, stream: str) -> dict[str, Any]:
    """Django's LOGGING: everything that is logged, by structlog or the standard library, to one stream.

    :param stream: `ext://sys.stdout` or `ext://sys.stderr`
    """
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=False) if readable else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=_chain,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _leave_out,
                    renderer,
                ],
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line", "stream": stream}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # A refused request is the caller's matter; what has to be known about it is in the audit.
            "django.request": {"level": "ERROR"},
            # Security events are written whatever the level (R8.8).
            "vconf.audit": {"level": "INFO"},
            # aiosmtpd logs every line of a conversation, addresses and all.
            "mail": {"level": "CRITICAL"},
            # urllib3 logs every address it is told, with all that the query of a call to a server holds.
            **{name: {"level": "WARNING"} for name in ("axes", "celery", "kombu", "urllib3", "uvicorn")},
        },
    }


def _leave_out(logger: object, name: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """No secrets: objects that libraries hang onto a record go, links lose the part that lets people in."""
    for key in ("request", "color_message", "response"):
        line.pop(key, None)
    return {
        key: _SECRET_LINK.sub(r"\1***", value) if isinstance(value, str) else value
        for key, value in line.items()
    }


def correlation_id() -> str:
    """The id that binds what one request, job or command does; made on first use outside a request."""
    known = structlog.contextvars.get_contextvars().get("correlation_id")
    return known if isinstance(known, str) else bind_correlation_id()


def bind_correlation_id(value: str | None = None) -> str:
    """Use this id (or a new one) for every following log line and outbox row of this context."""
    chosen = value if value and _ACCEPTABLE.fullmatch(value) else uuid7().hex
    structlog.contextvars.bind_contextvars(correlation_id=chosen)
    return chosen


@sync_and_async_middleware
def correlation_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Give every request its correlation id, taken from the proxy's X-Request-ID if it is a decent one; answer it."""
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponseBase:
            structlog.contextvars.clear_contextvars()
            chosen = bind_correlation_id(request.headers.get(HEADER))
            answer: Awaitable[HttpResponseBase] = get_response(request)
            begun = time.monotonic()
            response = await answer
            response[HEADER] = chosen
            _tell(request, response, begun)
            return response

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponseBase:
        structlog.contextvars.clear_contextvars()
        chosen = bind_correlation_id(request.headers.get(HEADER))
        begun = time.monotonic()
        response: HttpResponseBase = get_response(request)
        response[HEADER] = chosen
        _tell(request, response, begun)
        return response

    return synchronous


def _tell(request: HttpRequest, response: HttpResponseBase, begun: float) -> None:
    """The line that binds an id to what was asked for: reads that went well only for who wants to see everything.

    It names the route, not the path: parts of paths let people in.
    """
    if request.resolver_match is None:
        return
    went_well = response.status_code < 500
    tell = log.debug if request.method in ("GET", "HEAD") and went_well else log.info
    tell(
        "request",
        method=request.method,
        route=request.resolver_match.route,
        status=response.status_code,
        milliseconds=round((time.monotonic() - begun) * 1000),
    )
