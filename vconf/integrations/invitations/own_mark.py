# SPDX-License-Identifier: EUPL-1.2
"""The header by which our own mails are known when they come back. Without Django: who reads mails has none."""

#: on all our mails, and whoever sends one back keeps it
OWN_MARK = "X-Vconf-Sent"
