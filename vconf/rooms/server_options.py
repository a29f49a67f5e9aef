# SPDX-License-Identifier: EUPL-1.2
"""What can be said about a conference server beyond its address and secret, by its kind: options, and keys.

Options are shown again, keys (further secrets) never are. What they mean to a Jitsi server is told in docs/jitsi.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils.translation import gettext_lazy as _

from vconf.authorities.fields import whole_number
from vconf.errors import Invalid, Text
from vconf.rooms.addresses import checked_base_url
from vconf.rooms.models import ServerKind

Value = str | int | bool

#: shorter RSA keys are not to be used any more (BSI TR-02102-1)
SHORTEST_RSA_KEY = 3000
MOST_BRIDGES = 20
#: minutes; a token that lives longer than a day is no ticket but a key
LONGEST_TOKEN = 24 * 60

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_NAME = re.compile(r"[A-Za-z0-9._:/ -]{1,200}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,500}")


@dataclass(frozen=True, slots=True)
class Option:
    """`form`: a name, a domain, one or several addresses (with commas), a whole number, yes or no, one of `choices`."""

    name: str
    form: Literal["name", "domain", "address", "addresses", "number", "flag", "choice"]
    choices: tuple[str, ...] = ()
    at_most: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """`form`: an RSA private key as PEM without a password, or a token."""

    name: str
    form: Literal["rsa", "token"]


OPTIONS: Mapping[str, tuple[Option, ...]] = {
    ServerKind.BIGBLUEBUTTON: (),
    ServerKind.JITSI: (
        # how tokens are written
        Option("app_id", "name"),
        Option("audience", "name"),
        Option("domain", "domain"),
        Option("muc_domain", "domain"),
        Option("algorithm", "choice", choices=("HS256", "RS256")),
        Option("key_id", "name"),
        Option("token_minutes", "number", at_most=LONGEST_TOKEN),
        Option("token_in_fragment", "flag"),
        # where it is looked at and told what to do
        Option("census_url", "address"),
        Option("size_url", "address"),
        Option("jicofo_url", "address"),
        Option("bridge_urls", "addresses"),
        Option("end_url", "address"),
        Option("kick_url", "address"),
        Option("system_key_id", "name"),
        # what shows from nowhere but the operator's word
        Option("reservations", "flag"),
        Option("roles", "flag"),
        Option("lobby", "flag"),
        Option("limit", "flag"),
    ),
}

KEYS: Mapping[str, tuple[Key, ...]] = {
    ServerKind.BIGBLUEBUTTON: (),
    ServerKind.JITSI: (
        Key("private_key", "rsa"),
        Key("system_key", "rsa"),
        Key("reservation_token", "token"),
    ),
}

_NOT_ALLOWED = _("This value is not allowed here.")


def checked_options(kind: str, given: Mapping[str, object]) -> dict[str, Value]:
    """The options in one spelling, empty ones left out. Raises Invalid for fields `options.NAME`."""
    known = {option.name: option for option in OPTIONS.get(kind, ())}
    checked: dict[str, Value] = {}
    refused: dict[str, list[Text]] = {}
    for name, value in given.items():
        field = f"options.{name}"
        try:
            if name not in known:
                raise Invalid.field(field, _("Servers of this kind have no such option."))
            if value not in ("", None):
                checked[name] = _FORMS[known[name].form](known[name], value, field)
        except Invalid as error:
            refused |= {one: list(messages) for one, messages in error.fields.items()}
    if refused:
        raise Invalid(fields=refused)
    return checked


def checked_keys(kind: str, given: Mapping[str, object]) -> dict[str, str]:
    """The keys as they are used. Raises Invalid for fields `keys.NAME`; no message repeats a key."""
    known = {key.name: key for key in KEYS.get(kind, ())}
    checked: dict[str, str] = {}
    refused: dict[str, list[Text]] = {}
    for name, value in given.items():
        if name not in known:
            refused[f"keys.{name}"] = [_("Servers of this kind have no such key.")]
        elif not isinstance(value, str):
            refused[f"keys.{name}"] = [_NOT_ALLOWED]
        elif known[name].form == "token" and not _TOKEN.fullmatch(value.strip()):
            refused[f"keys.{name}"] = [
                _("Please enter at least 16 letters, digits or characters of ._~+/=- without spaces.")
            ]
        elif known[name].form == "rsa" and (fault := _fault_of_rsa_key(value)):
            refused[f"keys.{name}"] = [fault]
        else:
            checked[name] = value.strip() + ("\n" if known[name].form == "rsa" else "")
    if refused:
        raise Invalid(fields=refused)
    return checked


def is_without_secret(kind: str, options: Mapping[str, object]) -> bool:
    """Whether such a server is spoken to with keys only."""
    return kind == ServerKind.JITSI and options.get("algorithm") == "RS256"


def check_together(kind: str, *, options: Mapping[str, object], keys: Mapping[str, str]) -> None:
    """Whether options and keys, each right by itself, make a server that can be used. Raises Invalid."""
    if kind != ServerKind.JITSI:
        return
    missing: dict[str, list[Text]] = {}
    if is_without_secret(kind, options):
        if not keys.get("private_key"):
            missing["keys.private_key"] = [_("RS256 needs the private key that signs.")]
        if not options.get("key_id"):
            missing["options.key_id"] = [_("RS256 needs the id by which the server finds the public key.")]
    for name in ("end_url", "kick_url"):
        if options.get(name) and not (keys.get("system_key") and options.get("system_key_id")):
            missing[f"options.{name}"] = [_("This needs the system key and its id.")]
    if missing:
        raise Invalid(fields=missing)


def _name(option: Option, value: object, field: str) -> Value:
    if not isinstance(value, str) or not _NAME.fullmatch(value.strip()):
        raise Invalid.field(field, _NOT_ALLOWED)
    return value.strip()


def _domain(option: Option, value: object, field: str) -> Value:
    if not isinstance(value, str) or not _DOMAIN.fullmatch(value.strip().lower()):
        raise Invalid.field(field, _("This is not the name of a domain."))
    return value.strip().lower()


def _address(option: Option, value: object, field: str) -> Value:
    """As the server's own address, and under the same rules; without the slash at the end."""
    if not isinstance(value, str) or len(value) > 500:
        raise Invalid.field(field, _NOT_ALLOWED)
    try:
        return checked_base_url(value, kind=ServerKind.JITSI, path_allowed=True).rstrip("/")
    except Invalid as error:
        raise Invalid.field(field, error.fields["base_url"][0]) from error


