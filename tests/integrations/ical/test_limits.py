# SPDX-License-Identifier: EUPL-1.2
"""What is too much, or no text at all: refused by name, and never looked into (R5.1, R5.2)."""

import pytest

from tests.integrations.ical import fuzz
from tests.integrations.ical.texts import text, vcalendar, vevent
from vconf.integrations.ical.parse import InvalidCalendar, Limits, read_object


def refusal(octets: bytes, limits: Limits | None = None) -> str:
    """The precondition that refuses the text, "" if it is taken."""
    try:
        read_object(octets, limits=limits or Limits())
    except InvalidCalendar as refused:
        return refused.precondition
    return ""


def override(day: int) -> str:
    at = f"202612{day:02}T090000Z"
    return vevent(f"RECURRENCE-ID:{at}", times=(f"DTSTART:{at}",))


SIZE = len(text())

# each limit with a text that just meets it, and one that has one more
CASES = [
    (Limits(octets=SIZE), text(), text("X:"), "max-resource-size"),
    (Limits(lines=8), text(), text("X:1"), "max-resource-size"),
    (Limits(lines=8), text(), text().replace(b"\r\nUID", b"\r\n\r\nUID"), "max-resource-size"),
    (Limits(line=100), text("X:" + "é" * 49), text("X:" + "é" * 49 + "x"), "max-resource-size"),
    (
        Limits(line=100),
        text("X:" + "\r\n 1234567890" * 9),
        text("X:" + "\r\n 1234567890" * 10),
        "max-resource-size",
    ),
    (
        Limits(depth=3),
        text("BEGIN:VALARM", "END:VALARM"),
        text("BEGIN:VALARM", "BEGIN:X-A", "END:X-A", "END:VALARM"),
        "valid-calendar-data",
    ),
    (
        Limits(components=3),
        text("BEGIN:VALARM", "END:VALARM"),
        text(*["BEGIN:VALARM", "END:VALARM"] * 2),
        "valid-calendar-data",
    ),
    (
        Limits(attendees=2),
        vcalendar(vevent(*["ATTENDEE:mailto:a@b.example"] * 2)),
        vcalendar(vevent(*["ATTENDEE:mailto:a@b.example"] * 3)),
        "max-attendees-per-instance",
    ),
    (
        Limits(attendees=2),
        vcalendar(vevent(*["ATTEND\r\n EE:mailto:a@b.example"] * 2)),
        vcalendar(vevent(*["ATTEND\r\n EE:mailto:a@b.example"] * 3)),
        "max-attendees-per-instance",
    ),
    (
        Limits(dates=2),
        text("EXDATE:20261208T090000Z,20261215T090000Z"),
        text("EXDATE:20261208T090000Z,20261215T090000Z", "EXDATE:20261222T090000Z"),
        "max-instances",
    ),
    (
        Limits(dates=2),
        text("RDATE:20261208T090000Z,20261215T090000Z"),
        text("RDATE:20261208T090000Z", "RDATE:20261215T090000Z,20261222T090000Z"),
        "max-instances",
    ),
    (
        Limits(overrides=2),
        vcalendar(vevent("RRULE:FREQ=DAILY"), override(2), override(3)),
        vcalendar(vevent("RRULE:FREQ=DAILY"), override(2), override(3), override(4)),
        "max-instances",
    ),
    (Limits(parameters=2), text("X-A;A=1;B=2:c"), text("X-A;A=1;B=2;C=3:c"), "valid-calendar-data"),
    (Limits(parameters=2), text('X-A;A="1"x;B=2:c'), text('X-A;A="1"x;B=2;C=3:c'), "valid-calendar-data"),
    (
        Limits(dressing=41),
        text("X-A:" + "1" * 10),
        text("X-A:" + "1" * 11),
        "max-resource-size",
    ),
]


@pytest.mark.parametrize(("limits", "enough", "more", "precondition"), CASES)
def test_as_much_as_allowed_is_taken_and_one_more_is_refused(
    limits: Limits, enough: bytes, more: bytes, precondition: str
) -> None:
    assert refusal(enough, limits) == ""
    assert refusal(more, limits) == precondition


