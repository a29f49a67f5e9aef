# SPDX-License-Identifier: EUPL-1.2
"""The folder of mails as a page: what people would have in their mailboxes. Exists in the demo only."""

import re
from base64 import b64encode
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from vconf.integrations.invitations import folder
from vconf.integrations.invitations.reading import ReadMail, take_apart

MAILS_ON_A_PAGE = 50


@require_safe
@never_cache
def mail_list(request: HttpRequest) -> HttpResponse:
    """All mails, newest first."""
    _demo_or_404()
    page = Paginator(folder.kept_ids(), MAILS_ON_A_PAGE).get_page(request.GET.get("page"))
    mails = [take_apart(mail_id, octets) for mail_id in page if (octets := folder.read(mail_id)) is not None]
    return render(
        request,
        "invitations/folder_list.html",
        {"mails": mails, "page": page, "zone": settings.VCONF_TIME_ZONE},
    )


@require_safe
@never_cache
def mail_page(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """One mail, as a mail reader shows it."""
    answer = render(request, "invitations/folder_mail.html", {"mail": _mail_or_404(mail_id)})
    answer._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]  # read by CSPMiddleware
    return answer


@require_safe
@never_cache
@xframe_options_sameorigin
def mail_html(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """The HTML part alone, for a frame: no script, no request, no form, no origin; only its own style sheet."""
    html = _mail_or_404(mail_id).html
    if not html:
        raise Http404
    answer = HttpResponse(html)
    styles = [f"'sha256-{_digest(style)}'" for style in re.findall(r"<style>(.*?)</style>", html, re.DOTALL)]
    policy = {
        "default-src": ["'none'"],
        "style-src": styles or ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
    answer["Content-Security-Policy"] = "; ".join(
        f"{name} {' '.join(words)}" for name, words in policy.items()
    )
    return answer


@require_safe
@never_cache
def mail_file(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """The mail as it was sent, to open in a mail program."""
    octets = _octets_or_404(mail_id)
    disposition = {"Content-Disposition": f'attachment; filename="{mail_id}.eml"'}
    return HttpResponse(octets, content_type="message/rfc822", headers=disposition)


def _demo_or_404() -> None:
    """Everybody's mails lie open here, so there is nothing here outside of the demo."""
    if not settings.VCONF_DEMO or settings.VCONF_MAIL_FOLDER is None:
        raise Http404


def _octets_or_404(mail_id: UUID) -> bytes:
    _demo_or_404()
    octets = folder.read(mail_id)
    if octets is None:
        raise Http404
    return octets


def _mail_or_404(mail_id: UUID) -> ReadMail:
    return take_apart(mail_id, _octets_or_404(mail_id))


def _digest(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode("ascii")
