# SPDX-License-Identifier: EUPL-1.2
"""Tokens as Prosody's `token/util` reads them: at the start of a session, and against the room at each entry."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, field

from simulator.jitsi.rsa import BadKey, read_public_key
from simulator.jitsi.settings import Settings

MAX_TOKEN = 8_192
#: Prosody knows no leeway, and neither does this.
_OWNERS = ("owner", "moderator", "teacher")
Claims = dict[str, object]


class BadToken(Exception):
    """Refused as `not-allowed`; the text is what stands in Prosody's log and with newer clients on the page."""


@dataclass(frozen=True)
class Session:
    """What a session keeps of its token. `user` is `context.user`, texts only."""

    room: str | None = None
    sub: str = ""
    moderates: bool = False
    has_token: bool = False
    user: dict[str, str] = field(default_factory=dict)


def open_session(token: str, settings: Settings, secret: str, now: float) -> Session:
    """Checks the token of somebody who connects; `now` in seconds since 1970 by the shard's clock. Raises BadToken."""
    if not token:
        if settings.allow_empty_token:
            return Session()
        raise BadToken("token required")
    keys = settings.public_keys if settings.algorithm == "RS256" else None
    claims = read_token(token, settings.algorithm, secret, keys, now)
    _check_claims(claims, settings)
    user = _user(claims)
    return Session(
        room=str(claims["room"]).lower(),
        sub=str(claims.get("sub", "")),
        moderates=_moderates(user, settings),
        has_token=True,
        user={name: value for name, value in user.items() if isinstance(value, str)},
    )


def may_enter(session: Session, node: str, settings: Settings) -> bool:
    """Whether the token is for this room, and for this domain or tenant if that is looked at."""
    if not session.has_token:
        return settings.allow_empty_token
    tenant, _, name = node[1:].partition("]") if node.startswith("[") else ("", "", node)
    if session.room not in ("*", node if not settings.enable_domain_verification else name):
        return False
    if not settings.enable_domain_verification or session.sub == "*":
        return True
    return session.sub.lower() == (tenant or settings.domain).lower()


def check_system_token(authorization: str, settings: Settings, now: float) -> None:
    """The token of end-meeting and kick-participant: RS256 by its own keys. Raises BadToken."""
    scheme, _, token = authorization.partition(" ")
    if scheme != "Bearer" or not token:
        raise BadToken("no token")
    # The same claims as in a token for people, though the room may be any.
    _check_claims(read_token(token, "RS256", "", settings.system_keys, now), settings)


def _check_claims(claims: Claims, settings: Settings) -> None:
    if claims.get("iss") not in settings.accepted_issuers and "*" not in settings.accepted_issuers:
        raise BadToken("Invalid issuer ('iss' claim)" if "iss" in claims else "'iss' claim is missing")
    if not isinstance(claims.get("room"), str):
        raise BadToken("'room' claim is missing")
    audience = claims.get("aud")
    if audience is None:
        raise BadToken("'aud' claim is missing")
    # A list is compared as a whole and never fits, as in Lua.
    if "*" not in settings.accepted_audiences and audience not in settings.accepted_audiences:
        raise BadToken("Invalid audience ('aud' claim)")


def read_token(token: str, algorithm: str, secret: str, keys: dict[str, str] | None, now: float) -> Claims:
    """The claims of a token whose signature and times are right (RFC 7519 section 7.2). Raises BadToken."""
    if len(token) > MAX_TOKEN:
        raise BadToken("bad token format")
    parts = token.split(".")
    if len(parts) != 3:
        raise BadToken("Invalid token")
    header, claims, signature = _object(parts[0]), _object(parts[1]), _decode(parts[2])
    if header.get("typ") != "JWT":
        raise BadToken("Invalid typ")
    if header.get("alg") != algorithm:
        raise BadToken("Invalid or incorrect alg")
    signed = f"{parts[0]}.{parts[1]}".encode()
    if algorithm == "HS256":
        if not hmac.compare_digest(hmac.new(secret.encode(), signed, hashlib.sha256).digest(), signature):
            raise BadToken("Invalid signature")
    else:
        _check_signature(header.get("kid"), keys or {}, signed, signature)
    expires, begins = _instant(claims, "exp"), _instant(claims, "nbf")
    if expires is not None and now >= expires:
        raise BadToken("Invalid token by expiration time")
    if begins is not None and now < begins:
        raise BadToken("Token acceptable later")
    return claims


def _instant(claims: Claims, name: str) -> float | None:
    if name not in claims:
        return None
    at = claims[name]
    if isinstance(at, bool) or not isinstance(at, int | float):
        raise BadToken(f"{name} must be number")
    return at


def _check_signature(key_id: object, keys: dict[str, str], signed: bytes, signature: bytes) -> None:
    if not isinstance(key_id, str):
        raise BadToken("'kid' claim is missing")
    try:
        key = read_public_key(keys[key_id])
    except (KeyError, BadKey) as error:
        raise BadToken("could not obtain public key") from error
    if not key.verifies(signed, signature):
        raise BadToken("Invalid signature")


def _user(claims: Claims) -> dict[str, object]:
    context = claims.get("context")
    user = context.get("user") if isinstance(context, dict) else None
    return user if isinstance(user, dict) else {}


def _moderates(user: dict[str, object], settings: Settings) -> bool:
    if not settings.token_affiliation:
        return True
    return (
        user.get("affiliation") in _OWNERS or user.get("moderator") is True or user.get("moderator") == "true"
    )


def _object(part: str) -> dict[str, object]:
    try:
        read = json.loads(_decode(part))
    except (ValueError, RecursionError) as error:
        raise BadToken("bad token format") from error
    if not isinstance(read, dict):
        raise BadToken("bad token format")
    return read


def _decode(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadToken("bad token format") from error
