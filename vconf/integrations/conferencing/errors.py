# SPDX-License-Identifier: EUPL-1.2
"""What is refused here and nowhere else."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vconf.errors import DomainError, Refusal


class RecordingNotReady(Refusal):
    """The server is still working on the recording, or about to delete it."""

    code = "recording_not_ready"
    sentence = _("The recording is still being processed or is about to be deleted.")


class CannotRemove(Refusal):
    """The meeting's server cannot put anybody out, or the meeting does not run."""

    code = "cannot_remove"
    sentence = _("Nobody can be removed from this meeting here: please do so in the meeting itself.")


class ServerSilent(DomainError):
    """The meeting's server does not answer, or not as it should, just now."""

    code = "server_silent"
    sentence = _("The conference server does not answer. Please try again in a moment.")
