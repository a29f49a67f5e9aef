# SPDX-License-Identifier: EUPL-1.2
"""Parts and headers of a mail, written so that nothing that people typed can end them (R5.9).

The message is built from the classes of the email package that write headers as they are given: those of the newer
policies lose the quotes around a name when they fold it (Python before 3.12.5), which lets a name become an address.
"""

from __future__ import annotations

import json
from base64 import encodebytes
from collections.abc import Mapping
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from vconf.crypto import keyed_hash
from vconf.integrations.ical.text import ascii_address, one_line
from vconf.integrations.invitations.own_mark import OWN_MARK

_READABLE = Charset("utf-8")
_READABLE.body_encoding = QP


def readable(template: str, context: Mapping[str, object]) -> MIMEMultipart:
    """multipart/alternative of `<template>.txt` and `.html`; a calendar part may follow as the richest form."""
    text = render_to_string(f"{template}.txt", dict(context)).strip() + "\n"
    html = render_to_string(f"{template}.html", dict(context))
    return MIMEMultipart("alternative", _subparts=[text_part(text, "plain"), text_part(html, "html")])


def text_part(text: str, subtype: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part.set_payload(text, _READABLE)
    return part


def calendar_part(octets: bytes, method: str) -> MIMENonMultipart:
    """The iTIP message (RFC 6047, 2.4). base64 keeps its line ends as they are."""
    part = MIMENonMultipart("text", "calendar", charset="utf-8", method=method, component="VEVENT")
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(encodebytes(octets).decode("ascii"))
    return part


def write_headers(message: Message, headers: Mapping[str, Header | str]) -> None:
    """These headers and our mark; empty ones are left out."""
    for name, value in {**headers, OWN_MARK: own_domain()}.items():
        if value != "":
            message[name] = value  # type: ignore[assignment]  # a Header too, see email.header


def automatic(*, answers: bool = False) -> dict[str, str]:
    """Headers by which nobody's program answers (RFC 3834, 5). answers: the mail answers one that came in."""
    return {
        "Auto-Submitted": "auto-replied" if answers else "auto-generated",
        "X-Auto-Response-Suppress": "All",  # the same for Exchange
    }


def own_domain() -> str:
    """The domain of the service's own address."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


def message_id_of(*parts: object) -> str:
    """The same for every attempt to send what these parts name, and unguessable, as it stands in replies of others."""
    return f"<{keyed_hash('message-id', json.dumps(parts))[:40]}@{own_domain()}>"


def service_name() -> str:
    return one_line(parseaddr(settings.DEFAULT_FROM_EMAIL)[0]) or _("Video conference service")


def mailbox(header: str, name: str, address: str) -> Header | str:
    """A name and an address (RFC 5322, 3.4). The name cannot end the quotes or hide another address in them."""
    plain = one_line(name).replace('"', "'").replace("\\", "/").replace("<", "(").replace(">", ")")
    address = ascii_address(address)
    if not plain:
        return address
    if _is_plain(plain):
        return formataddr((plain, address))
    value = Header(plain, "utf-8", header_name=header)
    value.append(f"<{address}>", "us-ascii")
    return value


def words_of(header: str, text: str) -> Header | str:
    text = one_line(text)
    return text if _is_plain(text) else Header(text, "utf-8", header_name=header)


def _is_plain(text: str) -> bool:
    """Whether a header may hold it as it is: what looks like an encoded word would be decoded by readers."""
    return text.isascii() and "=?" not in text
