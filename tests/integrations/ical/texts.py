# SPDX-License-Identifier: EUPL-1.2
"""Small calendar texts, put together for a test."""

HOUR = ("DTSTART:20261201T090000Z", "DTEND:20261201T100000Z")


def vevent(*lines: str, uid: str = "1@mv.example", times: tuple[str, ...] = HOUR) -> str:
    """A VEVENT of an hour, with further lines."""
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", *times, *lines, "END:VEVENT"])


def vcalendar(*parts: str) -> bytes:
    """A calendar of these components or lines."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", ""]).encode()


def text(*lines: str, times: tuple[str, ...] = HOUR) -> bytes:
    """A calendar of one event with these lines."""
    return vcalendar(vevent(*lines, times=times))
