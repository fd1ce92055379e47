"""SPDX 3.0.1, held against its schema, loaded by SPDX's own binding, and looked at by SPDX's conformance checker."""

from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema_rs
import pytest
from ntia_conformance_checker import SbomChecker
from spdx_python_model import v3_0_1

from ajar.model.report import Report
from ajar.reports import spdx
from tests.unit.reports.conftest import schema

VALIDATOR = jsonschema_rs.validator_for(schema("spdx-3.0.1.json"))


def objects(*reports: Report) -> v3_0_1.SHACLObjectSet:
    text = spdx.render(reports)
    VALIDATOR.validate(json.loads(text))
    found = v3_0_1.SHACLObjectSet()
    v3_0_1.JSONLDDeserializer().read(io.BytesIO(text.encode()), found)
    # The named individual of the specification itself is the one thing that a document need not hold.
    assert {str(name) for name in found.missing_ids} <= {spdx.NO_LICENCE}
    return found


def one(found: v3_0_1.SHACLObjectSet, kind: type, name: str):
    return next(item for item in found.foreach_type(kind) if item.name == name)


def related(found: v3_0_1.SHACLObjectSet, start: object, kind: str) -> list:
    wanted = getattr(v3_0_1.RelationshipType, kind)
    return [
        end
        for item in found.foreach_type(v3_0_1.Relationship)
        if item.relationshipType == wanted and item.from_ is start
        for end in item.to
    ]


@pytest.mark.parametrize("name", ["good", "bad", "dangerous", "several", "remote"])
def test_every_report_gives_a_valid_document(name: str, request: pytest.FixtureRequest) -> None:
    objects(request.getfixturevalue(name))


def test_the_ai_package(remote: Report) -> None:
    model = one(objects(remote), v3_0_1.ai_AIPackage, "org/rich")
    assert model.software_packageUrl == f"pkg:huggingface/org/rich@{remote.release.revision}"
    assert model.software_packageVersion == remote.release.revision
    assert model.suppliedBy.name == "org"
    assert model.releaseTime.isoformat().startswith("2026-01-31")
    assert list(model.ai_domain) == ["text-generation"]
    assert list(model.ai_typeOfModel) == ["llama", "LlamaForCausalLM"]
    assert {item.key: item.value for item in model.ai_hyperparameter}["parameters"] == "4096"
    assert "A100" in model.ai_informationAboutTraining


def test_relations(remote: Report) -> None:
    found = objects(remote)
    model = one(found, v3_0_1.ai_AIPackage, "org/rich")
    assert "wikitext" in {item.name for item in related(found, model, "trainedOn")}
    assert [item.name for item in related(found, model, "descendantOf")] == ["org/parent"]
    assert [item.name for item in related(found, model, "dependsOn")] == ["torch"]
    weights = next(item for item in related(found, model, "contains") if item.name == "model.safetensors")
    (digest,) = weights.verifiedUsing
    assert (digest.algorithm.rpartition("/")[2], len(digest.hashValue)) == ("sha256", 64)


def test_named_and_read_licences(good: Report, dangerous: Report) -> None:
    found = objects(good)
    model = one(found, v3_0_1.ai_AIPackage, good.title)
    for kind in ("hasDeclaredLicense", "hasConcludedLicense"):
        (licence,) = related(found, model, kind)
        assert licence.simplelicensing_licenseExpression == "Apache-2.0"
    found = objects(dangerous)
    model = one(found, v3_0_1.ai_AIPackage, dangerous.title)
    (named,) = related(found, model, "hasDeclaredLicense")
    assert named.simplelicensing_licenseExpression == "Apache-2.0"
    assert "NoAssertionLicense" in str(related(found, model, "hasConcludedLicense"))


def test_the_ai_profile_is_claimed_only_where_all_it_asks_for_is_known(good: Report, remote: Report) -> None:
    ai = v3_0_1.ProfileIdentifierType.ai
    for report, claimed in ((good, False), (remote, True)):
        (document,) = objects(report).foreach_type(v3_0_1.SpdxDocument)
        assert (ai in list(document.profileConformance)) is claimed


def test_annotations_keep_declared_and_verified_apart(remote: Report) -> None:
    words = [item.statement for item in objects(remote).foreach_type(v3_0_1.Annotation)]
    declared = next(item for item in words if item.startswith("declared"))
    verified = next(item for item in words if item.startswith("read in the bytes"))
    assert "ai_domain (README.md" in declared
    assert "ai_typeOfModel (config.json" in verified


@pytest.mark.parametrize("standard", ["ntia", "fsct3-min"])
def test_the_conformance_checker_reads_it(standard: str, remote: Report, tmp_path: Path) -> None:
    path = tmp_path / "model.spdx3.json"
    path.write_text(spdx.render([remote]), encoding="utf-8")
    checker = SbomChecker(str(path), compliance=standard, sbom_spec="spdx3")
    assert not checker.parsing_errors
    assert checker.get_components_without_names() == []
    assert checker.doc_author
    assert checker.doc_timestamp
    without = {str(item) for item in checker.get_components_without_suppliers()}
    assert "org/rich" not in without


def test_the_same_report_gives_the_same_bytes(good: Report) -> None:
    assert spdx.render([good]) == spdx.render([good])


def test_hostile_strings_are_spelled_out(bad: Report) -> None:
    text = spdx.render([bad])
    assert "\x1b" not in text
    assert "\u202e" not in text
