# SPDX-License-Identifier: EUPL-1.2
"""The web page: one document for all its routes, which the browser then fills through the API; and static files."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from vconf.integrations.imip.rooms import ANY_ROOM


@require_safe
@never_cache
@ensure_csrf_cookie
def web_page(request: HttpRequest) -> HttpResponse:
    """The built frontend's index.html, never cached, since it names the current build's files."""
    try:
        document = (settings.BASE_DIR / "frontend" / "dist" / "index.html").read_bytes()
    except FileNotFoundError:
        return HttpResponse(
            "The web page has not been built: `make run` does that.\n", "text/plain", status=503
        )
    return HttpResponse(document.replace(b"</head>", _settings_for_the_page() + b"</head>", 1))


def _settings_for_the_page() -> bytes:
    """What the browser has to know before it asks the API anything."""
    names = {"vconf-timezone": settings.VCONF_TIME_ZONE}
    if settings.VCONF_DEMO:
        names["vconf-demo"] = "1"
    if settings.VCONF_MAIL_INTAKE:
        # where mails are taken in; a whole address, or what stands before the @ in each domain of rooms
        names["vconf-any-room"] = settings.VCONF_MAIL_ANY_ROOM or ANY_ROOM
    return "".join(
        f'<meta name="{name}" content="{escape(value)}">' for name, value in names.items()
    ).encode()


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """Serves static files whole: an ASGI server cannot pass a file on piece by piece from synchronous code, and the
    largest has some hundred kilobytes."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        answer = static_file.get_response(request.method, request.META)
        content = b""
        if answer.file is not None:
            with answer.file as file:
                content = file.read()
        response = HttpResponse(content, status=answer.status)
        del response["Content-Type"]
        for name, value in answer.headers:
            response[name] = value
        return response
