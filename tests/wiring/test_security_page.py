# SPDX-License-Identifier: EUPL-1.2
"""docs/security.md names every requirement of its sections once, and only tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LINES = {1: 10, 2: 10, 5: 9, 6: 11, 7: 10}


def test_every_requirement_stands_in_it_once():
    expected = [f"R{section}.{n}" for section, last in LINES.items() for n in range(1, last + 1)]
    assert re.findall(r"^\| (R\d+\.\d+) \|", PAGE, re.MULTILINE) == expected


def test_every_named_test_exists():
    named = re.findall(r"(tests/[\w/]+\.py)::(\w+)", PAGE)
    missing = [
        f"{path}::{name}"
        for path, name in named
        if f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert len(named) > 40
    assert missing == []


def test_what_is_tested_names_a_test():
    rows = re.findall(r"^\| (R\d+\.\d+) \|[^|]*\| (\w+) \|([^|]*)\|", PAGE, re.MULTILINE)
    assert [line for line, state, tests in rows if state in ("tested", "partly") and "::" not in tests] == []


def test_every_named_browser_test_exists():
    named = re.findall(r"frontend/[\w/.-]+\.ts", PAGE)
    assert len(named) > 1
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_states_are_those_the_page_explains_and_what_is_missing_is_said():
    rows = re.findall(r"^\| (R\d+\.\d+) \|[^|]*\| (\w+) \|[^|]*\|([^|]*)\|$", PAGE, re.MULTILINE)
    assert len(rows) == sum(LINES.values())
    assert {state for _, state, _ in rows} == {"tested", "partly", "open", "later"}
    assert [line for line, state, remark in rows if state in ("partly", "later") and not remark.strip()] == []
