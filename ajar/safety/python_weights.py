"""What each effect of a call weighs in a source that a loader runs, and in any other."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping

from ajar.model.judgement import Severity
from ajar.safety.python_case import ELSEWHERE, HIDDEN, SECRETS, STARTS, SYSTEM, Case, Said, first, say
from ajar.safety.python_flow import Call, When

_ORDINARY = re.compile(
    r"^\W*(git|nvcc|nvidia-smi|which|where|uname|ninja|gcc|g\+\+|cc|clang|cmake|make|ldconfig|lscpu|hostname|sphinx|pandoc|ffmpeg|ffprobe"
    r"|python -c .import torch|rocm-smi|hipcc|conda|ls|pwd|mkdir|free|df)\b(?![^|;&]*[|;&])"
)
_TELLING = re.compile(
    r"\|\s*(ba|z|da)?sh\b|/dev/tcp/|base64\s+(-d|--decode)|\bnc\s+-|powershell|bash\s+-i|mkfifo|\bcurl\b[^|]*(@|-d\s|-F\s)"
)
_PAYLOAD_CHARS = 8  # the shortest pickle that calls something is longer
_OUTSIDE = re.compile(r"^(/(?!tmp/|dev/null)|~|[A-Za-z]:\\)")
_SYSTEM_LIBRARY = re.compile(
    r"^(lib)?(c|m|dl|pthread|gomp|cuda\w*|cublas\w*|nv\w*|hip\w*|rccl|nccl|stdc\+\+|user32|kernel32|msvcrt)\b"
)
_SYSTEM_LIBRARY = re.compile(
    r"^(lib)?(c|m|dl|pthread|gomp|cuda\w*|cublas\w*|nv\w*|hip\w*|rccl|nccl|stdc\+\+|user32|kernel32|msvcrt)\b"
)


def _starts(case: Case, call: Call) -> Said:
    command = case.command(call)
    if _TELLING.search(command):
        return STARTS, Severity.HIGH, f"{call.name} runs {command[:80]!r}"
    runs = case.runs(call)
    if _ORDINARY.match(command):
        ordinary = f"{call.name} starts {command[:60]!r} {call.when}"
        return (STARTS, Severity.LOW, ordinary) if runs and case.source.is_entry else None
    if not runs:
        return None
    heavy = case.source.is_entry or (call.when is When.IMPORT and not case.source.is_aside)
    what = f" {command[:80]!r}" if command else ""
    how = f"is handed to something that calls it{what}," if call.handed else f"starts a program{what}"
    severity = Severity.HIGH if heavy else Severity.MEDIUM
    return STARTS, severity, f"{call.name} {how} {call.when}"


def _runs_text(case: Case, call: Call) -> Said:
    given = first(call.node)
    if given is None or call.handed:
        runs = call.handed and case.runs(call) and case.source.is_entry
        return (HIDDEN, Severity.MEDIUM, f"{call.name} is handed over, to run text") if runs else None
    kind = case.taint.kind(given)
    last = call.name.rpartition(".")[2]
    if kind in {"decoded", "fetched", "put together from numbers"}:
        return HIDDEN, Severity.HIGH, f"{call.name} runs what was {kind} first"
    if last == "compile" or not case.runs(call) or not case.source.is_entry:
        return None
    if kind == "read from a file" and not case.source.is_setup:
        return (
            HIDDEN,
            Severity.HIGH,
            f"{call.name} runs what stands in a file that is not Python's to import",
        )
    if kind == "given":
        severity = Severity.HIGH if case.source.is_handler else Severity.MEDIUM
        who = "a request sends" if case.source.is_handler else "its caller gives it"
        return HIDDEN, severity, f"{call.name} runs what {who}"
    return None


def _makes_code(case: Case, call: Call) -> Said:
    kind = case.taint.kind(*call.node.args)
    if "marshal" in call.name or kind in {"decoded", "fetched"} or case.runs(call):
        return HIDDEN, Severity.HIGH, f"{call.name} makes code from bytes"
    return None


def _loads_native(case: Case, call: Call) -> Said:
    severity = case.graded(call, Severity.MEDIUM, Severity.MEDIUM)
    if severity is None:
        return None
    given = first(call.node)
    path = case.flow.names.fold(given) or ""
    everything = isinstance(given, ast.Constant) and given.value is None
    if (path and not _SYSTEM_LIBRARY.match(path.rpartition("/")[2])) or everything:
        severity = Severity.HIGH if case.source.is_entry else severity
    return ELSEWHERE, severity, f"{call.name} loads native code {path[:80]!r} {call.when}"


def _deserialises(case: Case, call: Call) -> Said:
    kind = case.taint.kind(*call.node.args)
    carried = any(len(text) >= _PAYLOAD_CHARS for text in case.texts(call.node))
    runs = case.runs(call)
    asked = kind == "given" and case.source.is_handler and runs
    if asked or (kind in {"decoded", "fetched"} and (runs or carried)):
        return HIDDEN, Severity.HIGH, f"{call.name} unpickles what was {kind}"
    severity = case.graded(call, Severity.MEDIUM, Severity.LOW)
    return say(ELSEWHERE, severity, f"{call.name} unpickles a file {call.when}")


def _runs_module(case: Case, call: Call) -> Said:
    path = next((text for text in case.texts(call.node) if "." in text), "")
    severity = case.graded(call, Severity.MEDIUM, Severity.LOW)
    if severity and path and not path.endswith((".py", ".pyc")) and "/" in path:
        severity = Severity.HIGH
    return say(ELSEWHERE, severity, f"{call.name} runs {path[:80] or 'a file'!r} {call.when}")


def _fetches_code(case: Case, call: Call) -> Said:
    severity = case.graded(call, Severity.MEDIUM, Severity.MEDIUM)
    what = next(case.texts(call.node), "")
    return say(ELSEWHERE, severity, f"{call.name} brings in {what[:80]!r} {call.when}")


def _gets(case: Case, call: Call) -> Said:
    severity = case.graded(call, Severity.MEDIUM, None)
    return say(STARTS, severity, f"{call.name} opens a connection {call.when}")


def _sends(case: Case, call: Call) -> Said:
    severity = case.graded(call, Severity.HIGH, Severity.MEDIUM)
    return say(STARTS, severity, f"{call.name} sends something away {call.when}")


def _opens_raw(case: Case, call: Call) -> Said:
    reaches = call.name.endswith(
        (".connect", ".connect_ex", ".sendto", "create_connection", "open_connection")
    )
    severity = case.graded(
        call, Severity.HIGH if reaches else Severity.MEDIUM, Severity.MEDIUM if reaches else None
    )
    return say(STARTS, severity, f"{call.name} opens a connection of its own {call.when}")


def _asks_names(case: Case, call: Call) -> Said:
    if case.runs(call) and case.source.is_entry and any(map(case.is_made, call.node.args)):
        return (
            SECRETS,
            Severity.HIGH,
            f"{call.name} asks for a host whose name it makes from what it knows",
        )
    return _gets(case, call)


def _deletes(case: Case, call: Call) -> Said:
    path = next((text for text in case.texts(call.node) if _OUTSIDE.match(text)), "")
    if path:
        severity = case.graded(call, Severity.HIGH, Severity.HIGH)
        return say(SYSTEM, severity, f"{call.name} removes {path[:80]!r} {call.when}")
    severity = case.graded(call, Severity.MEDIUM, None)
    return say(SYSTEM, severity, f"{call.name} removes or moves files {call.when}")


def _meddles(case: Case, call: Call) -> Said:
    severity = case.graded(call, Severity.MEDIUM, Severity.MEDIUM)
    return say(SYSTEM, severity, f"{call.name} reaches into the system {call.when}")


def _writes_memory(case: Case, call: Call) -> Said:
    severity = case.graded(call, Severity.HIGH, Severity.MEDIUM)
    return say(SYSTEM, severity, f"{call.name} writes to or runs memory by its address {call.when}")


def _spies(case: Case, call: Call) -> Said:
    severity = case.graded(call, Severity.HIGH, Severity.HIGH)
    if severity is None and case.source.is_entry:
        severity = Severity.MEDIUM
    return say(SECRETS, severity, f"{call.name} reads keys, screen or passwords {call.when}")


def _imports_from(case: Case, call: Call) -> Said:
    path = next((text for text in case.texts(call.node) if text.startswith(("/", "~"))), "")
    severity = case.graded(call, Severity.MEDIUM, Severity.MEDIUM) if path else None
    return say(ELSEWHERE, severity, f"{call.name} imports modules from {path[:80]!r} {call.when}")


WEIGHS: Mapping[str, Callable[[Case, Call], Said]] = {
    "start": _starts,
    "text": _runs_text,
    "code": _makes_code,
    "native": _loads_native,
    "memory": _writes_memory,
    "module": _runs_module,
    "deserialise": _deserialises,
    "fetched-code": _fetches_code,
    "get": _gets,
    "send": _sends,
    "raw": _opens_raw,
    "names": _asks_names,
    "delete": _deletes,
    "kill": _meddles,
    "system": _meddles,
    "keys": _spies,
    "path": _imports_from,
}
