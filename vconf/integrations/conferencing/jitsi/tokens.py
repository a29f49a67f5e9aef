# SPDX-License-Identifier: EUPL-1.2
"""The tokens that Prosody lets people in by, and those it takes orders by. Compact JWS (RFC 7515), HS256 or RS256.

A token names one person and one room, never `*`, and lives for minutes. Prosody grants no leeway on `nbf` and `exp`, so
`nbf` lies a little in the past. It looks at `exp` only when somebody connects: nobody is put out of a meeting by it.

Roles are written in every way that servers read them: `context.user.affiliation` and `.moderator` (token_affiliation),
the top-level `moderator` (token_moderation). `false` is written too, for some modules take its absence for a yes.
Sources: jitsi-meet's `token/util.lib.lua`, `mod_token_affiliation`, and contrib's `token_lobby_bypass`,
`token_security_ondemand`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from vconf.integrations.conferencing.jitsi.shard import Shard
from vconf.integrations.conferencing.port import JoinRequest, RequestRefused

#: What clocks may be apart, in seconds.
CLOCK_MARGIN = 120
#: Tokens of ours for one call, in seconds.
CALL_LIFE = 60

Claims = Mapping[str, Any]


def person_token(shard: Shard, request: JoinRequest, *, name: str, now: float | None = None) -> str:
    """Lets one person into one room. A bearer secret. Raises RequestRefused (`invalid_access`) for a useless key."""
    user: dict[str, Any] = {
        "id": request.user_id,
        "name": name,
        "moderator": request.moderator,
        "affiliation": "owner" if request.moderator else "member",
    }
    features: dict[str, bool] = {
        # Named features are allowed or not, all others are off: also what nobody decided on.
        "recording": request.recording and request.moderator,
        "livestreaming": False,
        "transcription": False,
        "live-translation": False,
        "outbound-call": False,
        "sip-outbound-call": False,
        "screen-sharing": True,
        "send-groupchat": True,
        "send-private-message": True,
        "create-polls": True,
        "flip": True,
    }
    context: dict[str, Any] = {"user": user, "features": features}
    if request.lobby:
        context["room"] = {"lobby": True}
        if not request.guest:
            user["lobby_bypass"] = user["security_bypass"] = True
            # Where older versions of the module look.
            features["lobby_bypass"] = True
    return _sign_for_people(
        shard,
        {"moderator": request.moderator, "context": context},
        room=request.external_id,
        life=shard.token_minutes * 60,
        now=now,
    )


def probe_token(shard: Shard, external_id: str, *, now: float | None = None) -> str:
    """Proves to Prosody that we know the secret, for questions about one room. Makes nobody a moderator."""
    return _sign_for_people(shard, {"moderator": False}, room=external_id, life=CALL_LIFE, now=now)


def forged_token(shard: Shard, external_id: str, *, now: float | None = None) -> str:
    """Like `probe_token` with a proof that no server may accept: to find out whether tokens are checked at all."""
    head, payload, proof = probe_token(shard, external_id, now=now).split(".")
    return f"{head}.{payload}.{_encoded(hashlib.sha256(proof.encode()).digest())}"


def system_token(shard: Shard, *, now: float | None = None) -> str:
    """For ending meetings and removing people: signed with the key that Prosody knows for that alone.

    It is valid for every room of the server and so goes to the server only, never to a browser.
    """
    begins = int(time.time() if now is None else now)
    claims = {
        "iss": shard.app_id,
        "aud": shard.audience,
        "sub": shard.domain,
        # Prosody wants the claim to be there, and looks no further than that for these calls.
        "room": "none",
        "nbf": begins - CLOCK_MARGIN,
        "iat": begins,
        "exp": begins + CALL_LIFE,
    }
    return _signed(claims, algorithm="RS256", key=shard.system_key, key_id=shard.system_key_id)


def _sign_for_people(shard: Shard, claims: Claims, *, room: str, life: int, now: float | None) -> str:
    if room != room.lower() or not room or room == "*":
        raise RequestRefused("a token names one room in lower case", code="invalid_room")
    begins = int(time.time() if now is None else now)
    key = shard.secret if shard.algorithm == "HS256" else shard.private_key
    return _signed(
        {
            "iss": shard.app_id,
            "aud": shard.audience,
            "sub": shard.domain,
            "room": room,
            "nbf": begins - CLOCK_MARGIN,
            "iat": begins,
            "exp": begins + life,
            **claims,
        },
        algorithm=shard.algorithm,
        key=key,
        key_id=shard.key_id,
    )


def _signed(claims: Claims, *, algorithm: str, key: str, key_id: str) -> str:
    header = {"alg": algorithm, "typ": "JWT", **({"kid": key_id} if key_id else {})}
    covered = f"{_json(header)}.{_json(claims)}"
    if algorithm == "HS256":
        proof = hmac.new(key.encode(), covered.encode(), hashlib.sha256).digest()
    else:
        proof = _private(key).sign(covered.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{covered}.{_encoded(proof)}"


def _private(pem: str) -> rsa.RSAPrivateKey:
    key: object = None
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None  # raised below, so that no library's text about a key travels along
    if not isinstance(key, rsa.RSAPrivateKey):
        raise RequestRefused("no usable RSA key", code="invalid_access")
    return key


def _json(content: Claims) -> str:
    return _encoded(json.dumps(content, separators=(",", ":")).encode())


def _encoded(content: bytes) -> str:
    """base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
