"""What the command's tests do not reach: signatures over parts, a model that is one file, hosts without digests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ajar.model.verification import DigestBasis, FileState
from ajar.signing.trust import Trust
from ajar.verifying import verify
from tests.build import signing
from tests.standin.hub import Sparse
from tests.unit.sources.conftest import running, standin  # noqa: F401  fixtures

SIGN = """
import pathlib, sys, warnings
warnings.simplefilter("ignore")
from model_signing import hashing, signing
model, key, algorithm, shard = sys.argv[1:]
how = hashing.Config()
if shard == "0":
    how.use_file_serialization(hashing_algorithm=algorithm, ignore_paths=[pathlib.Path(model) / "model.sig"])
else:
    how.use_shard_serialization(hashing_algorithm=algorithm, shard_size=int(shard))
    how.set_ignored_paths(paths=[pathlib.Path(model) / "model.sig"])
config = signing.Config().use_elliptic_key_signer(private_key=pathlib.Path(key)).set_hashing_config(how)
config.sign(model, pathlib.Path(model) / "model.sig")
"""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return signing.write_key(tmp_path_factory.mktemp("keys"))


def sign(model: Path, private: Path, algorithm: str = "sha256", shard: int = 0) -> Trust:
    command = [sys.executable, "-c", SIGN, model, private, algorithm, str(shard)]
    subprocess.run([str(word) for word in command], check=True, timeout=120, capture_output=True)
    return Trust(key=private.with_suffix(".pub").read_bytes())


def model(folder: Path) -> Path:
    root = folder / "model"
    (root / "sub").mkdir(parents=True)
    (root / "weights.bin").write_bytes(bytes(range(256)) * 100)
    (root / "sub" / "config.json").write_text("{}")
    return root


@pytest.mark.parametrize("algorithm", ["sha256", "blake2", "blake3"])
def test_algorithms(algorithm: str, keys: tuple[Path, Path], tmp_path: Path) -> None:
    root = model(tmp_path)
    trust = sign(root, keys[0], algorithm)
    found = verify(root, trust=trust)
    assert found.verified, found.problems
    assert found.algorithm == algorithm
    (root / "weights.bin").write_bytes(b"x" * 25_600)
    assert [file.path for file in verify(root, trust=trust).of(FileState.CHANGED)] == ["weights.bin"]


def test_parts(keys: tuple[Path, Path], tmp_path: Path) -> None:
    root = model(tmp_path)
    trust = sign(root, keys[0], shard=1000)
    found = verify(root, trust=trust)
    assert found.verified, (found.problems, found.files)
    assert found.method == "shards"
    data = bytearray((root / "weights.bin").read_bytes())
    for change in (data[:-1], data + b"x", data[:1500] + b"y" + data[1501:]):
        (root / "weights.bin").write_bytes(change)
        answer = verify(root, trust=trust)
        assert not answer.verified
        assert [file.path for file in answer.of(FileState.CHANGED)] == ["weights.bin"]


def test_links_count_by_what_they_lead_to(keys: tuple[Path, Path], tmp_path: Path) -> None:
    """A hub's cache keeps links to blobs."""
    root = model(tmp_path)
    trust = sign(root, keys[0])
    cache = tmp_path / "models--org--model"
    snapshot = cache / "snapshots" / ("a" * 40)
    (snapshot / "sub").mkdir(parents=True)
    (cache / "blobs").mkdir()
    for path in (root / "weights.bin", root / "sub" / "config.json", root / "model.sig"):
        blob = cache / "blobs" / path.name
        blob.write_bytes(path.read_bytes())
        (snapshot / path.relative_to(root)).symlink_to(blob)
    assert verify(snapshot, trust=trust).verified
    (cache / "blobs" / "weights.bin").write_bytes(b"z" * 25_600)
    assert not verify(snapshot, trust=trust).verified


def test_a_host_s_digests_are_of_another_kind(standin, keys: tuple[Path, Path], tmp_path: Path) -> None:  # noqa: F811
    root = model(tmp_path)
    trust = sign(root, keys[0], "blake3")
    standin.add("org/m", root)
    found = verify("org/m", trust=trust)
    assert found.verified  # small enough to be fetched and hashed
    assert {file.basis for file in found.files} == {DigestBasis.READ}


def test_parts_on_a_host_need_a_download(standin, keys: tuple[Path, Path], tmp_path: Path) -> None:  # noqa: F811
    root = model(tmp_path)
    trust = sign(root, keys[0], shard=1000)
    standin.add("org/m", root)
    found = verify("org/m", trust=trust)
    assert not found.verified
    assert {file.state for file in found.files} == {FileState.UNREAD}
    assert all("needs download" in file.why for file in found.files)


def test_a_large_file_without_the_right_digest_needs_a_download(
    standin,  # noqa: F811
    keys: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    root = model(tmp_path)
    with (root / "weights.bin").open("wb") as handle:
        handle.truncate(20_000_000)
    trust = sign(root, keys[0], "blake3")
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    standin.add("org/m", {**files, "weights.bin": Sparse(size=20_000_000, spans={})})
    found = verify("org/m", trust=trust)
    (unread,) = found.of(FileState.UNREAD)
    assert unread.path == "weights.bin"
    assert "no blake3 for it: needs download" in unread.why


def test_an_empty_folder_s_signature_verifies_nothing(keys: tuple[Path, Path], tmp_path: Path) -> None:
    root = tmp_path / "model"
    root.mkdir()
    (root / "a").write_bytes(b"")
    trust = sign(root, keys[0])
    (root / "a").unlink()
    assert not verify(root, trust=trust).verified
