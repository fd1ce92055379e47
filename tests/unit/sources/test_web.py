"""A file at an address: read by range, and refused where the host does not say what stands there."""

from __future__ import annotations

import pytest

import ajar
from ajar.errors import TargetNotFound, TargetUnreadable, UsageError
from tests.build.releases import apache_text
from tests.build.zips import zipped
from tests.unit.sources.test_hub import card, plain, safetensors

TINY = "org/tiny"


@pytest.fixture(autouse=True)
def _not_the_hub(standin, monkeypatch):
    """The stand-in is any host here: a page of the hub would mean its repository."""
    monkeypatch.delenv("HF_ENDPOINT")


def address(standin, path: str) -> str:
    return f"{standin.endpoint}/{TINY}/resolve/main/{path}"


def test_a_large_file_by_its_header(standin, remote):
    standin.add(TINY, {"model.safetensors": safetensors(1 << 30)})
    report = remote(address(standin, "model.safetensors"))
    assert [item.format for item in report.files] == ["safetensors"]
    assert report.cost.bytes_read < 1 << 20
    assert report.safety.level == "clean"


def test_an_archive_is_the_release_in_it(standin, remote, tmp_path):
    small = {"README.md": card(), "LICENSE": apache_text().encode(), "config.json": b"{}"}
    large = safetensors(6000)
    packed = zipped({**small, "model.safetensors": large.read(0, large.size)})
    (tmp_path / "release.zip").write_bytes(packed)
    standin.add(TINY, {"release.zip": packed})
    report = remote(address(standin, "release.zip"))
    assert {item.path for item in report.files} == {*small, "model.safetensors"}
    assert plain(report) == plain(ajar.audit(tmp_path / "release.zip"))


def test_offline(standin, remote):
    standin.add(TINY, {"model.safetensors": safetensors(1 << 20)})
    remote(address(standin, "model.safetensors"))
    asked = standin.requests()
    assert remote(address(standin, "model.safetensors"), offline=True).files
    assert standin.requests() == asked


def test_a_page_is_no_model(standin, remote):
    standin.add(TINY, {"x": b"<!DOCTYPE html><html>hello</html>"})
    standin.faults.no_ranges = True
    with pytest.raises(TargetUnreadable, match="web page"):
        remote(address(standin, "x"))


def test_what_is_not_there(standin, remote):
    standin.add(TINY, {"x": b"y"})
    with pytest.raises(TargetNotFound):
        remote(address(standin, "none"))
    with pytest.raises(UsageError):
        remote("https:///x")
    with pytest.raises(TargetUnreadable):
        remote("http://host.invalid/x", seconds=3)
