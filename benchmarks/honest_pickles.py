"""Write honest pickles of installed libraries: what their classes give when they are made with defaults and fitted.

    python benchmarks/honest_pickles.py --out DIR PACKAGE...

Run it in a throw-away environment that holds the libraries; then `ajar scan DIR` should have nothing to say. Each
public class is constructed without arguments where that is possible, fitted to a few numbers where it has `fit`, and
stored in protocols 2 and 4; functions are stored by reference. Classes that do not construct are passed over.
"""

from __future__ import annotations

import argparse
import contextlib
import enum
import importlib
import inspect
import io
import os
import pickle
import pkgutil
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SECONDS = 8
PER_MODULE = 400
SKIP = ("test", "conftest", "__main__", "benchmark", "setup", "cli", "_version")


class _TooLong(BaseException):
    pass


def _alarm(*_: object) -> None:
    raise _TooLong


@contextlib.contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Ends what takes too long, and keeps it quiet."""
    signal.alarm(seconds)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        signal.alarm(0)


def modules(package: str) -> Iterator[Any]:
    try:
        top = importlib.import_module(package)  # noqa: TID251  an installed library, on purpose
    except BaseException:  # noqa: BLE001  libraries raise what they like
        return
    yield top
    for item in pkgutil.walk_packages(getattr(top, "__path__", []), f"{package}.", onerror=lambda _: None):
        if any(word in item.name.rpartition(".")[2] for word in SKIP) or ".tests" in item.name:
            continue
        with contextlib.suppress(BaseException), limited(SECONDS * 2):
            yield importlib.import_module(item.name)  # noqa: TID251


def values(module: Any) -> Iterator[tuple[str, Any]]:
    for name, value in list(vars(module).items())[:PER_MODULE]:
        if getattr(value, "__module__", None) != module.__name__:
            continue
        yield name, value
        if inspect.isclass(value) and issubclass(value, enum.Enum):
            yield from ((f"{name}-{member.name}", member) for member in list(value)[:1])
        elif inspect.isclass(value) and issubclass(value, BaseException):
            with contextlib.suppress(BaseException):
                yield f"{name}-raised", value("message")
        elif (
            inspect.isclass(value) and not inspect.isabstract(value) and may_construct(module.__name__, name)
        ):
            with contextlib.suppress(BaseException), limited(SECONDS):
                yield f"{name}-made", fitted(value())


def may_construct(module: str, name: str) -> bool:
    """Constructors that reach out are left alone, where ajar is at hand to say which they are."""
    try:
        from ajar.safety.symbols import Tier, lookup
    except ImportError:
        return True
    return lookup(module, name).tier in {Tier.CLASS, Tier.INERT}


def fitted(value: Any) -> Any:
    fit = getattr(value, "fit", None)
    if fit is None:
        return value
    import numpy as np

    numbers = np.random.default_rng(0)
    table, labels = numbers.random((30, 4)), numbers.integers(0, 2, 30)
    for arguments in ((table, labels), (table,), (labels.astype(float),)):
        with contextlib.suppress(Exception):
            fit(*arguments)
            return value
    return value


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("packages", nargs="+")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _alarm)
    os.environ |= {"HF_HUB_OFFLINE": "1", "MPLBACKEND": "agg", "CUDA_VISIBLE_DEVICES": ""}
    for package in options.packages:
        count = sum(_store(options.out / package, module) for module in modules(package))
        sys.stderr.write(f"{package}: {count}\n")


def _store(folder: Path, module: Any) -> int:
    count = 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in values(module):
        for protocol in (2, 4):
            with contextlib.suppress(BaseException), limited(SECONDS):
                data = pickle.dumps(value, protocol)
                if len(data) < 1 << 22:
                    (folder / f"{module.__name__}.{name}.{protocol}.pkl").write_bytes(data)
                    count += 1
    return count


if __name__ == "__main__":
    main()
