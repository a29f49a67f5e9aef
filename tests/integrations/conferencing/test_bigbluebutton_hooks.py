# SPDX-License-Identifier: EUPL-1.2
"""Deliveries of webhooks: what proves them, and what they say."""

import hashlib
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator_fixture import Received, Receiver, SimulatorProcess
from vconf.integrations.conferencing.bigbluebutton.backend import BigBlueButtonBackend
from vconf.integrations.conferencing.bigbluebutton.hooks import read_delivery, signature_of
from vconf.integrations.conferencing.port import (
    HookDelivery,
    HookRejected,
    MeetingHint,
    MeetingSpec,
    NotSupported,
    RequestRefused,
    ServerAccess,
    SupportsWebhooks,
)

URL = "https://vconf.example.org/hooks/bbb/1"
SECRET = "s3cr3t"
EVENT = (
    '[{"data":{"type":"event","id":"meeting-ended","attributes":{"meeting":{"internal-meeting-id":"i-1",'
    '"external-meeting-id":"m1"}},"event":{"ts":1700000000000}}}]'
)
BODY = urlencode([("domain", "bbb1.example.org"), ("event", EVENT), ("timestamp", "1700000000123")]).encode()
VECTORS = {
    "json-body": "5aca29215da5fda4f6ee449424f40d6485cabe08",
    "url-only": "a819ed0f39580107c7d6bf69be26e6fea3b6bfd0",
    "raw-body": "1f301eab8a82c2ab984ec5dc26ab252760c406a3",
}


def delivery(query: str, body: bytes = BODY, authorization: str = "", url: str = URL) -> HookDelivery:
    return HookDelivery(callback_url=url, query=query, body=body, authorization=authorization)


def signed(event: str) -> HookDelivery:
    body = urlencode([("domain", "d"), ("event", event), ("timestamp", "1")]).encode()
    return delivery("checksum=" + hashlib.sha1(URL.encode() + body + SECRET.encode()).hexdigest(), body)


@pytest.mark.parametrize("signature", VECTORS)
def test_vectors_of_three_generations(signature: str) -> None:
    hints = read_delivery(delivery(f"checksum={VECTORS[signature]}"), secret=SECRET, signature=signature)

    assert list(hints) == [MeetingHint(kind="ended", external_id="m1", incarnation="1")]


@pytest.mark.parametrize("configured", [*VECTORS, "bearer"])
@pytest.mark.parametrize("received", VECTORS)
def test_only_the_configured_signature_counts(configured: str, received: str) -> None:
    if configured == received:
        return
    with pytest.raises(HookRejected) as caught:
        read_delivery(delivery(f"checksum={VECTORS[received]}"), secret=SECRET, signature=configured)

    assert (caught.value.code, caught.value.permanent) == ("hook_not_signed", True)


@pytest.mark.parametrize("received", VECTORS)
def test_which_one_it_is_can_be_told(received: str) -> None:
    assert signature_of(delivery(f"checksum={VECTORS[received]}"), secret=SECRET) == received
    assert signature_of(delivery(f"checksum={VECTORS[received]}"), secret="other") == ""


def test_the_strongest_proof_counts() -> None:
    both = delivery(f"checksum={VECTORS['raw-body']}", authorization=f"Bearer {SECRET}")

    assert signature_of(both, secret=SECRET) == "raw-body"
    assert signature_of(delivery("", authorization=f"Bearer {SECRET}"), secret=SECRET) == "bearer"


@pytest.mark.parametrize("body", [b"", b"\xff", b"a" * 2_000_000, b"event=1&event=2"])
def test_what_is_no_delivery_is_proven_in_no_way(body: bytes) -> None:
    checksum = hashlib.sha1(URL.encode() + b"{}" + SECRET.encode()).hexdigest()

    assert signature_of(delivery(f"checksum={checksum}", body), secret=SECRET) == ""


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_every_algorithm_is_understood(algorithm: str) -> None:
    received = hashlib.new(algorithm, URL.encode() + BODY + SECRET.encode()).hexdigest()

    assert read_delivery(delivery(f"a=1&checksum={received.upper()}"), secret=SECRET, signature="raw-body")


