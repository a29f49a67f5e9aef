# SPDX-License-Identifier: EUPL-1.2
"""The folder that mails go to where no mail server is: one file for each, named so that they sort by time."""

import os
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from vconf.ids import uuid7


def keep(octets: bytes) -> UUID:
    """Write a mail as `<id>.eml`. It appears whole or not at all; only the owner may read it, for it holds PINs."""
    place = _place()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    mail_id = uuid7()
    draft = place / f".{mail_id}.draft"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(place / f"{mail_id}.eml")
    return mail_id


def kept_ids() -> Sequence[UUID]:
    """The ids of all mails, newest first."""
    place = _place()
    if not place.is_dir():
        return []
    return sorted((mail_id for path in place.glob("*.eml") if (mail_id := _id_of(path))), reverse=True)


def read(mail_id: UUID) -> bytes | None:
    """A mail as it was written, or None if there is none. The name is built from an id, so it cannot lead elsewhere."""
    try:
        return (_place() / f"{mail_id}.eml").read_bytes()
    except FileNotFoundError:
        return None


def _id_of(path: Path) -> UUID | None:
    try:
        return UUID(path.stem)
    except ValueError:
        return None


def _place() -> Path:
    if settings.VCONF_MAIL_FOLDER is None:
        raise ImproperlyConfigured("VCONF_EMAIL_URL names a mail server, so there is no folder of mails.")
    return settings.VCONF_MAIL_FOLDER
