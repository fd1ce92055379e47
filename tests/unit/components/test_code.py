"""Code is told by what it does: a snippet, a fork or a tuning script is not the model's own code."""

from __future__ import annotations

import pytest

from ajar.components import code, datasets
from ajar.components.code import Library
from ajar.model.component import Licence, Openness
from ajar.model.evidence import Basis
from tests.build.dossiers import dossier, fact

APACHE = Licence(id="Apache-2.0", name="Apache License 2.0", openness=Openness.OPEN_SOURCE, osi=True)
LIBRARIES = {
    "transformers": Library(name="transformers", licence=APACHE, source="https://example.org/licence")
}
NAMES = frozenset({"chronos"})


def test_a_program_that_runs_the_model() -> None:
    facts = [fact("code.lines", 80, "run.py"), fact("code.generates", "generate", "run.py", line=12)]
    found = code.inference(dossier(facts=facts), LIBRARIES)
    assert (found.state, found.files) == (Basis.VERIFIED, ("run.py",))


def test_a_snippet_is_not_inference_code() -> None:
    facts = [
        fact("code.lines", 6, "example.py"),
        fact("code.generates", "generate", "example.py"),
        fact("card.code-fence", 12, "README.md", pointer="python"),
    ]
    assert code.inference(dossier(facts=facts), LIBRARIES).state is Basis.ABSENT


def test_a_test_is_not_inference_code() -> None:
    facts = [
        fact("code.lines", 90, "tests/test_run.py"),
        fact("code.generates", "generate", "tests/test_run.py"),
    ]
    assert code.inference(dossier(facts=facts), LIBRARIES).state is Basis.ABSENT


def test_an_open_library_that_runs_the_format() -> None:
    found = code.inference(dossier(facts=[fact("config.model-type", "bert", "config.json")]), LIBRARIES)
    assert found.state is Basis.INFERRED
    assert found.licences[0].licence.id == "Apache-2.0"


def test_a_model_that_needs_code_of_its_own_is_not_run_by_the_library() -> None:
    facts = [
        fact("config.model-type", "custom", "config.json"),
        fact("config.auto-map", "AutoModel=modeling_custom.py", "config.json"),
    ]
    assert code.inference(dossier(facts=facts), LIBRARIES).state is Basis.ABSENT


def test_training_from_scratch_with_settings() -> None:
    facts = [
        fact("code.trains", "trainer.train", "scripts/train.py", line=700),
        fact("config.training-setting", "max_steps=200000", "scripts/configs/chronos-t5.yaml"),
    ]
    found = code.training(dossier(facts=facts), NAMES)
    assert found.state is Basis.VERIFIED
    assert found.files == ("scripts/train.py", "scripts/configs/chronos-t5.yaml")


def test_a_fine_tuning_script_is_not_the_training_code() -> None:
    facts = [
        fact("code.trains", "trainer.train", "examples/train.py"),
        fact("code.fine-tunes", True, "examples/train.py"),
        fact("config.training-setting", "lr=1e-4", "examples/config.yaml"),
    ]
    found = code.training(dossier(facts=facts), NAMES)
    assert found.state is Basis.ABSENT
    assert "tuning" in found.reason


def test_a_bare_fork_of_a_trainer_is_not_the_training_code() -> None:
    found = code.training(
        dossier(facts=[fact("code.trains", "loss.backward", "megatron/training.py")]), NAMES
    )
    assert found.state is Basis.ABSENT
    assert "no settings" in found.reason


def test_settings_here_and_trainer_linked() -> None:
    facts = [
        fact("config.training-setting", "train-iters=143000", "models/pythia-1b.yml"),
        fact("card.code-link", "https://github.com/EleutherAI/gpt-neox", "README.md"),
    ]
    assert code.training(dossier(facts=facts), NAMES).state is Basis.DECLARED


def test_withheld_training_code() -> None:
    facts = [fact("card.withheld", "code", "README.md", quote="The training code will not be released.")]
    assert code.training(dossier(facts=facts), NAMES).state is Basis.WITHHELD


def test_evaluation_by_link() -> None:
    facts = [fact("card.code-link", "https://github.com/EleutherAI/lm-evaluation-harness", "README.md")]
    assert code.evaluation(dossier(facts=facts)).state is Basis.DECLARED
    assert code.evaluation(dossier()).state is Basis.ABSENT


def test_architecture_in_source_or_named() -> None:
    here = dossier(facts=[fact("code.defines-model", "Transformer", "model.py")])
    assert code.architecture(here, LIBRARIES).state is Basis.VERIFIED
    named = dossier(facts=[fact("config.model-type", "bert", "config.json")])
    assert code.architecture(named, LIBRARIES).state is Basis.INFERRED
    assert code.architecture(dossier(), LIBRARIES).state is Basis.ABSENT


def test_a_fence_that_loads_with_a_library_names_where_the_network_is_defined() -> None:
    facts = [fact("card.loads-with", "transformers", "README.md", line=9)]
    found = code.architecture(dossier(facts=facts), LIBRARIES)
    assert (found.state, found.licences[0].licence.id) == (Basis.INFERRED, "Apache-2.0")
    unknown = [fact("card.loads-with", "somebodys_package", "README.md", line=9)]
    assert code.architecture(dossier(facts=unknown), LIBRARIES).state is Basis.ABSENT


@pytest.mark.parametrize(
    ("link", "state"),
    [
        ("https://github.com/openai/simple-evals", Basis.DECLARED),
        ("https://github.com/EleutherAI/lm-evaluation-harness", Basis.DECLARED),
        ("https://github.com/org/model/tree/main/eval", Basis.DECLARED),
        ("https://github.com/org/model/blob/main/eval_details.md", Basis.ABSENT),
        ("https://github.com/ruixiangcui/AGIEval", Basis.ABSENT),
        ("https://github.com/org/retrieval-tools", Basis.ABSENT),
    ],
)
def test_a_document_or_a_benchmark_is_not_evaluation_code(link: str, state: Basis) -> None:
    facts = [fact("card.code-link", link, "README.md", line=3)]
    assert code.evaluation(dossier(facts=facts)).state is state


def test_a_path_on_somebodys_disk_is_no_data_set() -> None:
    facts = [fact("config.dataset", "/data/train.arrow", "train.yaml", line=1)]
    assert datasets.datasets(dossier(facts=facts)).state is Basis.ABSENT
    facts.append(fact("config.dataset", "org/corpus", "train.yaml", line=2))
    found = datasets.datasets(dossier(facts=facts))
    assert (found.state, "1 data set is named, not here" in found.reason) == (Basis.DECLARED, True)
