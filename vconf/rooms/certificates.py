# SPDX-License-Identifier: EUPL-1.2
"""Certificates of an administration's own authority: whom a conference server's certificate is trusted from."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.errors import Invalid

LONGEST = 50_000
MOST = 20
_FIELD = "ca_certificates"


def checked_ca_certificates(pem: str) -> str:
    """The certificates in one spelling, empty for none. Raises Invalid: no PEM, no authority's, expired, a key."""
    if not pem.strip():
        return ""
    if "PRIVATE KEY" in pem:
        raise Invalid.field(_FIELD, _("There is a private key in it. Please enter certificates only."))
    try:
        certificates = x509.load_pem_x509_certificates(pem.encode()) if len(pem) <= LONGEST else []
    except ValueError:
        certificates = []
    if not 0 < len(certificates) <= MOST:
        raise Invalid.field(_FIELD, _("Please enter one or a few certificates in PEM form."))
    for certificate in certificates:
        if not _is_authority(certificate):
            raise Invalid.field(
                _FIELD, _("This is not the certificate of a certificate authority (basicConstraints CA).")
            )
        if certificate.not_valid_after_utc <= timezone.now():
            raise Invalid.field(_FIELD, _("A certificate in it has expired."))
    return "".join(_pem_of(certificate) for certificate in certificates)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return False


def _pem_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
