"""The lock: stable, versioned, and refused when it is not what it should be."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ajar
from ajar import digests, gating, lockfile
from ajar.config import Options
from ajar.diffing import compare, snapshot
from ajar.errors import UsageError
from ajar.model.locator import Locator
from tests.build.releases import apache_text, write_release


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_release(tmp_path / "tiny", licence=apache_text())


def locked(*paths: Path, whole: bool = False) -> str:
    return lockfile.dumps(gating.lock([str(path) for path in paths], Options(), whole=whole))


def test_a_lock_comes_back_as_it_was_written(release: Path, tmp_path: Path) -> None:
    text = locked(release)
    (tmp_path / "ajar.lock").write_text(text)
    found = lockfile.load(tmp_path / "ajar.lock")
    assert lockfile.dumps(found.targets) == text
    jsonschema_rs.validator_for(lockfile.schema()).validate(json.loads(text))
    kept = found.targets[str(release)]
    assert (
        compare(
            kept, snapshot(ajar.audit(release), digests.of_release(Locator.parse(str(release)), Options()))
        ).changes
        == ()
    )


def test_the_same_releases_in_any_order_give_the_same_lock(release: Path, tmp_path: Path) -> None:
    other = write_release(tmp_path / "other")
    assert locked(release, other) == locked(other, release)
    files = [line for line in locked(release).splitlines() if " sha256:" in line]
    assert len(files) == 4  # a line a file


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[]", "not a lock"),
        ('{"targets": []}', "not a lock"),
        ('{"schema": "ajar-lock/2", "targets": []}', "ajar-lock/2"),
        ('{"schema": "ajar-lock/1"}', "missing"),
        ('{"schema": "ajar-lock/1", "ajar": "1", "targets": [{}]}', "missing"),
        ('{"schema": "ajar-lock/1", "ajar": "1", "targets": 7}', "must be a list"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_lock_is_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "ajar.lock"
    path.write_text(text)
    with pytest.raises(UsageError, match=words) as raised:
        lockfile.load(path)
    assert str(path) in raised.value.message
    assert "lock again" in raised.value.hint


def test_a_lock_that_is_not_there_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        lockfile.load(tmp_path / "ajar.lock")
    assert "ajar lock" in raised.value.hint


def test_a_target_twice_and_a_lock_cut_short(release: Path, tmp_path: Path) -> None:
    path = tmp_path / "ajar.lock"
    value = json.loads(locked(release))
    value["targets"] *= 2
    path.write_text(json.dumps(value))
    with pytest.raises(UsageError, match="twice"):
        lockfile.load(path)
    path.write_text(locked(release)[:-200])
    with pytest.raises(UsageError, match="not JSON"):
        lockfile.load(path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    )
)
def test_no_value_in_a_lock_is_more_than_a_usage_error(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    path = tmp_path_factory.mktemp("lock") / "ajar.lock"
    path.write_text(json.dumps({"schema": "ajar-lock/1", "ajar": "1", "targets": [value]}))
    with pytest.raises(UsageError):
        lockfile.load(path)


def digest(release: Path, name: str, **more) -> str:
    return str(digests.of_release(Locator.parse(str(release)), Options(), **more)[name].digest)


def test_a_large_file_is_digested_by_its_ends_or_whole(release: Path) -> None:
    large = release / "more.bin"
    with large.open("wb") as handle:
        handle.truncate(digests.WHOLE_BYTES + 1)
    ends, whole = digest(release, "more.bin"), digest(release, "more.bin", whole=True)
    assert (ends.partition(":")[0], whole.partition(":")[0]) == ("ends-sha256", "sha256")
    assert digest(release, "config.json").startswith("sha256:")
    with large.open("r+b") as handle:  # in the middle, of the same size
        handle.seek(digests.WHOLE_BYTES // 2)
        handle.write(b"x")
    assert digest(release, "more.bin") == ends
    assert digest(release, "more.bin", as_in={"more.bin": whole}) != whole
    with large.open("r+b") as handle:
        handle.write(b"x")
    assert digest(release, "more.bin") != ends


def test_a_byte_of_a_member_moves_the_archive(release: Path, tmp_path: Path) -> None:
    def packed(name: str) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            for child in sorted(release.iterdir()):
                archive.write(child, child.name)
        return path

    before = gating.lock([str(packed("a.zip"))], Options())
    weights = release / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    packed("a.zip")
    after = gating.lock([str(tmp_path / "a.zip")], Options())
    (changes,) = [compare(before[name], after[name]).changes for name in before]
    assert [change.what for change in changes] == ["a.zip"]