def _addresses(option: Option, value: object, field: str) -> Value:
    parts = [part for part in value.split(",") if part.strip()] if isinstance(value, str) else []
    if not parts or len(parts) > MOST_BRIDGES:
        raise Invalid.field(field, _NOT_ALLOWED)
    return ",".join(str(_address(option, part, field)) for part in parts)


def _number(option: Option, value: object, field: str) -> Value:
    return whole_number(value, field, 1, option.at_most)


def _flag(option: Option, value: object, field: str) -> Value:
    if not isinstance(value, bool):
        raise Invalid.field(field, _NOT_ALLOWED)
    return value


def _choice(option: Option, value: object, field: str) -> Value:
    if not isinstance(value, str) or value not in option.choices:
        raise Invalid.field(field, _NOT_ALLOWED)
    return value


_FORMS: Mapping[str, Callable[[Option, object, str], Value]] = {
    "name": _name,
    "domain": _domain,
    "address": _address,
    "addresses": _addresses,
    "number": _number,
    "flag": _flag,
    "choice": _choice,
}


def _fault_of_rsa_key(pem: str) -> Text | None:
    key: object = None
    if len(pem) <= 10_000 and pem.isascii():
        try:
            key = serialization.load_pem_private_key(pem.strip().encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        return _("This is not an RSA private key in PEM form without a password.")
    if key.key_size < SHORTEST_RSA_KEY:
        return _("This key is too short: please use one of at least 3072 bits.")
    return None
