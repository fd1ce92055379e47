"""The table of names: what decides first, and that no row is without its ground."""

from __future__ import annotations

import sys
from collections import Counter
from importlib.resources import files

import pytest

from ajar.safety.pickle_conditions import CONDITIONS
from ajar.safety.python2_names import renamed
from ajar.safety.symbols import EFFECTS, Tier, lookup

ROWS = [
    (page.name, line.split("\t"))
    for page in (files("ajar.safety") / "data" / "symbols").iterdir()
    for line in page.read_text("utf-8").splitlines()[1:]
]


def test_every_row_has_a_reason_a_source_and_a_date() -> None:
    assert len(ROWS) > 3000
    for page, (module, names, tier, effect, condition, _, reason, source, date) in ROWS:
        assert module, page
        assert names.split(), page
        assert reason, (page, module)
        assert source.startswith("https://"), (page, module)
        assert len(date) == 10
        assert tier != Tier.DANGEROUS or effect, (page, module)
        assert tier != Tier.CONDITIONAL or condition in CONDITIONS, (page, module)
        assert tier == Tier.CONDITIONAL or condition in {"", "callable"}, (page, module)
        assert not effect or effect in EFFECTS


def test_no_name_has_two_rows() -> None:
    pairs = Counter((row[0], name) for _, row in ROWS for name in row[1].split())
    assert [pair for pair, count in pairs.items() if count > 1] == []


@pytest.mark.parametrize(
    ("module", "name", "tier"),
    [
        ("collections", "OrderedDict", Tier.INERT),
        ("torch._utils", "_rebuild_tensor_v2", Tier.INERT),
        ("sklearn.linear_model._base", "LinearRegression", Tier.CLASS),
        ("sklearn.datasets._base", "load_files", Tier.DANGEROUS),
        ("transformers", "Trainer", Tier.NAMED),
        ("transformers.trainer", "Trainer", Tier.NAMED),
        ("torch.distributed", "TCPStore", Tier.DANGEROUS),
        ("sklearn.anything", "Thread", Tier.DANGEROUS),
        ("sklearn.anything", "__pyx_unpickle_Thing", Tier.INERT),
        ("pandas.core.frame", "DataFrame.to_pickle", Tier.NAMED),
        ("my_package", "Net.method", Tier.UNREVIEWED),
        ("torch.nn.modules.linear", "Linear", Tier.CLASS),
        ("torch.hub", "load", Tier.DANGEROUS),
        ("builtins", "getattr", Tier.CONDITIONAL),
        ("builtins", "eval", Tier.DANGEROUS),
        ("antigravity", "geohash", Tier.DANGEROUS),
        ("nt", "system", Tier.DANGEROUS),
        ("my_package", "Net", Tier.UNREVIEWED),
        ("torch", "serialization.os.system", Tier.DANGEROUS),
        ("my_package", "a.__globals__", Tier.DANGEROUS),
        ("numpy.core.multiarray", "_reconstruct", Tier.INERT),
        ("numpy._core.multiarray", "_reconstruct", Tier.INERT),
    ],
)
def test_lookup(module: str, name: str, tier: Tier) -> None:
    assert lookup(module, name).tier is tier


def test_the_whole_standard_library_is_covered() -> None:
    for module in sys.stdlib_module_names:
        assert lookup(module, "no_such_function").tier in {Tier.DANGEROUS, Tier.NAMED, Tier.INERT}, module


def test_what_weights_only_accepts_is_marked() -> None:
    assert lookup("torch._utils", "_rebuild_tensor_v2").weights_only
    assert not lookup("torch.nn.modules.linear", "Linear").weights_only


def test_names_of_python_2() -> None:
    assert renamed("__builtin__", "xrange") == ("builtins", "range")
    assert renamed("exceptions", "OSError") == ("builtins", "OSError")
    assert renamed("numpy", "ndarray") == ("numpy", "ndarray")
