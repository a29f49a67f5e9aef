# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL behind a pool that gets over restarts: the ENGINE of the scaled mode."""
