# SPDX-License-Identifier: EUPL-1.2
"""A mail taken apart: which part is the calendar, what it says in which charset, and what else a mail may be."""

from __future__ import annotations

import base64
import quopri
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from tests.certificates import signed_by_itself
from tests.integrations.imip.mails import EVENT, alternative, mail, part, winmail
from vconf.integrations.imip.dissecting import dissect
from vconf.integrations.imip.headers import address_in, addresses_in, parameters, words


def read(octets: bytes) -> dict[str, Any]:
    return dissect(octets, authserv_id="mx.mv.example")


# --- which part --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_calendar_part_of_an_ordinary_invitation_is_found(line_end: str) -> None:
    found = read(alternative(EVENT).replace(b"\n", line_end.encode()))

    assert found["kind"] == "itip"
    assert found["method_param"] == "REQUEST"
    assert found["calendar"].replace("\r\n", "\n").strip() == EVENT.strip()
    assert found["from_address"] == "anna@im.mv.example"


def test_a_mail_that_is_nothing_but_a_calendar_is_one_too() -> None:
    found = read(mail(EVENT, "text/calendar; method=request; charset=utf-8"))

    assert (found["kind"], found["method_param"]) == ("itip", "REQUEST")


def test_the_part_that_names_its_method_is_taken_before_an_attached_copy() -> None:
    copy = part(EVENT.replace("REQUEST", "PUBLISH"), "application/ics; name=invite.ics")
    wanted = part(EVENT, 'text/calendar; charset="UTF-8"; method=REQUEST')

    found = read(mail(f"--b\n{copy}\n--b\n{wanted}\n--b--\n", "multipart/mixed; boundary=b"))

    assert "METHOD:REQUEST" in found["calendar"]


def test_of_two_calendar_parts_the_first_is_taken_and_the_other_is_not_looked_at() -> None:
    first, second = (part(EVENT.replace("Lage", title), "text/calendar; method=REQUEST") for title in "AB")

    found = read(mail(f"--b\n{first}\n--b\n{second}\n--b--\n", "multipart/mixed; boundary=b"))

    assert "SUMMARY:A" in found["calendar"]


@pytest.mark.parametrize(
    "headers",
    [
        "application/ics; name=invite.ics",
        "application/octet-stream; name=Termin.ICS",
        "application/octet-stream\nContent-Disposition: attachment; filename*=utf-8''invite%2Eics",
        'application/octet-stream\nContent-Disposition: attachment; filename*0="invi"; filename*1="te.ics"',
        "text/plain; name=x\nContent-Disposition: attachment; filename=a.ics",
    ],
)
def test_an_attached_file_will_do_if_there_is_nothing_better(headers: str) -> None:
    attached = part(EVENT, headers)

    assert read(mail(f"--b\n{attached}\n--b--\n", "multipart/mixed; boundary=b"))["kind"] == "itip"


def test_parts_are_searched_however_gateways_wrapped_them() -> None:
    inner = alternative(EVENT).decode().partition("\n\n")[2]
    wrapped = part(inner, "multipart/alternative; boundary=alt")
    banner = part("Caution: from outside", "text/plain")
    for number in range(8):
        wrapped = part(
            f"--w{number}\n{banner}\n--w{number}\n{wrapped}\n--w{number}--\n",
            f"multipart/mixed; boundary=w{number}",
        )
    signature = part("c2ln", "application/pkcs7-signature; name=smime.p7s")

    found = read(
        mail(
            f"--s\n{wrapped}\n--s\n{signature}\n--s--\n",
            'multipart/signed; protocol="application/pkcs7-signature"; boundary=s',
        )
    )

    assert found["kind"] == "itip"


def test_an_invitation_in_a_forwarded_mail_was_not_sent_to_us() -> None:
    forwarded = part(alternative(EVENT).decode(), "message/rfc822")

    assert read(mail(f"--b\n{forwarded}\n--b--\n", "multipart/mixed; boundary=b"))["kind"] == "plain"


def test_a_mail_whose_end_was_cut_off_is_read_as_far_as_it_goes() -> None:
    assert read(alternative(EVENT).rpartition(b"--alt--")[0])["kind"] == "itip"


# --- charsets and encodings ----------------------------------------------------------------------------------

UMLAUTS = EVENT.replace("Lage", "Größe")


@pytest.mark.parametrize(
    ("octets", "charset"),
    [
        (UMLAUTS.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + UMLAUTS.encode(), "utf-8"),
        (UMLAUTS.encode("latin-1"), "iso-8859-1"),
        (UMLAUTS.encode("cp1252"), "windows-1252"),
        (UMLAUTS.encode("utf-16"), "utf-16"),
        # lies, and names that are none
        (UMLAUTS.encode("cp1252"), "utf-8"),
        (UMLAUTS.encode(), "us-ascii"),
        (UMLAUTS.encode(), "utf-16"),
        (UMLAUTS.encode(), "x-unknown"),
        (UMLAUTS.encode(), "unicode_escape"),
        (UMLAUTS.encode(), "../../etc/passwd"),
        (UMLAUTS.encode(), ""),
    ],
)
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_the_text_is_right_whatever_charset_it_claims(octets: bytes, charset: str, encoding: str) -> None:
    body = {
        "8bit": lambda: octets,
        "base64": lambda: base64.encodebytes(octets),
        "quoted-printable": lambda: quopri.encodestring(octets),
    }[encoding]()
    head = f"From: a@b.example\nContent-Type: text/calendar; charset={charset}\n"
    head += f"Content-Transfer-Encoding: {encoding}\n\n"

    assert "SUMMARY:Größe" in read(head.encode() + body)["calendar"]


