# SPDX-License-Identifier: EUPL-1.2
"""Ending a meeting (mod_muc_end_meeting) and removing one person (mod_muc_kick_participant).

Both are extra modules with a key pair of their own. Where one is missing the call is NotSupported, never a success:
then the meeting ends when people leave, or by the reservation's time.
"""

from __future__ import annotations

from urllib.parse import urlencode

from vconf.integrations.conferencing.jitsi.client import JitsiClient, Patience
from vconf.integrations.conferencing.jitsi.shard import Shard
from vconf.integrations.conferencing.jitsi.tokens import system_token
from vconf.integrations.conferencing.port import Misbehaving, NotSupported, RequestRefused, WrongSecret

NOT_ENFORCEABLE = "not enforceable on this server"
#: what the modules answer to whoever has no token
REFUSED = (401, 403)


class Control:
    """Orders to one shard."""

    def __init__(self, shard: Shard, client: JitsiClient) -> None:
        self._shard = shard
        self._client = client

    @property
    def can_end(self) -> bool:
        return bool(self._shard.end_url and self._shard.system_key)

    @property
    def can_remove(self) -> bool:
        return bool(self._shard.kick_url and self._shard.system_key)

    def end(self, external_id: str) -> None:
        """The server says that the room is gone, now or before. Raises WrongSecret, NotSupported, and what calls do."""
        if not self.can_end:
            raise NotSupported(f"ending a meeting is {NOT_ENFORCEABLE}", code="not_enforceable")
        status = self.ask_to_end(external_id, token=system_token(self._shard))
        if status == 404 and self.ask_to_end(external_id, token="") not in REFUSED:
            # Not the module's own "no such room": it looks at the token first. Nobody serves this path.
            raise NotSupported(f"ending a meeting is {NOT_ENFORCEABLE}", code="not_enforceable")
        if status in REFUSED:
            raise WrongSecret("the server refuses our system key", code="system_key_refused")
        if status not in (200, 404):
            raise Misbehaving(f"ending a meeting: HTTP {status}", maybe_done=True)

    def ask_to_end(self, external_id: str, *, token: str, patience: Patience | None = None) -> int:
        """The status of the answer."""
        query = urlencode({"conference": self._shard.room_address(external_id)})
        return self._client.send(
            "POST", f"{self._shard.end_url}?{query}", token=token, patience=patience
        ).status

    def remove(self, external_id: str, participant_id: str) -> bool:
        """`participant_id`: the last part of the occupant's address. False: nobody of that id is there."""
        if not self.can_remove:
            raise NotSupported(f"removing a person is {NOT_ENFORCEABLE}", code="not_enforceable")
        if self.ask_to_remove(external_id, participant_id, token="") not in REFUSED:
            # Missing, or one of the versions whose refusals arrive as 200: then nothing it says can be relied on.
            raise NotSupported(f"removing a person is {NOT_ENFORCEABLE}", code="not_enforceable")
        status = self.ask_to_remove(external_id, participant_id, token=system_token(self._shard))
        if status == 404:
            return False
        if status in REFUSED:
            raise WrongSecret("the server refuses our system key", code="system_key_refused")
        if status == 400:
            raise RequestRefused("the server does not understand who shall go")
        if status != 200:
            raise Misbehaving(f"removing a person: HTTP {status}", maybe_done=True)
        return True

    def ask_to_remove(
        self, external_id: str, participant_id: str, *, token: str, patience: Patience | None = None
    ) -> int:
        """The status of the answer."""
        query = urlencode({"room": external_id})
        return self._client.send(
            "PUT",
            f"{self._shard.kick_url}?{query}",
            token=token,
            content={"participantId": participant_id},
            patience=patience,
        ).status
