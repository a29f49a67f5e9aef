# SPDX-License-Identifier: EUPL-1.2
"""How much of a calendar text is looked at (R5.1). Checked on the octets, before anything is read into values."""

from dataclasses import dataclass

from django.conf import settings

from vconf.integrations.ical.invalid import DATA, InvalidCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one object may have of each; one more is refused.

    octets: of the text. lines: content lines, blank ones included; a folded line is one. line: octets of an unfolded
    line. depth: components within each other, VCALENDAR included. attendees: of one component. dates: values of RDATE
    or EXDATE. dressing: octets of what is kept for the owner.
    """

    octets: int = 1_048_576
    lines: int = 5_000
    line: int = 262_144
    depth: int = 5
    components: int = 2_000
    attendees: int = 500
    dates: int = 2_000
    overrides: int = 750
    parameters: int = 50
    dressing: int = 262_144


#: series as long as the installation's horizon, and as many dates left out again
USUAL = Limits(dates=2 * settings.VCONF_HORIZON_DATES, overrides=settings.VCONF_HORIZON_DATES)


def unfolded(octets: bytes, limits: Limits) -> list[str]:
    """The content lines of the text, unfolded (RFC 5545, 3.1), without blank ones.

    Lines may end in CRLF or LF and be folded inside a letter. Control characters vanish, and so do the line ends that
    only some readers know: nothing here may become a line elsewhere.

    :raises InvalidCalendar: `max-resource-size` or `valid-calendar-data`
    """
    if len(octets) > limits.octets:
        raise InvalidCalendar("max-resource-size", f"more than {limits.octets} octets")
    octets = octets.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in octets:
        raise InvalidCalendar(DATA, "not UTF-8 text")
    # every step below is one pass over the octets, whatever they are
    octets = octets.replace(b"\r", b"")
    lines = octets.count(b"\n") - octets.count(b"\n ") - octets.count(b"\n\t")
    if lines > limits.lines:
        raise InvalidCalendar("max-resource-size", f"more than {limits.lines} lines")
    while b"\n\n" in octets:
        octets = octets.replace(b"\n\n", b"\n")
    whole = octets.replace(b"\n ", b"").replace(b"\n\t", b"").split(b"\n")
    if any(len(line) > limits.line for line in whole):
        raise InvalidCalendar("max-resource-size", f"a line of more than {limits.line} octets")
    try:
        return [_plain(line.decode()) for line in whole if line]
    except UnicodeDecodeError as error:
        raise InvalidCalendar(DATA, "not UTF-8 text") from error


#: C0 but tab, DEL, C1 but NEL
_DROPPED = [*range(0x00, 0x09), *range(0x0E, 0x1C), 0x1F, *range(0x7F, 0x85), *range(0x86, 0xA0)]
_LINE_ENDS = [0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029]
_TABLE: dict[int, str | None] = {**dict.fromkeys(_DROPPED), **dict.fromkeys(_LINE_ENDS, " ")}


def _plain(line: str) -> str:
    return line if line.isprintable() else line.translate(_TABLE)