def test_what_is_no_calendar_though_it_says_so_is_passed_over() -> None:
    assert read(mail("Hello", "text/calendar; method=REQUEST"))["kind"] == "plain"


# --- other kinds ---------------------------------------------------------------------------------------------


def test_outlooks_own_format_is_recognised() -> None:
    assert read(winmail())["kind"] == "tnef"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
        "application/x-pkcs7-mime; smime-type=authEnveloped-data",
    ],
)
def test_encrypted_mails_are_recognised(content_type: str) -> None:
    assert read(mail("MIIB", content_type))["kind"] == "encrypted"


def test_an_invitation_within_an_opaque_signature_is_found() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = signed_by_itself(key, name="Anna")
    signed = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(part(EVENT, "text/calendar; method=REQUEST").encode())
        .add_signer(certificate, key, hashes.SHA256())
        .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    )
    body = base64.encodebytes(signed).decode()

    found = read(
        mail(body, "application/pkcs7-mime; smime-type=signed-data\nContent-Transfer-Encoding: base64")
    )

    assert (found["kind"], found["method_param"]) == ("itip", "REQUEST")


def test_a_delivery_report_tells_whom_it_did_not_reach_and_why() -> None:
    status = part(
        "Reporting-MTA: dns; mx.example\n\nOriginal-Recipient: rfc822;Gone@else.example\n"
        "Final-Recipient: rfc822; x@else.example\nAction: Failed\nStatus: 5.1.1 (no such user)\n"
        "Diagnostic-Code: smtp; 550 5.1.1\n no such user\n",
        "message/delivery-status",
    )
    words_ = part("It did not arrive.", "text/plain")
    original = part(alternative(EVENT).decode(), "message/rfc822")

    found = read(
        mail(
            f"--b\n{words_}\n--b\n{status}\n--b\n{original}\n--b--\n",
            "multipart/report; report-type=delivery-status; boundary=b",
        )
    )

    assert found["kind"] == "dsn"
    assert found["dsn"] == [("gone@else.example", "failed", "5.1.1", "smtp; 550 5.1.1 no such user")]


# --- headers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("anna@im.mv.example", "anna@im.mv.example"),
        ("<Anna@IM.MV.example>", "anna@im.mv.example"),
        ('"Muster, Anna" <anna@im.mv.example>', "anna@im.mv.example"),
        ('"evil@else.example" <anna@im.mv.example>', "anna@im.mv.example"),
        ("=?utf-8?B?QW5uYSBNw7xsbGVy?= <anna@im.mv.example>", "anna@im.mv.example"),
        ("anna@im.mv.example (Anna (in Schwerin))", "anna@im.mv.example"),
        ("Anna O\\'Hara <anna@im.mv.example>", "anna@im.mv.example"),
        # none, several, or broken
        ("", ""),
        ("Anna", ""),
        ("a@x.example, b@x.example", ""),
        ("a@x.example <b@x.example>", ""),
        ("<a@x.example> <b@x.example>", ""),
        ('"never closed <a@x.example>', ""),
        ("(never closed a@x.example", ""),
        ("<a@x.example", ""),
        ("a@b@x.example", ""),
        ("undisclosed-recipients:;", ""),
        ('"quoted"@x.example', ""),
        ("a\udc80@x.example", ""),
        ("a\x01@x.example", ""),
    ],
)
def test_an_address_is_read_only_if_there_is_one_way_to_read_it(value: str, address: str) -> None:
    assert address_in(value) == address


def test_who_says_to_be_two_senders_is_nobody() -> None:
    """Programs differ in which of them they show."""
    assert read(mail("x", more="From: bernd@im.mv.example\n"))["from_address"] == ""


VERDICT = "mx.mv.example; dmarc={} header.from=im.mv.example"


@pytest.mark.parametrize(
    "above",
    [
        [VERDICT.format("fail")],
        ["mx.else.example; dmarc=none", VERDICT.format("fail")],
        [VERDICT.format("fail").replace("mx.mv.example;", "(mx.else.example;)\n MX.mv.example (ours) ;")],
    ],
)
def test_of_our_gateways_results_the_topmost_count_and_those_below_came_with_the_mail(
    above: list[str],
) -> None:
    written = [*above, VERDICT.format("pass")]

    found = read(mail("x", more="".join(f"Authentication-Results: {one}\n" for one in written)))

    assert "dmarc=fail" in found["auth_results"]


@pytest.mark.parametrize("name", ["mx.mv.example", '""', ""])
def test_without_a_gateway_nobodys_results_are_read(name: str) -> None:
    octets = mail("x", more=f"Authentication-Results: {name}; dmarc=pass header.from=im.mv.example\n")

    assert dissect(octets, authserv_id="")["auth_results"] == ""


def test_lists_of_addresses_are_read_as_far_as_they_can_be() -> None:
    value = 'Team: a@x.example, "B, b" <B@x.example>, broken, c@x.example; d@x.example'

    assert addresses_in(value, most=10) == ["b@x.example", "c@x.example", "d@x.example"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?Q?_aus_Schwerin?=", "Grüße aus Schwerin"),
        ("=?utf-8?B?not base64?=", "=?utf-8?B?not base64?="),
        ("=?zlib?Q?x?=", "x"),
        ("a\r\nBcc: b\0c\x1b[2J", "a  Bcc: b c [2J"),
    ],
)
def test_encoded_words_are_read_and_control_characters_are_not(value: str, text: str) -> None:
    assert words(value) == text


def test_parameters_may_be_continued_extended_and_quoted() -> None:
    value = 'a/B; Method=REQUEST; x="a;\\"b"; name*0*=utf-8\'\'%C3%84; name*1=b; method=CANCEL; broken; =y'

    assert parameters(value) == ("a/b", {"method": "REQUEST", "x": 'a;"b', "name": "Äb"})
