"""Hostile and broken releases: a clear error or a gap, in bounded time and memory, never a traceback."""

from __future__ import annotations

import struct
import time
import zipfile
from pathlib import Path

import pytest

import ajar
from ajar.model.evidence import Basis, GapReason
from ajar.model.report import Report
from tests.build.releases import CARD, safetensors_bytes, write_release


def state(report: Report, kind: str) -> Basis:
    return next(part.state for part in report.components if part.kind == kind)


def reasons(report: Report, path: str) -> set[GapReason]:
    return {gap.reason for gap in report.gaps if gap.location.path == path}


def no_internal_errors(report: Report) -> None:
    assert [gap for gap in report.gaps if gap.reason is GapReason.INTERNAL_ERROR] == []


@pytest.mark.parametrize("length", [2**63, 2**63 - 1, 2**64 - 1, 2**32, 100, 0])
def test_a_header_length_that_lies(tmp_path: Path, length: int) -> None:
    root = write_release(tmp_path / "tiny")
    (root / "model.safetensors").write_bytes(struct.pack("<Q", length) + b'{"a":1')
    report = ajar.audit(root)
    assert state(report, "final-parameters") is not Basis.VERIFIED
    assert report.verdict("g7").at_least == "shut"
    no_internal_errors(report)


def test_cut_weights_are_not_verified(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    whole = (root / "model.safetensors").read_bytes()
    for size in (1, 7, 8, 9, len(whole) // 2, len(whole) - 1):
        (root / "model.safetensors").write_bytes(whole[:size])
        report = ajar.audit(root)
        assert state(report, "final-parameters") is not Basis.VERIFIED, size
        no_internal_errors(report)


def test_a_zip_bomb_stays_small(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.md", CARD)
        with archive.open("LICENSE", "w", force_zip64=True) as member:
            for _ in range(256):
                member.write(bytes(2**20))
    started = time.monotonic()
    report = ajar.audit(tmp_path / "bomb.zip")
    assert time.monotonic() - started < 20
    assert report.cost.bytes_read < 2**20
    no_internal_errors(report)


def test_archives_in_archives_end(tmp_path: Path) -> None:
    path = tmp_path / "0.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("README.md", CARD)
    for number in range(1, 8):
        outer = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(outer, "w") as archive:
            archive.write(path, path.name)
        path = outer
    report = ajar.audit(path)
    assert GapReason.OVER_BUDGET in {gap.reason for gap in report.gaps}


def test_a_gigabyte_that_calls_itself_a_licence(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    with (root / "LICENSE").open("wb") as handle:
        handle.write(b"MIT License\n\nPermission is hereby granted, free of charge, to any person\n")
        handle.truncate(2**30)
    report = ajar.audit(root)
    assert report.cost.bytes_read < 32 * 2**20
    assert report.verdict("g7").at_least != "ajar"


def test_a_long_text_that_calls_itself_a_licence(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    with (root / "LICENSE").open("wb") as handle:
        for _ in range(40):
            handle.write(b"you may not use this, and may use that only if so, said the licence\n" * 4096)
    started = time.monotonic()
    report = ajar.audit(root)
    assert time.monotonic() - started < 30
    assert GapReason.OVER_BUDGET in reasons(report, "LICENSE")


@pytest.mark.parametrize(
    "front",
    [
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [" + ",".join([f"*{chr(97 + n)}"] * 9) + "]\n" for n in range(9)
        ),
        "license: !!python/object/apply:os.system ['touch pwned']\n",
        "[" * 5000,
        "license: [unclosed\n",
        "\x00\x01\x02",
        "? - - - - -\n" * 200,
    ],
)
def test_front_matter_that_bites(tmp_path: Path, front: str) -> None:
    root = write_release(tmp_path / "tiny", card=f"---\n{front}\n---\n{CARD.split('---', 2)[2]}")
    started = time.monotonic()
    report = ajar.audit(root)
    assert time.monotonic() - started < 10
    assert not (tmp_path / "pwned").exists()
    assert not Path("pwned").exists()
    no_internal_errors(report)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    (root / "README.md").write_bytes(b"---\nlicense: mit\n---\n# caf\xe9 \xff\xfe\n" + CARD.encode())
    (root / "LICENSE").write_bytes(b"\xff\xfeM\x00I\x00T\x00")
    no_internal_errors(ajar.audit(root))


def test_json_that_nests_without_end(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    (root / "config.json").write_text('{"a":' * 100_000)
    (root / "model.safetensors.index.json").write_text('{"weight_map":' + "[" * 100_000)
    report = ajar.audit(root)
    no_internal_errors(report)


def test_source_that_nests_without_end(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    (root / "deep.py").write_text("x = " + "(" * 5000 + ")" * 5000)
    (root / "minus.py").write_text("x = " + "-" * 50_000 + "1")
    (root / "nul.py").write_bytes(b"x = 1\x00")
    no_internal_errors(ajar.audit(root))


def test_names_that_drive_a_terminal_come_out_spelled(tmp_path: Path) -> None:
    from ajar.reports import html, terminal

    root = write_release(tmp_path / "tiny")
    (root / "\x1b[2J\u202egp.safetensors").write_bytes(safetensors_bytes({"a": ("F32", [1])})[:-1])
    (root / "<img src=x onerror=alert(1)>.md").write_text(CARD)
    report = ajar.audit(root)
    card = terminal.render(report, verbose=True, explain=True, colour=False, width=100)
    assert "\x1b" not in card
    assert "\u202e" not in card
    page = html.render(report)
    assert "<img src=x" not in page
    assert "\x1b" not in page


def test_many_files(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    for number in range(3000):
        (root / f"{number}.txt").write_text("x")
    report = ajar.audit(root)
    assert len(report.files) >= 3000
    assert state(report, "final-parameters") is Basis.VERIFIED


def test_a_budget_on_bytes_is_a_gap_and_never_a_pass(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    report = ajar.audit(root, ajar.Options(limits=ajar.Limits(read_bytes=64)))
    assert GapReason.OVER_BUDGET in {gap.reason for gap in report.gaps}
    assert report.verdict("g7").at_least == "shut"
