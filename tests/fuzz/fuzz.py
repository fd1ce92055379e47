"""Coverage-guided fuzzing of the formats and of the safety checks, with atheris.

    python tests/fuzz/fuzz.py gguf -max_total_time=60          one format
    python tests/fuzz/fuzz.py scan-pickles -max_total_time=60  one safety check
    python tests/fuzz/fuzz.py scan -runs=100000                the whole scan of one file
    python tests/fuzz/fuzz.py all                              whichever format the bytes are taken for
    python tests/fuzz/fuzz.py gguf crash-0123                  one input again
    python tests/fuzz/fuzz.py --list                           the targets

Any bytes must end in observations, `MalformedError` or `BudgetExceeded`; anything else stops the run
and leaves the input in a `crash-…` file. Arguments after the target's name are libFuzzer's.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["ajar"]):
    from ajar.formats.registry import formats, sniff
    from ajar.interfaces import HEAD_BYTES
    from ajar.safety.registry import CHECKS, load

    for _module, _ in CHECKS:
        load(_module)

from tests.build.safety_seeds import EVERY_SEED
from tests.build.seeds import SEEDS
from tests.property.safety_behaviour import CHECK_MODULES, NAMES, check_behaves, scan_behaves
from tests.property.strategies import behaves

Target = Callable[[bytes], None]
FORMATS = {form.id: form for form in formats()}


def targets() -> list[str]:
    return ["all", "scan", *(f"scan-{module}" for module in CHECK_MODULES), *FORMATS]


def target(name: str) -> Target:
    """What libFuzzer calls. But for one format, the first byte of the input picks the file's name."""
    if name == "scan":
        return _whole_scan
    if name.startswith("scan-"):
        return _one_check(name.removeprefix("scan-"))
    if name == "all":
        return _any_format
    form = FORMATS[name]
    path = f"file{form.suffixes[0] if form.suffixes else ''}"
    return lambda data: _ignore(behaves(form, path, data))


def _named(data: bytes) -> tuple[str, bytes, int]:
    """`(name, content, after how many reads the file shrinks)` of an input."""
    pick, flags = (data[0], data[1]) if len(data) > 1 else (0, 0)
    # One input in sixteen is of a file that shrinks while it is read.
    return NAMES[pick % len(NAMES)], data[2:], (flags >> 4 if flags & 15 == 15 else -1)


def _whole_scan(data: bytes) -> None:
    path, body, shrinks = _named(data)
    scan_behaves(path, body, shrinks_after=shrinks)


def _one_check(module: str) -> Target:
    known = ("", *dict(CHECKS)[module])

    def one(data: bytes) -> None:
        path, body, shrinks = _named(data)
        # The bytes decide the format, or, so that every branch is reached, a part of the input does.
        form = known[data[0] // len(NAMES) % len(known)] if data else ""
        check_behaves(module, path, body, format_id=form, shrinks_after=shrinks)

    return one


def _any_format(data: bytes) -> None:
    path = SEEDS[data[0] % len(SEEDS)][0] if data else ""
    found = sniff(data[1 : 1 + HEAD_BYTES], path)
    if found is not None:
        behaves(found, path, data[1:])


def corpus(name: str) -> Iterator[bytes]:
    """The seeds that the target can use."""
    if name.startswith("scan"):
        for path, data in EVERY_SEED:
            suffix = path.rpartition(".")[2]
            pick = next((n for n, known in enumerate(NAMES) if known == path), None)
            pick = (
                pick if pick is not None else next((n for n, k in enumerate(NAMES) if k.endswith(suffix)), 0)
            )
            yield bytes([pick, 0]) + data
        return
    for number, (path, data) in enumerate(SEEDS):
        if name == "all":
            yield bytes([number]) + data
        elif FORMATS[name].matches(data[:HEAD_BYTES], path):
            yield data


def _ignore(_: int) -> None:
    """libFuzzer's Python target returns nothing."""


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "all"
    if name == "--list":
        sys.exit("\n".join(targets()))
    if name not in targets():
        sys.exit(f"no target {name!r}; there are: {', '.join(targets())}")
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(corpus(name)):
            (Path(folder) / str(number)).write_bytes(data)
        arguments = [*sys.argv[2:], "-rss_limit_mb=1024", "-timeout=10"]
        if not any(Path(argument).is_file() for argument in arguments):
            arguments.append(folder)
        atheris.Setup([sys.argv[0], *arguments], target(name))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
