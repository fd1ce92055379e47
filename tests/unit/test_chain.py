"""The line of base models, against a hub on loopback."""

from __future__ import annotations

import pytest

import ajar
from ajar.chain import follow
from ajar.config import Options
from tests.unit.sources.conftest import running, standin  # noqa: F401  fixtures
from tests.unit.sources.test_hub import card, safetensors


def model(base: str = "", licence: str = "apache-2.0") -> dict[str, object]:
    named = f"base_model: {base}\n" if base else ""
    text = card(licence).replace(b"---\nlicense", f"---\n{named}license".encode(), 1)
    return {"README.md": text, "model.safetensors": safetensors(1 << 20), "config.json": b"{}"}


def line(target: str) -> list[tuple[str, int, str]]:
    report = ajar.audit(target)
    return [
        (link.name, link.depth, link.problem or ", ".join(link.licences))
        for link in follow(report, Options())
    ]


def test_up_to_the_root(standin):  # noqa: F811
    standin.add("org/child", model("org/parent"), tags=("base_model:quantized:org/parent",))
    standin.add("org/parent", model("org/root", "mit"))
    standin.add("org/root", model(licence="llama3.1"))
    assert line("org/child") == [("org/parent", 1, "MIT"), ("org/root", 2, "llama3.1")]
    report = ajar.audit("org/child")
    assert next(iter(follow(report, Options()))).relation == "quantized"
    asked = [path for role, path, _ in standin.asked if "parent/resolve" in path]
    assert not [path for path in asked if path.endswith("safetensors")]


def test_a_circle_ends(standin):  # noqa: F811
    standin.add("org/a", model("org/b"))
    standin.add("org/b", model("org/a"))
    assert line("org/a") == [
        ("org/b", 1, "Apache-2.0"),
        ("org/a", 2, "leads back to a model of its own line"),
    ]


@pytest.mark.parametrize("gated", [False, "manual"])
def test_a_base_that_cannot_be_had_is_named(standin, gated):  # noqa: F811
    standin.add("org/a", model("org/none"))
    if gated:
        standin.add("org/none", model(), gated=gated)
    ((name, _, problem),) = line("org/a")
    assert name == "org/none"
    assert ("approval" if gated else "no such release") in problem


def test_an_adapter_says_so_in_its_settings(standin):  # noqa: F811
    files = {
        "README.md": card(),
        "adapter_config.json": b'{"base_model_name_or_path": "org/root", "peft_type": "LORA"}',
    }
    standin.add("org/a", {**files, "adapter_model.safetensors": safetensors(1 << 16)})
    standin.add("org/root", model())
    (link,) = follow(ajar.audit("org/a"), Options())
    assert (link.name, link.relation) == ("org/root", "adapter")
    assert link.stated_at.startswith("adapter_config.json")
