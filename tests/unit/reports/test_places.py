"""Where a finding is seen from the repository, for each way to name a release."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ajar.model.evidence import Location
from ajar.model.locator import Locator
from ajar.model.release import FileEntry
from ajar.model.report import Report
from ajar.reports._places import RELEASE, ROOT, Anchor, Place, Places

SPAN = {"line": 3, "start": 10, "end": 20}


def place(report: Report, target: str, files: tuple[str, ...], path: str, **more) -> Place:
    release = replace(
        report.release,
        locator=Locator.parse(target),
        files=tuple(FileEntry(path=name, size=1) for name in files),
        revision=more.pop("revision", None),
    )
    found = Places(replace(report, release=release, target=target), more.pop("anchors", {}))
    return found.of(Location(path=path, **SPAN))


@pytest.mark.parametrize(
    ("target", "files", "path", "expected"),
    [
        ("models/a", ("x.bin",), "x.bin", Place(path="models/a/x.bin", base=ROOT, **SPAN)),
        ("./models/a/", ("x.bin",), "x.bin", Place(path="models/a/x.bin", base=ROOT, **SPAN)),
        (".", ("x.bin",), "x.bin", Place(path="x.bin", base=ROOT, **SPAN)),
        ("models//sub", ("x.bin",), "x.bin", Place(path="models/sub/x.bin", base=ROOT, **SPAN)),
        ("a/x.bin", ("x.bin",), "x.bin", Place(path="a/x.bin", base=ROOT, **SPAN)),
        ("a", ("x.zip",), "x.zip/in/y.pkl", Place(path="a/x.zip", base=ROOT, inside="x.zip/in/y.pkl")),
        (
            "a",
            ("x.gguf",),
            "x.gguf#chat_template",
            Place(path="a/x.gguf", base=ROOT, inside="x.gguf#chat_template"),
        ),
        ("dist/m.whl", ("m/x.bin", "m/y"), "m/x.bin", Place(path="dist/m.whl", base=ROOT, inside="m/x.bin")),
        ("a", ("x.bin",), ".", Place(path="a", base=ROOT, inside=".")),
        ("../elsewhere", ("x.bin",), "x.bin", Place(path="x.bin", base=RELEASE, **SPAN)),
        ("hf:org/m", ("x.bin",), "x.bin", Place(path="hf/org/m/x.bin", base=RELEASE, **SPAN)),
        ("hf:org/m", ("x.bin",), "hub:org/m", Place(path="hf/org/m", base=RELEASE, inside="hub:org/m")),
        (
            "https://h.example/x.bin",
            ("x.bin",),
            "x.bin",
            Place(path="https/h.example/x.bin/x.bin", base=RELEASE, **SPAN),
        ),
    ],
)
def test_places(target: str, files: tuple[str, ...], path: str, expected: Place, good: Report) -> None:
    assert place(good, target, files, path) == expected


def test_an_absolute_path_below_here_is_relative(
    good: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert place(good, str(tmp_path / "m"), ("x",), "x").path == "m/x"
    monkeypatch.chdir("/")
    assert place(good, str(tmp_path / "m"), ("x",), "x").path.endswith("/m/x")


def test_an_anchor_is_for_what_a_host_has(good: Report) -> None:
    anchors = {"hf:org/m": Anchor(path="app.py", line=9), "file:a": Anchor(path="no.py", line=1)}
    found = place(good, "hf:org/m@main", ("x.bin",), "x.bin", anchors=anchors)
    assert found == Place(path="app.py", base=ROOT, line=9, inside="x.bin")
    assert place(good, "a", ("x.bin",), "x.bin", anchors=anchors).path == "a/x.bin"


def test_an_address_is_escaped(good: Report) -> None:
    found = place(good, "a b", ("ü?#.bin", "x\x1b.bin"), "ü?#.bin")
    assert found.uri == "a%20b/%C3%BC%3F%23.bin"
    assert "\x1b" not in place(good, "a", ("x\x1b.bin",), "x\x1b.bin").uri
