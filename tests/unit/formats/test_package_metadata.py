import pytest

from ajar.errors import MalformedError
from ajar.formats.package_metadata import FORMAT
from tests.build.text_files import SMALL, look, matches, survives_cuts

METADATA = """Metadata-Version: 2.4
Name: tiny
Version: 1.0
License: MIT
License-Expression: Apache-2.0
License-File: LICENSE
Classifier: License :: OSI Approved :: MIT License
Classifier: Typing :: Typed
Requires-Dist: Torch_Geometric>=2; extra == "x"

# tiny

This code is under the MIT license.
The model weights are under the Apache 2.0 license.
License: Not-A-Header
"""
PROJECT = """[project]
name = "tiny"
license = {text = "MIT"}
description = "Weights under the OpenRAIL license"
classifiers = ["License :: OSI Approved :: MIT License"]
dependencies = ["torch>=2", "numpy"]
"""


def test_core_metadata():
    seen = look(FORMAT, METADATA, "tiny-1.0.dist-info/METADATA")
    assert seen.one("package.name") == "tiny"
    assert seen.all("package.licence") == ["MIT", "Apache-2.0", "License :: OSI Approved :: MIT License"]
    assert seen.one("package.licence-file") == "LICENSE"
    assert seen.one("package.dependency") == "torch-geometric"
    claim = seen.items("package.description-licence")
    assert [(item.location.line, "Apache 2.0" in item.quote) for item in claim] == [(14, True)]
    assert seen.texts[0].text == METADATA


def test_pyproject():
    seen = look(FORMAT, PROJECT, "pyproject.toml")
    assert seen.one("package.name") == "tiny"
    assert seen.all("package.licence") == ["MIT", "License :: OSI Approved :: MIT License"]
    assert seen.items("package.licence")[0].location.line == 3
    assert seen.all("package.dependency") == ["torch", "numpy"]
    assert "OpenRAIL" in seen.items("package.description-licence")[0].quote


@pytest.mark.parametrize(
    ("path", "data", "licences"),
    [
        ("pyproject.toml", '[project]\nlicense = "MIT"\n', ["MIT"]),
        ("pyproject.toml", '[project]\nlicense = {file = "LICENSE"}\n', []),
        ("pyproject.toml", '[tool.poetry]\nlicense = "MIT"\n', ["MIT"]),
        ("pyproject.toml", "[tool.ruff]\nline-length = 3\n", []),
        ("pyproject.toml", "project = 3\ntool = [1]\n", []),
        ("Cargo.toml", '[package]\nlicense = "MIT OR Apache-2.0"\n', ["MIT OR Apache-2.0"]),
        ("setup.cfg", "[metadata]\nname = a\nlicense = BSD\n[options]\nlicense = x\n", ["BSD"]),
        ("package.json", '{"name": "a", "license": "ISC"}', ["ISC"]),
        ("package.json", '{"license": {"type": "MIT"}}', ["MIT"]),
        ("package.json", '{"license": 3}', []),
        ("CITATION.cff", "title: T\nlicense: CC-BY-4.0\n", ["CC-BY-4.0"]),
        ("CITATION.cff", "- a\n", []),
        ("PKG-INFO", "Name: a\n", []),
    ],
)
def test_licence(path, data, licences):
    assert matches(FORMAT, data, path)
    assert look(FORMAT, data, path).all("package.licence") == licences


def test_matches_only_its_names():
    assert not matches(FORMAT, METADATA, "METADATA")
    assert not matches(FORMAT, METADATA, "other.toml")
    assert not matches(FORMAT, b"\0", "package.json")


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("pyproject.toml", "[project"),
        ("pyproject.toml", "a = " + "[" * 5000),
        ("package.json", "[]"),
        ("package.json", "{"),
        ("CITATION.cff", "a: ["),
    ],
)
def test_malformed(path, data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, path)


def test_over_the_limit_the_text_still_travels():
    seen = look(FORMAT, PROJECT + "#" * 500, "pyproject.toml", SMALL)
    assert seen.texts[0].truncated
    assert not seen.all("package.name")


def test_cut_anywhere():
    survives_cuts(FORMAT, METADATA, "PKG-INFO")
    survives_cuts(FORMAT, PROJECT, "pyproject.toml")
