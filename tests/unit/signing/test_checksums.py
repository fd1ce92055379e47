"""Lists of digests, as the tools themselves write them."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.errors import MalformedError
from ajar.signing.checksums import algorithm_of, parse_checksums

A, B = sha256(b"a").hexdigest(), sha256(b"b").hexdigest()


@pytest.mark.parametrize(
    ("text", "name", "algorithm"),
    [
        (f"{A}  x\n{B} *sub/y\n", "SHA256SUMS", "sha256"),
        (f"{A}  x\n{B}  sub/y\n", "SUMS.b3", "blake3"),
        (f"{A}  ./x\n{B}  sub/y\n", "checksums.txt", "sha256"),
        (f"SHA256 (x) = {A}\nSHA256 (sub/y) = {B}\n", "sums", "sha256"),
        (f"BLAKE3 (x) = {A.upper()}\n\n# note\nBLAKE3 (sub/y) = {B}\n", "sums", "blake3"),
    ],
)
def test_forms(text: str, name: str, algorithm: str) -> None:
    found = parse_checksums(text.encode(), name)
    assert [(item.path, item.digest) for item in found.items] == [("x", A), ("sub/y", B)]
    assert found.algorithm == algorithm


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("B3SUMS", "blake3"),
        ("model.b3", "blake3"),
        ("blake3.txt", "blake3"),
        ("B2SUMS", "blake2"),
        ("model.blake2b", "blake2"),
        ("SHA512SUMS", "sha512"),
        ("x.sha-384", "sha384"),
        ("web3-model.txt", None),
        ("lab2.txt", None),
    ],
)
def test_what_a_name_tells(name: str, algorithm: str | None) -> None:
    assert algorithm_of(name) == algorithm


def test_a_name_with_a_line_end_is_escaped() -> None:
    found = parse_checksums(f"\\{A}  a\\nb\\\\c\n".encode(), "SHA256SUMS")
    assert found.items[0].path == "a\nb\\c"


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no coreutils here")
def test_what_sha256sum_writes(tmp_path: Path) -> None:
    names = ["plain", "with space", "a\nb", "back\\slash", "ümlaut"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    for option in ((), ("--tag",), ("--binary",)):
        done = subprocess.run(
            ["sha256sum", *option, *names], cwd=tmp_path, capture_output=True, check=True, timeout=60
        )
        found = parse_checksums(done.stdout, "SHA256SUMS")
        assert {item.path: item.digest for item in found.items} == {
            name: sha256(name.encode()).hexdigest() for name in names
        }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no digest in it"),
        ("hello", "line 1 is no digest"),
        (f"{A}  x\n{B}  x\n", "listed twice"),
        (f"{'0' * 32}  x\n", "MD5 proves nothing"),
        (f"{'0' * 40}  x\n", "SHA-1 proves nothing"),
        (f"{'0' * 66}  x\n", "no digest of a kind"),
        (f"{A}  ../x\n", "leads out"),
        (f"{A}  /x\n", "leads out"),
        (f"CRC32 (x) = {'0' * 64}\n", "no digest of a kind"),
    ],
)
def test_what_is_no_list(text: str, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        parse_checksums(text.encode(), "list")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(MalformedError):
        assert parse_checksums(data, "list").items
