import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.errors import MalformedError
from ajar.formats.config_json import FORMAT
from ajar.model.evidence import GapReason
from tests.build.text_files import SMALL, look, matches, survives_cuts

CONFIG = {
    "_name_or_path": "acme/base",
    "architectures": ["TinyForCausalLM"],
    "auto_map": {
        "AutoConfig": "configuration_tiny.TinyConfig",
        "AutoModel": ["modeling_tiny.TinyModel", None],
    },
    "hidden_size": 64,
    "license": "mit",
    "model_type": "tiny",
    "quantization_config": {"quant_method": "gptq", "bits": 4},
    "text_config": {"num_hidden_layers": 2, "vocab_size": True},
    "torch_dtype": "bfloat16",
    "transformers_version": "4.40.0",
    "vocab_size": 1000,
}


def test_a_model_configuration():
    seen = look(FORMAT, json.dumps(CONFIG), "config.json")
    assert seen.one("config.kind") == "model"
    assert seen.one("config.model-type") == "tiny"
    assert seen.all("config.architecture") == ["TinyForCausalLM"]
    assert seen.all("config.auto-map") == ["TinyConfig=configuration_tiny.py", "TinyModel=modeling_tiny.py"]
    assert seen.one("config.dtype") == "bfloat16"
    assert seen.one("config.quantisation") == "gptq 4-bit"
    assert {item.location.pointer: item.value for item in seen.items("config.field")} == {
        "/hidden_size": 64,
        "/vocab_size": 1000,
        "/text_config/num_hidden_layers": 2,
    }
    assert seen.one("config.name-or-path") == "acme/base"
    assert seen.one("config.licence") == "mit"
    assert seen.one("config.library-version") == "transformers 4.40.0"


@pytest.mark.parametrize(
    ("path", "tree", "kind"),
    [
        ("adapter_config.json", {"base_model_name_or_path": "acme/b"}, "adapter"),
        ("x.json", {"peft_type": "LORA"}, "adapter"),
        ("tokenizer_config.json", {}, "tokenizer"),
        ("generation_config.json", {}, "generation"),
        ("preprocessor_config.json", {}, "preprocessor"),
        ("model_index.json", {"_class_name": "Pipe"}, "diffusers"),
        ("unet/config.json", {"_diffusers_version": "0.2"}, "diffusers"),
        ("modules.json", [], "sentence-transformers"),
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": True}, "pooling"),
        ("trainer_state.json", {}, "training-state"),
        ("params.json", {"dim": 1}, "params"),
        ("hparams.json", {"n_vocab": 1}, "params"),
        ("config.json", {"n_layer": 1}, "model"),
        ("lm.json", {"results": {"mmlu": {"acc": 0.25}}}, "evaluation-results"),
        ("evals/mmlu.json", {"acc": 0.25}, "evaluation-results"),
        ("a.json", {"results": {"n": 1}}, "other"),
        ("a.json", [1, 2], "other"),
    ],
)
def test_kind(path, tree, kind):
    assert look(FORMAT, json.dumps(tree), path).one("config.kind") == kind


def test_names_that_are_not_configuration():
    assert matches(FORMAT, "{}", "a.json")
    assert matches(FORMAT, b"\xef\xbb\xbf [1]", "a.json")
    assert not matches(FORMAT, "{}", "package.json")
    assert not matches(FORMAT, "{}", "a.jsonl")
    assert not matches(FORMAT, "x", "a.json")


def test_an_adapter_names_its_base():
    seen = look(FORMAT, '{"base_model_name_or_path": "acme/base", "r": 8}', "adapter_config.json")
    assert seen.one("config.base-model") == "acme/base"


def test_data_sets_are_listed_once_and_up_to_64():
    rows = [{"name": f"part{n % 100}.jsonl", "lines": n} for n in range(300)]
    seen = look(FORMAT, json.dumps(rows), "data_config.json")
    assert len(seen.all("config.dataset")) == 64
    assert seen.items("config.dataset")[1].location.pointer == "/1/name"


def test_training_settings():
    tree = {
        "optimizer": {"type": "Adam", "params": {"lr": 0.001}},
        "train_batch_size": 8,
        "fp16": {"enabled": True},
    }
    seen = look(FORMAT, json.dumps(tree), "ds_config.json")
    assert seen.all("config.training-setting") == ["optimizer=Adam", "lr=0.001", "train_batch_size=8"]


def test_results_are_counted():
    tree = {"results": {"mmlu": {"acc": 0.25, "n": 100}, "piqa": {"acc": 0.5}}}
    seen = look(FORMAT, json.dumps(tree), "x.json")
    assert seen.one("config.metric") == 2
    assert seen.items("config.metric")[0].quote == "results/mmlu/acc: 0.25"


def test_chat_templates_become_texts():
    one = look(FORMAT, '{"chat_template": "{{ m }}"}', "tokenizer_config.json")
    assert [(text.path, text.text) for text in one.texts] == [
        ("tokenizer_config.json#/chat_template", "{{ m }}")
    ]
    many = {"chat_template": [{"name": "default", "template": "a"}, {"name": "tool"}, 3]}
    assert len(look(FORMAT, json.dumps(many), "tokenizer_config.json").texts) == 1


def test_nan_is_read_and_written_as_text():
    seen = look(FORMAT, '{"model_type": "t", "rope_theta": NaN}', "config.json")
    assert seen.one("config.field") == "nan"


@pytest.mark.parametrize(
    "text",
    [
        '{"a":' * 100_000,
        "[" * 100_000,
        "[NaN," * 100_000,
        '{"a": 1,}',
        '{"a": NaN,}',
        "{",
        '{"a": NaN, "b": ' + "9" * 5000 + "}",
    ],
    ids=["objects", "arrays", "nan", "comma", "nan-comma", "cut", "digits"],
)
def test_malformed(text):
    with pytest.raises(MalformedError):
        look(FORMAT, text, "config.json")


def test_over_the_limit_only_the_name_counts():
    seen = look(FORMAT, json.dumps({"a": "x" * 1000}), "generation_config.json", SMALL)
    assert seen.one("config.kind") == "generation"
    assert [gap.reason for gap in seen.gaps] == [GapReason.OVER_BUDGET]


def test_cut_anywhere():
    survives_cuts(FORMAT, json.dumps(CONFIG), "config.json")


KEYS = st.sampled_from([*sorted(CONFIG), "chat_template", "datasets", "lr", "results", "__version__", "name"])
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)


@given(TREES, st.sampled_from(["config.json", "data_config.json", "trainer_state.json", "evals/x.json"]))
def test_any_tree_under_known_names_is_read(tree, path):
    assert look(FORMAT, json.dumps(tree), path).all("config.kind")


def test_a_licence_in_an_object():
    seen = look(FORMAT, '{"license": {"@id": "https://spdx.org/licenses/MIT"}}', "codemeta.json")
    assert seen.one("config.licence") == "https://spdx.org/licenses/MIT"
    assert (
        look(FORMAT, '{"license": {"id": "cc-by-4.0"}}', ".zenodo.json").one("config.licence") == "cc-by-4.0"
    )
    assert look(FORMAT, '{"license": {"id": 3}}', ".zenodo.json").all("config.licence") == []
