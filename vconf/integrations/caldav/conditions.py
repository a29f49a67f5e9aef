# SPDX-License-Identifier: EUPL-1.2
"""ETags and Schedule-Tags, and the conditions that clients put on a change (RFC 9110, 13.1; RFC 6638, 3.2.10).

An ETag tells the change of the calendar, the version of the booking and the revision of the dressing that a client has
read. So an answer that came in meanwhile can be told from a change that the client has to see first: with the former
alone, its change is taken although its ETag is old, since it says nothing about the answers of others anyway.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from vconf.integrations.caldav.unacceptable import stale

_TAG = re.compile(r'(?:W/)?"((?:[^"\\]|\\.)*)"|\*')
_PARTS = re.compile(r"([0-9]{1,18})-([0-9]{1,9})-([0-9]{1,9})")


class Tags(NamedTuple):
    """What a calendar object is at, for whose calendar it is in."""

    change: int
    version: int
    revision: int

    @property
    def etag(self) -> str:
        return f'"{self.change}-{self.version}-{self.revision}"'

    @property
    def schedule_tag(self) -> str:
        """Stays the same when only the answers of others moved (RFC 6638, 3.2.10)."""
        return f'"{self.version}-{self.revision}"'

    @classmethod
    def read(cls, etag: str) -> Tags | None:
        """What an ETag of ours tells; None for any other text."""
        found = _PARTS.fullmatch(etag.strip('"'))
        return None if found is None else cls(*(int(part) for part in found.groups()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """None: not asked for. `*` stands among the ETags as itself."""

    match: frozenset[str] | None = None
    none_match: frozenset[str] | None = None
    schedule_tag: str | None = None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Conditions:
        """From a request; names in any case, as Django's headers are."""
        schedule_tag = headers.get("If-Schedule-Tag-Match")
        return cls(
            match=_tags(headers.get("If-Match")),
            none_match=_tags(headers.get("If-None-Match")),
            schedule_tag=None if schedule_tag is None else schedule_tag.strip(),
        )

    @property
    def read(self) -> tuple[Tags, ...]:
        """What the client says it has read."""
        return tuple(tags for etag in self.match or () if (tags := Tags.read(etag)) is not None)

    def check_absent(self) -> None:
        """For what is not there yet. Raises Unacceptable (412)."""
        if self.match is not None or self.schedule_tag is not None:
            raise stale()

    def hold_for(self, tags: Tags) -> bool:
        """Whether the client has read what is there, to the letter. Raises Unacceptable where nothing can mend it."""
        if self.none_match is not None and ("*" in self.none_match or tags.etag in self.none_match):
            raise stale()
        if self.schedule_tag is not None and self.schedule_tag != tags.schedule_tag:
            return False
        if self.match is None or "*" in self.match:
            return True
        # the schedule tag alone decides, if there is one: answers of others may have moved the ETag
        return tags.etag in self.match or self.schedule_tag is not None


def _tags(header: str | None) -> frozenset[str] | None:
    if header is None:
        return None
    found = [match.group(0) for match in _TAG.finditer(header)]
    # unquoted, as some clients send what they found in a property
    return frozenset(tag.removeprefix("W/") for tag in found) or frozenset({f'"{header.strip()}"'})
