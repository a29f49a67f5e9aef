# SPDX-License-Identifier: EUPL-1.2
"""Addresses of conference servers, as operators enter them. They may be private: the operator vouches for them."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vconf.errors import Invalid
from vconf.rooms.models import ServerKind


def checked_base_url(value: str, *, kind: str, path_allowed: bool = False) -> str:
    """The address in one spelling: lower-case host, exactly one slash at the end.

    BigBlueButton's own tool prints the address above the API's; that one is completed. Jitsi's web page stands at the
    top of its host, other addresses of a server may have a path (`path_allowed`). Plain http and this machine itself
    are for the demo only. Raises Invalid for field `base_url`; the message does not repeat the address.
    """
    try:
        parts = urlsplit(value.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Invalid.field("base_url", _("This is not a web address.")) from error
    if (
        parts.scheme not in ("https", "http")
        or not host
        or not value.strip().isascii()
        or " " in value.strip()
    ):
        raise Invalid.field("base_url", _("This is not a web address."))
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise Invalid.field("base_url", _("Please enter the address without user name, password, ? and #."))
    if not settings.VCONF_DEMO:
        if parts.scheme != "https":
            raise Invalid.field("base_url", _("The address must begin with https://."))
        if _is_this_machine(host):
            raise Invalid.field("base_url", _("A server on this machine is allowed in the demo only."))
    path = parts.path.rstrip("/")
    if kind == ServerKind.BIGBLUEBUTTON and path.endswith("/bigbluebutton"):
        path += "/api"
    if kind == ServerKind.JITSI and path and not path_allowed:
        raise Invalid.field("base_url", _("Please enter the address of the web page without a path."))
    shown_host = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, f"{shown_host}:{port}" if port else shown_host, f"{path}/", "", ""))


def _is_this_machine(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped.is_loopback or mapped.is_link_local or mapped.is_unspecified or mapped.is_multicast
