# SPDX-License-Identifier: EUPL-1.2
"""docs/configuration.md, read off vconf/settings.py: each option's `#:` comment, type and default."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = {
    "choice": "one of {choices}",
    "flag": "`1` or `0`",
    "folder": "a folder",
    "number": "a number from {at_least} to {at_most}",
    "optional": "text",
    "text": "text",
    "time_zone": "an IANA time zone",
    "url": "an address",
    "words": "a list separated by commas",
}

OPENING = """\
# Configuration

All options are environment variables. Each can also be given as a file that holds its value, by the same name with
`_FILE` at the end (`VCONF_SECRET_KEY_FILE=/run/secrets/vconf`). A value that cannot be used, or a combination that is
not safe, stops the start with one line that says why.

This page is written by `manage.py render_configuration` from `vconf/settings.py`; a test keeps them in step.
"""


@dataclass(frozen=True)
class Option:
    name: str
    topic: str
    kind: str
    default: str | None
    text: str


class Undescribed(ValueError):
    """An option is read without a `#:` comment above it."""


def options(settings: Path) -> Iterator[Option]:
    """Every option that the settings file reads, in its order, once."""
    source = settings.read_text(encoding="utf-8")
    lines = source.splitlines()
    topics = {
        number: lines[number][2:]
        for number in range(1, len(lines) - 1)
        if lines[number - 1].startswith("# ---") and lines[number + 1].startswith("# ---")
    }
    seen: set[str] = set()
    for statement in ast.parse(source).body:
        for call in ast.walk(statement):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args):
                continue
            read = call.func.value
            if not (isinstance(read, ast.Name) and read.id == "env") or call.func.attr not in KINDS:
                continue
            name = ast.literal_eval(call.args[0])
            if name in seen:
                continue
            seen.add(name)
            yield Option(
                name=name,
                topic=[topic for number, topic in topics.items() if number < statement.lineno][-1],
                kind=_kind(call.func.attr, call),
                default=_default(call),
                text=_comment_above(lines, statement.lineno - 1, name),
            )


def render(settings: Path) -> str:
    """The whole page."""
    page, topic = [OPENING], ""
    for option in options(settings):
        if option.topic != topic:
            topic = option.topic
            page.append(f"## {topic}\n")
        facts = option.kind + (f", default `{option.default}`" if option.default is not None else "")
        page.append(f"### `{option.name}`\n\n{facts[0].upper()}{facts[1:]}.\n\n{option.text}\n")
    return "\n".join(page)


def _comment_above(lines: list[str], index: int, name: str) -> str:
    comment: list[str] = []
    while index > 0 and lines[index - 1].startswith("#:"):
        index -= 1
        comment.insert(0, lines[index][2:].strip())
    if not comment:
        raise Undescribed(f"{name} has no `#:` comment above it in the settings")
    return "\n".join(comment)


def _kind(reader: str, call: ast.Call) -> str:
    values = {
        keyword.arg: ast.unparse(keyword.value).replace("_", "") for keyword in call.keywords if keyword.arg
    }
    if reader == "choice":
        values["choices"] = ", ".join(f"`{word}`" for word in ast.literal_eval(call.args[2]))
    return KINDS[reader].format(**values)


def _default(call: ast.Call) -> str | None:
    """The default if it is a plain value; where it is computed, the comment says what it is."""
    if len(call.args) < 2 or not isinstance(call.args[1], ast.Constant) or call.args[1].value in (None, ""):
        return None
    value = call.args[1].value
    return str(int(value)) if isinstance(value, bool) else re.sub(r"^'|'$", "", str(value))
