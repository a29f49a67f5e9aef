# SPDX-License-Identifier: EUPL-1.2
"""Why a mail was not done, in words for operators. The codes are stable: they stand in the database and in the API."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

REASONS: Mapping[str, object] = {
    # who wrote it
    "unbelieved": _("The mail gateway does not vouch for the sender."),
    "not_organiser": _(
        "The sender is neither the organiser nor a deputy: the invitation was forwarded, or forged."
    ),
    "unknown_person": _("Nobody here has this address."),
    "not_attendee": _("The sender answers for somebody who is not invited."),
    # what it is
    "not_an_invitation": _("There is no invitation or answer in it."),
    "winmail": _(
        "Outlook's format winmail.dat instead of a calendar part; it can be switched off in Exchange."
    ),
    "encrypted": _("It is encrypted."),
    "auto_reply": _("An automatic answer, such as an out-of-office note."),
    "loop": _("One of our own mails that came back."),
    # whether it can be read
    "too_large": _("It is larger, or has more parts, than is looked at."),
    "malformed": _("It is broken: it cannot be read as a mail with a calendar part."),
    "method_mismatch": _("The mail and its calendar part name different methods."),
    "too_slow": _("Reading it took too long or too much memory."),
    "failed": _("It could not be handled; the log has an error of ours at that time."),
    # what it is about
    "superseded": _("A newer version is known already."),
    "duplicate": _("It is known already."),
    "no_such_meeting": _("The meeting it is about is not known here."),
    "over": _("What it is about is over."),
    "too_many": _("The sender has proposed other times too often today."),
    "early": _("It came before what it is about, and that did not come within a week."),
    # by an operator
    "discarded": _("An operator has discarded it."),
}


def reason(code: str) -> str:
    """The sentence for a code, in the language that is active; the code itself for one without."""
    return str(REASONS.get(code, code))
