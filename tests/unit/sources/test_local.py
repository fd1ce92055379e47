"""Releases on disk: listing, links, caches, checkouts, and everything that can be wrong with a path."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ajar.config import Limits, Options
from ajar.errors import TargetNotFound, TargetUnreadable, UsageError
from ajar.model.evidence import Gap, GapReason
from ajar.model.locator import Locator
from ajar.sources import open_release
from ajar.sources.local import LocalRelease


def resolve(path: Path | str, **limits: int) -> LocalRelease:
    options = Options(limits=Limits(**limits))
    with open_release(Locator.parse(str(path)), options) as opened:
        assert isinstance(opened, LocalRelease)
        return opened


def gaps(opened: LocalRelease) -> dict[str, GapReason]:
    return {note.location.path: note.reason for note in opened.observations if isinstance(note, Gap)}


def test_a_folder_lists_files_sorted_with_sizes(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.bin").write_bytes(b"1234")
    (tmp_path / "a.md").write_text("hello")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("not part of the release")

    opened = resolve(tmp_path)

    assert [(entry.path, entry.size) for entry in opened.release.files] == [("a.md", 5), ("b/x.bin", 4)]
    with opened.open(opened.release.files[1]) as blob:
        assert blob.size == 4
        assert blob.read_at(1, 2) == b"23"
        assert blob.read_at(3, 100) == b"4"
        assert blob.read_at(100, 1) == b""


def test_one_file_is_a_release(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    assert [entry.path for entry in resolve(tmp_path / "model.gguf").release.files] == ["model.gguf"]


def test_no_such_path_suggests_a_near_one(tmp_path: Path) -> None:
    (tmp_path / "mistral-7b").mkdir()
    with pytest.raises(TargetNotFound) as caught:
        resolve(tmp_path / "mistal-7b")
    assert caught.value.exit_code == 3
    assert "mistral-7b" in caught.value.hint


def test_an_empty_folder_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(TargetNotFound, match="empty"):
        resolve(tmp_path)


def test_a_broken_link_as_target(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(TargetNotFound, match="broken link"):
        resolve(tmp_path / "link")


def test_a_link_loop_as_target(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(TargetNotFound, match="leads back"):
        resolve(tmp_path / "loop")


def test_links_inside_are_followed_and_others_become_gaps(tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    root = tmp_path / "release"
    (root / "sub").mkdir(parents=True)
    (root / "real.txt").write_text("real")
    (root / "inside").symlink_to("real.txt")
    (root / "leaves").symlink_to(outside)
    (root / "broken").symlink_to("nowhere")
    (root / "loop").symlink_to("loop")
    (root / "folder").symlink_to("sub")
    (root / "sub" / "up").symlink_to("..")

    opened = resolve(root)

    assert [entry.path for entry in opened.release.files] == ["inside", "real.txt"]
    assert gaps(opened) == {
        "leaves": GapReason.UNREADABLE,
        "broken": GapReason.ABSENT,
        "loop": GapReason.ABSENT,
        "folder": GapReason.UNSUPPORTED,
        "sub/up": GapReason.UNSUPPORTED,
    }


def test_a_sibling_whose_name_begins_alike_is_outside(tmp_path: Path) -> None:
    (tmp_path / "release-secret").mkdir()
    (tmp_path / "release-secret" / "x").write_text("secret")
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "y").symlink_to(tmp_path / "release-secret" / "x")
    assert gaps(resolve(tmp_path / "release")) == {"y": GapReason.UNREADABLE}


def test_pipes_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "model.safetensors")
    (tmp_path / "a").write_text("a")
    assert gaps(resolve(tmp_path)) == {"model.safetensors": GapReason.UNSUPPORTED}


def test_a_pipe_as_target_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TargetUnreadable, match="neither"):
        resolve(tmp_path / "pipe")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    (locked / "x").write_text("x")
    locked.chmod(0)
    try:
        with pytest.raises(TargetUnreadable, match="permission"):
            resolve(locked)
        assert gaps(resolve(tmp_path)) == {"locked": GapReason.UNREADABLE}
    finally:
        locked.chmod(0o700)


def test_names_that_are_no_text_are_spelled_out(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/bad\xff\x1b[31m.md"
    Path(os.fsdecode(raw)).write_bytes(b"text")
    opened = resolve(tmp_path)
    (entry,) = opened.release.files
    assert entry.path == "bad\\xff\x1b[31m.md"
    entry.path.encode("utf-8")
    with opened.open(entry) as blob:
        assert blob.read_at(0, 10) == b"text"


def test_too_many_files_stop_with_a_gap(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number:02}.txt").write_text("x")
    opened = resolve(tmp_path, files=10)
    assert len(opened.release.files) == 10
    assert list(gaps(opened).values()) == [GapReason.OVER_BUDGET]


def hub_cache(root: Path, revisions: list[str], main: str | None) -> Path:
    repo = root / "models--org--name"
    (repo / "blobs").mkdir(parents=True)
    digest = "ab" * 32
    (repo / "blobs" / digest).write_bytes(b"weights")
    for revision in revisions:
        folder = repo / "snapshots" / revision
        folder.mkdir(parents=True)
        (folder / "model.safetensors").symlink_to(f"../../blobs/{digest}")
    if main:
        (repo / "refs").mkdir()
        (repo / "refs" / "main").write_text(main)
    return repo


def test_a_hub_cache_resolves_main_and_its_blobs(tmp_path: Path) -> None:
    repo = hub_cache(tmp_path, ["a" * 40, "b" * 40], "b" * 40)
    opened = resolve(repo)
    assert opened.release.revision == "b" * 40
    (entry,) = opened.release.files
    assert entry.digest == "sha256:" + "ab" * 32
    with opened.open(entry) as blob:
        assert blob.read_at(0, 7) == b"weights"


def test_a_snapshot_folder_is_itself_a_target(tmp_path: Path) -> None:
    repo = hub_cache(tmp_path, ["c" * 40], None)
    assert resolve(repo / "snapshots" / ("c" * 40)).release.revision == "c" * 40
    assert resolve(repo).release.revision == "c" * 40


def test_a_hub_cache_of_many_snapshots_without_main_asks(tmp_path: Path) -> None:
    repo = hub_cache(tmp_path, ["a" * 40, "b" * 40], None)
    with pytest.raises(UsageError) as caught:
        resolve(repo)
    assert "a" * 40 in caught.value.hint


@pytest.mark.parametrize("layout", ["detached", "loose", "packed", "hostile", "none"])
def test_a_checkout_gives_its_commit(tmp_path: Path, layout: str) -> None:
    git = tmp_path / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (tmp_path / "README.md").write_text("x")
    commit = "0123456789abcdef0123456789abcdef01234567"
    if layout == "detached":
        (git / "HEAD").write_text(commit)
    elif layout == "hostile":
        (git / "HEAD").write_text("ref: refs/../../../secret")
    elif layout != "none":
        (git / "HEAD").write_text("ref: refs/heads/main\n")
    if layout == "loose":
        (git / "refs" / "heads" / "main").write_text(f"{commit}\n")
    if layout == "packed":
        (git / "packed-refs").write_text(f"# pack-refs\n{commit} refs/heads/main\n")
    expected = None if layout in {"hostile", "none"} else commit
    assert resolve(tmp_path).release.revision == expected


def test_other_schemes_say_what_to_do() -> None:
    with pytest.raises(UsageError) as caught, open_release(Locator.parse("gopher:org/name"), Options()):
        pass
    assert "download" in caught.value.hint


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://github.com/org/name.git", "github.com/org/name"),
        ("https://somebody:secret@github.com/org/name", "github.com/org/name"),
        ("git@github.com:org/name.git", "github.com/org/name"),
        ("ssh://git@hf.co:22/org/name", "hf.co/org/name"),
        ("/srv/git/name", None),
        ("../name", None),
        ("https://github.com/org", None),
        ("\x1b[31m", None),
    ],
)
def test_where_a_checkout_came_from(tmp_path, url, origin):
    (tmp_path / "README.md").write_text("# Model")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(
        f'[core]\n\tbare = false\n[remote "fork"]\n\turl = https://github.com/x/y\n[remote "origin"]\n\turl = {url}\n\tfetch = x\n'
    )
    with open_release(Locator.parse(str(tmp_path)), Options()) as opened:
        found = [note for note in opened.observations if getattr(note, "key", "") == "release.origin"]
    assert [note.value for note in found] == ([origin] if origin else [])
    assert not found or found[0].location.line == 6
    assert "secret" not in repr(opened.observations)


@pytest.mark.parametrize("kind", ["pipe", "link", "folder", "long", "bytes", "newlines"])
def test_settings_of_git_that_are_something_else_are_passed_over(tmp_path, kind):
    (tmp_path / "README.md").write_text("# Model")
    git = tmp_path / ".git"
    git.mkdir()
    page = git / "config"
    if kind == "pipe":
        os.mkfifo(page)
        os.mkfifo(git / "HEAD")
    elif kind == "link":
        (tmp_path / "other").write_text('[remote "origin"]\nurl = https://github.com/org/name\n')
        page.symlink_to(tmp_path / "other")
    elif kind == "folder":
        page.mkdir()
    elif kind == "newlines":
        page.write_text('[remote "origin"]' + "\n \t" * 500_000)
    else:
        page.write_bytes(b'[remote "origin"]\nurl = \xff\n' * (1 if kind == "bytes" else 400_000))
    with open_release(Locator.parse(str(tmp_path)), Options()) as opened:
        assert not [note for note in opened.observations if getattr(note, "key", "") == "release.origin"]
