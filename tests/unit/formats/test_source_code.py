import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.formats.source_code import FORMAT
from ajar.model.evidence import GapReason
from tests.build.text_files import SMALL, look, matches, survives_cuts


def python(code):
    return look(FORMAT, code, "a.py")


@pytest.mark.parametrize(
    ("path", "data", "language"),
    [
        ("a.py", "x = 1\n", "python"),
        ("run", "#!/usr/bin/env python3\nx = 1\n", "python"),
        ("run", "#!/bin/bash\nls\n", "shell"),
        ("a.cu", "int x;\n", "cuda"),
        ("Makefile", "all:\n", "make"),
        ("Dockerfile.gpu", "FROM x\n", "docker"),
        ("a.h", "int x;\n", "c"),
    ],
)
def test_language(path, data, language):
    assert matches(FORMAT, data, path)
    assert look(FORMAT, data, path).one("code.language") == language


@pytest.mark.parametrize(
    ("path", "data"), [("a.txt", "x"), ("run", "x = 1"), ("a.py", b"\0"), ("a.md", "#!/bin/sh")]
)
def test_no_code(path, data):
    assert not matches(FORMAT, data, path)


def test_lines_of_code():
    assert python("# a\n\nx = 1  # b\n\ny = 2\n").one("code.lines") == 2
    assert look(FORMAT, "/* a\n b */\nint x;\n// c\n", "a.c").one("code.lines") == 1


@pytest.mark.parametrize(
    ("header", "licence"),
    [
        (
            '# Copyright 2024 A\n#\n# Licensed under the Apache License, Version 2.0 (the "License");\n# you may not',
            "Apache License, Version 2.0",
        ),
        (
            "# This software may be used in accordance with\n# the terms of the Llama 3 Community License Agreement.",
            "Llama 3 Community License Agreement",
        ),
        ('"""Tiny.\n\nReleased under the MIT License.\n"""', "MIT License"),
        ("# A module about nothing", None),
        ("x = 1\n# Licensed under the MIT License", None),
    ],
)
def test_licence_in_the_header(header, licence):
    found = python(header + "\nx = 1\n").all("code.licence-header")
    assert found == ([licence] if licence else [])


def test_spdx():
    assert (
        python("# SPDX-License-Identifier: Apache-2.0 OR MIT\nx = 1\n").one("code.spdx")
        == "Apache-2.0 OR MIT"
    )
    assert look(FORMAT, "// SPDX-License-Identifier: MIT\n", "a.rs").one("code.spdx") == "MIT"
    assert not python("x = 1\n").all("code.spdx")


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import torch.nn as nn\nclass A(nn.Module): pass\nclass B(A): pass\n", ["A", "B"]),
        ("class A(hk.Module): pass\n", ["A"]),
        ("import torch\nclass A(LlamaPreTrainedModel): pass\n", ["A"]),
        ("from tensorflow import keras\nclass A(keras.Model): pass\n", ["A"]),
        ("from django.db import models\nclass A(models.Model): pass\n", []),
        ("from pydantic import BaseModel\nclass A(BaseModel): pass\n", []),
        ("def block(x):\n with tf.variable_scope('a'):\n  return tf.matmul(x, w)\n", ["block"]),
        ("def block(x):\n return x\n", []),
    ],
)
def test_defines_model(code, names):
    assert python(code).all("code.defines-model") == names


@pytest.mark.parametrize(
    ("code", "calls"),
    [
        ("loss.backward()\noptimizer.step()\n", ["loss.backward", "optimizer.step"]),
        ("from transformers import Trainer\nt = Trainer(model)\nt.train()\n", ["t.train"]),
        ("grads = jax.value_and_grad(f)(x)\np = optax.apply_updates(p, u)\n", ["jax.value_and_grad"]),
        ("pl.Trainer().fit(model)\n", ["Trainer().fit"]),
        ("import keras\nmodel.fit(x, y)\n", ["model.fit"]),
        ("kd.train.Trainer(optimizer=o, train_ds=d)\n", ["kd.train.Trainer"]),
        ("model.train()\nscheduler.step()\nenv.step(a)\n", []),
        ("spm.SentencePieceTrainer.train(x)\n", []),
        ("scipy.optimize.minimize(f)\n", []),
        ("y.backward()\n", []),
        ("# trainer.train()\ns = 'optimizer.step()'\n", []),
    ],
)
def test_trains(code, calls):
    assert python(code).all("code.trains") == calls


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("m = AutoModel.from_pretrained('a/b')\ntrainer.train()\n", True),
        ("import peft\ntrainer.train()\n", True),
        ("from trl import SFTTrainer\nt = SFTTrainer(m)\nt.train()\n", True),
        ("m = A.from_config(c) if s else A.from_pretrained('a/b')\ntrainer.train()\n", False),
        ("tok = AutoTokenizer.from_pretrained('a/b')\ntrainer.train()\n", False),
        ("m = AutoModel.from_pretrained('a/b')\n", False),
    ],
)
def test_fine_tunes(code, expected):
    assert bool(python(code).all("code.fine-tunes")) is expected


