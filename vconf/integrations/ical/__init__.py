# SPDX-License-Identifier: EUPL-1.2
"""iCalendar text (RFC 5545). Used by the doors and exits that speak it; knows none of them."""
