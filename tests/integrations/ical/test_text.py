# SPDX-License-Identifier: EUPL-1.2
"""What people typed, made safe for lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vconf.integrations.ical.text import one_line, paragraphs


@pytest.mark.parametrize(
    ("typed", "safe"),
    [
        ("  Lage\t am \r\n Montag ", "Lage am Montag"),
        ("a\u2028b\x85c\x00d", "a b cd"),
        ("Anna \u202eevE\u202c", "Anna evE"),
    ],
)
def test_one_line(typed: str, safe: str) -> None:
    assert one_line(typed) == safe


def test_paragraphs_keep_their_line_ends() -> None:
    assert (
        paragraphs("\n1. Lage\r\n\r\n2. Aussicht\r3.\x00\tEnde\u2029") == "1. Lage\n\n2. Aussicht\n3.\tEnde"
    )


@given(st.text())
def test_no_reader_sees_a_second_line(typed: str) -> None:
    assert len(one_line(typed).splitlines()) <= 1
    assert paragraphs(typed).splitlines() == paragraphs(typed).split("\n") or paragraphs(typed) == ""
    one_line(typed).encode()  # no lone surrogates left
