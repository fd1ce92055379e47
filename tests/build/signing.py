"""Keys, certificates, and signatures by the real `model_signing` command."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey
CURVES = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}


def model_signing(*arguments: str | Path, cwd: Path | None = None) -> None:
    """Run the command; fails with its words when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "model_signing", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def write_key(folder: Path, name: str = "signer", curve: str = "P-256") -> tuple[Path, Path]:
    """A private and a public key, in PEM."""
    key = ec.generate_private_key(CURVES[curve]())
    return _private(folder / f"{name}.pem", key), _public(folder / f"{name}.pub", key)


def _private(path: Path, key: Key) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def _public(path: Path, key: Key) -> Path:
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A root, a certificate between, and a signer's; with the signer's key."""

    root: Path
    between: Path
    leaf: Path
    key: Path


def write_chain(folder: Path, *, days: tuple[int, int] = (-1, 30), may_sign: bool = True) -> Chain:
    """A chain whose signer's certificate is in force from and until so many days from now."""
    folder.mkdir(parents=True, exist_ok=True)
    now = dt.datetime.now(dt.UTC)
    long = (now - dt.timedelta(days=3650), now + dt.timedelta(days=3650))
    short = tuple(now + dt.timedelta(days=day) for day in days)
    root_key, between_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = _certificate("root", root_key, "root", root_key, long, is_authority=True)
    between = _certificate("between", between_key, "root", root_key, long, is_authority=True)
    leaf = _certificate("signer", leaf_key, "between", between_key, short, may_sign=may_sign)
    paths = {}
    for name, certificate in (("root", root), ("between", between), ("leaf", leaf)):
        paths[name] = folder / f"{name}.pem"
        paths[name].write_bytes(certificate.public_bytes(Encoding.PEM))
    return Chain(**paths, key=_private(folder / "key.pem", leaf_key))


def _certificate(
    name: str,
    key: Key,
    by: str,
    by_key: Key,
    dates: tuple,
    *,
    is_authority: bool = False,
    may_sign: bool = True,
) -> x509.Certificate:
    def called(words: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])

    usage = x509.KeyUsage(
        digital_signature=may_sign and not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=not may_sign,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(by))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dates[0])
        .not_valid_after(dates[1])
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key()), critical=False
        )
    )
    if not is_authority:
        purpose = ExtendedKeyUsageOID.CODE_SIGNING if may_sign else ExtendedKeyUsageOID.SERVER_AUTH
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    return builder.sign(by_key, hashes.SHA256())


def sign_with_key(model: Path, private: Path, signature: Path | None = None) -> Path:
    """Sign a folder as `model.sig` in it, or elsewhere."""
    path = signature or model / "model.sig"
    model_signing("sign", "key", model, "--private_key", private, "--signature", path)
    return path


def sign_with_chain(model: Path, chain: Chain, signature: Path | None = None) -> Path:
    path = signature or model / "model.sig"
    model_signing(
        *("sign", "certificate", model, "--signature", path, "--private_key", chain.key),
        *("--signing_certificate", chain.leaf, "--certificate_chain", chain.between),
        *("--certificate_chain", chain.root),
    )
    return path
