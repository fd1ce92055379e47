"""Signatures and lists of digests, read and checked. No file of a release is opened here."""

from ajar.signing.bundle import Bundle, parse_bundle
from ajar.signing.checksums import parse_checksums
from ajar.signing.manifest import Item, Manifest, manifest_of

__all__ = ["Bundle", "Item", "Manifest", "manifest_of", "parse_bundle", "parse_checksums"]
