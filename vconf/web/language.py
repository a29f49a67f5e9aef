# SPDX-License-Identifier: EUPL-1.2
"""The language of an answer: what the request asks for, else the person's own, else German."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.request import Request


def language_of(request: Request) -> str:
    """ "de" or "en". `Accept-Language: *` and languages we do not speak leave the choice to the person's setting."""
    for accepted, quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if accepted == "*" or quality == 0:
            break
        try:
            return translation.get_supported_language_variant(accepted)
        except LookupError:
            continue
    return getattr(request.user, "language", None) or settings.LANGUAGE_CODE
