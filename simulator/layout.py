# SPDX-License-Identifier: EUPL-1.2
"""What the pages of simulated conferences look like, whatever server they belong to."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from simulator.answers import Reply

ASSETS = Path(__file__).parent / "assets"
PERSONAL = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_ASSET_TYPES = {
    "page.js": "text/javascript;charset=UTF-8",
    "fragment.js": "text/javascript;charset=UTF-8",
    "page.css": "text/css;charset=UTF-8",
}
_CONFERENCE = {"de": "Simulierte Konferenz", "en": "Simulated conference"}
_SIMULATED = {
    "de": "Dies ist eine simulierte Konferenz. Es werden weder Ton noch Bild übertragen.",
    "en": "This is a simulated conference. No sound and no picture is transmitted.",
}
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")


def notice(language: str) -> str:
    return f'<p class="notice">{_SIMULATED[language]}</p>'


def choose_language(accepted: str, wished: str = "") -> str:
    """German or English: what was asked for at joining, else what the browser prefers, else German."""
    if wished[:2].lower() in _CONFERENCE:
        return wished[:2].lower()
    ranked = []
    for position, part in enumerate(accepted.split(",")[:20]):
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        if weight > 0:
            ranked.append((-weight, position, tag.strip()[:2].lower()))
    return next((tag for _, _, tag in sorted(ranked) if tag in _CONFERENCE), "de")


def asset(name: str) -> Reply:
    if name not in _ASSET_TYPES:
        return Reply(b"not found", 404, "text/plain")
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Reply((ASSETS / name).read_bytes(), content_type=_ASSET_TYPES[name], headers=headers)


def document(
    client: str,
    language: str,
    title: str,
    body: str,
    *,
    head: str = "",
    leads_to: str = "",
    status: int = 200,
) -> Reply:
    """A page whose style lies at `client`; `leads_to` is where a form of it may redirect."""
    # Browsers hold a form's redirect to form-action too, and leaving redirects to the logout URL.
    target = urlsplit(leads_to)
    forms = "'self'"
    if _HOST.fullmatch(target.netloc):
        forms += f" {target.scheme}://{target.netloc}"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {forms}"
    )
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - {_CONFERENCE[language]}</title>{head}"
        f'<link rel="stylesheet" href="{client}/page.css"></head><body>{body}</body></html>'
    )
    headers = {**PERSONAL, "Content-Security-Policy": policy, "Content-Language": language}
    return Reply(html.encode("utf-8", "replace"), status, "text/html;charset=UTF-8", headers)
