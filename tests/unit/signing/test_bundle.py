"""Sigstore bundles: parsed, or refused with words."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.errors import MalformedError
from ajar.signing.bundle import parse_bundle

REAL = (Path(__file__).parents[2] / "signatures" / "sigstore" / "model.sig").read_bytes()
BUNDLE = {
    "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
    "verificationMaterial": {"publicKey": {"hint": "ab"}},
    "dsseEnvelope": {
        "payload": base64.b64encode(b"{}").decode(),
        "payloadType": "application/vnd.in-toto+json",
        "signatures": [{"sig": base64.b64encode(b"s").decode()}],
    },
}


def test_a_real_one() -> None:
    found = parse_bundle(REAL)
    assert (found.kind, len(found.certificates), found.has_log_entry) == ("identity", 1, True)
    assert b"model_signing/signature" in found.payload


def test_what_is_signed_is_dsse_s_encoding() -> None:
    """The example of the DSSE specification, protocol.md."""
    text = {
        **BUNDLE,
        "dsseEnvelope": {**BUNDLE["dsseEnvelope"], "payloadType": "http://example.com/HelloWorld"},
    }
    text["dsseEnvelope"]["payload"] = base64.b64encode(b"hello world").decode()
    found = parse_bundle(json.dumps(text).encode())
    assert found.signed == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


@pytest.mark.parametrize(
    "change",
    [
        {"mediaType": "text/plain"},
        {"verificationMaterial": None},
        {"dsseEnvelope": []},
        {"dsseEnvelope": {**BUNDLE["dsseEnvelope"], "signatures": []}},
        {"dsseEnvelope": {**BUNDLE["dsseEnvelope"], "signatures": [1]}},
        {"dsseEnvelope": {**BUNDLE["dsseEnvelope"], "signatures": 2 * BUNDLE["dsseEnvelope"]["signatures"]}},
        {"dsseEnvelope": {**BUNDLE["dsseEnvelope"], "payload": "%%%"}},
        {"verificationMaterial": {"x509CertificateChain": {"certificates": [{}]}}},
        {"verificationMaterial": {"x509CertificateChain": {"certificates": [1]}}},
        {"verificationMaterial": {"certificate": {"rawBytes": 3}}},
    ],
)
def test_what_is_none(change: dict) -> None:
    with pytest.raises(MalformedError):
        parse_bundle(json.dumps({**BUNDLE, **change}).encode())


@given(st.integers(0, len(REAL) - 1), st.integers(0, 255))
def test_any_changed_byte_is_read_or_refused(at: int, value: int) -> None:
    data = bytearray(REAL)
    data[at] = value
    with suppress(MalformedError):
        assert parse_bundle(bytes(data)).payload is not None
