# SPDX-License-Identifier: EUPL-1.2
"""What a check found is kept; a server that became unsafe since the one before is drained (R6.11).

Only what is new counts: an operator who adds a server although something is unsafe there, or enables a drained one
again, has decided.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from vconf.authorities.rights import Actor
from vconf.bookings.draining import drain
from vconf.errors import NotFound
from vconf.integrations.conferencing.port import ServerReport
from vconf.rooms.checking import report_server_checked
from vconf.rooms.models import ConferenceServer, ServerState

log = structlog.get_logger(__name__)

#: Findings by which anybody could open, end or enter meetings on a server, or see who is in them.
UNSAFE = ("open_api", "tokens_not_checked", "census_open")
#: That a version is too old may be news of ours; it counts only if the server itself went back to it.
OLD_VERSION = "old_version"


def keep_checked(server_id: UUID, report: ServerReport) -> None:
    """Note for the server what a check found that it passed, and drain it if it has become unsafe.

    Drained first: whoever dies in between leaves the old findings, so that the next check finds the same news.
    """
    server = ConferenceServer.objects.defer("secret", "keys").filter(id=server_id).first()
    if server is None:
        return
    if drift := drift_of(server, report):
        log.error("a server has become unsafe and is drained", server=server.name, findings=drift)
        try:
            drain(server_id, actor=Actor.system("clock"), drift=drift)
        except NotFound:
            return
    report_server_checked(
        server_id,
        version=report.version,
        abilities=report.abilities,
        findings=report.findings,
        clock_skew_ms=report.clock_skew_ms,
    )


def drift_of(server: ConferenceServer, report: ServerReport) -> tuple[str, ...]:
    """What is unsafe now and was not at the last check; nothing before the first, and of a server out of use."""
    if server.checked_at is None or server.state != ServerState.ENABLED:
        return ()
    new = [code for code in report.findings if code not in server.findings]
    older = OLD_VERSION in new and report.version != server.version
    return tuple(code for code in new if code in UNSAFE or (code == OLD_VERSION and older))
