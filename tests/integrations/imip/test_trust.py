# SPDX-License-Identifier: EUPL-1.2
"""Whom a mail is believed to be from (R5.5): by what our own gateway wrote into it, and by nothing else."""

from __future__ import annotations

import pytest

from vconf.integrations.imip.dissecting import dissect
from vconf.integrations.imip.shapes import ReadMail, Trust
from vconf.integrations.imip.trust import judge

GATEWAY = "mx.mv.example"


def judged(
    results: str, *, sender: str = "anna@im.mv.example", envelope: str = "", authserv_id: str = GATEWAY
) -> Trust:
    return judge(
        ReadMail(from_address=sender, auth_results=results), envelope or sender, authserv_id=authserv_id
    )


@pytest.mark.parametrize(
    "results",
    [
        f"{GATEWAY}; dmarc=pass header.from=im.mv.example",
        f"{GATEWAY}; dmarc=pass (p=reject dis=none) header.from=im.mv.example",
        f"{GATEWAY} 1; spf=fail smtp.mailfrom=else.example; dmarc=pass action=none header.from=IM.MV.Example",
        f"{GATEWAY}; dkim=pass header.d=im.mv.example header.s=2026",
        # who signs for the domain above may sign for this one
        f"{GATEWAY}; dkim=pass header.d=mv.example",
        # one signature of several is enough
        f"{GATEWAY}; dkim=fail header.d=im.mv.example; dkim=pass header.d=l.example; dkim=pass header.d=im.mv.example",
        f"{GATEWAY}; spf=pass smtp.mailfrom=anna@im.mv.example",
        f"{GATEWAY}; spf=pass smtp.mailfrom=im.mv.example; dkim=none",
        f"{GATEWAY}; dmarc=none header.from=im.mv.example; dkim=pass header.d=im.mv.example",
        f'  "{GATEWAY.upper()}" ; (a comment; with (another) in it) dmarc (x) = pass header.from="im.mv.example"',
    ],
)
def test_a_mail_is_believed_if_the_gateway_found_its_domain_to_be_right(results: str) -> None:
    assert judged(results).believed is True


@pytest.mark.parametrize(
    "results",
    [
        "",
        f"{GATEWAY}; none",
        # another gateway's
        "mx.other.example; dmarc=pass header.from=im.mv.example",
        f"{GATEWAY}.other.example; dmarc=pass header.from=im.mv.example",
        f"not.{GATEWAY}; dmarc=pass header.from=im.mv.example",
        f"({GATEWAY}) other.example; dmarc=pass header.from=im.mv.example",
        f"{GATEWAY} 2; dmarc=pass header.from=im.mv.example",
        # of another domain
        f"{GATEWAY}; dmarc=pass header.from=other.example",
        f"{GATEWAY}; dkim=pass header.d=other.example",
        f"{GATEWAY}; dkim=pass header.d=notmv.example",
        f"{GATEWAY}; spf=pass smtp.mailfrom=anna@other.example",
        # one below is somebody else's, and one alone is everybody's
        f"{GATEWAY}; dkim=pass header.d=evil.im.mv.example",
        f"{GATEWAY}; dkim=pass header.d=example",
        f"{GATEWAY}; dkim=pass header.d=",
        # which domain, it does not say
        f"{GATEWAY}; dmarc=pass",
        f"{GATEWAY}; dkim=pass header.i=anna@im.mv.example",
        f"{GATEWAY}; spf=pass smtp.helo=im.mv.example",
        # it failed
        f"{GATEWAY}; dmarc=fail header.from=im.mv.example",
        f"{GATEWAY}; dmarc=fail header.from=im.mv.example; dkim=pass header.d=im.mv.example",
        f"{GATEWAY}; dmarc=temperror header.from=im.mv.example; spf=pass smtp.mailfrom=im.mv.example",
        f"{GATEWAY}; dkim=neutral header.d=im.mv.example; spf=softfail smtp.mailfrom=im.mv.example",
        f"{GATEWAY}; dkim=passed-on header.d=mv.example; spf=hardpass smtp.mailfrom=im.mv.example",
        # what the mail had written into comments, quotes and reasons
        f"{GATEWAY}; spf=fail (dkim=pass header.d=im.mv.example) smtp.mailfrom=x.example",
        f"{GATEWAY}; spf=fail (; dkim=pass header.d=im.mv.example;) smtp.mailfrom=x.example",
        f'{GATEWAY}; spf=fail smtp.mailfrom="; dkim=pass header.d=im.mv.example"',
        f'{GATEWAY}; dkim=pass reason="header.d=im.mv.example" header.d=x.example',
        f"{GATEWAY}; dkim=pass reason=header.d=im.mv.example header.d=x.example",
        f'{GATEWAY}; dkim=pass x="a header.d=im.mv.example" header.d=x.example',
        f"{GATEWAY}; dkim=pass reason = header.d=im.mv.example header.d=x.example",
        f"{GATEWAY}; dkim=pass header.d=x.example header.d=im.mv.example",
        f'{GATEWAY}; spf=fail smtp.helo="\\"; dkim=pass header.d=im.mv.example',
        f'{GATEWAY}; dkim=pass header.d=im.mv.example reason="never closed',
        f"{GATEWAY}; spf=fail (never closed; dkim=pass header.d=im.mv.example",
    ],
)
def test_anything_else_is_not(results: str) -> None:
    assert judged(results).believed is False