def test_bearer_token() -> None:
    hints = read_delivery(delivery("", authorization=f"Bearer {SECRET}"), secret=SECRET, signature="bearer")

    assert len(hints) == 1


@pytest.mark.parametrize(
    "authorization", ["", "Bearer ", "Bearer wrong", SECRET, f"Basic {SECRET}", "Bearer \xff"]
)
def test_wrong_bearer_token(authorization: str) -> None:
    with pytest.raises(HookRejected):
        read_delivery(delivery("", authorization=authorization), secret=SECRET, signature="bearer")


RIGHT = VECTORS["raw-body"]


@pytest.mark.parametrize(
    "tampered",
    [
        delivery(""),
        delivery("checksum="),
        delivery("checksum=" + "0" * 40),
        delivery("checksum=" + "ü" * 40),
        delivery("checksum=" + "%C3%BC" * 40),
        delivery(f"checksum={RIGHT}&checksum={RIGHT}"),
        delivery(f"checksum={RIGHT}", BODY.replace(b"m1", b"m2")),
        delivery(f"checksum={RIGHT}", BODY + b"&x=1"),
        delivery(f"checksum={RIGHT}", url=URL + "0"),
        delivery(f"checksum={RIGHT}", b""),
        delivery(f"checksum={RIGHT}", b"\xff\xfe"),
        delivery(f"checksum={RIGHT}", b"event=%ff&event=2"),
        delivery(f"checksum={RIGHT}", b"event=" + b"x" * 2_000_000),
        delivery("&".join(f"a{n}=1" for n in range(10)) + f"&checksum={RIGHT}", BODY[:-1]),
    ],
)
def test_tampered_deliveries(tampered: HookDelivery) -> None:
    with pytest.raises(HookRejected):
        read_delivery(tampered, secret=SECRET, signature="raw-body")


def test_query_with_too_many_fields_is_refused_not_raised() -> None:
    with pytest.raises(HookRejected):
        read_delivery(delivery("a=1&" * 100), secret=SECRET, signature="raw-body")


@pytest.mark.parametrize(
    "event",
    ["", "{}", "1", "null", '"x"', "[", "[" * 100_000, "{" * 1000],
)
def test_signed_but_no_list_of_events(event: str) -> None:
    with pytest.raises(HookRejected):
        read_delivery(signed(event), secret=SECRET, signature="raw-body")


@pytest.mark.parametrize(
    "entries",
    [
        [1, None, "x", [], {}],
        [{"data": None}, {"data": []}],
        [{"data": {"id": "meeting-ended"}}],
        [{"data": {"id": ["meeting-ended"], "attributes": 1}}],
        [{"data": {"id": "meeting-ended", "attributes": {"meeting": {"external-meeting-id": 7}}}}],
        [
            {
                "data": {
                    "id": "chat-group-message-sent",
                    "attributes": {"meeting": {"external-meeting-id": "m1"}},
                }
            }
        ],
    ],
)
def test_events_of_no_use_are_left_out(entries: list[object]) -> None:
    assert read_delivery(signed(json.dumps(entries)), secret=SECRET, signature="raw-body") == ()


KEYS = st.sampled_from(["data", "id", "attributes", "meeting", "external-meeting-id", "internal-meeting-id"])


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    )
)
def test_any_json_is_read_or_rejected(value: object) -> None:
    text = json.dumps([value])
    try:
        hints = read_delivery(signed(text), secret=SECRET, signature="raw-body")
    except HookRejected:
        return
    assert all(isinstance(hint.external_id, str) for hint in hints)


