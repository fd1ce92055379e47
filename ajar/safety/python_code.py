"""Python that ships with a model: summed up honestly. Code is code; only a reason makes it dangerous."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ajar.model.evidence import GapReason
from ajar.model.judgement import Confidence, Severity
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.python_case import Source
from ajar.safety.python_effects import effect_of, may_act
from ajar.safety.python_flow import Flow, When
from ajar.safety.python_judgement import remarks
from ajar.safety.python_syntax import parse

SUMMED_UP = "code-that-a-loader-runs-is-known"
_TEXT_BYTES = 8 << 20
# Files that a loader imports or runs by their name.
_ENTRY = re.compile(
    r"(^|/)(modeling|modelling|configuration|tokenization|processing|image_processing|feature_extraction|pipeline|handler|hubconf|"
    r"setup|conftest|sitecustomize|usercustomize|custom_generate/generate|generation|inference|predict|model|__init__|noxfile|tasks|custom_\w+)\w*\.py$"
)
_ASIDE = re.compile(
    r"(^|/)(tests?|examples?|docs?|benchmarks?|scripts|tools|\.github)/|(^|/)(test_\w+|\w+_test)\.py$"
)
# Classes that a loader finds in the file, whatever the file is called.
_LOADED_BASES = re.compile(
    r"(PreTrainedModel|PretrainedConfig|PreTrainedConfig|PreTrainedTokenizer(Fast)?|ProcessorMixin|FeatureExtractionMixin|ImageProcessing\w*|BaseImageProcessor"
    r"|DiffusionPipeline|ModularPipeline\w*|GeneratorBasedBuilder|ArrowBasedBuilder|DatasetBuilder|BaseHandler|PythonModel|Pipeline|LogitsProcessor)$"
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
        "__getattribute__",
        "__iter__",
        "__len__",
        "__getitem__",
        "__repr__",
        "__str__",
        "forward",
        "from_pretrained",
        "_from_config",
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
        "decode",
        "tokenize",
        "_tokenize",
        "build",
        "call",
        "get_model",
        "init",
        "save_pretrained",
        "prepare_inputs_for_generation",
        "convert_tokens_to_ids",
        "_info",
        "_split_generators",
        "_generate_examples",
        "_generate_tables",
        "initialize_options",
        "finalize_options",
        "build_extensions",
        "build_extension",
        "model_fn",
        "input_fn",
        "predict_fn",
        "output_fn",
        "transform_fn",
        "pytest_configure",
        "pytest_sessionstart",
        "pytest_load_initial_conftests",
    ]
)
_DOES: tuple[tuple[str, frozenset[str]], ...] = (
    ("starts programs", frozenset({"start"})),
    ("runs text as code", frozenset({"text", "code"})),
    ("loads native code or other modules", frozenset({"native", "module", "fetched-code"})),
    ("unpickles", frozenset({"deserialise"})),
    ("connects", frozenset({"get", "send", "raw", "names"})),
    ("removes files", frozenset({"delete"})),
)


def _look(specimen: Specimen) -> Iterator[Sign]:
    name = specimen.path.rpartition("!/")[2]
    if not name.lower().endswith((".py", ".pyw", ".pyi")) and "/code/" not in name:
        return
    if "/code/" in f"/{name}" and "__torch__" in name:
        return  # TorchScript, a language of its own
    yield from specimen.cut(_TEXT_BYTES)
    text = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
    yield from look_at(specimen, text, name)


def look_at(specimen: Specimen, text: str, name: str, *, first_line: int = 1) -> Iterator[Sign]:
    """Findings on one source. A source that does not parse is named where a loader would run it."""
    named = bool(_ENTRY.search(name)) and not _ASIDE.search(name)
    if not named and not may_act(text):
        return
    tree = parse(text)
    if tree is None:
        if named:
            yield specimen.gap(GapReason.MALFORMED, "is not Python that this version can parse")
        return
    source = _source(tree, name, is_named=named)
    loaded = _LOADED if source.is_entry else frozenset[str]()
    flow = Flow.of(tree, loaded=loaded, every=name.rpartition("/")[2] == "hubconf.py")
    told: set[tuple[str, str]] = set()
    for remark in remarks(flow, source):
        if (remark.rule, remark.about) in told:
            continue
        told.add((remark.rule, remark.about))
        line = getattr(remark.node, "lineno", 1) + first_line - 1
        yield specimen.finding(
            remark.rule,
            remark.severity,
            f"line {line}: {remark.message}",
            line=line,
            confidence=Confidence.MEDIUM,
            quote=remark.about.lstrip("?")[:160],
        )
    if source.is_entry and flow.names.imports:
        yield specimen.finding(SUMMED_UP, Severity.INFO, _summary(flow), line=1)


def _source(tree: ast.Module, name: str, *, is_named: bool) -> Source:
    base = name.rpartition("/")[2]
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    bases = [
        ast.unparse(item)
        for node in classes
        for item in node.bases
        if isinstance(item, (ast.Name, ast.Attribute))
    ]
    handler = base == "handler.py" or any(item.endswith("BaseHandler") for item in bases)
    return Source(
        name=name,
        is_entry=is_named or (any(map(_LOADED_BASES.search, bases)) and not _ASIDE.search(name)),
        is_handler=handler or any(node.name == "EndpointHandler" for node in classes),
        is_setup=base in {"setup.py", "conf.py", "noxfile.py", "tasks.py", "__init__.py"},
        is_aside=bool(_ASIDE.search(name)),
    )


def _summary(flow: Flow) -> str:
    """One line on what a loader runs: the packages it imports, and what it does when it is loaded."""
    imports = sorted(flow.names.imports)
    shown = ", ".join(imports[:8]) + (f" and {len(imports) - 8} more" if len(imports) > 8 else "")
    effects = {effect_of(call.name) for call in flow.calls if call.when is not When.OTHER}
    does = [words for words, kinds in _DOES if kinds & effects]
    return f"Python that a loader runs: imports {shown}; when loaded it {', '.join(does) or 'starts, fetches and unpickles nothing'}"


CHECK = Check(
    id="python-code",
    title="What Python shipped with the model does when it is loaded",
    look=_look,
)
