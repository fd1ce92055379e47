"""Files beside the weights that install or run something: requirements, notebooks, path files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ajar.model.evidence import GapReason
from ajar.model.judgement import Severity
from ajar.safety.check import Check, Lines, Sign, Specimen
from ajar.safety.python_code import look_at

INDEX, NOTEBOOK, PATHS = (
    "requirements-come-from-the-index",
    "notebook-runs-no-commands",
    "path-files-run-no-code",
)
_TEXT_BYTES = 16 << 20
_REQUIREMENTS = re.compile(
    r"(^|/)(requirements[\w.-]*\.(txt|in)|constraints[\w.-]*\.txt|[\w.-]*requirements\.txt|conda\.ya?ml|environment\.ya?ml|python_env\.ya?ml|Pipfile)$",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"^[ \t]*(--(?:extra-)?index-url|-i|--find-links|-f|--trusted-host)[= \t]+(\S+)", re.MULTILINE
)
_KNOWN_INDEX = re.compile(
    r"^https://(pypi\.org|download\.pytorch\.org|pypi\.nvidia\.com|pypi\.ngc\.nvidia\.com|storage\.googleapis\.com/jax-releases|data\.pyg\.org|pypi\.python\.org|files\.pythonhosted\.org)(/|$)"
)
_ADDRESS = re.compile(
    r"(?:^|[\s@\"'-])((?:git|hg|svn|bzr)\+\w+://[^\s\"']+|https?://[^\s\"']{1,500}\.(?:whl|zip|tar\.gz|tgz)[^\s\"']*|file:[^\s\"']+)"
)
_PLAIN = re.compile(r"^(?:git\+)?http://|://(?:\d{1,3}\.){3}\d{1,3}\b")
_SHELL = re.compile(
    r"(curl|wget)\b[^\n]{0,1000}?\|\s{0,8}(sudo\s{1,8})?\w{0,8}sh\b|\bnc\s{1,8}-|/dev/tcp/|base64\s{1,8}(-d|--decode)|chmod\s{1,8}\+x|\brm\s{1,8}-rf\s{1,8}[/~]|powershell"
)
_MAGIC = re.compile(r"^\s*(!|%%?(?:bash|sh|script|system|sx)\b|%%(?:writefile)\b)(.*)$")
_CELLS = 20_000
_TOLD = 200  # addresses that are named


def _look(specimen: Specimen) -> Iterator[Sign]:
    path = specimen.path.rpartition("!/")[2]
    name = path.rpartition("/")[2].lower()
    if specimen.format == "notebook" or name.endswith(".ipynb"):
        yield from _notebook(specimen)
    elif specimen.format == "requirements" or _REQUIREMENTS.search(path):
        yield from _requirements(specimen)
    elif name in {"pyproject.toml", "setup.cfg"}:
        yield from _addresses(specimen, (_ADDRESS,))
    elif name.endswith(".pth") and specimen.format in {"plain-text", "unknown", "source-code"}:
        yield from _path_file(specimen)
    elif name in {"sitecustomize.py", "usercustomize.py"}:
        message = f"{name} runs at every start of Python when its folder is on the path"
        yield specimen.finding(PATHS, Severity.MEDIUM, message)


def _text(specimen: Specimen) -> str:
    return specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")


def _requirements(specimen: Specimen) -> Iterator[Sign]:
    yield from _addresses(specimen, (_OPTION, _ADDRESS))


def _addresses(specimen: Specimen, patterns: tuple[re.Pattern[str], ...]) -> Iterator[Sign]:
    yield from specimen.cut(_TEXT_BYTES)
    text = _text(specimen)
    for pattern in patterns:
        lines, told = Lines(text), 0
        for found in pattern.finditer(text):
            specimen.check_time()
            if told >= _TOLD:
                break
            address = found[found.lastindex or 0]
            if _KNOWN_INDEX.match(address) or (pattern is _OPTION and address.startswith(".")):
                continue
            told += 1
            line = lines.at(found.start(found.lastindex or 0))
            bare = bool(_PLAIN.search(address))
            how = "over plain http or from a bare address" if bare else "and not by name from the index"
            message = f"line {line}: installs from {address[:120]} {how}"
            severity = Severity.HIGH if bare else Severity.LOW
            yield specimen.finding(INDEX, severity, message, line=line, quote=found[0].strip()[:160])


def _path_file(specimen: Specimen) -> Iterator[Sign]:
    yield from specimen.cut(_TEXT_BYTES)
    for number, line in enumerate(_text(specimen).split("\n"), 1):
        if line.startswith(("import ", "import\t")):
            runs = bool(re.search(r"[;(]", line))
            message = f"line {number}: Python runs {line[:80]!r} at every start"
            severity = Severity.HIGH if runs else Severity.MEDIUM
            yield specimen.finding(PATHS, severity, message, line=number, quote=line[:160])


def _notebook(specimen: Specimen) -> Iterator[Sign]:
    try:
        tree = json.loads(_text(specimen))
    except (ValueError, RecursionError):
        yield specimen.gap(GapReason.MALFORMED, "is not a notebook that can be parsed")
        return
    cells = tree.get("cells") if isinstance(tree, dict) else None
    for number, cell in enumerate(cells if isinstance(cells, list) else []):
        if number >= _CELLS:
            yield specimen.gap(GapReason.OVER_BUDGET, f"only the first {_CELLS} cells were looked at")
            return
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        yield from _cell(specimen, cell, number)


def _cell(specimen: Specimen, cell: dict[str, Any], number: int) -> Iterator[Sign]:
    source = cell.get("source")
    text = "".join(str(line) for line in source) if isinstance(source, list) else str(source or "")
    whole: bool | None = None  # whether the cell, taken as one script, fetches and runs
    for line in text.split("\n"):
        magic = _MAGIC.match(line)
        if magic and magic[1].startswith("%%") and whole is None:
            whole = bool(_SHELL.search(text))
        if magic and (whole if magic[1].startswith("%%") else _SHELL.search(line)):
            message = f"cell {number}: {line.strip()[:80]!r} fetches and runs something"
            yield specimen.finding(
                NOTEBOOK, Severity.HIGH, message, pointer=f"/cells/{number}", quote=line.strip()[:160]
            )
            break
    plain = "\n".join("" if line.lstrip().startswith(("!", "%")) else line for line in text.split("\n"))
    yield from look_at(specimen, plain, f"cell-{number}.py")


CHECK = Check(
    id="side-files",
    title="What requirements, notebooks and path files install and run",
    look=_look,
)
