"""Folders that are traps, scanned by a real process: no hang, no way out, no byte that drives a terminal."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ajar import scanning
from ajar.config import Options
from ajar.errors import TargetError
from ajar.model.evidence import GapReason
from ajar.model.locator import Locator
from ajar.sources import open_release
from tests.build.pickles import command

NOBODY = 65534
MEMORY_BYTES = 512 << 20
EVIL = command()


def _held() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def ajar_scan(
    *arguments: str | bytes,
    seconds: float = 60,
    first: Callable[[], None] = _held,
    folder: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """The command in at most 512 MiB."""
    return subprocess.run(
        [sys.executable, "-m", "ajar", "scan", *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="strict",
        timeout=seconds,
        check=False,
        preexec_fn=first,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def levels(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {Path(file["path"]).name: file["level"] for file in json.loads(done.stdout)["files"]}


def gaps(done: subprocess.CompletedProcess[str]) -> str:
    return " ".join(gap["detail"] for gap in json.loads(done.stdout)["gaps"])


def _as_somebody_else() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def test_a_file_and_a_folder_without_permission(tmp_path: Path) -> None:
    """As another user when this one is root, because root may read everything."""
    root = tmp_path / "release"
    (root / "shut").mkdir(parents=True)
    (root / "open.pkl").write_bytes(EVIL)
    (root / "shut.pkl").write_bytes(EVIL)
    (root / "shut" / "in.pkl").write_bytes(EVIL)
    if os.geteuid() == 0:
        for folder in (root, *root.parents):
            if folder.stat().st_uid == 0 and str(folder).startswith(str(tmp_path.parents[1])):
                folder.chmod(0o755)
    (root / "shut.pkl").chmod(0)
    (root / "shut").chmod(0)
    try:
        done = _scan_in_this_python(root)
        alone = _scan_in_this_python(root / "shut.pkl")
    finally:
        (root / "shut").chmod(0o755)
    assert done.returncode == 1, done.stderr
    assert levels(done) == {"open.pkl": "dangerous"}
    assert gaps(done).count("Permission denied") == 2
    assert (alone.returncode, "permission denied" in alone.stderr, "make it readable" in alone.stderr) == (
        3,
        True,
        True,
    )


def _scan_in_this_python(path: Path) -> subprocess.CompletedProcess[str]:
    """By fork and not by exec: another user may not be allowed to read this interpreter's folder."""
    # Tables and modules are read before, for the same reason.
    from ajar.reports import scan_json

    with suppress(TargetError):
        scan_json.dumps(scanning.scan([path]))
    read, write = os.pipe()
    failed, error = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover  the child's coverage is not collected
        try:
            os.dup2(write, 1)
            os.dup2(error, 2)
            _as_somebody_else()
            from ajar.cli import main

            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            sys.argv = ["ajar", "scan", "--format", "json", str(path)]
            main()
        except SystemExit as ended:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(int(ended.code or 0))
        finally:
            os._exit(99)
    os.close(write)
    os.close(error)
    with os.fdopen(read, encoding="utf-8") as out, os.fdopen(failed, encoding="utf-8") as err:
        said, complained = out.read(), err.read()
    _, status = os.waitpid(child, 0)
    return subprocess.CompletedProcess([], os.waitstatus_to_exitcode(status), said, complained)


def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "model.pkl")
    (tmp_path / "folder.pkl").mkdir()
    (tmp_path / "folder.pkl" / "in.pkl").write_bytes(EVIL)
    (tmp_path / "zero.pkl").symlink_to("/dev/zero")
    (tmp_path / "passwd.pkl").symlink_to("/etc/passwd")
    (tmp_path / "self.pkl").symlink_to("self.pkl")
    (tmp_path / "up").symlink_to("..")
    (tmp_path / "round").symlink_to(".")
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(tmp_path)  # a socket's address is short
        listening.bind("socket.pkl")
        started = time.monotonic()
        done = ajar_scan(str(tmp_path), "--format", "json", seconds=20)
    assert time.monotonic() - started < 15
    assert done.returncode == 1
    assert levels(done) == {"in.pkl": "dangerous"}
    assert len(json.loads(done.stdout)["gaps"]) == 7
    for name in ("model.pkl", "socket.pkl", "zero.pkl", "self.pkl"):
        alone = ajar_scan(str(tmp_path / name), seconds=20)
        assert alone.returncode == 3, name
        assert alone.stderr.startswith("ajar: "), name
        assert len(alone.stderr.splitlines()) == 2, "what, and what to do"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes")
def test_a_device(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "zero.pkl", 0o600 | 0o020000, os.makedev(1, 5))
    except OSError:
        pytest.skip("this file system or container has no device nodes")
    (tmp_path / "a.pkl").write_bytes(EVIL)
    done = ajar_scan(str(tmp_path), "--format", "json", seconds=20)
    assert levels(done) == {"a.pkl": "dangerous"}


