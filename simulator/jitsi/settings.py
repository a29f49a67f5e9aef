# SPDX-License-Identifier: EUPL-1.2
"""How one shard is set up: what its operator would write into Prosody's and jicofo's configuration."""

from __future__ import annotations

from dataclasses import dataclass, field

MODULES = ("muc_census", "muc_size", "end_meeting", "kick_participant", "jicofo", "colibri", "http_health")


@dataclass(frozen=True)
class Options:
    """Given at the start. `leave_after` is in seconds; `retry_scale` shortens pauses for tests."""

    name: str
    secret: str
    port: int = 0
    control_token: str = ""
    leave_after: float = 4.0
    retry_scale: float = 1.0


@dataclass
class Settings:
    """May change while it runs (`PUT /control/jitsi`). Names as in Prosody's configuration where it has one."""

    #: Whether tokens are asked for. Without, everybody comes in, and the first is moderator.
    tokens: bool = True
    #: HS256 with the shard's secret, or RS256 with `public_keys` by key id.
    algorithm: str = "HS256"
    public_keys: dict[str, str] = field(default_factory=dict)
    accepted_issuers: list[str] = field(default_factory=lambda: ["vconf"])
    accepted_audiences: list[str] = field(default_factory=lambda: ["jitsi"])
    #: Real shards do not look at `sub` unless told to; this one does, so that a wrong one is noticed.
    enable_domain_verification: bool = True
    allow_empty_token: bool = False
    #: `token_affiliation`: the token says who moderates. Without, every bearer of a token does.
    token_affiliation: bool = True

    domain: str = "127.0.0.1"
    #: Empty: `conference.` before the domain.
    muc_domain: str = ""

    #: Modules there are; the path of one that is missing answers 404.
    modules: list[str] = field(default_factory=lambda: list(MODULES))
    enable_roomsize_token_verification: bool = False
    #: Newer Prosody counts the time of creation in milliseconds.
    census_milliseconds: bool = False
    #: Public keys by key id, for the tokens of end-meeting and kick-participant.
    system_keys: dict[str, str] = field(default_factory=dict)

    #: `reservations_api_prefix`; empty: the module is not loaded.
    reservations_url: str = ""
    #: `reservations_api_headers` and those of the events.
    headers: dict[str, str] = field(default_factory=dict)
    retry_scale: float = 1.0
    #: Seconds until a call counts as unanswered; not scaled.
    timeout_seconds: float = 20.0
    retry_count: int = 3
    #: Older versions close an expired room without a DELETE.
    delete_on_expiry: bool = True
    max_occupants: bool = True
    lobby: bool = True
    password: bool = True

    #: `api_prefix` of event_sync_component; empty: not loaded.
    events_url: str = ""
    #: What gets lost on its way out: `DELETE`, or an event's name.
    loses: list[str] = field(default_factory=list)

    #: What jicofo says of itself: ok, soft (503), hard (500).
    health: str = "ok"
    operational_bridges: int = 1
    #: None: follows from the number of people.
    stress_level: float | None = None

    @property
    def conference_domain(self) -> str:
        return self.muc_domain or f"conference.{self.domain}"
