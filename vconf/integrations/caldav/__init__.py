# SPDX-License-Identifier: EUPL-1.2
"""Bookings in calendar clients: CalDAV (RFC 4791) with scheduling (RFC 6638), one standard a file."""
