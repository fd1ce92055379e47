"""Repositories of git, as git itself serves them, and packs that lie."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import random
import subprocess
import zlib
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ajar
from ajar.blobs import Meter
from ajar.config import Limits, Options
from ajar.errors import BudgetExceeded, MalformedError, TargetNotFound, TargetUnreadable, UsageError
from ajar.model.locator import Locator
from ajar.sources import _git_keys, _packs
from ajar.sources._lfs import Pointer, addresses, pointer
from ajar.sources._packs import Pack, first_object, pack_of, packet, packets
from ajar.sources._remote import Line
from ajar.sources._transport import Reply
from ajar.sources.git import of_page
from tests.build.releases import apache_text, write_release
from tests.e2e.test_command_line import ajar as command
from tests.standin.git import GIT, Host, git, host
from tests.unit.sources.test_hub import plain, safetensors

pytestmark = pytest.mark.skipif(
    not GIT, reason="git is not installed, and its own server is what is tested against"
)


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setenv("AJAR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with host(tmp_path / "served") as made:
        yield made


@pytest.fixture
def repository(there: Host) -> Path:
    """A release of two commits, a tag, a branch, links, a folder, and a file that the pack leaves out."""
    folder = there.make("org/tiny")
    write_release(folder, licence=apache_text())
    (folder / "README.md").write_text("# Before\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    git(folder, "tag", "-a", "v0.1", "-m", "first")
    write_release(folder, licence=apache_text())
    (folder / "code" / "deep").mkdir(parents=True)
    (folder / "code" / "deep" / "train.py").write_text("print('hello')\n" * 50)
    (folder / "COPYING").symlink_to("LICENSE")
    (folder / "broken").symlink_to("nowhere")
    (there.root / "x").write_text("outside\n")
    (folder / "out").symlink_to("../../x")
    (folder / "folder").symlink_to("code")
    (folder / "train.bin").write_bytes(random.Random(1).randbytes(3 << 20))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "two")
    git(folder, "branch", "feature/x")
    return folder


def target(there: Host, name: str = "org/tiny") -> str:
    return f"git+{there.endpoint}/{name}"


def without_inspector(found: dict[str, object]) -> dict[str, object]:
    """A report in which the source and the reader of folders say the same when they see the same."""
    texts = {key: repr(value).replace("inspector='git'", "inspector='local'") for key, value in found.items()}
    gaps = sorted(found["gaps"], key=lambda gap: gap.location.path)  # type: ignore[call-overload]
    return {**texts, "gaps": [(gap.location, gap.reason, gap.detail) for gap in gaps]}


def test_the_same_report_as_of_the_checkout(there, repository, remote):
    report = remote(target(there))
    found, here = without_inspector(plain(report)), without_inspector(plain(ajar.audit(repository)))
    for key, value in here.items():
        assert found[key] == value, key
    assert report.release.revision == git(repository, "rev-parse", "HEAD")
    assert str(report.release.locator) == f"{target(there)}@{report.release.revision}"
    assert (
        next(item.value for item in report.evidence if item.key == "host.last-modified")
        == "2026-01-02T03:04:05Z"
    )


def test_what_it_costs(there, repository, remote):
    report = remote(target(there))
    assert report.cost.requests <= 5  # greeting, names, pack, the one large file and its rest
    assert remote(target(there)).cost.requests == 2  # the names again; the pack is kept


def test_a_host_that_leaves_nothing_out(there, repository, remote):
    before = remote(target(there), keep=False)
    git(repository, "config", "uploadpack.allowFilter", "false")
    report = remote(target(there), keep=False)
    assert plain(report) == plain(before)
    assert report.cost.requests == 3


def test_a_large_file_in_git_itself(there, remote):
    """Its start is enough for its header; of one beyond the limit the rest is a gap, and of one within it all is read."""
    folder = there.make("org/large")
    large = safetensors(2 << 20)
    (folder / "model.safetensors").write_bytes(large.read(0, large.size))
    (folder / "huge.zip").write_bytes(b"PK\3\4" + random.Random(2).randbytes(33 << 20))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")
    report = remote(target(there, "org/large"))
    assert {entry.path: entry.size for entry in report.release.files} == {
        "model.safetensors": large.size,
        "huge.zip": (33 << 20) + 4,
    }
    assert {gap.location.path for gap in report.gaps} == {"huge.zip"}
    assert "clone it" in report.gaps[0].detail
    assert report.cost.bytes_read < 4 << 20


def test_a_tree_that_holds_itself_many_times(there, remote, monkeypatch):
    folder = there.make("org/bomb")
    (folder / "a").write_text("x")
    git(folder, "add", "-A")
    name = git(folder, "write-tree")
    for _ in range(12):
        rows = "".join(f"040000 tree {name}\td{number}\n" for number in range(10))
        done = subprocess.run(
            [GIT, "-C", folder, "mktree"], input=rows, capture_output=True, text=True, check=True
        )
        name = done.stdout.strip()
    git(folder, "update-ref", "refs/heads/main", git(folder, "commit-tree", name, "-m", "bomb"))
    report = ajar.audit(target(there, "org/bomb"), Options(limits=Limits(files=3000)))
    assert any("more than 3000 files" in gap.detail for gap in report.gaps)


def test_a_folder_that_says_it_is_a_file(there, remote):
    folder = there.make("org/lie")
    (folder / "a.txt").write_text("words\n")
    git(folder, "add", "-A")
    tree = git(folder, "write-tree")
    blob = git(folder, "rev-parse", ":a.txt")
    content = b"100644 a.txt\0" + bytes.fromhex(blob) + b"100644 lie.txt\0" + bytes.fromhex(tree)
    written = subprocess.run(
        [GIT, "-C", folder, "hash-object", "-t", "tree", "-w", "--stdin", "--literally"], input=content, capture_output=True, check=True
    )  # fmt: skip
    git(
        folder,
        "update-ref",
        "refs/heads/main",
        git(folder, "commit-tree", written.stdout.decode().strip(), "-m", "x"),
    )
    try:
        report = remote(target(there, "org/lie"))
    except TargetUnreadable:
        return  # git itself may refuse to serve it
    assert [item.path for item in report.files] == ["a.txt"]
    assert {gap.location.path for gap in report.gaps} == {"lie.txt"}


def test_an_open_address_is_no_way_on_from_a_safe_one():
    answers = [
        {"oid": "a" * 64, "actions": {"download": {"href": f"{scheme}://host.invalid/x"}}}
        for scheme in ("http", "https")
    ]
    for answer, base, found in zip(
        answers * 2, ["https://h/r"] * 2 + ["http://h/r"] * 2, [0, 1, 1, 1], strict=True
    ):
        body = json.dumps({"objects": [answer]}).encode()
        line = Line(Options(keep=False), Meter(1 << 20))
        line._transport = SimpleNamespace(
            get=lambda *_, body=body, **__: Reply(status=200, headers={}, body=body, url="", is_whole=True)
        )
        assert len(addresses(line, base, [Pointer("a" * 64, 1)])) == found


def test_by_the_command(there, repository):
    found = json.loads(command("audit", target(there), "--format", "json").stdout)
    here = json.loads(command("audit", repository, "--format", "json").stdout)
    for key in ("door", "components", "licences", "safety"):
        assert found[key] == here[key]


@pytest.mark.parametrize("revision", ["v0.1", "main", "feature/x", "refs/heads/feature/x", "HEAD"])
def test_revisions(there, repository, remote, revision):
    commit = git(repository, "rev-parse", f"{revision}^{{commit}}")
    assert remote(f"{target(there)}@{revision}").release.revision == commit
    assert remote(f"{target(there)}@{commit}").release.revision == commit


def test_folders_files_and_addresses(there, repository, remote):
    assert {item.path for item in remote(f"{target(there)}//code").files} == {"deep/train.py"}
    assert {item.path for item in remote(f"{target(there)}//LICENSE").files} == {"LICENSE"}
    assert remote(f"{target(there)}.git").files
    assert remote(f"git+{there.endpoint}/moved/tiny").files


def test_what_is_not_there(there, repository, remote):
    for name in ("org/tiny@none", "org/none", "org/tiny//none"):
        with pytest.raises(TargetNotFound):
            remote(target(there, name))
    for text in (
        "git+https:x",
        "git+https://user:word@host/x",
        "git+https://host/a/../b",
        "git+https://host/x@a b",
    ):
        with pytest.raises(UsageError):
            remote(text)


def test_offline(there, repository, remote):
    online = remote(target(there))
    asked = len(there.asked)
    offline = remote(target(there), offline=True)
    assert plain(offline) == plain(online)
    assert len(there.asked) == asked
    with pytest.raises(TargetUnreadable, match="not in the cache"):
        remote(f"{target(there)}@v0.1", offline=True)


def test_files_of_lfs_by_range(there, remote):
    folder = there.make("org/lfs")
    large = safetensors(16 << 20)
    whole = large.read(0, large.size)
    (folder / "model.safetensors").write_bytes(there.pointer(whole))
    (folder / "LICENSE").write_text(apache_text())
    missing = there.pointer(b"nobody has this")
    (folder / "gone.bin").write_bytes(missing)
    there.large.popitem()
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")
    report = remote(target(there, "org/lfs"))
    entries = {entry.path: entry for entry in report.release.files}
    assert entries["model.safetensors"].size == large.size
    assert entries["model.safetensors"].digest == f"sha256:{pointer(there.pointer(whole)).oid}"
    formats = {item.path: item.format for item in report.files}
    assert formats == {
        "model.safetensors": "safetensors",
        "LICENSE": "licence-text",
        "gone.bin": "lfs-pointer",
    }
    assert report.cost.bytes_read < 1 << 20
    assert remote(target(there, "org/lfs"), offline=True).safety == report.safety
    assert all(headers["x-given"] == "yes" for path, headers in there.asked if path.startswith("/lfs/"))


def test_a_host_of_lfs_inside_is_not_followed(there, remote):
    folder = there.make("org/inside")
    (folder / "x.bin").write_bytes(there.pointer(b"x" * 2000))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")
    there.href = there.endpoint.replace("127.0.0.1", "localhost") + "/lfs/x"
    report = remote(target(there, "org/inside"))
    assert any("its network" in gap.detail for gap in report.gaps)
    assert not any(path.startswith("/lfs/") for path, _ in there.asked)


def test_another_repository_inside(there, repository, remote):
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},vendor/other")
    git(repository, "commit", "-qm", "module")
    assert any("another repository" in gap.detail for gap in remote(target(there)).gaps)


def test_a_word_from_netrc_goes_to_its_host(there, repository, remote, tmp_path):
    there.wanted_word = f"Basic {base64.b64encode(b'me:secret').decode()}"
    with pytest.raises(TargetUnreadable):
        remote(target(there))
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    assert remote(target(there)).files
    (tmp_path / "netrc").write_text("default login me password secret\n")
    with pytest.raises(TargetUnreadable):
        remote(target(there), keep=False)


def test_tokens_of_well_known_hosts_go_to_them_over_tls(monkeypatch, tmp_path):
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    monkeypatch.setenv("GH_TOKEN", "")
    monkeypatch.setenv("GITHUB_TOKEN", "word")
    sent = {}
    for base in (
        "https://github.com/o/r",
        "http://github.com/o/r",
        "https://gitlab.com/o/r",
        "https://host.invalid/o/r",
    ):
        line = Line(Options(keep=False), Meter(1))
        _git_keys.prepare(line, base, base.split("/")[2])
        sent[base] = {place: sign("GET", base, {}) for place, sign in line.signers.items()}
    word = base64.b64encode(b"x-access-token:word").decode()
    assert sent.pop("https://github.com/o/r") == {"github.com:443": {"authorization": f"Basic {word}"}}
    assert set(map(len, sent.values())) == {0}


def test_a_host_that_is_none(standin, remote):
    with pytest.raises((TargetNotFound, TargetUnreadable)):
        remote(f"git+{standin.endpoint}/org/tiny")


def test_a_repository_of_many_deltas(there, remote):
    """Fifty versions of a file that grows: git stores them as deltas of deltas in one pack."""
    folder = there.make("org/deltas")
    lines = [f"line {number} of a file with words in it\n" for number in range(400)]
    for number in range(50):
        (folder / f"{number:02}.txt").write_text("".join(lines[: 300 + number]) + f"end {number}\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")
    git(folder, "gc", "-q", "--aggressive")
    report = remote(target(there, "org/deltas"))
    assert {entry.path: entry.size for entry in report.release.files} == {
        path.name: path.stat().st_size for path in folder.glob("*.txt")
    }
    assert report.cost.bytes_read < 20_000


@pytest.mark.parametrize(
    ("page", "means"),
    [
        ("https://github.com/org/repo", "git+https://github.com/org/repo"),
        ("https://github.com/org/repo.git", "git+https://github.com/org/repo"),
        ("https://www.github.com/org/repo/?tab=readme", "git+https://github.com/org/repo"),
        ("https://github.com/org/repo/tree/main", "git+https://github.com/org/repo@main"),
        (
            "https://github.com/org/repo/blob/v1.0/a%20b/c.bin",
            "git+https://github.com/org/repo@v1.0//a b/c.bin",
        ),
        ("https://gitlab.com/org/repo/-/tree/main/x", "git+https://gitlab.com/org/repo@main//x"),
        ("https://codeberg.org/org/repo/src/branch/main/x", "git+https://codeberg.org/org/repo@main//x"),
        ("https://github.com/org/repo/releases/download/v1/m.gguf", None),
        ("https://github.com/org/repo/raw/main/m.gguf", None),
        ("https://github.com/orgs/x", None),
        ("https://github.com.host.invalid/org/repo", None),
        ("https://raw.githubusercontent.com/org/repo/main/m.gguf", None),
    ],
)
def test_the_address_of_a_page_is_what_it_shows(page, means):
    found = of_page(page)
    assert found == (Locator.parse(means) if means else None)
    assert found is None or str(found) == means


# packs


def packed(*objects: tuple[int, bytes, bytes], count: int | None = None) -> bytes:
    """A pack by hand: kind, what stands before the content, content."""
    body = b"".join(
        head(kind, len(content)) + before + zlib.compress(content) for kind, before, content in objects
    )
    made = b"PACK\0\0\0\2" + (len(objects) if count is None else count).to_bytes(4) + body
    return made + sha1(made).digest()


def head(kind: int, size: int) -> bytes:
    first, rest = kind << 4 | size & 15, size >> 4
    made = bytearray()
    while rest:
        made.append(first | 0x80)
        first, rest = rest & 0x7F, rest >> 7
    return bytes([*made, first])


BLOB = (3, b"", b"hello world")
NAME = sha1(b"blob 11\0hello world").digest()


def test_objects_are_named_by_what_they_hold():
    delta = bytes([11, 5, 0x90, 5])  # of 11 bytes, makes 5: copies the first 5
    pack = Pack(
        packed(BLOB, (7, NAME, delta), (7, sha1(b"blob 5\0hello").digest(), bytes([5, 3, 3, *b"hey"])))
    )
    assert pack.objects[NAME.hex()] == ("blob", b"hello world")
    assert {content for _, content in pack.objects.values()} == {b"hello world", b"hello", b"hey"}


def test_a_base_may_come_after_its_delta():
    assert len(Pack(packed((7, NAME, bytes([11, 5, 0x90, 5])), BLOB)).objects) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PACK\0\0\0\7\0\0\0\0",
        packed(BLOB, count=2),
        packed((5, b"", b"x")),
        packed((7, NAME, bytes([11, 5, 0x90, 5]))),
        packed(BLOB, (6, b"\x7f", bytes([11, 5, 0x90, 5]))),
        packed(BLOB, (7, NAME, bytes([12, 5, 0x90, 5]))),
        packed(BLOB, (7, NAME, bytes([11, 5, 0x90, 12]))),
        packed(BLOB, (7, NAME, bytes([11, 6, 0x90, 5]))),
        packed(BLOB, (7, NAME, bytes([11, 5, 0]))),
        packed(BLOB, (7, NAME, bytes([11, 5, 0x9F]))),
        packed(BLOB)[:20],
        b"PACK\0\0\0\2\0\0\0\1" + head(3, 5) + zlib.compress(b"longer than five"),
        b"PACK\0\0\0\2\0\0\0\1" + head(3, 50) + zlib.compress(b"shorter"),
        b"PACK\0\0\0\2\0\0\0\1" + b"\xbf" + b"\xff" * 12,
        b"PACK\0\0\0\2\0\0\0\1" + head(3, 5) + b"not zlib",
    ],
)
def test_packs_that_lie(data):
    with pytest.raises(MalformedError):
        Pack(data)


def test_packs_that_are_too_much(monkeypatch):
    with pytest.raises(BudgetExceeded):
        Pack(packed(count=1 << 30))
    monkeypatch.setattr(_packs, "INFLATED_BYTES", 100)
    with pytest.raises(BudgetExceeded):
        Pack(b"PACK\0\0\0\2\0\0\0\1" + head(3, 1 << 40) + zlib.compress(b"x"), _left=100)
    with pytest.raises(BudgetExceeded):  # a delta that makes a terabyte
        size = bytes([0x80, 0x80, 0x80, 0x80, 0x80, 0x20])
        Pack(packed(BLOB, (7, NAME, bytes([11]) + size + bytes([0x90, 5]))))


def test_a_first_object_may_be_cut():
    content = os.urandom(5000)
    data = packed((3, b"", content))
    size, start = first_object(data[:3000])
    assert size == 5000
    assert content.startswith(start)
    assert len(start) > 2000
    assert first_object(packed((3, b"", b""))) == (0, b"")
    for wrong in (packed(BLOB, BLOB), packed((1, b"", b"x")), b"PACK"):
        with pytest.raises(MalformedError):
            first_object(wrong)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_pack_or_malformed(data):
    for make in (Pack, first_object):
        for given_bytes in (data, b"PACK\0\0\0\2\0\0\0\2" + data):
            with contextlib.suppress(MalformedError, BudgetExceeded):
                make(given_bytes)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_packet_lines_or_malformed(data, may_be_cut):
    try:
        list(packets(data))
        pack_of(packet("packfile\n") + data, may_be_cut=may_be_cut)
    except MalformedError:
        pass


def test_a_host_says_why_not():
    with pytest.raises(MalformedError, match="not our ref"):
        pack_of(packet("ERR upload-pack: not our ref"))
    with pytest.raises(MalformedError, match="too busy"):
        pack_of(packet("packfile\n") + packet("\x03too busy"))
    with pytest.raises(MalformedError, match="no pack"):
        pack_of(b"0000")


def test_pointers():
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12\n"
    assert pointer(text.encode()) == Pointer("a" * 64, 12)
    assert pointer(text.replace("size 12", "size x").encode()) is None
    assert pointer(text.encode() + b"more") is None
    assert pointer(b"x" * 2000) is None
