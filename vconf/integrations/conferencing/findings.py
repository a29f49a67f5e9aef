# SPDX-License-Identifier: EUPL-1.2
"""What a check of a conference server can find, in sentences for operators: what is the matter, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from vconf.integrations.conferencing import jitsi_findings
from vconf.integrations.conferencing.told import Told

#: why a server did not pass
FAILURES: Mapping[str, Told] = {
    **jitsi_findings.FAILURES,
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
    "too_many_calls": Told(
        _("The server is being asked already."),
        _("Wait until that is answered, and try again then."),
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
    "algorithm_refused": Told(
        _("The secret is right, but the server does not accept this checksum algorithm."),
        _("Choose another checksum algorithm for this server."),
    ),
    "no_such_path": Told(
        _("The server has nothing at an address that vconf needs."),
        _("Check the addresses in the options, and whether the module behind them is loaded."),
    ),
    "closed_to_us": Told(
        _("The server keeps vconf out of an address that it needs."),
        _("Let vconf's address through in the server's access rules."),
    ),
    "redirected": Told(
        _("The server redirects where it must not."),
        _("Enter the address to which it redirects, or take the redirect away."),
    ),
    "not_jitsi": Told(
        _("A web page answers at this address, but not that of Jitsi Meet."),
        _("Check the address: it must be that of Jitsi's web page."),
    ),
    "no_focus": Told(
        _("Jicofo does not answer or calls itself unhealthy: no meeting can begin."),
        _("Look at jicofo's log, and check its address in the options."),
    ),
    "no_bridge": Told(
        _("No video bridge is there: people could join, but would neither see nor hear each other."),
        _("Start a video bridge of this server."),
    ),
}
_OTHER_FAILURE = Told(
    _("The server did not answer as expected."), _("Look at the server's own log at this time.")
)

#: what is unsafe or missing on a server that works
FINDINGS: Mapping[str, Told] = {
    **jitsi_findings.FINDINGS,
    "open_api": Told(
        _("The server takes calls whose checksum is wrong: anybody can create and end meetings."),
        _("Take the server out of use and restore the check of checksums."),
    ),
    "old_version": Told(
        _("This version gets no security updates any more."),
        _("Update the server."),
    ),
    "sha1_only": Told(
        _("The server accepts checksums by SHA-1 only."),
        _("Allow sha256 in the server's supportedChecksumAlgorithms."),
    ),
    "sha1_chosen": Told(
        _("Checksums are made by SHA-1, although the server accepts a better algorithm."),
        _("Choose sha256 for this server."),
    ),
    "no_webhooks": Told(
        _("The server does not tell of changes by itself: vconf sees them a few seconds later."),
        _("Install bbb-webhooks on the server."),
    ),
    "url_only_webhooks": Told(
        _("Webhooks of this server prove nothing about what they say."),
        _("Update bbb-webhooks and choose a better way of signing."),
    ),
    "no_recording": Told(
        _("The server cannot record."),
        _("Nothing, unless meetings are to be recorded on it: then set up its recording."),
    ),
    "algorithm_refused": Told(
        _("The server does not accept this checksum algorithm."),
        _("Choose another checksum algorithm for this server."),
    ),
    "clock_skew": Told(
        _("The server's clock is wrong."),
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
