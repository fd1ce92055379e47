"""Python that ships with a model: summed up honestly. Code is code; only a reason makes it dangerous."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from ajar.errors import BudgetExceeded
from ajar.model.evidence import GapReason
from ajar.model.judgement import Confidence, Severity
from ajar.safety import python_facts
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.python_facts import Call, Facts
from ajar.safety.symbols import is_known_package

HIDDEN, STARTS, SECRETS, SYSTEM, READABLE = (
    "code-runs-nothing-hidden",
    "code-starts-nothing-when-loaded",
    "code-sends-no-secrets",
    "code-leaves-the-system-alone",
    "code-can-be-read",
)
_TEXT_BYTES = 8 << 20
# Files that a loader imports or runs by their name.
_ENTRY = re.compile(
    r"(^|/)(modeling|modelling|configuration|tokenization|processing|image_processing|feature_extraction|pipeline|handler|hubconf|"
    r"setup|conftest|sitecustomize|usercustomize|custom_generate/generate|generation|inference|predict|model|__init__|noxfile|tasks|custom_\w+)\w*\.py$"
)
_NOT_RUN = re.compile(
    r"(^|/)(tests?|examples?|docs?|benchmarks?|scripts|tools|\.github)/|(^|/)(test_\w+|\w+_test)\.py$"
)
# What a loader calls on what it built.
_LOADED = frozenset(
    [
        "__init__",
        "__new__",
        "__init_subclass__",
        "__reduce__",
        "__reduce_ex__",
        "__setstate__",
        "__getstate__",
        "__del__",
        "__call__",
        "__enter__",
        "__getattr__",
        "__class_getitem__",
        "__set_name__",
        "__post_init__",
        "forward",
        "from_pretrained",
        "load",
        "load_model",
        "load_context",
        "initialize",
        "preprocess",
        "postprocess",
        "inference",
        "handle",
        "predict",
        "setup",
        "run",
        "generate",
        "main",
        "encode",
        "tokenize",
        "build",
        "call",
        "get_model",
        "init",
    ]
)
_STARTS = re.compile(
    r"^(os\.(system|popen\d?|exec\w*|spawn\w*|posix_spawnp?|startfile|fork|forkpty)|posix\.\w+|nt\.system|subprocess\.\w+|pty\.spawn|commands\.\w+"
    r"|asyncio\.(create_)?subprocess\w*|ctypes\.(cdll|CDLL|windll|WinDLL|PyDLL|oledll|pythonapi|memmove|CFUNCTYPE)\b.*|_posixsubprocess\.\w+"
    r"|pexpect\.\w+|sh\.\w+|plumbum\..*|multiprocessing\.Process|runpy\.\w+|code\.(interact|InteractiveInterpreter.*)|pip\.(main|_internal.*)|winreg\.\w+|webbrowser\.open\w*)$"
)
_RUNS_TEXT = re.compile(
    r"^((builtins\.)?(eval|exec|compile|execfile)|marshal\.loads?|pickle\.loads?|cPickle\.loads?|_pickle\.loads?|dill\.loads?|cloudpickle\.loads?"
    r"|types\.(FunctionType|CodeType)|importlib\.util\.module_from_spec|imp\.load_\w+|torch\.hub\.load|yaml\.unsafe_load)$"
)
_NET = re.compile(
    r"^(socket\.(socket|create_connection|gethostbyname|getaddrinfo)|requests\.(\w+)(\(\)\.\w+)?|urllib\.request\.(urlopen|urlretrieve|Request)|urllib\.urlopen|urllib2\.\w+"
    r"|http\.client\.HTTPS?Connection|httpx\.\w+|aiohttp\.\w+|urllib3\..*|ftplib\.\w+|smtplib\.\w+|telnetlib\.\w+|paramiko\..*|websockets?\.\w+|dns\..*|xmlrpc\.client\.\w+)$"
)
_DECODES = re.compile(
    r"^(base64\.\w*decode\w*|zlib\.decompress|gzip\.decompress|bz2\.decompress|lzma\.decompress|codecs\.decode|binascii\.(unhexlify|a2b_\w+)|bytes\.fromhex"
    r"|bytearray\.fromhex|marshal\.loads|cryptography\..*|Crypto\..*)$"
)
_SECRET_TEXT = re.compile(
    r"\.ssh\b|\.aws\b|\.netrc|\.git-credentials|\.kube\b|\.npmrc|\.pypirc|\.docker/config|id_rsa|id_ed25519|/etc/(passwd|shadow)|\.env$"
    r"|HF_TOKEN|HUGGING_?FACE|AWS_SECRET|AWS_ACCESS|GITHUB_TOKEN|OPENAI_API_KEY|ANTHROPIC_API_KEY|WANDB_API_KEY|\bwallet\b|Login Data|cookies\.sqlite|\.cache/huggingface/token"
)
_LASTING_TEXT = re.compile(
    r"\.bashrc|\.bash_profile|\.profile|\.zshrc|authorized_keys|/etc/(cron|init|systemd|profile|ld\.so|passwd|sudoers|rc)|crontab|LaunchAgents|\\Startup\\|Start Menu"
    r"|CurrentVersion\\\\?Run|autostart|sitecustomize\.py|usercustomize\.py|site-packages/\w+\.pth|/\.config/systemd"
)
_ORDINARY = re.compile(
    r"^\W*(git|nvcc|nvidia-smi|which|where|uname|ninja|gcc|g\+\+|cc|clang|cmake|make|ldconfig|lscpu|hostname|sphinx|pandoc|ffmpeg|ffprobe|python -c .import torch|rocm-smi|hipcc|conda|ls|pwd|mkdir|free|df)\b"
)
# Without one of these words no rule can speak, and the tree need not be built.
_WORTH_A_LOOK = re.compile(
    r"\b(?:os|posix|subprocess|pty|commands|ctypes|socket|requests|urllib\d?|http|httpx|aiohttp|ftplib|smtplib|paramiko|exec|eval|execfile|compile"
    r"|__import__|importlib|imp|runpy|marshal|c?[Pp]ickle|dill|cloudpickle|base64|codecs|zlib|binascii|fromhex|getattr|globals|vars|builtins"
    r"|open|write_text|write_bytes|shutil|webbrowser|winreg|pexpect|sh|pip|asyncio|multiprocessing|hub)\b"
)
_STRING_PARTS = 1000
_F_STRING = re.compile(
    r"\b[rR]?[fF][rR]?(?:'{3}(?:[^'\\]|\\.|'(?!''))*+|\"{3}(?:[^\"\\]|\\.|\"(?!\"\"))*+|'(?:[^'\\\n]|\\.)*+|\"(?:[^\"\\\n]|\\.)*+)",
    re.DOTALL,
)
_TORCHSCRIPT = re.compile(r"\b(?:ops\.\w+|torch)\.(save|from_file|_save|load|_load|write_file)\(")


def _look(specimen: Specimen) -> Iterator[Sign]:
    name = specimen.path.rpartition("!/")[2]
    if not name.lower().endswith((".py", ".pyw", ".pyi")) and "/code/" not in name:
        return
    text = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
    yield from specimen.cut(_TEXT_BYTES)
    if "/code/" in f"/{name}" and "__torch__" in name:
        yield from _torchscript(specimen, text)
        return
    yield from look_at(specimen, text, name)


def _torchscript(specimen: Specimen, text: str) -> Iterator[Sign]:
    """TorchScript is a language of its own; what of it touches files is few."""
    for found in _TORCHSCRIPT.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        message = f"line {line}: TorchScript calls {found[0]}…), which touches files when the model runs"
        yield specimen.finding("graph-runs-no-code", Severity.HIGH, message, line=line, quote=found[0])
        return


def _check_strings(text: str) -> None:
    """Raises `BudgetExceeded` for an f-string that Python 3.11's parser takes the square of its parts for."""
    if text.count("{") > _STRING_PARTS:
        for found in _F_STRING.finditer(text):
            if found[0].count("{") > _STRING_PARTS:
                raise BudgetExceeded(f"an f-string of more than {_STRING_PARTS} parts")