@pytest.mark.parametrize(
    ("code", "calls"),
    [
        ("AutoModel.from_pretrained(x)\nAutoTokenizer.from_pretrained(x)\n", ["AutoModel.from_pretrained"]),
        ("torch.load(p)\n", ["torch.load"]),
        ("optimizer.load_state_dict(s)\nmodel.load_state_dict(s)\n", ["model.load_state_dict"]),
        ("from safetensors.torch import load_file\nload_file(p)\n", ["load_file"]),
        ("saver.restore(s, p)\n", ["saver.restore"]),
        ("json.load(f)\n", []),
    ],
)
def test_loads_weights(code, calls):
    assert python(code).all("code.loads-weights") == calls


@pytest.mark.parametrize(
    ("code", "calls"),
    [
        ("model.generate(x)\n", ["model.generate"]),
        ("sample.sample_sequence(x)\n", ["sample.sample_sequence"]),
        ("pipeline.predict(x)\n", ["pipeline.predict"]),
        ("with torch.no_grad():\n    y = model(x)\n", ["no_grad: model"]),
        ("y = model(x)\n", []),
        ("random.sample(x, 3)\ndf.sample(3)\nnp.random.generate()\n", []),
        ("def generate(x): pass\n", ["def generate"]),
    ],
)
def test_generates(code, calls):
    assert python(code).all("code.generates") == calls


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import lm_eval\n", ["import lm_eval"]),
        ("f1_score(a, b)\n", ["f1_score"]),
        ("def evaluate(m): pass\n", ["def evaluate"]),
        ("TASKS = ['hellaswag', 'other']\n", ["hellaswag"]),
        ("model.eval()\n", []),
        ("eval('1')\n", []),
    ],
)
def test_evaluates(code, found):
    assert python(code).all("code.evaluates") == found


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ds = load_dataset('a/b').map(f)\nds.save_to_disk(p)\n", True),
        ("ids = enc.encode(t)\nnp.memmap(p, np.uint16, 'w+')\n", True),
        ("ArrowWriter(compression='lz4').write_to_file(x, path=p)\n", True),
        ("def tokenize_documents(x): return tokenizer.encode(x)\njson.dump(y, f)\n", True),
        ("np.memmap(p, np.uint16, 'r')\n", False),
        ("ds = load_dataset('a/b')\njson.dump(results, f)\n", False),
        ("open(p).write(x)\n", False),
    ],
)
def test_preprocesses_data(code, expected):
    assert bool(python(code).all("code.preprocesses-data")) is expected


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("r = requests.get('https://h.example/m/' + name + '/model.ckpt')\n", ["https://h.example/m/"]),
        ("hf_hub_download('acme/m', 'x.bin')\n", ["acme/m"]),
        ("snapshot_download(repo_id='acme/d', repo_type='dataset')\n", []),
        ("M = 'acme/m'\nAutoModel.from_pretrained(M)\n", ["acme/m"]),
        ("def f(m='acme/m'):\n    AutoModel.from_pretrained(m)\n", ["acme/m"]),
        ("AutoTokenizer.from_pretrained('acme/m')\n", []),
        ("URLS = {'t': 'https://h.example/tiny.pt'}\n", ["https://h.example/tiny.pt"]),
        ("P = 'gs://bucket/checkpoints/tiny'\n", ["gs://bucket/checkpoints/tiny"]),
        ("requests.get('https://h.example/page.html')\nw = 'model.ckpt'\n", []),
        ("requests.get('https://h.example/things')\n", []),
        ("os.system('gsutil cp gs://b/m/x.npz .')\n", ["gs://b/m/x.npz"]),
    ],
)
def test_downloads_weights(code, found):
    assert python(code).all("code.downloads-weights") == found


def test_data_sets_and_remote_code():
    seen = python(
        "load_dataset('allenai/c4', 'en')\nload_dataset('json')\nf(trust_remote_code=True)\ng(trust_remote_code=x)\n"
    )
    assert seen.all("code.dataset-id") == ["allenai/c4"]
    assert seen.items("code.remote-code")[0].location.line == 3


