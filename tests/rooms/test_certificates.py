# SPDX-License-Identifier: EUPL-1.2
"""Certificates of an administration's own authority: what is taken, and that a server is trusted by them alone."""

from __future__ import annotations

import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import translation

from tests import factories
from tests.certificates import key_pem, pem, signed_by_itself
from vconf.errors import Invalid
from vconf.integrations.conferencing.registry import access_of, new_backend_of
from vconf.rooms.certificates import LONGEST, checked_ca_certificates

KEY = ec.generate_private_key(ec.SECP256R1())
KEY_PEM = key_pem(KEY)


def certificate(*, ca: bool = True, days: int = 1) -> str:
    return pem(signed_by_itself(KEY, ca=ca, days=days))


def test_certificates_are_kept_in_one_spelling_and_none_is_none() -> None:
    first, second = certificate(), certificate()

    assert checked_ca_certificates(f"# ours\r\n{first}\n\n{second}\n") == first + second
    assert checked_ca_certificates(" \n") == ""


@pytest.mark.parametrize(
    ("pem", "says"),
    [
        ("our authority", "PEM"),
        (certificate()[:-80], "PEM"),
        (certificate() * 21, "PEM"),
        (f"{'#' * LONGEST}\n{certificate()}", "PEM"),
        (certificate(ca=False), "basicConstraints"),
        (certificate(days=-1), "expired"),
        (certificate() + KEY_PEM, "private key"),
    ],
)
def test_what_is_no_authority_is_refused(pem: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_ca_certificates(pem)

    [sentence] = refused.value.fields["ca_certificates"]
    with translation.override("en"):
        assert says in str(sentence)


class _Bbb(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<response><returncode>SUCCESS</returncode><version>2.0</version></response>"
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.mark.django_db
def test_a_server_is_trusted_by_its_own_authority_only(tmp_path: Path) -> None:
    pem = certificate()
    (tmp_path / "both.pem").write_text(pem + KEY_PEM)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Bbb)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    server = factories.server(factories.pool(servers=()))
    server.base_url = f"https://127.0.0.1:{listening.server_address[1]}/bigbluebutton/api/"
    try:
        untrusted = new_backend_of(server).check()
        server.ca_certificates = checked_ca_certificates(pem)
        trusted = new_backend_of(server).check()
        server.ca_certificates = checked_ca_certificates(certificate())
        by_another = new_backend_of(server).check()
    finally:
        listening.shutdown()
        listening.server_close()

    assert (untrusted.code, trusted.reachable, by_another.code) == ("tls_failure", True, "tls_failure")
    # one file for each content, whoever asks and however often
    assert access_of(server).ca_file == access_of(server).ca_file
    assert access_of(server).ca_file is not None
