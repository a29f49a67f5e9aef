# SPDX-License-Identifier: EUPL-1.2
"""Content lines: written by us and read by the library and by a strict reader, and read by us as we wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar.parser import Contentline

from tests.integrations.ical import strict
from vconf.integrations.ical.limits import USUAL, unfolded
from vconf.integrations.ical.lines import escape, folded, read_line, unescape, write_line

#: whatever may stand in a line: no controls, no line ends that only some readers know, no halves of letters
plain = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029", include_characters="\t")
)
names = st.from_regex(r"\AX-[A-Z]{1,8}\Z")


def calendar(line: str) -> bytes:
    return folded(["BEGIN:VCALENDAR", line, "END:VCALENDAR"])


@given(names, plain, st.dictionaries(names, st.lists(plain, min_size=1, max_size=3).map(tuple), max_size=3))
def test_a_line_is_read_as_it_was_written(name: str, value: str, params: dict[str, tuple[str, ...]]) -> None:
    octets = calendar(write_line(name, value, params))

    (_, raw, _) = unfolded(octets, USUAL)
    found = read_line(raw)

    assert (found.name, found.value, found.params) == (name, value, params)
    assert strict.read(octets).lines[0].value == value


@given(names, plain, plain.filter(lambda value: "\\" not in value))
def test_the_library_reads_the_same_parameter(name: str, value: str, param: str) -> None:
    line = Contentline(write_line(name, value, {"X-A": (param,)}))

    found_name, params, found = line.raw_parts()

    assert (found_name, found) == (name, value)
    assert str(params["X-A"]) == param


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n")))
def test_text_is_read_as_it_was_written(text: str) -> None:
    assert unescape(escape(text)) == text
    assert strict.Line("X", {}, escape(text)).text == text


@pytest.mark.parametrize("letter", ["x", "ü", "€", "👩", "aü€👩"])
@pytest.mark.parametrize("before", range(4))
def test_no_written_line_is_longer_than_75_octets_and_no_letter_is_cut(letter: str, before: int) -> None:
    value = "x" * before + letter * 200

    for line in calendar(f"X-A:{value}").split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert unfolded(calendar(f"X-A:{value}"), USUAL)[1] == f"X-A:{value}"


@pytest.mark.parametrize(
    ("raw", "name", "value", "params"),
    [
        ("SUMMARY:a:b;c", "SUMMARY", "a:b;c", {}),
        ("summary ; language = de :a", "SUMMARY", "a", {"LANGUAGE": (" de ",)}),
        ('X-A;B="c;d:e,f",g:h', "X-A", "h", {"B": ("c;d:e,f", "g")}),
        ("X-A;B=^n^'^^^x:c", "X-A", "c", {"B": ("\n\"^^x",)}),
        ("X-A;B=1;B=2:c", "X-A", "c", {"B": ("1",)}),
        ("X-A;B:c", "X-A", "c", {"B": ("",)}),
        ("X-A;:c", "X-A", "c", {}),
        ("X-A:", "X-A", "", {}),
        ('X-A;";B="c;D=e":f', "X-A", "f", {"D": ("e",)}),
        ('X-A;B="c:d', "X-A", 'd', {"B": ("c",)}),
        (
            "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin:20261201T100000",
            "DTSTART",
            "20261201T100000",
            {"TZID": ("(UTC+01:00) Amsterdam, Berlin",)},
        ),
        ('DTSTART;TZID="Europe/Berlin":20261201T100000', "DTSTART", "20261201T100000", {"TZID": ("Europe/Berlin",)}),
    ],
)  # fmt: skip
def test_lines_as_programs_write_them(
    raw: str, name: str, value: str, params: dict[str, tuple[str, ...]]
) -> None:
    found = read_line(raw)

    assert (found.name, found.value, found.params) == (name, value, params)
    # what is kept of it can be read by others, and says the same
    assert strict.read(calendar(found.raw)).lines[0].value == value
    assert read_line(found.raw).params == params


def test_a_line_that_is_in_order_is_kept_as_it_is() -> None:
    raw = 'X-a;B="c";d=^n,"e":F\\n'

    assert read_line(raw).raw == raw


@pytest.mark.parametrize(
    ("octets", "lines"),
    [
        (b"A:1\r\nB:2\r\n", ["A:1", "B:2"]),
        (b"A:1\nB:2", ["A:1", "B:2"]),
        (b"A:1\r\r\nB:2", ["A:1", "B:2"]),
        (b"A:1\r\n 2\r\n\t3\r\n", ["A:123"]),
        (b"A:1\r\n  2", ["A:1 2"]),
        (b"A:1\r\n\r\n 2", ["A:12"]),
        (b"A:\xc3\r\n \xbc", ["A:ü"]),  # folded inside of a letter
        (b"A:a\x00".replace(b"\x00", b"\x07") + b"\xe2\x80\xa8b", ["A:a b"]),
        (b"\r\n\r\n", []),
    ],
)
def test_unfolding(octets: bytes, lines: list[str]) -> None:
    assert unfolded(octets, USUAL) == lines
