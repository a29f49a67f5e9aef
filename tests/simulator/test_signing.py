# SPDX-License-Identifier: EUPL-1.2
import pytest

from simulator.hooks import Hooks, Signing
from simulator.signing import checksum_matches, digest, without_checksum

TEST_M1 = {
    "sha1": "071215928f549cd0416104448a3bf930ae6e6af5",
    "sha256": "35bccab8329e1a419c9312632495f69203bbf18eeb62bf4429ac0419c69b5c6a",
    "sha384": "c73fb10d0737fe5f49e72fa252f7812d1ce3eb2710eb811a8726e0e752daece0be06d8bb3c9db2a3832644a7f78f2588",
    "sha512": (
        "92030790f0160f4d43dda73a2463935acfc64669dd791cd6670d2d9319caca6a"
        "62509a68fedc78d14bcf97357f9ee4b1aaff24d048c57ed257bedf918090f0ff"
    ),
}
EVENT = (
    '[{"data":{"type":"event","id":"meeting-ended","attributes":{"meeting":{"internal-meeting-id":"i-1",'
    '"external-meeting-id":"m1"}},"event":{"ts":1700000000000}}}]'
)


@pytest.mark.parametrize("algorithm", TEST_M1)
def test_checksum_vectors(algorithm: str) -> None:
    assert digest("createname=Test&meetingID=m1SECRET", algorithm) == TEST_M1[algorithm]


@pytest.mark.parametrize("received", [*TEST_M1.values(), TEST_M1["sha256"].upper()])
def test_algorithm_follows_from_the_length(received: str) -> None:
    query = f"name=Test&meetingID=m1&checksum={received}"

    assert checksum_matches("create", query, received, "SECRET")
    assert not checksum_matches("create", query, received, "OTHER")
    assert not checksum_matches("end", query, received, "SECRET")


def test_algorithm_that_is_not_allowed_is_refused() -> None:
    assert not checksum_matches(
        "create", "name=Test&meetingID=m1", TEST_M1["sha1"], "SECRET", frozenset({"sha512"})
    )


@pytest.mark.parametrize("query", ["a=1&b=2&checksum=ff", "a=1&checksum=ff&b=2", "checksum=ff&a=1&b=2"])
def test_checksum_is_cut_out_wherever_it_stands(query: str) -> None:
    assert without_checksum(query) == "a=1&b=2"


@pytest.mark.parametrize("received", ["", "x" * 64, "é" * 40, "0" * 63])
def test_nonsense_is_no_checksum(received: str) -> None:
    assert not checksum_matches("create", "name=Test&meetingID=m1", received, "SECRET")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.x", "5aca29215da5fda4f6ee449424f40d6485cabe08"),
        ("3.0", "a819ed0f39580107c7d6bf69be26e6fea3b6bfd0"),
        ("3.4", "1f301eab8a82c2ab984ec5dc26ab252760c406a3"),
    ],
)
def test_webhook_signatures_of_three_generations(version: str, expected: str) -> None:
    hooks = Hooks(Signing("s3cr3t", version=version, domain="bbb1.example.org"), retry_scale=1)

    url, _, _ = hooks.request("https://vconf.example.org/hooks/bbb/1", EVENT, 1700000000123)

    assert url == f"https://vconf.example.org/hooks/bbb/1?checksum={expected}"


def test_webhook_with_bearer_token_has_no_checksum() -> None:
    hooks = Hooks(Signing("s3cr3t", bearer=True), retry_scale=1)

    url, _, headers = hooks.request("https://vconf.example.org/hooks?a=1", EVENT, 1)

    assert url == "https://vconf.example.org/hooks?a=1"
    assert headers["Authorization"] == "Bearer s3cr3t"
