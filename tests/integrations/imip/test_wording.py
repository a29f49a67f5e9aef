# SPDX-License-Identifier: EUPL-1.2
"""What operators are told of a mail that was not done."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

from vconf.integrations import imip
from vconf.integrations.imip.wording import REASONS, reason


def _codes() -> Iterator[str]:
    """Of all outcomes in the sources."""
    for path in Path(imip.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Outcome":
                code = node.args[1] if len(node.args) > 1 else None
                yield from (
                    one.value
                    for one in ([] if code is None else ast.walk(code))
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value
                )


def test_each_outcome_has_its_words() -> None:
    found = set(_codes())

    assert "unbelieved" in found
    assert found <= REASONS.keys()


def test_in_both_languages() -> None:
    for code in REASONS:
        with translation.override("en"):
            english = reason(code)
        with translation.override("de"):
            assert reason(code) != english
