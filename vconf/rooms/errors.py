# SPDX-License-Identifier: EUPL-1.2
"""What the rooms refuse."""

from django.utils.translation import gettext_lazy as _

from vconf.errors import Refusal


class StillUsed(Refusal):
    """Something cannot be removed because bookings, past ones included, refer to it."""

    code = "still_used"
    sentence = _("This is still used and cannot be removed.")
