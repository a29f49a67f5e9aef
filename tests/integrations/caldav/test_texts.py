# SPDX-License-Identifier: EUPL-1.2
"""Texts that are kept: the newest, and no more than fit."""

from __future__ import annotations

import sys

from vconf.integrations.caldav.texts import Texts


def test_what_was_kept_is_there() -> None:
    texts = Texts(10_000)
    texts.keep((1, "a"), "Eins")

    assert texts.get((1, "a")) == "Eins"
    assert texts.get((1, "b")) is None


def test_what_nobody_asked_for_longest_goes_first() -> None:
    each = sys.getsizeof("x" * 1000)
    texts = Texts(3 * each)
    for number in range(3):
        texts.keep(number, "x" * 1000)
    texts.get(0)

    texts.keep(3, "x" * 1000)

    assert [number for number in range(4) if texts.get(number)] == [0, 2, 3]


def test_however_much_is_kept_there_is_an_end_to_it() -> None:
    texts = Texts(50_000)
    for number in range(2_000):
        texts.keep(number % 300, "x" * (number % 700))

    assert texts._held == sum(map(sys.getsizeof, texts._texts.values())) <= 50_000


def test_one_that_is_too_large_is_not_kept() -> None:
    texts = Texts(1_000)
    texts.keep(1, "x" * 2_000)

    assert texts.get(1) is None
    assert texts._held == 0
