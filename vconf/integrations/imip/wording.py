# SPDX-License-Identifier: EUPL-1.2
"""Why a mail was set aside, in words for operators. The codes are stable: they stand in the database and in the API.

Those of mails that were ignored need no words: nobody is shown them.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

REASONS: Mapping[str, object] = {
    # who wrote it
    "unbelieved": _("The mail gateway does not vouch for the sender."),
    "not_organiser": _(
        "The sender is neither the organiser nor a deputy: the invitation was forwarded, or forged."
    ),
    # what it is
    "winmail": _(
        "Outlook's format winmail.dat instead of a calendar part; it can be switched off in Exchange."
    ),
    "encrypted": _("It is encrypted."),
    # whether it can be read
    "too_large": _("It is larger, or has more parts, than is looked at."),
    "malformed": _("It is broken: it cannot be read as a mail with a calendar part."),
    "method_mismatch": _("The mail and its calendar part name different methods."),
    "too_slow": _("Reading it took too long or too much memory."),
    "too_many_early": _("Too many mails of this sender wait for meetings that are not known here."),
    "failed": _("It could not be handled; the log has an error of ours at that time."),
}


def reason(code: str) -> str:
    """The sentence for a code, in the language that is active; the code itself for one without."""
    return str(REASONS.get(code, code))
