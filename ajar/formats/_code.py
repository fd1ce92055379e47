"""The facts of a source text in one place, for files and for the cells of notebooks."""

from __future__ import annotations

from ajar.formats._code_facts import CodeFact
from ajar.formats._line_rules import python_line_facts, shell_facts
from ajar.formats._python_code import PARSE_LIMIT_CHARS, parse_python
from ajar.formats._python_rules import python_facts
from ajar.model.evidence import GapReason

KEYS = {
    "code.language": "programming language, by the name or the interpreter line",
    "code.lines": "lines that are neither blank nor only a comment",
    "code.import": "top-level package imported, each once, at most 64",
    "code.spdx": "SPDX-License-Identifier in the header",
    "code.licence-header": "licence that the leading comment names, in its words",
    "code.package-licence": "licence that setup.py declares for the package",
    "code.defines-model": "class or function that defines a network",
    "code.trains": "call that updates weights: a gradient, an optimiser step, a trainer's run",
    "code.fine-tunes": "true when training here starts from given weights only",
    "code.loads-weights": "call that loads weights",
    "code.generates": "call or definition that runs the model to get output",
    "code.evaluates": "evaluation package, metric, evaluation function or benchmark named in code",
    "code.preprocesses-data": "calls that build and write a data set",
    "code.downloads-weights": "URL or hub id in code from which weights are fetched",
    "code.dataset-id": "hub id of a data set that is loaded",
    "code.remote-code": "true where trust_remote_code=True is passed",
}


def language_facts(
    language: str, text: str, lines: list[str]
) -> tuple[list[CodeFact], tuple[GapReason, str] | None]:
    """What the code does, and why it could not be parsed where it could not."""
    if language == "shell":
        return list(shell_facts(lines)), None
    if language != "python":
        return [], None
    survey = parse_python(text)
    if survey is not None:
        return list(python_facts(survey, lines)), None
    if len(text) > PARSE_LIMIT_CHARS:
        gap = GapReason.OVER_BUDGET, "too long to parse: read line by line instead"
    else:
        gap = GapReason.UNSUPPORTED, "not the Python that this interpreter parses: read line by line instead"
    return list(python_line_facts(lines)), gap
