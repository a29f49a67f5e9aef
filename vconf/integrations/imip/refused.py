# SPDX-License-Identifier: EUPL-1.2
"""Why nothing could be stored for an invitation: kept beside it, for the answer to say (`bookings.refusals.told`)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from vconf.bookings.refusals import kept
from vconf.errors import DomainError, Invalid, Refusal, Text
from vconf.integrations.ical.wishes import NotBookable

UNKNOWN_PERSON = "unknown_person"


def refusal_kept(error: DomainError | NotBookable) -> dict[str, Any]:
    """As `kept` writes refusals, whatever kind of error it is."""
    if isinstance(error, Refusal):
        return kept(error)
    return _kept(error.code, _sentence(error))


def unknown_person() -> dict[str, Any]:
    return _kept(UNKNOWN_PERSON, _("Nobody with your address can book video conferences here."))


def _sentence(error: DomainError | NotBookable) -> Text:
    if isinstance(error, Invalid):
        return next((one for sentences in error.fields.values() for one in sentences), error.detail)
    return error.detail


def _kept(code: str, detail: Text) -> dict[str, Any]:
    return {**kept(Refusal(detail)), "code": code}