def test_spf_of_another_sender_than_the_one_at_the_door_is_of_another_mail() -> None:
    results = f"{GATEWAY}; spf=pass smtp.mailfrom=anna@im.mv.example"

    assert judged(results, envelope="mallory@evil.example").believed is False


@pytest.mark.parametrize("local", ["x;dmarc=pass header.from=im.mv.example y", '"x;dmarc=pass"', "x\\;y"])
def test_a_sender_at_the_door_that_could_write_results_makes_nobody_believed(local: str) -> None:
    written = f"{GATEWAY}; spf=pass smtp.mailfrom={local}@else.example; dmarc=pass header.from=im.mv.example"
    assert judged(written, envelope=f"{local}@else.example").believed is False


@pytest.mark.parametrize(
    "results",
    [
        f"{GATEWAY}; spf=pass smtp.helo=x;dmarc=pass@else.example header.from=im.mv.example",
        f"{GATEWAY}; spf=pass smtp.helo=x;dmarc=pass header.from=im.mv.example; dmarc=none header.from=im.mv.example",
    ],
)
def test_a_result_that_is_none_or_contradicted_makes_nobody_believed(results: str) -> None:
    assert judged(results).believed is False


def test_without_the_name_of_a_gateway_nobody_is_believed() -> None:
    assert judged("; dmarc=pass header.from=im.mv.example", authserv_id="").believed is False


def test_in_the_demo_everybody_is_but_for_a_from_that_is_none() -> None:
    read = ReadMail(from_address="anna@im.mv.example")

    assert judge(read, "", authserv_id="", everybody=True) == Trust(True, "anna@im.mv.example", "demo")
    assert judge(ReadMail(), "", authserv_id="", everybody=True).believed is False


@pytest.mark.parametrize(
    "headers",
    [
        # ours is the topmost; the other came with the mail
        f"Authentication-Results: {GATEWAY}; dmarc=fail header.from=im.mv.example\n"
        f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=im.mv.example\nFrom: anna@im.mv.example",
        # not our gateway's, though it looks so
        f"Authentication-Results: evil.example; x=({GATEWAY})\n ; dmarc=pass header.from=im.mv.example\n"
        "From: anna@im.mv.example",
        # two Froms, two addresses, a From that reads in two ways
        f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=im.mv.example\n"
        "From: anna@im.mv.example\nFrom: mallory@im.mv.example",
        f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=im.mv.example\n"
        "From: anna@im.mv.example, mallory@im.mv.example",
        f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=im.mv.example\n"
        "From: anna@im.mv.example <mallory@im.mv.example>",
        f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=im.mv.example\n"
        "From: <anna@im.mv.example> <mallory@im.mv.example>",
        f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=im.mv.example\nTo: x@im.mv.example",
    ],
)
def test_forged_headers_make_nobody_believed(headers: str) -> None:
    found = dissect(f"{headers}\n\nHello".encode(), authserv_id=GATEWAY)
    read = ReadMail(from_address=found["from_address"], auth_results=found["auth_results"])

    assert judge(read, "", authserv_id=GATEWAY).believed is False


def test_a_folded_header_of_ours_below_that_of_another_server_counts() -> None:
    headers = (
        "Authentication-Results: inner.mv.example; auth=pass\r\n"
        f"authentication-results: (ours)\r\n\t{GATEWAY} 1;\r\n\tdmarc=pass (p=none)\r\n  header.from=im.mv.example\r\n"
        "From: =?utf-8?q?Anna_=22x=40evil.example=22?= <Anna@IM.mv.example>\r\n\r\n"
    )
    found = dissect(headers.encode(), authserv_id=GATEWAY)
    read = ReadMail(from_address=found["from_address"], auth_results=found["auth_results"])

    assert judge(read, "", authserv_id=GATEWAY) == Trust(True, "anna@im.mv.example", "dmarc")
