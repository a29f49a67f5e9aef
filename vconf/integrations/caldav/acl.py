# SPDX-License-Identifier: EUPL-1.2
"""Rights as WebDAV shows them (RFC 3744). They follow from the bookings' rules and can only be read here."""

from __future__ import annotations

from collections.abc import Iterable

from vconf.integrations.caldav import xml


def privilege_set(privileges: Iterable[str]) -> str:
    """D:current-user-privilege-set (RFC 3744, 5.4): every one by its name, for clients look for the single ones."""
    return "".join(f"<D:privilege><{one}/></D:privilege>" for one in privileges)


def access_list(owner: str, privileges: Iterable[str]) -> str:
    """D:acl (RFC 3744, 5.5): what the caller may do, as one entry that cannot be changed."""
    principal = f"<D:principal>{xml.href(owner) if owner else '<D:authenticated/>'}</D:principal>"
    return f"<D:ace>{principal}<D:grant>{privilege_set(privileges)}</D:grant><D:protected/></D:ace>"


def _supported(name: str, description: str, *inner: str) -> str:
    return (
        f"<D:supported-privilege><D:privilege><{name}/></D:privilege>"
        f'<D:description xml:lang="en">{description}</D:description>{"".join(inner)}</D:supported-privilege>'
    )


#: D:supported-privilege-set (RFC 3744, 5.3; RFC 4791, 6.1; RFC 6638, 6)
SUPPORTED = _supported(
    "D:all",
    "everything",
    _supported(
        "D:read",
        "read",
        _supported("D:read-acl", "read rights"),
        _supported("D:read-current-user-privilege-set", "read one's own rights"),
        _supported("C:read-free-busy", "read when it is busy"),
    ),
    _supported(
        "D:write",
        "write",
        _supported("D:write-content", "change objects"),
        _supported("D:write-properties", "change properties"),
        _supported("D:bind", "add objects"),
        _supported("D:unbind", "delete objects"),
    ),
    _supported(
        "C:schedule-deliver",
        "deliver messages",
        _supported("C:schedule-deliver-invite", "deliver invitations"),
        _supported("C:schedule-deliver-reply", "deliver answers"),
        _supported("C:schedule-query-freebusy", "be asked for busy times"),
    ),
    _supported(
        "C:schedule-send",
        "send messages",
        _supported("C:schedule-send-invite", "send invitations"),
        _supported("C:schedule-send-reply", "send answers"),
        _supported("C:schedule-send-freebusy", "ask for busy times"),
    ),
)
