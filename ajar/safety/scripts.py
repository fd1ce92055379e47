"""Scripts and build files beside the weights: what they fetch and run, by shells, make, Docker and editors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ajar.model.judgement import Severity
from ajar.safety.check import Check, Sign, Specimen

SCRIPTS = "scripts-are-read-before-they-run"
_TEXT_BYTES = 32 << 20
_SCRIPT_NAME = re.compile(
    r"(^|/)(dockerfile[\w.-]*|containerfile|makefile|gnumakefile|justfile|\.envrc|[^/]+\.(sh|bash|zsh|ksh|command|ps1|psm1|bat|cmd|mk|vbs|hta|desktop))$",
    re.IGNORECASE,
)
_FETCHES = re.compile(
    r"\b(curl|wget|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b[^\n|;]{0,400}\|\s{0,8}(sudo\s{1,8})?((ba|z|da|k)?sh|python3?|iex|Invoke-Expression)\b"
    r"|\b(ba|z|da)?sh\s{1,8}(-c\s{1,8}[\"'])?<?\(\s{0,8}(curl|wget)\b|\beval\s{1,8}[\"']?\$\((curl|wget)\b"
    r"|\biex\b[^\n]{0,200}?(DownloadString|iwr|irm)",
    re.IGNORECASE,
)
# What no installer needs: text that is decoded and run, a shell given to another machine, keys sent away.
_HIDES = re.compile(
    r"base64\s{1,8}(-d|-D|--decode)[^\n]{0,200}?\|\s{0,8}(sudo\s{1,8})?(ba|z|da)?sh\b|/dev/(tcp|udp)/|\bnc(at)?\s[^\n]{0,200}?\s-e\s"
    r"|\bmkfifo\b[^\n]{0,200}?\bnc\b|powershell[^\n]{0,200}?\s-e(nc|ncodedcommand)?\s{1,8}[A-Za-z0-9+/=]{4}"
    r"|\bcurl\b[^\n]{0,200}?\s(-d|-F|-T|--data[a-z-]{0,20})[^\n]{0,120}?(\.ssh/|\.aws/|\.netrc|/etc/(passwd|shadow)|token)",
    re.IGNORECASE,
)


def _look(specimen: Specimen) -> Iterator[Sign]:
    path = specimen.path.rpartition("!/")[2]
    if path.lower().endswith(".vscode/tasks.json"):
        yield from _editor_tasks(specimen)
    elif specimen.head[:2] == b"#!" or _SCRIPT_NAME.search(path):
        yield from specimen.cut(_TEXT_BYTES)
        text = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
        for pattern, severity, what in (
            (_HIDES, Severity.HIGH, "hides what it runs, or gives something away"),
            (_FETCHES, Severity.MEDIUM, "fetches something and runs it"),
        ):
            found = pattern.search(text)
            if found:
                line = text.count("\n", 0, found.start()) + 1
                message = f"line {line}: {what}"
                yield specimen.finding(SCRIPTS, severity, message, line=line, quote=found[0][:160])
                return


def _editor_tasks(specimen: Specimen) -> Iterator[Sign]:
    """Tasks that an editor starts when the folder is opened. JSON with comments is read as far as it goes."""
    text = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
    try:
        tree = json.loads(re.sub(r"(?m)^\s*//.*$", "", text))
    except (ValueError, RecursionError):
        tree = {}
    rows = tree.get("tasks") if isinstance(tree, dict) else None
    for number, task in enumerate(rows if isinstance(rows, list) else []):
        options = task.get("runOptions") if isinstance(task, dict) else None
        if isinstance(options, dict) and options.get("runOn") == "folderOpen":
            message = f"an editor that opens the folder runs {str(task.get('command'))[:120]!r}"
            yield specimen.finding(SCRIPTS, Severity.HIGH, message, pointer=f"/tasks/{number}")


CHECK = Check(id="scripts", title="What scripts and build files fetch and run", look=_look)
