# SPDX-License-Identifier: EUPL-1.2
"""Reading options from the environment."""

from pathlib import Path

import pytest

from vconf import env
from vconf.env import ConfigurationError

NAME = "VCONF_SAMPLE"


@pytest.mark.parametrize(
    ("given", "expected"),
    [("1", True), ("Yes", True), ("on", True), ("0", False), ("false", False), ("", True)],
)
def test_flag_reads_yes_and_no_and_keeps_the_default_when_empty(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: bool
) -> None:
    monkeypatch.setenv(NAME, given)

    assert env.flag(NAME, True) is expected


def test_flag_refuses_a_maybe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "maybe")

    with pytest.raises(ConfigurationError, match="vconf: VCONF_SAMPLE must be 1 or 0, not 'maybe'"):
        env.flag(NAME, False)


@pytest.mark.parametrize("given", ["0", "11", "1.5", "ten", "-3"])
def test_number_refuses_what_is_outside_or_no_number(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(NAME, given)

    with pytest.raises(ConfigurationError, match="a whole number from 1 to 10"):
        env.number(NAME, 5, at_least=1, at_most=10)


def test_number_accepts_both_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    for given in ("1", "10"):
        monkeypatch.setenv(NAME, given)
        assert env.number(NAME, 5, at_least=1, at_most=10) == int(given)


def test_a_file_may_hold_the_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    assert env.text(NAME, "default") == "from the file"


def test_value_and_file_together_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(NAME, "here")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    with pytest.raises(ConfigurationError, match="keep one of them"):
        env.optional(NAME)


def test_a_file_that_is_not_there_or_empty_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    with pytest.raises(ConfigurationError, match="cannot read"):
        env.optional(NAME)

    (tmp_path / "secret").write_text(" \n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is empty"):
        env.optional(NAME)


def test_words_splits_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, " a, b ,,c ")

    assert env.words(NAME) == ["a", "b", "c"]


def test_choice_and_time_zone_refuse_what_they_do_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "Europe/Schwerin")

    with pytest.raises(ConfigurationError, match="one of a, b, not 'Europe/Schwerin'"):
        env.choice(NAME, "a", ("a", "b"))
    with pytest.raises(ConfigurationError, match="no time zone 'Europe/Schwerin'"):
        env.time_zone(NAME, "Europe/Berlin")


@pytest.mark.parametrize(
    "given", ["mysql://vconf:geheim@db/vconf", "http://[::1/geheim", "geheim", "smtp://"]
)
def test_url_refuses_an_address_without_repeating_it(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(NAME, given)

    with pytest.raises(ConfigurationError) as refusal:
        env.url(NAME, None, ("smtp", "http"))

    assert NAME in str(refusal.value)
    assert "geheim" not in str(refusal.value)
