"""Settings that make a loader import and run code: of the repository, of another one, or of the hub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ajar.model.judgement import Severity
from ajar.safety.check import Lines, Sign, Specimen
from ajar.safety.symbols import is_known_package, is_standard

TEMPLATE_NAMES = "template-names-stay-in-the-folder"
OWN_CODE = "model-needs-no-code-of-its-repository"
_MLFLOW_CODE = re.compile(
    r"(?:^|[\s{,])[\"']?(?P<key>code|model_code_path|python_model)[\"']?[ \t]*:[ \t]*[\"']?(?P<name>[^\s\"'#,}]{1,300})",
    re.MULTILINE,
)
_NOTHING = frozenset({"null", "~", "Null", "NULL"})


def step(key: object) -> str:
    return str(key)[:80].replace("~", "~0").replace("/", "~1")


def template_name(specimen: Specimen, pointer: str, name: str) -> Iterator[Sign]:
    """Saving the tokenizer writes each template to a file of its name."""
    if "/" in name or "\\" in name or name.startswith(".."):
        message = f"a chat template is named {name[:120]!r}: saving the tokenizer writes a file there"
        where = f"{pointer}/chat_template"
        yield specimen.finding(TEMPLATE_NAMES, Severity.HIGH, message, pointer=where, quote=name)


def own_code(specimen: Specimen, pointer: str, node: dict[str, Any]) -> Iterator[Sign]:
    """Entries that make a loader import files of this repository, or of another."""
    for key in ("auto_map", "custom_pipelines", "custom_generate"):
        value = node.get(key)
        names = list(_texts(value))[:8]
        if not names:
            continue
        other = next((name for name in names if "--" in name), "")
        where = f"of another repository, {other!r}" if other else f"of the repository, {names[0]!r}"
        message = f"{key} makes a loader run code {where}, when trust_remote_code is set"
        severity = Severity.MEDIUM if other else Severity.LOW
        yield specimen.finding(OWN_CODE, severity, message, pointer=f"{pointer}/{key}", quote=names[0])
    yield from _kernels(specimen, pointer, node)
    name = specimen.path.rpartition("/")[2]
    if name == "modules.json" and isinstance(node.get("type"), str) and "idx" in node:
        kind = node["type"]
        if not kind.startswith("sentence_transformers."):
            message = (
                f"the module {kind!r} is not of sentence-transformers: its code stands in the repository"
            )
            yield specimen.finding(OWN_CODE, Severity.LOW, message, pointer=f"{pointer}/type", quote=kind)
    if name == "model_index.json" and pointer == "":
        for key, value in node.items():
            own = isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)
            if own and value[0] not in _PIPELINE_PACKAGES:
                message = (
                    f"{key} comes from {value[0]!r}, code of the repository or of a package of that name"
                )
                yield specimen.finding(
                    OWN_CODE, Severity.LOW, message, pointer=f"/{step(key)}", quote=value[0]
                )


def _kernels(specimen: Specimen, pointer: str, node: dict[str, Any]) -> Iterator[Sign]:
    """Fields that reach the hub or import a package although trust_remote_code is not set."""
    for key in _KERNEL_KEYS & node.keys():
        for name in list(_texts(node[key]))[:8]:
            if "/" not in name:
                continue
            inner = key.endswith("_internal")  # never written by the library: only put there by hand
            known = name.startswith("kernels-community/")
            severity = Severity.HIGH if inner else Severity.LOW if known else Severity.MEDIUM
            message = f"{key} makes transformers fetch and import {name[:120]!r} from the hub, without trust_remote_code"
            yield specimen.finding(OWN_CODE, severity, message, pointer=f"{pointer}/{key}", quote=name)
    mapping = node.get("auto_mapping")
    library = mapping.get("parent_library") if isinstance(mapping, dict) else None
    if not isinstance(library, str) or not library:
        return
    heavy = is_standard(library)
    if heavy or not is_known_package(library.partition(".")[0]):
        message = f"auto_mapping makes an adapter's loader import {library[:120]!r}"
        severity = Severity.HIGH if heavy else Severity.LOW
        yield specimen.finding(OWN_CODE, severity, message, pointer=f"{pointer}/auto_mapping", quote=library)


_KERNEL_KEYS = frozenset(
    f"{lead}{part}_implementation{tail}"
    for lead in ("", "_")
    for part in ("attn", "experts")
    for tail in ("", "_internal")
)
_PIPELINE_PACKAGES = frozenset(
    {
        "diffusers",
        "transformers",
        "stable_diffusion",
        "onnxruntime",
        "optimum",
        "k_diffusion",
        "flax",
        "deepfloyd_if",
        "kandinsky",
        "latent_diffusion",
        "paint_by_example",
    }
)


def _texts(value: Any, depth: int = 4) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)) and depth:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item, depth - 1)


def loader_module(specimen: Specimen, name: str, line: int) -> Iterator[Sign]:
    """MLflow imports the module and calls what it defines; its own flavours are the honest ones."""
    if name.partition(".")[0] in {"mlflow", "mlflavors"}:
        return
    heavy = is_standard(name)
    message = f"line {line}: loader_module makes MLflow import {name!r} and call its _load_pyfunc"
    severity = Severity.HIGH if heavy else Severity.LOW
    yield specimen.finding(OWN_CODE, severity, message, line=line, quote=name)


def mlflow_code(specimen: Specimen, text: str, lines: Lines) -> Iterator[Sign]:
    """Code beside the model: its folder goes in front of Python's path, and a model written as code is run."""
    for found in _MLFLOW_CODE.finditer(text):
        name, line = found["name"], lines.at(found.start("key"))
        if name in _NOTHING or (found["key"] == "python_model" and not name.endswith(".py")):
            continue  # a pickle is judged by its own bytes
        does = "puts it in front of Python's path" if found["key"] == "code" else "runs it"
        message = f"line {line}: {found['key']} is {name!r}: loading the model {does}"
        yield specimen.finding(OWN_CODE, Severity.LOW, message, line=line, quote=found[0].strip())
