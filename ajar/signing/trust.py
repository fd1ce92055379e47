"""Whose signature it is: a key's, a certificate's below given roots, or an identity's (Sigstore).

The cryptography is `cryptography`'s and `sigstore`'s, both of the extra `ajar[signing]`, loaded when asked for.
Nothing here uses the network: identities are checked against the trust root that `sigstore` ships.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ajar.errors import MalformedError, UsageError
from ajar.model.verification import Signer
from ajar.signing.bundle import PAYLOAD_TYPE, Bundle

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509 import Certificate

PEM_BYTES = 2**20  # the largest collection of roots in use has 250 kB


class NotTrusted(Exception):
    """The signature is not that of the signer asked for. Its words say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Who may have signed: one of a public key (PEM), roots (PEM), or an identity with its issuer."""

    key: bytes | None = None
    roots: bytes | None = None
    identity: str | None = None
    issuer: str | None = None
    at: datetime | None = None  # certificates are judged as of this moment; now when not given

    @property
    def kind(self) -> str:
        if self.key is not None:
            return "key"
        return "certificate" if self.roots is not None else "identity" if self.identity else "none"


def signer_of(bundle: Bundle, trust: Trust) -> Signer:
    """Who signed. Raises `NotTrusted`, or `UsageError` for a key that is none or a library that is not there."""
    if bundle.payload_type != PAYLOAD_TYPE:
        raise NotTrusted(f"signs a payload of another type: {bundle.payload_type[:100]}")
    if trust.kind == "none":
        return Signer(kind=bundle.kind, words=_claimed(bundle), shown=False)
    if trust.kind != bundle.kind:
        raise NotTrusted(f"signed with {_ARTICLES[bundle.kind]}, not with {_ARTICLES[trust.kind]}")
    if trust.key is not None:
        return _by_key(bundle, trust.key)
    if trust.roots is not None:
        return _by_certificate(bundle, trust.roots, trust.at or datetime.now(UTC))
    return _by_identity(bundle, str(trust.identity), str(trust.issuer))


_ARTICLES = {"key": "a key", "certificate": "a certificate", "identity": "an identity (Sigstore)"}


def _claimed(bundle: Bundle) -> str:
    """What the signature says of itself, which nobody checked."""
    if bundle.kind == "key":
        return f"a key that calls itself {bundle.key_hint[:16]}…" if bundle.key_hint else "a key"
    return _ARTICLES[bundle.kind]


def _needs(name: str) -> UsageError:
    return UsageError(
        f"checking a signature needs the package {name}", hint="install it with: pip install 'ajar[signing]'"
    )


def _by_key(bundle: Bundle, pem: bytes) -> Signer:
    key = _public_key(pem)
    mark = _fingerprint(key)
    if bundle.key_hint and bundle.key_hint != mark:
        raise NotTrusted(f"signed with another key: {bundle.key_hint[:16]}…, not {mark[:16]}…")
    _check(bundle, key)
    return Signer(kind="key", words=f"key sha256:{mark}", shown=True)


def _public_key(pem: bytes) -> ec.EllipticCurvePublicKey:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError as error:
        raise _needs("cryptography") from error
    if b"PRIVATE KEY" in pem:
        raise UsageError(
            "that is a private key", hint="give the public key, and keep the private one to yourself"
        )
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(
            "not a public key in PEM", hint="openssl ec -in key.pem -pubout writes one"
        ) from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise UsageError("not an elliptic-curve key", hint="models are signed with P-256, P-384 or P-521")
    return key


def _fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 over the key in PEM, which is what a signature names its key by."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = key.public_bytes(encoding=Encoding.PEM, format=PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(pem).hexdigest()


def _check(bundle: Bundle, key: Any) -> None:
    """ECDSA over DSSE's encoding; the digest goes with the curve. Raises `NotTrusted`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    digests: dict[int, hashes.HashAlgorithm] = {
        256: hashes.SHA256(),
        384: hashes.SHA384(),
        521: hashes.SHA512(),
    }
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.key_size not in digests:
        raise NotTrusted("signed with a key of a kind that Model Signing does not use")
    try:
        key.verify(bundle.signature, bundle.signed, ec.ECDSA(digests[key.curve.key_size]))
    except InvalidSignature as error:
        raise NotTrusted(
            "the signature does not fit the key: one of them, or what was signed, was changed"
        ) from error


