"""Whose signature: random harm to certificates and keys gives a reason, never another signer and never a crash."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ajar.errors import MalformedError, UsageError
from ajar.signing.bundle import Bundle, parse_bundle
from ajar.signing.trust import NotTrusted, Trust, signer_of
from tests.build import signing

REAL = Path(__file__).parents[2] / "signatures" / "sigstore" / "model.sig"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> signing.Chain:
    return signing.write_chain(tmp_path_factory.mktemp("chain"))


@pytest.fixture(scope="module")
def signed(chain: signing.Chain, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    model = tmp_path_factory.mktemp("model")
    (model / "a").write_text("x")
    return signing.sign_with_chain(model, chain).read_bytes()


def test_a_spoilt_certificate_is_a_reason(signed: bytes, chain: signing.Chain) -> None:
    """The signer's and the one between: any byte of theirs that changes takes the trust away, or nothing."""
    trust = Trust(roots=chain.root.read_bytes())
    whole = signer_of(parse_bundle(signed), trust)
    rng = random.Random(7)
    for _ in range(400):
        data = json.loads(signed)
        rows = data["verificationMaterial"]["x509CertificateChain"]["certificates"]
        row = rng.choice(rows[:2])
        der = bytearray(base64.b64decode(row["rawBytes"]))
        at = rng.randrange(len(der))
        der[at] ^= rng.randrange(1, 256)
        row["rawBytes"] = base64.b64encode(der).decode()
        try:
            found = signer_of(parse_bundle(json.dumps(data).encode()), trust)
        except (NotTrusted, MalformedError):
            continue
        assert found == whole
        pytest.fail(f"byte {at} of a certificate was changed, and nobody saw it")


def test_a_signer_s_certificate_may_be_its_own_root(signed: bytes, chain: signing.Chain) -> None:
    assert signer_of(parse_bundle(signed), Trust(roots=chain.leaf.read_bytes())).shown


def test_as_of_another_day(signed: bytes, chain: signing.Chain) -> None:
    roots = chain.root.read_bytes()
    bundle = parse_bundle(signed)
    now = datetime.now(UTC)
    assert signer_of(bundle, Trust(roots=roots, at=now + timedelta(days=20))).shown
    for at, words in ((now + timedelta(days=40), "expired"), (now - timedelta(days=40), "valid only from")):
        with pytest.raises(NotTrusted, match=words):
            signer_of(bundle, Trust(roots=roots, at=at))


def test_a_payload_of_another_type(signed: bytes, chain: signing.Chain) -> None:
    bundle = replace(parse_bundle(signed), payload_type="application/json")
    with pytest.raises(NotTrusted, match="another type"):
        signer_of(bundle, Trust(roots=chain.root.read_bytes()))


def test_kinds_are_not_mixed(signed: bytes, chain: signing.Chain) -> None:
    real, roots = parse_bundle(REAL.read_bytes()), chain.root.read_bytes()
    for bundle, trust in (
        (real, Trust(roots=roots)),
        (parse_bundle(signed), Trust(identity="a", issuer="b")),
        (replace(parse_bundle(signed), certificates=()), Trust(roots=roots)),
    ):
        with pytest.raises(NotTrusted, match="not with"):
            signer_of(bundle, trust)


def test_an_identity_s_bundle_that_was_changed() -> None:
    data = json.loads(REAL.read_text())
    payload = bytearray(base64.b64decode(data["dsseEnvelope"]["payload"]))
    payload[-20] ^= 1
    data["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    bundle = parse_bundle(json.dumps(data).encode())
    trust = Trust(identity="stefanb@us.ibm.com", issuer="https://sigstore.verify.ibm.com/oauth2")
    with pytest.raises((NotTrusted, MalformedError)):
        signer_of(bundle, trust)


@pytest.mark.parametrize(
    "pem", [b"", b"text", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"]
)
def test_a_key_that_is_none(pem: bytes) -> None:
    bundle = Bundle(
        text="",
        payload=b"{}",
        payload_type="application/vnd.in-toto+json",
        signature=b"",
        key_hint="",
        certificates=(),
        has_log_entry=False,
    )
    with pytest.raises(UsageError, match="not a public key"):
        signer_of(bundle, Trust(key=pem))


def test_a_key_of_another_kind(signed: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = ed25519.Ed25519PrivateKey.generate().public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    bundle = replace(parse_bundle(signed), certificates=(), key_hint="")
    with pytest.raises(UsageError, match="elliptic-curve"):
        signer_of(bundle, Trust(key=pem))


@pytest.mark.parametrize(("module", "trust"), [("cryptography", "key"), ("sigstore.errors", "identity")])
def test_a_library_that_is_not_there_is_named(
    module: str, trust: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, module, None)
    if module == "cryptography":
        monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    bundle = parse_bundle(REAL.read_bytes())
    asked = Trust(identity="a", issuer="b")
    if trust == "key":
        bundle, asked = replace(bundle, certificates=()), Trust(key=b"x")
    with pytest.raises(UsageError, match=r"needs the package") as error:
        signer_of(bundle, asked)
    assert "ajar[signing]" in error.value.hint