def test_several_events_in_one_delivery_are_told_once_each() -> None:
    def one(kind: str, meeting: str) -> dict[str, object]:
        ids = {"external-meeting-id": meeting, "internal-meeting-id": f"abc-{17 * 10**11}"}
        return {"data": {"type": "event", "id": kind, "attributes": {"meeting": ids}}}

    events = [one("user-left", "m1"), one("user-left", "m1"), one("meeting-ended", "m1")]

    hints = read_delivery(signed(json.dumps(events)), secret=SECRET, signature="raw-body")

    assert list(hints) == [
        MeetingHint(kind="left", external_id="m1", incarnation="1700000000000"),
        MeetingHint(kind="ended", external_id="m1", incarnation="1700000000000"),
    ]


# Against a server


def backend(simulator: SimulatorProcess, hook_signature: str = "raw-body") -> BigBlueButtonBackend:
    return BigBlueButtonBackend(
        ServerAccess(
            kind="bigbluebutton",
            base_url=simulator.base_url,
            secret=simulator.secret,
            hook_signature=hook_signature,
            allow_http=True,
        )
    )


def as_delivery(received: Received, callback_url: str) -> HookDelivery:
    return HookDelivery(
        callback_url=callback_url,
        query=received.query,
        authorization=received.headers.get("authorization", ""),
        body=received.body,
    )


@pytest.mark.parametrize(
    ("signature", "options"),
    [
        ("raw-body", ["--hook-algorithm", "sha256"]),
        ("json-body", ["--hook-signature", "2.x"]),
        ("url-only", ["--hook-signature", "3.0"]),
        ("bearer", ["--hook-bearer"]),
    ],
)
def test_what_a_server_sends_is_understood(receiver: Receiver, signature: str, options: list[str]) -> None:
    server = SimulatorProcess(options=options)
    server.start()
    try:
        ours = backend(server, signature)
        url = f"{receiver.url}/integrations/hooks/Zb3x?server=1"
        registration = ours.register_hook(url)

        created = ours.create(MeetingSpec(external_id="m-1", name="Lage „Süd“ \U0001f600"))
        server.add_people("m-1", names=["Änne & Co \U0001f600"])
        ours.end("m-1", created.incarnation)

        hints = [hint for _ in range(4) for hint in ours.verify_hook(as_delivery(receiver.next(), url))]
    finally:
        server.stop()
    assert not registration.existed
    assert [hint.kind for hint in hints] == ["created", "joined", "left", "ended"]
    assert {(hint.external_id, hint.incarnation) for hint in hints} == {("m-1", created.incarnation)}


def test_another_servers_delivery_is_rejected(simulator: SimulatorProcess, receiver: Receiver) -> None:
    other = BigBlueButtonBackend(
        ServerAccess(kind="bigbluebutton", base_url=simulator.base_url, secret="other", allow_http=True)
    )
    ours = backend(simulator)
    ours.register_hook(receiver.url)
    ours.create(MeetingSpec(external_id="m-1", name="Lage"))

    received = as_delivery(receiver.next(), receiver.url)

    with pytest.raises(HookRejected):
        other.verify_hook(received)
    assert len(ours.verify_hook(received)) == 1


def test_registering_again_finds_the_same_hook(simulator: SimulatorProcess) -> None:
    ours = backend(simulator)
    assert isinstance(ours, SupportsWebhooks)

    first = ours.register_hook("http://127.0.0.1:9/hooks/1")
    again = ours.register_hook("http://127.0.0.1:9/hooks/1")

    assert again.hook_id == first.hook_id
    assert (first.existed, again.existed) == (False, True)
    assert len(simulator.state()["hooks"]) == 1


def test_server_without_webhooks() -> None:
    server = SimulatorProcess(options=["--no-webhooks"])
    server.start()
    try:
        ours = backend(server)
        report = ours.check()
        with pytest.raises(NotSupported) as caught:
            ours.register_hook("http://127.0.0.1:9/hooks/1")
    finally:
        server.stop()

    assert (caught.value.code, caught.value.permanent) == ("no_webhooks", True)
    assert (report.healthy, report.webhooks) == (True, False)


def test_unknown_way_of_signing_is_refused_at_once(simulator: SimulatorProcess) -> None:
    with pytest.raises(RequestRefused):
        backend(simulator, "whatever")