# Each of these takes minutes, or gigabytes, in a reader that goes over a text more than once for each of its lines.
MEGABYTE = 2**20
BOMBS = {
    "nothing": (b"", "valid-calendar-data"),
    "blank lines": (b"\n" * MEGABYTE, "max-resource-size"),
    "blank lines, CRLF": (b"\r\n" * (MEGABYTE // 2), "max-resource-size"),
    "carriage returns": (b"\r" * MEGABYTE, "valid-calendar-data"),
    "folds": (b"BEGIN:VCALENDAR" + b"\r\n " * (MEGABYTE // 3 - 20), "valid-calendar-data"),
    "folds of folds": (b"BEGIN:VCALENDAR" + b"\n \n\t" * (MEGABYTE // 4 - 20), "valid-calendar-data"),
    "a long line": (b"X:" + b"1" * (MEGABYTE - 2), "max-resource-size"),
    "components": (b"BEGIN:VCALENDAR\n" * 4_000, "valid-calendar-data"),
    "ends": (b"END:VCALENDAR\n" * 4_000, "valid-calendar-data"),
    "quotes": (text('X-A;B="' + '"' * 200_000), "valid-calendar-data"),
    "parameters": (text("X-A" + ";B=1" * 60_000 + ":c"), ""),
    "empty parameters": (text("X-A" + ";" * 200_000 + ":c"), ""),
    "values of a parameter": (text("X-A;B=" + "," * 100_000 + ":c"), ""),
    "white space": (text("X-A;B" + " " * 200_000 + "=1:c"), ""),
    "white space before a name": (text(";" + " " * 200_000), "valid-calendar-data"),
    "mailto": (text("ATTENDEE;CN=" + ":mailto:" * 30_000), ""),
    "marks": (text("DESCRIPTION:" + "~" * 250_000), ""),
    "beginnings of marks": (text("DESCRIPTION:" + ("~" * 12 + " vconf " + "~" * 12 + "\\n") * 7_000), ""),
    "almost marks": (text("DESCRIPTION:" + ("~" * 12 + " " * 200) * 1_000), ""),
    "tags": (text("X-ALT-DESC:" + "<" * 250_000), ""),
    "styles": (text("X-ALT-DESC:" + "<style>" * 35_000), ""),
    "backslashes": (text("DESCRIPTION:" + "\\" * 250_000), ""),
    "carets": (text("X-A;B=" + "^" * 200_000 + ":c"), ""),
    "attendees": (text(*["ATTENDEE:mailto:a@b.example"] * 4_000), "max-attendees-per-instance"),
    "dates": (text("EXDATE:" + "20261208T090000Z," * 15_000 + "20261208T090000Z"), "max-instances"),
    "NUL": (text("X-A:\0"), "valid-calendar-data"),
    "no UTF-8": (text("X-A:").replace(b"X-A:", b"X-A:\xe4\xf6\xfc"), "valid-calendar-data"),
    "UTF-16": (text().decode().encode("utf-16"), "valid-calendar-data"),
    "surrogates": (text("X-A:").replace(b"X-A:", b"X-A:\xed\xa0\x80"), "valid-calendar-data"),
    "endless numbers": (text("DURATION:P" + "9" * 200_000 + "D", "SEQUENCE:" + "9" * 200_000), ""),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_text_made_to_be_slow_is_not(bomb: str) -> None:
    octets, precondition = BOMBS[bomb]

    assert len(octets) <= MEGABYTE + 2
    assert refusal(octets) == precondition


def test_a_byte_order_mark_is_no_letter() -> None:
    assert read_object(b"\xef\xbb\xbf" + text()).uid == "1@mv.example"


def test_whatever_comes_in_an_object_or_a_refusal_comes_out() -> None:
    """A short run of `make fuzz`, always the same."""
    outcomes = fuzz.run(seed=20261201, most=400)

    assert outcomes.total() == 400
    assert {"taken", "valid-calendar-data", "valid-calendar-object-resource"} <= outcomes.keys()
