"""What bills of materials share: package URLs of every kind of target, and links that are the model's own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ajar
from ajar.model.evidence import Evidence, Location
from ajar.model.locator import Locator
from ajar.model.report import Report
from ajar.reports._facts import facts_of, hub_purl, pypi_purl
from ajar.reports._licence_ids import expression, licence_ref
from tests.build.releases import CARD, write_release

# The characters that the package URL specification lets stand, and its percent-encoding.
PURL = re.compile(r"pkg:[a-z]+/(?:[\w.~%/-]+)(?:@[\w.~%:-]+)?(?:\?[\w.~%=&/:-]+)?")


def at(report: Report, target: str, *, revision: str | None = None, title: str | None = None) -> Report:
    release = replace(report.release, locator=Locator.parse(target), revision=revision)
    return replace(report, release=release, title=title or report.title)


@pytest.mark.parametrize(
    ("target", "revision", "purl"),
    [
        ("hf:org/name", "0" * 40, f"pkg:huggingface/org/name@{'0' * 40}"),
        ("hf:org/name", None, "pkg:huggingface/org/name"),
        (
            "ollama:llama3.2:1b",
            None,
            "pkg:oci/llama3.2?repository_url=registry.ollama.ai/library/llama3.2&tag=1b",
        ),
        (
            "oci:registry.example/org/model:v1",
            "sha256:ab",
            "pkg:oci/model@sha256%3Aab?repository_url=registry.example/org/model&tag=v1",
        ),
        ("./some/folder", None, "pkg:generic/tiny"),
    ],
)
def test_package_urls(target: str, revision: str | None, purl: str, good: Report) -> None:
    found = facts_of(at(good, target, revision=revision)).purl
    assert PURL.fullmatch(found)
    assert found == purl


def test_a_wheel_is_named_as_its_metadata_name_it(good: Report) -> None:
    where = Location(path="x.dist-info/METADATA")
    facts = [
        Evidence(key="package.name", value="My_Model", location=where, inspector="t"),
        Evidence(key="package.version", value="1.2", location=where, inspector="t"),
    ]
    report = at(replace(good, evidence=(*good.evidence, *facts)), "dist/my_model-1.2-py3-none-any.whl")
    found = facts_of(report)
    assert (found.name, found.purl) == ("My_Model", "pkg:pypi/my-model@1.2")


@given(st.text(min_size=1, max_size=60))
def test_any_name_gives_a_package_url(good_report: Report, name: str) -> None:
    assert PURL.fullmatch(facts_of(replace(good_report, title=name)).purl)
    assert PURL.fullmatch(pypi_purl(name))
    assert hub_purl(name) == "" or PURL.fullmatch(hub_purl(name))


@pytest.fixture(scope="module")
def good_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return ajar.audit(write_release(tmp_path_factory.mktemp("r") / "tiny"))


def test_a_paper_that_is_only_cited_is_not_the_model_s(tmp_path: Path) -> None:
    cited = CARD.replace(
        "## Evaluation", "The method is [another's](https://arxiv.org/abs/1706.03762).\n\n## Evaluation"
    )
    report = ajar.audit(write_release(tmp_path / "tiny", card=cited))
    assert any(item.key == "card.paper-link" for item in report.evidence)
    assert facts_of(report).papers == ()


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("MIT", "MIT"),
        ("llama3.1", "LicenseRef-llama3.1"),
        ("a b/c", "LicenseRef-a-b-c"),
        ("  ", "LicenseRef-unnamed"),
    ],
)
def test_licence_ids(name: str, ref: str) -> None:
    assert licence_ref(name) == ref


def test_an_expression_of_several(good: Report) -> None:
    match = facts_of(good).licences[0]
    other = replace(match, licence=replace(match.licence, id="llama3"))
    dual = replace(match, choice="MIT OR Apache-2.0")
    assert expression([match, match]) == "Apache-2.0"
    assert expression([match, other]) == "Apache-2.0 AND LicenseRef-llama3"
    assert expression([dual]) == "MIT OR Apache-2.0"
    assert expression([dual, other]) == "(MIT OR Apache-2.0) AND LicenseRef-llama3"
    assert expression([]) == ""
