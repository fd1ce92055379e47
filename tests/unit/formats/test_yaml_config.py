import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.errors import BudgetExceeded
from ajar.formats.yaml_config import FORMAT
from ajar.model.evidence import GapReason
from tests.build.text_files import SMALL, look, matches, survives_cuts

YAML = """# a run
"optimizer": {"type": "Adam", "params": {"lr": 0.001}}
max_steps: 200_000
training_data_paths:
- /data/a.arrow
- /data/b.arrow
datasets:
- name: c4
  hf_repo: allenai/c4
do_train: true
hidden_size: 8
"""


def test_yaml():
    seen = look(FORMAT, YAML, "configs/train.yaml")
    assert seen.all("config.training-setting") == ["optimizer=Adam", "lr=0.001", "max_steps=200_000"]
    assert seen.items("config.training-setting")[2].location.line == 3
    assert seen.items("config.training-setting")[1].location.pointer == "/optimizer/params/lr"
    assert seen.all("config.dataset") == ["/data/a.arrow", "/data/b.arrow", "c4", "allenai/c4"]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.yml", "train-iters: 5\n"),
        ("a.toml", "[t]\ntrain_iters = 5\n"),
        ("a.gin", "run.train_iters = 5\n"),
        ("a.ini", "[t]\n; lr = 1\ntrain_iters = 5\n"),
    ],
)
def test_every_notation(path, data):
    assert matches(FORMAT, data, path)
    assert look(FORMAT, data, path).all("config.training-setting") == ["train_iters=5"]


def test_other_yaml_says_nothing():
    workflow = "on: push\njobs:\n  test:\n    steps:\n    - name: run\n      run: pytest\n"
    assert look(FORMAT, workflow, ".github/workflows/a.yml").evidence == []


def test_at_most_sixteen_settings():
    text = "".join(f"g{n}:\n  lr: {n}\n" for n in range(40))
    assert len(look(FORMAT, text, "a.yaml").all("config.training-setting")) == 16


@pytest.mark.parametrize(
    ("path", "data"), [("a.yaml", "a: ["), ("a.toml", "a = "), ("a.toml", "a = " + "[" * 9000)]
)
def test_malformed_files_leave_a_gap_and_are_read_by_line(path, data):
    seen = look(FORMAT, data + '\nlr = 0.1\n"train-iters": 5,\n', path)
    assert [gap.reason for gap in seen.gaps] == [GapReason.MALFORMED]
    assert seen.all("config.training-setting") == ["lr=0.1", "train_iters=5"]
    assert seen.items("config.training-setting")[0].location.line == 2


def test_too_deep_and_too_long():
    with pytest.raises(BudgetExceeded):
        look(FORMAT, "[" * 999, "a.yaml")
    assert [gap.reason for gap in look(FORMAT, "a: b\n" * 200, "a.yaml", SMALL).gaps] == [
        GapReason.OVER_BUDGET
    ]


def test_cut_anywhere():
    survives_cuts(FORMAT, YAML, "a.yaml")


@given(
    st.text(alphabet="lr:=-[]{}\n \"'datasets1", max_size=80), st.sampled_from(["a.yaml", "a.toml", "a.gin"])
)
def test_any_text(text, path):
    with contextlib.suppress(BudgetExceeded):
        look(FORMAT, text, path)


def test_merge_recipes():
    text = (
        "merge_method: dare_ties\nbase_model: a/base\nmodels:\n  - model: a/one\n  - model: {path: a/two}\n"
        "slices:\n  - sources:\n      - model: a/three\n      - 7\nexperts:\n  - source_model: a/four\n"
    )
    seen = look(FORMAT, text, "mergekit_config.yml")
    assert seen.one("config.merge-method") == "dare_ties"
    assert seen.one("config.merge-base") == "a/base"
    assert seen.all("config.merge-model") == ["a/one", "a/two", "a/four", "a/three"]
    assert seen.items("config.merge-model")[0].location.line == 4


def test_models_without_a_merge_are_no_recipe():
    seen = look(FORMAT, "models:\n  - model: a/one\nbase_model: a/b\n", "config.yaml")
    assert seen.all("config.merge-model") == seen.all("config.merge-base") == []


def test_a_recipe_names_at_most_so_many_models():
    text = "merge_method: linear\nmodels:\n" + "".join(f"  - model: a/m{n}\n" for n in range(300))
    assert len(look(FORMAT, text, "m.yml").all("config.merge-model")) == 64
