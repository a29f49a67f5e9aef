# SPDX-License-Identifier: EUPL-1.2
"""A simulated BigBlueButton server to test and demonstrate against.

It speaks BigBlueButton's HTTP API over real sockets, has a page that stands in for the conference, sends webhooks and
end callbacks, and fails on demand. Standard library only; it knows nothing of vconf.
"""
