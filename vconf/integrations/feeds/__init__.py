# SPDX-License-Identifier: EUPL-1.2
"""Calendars to subscribe to: secret addresses that programs read without signing in, as text and as free/busy."""
