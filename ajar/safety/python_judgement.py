"""What the calls of a Python source mean for whoever loads the model: remarks, each with its weight."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ajar.model.judgement import Severity
from ajar.safety.python_case import ELSEWHERE, HIDDEN, SECRETS, STARTS, SYSTEM, Case, Said, Source, first, say
from ajar.safety.python_effects import effect_of
from ajar.safety.python_flow import Call, Flow, When
from ajar.safety.python_names import COMPUTED
from ajar.safety.python_syntax import parse
from ajar.safety.python_weights import WEIGHS
from ajar.safety.symbols import is_known_package

_LASTING = re.compile(
    r"\.bashrc|\.bash_profile|\.profile|\.zshrc|authorized_keys|/etc/(cron|init|systemd|profile|ld\.so|passwd|sudoers|rc)|crontab"
    r"|LaunchAgents|\\Startup\\|Start Menu|CurrentVersion\\\\?Run|autostart|sitecustomize\.py|usercustomize\.py|site-packages/\w+\.pth|/\.config/systemd"
)  # fmt: skip
_SECRET = re.compile(
    r"\.ssh\b|\.aws\b|\.netrc|\.git-credentials|\.kube\b|\.npmrc|\.pypirc|\.docker/config|id_rsa|id_ed25519|/etc/(passwd|shadow)|\.env$"
    r"|HF_TOKEN|HUGGING_?FACE|AWS_SECRET|AWS_ACCESS|GITHUB_TOKEN|OPENAI_API_KEY|ANTHROPIC_API_KEY|WANDB_API_KEY|\bwallet\b|Login Data"
    r"|cookies\.sqlite|\.cache/huggingface/token"
)  # fmt: skip
_PUTS = frozenset(
    {"write_text", "write_bytes", "copy", "copyfile", "copy2", "move", "symlink", "rename", "replace"}
)
_READS = frozenset(
    {"open", "read_text", "read_bytes", "expanduser", "join", "Path", "getenv", "get", "glob", "upload_file"}
)
_PRELOADS = re.compile(
    r"^os\.environ\.(LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|DYLD_\w+|PYTHONSTARTUP|PYTHONINSPECT|BASH_ENV)$"
)
_PATCHED = re.compile(
    r"^(torch\.load|torch\.serialization\.\w+|c?pickle\.loads?|_pickle\.\w+|safetensors\.\S+|hashlib\.\w+|ssl\.\w+)$"
)
_INTERPRETER = frozenset(
    {"os", "posix", "nt", "subprocess", "builtins", "sys", "ctypes", "pty", "commands", "marshal"}
)
_WALKS = re.compile(r"(__class__|__bases?__|__mro__|mro\(\)|^object)\S{0,200}\.__subclasses__")
_NESTED = 3  # texts that run texts


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say of one call."""

    rule: str
    severity: Severity
    message: str
    node: ast.AST
    about: str


def remarks(flow: Flow, source: Source, depth: int = 0) -> Iterator[Remark]:
    """Everything to say of a source. Text that it runs as code is looked into, to a depth."""
    case = Case.of(flow, source)
    by_scope: dict[str, list[Call]] = {}
    for call in case.flow.calls:
        by_scope.setdefault(call.scope, []).append(call)
        for said in _of_call(case, call, depth):
            if said is not None:
                rule, severity, message = said
                yield Remark(rule, severity, message, call.node, call.name)
    for name, node, when in case.flow.changes:
        said = _changed(case, name, when)
        if said is not None:
            yield Remark(*said, node, name)
    for calls in by_scope.values():
        yield from _together(case, calls)


def _of_call(case: Case, call: Call, depth: int) -> Iterator[Said]:
    weigh = WEIGHS.get(effect_of(call.name))
    if weigh is not None:
        yield weigh(case, call)
    yield _lasting(case, call)
    yield _reaches(case, call)
    yield from _inner(case, call, depth)
    if case.source.is_entry and call.is_statement and call.when is When.IMPORT and not call.scope:
        yield _unknown_statement(call)


def _inner(case: Case, call: Call, depth: int) -> Iterator[Said]:
    """Text that stands in the source and is run as code is judged as code."""
    if effect_of(call.name) != "text" or depth >= _NESTED or call.when is When.OTHER:
        return
    text = case.flow.names.fold(_unwrapped(first(call.node)))
    if not text:
        return
    tree = parse(text)
    if tree is None:
        return
    inner = Flow.of(tree, loaded=frozenset())
    for remark in remarks(inner, case.source, depth + 1):
        yield remark.rule, remark.severity, f"{call.name} runs text in which {remark.message}"


