# SPDX-License-Identifier: EUPL-1.2
"""What is refused here and nowhere else."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vconf.errors import Refusal


class RecordingNotReady(Refusal):
    """The server is still working on the recording, or about to delete it."""

    code = "recording_not_ready"
    sentence = _("The recording is still being processed or is about to be deleted.")
