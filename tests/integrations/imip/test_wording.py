# SPDX-License-Identifier: EUPL-1.2
"""What operators are told of a mail that was not done."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

from vconf.integrations import imip
from vconf.integrations.imip import inbound
from vconf.integrations.imip.wording import REASONS, reason


def _codes() -> Iterator[str]:
    """Of all mails that are set aside in the sources, and that are read with a fault."""
    for path in Path(imip.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Outcome"), args=[state, code]) if "set_aside" in ast.dump(
                    state
                ):
                    yield from _texts_in(code)
                case ast.keyword(arg="fault", value=value):
                    yield from _texts_in(value)
                case ast.Dict(keys=[ast.Constant(value="fault")], values=[value]):
                    yield from _texts_in(value)


def _texts_in(node: ast.AST) -> Iterator[str]:
    yield from (
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )


def test_whatever_is_set_aside_has_its_words_and_nothing_else_has() -> None:
    found = {*_codes(), *inbound._UNREAD.values(), "failed"}  # as `_note_failure` writes it

    assert found == REASONS.keys()


def test_in_both_languages() -> None:
    for code in REASONS:
        with translation.override("en"):
            english = reason(code)
        with translation.override("de"):
            assert reason(code) != english
