# SPDX-License-Identifier: EUPL-1.2
"""The wire: signatures, addresses, XML, and the errors that answers stand for."""

import logging
import traceback
from xml.etree.ElementTree import fromstring

import pytest

from tests.simulator_fixture import SimulatorProcess
from vconf.integrations.conferencing.bigbluebutton.client import (
    Answer,
    BigBlueButtonClient,
    checksum,
    parse,
    refusal,
)
from vconf.integrations.conferencing.port import (
    BackendError,
    MeetingFull,
    MeetingNotFound,
    Misbehaving,
    NotSupported,
    RequestRefused,
    ServerAccess,
    ServerBusy,
    WrongSecret,
)
from vconf.integrations.conferencing.transport import normalise_base_url

BASE = "https://bbb.example.org/bigbluebutton/api/"


def client(secret: str = "SECRET", algorithm: str = "sha256", base_url: str = BASE) -> BigBlueButtonClient:
    return BigBlueButtonClient(
        ServerAccess(
            kind="bigbluebutton",
            base_url=base_url,
            secret=secret,
            checksum_algorithm=algorithm,
            allow_http=True,
        )
    )


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("sha1", "071215928f549cd0416104448a3bf930ae6e6af5"),
        ("sha256", "35bccab8329e1a419c9312632495f69203bbf18eeb62bf4429ac0419c69b5c6a"),
        (
            "sha384",
            "c73fb10d0737fe5f49e72fa252f7812d1ce3eb2710eb811a8726e0e752daece0be06d8bb3c9db2a3832644a7f78f2588",
        ),
        (
            "sha512",
            "92030790f0160f4d43dda73a2463935acfc64669dd791cd6670d2d9319caca6a"
            "62509a68fedc78d14bcf97357f9ee4b1aaff24d048c57ed257bedf918090f0ff",
        ),
    ],
)
def test_checksum_vectors(algorithm: str, expected: str) -> None:
    assert checksum("create", "name=Test&meetingID=m1", "SECRET", algorithm) == expected
    assert client(algorithm=algorithm).signed_url("create", [("name", "Test"), ("meetingID", "m1")]) == (
        f"{BASE}create?name=Test&meetingID=m1&checksum={expected}"
    )


def test_checksum_vector_of_the_documentation() -> None:
    signed = checksum(
        "create",
        "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444",
        "639259d4-9dd8-4b25-bf01-95f9567eaf4b",
        "sha1",
    )

    assert signed == "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"


def test_call_without_parameters() -> None:
    signature = checksum("getMeetings", "", "SECRET", "sha256")

    assert client().signed_url("getMeetings", []) == f"{BASE}getMeetings?checksum={signature}"


def test_any_text_arrives_as_it_was_signed(simulator: SimulatorProcess) -> None:
    odd = "~*'()!$&+/?#%[]|{}\"<>\\^` %7e%2F äöüß \u202e \U0001f600 a+b c=d;e"
    speaking = client(simulator.secret, base_url=simulator.base_url)

    speaking.call("create", [("meetingID", "m-1"), ("name", odd), ("meta_odd", odd)])

    info = speaking.call("getMeetingInfo", [("meetingID", "m-1")])
    assert info.text("meetingName") == odd
    assert info.texts_below("metadata") == {"odd": odd}


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_every_algorithm_is_understood(simulator: SimulatorProcess, algorithm: str) -> None:
    speaking = client(simulator.secret, algorithm, simulator.base_url)

    assert speaking.call("getMeetings").message_key == "noMeetings"


def test_refused_algorithm_looks_like_a_wrong_secret() -> None:
    hardened = SimulatorProcess(options=["--algorithm", "sha512"])
    hardened.start()
    try:
        with pytest.raises(WrongSecret):
            client(hardened.secret, "sha256", hardened.base_url).call("getMeetings")
        client(hardened.secret, "sha512", hardened.base_url).call("getMeetings")
    finally:
        hardened.stop()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://bbb.example.org/bigbluebutton/api", BASE),
        (" https://BBB.Example.org/bigbluebutton/api/ ", BASE),
        ("https://bbb.example.org:8443/x/", "https://bbb.example.org:8443/x/"),
        ("https://müritz.example/bigbluebutton/api/", "https://xn--mritz-kva.example/bigbluebutton/api/"),
        ("https://[::1]/bigbluebutton/api/", "https://[::1]/bigbluebutton/api/"),
    ],
)
def test_base_is_used_as_it_goes_over_the_wire(given: str, used: str) -> None:
    assert normalise_base_url(given, allow_http=False) == used


@pytest.mark.parametrize(
    "given",
    [
        "",
        "bbb.example.org/bigbluebutton/api/",
        "http://bbb.example.org/bigbluebutton/api/",
        "ftp://bbb.example.org/",
        "file:///etc/passwd",
        "https://",
        "https://user:password@bbb.example.org/",
        "https://bbb.example.org/?a=1",
        "https://bbb.example.org/#a",
        "https://[::1/",
        "https://bbb.example.org:99999/",
        "https://*.example.org/",
    ],
)
def test_what_is_no_base(given: str) -> None:
    with pytest.raises(RequestRefused) as caught:
        normalise_base_url(given, allow_http=False)

    assert (caught.value.code, caught.value.permanent) == ("invalid_access", True)


