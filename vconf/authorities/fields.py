# SPDX-License-Identifier: EUPL-1.2
"""Checks of single fields that several services share. All raise Invalid and name the field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from vconf.errors import Invalid, Text


def line(value: str, field: str, length: int) -> str:
    """One line of text without control characters, up to `length` characters, not empty."""
    text = optional_line(value, field, length)
    if not text:
        raise Invalid.field(field, _("Please fill in this field."))
    return text


def optional_line(value: str, field: str, length: int) -> str:
    """As `line`, or empty. White space is folded."""
    text = " ".join(value.split())
    if len(text) > length or not text.isprintable():
        raise Invalid.field(field, _("This text is too long, or holds characters that are not allowed."))
    return text


def mail_address(value: str, field: str) -> str:
    """An e-mail address in lower case."""
    address = value.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid.field(field, _("This is not an e-mail address.")) from error
    return address


def whole_number(value: object, field: str, at_least: int, at_most: int) -> int:
    """A number within both bounds; True and False are none."""
    if isinstance(value, bool) or not isinstance(value, int) or not at_least <= value <= at_most:
        bounds = {"from": at_least, "to": at_most}
        raise Invalid.field(field, _("Please enter a whole number from %(from)s to %(to)s.") % bounds)
    return value


@contextmanager
def unique(field: str, message: Text) -> Iterator[None]:
    """What is saved within must not clash with another row: the database decides, also between two at once."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Invalid.field(field, message) from error
