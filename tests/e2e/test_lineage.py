"""Whole releases on disk: what the report says of the models they come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema_rs import validator_for

import ajar
from ajar.config import Options
from ajar.reports import html, json_v1, terminal
from ajar.rights.data_store import store
from tests.build.releases import CARD, safetensors_bytes, write_release


def card(**fields: str) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"---\n{lines}---\n" + CARD.split("---\n", 2)[2]


def audited(root: Path, **options) -> tuple[ajar.Report, dict]:
    report = ajar.audit(root, Options(**options))
    data = json.loads(json_v1.dumps(report))
    validator_for(json_v1.schema()).validate(data)
    return report, data


def rules(report: ajar.Report) -> dict[str, str]:
    return {item.rule: item.outcome.value for item in report.findings}


def test_an_apache_finetune_of_a_research_base(tmp_path: Path) -> None:
    root = write_release(
        tmp_path / "tiny",
        card=card(license="apache-2.0", base_model="Qwen/Qwen2.5-VL-3B-Instruct"),
        licence=store().text("Apache-2.0"),
    )
    report, data = audited(root)
    assert rules(report)["non-commercial-base-stays-non-commercial"] == "unmet"
    (line,) = data["lineage"]
    assert (line["parent"], line["relation"], line["licence"]) == (
        "Qwen/Qwen2.5-VL-3B-Instruct",
        "finetune",
        "qwen-research",
    )
    assert line["location"]["path"] == "README.md"
    assert line["source"].startswith("https://")


def test_a_llama_derivative_without_name_and_credit(tmp_path: Path) -> None:
    root = write_release(
        tmp_path / "speech", card=card(license="apache-2.0", base_model="meta-llama/Llama-3.2-1B")
    )
    found = rules(audited(root)[0])
    assert found["model-name-begins-as-the-base-asks"] == "unmet"
    assert found["base-model-credit-is-displayed"] == "unmet"
    assert found["base-model-limits-are-passed-on"] == "unmet"


def test_a_llama_derivative_that_keeps_the_terms(tmp_path: Path) -> None:
    text = card(license="llama3.2", base_model="meta-llama/Llama-3.2-1B")
    text = text.replace("# Tiny\n", "# Llama-3.2-Tiny\n\nBuilt with Llama.\n")
    root = write_release(tmp_path / "Llama-3.2-Tiny", card=text, licence=store().text("llama3.2"))
    (root / "USE_POLICY.md").write_text(
        "# Llama 3.2 Acceptable Use Policy\n\nDo no harm.\n", encoding="utf-8"
    )
    report, data = audited(root)
    found = rules(report)
    assert "base-model-limits-are-passed-on" not in found
    assert "model-name-begins-as-the-base-asks" not in found
    assert "base-model-credit-is-displayed" not in found
    assert "base-model-limits-reach-here" in found
    text_match = next(item for item in data["licences"] if item["match"] == "exact")
    assert [place["path"] for place in text_match["companions"]] == ["USE_POLICY.md"]


def test_an_adapter_and_a_merge(tmp_path: Path) -> None:
    root = tmp_path / "adapter"
    root.mkdir()
    (root / "adapter_model.safetensors").write_bytes(safetensors_bytes({"lora_A.weight": ("F32", [4, 8])}))
    (root / "adapter_config.json").write_text(
        json.dumps({"peft_type": "LORA", "base_model_name_or_path": "google/gemma-2-9b", "r": 4}),
        encoding="utf-8",
    )
    (root / "README.md").write_text(
        "---\nlicense: mit\n---\n# Adapter\n\nA small adapter.\n", encoding="utf-8"
    )
    report, data = audited(root)
    assert [(item["parent"], item["relation"]) for item in data["lineage"]] == [
        ("google/gemma-2-9b", "adapter")
    ]
    assert rules(report)["base-model-limits-are-passed-on"] == "unmet"

    merged = write_release(tmp_path / "merged", card=card(license="apache-2.0"))
    (merged / "mergekit_config.yml").write_text(
        "merge_method: slerp\nbase_model: mosaicml/mpt-7b-instruct\nslices:\n  - sources:\n"
        "      - model: mosaicml/mpt-7b-instruct\n        layer_range: [0, 32]\n      - model: mosaicml/mpt-7b-chat\n",
        encoding="utf-8",
    )
    report, data = audited(merged)
    assert {item["parent"] for item in data["lineage"]} == {
        "mosaicml/mpt-7b-instruct",
        "mosaicml/mpt-7b-chat",
    }
    assert rules(report)["merged-licences-can-stand-together"] == "unmet"


def test_the_folder_of_a_base_model_is_asked_first(tmp_path: Path) -> None:
    base = write_release(
        tmp_path / "Widget-7B", card=card(license="other"), licence=store().text("CC-BY-NC-4.0")
    )
    root = write_release(tmp_path / "tiny", card=card(license="mit", base_model="acme/Widget-7B"))
    assert rules(audited(root)[0])["base-model-licence-is-known"] == "unknown"
    report, data = audited(root, bases=(str(base),))
    assert data["lineage"][0]["licence"] == "CC-BY-NC-4.0"
    assert data["lineage"][0]["source"] == str(base)
    assert rules(report)["non-commercial-base-stays-non-commercial"] == "unmet"


def test_a_folder_with_its_own_licence(tmp_path: Path) -> None:
    root = tmp_path / "mixed"
    (root / "weights").mkdir(parents=True)
    (root / "LICENSE").write_text(store().text("MIT"), encoding="utf-8")
    (root / "run.py").write_text("import torch\n\n\ndef main():\n    pass\n", encoding="utf-8")
    (root / "README.md").write_text("# Mixed\n\nA model with code beside it, for tests.\n", encoding="utf-8")
    (root / "weights" / "LICENSE").write_text(store().text("CC-BY-NC-4.0"), encoding="utf-8")
    (root / "weights" / "model.safetensors").write_bytes(safetensors_bytes({"a": ("F32", [2, 2])}))
    report, _ = audited(root)
    covering = {m.licence.id for m in report.licences if "weights" in {s.value for s in m.applies_to}}
    assert covering == {"CC-BY-NC-4.0"}
    assert {right.id: right.answer for right in report.rights}["commercial-use"] == "no"


def test_a_dual_licence_leaves_the_choice(tmp_path: Path) -> None:
    root = write_release(tmp_path / "dual", card=card(license="MIT OR CC-BY-NC-4.0"))
    report, _ = audited(root)
    assert {right.id: right.answer for right in report.rights}["commercial-use"] == "yes"


@pytest.mark.parametrize("name", ["<script>alert(1)</script>/x", "a/\x1b[31mred\u202e", "a/" + "b" * 300])
def test_hostile_names_of_bases_are_escaped(tmp_path: Path, name: str) -> None:
    root = write_release(tmp_path / "tiny", card=card(license="mit", base_model=json.dumps(name)))
    report, _ = audited(root)
    page = html.render(report)
    text = terminal.render(report, verbose=True, explain=True, colour=False, width=80)
    assert "<script>" not in page
    assert "\x1b" not in text
    assert "\x1b" not in page
    assert "\u202e" not in text
    assert "Comes from" in page
    assert "Comes from" in text
