"""Chat templates: what in them leads out of the sandbox, loops without end, or reads other files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.model.judgement import Severity
from ajar.safety.check import Check, Lines, Sign, Specimen
from ajar.safety.jinja_text import take_apart
from ajar.safety.jinja_tokens import Template, Use

SANDBOX, LIMITS, READS = (
    "template-stays-in-its-sandbox",
    "template-stays-within-limits",
    "template-reads-no-files",
)
# In texts that are not templates by name: a block of Jinja with something that no honest one needs.
_TELLING = re.compile(rb"__\w|\|\s{0,8}attr\b|\blipsum\b|\bcycler\.|\.popen\b|\bsubprocess\b")
_REACH_BYTES = 2000
_OPENS = re.compile(rb"\{[{%][^\n]*$")


def hints(data: bytes) -> bool:
    """Whether a block of Jinja holds, in its line, something that no honest one needs."""
    if b"{{" not in data and b"{%" not in data:
        return False
    done = 0
    for found in _TELLING.finditer(data):
        if found.start() < done:
            continue
        line_at = data.rfind(b"\n", max(found.start() - _REACH_BYTES, 0), found.start()) + 1
        before = data[max(line_at, found.start() - _REACH_BYTES) : found.start()]
        if b"{{" in before or b"{%" in before:
            return True
        done = found.start() + 64  # near ones have the same line before them
    return False


_TEXT_BYTES = 4 << 20
_STEPS = 1_000_000
_DUNDER = re.compile(r"__\w+__")
# Attributes that lead from a value to the interpreter: frames, code, closures, bases.
_INNER = frozenset(
    [
        "mro",
        "func_globals",
        "func_code",
        "func_closure",
        "gi_frame",
        "gi_code",
        "cr_frame",
        "cr_code",
        "ag_frame",
        "ag_code",
        "f_globals",
        "f_locals",
        "f_builtins",
        "f_back",
        "f_code",
        "tb_frame",
        "tb_next",
        "co_code",
        "im_func",
        "im_self",
        "im_class",
        "__",
        "_TemplateReference__context",
        "environment",
    ]
)
_CALLS = frozenset(
    [
        "popen",
        "system",
        "exec",
        "eval",
        "execfile",
        "compile",
        "open",
        "__import__",
        "import_module",
        "check_output",
        "getoutput",
        "spawn",
        "spawnl",
        "Popen",
        "subprocess",
        "os",
        "sys",
        "builtins",
        "importlib",
        "getattr",
        "setattr",
        "globals",
        "locals",
        "vars",
        "breakpoint",
    ]
)
_LEAKY = frozenset(
    ["lipsum", "self", "config", "request", "session", "g", "url_for", "get_flashed_messages", "application"]
)
_FILES = frozenset(["include", "import", "extends", "from"])


def _look(specimen: Specimen) -> Iterator[Sign]:
    is_template = specimen.format == "chat-template"
    if specimen.path.lower().endswith(".json") or not (is_template or hints(specimen.head)):
        return  # a JSON file's templates come as members
    text = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
    yield from specimen.cut(_TEXT_BYTES)
    template = take_apart(text)
    told: set[tuple[str, str]] = set()
    lines = Lines(text)
    for use in template.uses:
        found = _judge(use, template)
        if found is None or (found[0], found[2]) in told:
            continue
        told.add((found[0], found[2]))
        specimen.check_time()
        line = lines.at(use.at)
        quote = " ".join(text[max(use.at - 40, 0) : use.at + 80].split())
        yield specimen.finding(found[0], found[1], f"line {line}: {found[2]}", line=line, quote=quote)


def _judge(use: Use, template: Template) -> tuple[str, Severity, str] | None:
    value = use.value
    if use.kind in {"attribute", "name", "filter", "format"} and _DUNDER.search(value):
        return (
            SANDBOX,
            Severity.HIGH,
            f"reaches {_DUNDER.findall(value)[0]}, which leads to Python's own functions",
        )
    if use.kind == "attribute" and any(part in _INNER for part in value.split(".")):
        return SANDBOX, Severity.HIGH, f"reaches {value}, which leads to the interpreter"
    if use.kind == "computed":
        return SANDBOX, Severity.MEDIUM, "takes an attribute whose name it computes"
    if use.kind == "filter" and value == "attr":
        return (
            SANDBOX,
            Severity.LOW,
            "takes an attribute through the attr filter, which hides it from readers",
        )
    if (use.kind == "call" and value.lstrip(".") in _CALLS) or (
        use.kind == "attribute" and value in _CALLS - {"open", "compile"}
    ):
        return SANDBOX, Severity.HIGH, f"uses {value.lstrip('.')}"
    if use.kind == "name" and value in _LEAKY and value not in template.constants:
        return SANDBOX, Severity.MEDIUM, f"uses {value}, an object of the application around it"
    if use.kind in {"range", "steps", "repeat"} and use.number > _STEPS:
        return LIMITS, Severity.MEDIUM, f"asks for {use.number:,} steps or more"
    if use.kind == "tag" and value in _FILES:
        return READS, Severity.MEDIUM, f"has a {value} of another file"
    return None


CHECK = Check(
    id="templates",
    title="What a chat template reaches",
    look=_look,
)
