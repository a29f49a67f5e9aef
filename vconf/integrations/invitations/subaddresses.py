# SPDX-License-Identifier: EUPL-1.2
"""Addresses with a detail behind a plus (RFC 5233, 4): `raum+30@mv.example` is `raum@mv.example` with detail `30`."""

from __future__ import annotations


def with_detail(address: str, detail: str) -> str:
    local, _at, domain = address.rpartition("@")
    return f"{local}+{detail}@{domain}"


def parted(address: str) -> tuple[str, str]:
    """The address without its detail, and the detail, "" without one; both in lower case."""
    local, _at, domain = address.lower().rpartition("@")
    name, _plus, detail = local.partition("+")
    return f"{name}@{domain}", detail
