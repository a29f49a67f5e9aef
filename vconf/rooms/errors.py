# SPDX-License-Identifier: EUPL-1.2
"""What the rooms refuse."""

from django.utils.translation import gettext_lazy as _

from vconf.errors import Refusal


class StillUsed(Refusal):
    """Something cannot be removed because bookings, past ones included, refer to it."""

    code = "still_used"
    sentence = _("This is still used and cannot be removed.")


class ServerCheckFailed(Refusal):
    """A conference server to be added did not pass its check, and nobody said to add it all the same."""

    code = "server_check_failed"
    sentence = _("The conference server did not pass its check.")
