# SPDX-License-Identifier: EUPL-1.2
"""SQLite for many threads of one process: the ENGINE of the embedded mode."""
