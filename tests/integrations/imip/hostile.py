# SPDX-License-Identifier: EUPL-1.2
"""Mails that are to bring their reader down: bombs, lies and garbage, each with what may become of it."""

from __future__ import annotations

from collections.abc import Callable

from tests.integrations.imip.mails import EVENT, alternative, mail, part

#: what becomes of it: read as usual, or a fault
FINE, TOO_LARGE, MALFORMED = "", "too_large", "malformed"


def many_parts(count: int) -> bytes:
    return mail("--b\n\nx\n" * count + "--b--\n", "multipart/mixed; boundary=b")


def nested(depth: int) -> bytes:
    body = part("innermost", "text/plain")
    for number in range(depth):
        body = part(f"--b{number}\n{body}\n--b{number}--\n", f"multipart/mixed; boundary=b{number}")
    return mail(f"--top\n{body}\n--top--\n", "multipart/mixed; boundary=top")


def calendar_of(lines: str) -> bytes:
    return alternative(EVENT.replace("SUMMARY:Lage\n", lines))


HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "10,000 parts": (lambda: many_parts(10_000), {TOO_LARGE}),
    "1,000 deep": (lambda: nested(1_000), {TOO_LARGE}),
    "the same boundary in each depth": (
        lambda: mail(
            part("--b\n" + part("--b\n", "multipart/mixed; boundary=b") * 500, "multipart/mixed; boundary=b"),
            "multipart/mixed; boundary=b",
        ),
        {FINE, TOO_LARGE},
    ),
    "a header of 1 MB": (lambda: mail("x", sender="a" * 1_000_000), {TOO_LARGE}),
    "a folded header of 1 MB": (lambda: mail("x", sender="a\n " * 350_000), {TOO_LARGE}),
    "100,000 headers": (lambda: b"X-A: b\n" * 100_000 + mail("x"), {TOO_LARGE}),
    "a header of 1 MB in a part": (
        lambda: mail("--b\nX-A: " + "a" * 1_000_000 + "\n\nx\n--b--\n", "multipart/mixed; boundary=b"),
        {TOO_LARGE},
    ),
    "a boundary of 100 kB": (
        lambda: mail("--" + "b" * 100_000, "multipart/mixed;\n boundary=" + "b" * 2_000 + "\n " * 3),
        {FINE},
    ),
    "a million lines that look like boundaries": (
        lambda: mail("--b0\n" * 1_000_000, "multipart/mixed; boundary=b"),
        {FINE},
    ),
    "a boundary that means something in a pattern": (
        lambda: mail("--(a+)+$\n\nx\n", 'multipart/mixed; boundary="(a+)+$"'),
        {FINE},
    ),
    "no header at all": (lambda: b"\n\n\n", {FINE}),
    "nothing at all": (lambda: b"", {FINE}),
    "octets of every kind": (lambda: bytes(range(256)) * 4_000, {FINE, TOO_LARGE}),
    "NULs": (
        lambda: alternative(EVENT.replace("Lage", "La\0ge"), sender="An\0na <an\0na@x.example>"),
        {FINE},
    ),
    "a base64 bomb": (
        lambda: mail("QUFB" * 2_000_000, "text/calendar; method=REQUEST\nContent-Transfer-Encoding: base64"),
        {FINE},
    ),
    "base64 that never ends well": (
        lambda: mail("=" * 1_000_000, "text/calendar\nContent-Transfer-Encoding: base64"),
        {FINE},
    ),
    "quoted-printable without end": (
        lambda: mail("=\n" * 1_000_000, "text/calendar\nContent-Transfer-Encoding: quoted-printable"),
        {FINE},
    ),
    "uuencode, which is not read": (
        lambda: mail("begin 644 x\n#0V%T\nend", "text/calendar\nContent-Transfer-Encoding: x-uuencode"),
        {FINE},
    ),
    "encoded words without end": (
        lambda: mail("x", more="".join(f"Subject: {'=?utf-8?q?' * 180}\n" for _ in range(50))),
        {FINE},
    ),
    "encoded words in encoded words": (
        lambda: mail("x", more="Subject: " + "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?= " * 40 + "\n"),
        {FINE},
    ),
    "a codec that takes the square": (
        lambda: mail(
            "x", more="Subject: =?punycode?q?" + "a" * 1_900 + "?=\nX: =?idna?q?" + "a" * 1_900 + "?=\n"
        ),
        {FINE},
    ),
    "a codec that unpacks": (lambda: mail("x", "text/calendar; charset=zlib_codec; method=REQUEST"), {FINE}),
    "20,000 addresses": (lambda: mail("x", to=",\n ".join(["a@b.example"] * 10_000)), {FINE, TOO_LARGE}),
    "comments in comments": (lambda: mail("x", sender="(" * 2_000), {FINE}),
    "comments in comments, folded": (lambda: mail("x", sender=("(" * 1_000 + "\n ") * 100), {FINE}),
    "quotes and angles without end": (lambda: mail("x", to=('"<' * 900 + "\n ") * 60), {FINE}),
    "parameters without end": (
        lambda: mail("x", "multipart/mixed" + ";\n a*0*=''%41" * 900),
        {FINE},
    ),
    "continuations that begin nowhere": (
        lambda: mail("x", "text/plain; name*99999999999999999999=a; name*-1=b; name*=x"),
        {FINE},
    ),
    "charset of a megabyte": (lambda: mail("x", "text/calendar; charset=" + "u" * 1_900), {FINE}),
    "utf-16 that is half a letter": (
        lambda: mail("BEGIN:VCALENDAR\n\x00", "text/calendar; charset=utf-16"),
        {FINE},
    ),
    "zip": (
        lambda: mail("UEsDBBQ=", "application/zip; name=a.ics\nContent-Transfer-Encoding: base64"),
        {FINE},
    ),
    "winmail.dat that is none": (
        lambda: mail("\x78\x9f" * 1000, "application/ms-tnef; name=winmail.dat"),
        {FINE},
    ),
    "S/MIME that is none": (
        lambda: mail(
            "MIAGCSqGSIb3DQEHAqCAMIAC" * 10_000, "application/pkcs7-mime\nContent-Transfer-Encoding: base64"
        ),
        {FINE},
    ),
    "S/MIME within itself": (
        lambda: mail(
            "MIAGCSqGSIb3DQEHAqCAMIACAQExADCABgkqhkiG9w0BBwGggCSABIIAAA==", "application/pkcs7-mime"
        ),
        {FINE},
    ),
    "a report about 100,000 people": (
        lambda: mail(
            "--b\nContent-Type: message/delivery-status\n\n"
            + "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.0.0\n\n" * 100_000
            + "\n--b--\n",
            "multipart/report; report-type=delivery-status; boundary=b",
        ),
        {FINE},
    ),
    "calendar: 10,000 attendees": (lambda: calendar_of("ATTENDEE:mailto:a@b.example\n" * 10_000), {FINE}),
    "calendar: a line of 5 MB": (lambda: calendar_of("SUMMARY:" + "x" * 5_000_000 + "\n"), {FINE}),
    "calendar: 100,000 folds": (lambda: calendar_of("SUMMARY:x" + "\n y" * 100_000 + "\n"), {FINE}),
    "calendar: 1,000 deep": (lambda: alternative("BEGIN:VCALENDAR\n" * 1_000), {FINE}),
    "calendar: parameters without end": (lambda: calendar_of("SUMMARY" + ';X="' * 50_000 + ":x\n"), {FINE}),
    "calendar: each second": (lambda: calendar_of("RRULE:FREQ=SECONDLY;COUNT=1000000000\n"), {FINE}),
    "calendar: a rule that never matches": (
        lambda: calendar_of("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n"),
        {FINE},
    ),
    "calendar: a zone of 10,000 changes": (
        lambda: alternative(
            EVENT.replace(
                "BEGIN:VEVENT",
                "BEGIN:VTIMEZONE\nTZID:x\n"
                + "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
                "RRULE:FREQ=SECONDLY\nEND:STANDARD\n" * 900 + "END:VTIMEZONE\nBEGIN:VEVENT",
            ).replace("DTSTART:", "DTSTART;TZID=x:")
        ),
        {FINE},
    ),
}
