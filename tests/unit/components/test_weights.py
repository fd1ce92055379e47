"""Weights: present and whole, only pointed at, withheld, or not there."""

from __future__ import annotations

import pytest

from ajar.components.weights import final_parameters, intermediate_parameters, weight_files
from ajar.model.evidence import Basis, GapReason
from tests.build.dossiers import dossier, fact, gap

NAMES = frozenset({"grok"})
WEIGHTS = ("safetensors", "weights")


def test_a_readable_file_is_verified_with_its_size() -> None:
    found = final_parameters(
        dossier(
            {"model.safetensors": WEIGHTS}, [fact("weights.parameter-count", 22_713_216, "model.safetensors")]
        ),
        None,
        NAMES,
    )
    assert found.state is Basis.VERIFIED
    assert "22,713,216" in found.reason


@pytest.mark.parametrize(
    "path",
    ["tests/dummy/model.safetensors", "optimizer.pt", "training_args.bin", "vendor/x/model.safetensors"],
)
def test_what_is_not_the_weights(path: str) -> None:
    assert weight_files(dossier({path: WEIGHTS})) == ()


def test_a_cut_file_is_unknown_not_absent() -> None:
    found = final_parameters(
        dossier({"model.safetensors": WEIGHTS}, gaps=[gap("model.safetensors")]), None, NAMES
    )
    assert found.state is Basis.UNKNOWN
    assert "cut short" in found.reason


def index(shards: dict[str, str]) -> list:
    return [
        fact("weights.index-shard", name, "model.safetensors.index.json", quote=f"2 tensors, names {digest}")
        for name, digest in shards.items()
    ]


def test_a_missing_shard_is_named() -> None:
    files = {"a.safetensors": WEIGHTS}
    facts = [
        *index({"a.safetensors": "aa", "b.safetensors": "bb"}),
        fact("weights.tensor-names", "aa", "a.safetensors"),
    ]
    found = final_parameters(dossier(files, facts), None, NAMES)
    assert found.state is Basis.UNKNOWN
    assert "b.safetensors" in found.reason


def test_a_shard_with_other_tensors_is_not_whole() -> None:
    files = {"a.safetensors": WEIGHTS}
    facts = [*index({"a.safetensors": "aa"}), fact("weights.tensor-names", "zz", "a.safetensors")]
    (problem,) = final_parameters(dossier(files, facts), None, NAMES).because
    assert problem.reason is GapReason.MALFORMED


def test_all_shards_here() -> None:
    files = {"x/a.safetensors": WEIGHTS}
    facts = [
        fact(
            "weights.index-shard",
            "a.safetensors",
            "x/model.safetensors.index.json",
            quote="2 tensors, names aa",
        ),
        fact("weights.tensor-names", "aa", "x/a.safetensors"),
    ]
    assert final_parameters(dossier(files, facts), None, NAMES).state is Basis.VERIFIED


def test_a_pointer_is_not_the_weights() -> None:
    found = final_parameters(
        dossier(
            {"model.safetensors": ("lfs-pointer", "pointer")}, [fact("pointer.size", 10, "model.safetensors")]
        ),
        None,
        NAMES,
    )
    assert found.state is Basis.DECLARED
    assert "pointer" in found.reason


@pytest.mark.parametrize(
    ("link", "state"),
    [
        ("magnet:?xt=urn:btih:5f96", Basis.DECLARED),
        ("https://huggingface.co/xai-org/grok-1", Basis.DECLARED),
        ("https://huggingface.co/other/thing", Basis.ABSENT),
    ],
)
def test_a_link_counts_when_it_is_the_releases_own(link: str, state: Basis) -> None:
    found = final_parameters(dossier(facts=[fact("card.weights-link", link, "README.md")]), None, NAMES)
    assert found.state is state


def test_a_base_models_link_is_not_its_own() -> None:
    facts = [
        fact("card.weights-link", "https://huggingface.co/xai-org/grok-1", "README.md"),
        fact("card.base-model", "xai-org/grok-1", "README.md"),
    ]
    assert final_parameters(dossier(facts=facts), None, NAMES).state is Basis.ABSENT


def test_withheld_in_words() -> None:
    facts = [fact("card.withheld", "weights", "README.md", quote="We will not release the weights.")]
    assert final_parameters(dossier(facts=facts), None, NAMES).state is Basis.WITHHELD


def test_an_unreadable_weight_file_leaves_the_question_open() -> None:
    found = final_parameters(dossier(gaps=[gap("model.gguf", GapReason.UNREADABLE)]), None, NAMES)
    assert found.state is Basis.UNKNOWN


def test_checkpoints_by_folder() -> None:
    found = intermediate_parameters(dossier({"checkpoint-1000/model.safetensors": WEIGHTS}))
    assert found.state is Basis.VERIFIED


def test_checkpoints_by_word() -> None:
    found = intermediate_parameters(
        dossier(texts={"README.md": "x\nAll models feature 154 checkpoints saved."})
    )
    assert found.state is Basis.DECLARED
    assert str(found.because[0].location) == "README.md:2"
