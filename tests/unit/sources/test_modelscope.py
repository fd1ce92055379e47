"""Models on ModelScope, against a stand-in in the shapes that its own client reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import ajar
from ajar.errors import TargetNotFound, TargetUnreadable, UsageError
from ajar.model.locator import Locator
from ajar.sources import modelscope as source
from ajar.sources.modelscope import of_page
from tests.build.releases import apache_text, write_release
from tests.e2e.test_command_line import ajar as command
from tests.standin.modelscope import TOKEN, ModelScope, modelscope
from tests.unit.sources.test_hub import plain, safetensors
from tests.unit.sources.test_store import content

TINY = "modelscope:org/tiny"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModelScope]:
    monkeypatch.setenv("AJAR_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MODELSCOPE_API_TOKEN", raising=False)
    with modelscope() as made:
        monkeypatch.setenv("MODELSCOPE_ENDPOINT", made.endpoint)
        yield made


@pytest.fixture
def folder(there: ModelScope, tmp_path: Path) -> Path:
    made = write_release(tmp_path / "tiny", licence=apache_text())
    (made / "sub dir").mkdir()
    (made / "sub dir" / "a+b é&%41.txt").write_text("Words.\n")
    there.models["org/tiny"] = content(made)
    return made


def test_the_same_report_as_of_the_folder(there, folder, remote):
    report = remote(TINY)
    found, here = plain(report), plain(ajar.audit(folder))
    for key, value in here.items():
        assert found[key] == value, key
    assert {entry.digest.partition(":")[0] for entry in report.release.files} == {"sha256"}


def test_by_the_command(there, folder):
    found = json.loads(command("audit", TINY, "--format", "json").stdout)
    here = json.loads(command("audit", folder, "--format", "json").stdout)
    for key in ("door", "components", "licences", "safety"):
        assert found[key] == here[key]


def test_what_the_host_says_is_declared(there, folder, remote):
    there.info = {"License": "mit", "BaseModel": ["org/base"], "Downloads": 7, "LastUpdatedTime": 1767323045}
    found = {item.key: item for item in remote(TINY).evidence if item.key.startswith("host.")}
    assert {key: item.value for key, item in found.items()} == {
        "host.licence": "mit",
        "host.base-model": "org/base",
        "host.downloads": 7,
        "host.last-modified": "2026-01-02T03:04:05Z",
    }
    assert {item.basis for item in found.values()} == {"declared"}


def test_revisions_folders_and_pages(there, folder, remote):
    assert remote(f"{TINY}@v1.0").files
    assert [item.path for item in remote(f"{TINY}//sub dir").files] == ["a+b é&%41.txt"]
    assert [item.path for item in remote(f"{TINY}//LICENSE").files] == ["LICENSE"]
    assert remote(f"{there.endpoint}/models/org/tiny/files").files
    for target in (f"{TINY}@none", "modelscope:org/none", f"{TINY}//none"):
        with pytest.raises(TargetNotFound):
            remote(target)
    for target in ("modelscope:tiny", "modelscope:a/b/c", f"{TINY}@a b"):
        with pytest.raises(UsageError):
            remote(target)


@pytest.mark.parametrize(
    ("page", "means"),
    [
        ("https://modelscope.cn/models/org/name", "modelscope:org/name"),
        ("https://www.modelscope.cn/models/org/name/summary", "modelscope:org/name"),
        (
            "https://www.modelscope.cn/models/org/name/file/view/v1/a/b.md?status=1",
            "modelscope:org/name@v1//a/b.md",
        ),
        ("https://www.modelscope.cn/datasets/org/name", None),
        ("https://modelscope.cn.host.invalid/models/org/name", None),
    ],
)
def test_the_address_of_a_page_is_what_it_shows(page, means):
    assert of_page(page) == (Locator.parse(means) if means else None)


def test_a_large_file_by_range_and_the_token_for_the_host_alone(there, remote, monkeypatch):
    large = safetensors(16 << 20)
    there.models["org/tiny"] = {
        "model.safetensors": large.read(0, large.size),
        "LICENSE": apache_text().encode(),
    }
    there.is_private = True
    with pytest.raises(TargetUnreadable) as caught:
        remote(TINY)
    assert "MODELSCOPE_API_TOKEN" in caught.value.hint
    monkeypatch.setenv("MODELSCOPE_API_TOKEN", TOKEN)
    there.asked.clear()
    report = remote(TINY)
    assert report.safety.level == "clean"
    assert report.cost.bytes_read < 1 << 20
    sent = {role: {word for where, _, word in there.asked if where == role} for role, _, _ in there.asked}
    assert sent == {
        "files": {f"Bearer {TOKEN}"},
        "info": {f"Bearer {TOKEN}"},
        "read": {f"Bearer {TOKEN}"},
        "store": {None},
    }


def test_a_listing_that_one_answer_does_not_hold(there, remote, monkeypatch):
    there.models["org/tiny"] = {
        f"part{part}/file{number}.txt": b"x" for part in range(4) for number in range(6)
    }
    there.models["org/tiny"]["deep/er/LICENSE"] = apache_text().encode()
    there.most_rows = 8
    monkeypatch.setattr(source, "MOST_ROWS", 8)
    report = remote(TINY)
    assert {entry.path for entry in report.release.files} == set(there.models["org/tiny"])
    assert not [gap for gap in report.gaps if gap.inspector == "modelscope"]
    there.models["org/tiny"] |= {f"wide/{number}.txt": b"x" for number in range(20)}
    gaps = [gap for gap in remote(TINY).gaps if gap.inspector == "modelscope"]
    assert [gap.location.path for gap in gaps] == ["wide"]


def test_other_bytes_than_stated_are_named(there, folder, remote):
    there.lies = True
    report = remote(TINY)
    assert all("other bytes" in gap.detail for gap in report.gaps if gap.inspector == "pipeline")
    assert report.safety.level == "unknown"


def test_offline(there, folder, remote):
    online = remote(TINY)
    asked = len(there.asked)
    offline = remote(TINY, offline=True)
    assert plain(offline) == plain(online)
    assert offline.release.revision == online.release.revision
    assert len(there.asked) == asked


def test_names_that_lead_out_and_rows_that_are_none(there, folder, remote, monkeypatch):
    there.models["org/tiny"]["../../evil.txt"] = b"x"
    gaps = [gap for gap in remote(TINY).gaps if gap.inspector == "modelscope"]
    assert [gap.reason for gap in gaps] == ["malformed"]
    monkeypatch.setattr(there, "_row", lambda *_: {"Path": "x", "Size": "3", "Type": "blob"})
    with pytest.raises(TargetNotFound):
        remote(TINY)


@pytest.mark.parametrize("endpoint", ["ftp://x", "https://"])
def test_an_endpoint_that_is_none(monkeypatch, remote, endpoint):
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", endpoint)
    with pytest.raises(UsageError):
        remote(TINY)
