"""Which models a project names, and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.errors import TargetNotFound
from ajar.projects import uses

SOURCE = """
from transformers import AutoModel, pipeline
from langchain_ollama import ChatOllama
import ollama
BASE = "org/base"
model = AutoModel.from_pretrained("org/name", revision="abc123")
other = AutoModel.from_pretrained(BASE)
pipe = pipeline("text-generation", model="org/piped")
chat = ChatOllama(model="llama3.1:8b")
ollama.chat(model="qwen2.5")
data = load_dataset("org/data")
local = AutoModel.from_pretrained("./here")
computed = AutoModel.from_pretrained(f"org/{name}")
"""


def found(tmp_path: Path, name: str, text: str) -> dict[str, int]:
    (tmp_path / name).write_text(text)
    return {use.target: use.line for use in uses(tmp_path)}


def test_python(tmp_path):
    assert found(tmp_path, "app.py", SOURCE) == {
        "hf:org/name@abc123": 6,
        "hf:org/base": 7,
        "hf:org/piped": 8,
        "ollama:llama3.1:8b": 9,
        "ollama:qwen2.5": 10,
        "hf:dataset/org/data": 11,
    }


@pytest.mark.parametrize(
    ("name", "text", "targets"),
    [
        ("Dockerfile", "FROM python:3.12\nRUN huggingface-cli download org/name --local-dir x\nRUN ollama pull llama3:8b\n", {"hf:org/name", "ollama:llama3:8b"}),
        ("Modelfile", "FROM llama3.2\nPARAMETER temperature 1\n", {"ollama:llama3.2"}),
        ("Modelfile", "FROM ./model.gguf\n", set()),
        ("compose.yaml", "services:\n  app:\n    command: vllm serve org/served --port 1\n    environment:\n      MODEL_ID: org/env\n", {"hf:org/served", "hf:org/env"}),
        ("config.toml", 'embed_model = "org/embed"\nname = "org/not-a-model-key"\n', {"hf:org/embed"}),
        ("settings.json", '{\n "model_name": "org/json",\n "path": "a/b"\n}\n', {"hf:org/json"}),
        ("requirements.txt", "torch\nx @ https://huggingface.co/org/wheel/resolve/main/x.whl\n", {"hf:org/wheel"}),
        ("notes.txt", "see https://huggingface.co/docs/transformers and model: a b\n", set()),
    ],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_other_files(tmp_path, name, text, targets):
    assert set(found(tmp_path, name, text)) == targets


def test_a_path_that_is_none(tmp_path):
    with pytest.raises(TargetNotFound):
        uses(tmp_path / "none")


def test_what_others_made_is_not_searched(tmp_path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "x.py").write_text(SOURCE)
    assert uses(tmp_path) == ()


@given(st.text(max_size=200), st.sampled_from(["a.py", "Dockerfile", "Modelfile", "c.yml", "d.json"]))
@settings(max_examples=150, deadline=None)
def test_any_text(tmp_path_factory, text, name):
    folder = tmp_path_factory.mktemp("project")
    (folder / name).write_bytes(text.encode("utf-8", "replace"))
    for use in uses(folder):
        assert use.target.partition(":")[0] in {"hf", "ollama"}
        assert use.line >= 1
