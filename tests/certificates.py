# SPDX-License-Identifier: EUPL-1.2
"""Certificates that nobody has vouched for, for servers of tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def signed_by_itself(
    key: ec.EllipticCurvePrivateKey, *, ca: bool = True, days: int = 1, name: str = "127.0.0.1"
) -> x509.Certificate:
    """For 127.0.0.1, from nine days ago on for so many days more."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    private = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()).decode()


def write_pair(folder: Path) -> tuple[Path, Path]:
    """Certificate and key of a server, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    files = folder / "certificate.pem", folder / "key.pem"
    for file, text in zip(files, (pem(signed_by_itself(key)), key_pem(key)), strict=True):
        file.write_text(text)
    return files
