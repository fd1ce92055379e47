"""REUSE.toml, .reuse/dep5 and sidecars: patterns and the expressions laid on them."""

from __future__ import annotations

import pytest

from ajar.errors import MalformedError
from ajar.formats.reuse import FORMAT
from tests.build.text_files import look, matches


def laid(text: str, path: str) -> list[tuple[str | None, object]]:
    return [(item.location.pointer, item.value) for item in look(FORMAT, text, path).evidence]


def test_only_by_name() -> None:
    assert matches(FORMAT, "version = 1", "REUSE.toml")
    assert matches(FORMAT, "Files: *", ".reuse/dep5")
    assert matches(FORMAT, "SPDX-License-Identifier: MIT", "model.bin.license")
    assert not matches(FORMAT, "MIT License", "model.bin.license")
    assert not matches(FORMAT, "Files: *", "dep5")


def test_toml() -> None:
    text = (
        'version = 1\n[[annotations]]\npath = ["weights/**", "a.bin"]\nSPDX-License-Identifier = "CC-BY-4.0"\n'
        '[[annotations]]\npath = "src/*"\nSPDX-License-Identifier = ["MIT", "Apache-2.0"]\n[[annotations]]\npath = 3\n'
    )
    assert laid(text, "REUSE.toml") == [
        ("weights/**", "CC-BY-4.0"),
        ("a.bin", "CC-BY-4.0"),
        ("src/*", "MIT"),
        ("src/*", "Apache-2.0"),
    ]


def test_dep5() -> None:
    text = "Format: https://x\n\nFiles: src/*\n data/*\nCopyright: 2026 A\nLicense: MIT\n More words\n\nLicense: MIT\n"
    assert laid(text, ".reuse/dep5") == [("src/*", "MIT"), ("data/*", "MIT")]


def test_sidecar() -> None:
    text = "SPDX-FileCopyrightText: 2026 A\n\nSPDX-License-Identifier: CC-BY-4.0\n"
    assert laid(text, "w/model.bin.license") == [("w/model.bin", "CC-BY-4.0")]


def test_cut_short_and_malformed() -> None:
    with pytest.raises(MalformedError):
        laid("[[annotations", "REUSE.toml")
    assert laid("Files: src/*", ".reuse/dep5") == []
    assert laid('annotations = "x"', "REUSE.toml") == []


def test_at_most_so_many_patterns() -> None:
    many = ", ".join(f'"{number}"' for number in range(2000))
    text = f'[[annotations]]\npath = [{many}]\nSPDX-License-Identifier = "MIT"\n'
    assert len(laid(text, "REUSE.toml")) == 512