def test_imports_once():
    assert python("import torch.nn\nfrom torch import x\nfrom . import y\nimport numpy as np, os\n").all(
        "code.import"
    ) == [
        "torch",
        "numpy",
        "os",
    ]


SCRIPT = """#!/bin/bash
# torchrun train_old.py
set -e; torchrun --nproc_per_node=8 \\
  scripts/pretrain.py --lr 1
python -m tools.finetune_lora && python eval_mmlu.py
lm_eval --model hf
wget https://h.example/tiny.safetensors
wget https://h.example/page.html
hf download acme/m
hf download acme/d --repo-type dataset
git clone https://huggingface.co/acme/n
python3 tools/preprocess_data.py --x
python generate.py
"""


def test_shell():
    seen = look(FORMAT, SCRIPT, "run.sh")
    assert seen.all("code.trains") == ["scripts/pretrain.py", "tools.finetune_lora"]
    assert seen.items("code.trains")[0].location.line == 3
    assert seen.one("code.fine-tunes") is True
    assert seen.all("code.evaluates") == ["eval_mmlu.py", "lm_eval"]
    assert seen.all("code.preprocesses-data") == ["tools/preprocess_data.py"]
    assert seen.all("code.generates") == ["generate.py"]
    assert seen.all("code.downloads-weights") == [
        "https://h.example/tiny.safetensors",
        "acme/m",
        "https://huggingface.co/acme/n",
    ]


def test_python_of_another_version_is_read_by_line():
    seen = python("import torch\nprint 'x'\noptimizer.step()\nclass A(nn.Module):\n    pass\n")
    assert [gap.reason for gap in seen.gaps] == [GapReason.UNSUPPORTED]
    assert seen.all("code.trains") == ["optimizer.step"]
    assert seen.all("code.defines-model") == ["A"]
    assert seen.all("code.import") == ["torch"]


def test_odd_escapes_in_audited_code_warn_nobody():
    assert python("x = '\\d'\n").gaps == []


@pytest.mark.parametrize(
    "code",
    [
        "1+" * 100_000 + "1",
        "a" + ".b" * 100_000,
        "(" * 5000,
        "-" * 200_000 + "1",
        "not " * 50_000 + "1",
        "x = " + "9" * 5000,
        "[" * 100_000,
    ],
    ids=["sum", "attribute", "parentheses", "minus", "not", "digits", "brackets"],
)
def test_what_breaks_a_parser_leaves_a_gap(code):
    assert [gap.reason for gap in python(code).gaps] == [GapReason.UNSUPPORTED]


def test_too_long_to_parse():
    seen = python("optimizer.step()\n" * 30_000)
    assert [gap.reason for gap in seen.gaps] == [GapReason.OVER_BUDGET]
    assert seen.all("code.trains") == ["optimizer.step"]


def test_at_most_sixteen_of_a_key():
    many = "import torch\n" + "".join(f"class C{n}(nn.Module): pass\n" for n in range(50))
    assert len(python(many).all("code.defines-model")) == 16


@pytest.mark.parametrize(
    "unit",
    [
        "python ",
        "python train.py;",
        "wget http://a.pth ",
        "optim",
        "a;b;",
        "# licensed under the terms of the ",
    ],
)
@pytest.mark.parametrize("path", ["a.sh", "a.py", "a.c"])
def test_long_lines_end(unit, path):
    started = time.perf_counter()
    look(FORMAT, (unit * 300 + "\n") * 300, path)
    assert time.perf_counter() - started < 10


def test_cut_anywhere():
    survives_cuts(FORMAT, SCRIPT, "run.sh", step=7)
    survives_cuts(
        FORMAT, "# Licensed under the MIT License\nimport torch\nclass A(nn.Module):\n  x = 'é'\n", "a.py"
    )
    assert look(FORMAT, "x = 1\n" * 200, "a.py", SMALL).gaps[0].reason == GapReason.OVER_BUDGET


@given(st.text(alphabet="()[]{}:=.,'\"\\ \n\tabdefx01#@*", max_size=120))
def test_any_text(text):
    assert python(text).one("code.language") == "python"


def test_the_licence_that_a_setup_script_declares():
    text = 'from setuptools import setup\nsetup(\n    name="x",\n    license="Apache 2.0",\n)\n'
    seen = look(FORMAT, text, "setup.py")
    assert seen.one("code.package-licence") == "Apache 2.0"
    assert seen.items("code.package-licence")[0].location.line == 4
    assert look(FORMAT, text, "other.py").all("code.package-licence") == []
    assert look(FORMAT, "setup(license=LICENSE)\n", "setup.py").all("code.package-licence") == []
