# SPDX-License-Identifier: EUPL-1.2
"""How `make test` counts and sums up."""

import pytest

from scripts.check import Outcome, Part, backend_suites, frontend_suites, summarise

PARTS = {part.name: part for part in backend_suites() + frontend_suites()}

PYTEST = """
......F.                                                         [100%]
FAILED tests/x.py::test_y - assert 25 failed
============ 1 failed, 7 passed, 2 skipped, 1 error in 3.20s ============
"""
VITEST = """
 Test Files  3 passed (3)
      Tests  1 failed | 11 passed (12)
   Duration  4.1s
"""
PLAYWRIGHT = """
Running 4 tests using 1 worker
  1 failed
    [chromium] journey.spec.ts:12 the 25 passed through
  3 passed (41.2s)
"""


def outcome(name: str, output: str, exit_code: int = 0) -> Outcome:
    return Outcome(PARTS[name], exit_code, 1.0, output)


def test_pytest_is_counted_by_its_closing_line_with_errors_as_failures() -> None:
    seen = outcome("tests on SQLite", PYTEST, 1)

    assert (seen.passed, seen.failed, seen.count("skipped")) == (7, 2, 2)
    assert len(seen.closing_lines) == 1


def test_quiet_pytest_is_counted_too() -> None:
    assert outcome("tests on SQLite", "....\n4 passed in 0.62s\n").passed == 4


def test_vitest_is_counted_by_tests_not_by_files() -> None:
    seen = outcome("frontend tests", VITEST, 1)

    assert (seen.passed, seen.failed) == (11, 1)


def test_playwright_is_counted_by_its_own_lines_only() -> None:
    seen = outcome("browser journey", PLAYWRIGHT, 1)

    assert (seen.passed, seen.failed) == (3, 1)


def test_a_part_that_could_not_even_start_counts_as_one_failure() -> None:
    seen = outcome("tests on PostgreSQL", "No PostgreSQL\n", 1)

    assert (seen.passed, seen.failed) == (0, 1)


def test_a_runner_that_ran_nothing_has_failed() -> None:
    assert outcome("tests on PostgreSQL", "9 deselected in 0.4s\n", 5).failed == 1


def test_the_last_line_is_the_sum_and_the_exit_code_tells_whether_all_passed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lint = Outcome(Part("lint", ["ruff"]), 0, 1.0, "All checks passed!")

    assert summarise([lint, outcome("frontend tests", VITEST, 1)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "12 passed, 1 failed"
    assert summarise([lint]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"
