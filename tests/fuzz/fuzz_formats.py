"""Coverage-guided fuzzing of the formats, with atheris.

    python tests/fuzz/fuzz_formats.py gguf -max_total_time=60     one format
    python tests/fuzz/fuzz_formats.py all -max_total_time=600     whichever the bytes are taken for
    python tests/fuzz/fuzz_formats.py gguf crash-0123             one input again

Any bytes must end in observations, `MalformedError` or `BudgetExceeded`; anything else stops the run
and leaves the input in a `crash-…` file. Arguments after the format's id are libFuzzer's.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["ajar"]):
    from ajar.formats.registry import formats, sniff
    from ajar.interfaces import HEAD_BYTES

from tests.build.seeds import SEEDS
from tests.property.strategies import behaves


def target(name: str) -> Callable[[bytes], None]:
    """What libFuzzer calls. With `all`, the first byte of the input picks one of the seeds' paths."""
    if name != "all":
        form = {form.id: form for form in formats()}[name]
        path = f"file{form.suffixes[0] if form.suffixes else ''}"
        return lambda data: _ignore(behaves(form, path, data))

    def any_format(data: bytes) -> None:
        path = SEEDS[data[0] % len(SEEDS)][0] if data else ""
        found = sniff(data[1 : 1 + HEAD_BYTES], path)
        if found is not None:
            behaves(found, path, data[1:])

    return any_format


def write_corpus(folder: Path, name: str) -> None:
    """The seeds that the target can use, one file each."""
    for number, (path, data) in enumerate(SEEDS):
        if name == "all":
            (folder / str(number)).write_bytes(bytes([number]) + data)
        elif {form.id: form for form in formats()}[name].matches(data[:HEAD_BYTES], path):
            (folder / str(number)).write_bytes(data)


def _ignore(_: int) -> None:
    """libFuzzer's Python target returns nothing."""


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "all"
    if name != "all" and name not in {form.id for form in formats()}:
        sys.exit(f"no format {name!r}; there are: all, {', '.join({form.id for form in formats()})}")
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder), name)
        arguments = [*sys.argv[2:], "-rss_limit_mb=1024", "-timeout=10"]
        if not any(Path(argument).is_file() for argument in arguments):
            arguments.append(folder)
        atheris.Setup([sys.argv[0], *arguments], target(name))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