def _lasting(case: Case, call: Call) -> Said:
    """Writes to places that outlive the process."""
    last = call.name.rpartition(".")[2]
    if last not in _PUTS and last != "open":
        return None
    text = next((text for text in case.texts(call.node) if _LASTING.search(text)), None)
    if text is None:
        return None
    if last == "open":
        modes = [*call.node.args[1:2], *(k.value for k in call.node.keywords if k.arg == "mode")]
        mode = next((case.flow.names.fold(item) for item in modes), None)
        if not mode or not set(mode) & set("wax+"):
            return None
    return SYSTEM, Severity.HIGH, f"{call.name} writes to {text[:80]!r}"


def _reaches(case: Case, call: Call) -> Said:
    """Ways round the names: the class tree, an attribute of `os` by a computed name, other people's code."""
    if _WALKS.search(call.name):
        return HIDDEN, Severity.HIGH, "walks the tree of every class in the interpreter"
    module, _, last = call.name.partition(".")
    if last.startswith(COMPUTED) and module in _INTERPRETER and case.runs(call):
        return HIDDEN, Severity.HIGH, f"calls something of {module} by a name that it computes"
    for keyword in call.node.keywords:
        is_true = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        if keyword.arg == "trust_remote_code" and is_true and case.source.is_entry and case.runs(call):
            what = next(case.texts(call.node), "")
            shown = call.name.lstrip("?")
            return ELSEWHERE, Severity.MEDIUM, f"{shown} runs the code of {what[:80]!r} {call.when}"
        is_false = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        if keyword.arg == "weights_only" and is_false and call.name == "torch.load":
            severity = case.graded(call, Severity.MEDIUM, Severity.LOW)
            return say(ELSEWHERE, severity, f"torch.load unpickles anything {call.when}")
    return None


def _changed(case: Case, name: str, when: When) -> Said:
    runs = when is When.IMPORT or (case.source.is_entry and when is When.LOAD)
    if not runs:
        return None
    if _PRELOADS.match(name):
        return SYSTEM, Severity.HIGH, f"sets {name}, which loads code into every program started later"
    if name.startswith("builtins.") and name.count(".") == 1:
        return SYSTEM, Severity.HIGH, f"replaces {name} for everybody"
    if _PATCHED.match(name):
        return SYSTEM, Severity.MEDIUM, f"replaces {name} for everybody"
    return None


def _unknown_statement(call: Call) -> Said:
    """A call for its effect alone, on import, of a package that nobody knows."""
    top, _, rest = call.name.partition(".")
    if not rest or top.startswith("?") or "()" in call.name or is_known_package(top) or not top.islower():
        return None
    return STARTS, Severity.LOW, f"{call.name} is called on import; what it does is not in this file"


def _together(case: Case, calls: list[Call]) -> Iterator[Remark]:
    """What only together is a danger: secrets and a connection, a download and a start."""
    effects = [(call, effect_of(call.name)) for call in calls]
    sender = next((call for call, effect in effects if effect in {"send", "raw", "get", "names"}), None)
    if sender is None:
        return
    secret = _secret(case, [call for call in calls if call is not sender or call.node.args])
    if secret is not None:
        message, severity = secret
        yield Remark(SECRETS, severity, f"{message} and calls {sender.name}", sender.node, sender.name)
    for call, effect in effects:
        if effect == "who" and case.runs(call) and case.source.is_entry:
            message = f"{sender.name} and {call.name} together: tells somebody who loads it"
            yield Remark(SECRETS, Severity.HIGH, message, sender.node, f"{sender.name} who")
        if effect != "start":
            continue
        shell = sender.name.startswith("socket") and re.search(
            r"\b(ba|z|da)?sh\b|\bcmd\b", case.command(call)
        )
        fetched = case.taint.kind(*call.node.args) == "fetched" or _same_file(case, sender, call)
        if shell or fetched:
            message = f"{sender.name} and {call.name} in one place: fetches and runs"
            yield Remark(STARTS, Severity.HIGH, message, sender.node, call.name)


def _secret(case: Case, calls: list[Call]) -> tuple[str, Severity] | None:
    names = case.flow.names
    for call in calls:
        whole = call.name in {"os.environ.copy", "os.environ.items"} or any(
            names.resolve(item) == "os.environ"
            for item in (*call.node.args, *(keyword.value for keyword in call.node.keywords))
        )
        if whole:
            return "reads the whole environment", Severity.HIGH
        if call.name.rpartition(".")[2] not in _READS and effect_of(call.name) != "send":
            continue
        for text in case.texts(call.node):
            if _SECRET.search(text):
                return f"reads {text[:60]!r}", Severity.LOW if text.isupper() else Severity.HIGH
    return None


def _same_file(case: Case, sender: Call, start: Call) -> bool:
    """Whether what was downloaded to a file is what is started."""
    if not sender.name.endswith(("urlretrieve", "download")):
        return False
    command = case.command(start)
    return any(len(text) > 3 and text in command for text in list(case.texts(sender.node))[1:])


def _unwrapped(node: ast.expr | None) -> ast.expr | None:
    """The text inside `compile(text, …)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "compile":
        return first(node)
    return node