def test_a_terabyte_of_nothing(tmp_path: Path) -> None:
    for name in (
        "a.safetensors",
        "b.pkl",
        "c.bin",
        "d.gguf",
        "e.zip",
        "f.txt",
        "g.py",
        "h.json",
        "i.h5",
        "j",
    ):
        with (tmp_path / name).open("wb") as file:
            file.truncate(1 << 40)
    done = ajar_scan(str(tmp_path), "--format", "json", seconds=60)
    report = json.loads(done.stdout)
    assert len(report["files"]) == 10
    assert report["cost"]["bytes_total"] == 10 << 40
    assert report["cost"]["bytes_read"] < 256 << 20


def test_names_that_are_no_text_or_drive_a_terminal(tmp_path: Path) -> None:
    names = [
        b"\xff\xfe.pkl",
        b"\\xff\\xfe.pkl",  # what the one before is shown as
        b"\x1b[2Jclear.pkl",
        b"\x1b]0;title\x07.pkl",
        "\u202egnp.pkl".encode(),
        b"line\nbreak.pkl",
        b"x" * 251 + b".pkl",
        b"-v",
        b"~",
    ]
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(EVIL)
    text = ajar_scan(str(tmp_path))
    assert text.returncode == 1
    assert "9 files: 9 dangerous" in text.stdout
    assert not set("\x1b\x07\u202e") & set(text.stdout)
    as_json = ajar_scan(str(tmp_path), "--format", "json")
    assert as_json.stdout.isascii()
    assert len({file["path"] for file in json.loads(as_json.stdout)["files"]}) == 9
    for name in names[:6]:
        one = ajar_scan(os.fsencode(tmp_path) + b"/" + name)
        assert one.returncode == 1, name
        assert not set("\x1b\x07\u202e") & set(one.stdout + one.stderr)
    missing = ajar_scan(os.fsencode(tmp_path) + b"/\x1b[2J\xff-not-there")
    assert missing.returncode == 3
    assert "\x1b" not in missing.stderr


def test_an_empty_file_and_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "a.pkl").write_bytes(b"")
    done = ajar_scan(str(tmp_path), "--format", "json")
    assert done.returncode == 0
    assert levels(done) == {"a.pkl": "clean"}, "loading nothing does nothing"
    (tmp_path / "a.pkl").unlink()
    empty = ajar_scan(str(tmp_path))
    assert (empty.returncode, "is empty" in empty.stderr) == (3, True)


def test_three_hundred_folders_deep(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    for _ in range(300):
        Path("deep-folder").mkdir()
        os.chdir("deep-folder")
    Path("a.pkl").write_bytes(EVIL)
    os.chdir(tmp_path)
    done = ajar_scan(str(tmp_path), "--format", "json")
    assert done.returncode == 1
    assert levels(done) == {"a.pkl": "dangerous"}


def test_a_hundred_thousand_files(tmp_path: Path) -> None:
    for number in range(100):
        folder = tmp_path / str(number)
        folder.mkdir()
        first = folder / "0.txt"
        first.write_bytes(b"x")
        for inner in range(1, 1000):
            os.link(first, folder / f"{inner}.txt")
    (tmp_path / "z.pkl").write_bytes(EVIL)
    done = ajar_scan(str(tmp_path), seconds=120)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[-1].startswith("100001 files: 1 dangerous, 100000 clean")


def test_a_file_that_changes_and_shrinks_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "m.pkl"
    ended = threading.Event()
    big = b"\x80\x04(" + b"\x8c\xffx" * 30_000

    def change() -> None:
        while not ended.is_set():
            path.write_bytes(big)
            os.truncate(path, 40_000)
            os.truncate(path, 0)
            path.write_bytes(EVIL)

    path.write_bytes(big)
    worker = threading.Thread(target=change)
    worker.start()
    try:
        reports = [scanning.scan([path]) for _ in range(200)]
    finally:
        ended.set()
        worker.join()
    found = [file for report in reports for file in report.files]
    assert not [gap for file in found for gap in file.gaps if gap.reason is GapReason.INTERNAL_ERROR]


@pytest.mark.parametrize("what", ["pipe", "link", "nothing", "folder"])
def test_what_takes_a_file_s_place_after_it_was_listed(tmp_path: Path, what: str) -> None:
    outside = tmp_path / "outside.pkl"
    outside.write_bytes(EVIL)
    root = tmp_path / "release"
    root.mkdir()
    (root / "a.pkl").write_bytes(b"\x80\x04N.")
    with open_release(Locator.parse(str(root)), Options()) as opened:
        (entry,) = opened.release.files
        (root / "a.pkl").unlink()
        if what == "pipe":
            os.mkfifo(root / "a.pkl")
        elif what == "link":
            (root / "a.pkl").symlink_to(outside)
        elif what == "folder":
            (root / "a.pkl").mkdir()
        started = time.monotonic()
        with pytest.raises(OSError), opened.open(entry):
            pass
        assert time.monotonic() - started < 5


def test_a_link_given_by_its_user_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.pkl").write_bytes(EVIL)
    (tmp_path / "link.pkl").symlink_to("real.pkl")
    done = ajar_scan(str(tmp_path / "link.pkl"), "--format", "json")
    assert levels(done) == {"link.pkl": "dangerous"}
