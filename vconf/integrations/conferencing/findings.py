# SPDX-License-Identifier: EUPL-1.2
"""What a check of a conference server can find, in sentences for operators: what is the matter, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from vconf.errors import Text
from vconf.integrations.conferencing.port import ServerReport

#: a clock that is further off than this refuses tokens, or gives wrong times
MOST_SKEW_MS = 5_000


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words."""

    detail: Text
    advice: Text


#: why a server did not pass
FAILURES: Mapping[str, Told] = {
    "unreachable": Told(
        _("No connection to the server."),
        _("Check the address, the firewall between vconf and the server, and whether the server runs."),
    ),
    "timeout": Told(
        _("The server takes connections but does not answer in time."),
        _("It may hang or be overloaded: look at its own log, and restart it if it stays so."),
    ),
    "connection_lost": Told(
        _("The server broke the connection off."),
        _("Look at the log of the web server in front of it."),
    ),
    "tls_failure": Told(
        _("The server's certificate is not trusted."),
        _("Check name, chain and expiry of the certificate on the server."),
    ),
    "wrong_secret": Told(
        _("The server does not accept the secret."),
        _("Copy the secret once more from the server, and check the checksum algorithm that it accepts."),
    ),
    "misbehaving": Told(
        _("Something answers at this address, but not as a conference server does."),
        _("Check the address: the path may be wrong, or a proxy answers in the server's place."),
    ),
    "busy": Told(
        _("The server answers that it is too busy."),
        _("Try again in a moment. If it stays so, look at its own log."),
    ),
    "unknown_kind": Told(
        _("vconf does not speak to servers of this kind."),
        _("Choose another kind of server."),
    ),
    "invalid_address": Told(
        _("This address can never work."),
        _("Enter the address as the server's own tool prints it."),
    ),
    "invalid_access": Told(
        _("The settings do not fit together."),
        _("Check options and keys of this server."),
    ),
}
_OTHER_FAILURE = Told(
    _("The server did not answer as expected."), _("Look at the server's own log at this time.")
)

#: what is unsafe or missing on a server that works
FINDINGS: Mapping[str, Told] = {
    "clock_skew": Told(
        _("The server's clock is off by more than five seconds."),
        _("Set up time synchronisation on the server: tokens may be refused as too old or not yet valid."),
    ),
}
_OTHER_FINDING = Told(
    _("A setting of the server is not as it should be."), _("Compare the server's settings with the manual.")
)


def failure_told(code: str) -> Told:
    """Why the server did not pass its check."""
    return FAILURES.get(code, _OTHER_FAILURE)


def finding_told(code: str) -> Told:
    """What was found on a server that works."""
    return FINDINGS.get(code, _OTHER_FINDING)


def findings_of(report: ServerReport) -> tuple[str, ...]:
    """Those of the server's adapter, and a clock that is off if the adapter leaves that to us."""
    off = report.clock_skew_ms is not None and abs(report.clock_skew_ms) > MOST_SKEW_MS
    if off and "clock_skew" not in report.findings:
        return (*report.findings, "clock_skew")
    return report.findings
