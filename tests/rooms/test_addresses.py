# SPDX-License-Identifier: EUPL-1.2
"""Addresses of conference servers."""

from __future__ import annotations

import pytest
from django.test import override_settings

from vconf.errors import Invalid
from vconf.rooms.addresses import checked_base_url


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("https://bbb.example/bigbluebutton/api/", "https://bbb.example/bigbluebutton/api/"),
        ("  https://BBB.example/bigbluebutton/api// ", "https://bbb.example/bigbluebutton/api/"),
        ("https://bbb.example/bigbluebutton/", "https://bbb.example/bigbluebutton/api/"),
        ("https://bbb.example:8443", "https://bbb.example:8443/"),
        ("https://10.1.2.3/bigbluebutton/api", "https://10.1.2.3/bigbluebutton/api/"),
        ("https://[2001:db8::1]:444/x", "https://[2001:db8::1]:444/x/"),
    ],
)
@override_settings(VCONF_DEMO=False)
def test_one_spelling(entered: str, kept: str) -> None:
    assert checked_base_url(entered, kind="bigbluebutton") == kept
    assert checked_base_url(kept, kind="bigbluebutton") == kept


def test_only_bigbluebuttons_address_is_completed() -> None:
    assert (
        checked_base_url("https://x.example/bigbluebutton", kind="jitsi", path_allowed=True)
        == "https://x.example/bigbluebutton/"
    )


def test_jitsis_page_stands_at_the_top_of_its_host() -> None:
    assert checked_base_url("https://Meet.example", kind="jitsi") == "https://meet.example/"
    with pytest.raises(Invalid):
        checked_base_url("https://meet.example/a-room", kind="jitsi")


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "bbb.example",
        "ftp://bbb.example/",
        "https://",
        "https://user:password@bbb.example/",
        "https://user@bbb.example/",
        "https://bbb.example/?checksum=1",
        "https://bbb.example/#top",
        "https://bbb.example:port/",
        "https://bbb.example/a b",
        "https://[::1/",
        "https://bücher.example/",
    ],
)
def test_what_is_no_address(entered: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_base_url(entered, kind="bigbluebutton")

    assert list(refused.value.fields) == ["base_url"]
    assert not entered or entered not in str(refused.value.fields["base_url"][0])


@pytest.mark.parametrize(
    "entered",
    [
        "http://bbb.example/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://127.9.9.9/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://0.0.0.0/",
        "https://169.254.169.254/",
    ],
)
def test_plain_http_and_this_machine_are_for_the_demo_only(entered: str) -> None:
    with override_settings(VCONF_DEMO=True):
        assert checked_base_url(entered, kind="bigbluebutton") == entered

    with override_settings(VCONF_DEMO=False), pytest.raises(Invalid):
        checked_base_url(entered, kind="bigbluebutton")
