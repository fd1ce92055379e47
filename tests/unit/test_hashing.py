"""Digests: the same as the libraries', whatever the size, and honest about files that change."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from blake3 import blake3

from ajar import hashing
from ajar.hashing import BUFFER_BYTES, WINDOW_BYTES, Part, digests, total

SIZES = (0, 1, BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 1, WINDOW_BYTES, 2 * WINDOW_BYTES + 12_345)
KNOWN = {
    "sha256": lambda data: hashlib.sha256(data).hexdigest(),
    "sha384": lambda data: hashlib.sha384(data).hexdigest(),
    "sha512": lambda data: hashlib.sha512(data).hexdigest(),
    "blake2": lambda data: hashlib.blake2b(data).hexdigest(),
    "blake3": lambda data: blake3(data).hexdigest(),
}


def part(path: Path, algorithm: str = "sha256", start: int = 0, size: int | None = None) -> Part:
    @contextmanager
    def opened() -> Iterator[int]:
        fd = os.open(path, os.O_RDONLY)
        try:
            yield fd
        finally:
            os.close(fd)

    return Part(
        key=path.name,
        algorithm=algorithm,
        start=start,
        size=path.stat().st_size if size is None else size,
        open=opened,
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("files")
    found = []
    for size in SIZES:
        path = root / str(size)
        path.write_bytes(
            os.urandom(min(size, 70_000)) * (size // 70_000) + os.urandom(size % 70_000) if size else b""
        )
        found.append(path)
    return found


@pytest.mark.parametrize("algorithm", KNOWN)
def test_the_libraries_digests_in_order(algorithm: str, files: list[Path]) -> None:
    done = digests([part(path, algorithm) for path in files])
    assert [item.key for item in done] == [path.name for path in files]
    assert [item.digest for item in done] == [KNOWN[algorithm](path.read_bytes()) for path in files]
    assert total(done) == sum(path.stat().st_size for path in files)


@pytest.mark.parametrize("algorithm", ["sha256", "blake3"])
def test_a_part_of_a_file(algorithm: str, files: list[Path]) -> None:
    whole = files[-1].read_bytes()
    for start, size in ((0, 10), (3, BUFFER_BYTES), (1, WINDOW_BYTES), (len(whole) - 5, 5)):
        (done,) = digests([part(files[-1], algorithm, start, size)])
        assert done.digest == KNOWN[algorithm](whole[start : start + size])


@pytest.mark.parametrize("algorithm", ["sha256", "blake3"])
def test_a_file_that_was_cut_short_has_no_digest(algorithm: str, files: list[Path]) -> None:
    path = files[-1]
    (done,) = digests([part(path, algorithm, size=path.stat().st_size + 1)])
    assert (done.digest, done.why) == ("", "was cut short while it was read")


def test_where_the_kernel_cannot_fill_a_window(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_POPULATE_READ", 9_999)
    for path in files:
        (done,) = digests([part(path, "blake3")])
        assert done.digest == KNOWN["blake3"](path.read_bytes())


@pytest.mark.parametrize("moment", ["fstat", "mmap"])
def test_a_file_that_shrinks_under_a_window_ends_nothing(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut after its size was looked at, or after it was mapped: the moments in which a plain map would be fatal."""
    path = tmp_path / "shrinking"
    path.write_bytes(bytes(2 * WINDOW_BYTES))
    own = part(path, "blake3")
    owner = hashing.os if moment == "fstat" else hashing.mmap
    real = getattr(owner, moment)

    def shrink(*arguments: object, **more: object) -> object:
        seen = real(*arguments, **more)
        os.truncate(path, 10)
        return seen

    monkeypatch.setattr(owner, moment, shrink)
    (done,) = digests([own])
    assert done.digest == ""
    assert done.why


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "gone").write_bytes(b"x")
    missing, there = part(tmp_path / "gone"), tmp_path / "there"
    there.write_bytes(b"y")
    (tmp_path / "gone").unlink()
    first, second = digests([missing, part(there)])
    assert "No such file" in first.why
    assert second.digest == hashlib.sha256(b"y").hexdigest()


def test_progress_is_told_in_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "big"
    with path.open("wb") as handle:
        handle.truncate(100_000_000)
    told: list[tuple[str, int, int]] = []
    digests([part(path)], lambda *words: told.append(words))
    assert told
    assert all(stage == "hashing, MB" and 0 < done <= all_ == 100 for stage, done, all_ in told)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