def parse(text: str) -> ast.Module | None:
    """The tree of a source, or `None` where Python itself refuses it. Raises `BudgetExceeded`."""
    _check_strings(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def look_at(specimen: Specimen, text: str, name: str, *, first_line: int = 1) -> Iterator[Sign]:
    """Findings on one source. A source that does not parse is named where a loader would run it."""
    is_entry = bool(_ENTRY.search(name)) and not _NOT_RUN.search(name)
    if not is_entry and not _WORTH_A_LOOK.search(text):
        return
    tree = parse(text)
    if tree is None:
        if is_entry:
            yield specimen.gap(GapReason.MALFORMED, "is not Python that this version can parse")
        return
    facts = python_facts.read(tree)
    told: set[tuple[str, str]] = set()
    for rule, severity, message, call in _judge(facts, is_entry=is_entry, name=name):
        if (rule, call.name) in told:
            continue
        told.add((rule, call.name))
        line = call.node.lineno + first_line - 1
        yield specimen.finding(
            rule,
            severity,
            f"line {line}: {message}",
            line=line,
            confidence=Confidence.MEDIUM,
            quote=call.name,
        )


def _judge(facts: Facts, *, is_entry: bool, name: str) -> Iterator[tuple[str, Severity, str, Call]]:
    by_scope: dict[str, list[Call]] = {}
    for call in facts.calls:
        by_scope.setdefault(call.scope, []).append(call)
    tainted = _tainted(facts)
    for call in facts.calls:
        yield from _runs_text(facts, call, tainted)
        yield from _starts(facts, call, is_entry=is_entry, name=name)
        yield from _lasting(facts, call)
        if is_entry and call.is_statement and call.on_import and not call.scope:
            yield from _unknown_statement(call)
    for calls in by_scope.values():
        yield from _together(facts, calls, tainted)


def _unknown_statement(call: Call) -> Iterator[tuple[str, Severity, str, Call]]:
    """A call for its effect alone, on import, of a package that nobody knows."""
    top, _, rest = call.name.partition(".")
    if (
        rest
        and not top.startswith("?")
        and "()" not in call.name
        and not is_known_package(top)
        and top.islower()
    ):
        yield STARTS, Severity.LOW, f"{call.name} is called on import; what it does is not in this file", call


def _tainted(facts: Facts) -> dict[str, str]:
    """Where decoded or fetched data comes from: calls by their place, and variables that were given it."""
    found: dict[str, str] = {}
    for call in facts.calls:
        kind = "decoded" if _decodes(call, facts) else "fetched" if _NET.match(call.name) else ""
        if kind:
            found[f"{call.node.lineno}:{call.node.col_offset}"] = kind
    for name, value in facts.assigned:
        kind = _source_of(facts, value, found, depth=1)
        if kind:
            found[name] = kind
    return found


def _decodes(call: Call, facts: Facts) -> bool:
    if _DECODES.match(call.name):
        return True
    return call.name.endswith((".decode", ".translate")) and "rot" in str(
        python_facts.fold(facts, call.node.args[0]) if call.node.args else ""
    )


def _runs_text(
    facts: Facts, call: Call, tainted: dict[str, str]
) -> Iterator[tuple[str, Severity, str, Call]]:
    if not _RUNS_TEXT.match(call.name) or not call.node.args:
        return
    hidden = _source_of(facts, call.node.args[0], tainted, depth=6)
    if hidden:
        message = f"{call.name} runs what was {hidden} first"
        yield HIDDEN, Severity.HIGH, message, call
    elif call.name.startswith(("eval", "exec", "builtins")) and call.on_import:
        text = python_facts.fold(facts, call.node.args[0])
        if text is not None and re.search(r"\b(import|system|popen|subprocess|socket|__)\w*", text):
            yield HIDDEN, Severity.HIGH, f"{call.name} runs text on import: {text[:80]!r}", call
    elif call.name.endswith(("loads", "FunctionType", "CodeType")) and call.name.startswith(
        ("marshal", "types")
    ):
        yield HIDDEN, Severity.HIGH, f"{call.name} makes code from bytes", call


def _source_of(facts: Facts, node: ast.AST, tainted: dict[str, str], depth: int) -> str:
    """`decoded` or `fetched` when an expression comes from a decoder or the network, through variables too."""
    numbers = 0
    for inner in facts.walk(node):
        if isinstance(inner, ast.Call):
            kind = tainted.get(f"{inner.lineno}:{inner.col_offset}")
            if kind:
                return kind
            numbers += python_facts.resolve(facts, inner.func) in {"chr", "bytes", "bytearray"}
        elif isinstance(inner, ast.Name) and inner.id in tainted:
            return tainted[inner.id]
    return "put together from numbers" if numbers and depth > 1 else ""


def _starts(
    facts: Facts, call: Call, *, is_entry: bool, name: str
) -> Iterator[tuple[str, Severity, str, Call]]:
    if not _STARTS.match(call.name):
        if (
            _NET.match(call.name)
            and call.on_import
            and is_entry
            and not call.name.endswith(("Request", "Session"))
        ):
            yield STARTS, Severity.MEDIUM, f"{call.name} opens a connection on import", call
        return
    command = _command(facts, call.node)
    method = call.scope.rpartition(".")[2]
    runs = call.on_import or (is_entry and method in _LOADED)
    if _ORDINARY.match(command):
        if runs and is_entry:
            yield STARTS, Severity.LOW, f"{call.name} starts {command[:60]!r} when loaded", call
        return
    if re.search(r"\|\s*(ba|z|da)?sh\b|/dev/tcp/|base64\s+-d|\bnc\s+-|powershell|bash\s+-i|mkfifo", command):
        yield STARTS, Severity.HIGH, f"{call.name} runs {command[:80]!r}", call
    elif runs:
        severity = (
            Severity.HIGH if is_entry or (call.on_import and not _NOT_RUN.search(name)) else Severity.MEDIUM
        )
        what = f" {command[:80]!r}" if command else ""
        when = "on import" if call.on_import else f"in {call.scope}, which a loader calls"
        yield STARTS, severity, f"{call.name} starts a program{what} {when}", call


def _command(facts: Facts, node: ast.Call) -> str:
    if not node.args:
        return ""
    first = node.args[0]
    if isinstance(first, (ast.List, ast.Tuple)):
        return " ".join(python_facts.fold(facts, item) or "…" for item in first.elts[:12])
    return python_facts.fold(facts, first) or ""


_WRITES = frozenset(
    ["open", "write_text", "write_bytes", "copy", "copyfile", "copy2", "move", "symlink", "rename", "replace"]
)


def _lasting(facts: Facts, call: Call) -> Iterator[tuple[str, Severity, str, Call]]:
    """Writes to places that outlive the process."""
    last = call.name.rpartition(".")[2]
    if last not in _WRITES:
        return
    texts = [text for text in _texts_of(facts, call.node) if _LASTING_TEXT.search(text)]
    if not texts:
        return
    mode = python_facts.fold(facts, call.node.args[1]) if len(call.node.args) > 1 else None
    mode = mode or next(
        (python_facts.fold(facts, k.value) for k in call.node.keywords if k.arg == "mode"), None
    )
    if last == "open" and mode and set(mode) & set("wax+"):
        yield SYSTEM, Severity.HIGH, f"writes to {texts[0][:80]!r}", call
    elif last != "open":
        yield SYSTEM, Severity.HIGH, f"{call.name} puts something at {texts[0][:80]!r}", call


def _texts_of(facts: Facts, node: ast.Call) -> Iterator[str]:
    for inner in facts.walk(node):
        text = python_facts.fold(facts, inner)
        if text:
            yield text


def _together(
    facts: Facts, calls: list[Call], tainted: dict[str, str]
) -> Iterator[tuple[str, Severity, str, Call]]:
    """What only together is a danger: secrets and a connection, a download and a start."""
    net = next((call for call in calls if _NET.match(call.name)), None)
    if net is None:
        return
    for call in calls:
        if call.name in {"os.environ.copy", "os.environ.items"} or (
            call.name in {"dict", "str", "repr", "json.dumps"}
            and any(python_facts.resolve(facts, item) == "os.environ" for item in call.node.args)
        ):
            yield SECRETS, Severity.HIGH, f"reads the whole environment and calls {net.name}", net
            return
        if call is net or not _is_read(call):
            continue
        for text in _texts_of(facts, call.node):
            if _SECRET_TEXT.search(text):
                message = f"reads {text[:60]!r} and calls {net.name}"
                is_file = not text.isupper()
                yield SECRETS, Severity.HIGH if is_file else Severity.LOW, message, net
                return
    inside = {
        python_facts.resolve(facts, item) for item in facts.walk(net.node) if isinstance(item, ast.Attribute)
    }
    if "os.environ" in inside:
        yield SECRETS, Severity.HIGH, f"{net.name} is given the environment", net
    for call in calls:
        if not _STARTS.match(call.name):
            continue
        shell = net.name.startswith("socket") and re.search(
            r"\b(ba|z|da)?sh\b|\bcmd\b", _command(facts, call.node)
        )
        given = any(_source_of(facts, item, tainted, depth=1) == "fetched" for item in call.node.args)
        if shell or given:
            yield STARTS, Severity.HIGH, f"{net.name} and {call.name} in one place: fetches and runs", call
            return


def _is_read(call: Call) -> bool:
    return call.name.rpartition(".")[2] in {
        "open",
        "read_text",
        "read_bytes",
        "expanduser",
        "join",
        "Path",
        "getenv",
        "get",
        "glob",
    }


CHECK = Check(
    id="python-code",
    title="What Python shipped with the model does when it is loaded",
    look=_look,
)
