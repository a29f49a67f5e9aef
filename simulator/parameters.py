# SPDX-License-Identifier: EUPL-1.2
"""Parameters of a call, read as strictly as bbb-web reads them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, quote_plus

from simulator.answers import Refusal

_METADATA = re.compile(r"meta_([A-Za-z][A-Za-z0-9-]*)")
_DIGITS = re.compile(r"[0-9]{1,9}")


class Parameters:
    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            # The first of several counts; control characters are dropped and the ends trimmed.
            self._values.setdefault(name, _clean(value))

    @classmethod
    def read(cls, query: str) -> Parameters:
        try:
            return cls(parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=1_000))
        except ValueError as error:
            raise Refusal("validationError", "Too many parameters.") from error

    def text(self, name: str) -> str:
        return self._values.get(name, "")

    def items(self) -> list[tuple[str, str]]:
        return list(self._values.items())

    def required(self, name: str, key: str) -> str:
        value = self.text(name)
        if not value:
            raise Refusal(key, f"You did not pass the parameter {name}.")
        return value

    def meeting_id(self) -> str:
        value = self.required("meetingID", "missingParamMeetingID")
        if not 2 <= len(value) <= 256:
            raise Refusal("sizeError", "Meeting ID must be between 2 and 256 characters.")
        if "," in value:
            raise Refusal("validationError", "Meeting ID cannot contain ','.")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.text(name)
        if value not in ("", "true", "false"):
            raise Refusal("validationError", f"{name} must be either true or false.")
        return default if value == "" else value == "true"

    def number(self, name: str, default: int = 0) -> int:
        value = self.text(name)
        if value and not _DIGITS.fullmatch(value):
            raise Refusal("validationError", f"{name} must be a number.")
        return int(value) if value else default

    def metadata(self) -> dict[str, str]:
        """Names in lower case, without their prefix; a name with other characters is dropped without a word."""
        return {
            match[1].lower(): value
            for name, value in self._values.items()
            if (match := _METADATA.fullmatch(name)) is not None
        }

    def custom(self) -> dict[str, str]:
        prefix = "userdata-"
        return {
            name.removeprefix(prefix): value
            for name, value in self._values.items()
            if name.startswith(prefix)
        }


def sorted_query(body: str) -> str:
    """The query that older servers rebuild from a form body to hash it: sorted by name, encoded as Java does."""
    pairs = [
        (name, value)
        for name, value in parse_qsl(body, keep_blank_values=True, errors="replace", max_num_fields=1_000)
        if name != "checksum"
    ]
    return "&".join(
        f"{quote_plus(name, safe='*').replace('~', '%7E')}={quote_plus(value, safe='*').replace('~', '%7E')}"
        for name, value in sorted(pairs)
    )


def _clean(value: str) -> str:
    return "".join(char for char in value if unicodedata.category(char) not in ("Cc", "Cs")).strip()
