"""CycloneDX 1.7, held against the schema that its own Python library ships."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from ajar.model.report import Report
from ajar.reports import cyclonedx
from ajar.reports._cyclonedx_model import NEWER_THAN_SCHEMA
from ajar.rights.data_store import is_spdx, licences

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_7)


def document(*reports: Report) -> dict:
    text = cyclonedx.render(reports)
    problem = VALIDATOR.validate_str(text)
    assert problem is None, problem
    found = json.loads(text)
    _hold_together(found)
    return found


def _hold_together(found: dict) -> None:
    """What the schema cannot say: references lead somewhere, and so do the pointers of citations."""
    everything = [found["metadata"]["component"], *found["components"]]
    refs = [component["bom-ref"] for component in everything]
    assert len(refs) == len(set(refs))
    for edge in found["dependencies"]:
        assert {edge["ref"], *edge["dependsOn"]} <= set(refs)
    for component in everything:
        for data in component.get("modelCard", {}).get("modelParameters", {}).get("datasets", []):
            assert data["ref"] in refs
    attributed = {"ajar", found["metadata"]["supplier"]["bom-ref"]}
    for citation in found["citations"]:
        assert citation["attributedTo"] in attributed
        for pointer in citation["pointers"]:
            assert pointed(found, pointer) not in (None, "", [])


def pointed(found: object, pointer: str) -> object:
    for step in pointer.removeprefix("/").split("/"):
        found = found[int(step)] if isinstance(found, list) else found[step]  # type: ignore[index]
    return found


@pytest.mark.parametrize("name", ["good", "bad", "dangerous", "several", "remote"])
def test_every_report_gives_a_valid_document(name: str, request: pytest.FixtureRequest) -> None:
    document(request.getfixturevalue(name))


def test_the_model_and_its_card(remote: Report) -> None:
    found = document(remote)
    model = found["metadata"]["component"]
    assert model["type"] == "machine-learning-model"
    assert model["purl"] == f"pkg:huggingface/org/rich@{remote.release.revision}"
    assert (model["group"], model["name"], model["version"]) == ("org", "rich", remote.release.revision)
    parameters = model["modelCard"]["modelParameters"]
    assert parameters["task"] == "text-generation"
    assert parameters["architectureFamily"] == "llama"
    assert parameters["modelArchitecture"] == "LlamaForCausalLM"
    properties = {item["name"]: item["value"] for item in model["modelCard"]["properties"]}
    assert properties["ajar:parameters"].startswith("4096 (verified, model.safetensors")
    assert "A100" in properties["ajar:compute"]
    assert model["modelCard"]["considerations"]["ethicalConsiderations"]
    assert [item["name"] for item in model["pedigree"]["ancestors"]] == ["org/parent"]


def test_data_bases_libraries_and_weights_are_components(remote: Report) -> None:
    kinds = {}
    for component in document(remote)["components"]:
        kinds.setdefault(component["type"], []).append(component)
    assert "wikitext" in {item["name"] for item in kinds["data"]}
    assert kinds["data"][0]["data"][0]["type"] == "dataset"
    assert [item["purl"] for item in kinds["machine-learning-model"]] == ["pkg:huggingface/org/parent"]
    assert [item["purl"] for item in kinds["library"]] == ["pkg:pypi/torch"]
    digests = {item["name"]: item.get("hashes") for item in kinds["file"]}
    assert digests["model.safetensors"][0]["alg"] == "SHA-256"


def test_declared_and_verified_are_kept_apart(good: Report, dangerous: Report) -> None:
    with_text = document(good)["metadata"]["component"]["licenses"]
    assert {"id": "Apache-2.0", "acknowledgement": "concluded"} in [item["license"] for item in with_text]
    only_named = document(dangerous)["metadata"]["component"]
    assert [item["license"] for item in only_named["licenses"]] == [
        {"id": "Apache-2.0", "acknowledgement": "declared"}
    ]
    places = {p["name"]: p["value"] for p in only_named["evidence"]["licenses"][0]["license"]["properties"]}
    assert places["ajar:location"].startswith("README.md:")
    by_note = {item["note"].partition(":")[0]: item["pointers"] for item in document(dangerous)["citations"]}
    assert "/metadata/component/modelCard/modelParameters/task" in by_note["declared"]
    assert "/metadata/component/modelCard/modelParameters/architectureFamily" in by_note["verified"]
    assert "/metadata/component/licenses/0" in by_note["declared"]


def test_every_licence_id_is_one_that_the_schema_takes() -> None:
    known = set(
        json.loads((files("cyclonedx.schema") / "_res" / "spdx.SNAPSHOT.schema.json").read_text())["enum"]
    )
    unknown = {name for name in licences() if is_spdx(name)} - known
    assert unknown <= NEWER_THAN_SCHEMA


def test_several_releases_are_several_models(several: Report) -> None:
    found = document(several)
    models = [found["metadata"]["component"], *found["components"]]
    assert sum(item["type"] == "machine-learning-model" for item in models) == 2
    assert len(found["dependencies"]) == 2


def test_the_same_report_has_the_same_serial_number(good: Report, dangerous: Report) -> None:
    one, again, other = (document(report)["serialNumber"] for report in (good, good, dangerous))
    assert one == again != other


def test_hostile_strings_are_spelled_out(bad: Report) -> None:
    text = cyclonedx.render([bad])
    assert "\x1b" not in text
    assert "\u202e" not in text