def test_unknown_algorithm_is_refused_at_once() -> None:
    with pytest.raises(RequestRefused):
        client(algorithm="md5")


def test_too_long_address_is_never_sent(simulator: SimulatorProcess) -> None:
    with pytest.raises(RequestRefused) as caught:
        client(simulator.secret, base_url=simulator.base_url).call("create", [("welcome", "x" * 9_000)])

    assert (caught.value.code, caught.value.maybe_done) == ("url_too_long", False)


# Answers


def test_success_with_a_message_key_is_success(simulator: SimulatorProcess) -> None:
    speaking = client(simulator.secret, base_url=simulator.base_url)
    speaking.call("create", [("meetingID", "m-1"), ("name", "Lage")])

    assert speaking.call("create", [("meetingID", "m-1"), ("name", "Lage")]).message_key == "duplicateWarning"


def failed(key: str) -> bytes:
    return f"<response><returncode>FAILED</returncode><messageKey>{key}</messageKey></response>".encode()


@pytest.mark.parametrize(
    ("key", "kind", "code"),
    [
        ("checksumError", WrongSecret, "wrong_secret"),
        ("notFound", MeetingNotFound, "meeting_not_found"),
        ("invalidMeetingIdentifier", MeetingNotFound, "meeting_not_found"),
        ("meetingForciblyEnded", MeetingNotFound, "meeting_ended"),
        ("mismatchCreateTimeParam", MeetingNotFound, "stale_incarnation"),
        ("maxParticipantsReached", MeetingFull, "meeting_full"),
        ("idNotUnique", RequestRefused, "id_not_unique"),
        ("guestDeny", RequestRefused, "guest_denied"),
        ("unsupportedRequest", NotSupported, "not_supported"),
        ("sizeError", RequestRefused, "request_refused"),
        ("neverHeardOf", RequestRefused, "request_refused"),
        ("", RequestRefused, "request_refused"),
    ],
)
def test_failures_that_stay(key: str, kind: type[BackendError], code: str) -> None:
    error = refusal(fromstring(failed(key)))

    assert type(error) is kind
    assert (error.code, error.permanent, error.maybe_done) == (code, True, False)


def test_balancers_internal_error_is_worth_another_try() -> None:
    error = refusal(fromstring(failed("internalError")))

    assert isinstance(error, ServerBusy)
    assert (error.permanent, error.maybe_done) == (False, True)


def test_failure_in_the_old_shape() -> None:
    error = refusal(
        fromstring(
            "<response><returncode>FAILED</returncode><errors><error><key>nonUniqueVoiceBridge</key>"
            "<message>The selected voice bridge is already in use.</message></error></errors></response>"
        )
    )

    assert isinstance(error, RequestRefused)
    assert error.code == "voice_bridge_taken"


def test_keys_are_cleaned_before_they_reach_a_log() -> None:
    error = refusal(fromstring(failed("x\n2024 ERROR forged &lt;b&gt;" + "y" * 500)))

    assert error.detail == ("x2024 ERROR forged b" + "y" * 500)[:64]


BOMB = b'<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><response><returncode>SUCCESS</returncode>&b;</response>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<html><body>502 Bad Gateway</body></html>",
        b"<response><returncode>SUCCESS</returncode>",
        b"<other><returncode>SUCCESS</returncode></other>",
        b"\x00\xff\xfe",
        b'<?xml version="1.0" encoding="nonsense"?><response/>',
        b'<?xml version="1.0" encoding="utf-16"?><response/>',
        b"<!DOCTYPE response><response/>",
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><response>&x;</response>',
        BOMB,
        b"<response>" + b"<a>" * 200_000,
    ],
)
def test_what_is_no_answer(body: bytes) -> None:
    with pytest.raises(Misbehaving) as caught:
        parse(body)

    assert not caught.value.permanent


def test_deep_answer_does_no_harm() -> None:
    depth = 200_000

    root = parse(b"<response>" + b"<a>" * depth + b"</a>" * depth + b"</response>")

    assert Answer(root).text("returncode") == ""


@pytest.mark.parametrize(
    ("written", "number"),
    [("1234", 1234), ("1,234", 1234), ("1.234", 1234), ("", 0), ("x", 0), ("9" * 40, 0)],
)
def test_numbers_with_the_separators_of_some_locale(written: str, number: int) -> None:
    answer = Answer(fromstring(f"<response><participantCount>{written}</participantCount></response>"))

    assert answer.number("participantCount") == number
    assert answer.number("absent") == 0


# Secrets


def test_no_signature_in_logs_or_errors(
    simulator: SimulatorProcess, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # vconf's own settings keep it silent; whoever turns it on must not read secrets either
    caplog.set_level(logging.DEBUG, logger="urllib3")
    speaking = client(simulator.secret, base_url=simulator.base_url)
    speaking.call("getMeetings")
    errors = []
    for kind in ("close", "fail", "html", "checksum"):
        simulator.set_fault(kind, count=1)
        with pytest.raises(BackendError) as caught:
            speaking.call("getMeetings")
        errors.append("".join(traceback.format_exception(caught.value)))
        assert caught.value.__context__ is None

    signature = checksum("getMeetings", "", simulator.secret, "sha256")
    assert "getMeetings?checksum=..." in caplog.text
    for text in (caplog.text, *errors, repr(speaking._access)):
        assert signature not in text
        assert simulator.secret not in text
