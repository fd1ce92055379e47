"""Sigstore bundles with a DSSE envelope: what OpenSSF Model Signing writes as `model.sig`.

Specs: github.com/sigstore/protobuf-specs (bundle v0.1 to v0.3, JSON), github.com/secure-systems-lab/dsse.
Reading checks nothing: whose signature it is, `trust` says.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ajar.errors import MalformedError

BUNDLE_BYTES = 64 * 2**20  # 300,000 signed files with long names
PAYLOAD_TYPE = "application/vnd.in-toto+json"
_MEDIA = "application/vnd.dev.sigstore.bundle"
_CERTIFICATES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One signature over one payload, and the material that says who signed."""

    text: str
    payload: bytes
    payload_type: str
    signature: bytes
    key_hint: str | None  # set when a bare key signed; may be empty
    certificates: tuple[bytes, ...]  # DER, the signer's first
    has_log_entry: bool  # recorded in a transparency log, as identities are

    @property
    def kind(self) -> str:
        """How it was signed: `key`, `certificate` or `identity`."""
        if not self.certificates:
            return "key"
        return "identity" if self.has_log_entry else "certificate"

    @property
    def signed(self) -> bytes:
        """The bytes that the signature is over: DSSE's pre-authentication encoding."""
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)


def parse_bundle(data: bytes) -> Bundle:
    """Raises `MalformedError` for what is no bundle with one DSSE signature."""
    if len(data) > BUNDLE_BYTES:
        raise MalformedError(f"a signature of more than {BUNDLE_BYTES >> 20} MiB")
    try:
        text = data.decode()
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedError("not JSON, so no Sigstore bundle") from error
    if not isinstance(found, dict) or not str(found.get("mediaType", "")).startswith(_MEDIA):
        raise MalformedError("not a Sigstore bundle: its mediaType is another")
    envelope, material = _mapping(found, "dsseEnvelope"), _mapping(found, "verificationMaterial")
    signatures = envelope.get("signatures")
    if not isinstance(signatures, list) or len(signatures) != 1 or not isinstance(signatures[0], dict):
        raise MalformedError("a bundle must hold exactly one signature")
    key = material.get("publicKey")
    hint = key.get("hint", "") if isinstance(key, dict) else None
    return Bundle(
        text=text,
        payload=_decoded(envelope.get("payload")),
        payload_type=str(envelope.get("payloadType", "")),
        signature=_decoded(signatures[0].get("sig")),
        key_hint=hint if isinstance(hint, str) else None,
        certificates=_certificates(material),
        has_log_entry=bool(material.get("tlogEntries")),
    )


def _certificates(material: Mapping[str, Any]) -> tuple[bytes, ...]:
    chain = material.get("x509CertificateChain")
    rows = chain.get("certificates") if isinstance(chain, dict) else [material.get("certificate")]
    rows = [row for row in rows if row is not None] if isinstance(rows, list) else []
    if len(rows) > _CERTIFICATES or not all(isinstance(row, dict) for row in rows):
        raise MalformedError(f"no chain of at most {_CERTIFICATES} certificates")
    return tuple(_decoded(row.get("rawBytes")) for row in rows if isinstance(row, dict))


def _mapping(found: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = found.get(key)
    if not isinstance(value, dict):
        raise MalformedError(f"a bundle without {key}")
    return value


def _decoded(value: object) -> bytes:
    if not isinstance(value, str):
        raise MalformedError("a part of the bundle is missing")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError("a part of the bundle is not base64") from error
