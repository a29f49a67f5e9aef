# SPDX-License-Identifier: EUPL-1.2
"""Typed readers of the environment.

Each reader takes the name of an option and its default and answers a checked value. An option that is set to the
empty string counts as not set. For every option `NAME` a variable `NAME_FILE` may name a file that holds the value
instead, so that secrets need not stand in the environment.
"""

import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo


class ConfigurationError(SystemExit):
    """A setting that cannot be used. Being a SystemExit, it ends any process with this one line and exit code 1."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"vconf: {sentence}")


def optional(name: str) -> str | None:
    """The value of an option, or None if neither it nor its `_FILE` variant is set."""
    value = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "").strip()
    if value and path:
        raise ConfigurationError(f"{name} and {name}_FILE are both set; keep one of them.")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{name}_FILE: cannot read {path}: {error}.") from error
        if not value:
            raise ConfigurationError(f"{name}_FILE: {path} is empty.")
    return value or None


def text(name: str, default: str) -> str:
    """A line of text."""
    return optional(name) or default


def flag(name: str, default: bool) -> bool:
    """A yes or no: `1`, `true`, `yes`, `on` or `0`, `false`, `no`, `off`."""
    value = optional(name)
    if value is None:
        return default
    if value.lower() in ("1", "true", "yes", "on"):
        return True
    if value.lower() in ("0", "false", "no", "off"):
        return False
    raise ConfigurationError(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int, *, at_least: int, at_most: int) -> int:
    """A whole number within both bounds."""
    value = optional(name)
    if value is None:
        return default
    try:
        parsed = int(value)
    except ValueError:
        parsed = at_least - 1
    if not at_least <= parsed <= at_most:
        raise ConfigurationError(
            f"{name} must be a whole number from {at_least} to {at_most}, not {value!r}."
        )
    return parsed


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of a few words."""
    value = text(name, default)
    if value not in choices:
        raise ConfigurationError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def words(name: str) -> list[str]:
    """A list separated by commas; empty entries are left out."""
    return [word for part in (optional(name) or "").split(",") if (word := part.strip())]


def folder(name: str, default: Path) -> Path:
    """An absolute path of a folder."""
    return Path(text(name, str(default))).expanduser().absolute()


def time_zone(name: str, default: str) -> str:
    """The name of an IANA time zone."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigurationError(f"{name}: there is no time zone {value!r}.") from error
    return value


def url(name: str, default: str | None, schemes: tuple[str, ...]) -> SplitResult | None:
    """An address with one of the schemes. The refusal does not repeat it, as it may hold a password."""
    value = optional(name) or default
    if value is None:
        return None
    wanted = ", ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises when it is not a number
    except ValueError as error:
        raise ConfigurationError(f"{name} is not an address: {error}.") from error
    if parts.scheme not in schemes:
        raise ConfigurationError(f"{name} must begin with one of {wanted}")
    if parts.scheme not in ("sqlite", "file", "postgresql", "postgres", "unix") and not parts.hostname:
        raise ConfigurationError(f"{name} names no host.")
    return parts
