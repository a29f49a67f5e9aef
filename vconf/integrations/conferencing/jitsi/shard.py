# SPDX-License-Identifier: EUPL-1.2
"""One Jitsi deployment ("shard") as the operator described it: its web page, its Prosody, jicofo and bridges.

    base_url         the web page, https://meet.example/; rooms are one path segment below it
    secret           app_secret of Prosody, for HS256
    options          see vconf/rooms/server_options.py, which checks them when they are entered
    keys             private_key (RS256, tokens for people), system_key (RS256, tokens for ending and removing)

What is missing is simply not there: no census, no jicofo, no way to end a meeting. docs/jitsi.md says what each buys.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from vconf.integrations.conferencing.port import RequestRefused, ServerAccess
from vconf.integrations.conferencing.transport import normalise_base_url

ALGORITHMS = ("HS256", "RS256")
#: More would keep a look at the load from being a quick one.
MOST_BRIDGES = 20
#: How long somebody has between the click and being connected, in minutes.
TOKEN_MINUTES = 10
LONGEST_TOKEN_MINUTES = 24 * 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Shard:
    """Addresses are empty where the operator gave none; `jicofo_url` and `bridge_urls` end in a slash."""

    page_url: str
    domain: str
    muc_domain: str
    app_id: str = "vconf"
    audience: str = "jitsi"
    algorithm: str = "HS256"
    key_id: str = ""
    system_key_id: str = ""
    census_url: str = ""
    size_url: str = ""
    jicofo_url: str = ""
    bridge_urls: tuple[str, ...] = ()
    end_url: str = ""
    kick_url: str = ""
    reservations: bool = False
    roles: bool = False
    lobby: bool = False
    limit: bool = False
    token_in_fragment: bool = False
    token_minutes: int = TOKEN_MINUTES
    secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    system_key: str = field(default="", repr=False)

    @property
    def people_url(self) -> str:
        """mod_muc_size names the people of a room beside its size; empty where that is served under another name."""
        before, _, last = self.size_url.rpartition("/")
        return f"{before}/room" if last == "room-size" else ""

    def room_address(self, external_id: str) -> str:
        """The room as Prosody names it."""
        return f"{external_id}@{self.muc_domain}"


def shard_of(access: ServerAccess) -> Shard:
    """Raises RequestRefused (`invalid_access`) when such a server can never be used."""
    read = _Options(access)
    page_url = normalise_base_url(access.base_url, allow_http=access.allow_http)
    if urlsplit(page_url).path != "/":
        raise RequestRefused("the address of the web page has no path", code="invalid_access")
    domain = read.text("domain") or urlsplit(page_url).hostname or ""
    shard = Shard(
        page_url=page_url,
        domain=domain,
        muc_domain=read.text("muc_domain") or f"conference.{domain}",
        app_id=read.text("app_id") or "vconf",
        audience=read.text("audience") or "jitsi",
        algorithm=read.text("algorithm") or "HS256",
        key_id=read.text("key_id"),
        system_key_id=read.text("system_key_id"),
        census_url=read.address("census_url"),
        size_url=read.address("size_url"),
        jicofo_url=read.base("jicofo_url"),
        bridge_urls=read.bases("bridge_urls"),
        end_url=read.address("end_url"),
        kick_url=read.address("kick_url"),
        reservations=read.flag("reservations"),
        roles=read.flag("roles"),
        lobby=read.flag("lobby"),
        limit=read.flag("limit"),
        token_in_fragment=read.flag("token_in_fragment"),
        token_minutes=read.number("token_minutes", TOKEN_MINUTES, LONGEST_TOKEN_MINUTES),
        secret=access.secret,
        private_key=access.keys.get("private_key", ""),
        system_key=access.keys.get("system_key", ""),
    )
    if shard.algorithm not in ALGORITHMS:
        raise RequestRefused("unknown algorithm of tokens", code="invalid_access")
    if shard.algorithm == "RS256" and not (shard.private_key and shard.key_id):
        raise RequestRefused("RS256 needs a private key and its id", code="invalid_access")
    if shard.algorithm == "HS256" and not shard.secret:
        raise RequestRefused("HS256 needs the secret", code="invalid_access")
    return shard


class _Options:
    """The options as they were stored: checked when entered, and read without trusting that here."""

    def __init__(self, access: ServerAccess) -> None:
        self._options = access.options
        self._allow_http = access.allow_http

    def text(self, name: str) -> str:
        value = self._options.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        return self._options.get(name) is True

    def number(self, name: str, default: int, most: int) -> int:
        value = self._options.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            return default
        return min(max(value, 1), most)

    def address(self, name: str) -> str:
        """Exactly as entered but for the slash, since Prosody does not serve these paths with one."""
        return self.base(name).rstrip("/")

    def base(self, name: str) -> str:
        url = self.text(name)
        return normalise_base_url(url, allow_http=self._allow_http) if url else ""

    def bases(self, name: str) -> tuple[str, ...]:
        urls = [url.strip() for url in self.text(name).split(",") if url.strip()]
        return tuple(normalise_base_url(url, allow_http=self._allow_http) for url in urls[:MOST_BRIDGES])
