# SPDX-License-Identifier: EUPL-1.2
"""A database connection is not kept while a conference server is waited for.

A process has few of them. A server that hangs, with sixteen people before its door, would keep them all, and with them
every other page.
"""

from django.db import connection


def let_go_of_the_database() -> None:
    """The next query of this thread takes a connection again. In a transaction nothing happens, and none should be
    open here."""
    if not connection.in_atomic_block:
        connection.close()
