# SPDX-License-Identifier: EUPL-1.2
"""Mail door: invitations to rooms, and answers to ours, as they come in from any calendar program (iMIP, RFC 6047)."""