def _by_certificate(bundle: Bundle, pem: bytes, at: datetime) -> Signer:
    try:
        from cryptography import x509
        from cryptography.exceptions import UnsupportedAlgorithm
    except ImportError as error:
        raise _needs("cryptography") from error
    try:
        roots = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise UsageError(
            "no certificates in PEM", hint="give the roots to trust, one below the other"
        ) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "error"
            )  # what `cryptography` only warns of is no certificate to trust either
            leaf = _leaf(bundle, roots, at)
            _check(bundle, leaf.public_key())
    except (ValueError, TypeError, OverflowError, UserWarning, UnsupportedAlgorithm) as error:
        raise MalformedError(f"a certificate of the signature cannot be read: {error}") from error
    except (x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise MalformedError(f"a certificate of the signature cannot be read: {error}") from error
    until = leaf.not_valid_after_utc.date().isoformat()
    issuer = leaf.issuer.rfc4514_string()
    words = (
        f"certificate of {leaf.subject.rfc4514_string() or 'nobody named'}, issued by {issuer}, until {until}"
    )
    return Signer(kind="certificate", words=words, shown=True)


def _leaf(bundle: Bundle, roots: list[Certificate], at: datetime) -> Certificate:
    """The signer's certificate, once it leads to a root, is in force and meant for signing. Raises `NotTrusted`."""
    from cryptography import x509

    chain = [x509.load_der_x509_certificate(der) for der in bundle.certificates]
    for certificate in chain:
        _is_current(certificate, at)
    _may_sign(chain[0])
    if chain[0] not in roots:
        _chains(chain[0], chain[1:], roots, at)
    return chain[0]


def _is_current(certificate: Certificate, at: datetime) -> None:
    """A key's signature carries no time that anybody vouches for, so only certificates in force count."""
    name = certificate.subject.rfc4514_string() or "the signer"
    if at > certificate.not_valid_after_utc:
        raise NotTrusted(f"the certificate of {name} expired on {certificate.not_valid_after_utc.date()}")
    if at < certificate.not_valid_before_utc:
        raise NotTrusted(
            f"the certificate of {name} is valid only from {certificate.not_valid_before_utc.date()}"
        )


def _may_sign(leaf: Certificate) -> None:
    from cryptography import x509

    try:
        if leaf.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
            return
    except x509.ExtensionNotFound:
        pass
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        usage = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH])
    if x509.oid.ExtendedKeyUsageOID.CODE_SIGNING not in usage:
        raise NotTrusted("the signer's certificate is not one for signing")


def _chains(leaf: Certificate, between: list[Certificate], roots: list[Certificate], at: datetime) -> None:
    from cryptography.x509 import verification as path

    builder = path.PolicyBuilder().store(path.Store(roots)).time(at.replace(tzinfo=None))
    # The profile of the web asks for names and usages that certificates for signing do not have.
    builder = builder.extension_policies(
        ca_policy=path.ExtensionPolicy.webpki_defaults_ca(), ee_policy=path.ExtensionPolicy.permit_all()
    )
    try:
        builder.build_client_verifier().verify(leaf, between)
    except path.VerificationError as error:
        raise NotTrusted(
            f"the signer's certificate does not lead to a root that was given: {error}"
        ) from error


def _by_identity(bundle: Bundle, identity: str, issuer: str) -> Signer:
    import logging

    try:
        from sigstore.errors import Error, VerificationError
        from sigstore.models import Bundle as Recorded
        from sigstore.verify import Verifier, policy
    except ImportError as error:
        raise _needs("sigstore") from error
    logging.getLogger("sigstore").setLevel(logging.ERROR)  # says that it is offline, which was asked for
    try:
        recorded = Recorded.from_json(bundle.text)
        _, payload = Verifier.production(offline=True).verify_dsse(
            recorded, policy.Identity(identity=identity, issuer=issuer)
        )
    except VerificationError as error:
        raise NotTrusted(str(error)) from error
    except (Error, ValueError, TypeError) as error:
        raise MalformedError(f"sigstore cannot read the bundle: {error}") from error
    if payload != bundle.payload:
        raise NotTrusted("what sigstore checked is not what was read")
    return Signer(kind="identity", words=f"{identity}, as {issuer} says", shown=True)
