"""Every regular expression of the safety checks against texts that are made to take the square of their length."""

from __future__ import annotations

import re
import re._constants as sre
import re._parser as parser
import time
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

import ajar.safety
from ajar.safety.secrets import _shapes

CHARS = 4_096
# A linear search of 4 KiB takes a fraction of a millisecond; one that takes the square of 4 KiB, far more than this.
QUICK_S = 0.003
GROWTH = 9.0  # for four times the text; the square would be 16
PUMPS = ("", " ", "\n", "a", "0", ".", "/", "\\'", '\\"', "_", "{", "<", "a ", "a.")


def _patterns_in(value: object) -> Iterator[re.Pattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _patterns_in(item)


def every_pattern() -> dict[str, re.Pattern]:
    found = {f"secrets: {name} {number}": pattern for number, (name, _, pattern) in enumerate(_shapes())}
    for path in sorted(Path(ajar.safety.__file__).parent.glob("*.py")):
        module = import_module(f"ajar.safety.{path.stem}")
        for name, value in vars(module).items():
            for number, pattern in enumerate(_patterns_in(value)):
                found[f"{path.stem}.{name}{f'[{number}]' if number else ''}"] = pattern
    return found


# Used by `match`, one token after another up to the first that fails, never to search.
_MATCHED = frozenset({"jinja_tokens._TOKEN"})
PATTERNS = {name: pattern for name, pattern in every_pattern().items() if name not in _MATCHED}


def samples(tree: Iterable, choice: int) -> str:
    """A text that a pattern matches, or nearly: of alternatives the one by number, of repeats the fewest."""
    out: list[str] = []
    for code, value in tree:
        if code is sre.LITERAL:
            out.append(chr(value))
        elif code is sre.NOT_LITERAL:
            out.append("b" if value == ord("a") else "a")
        elif code is sre.ANY:
            out.append("a")
        elif code is sre.IN:
            out.append(_member(value))
        elif code is sre.BRANCH:
            out.append(samples(value[1][choice % len(value[1])], choice))
        elif code in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
            low, high, inner = value
            out.append(samples(inner, choice) * (min(max(low, 1), 8) if high else 0))
        elif code is sre.SUBPATTERN:
            out.append(samples(value[3], choice))
        elif code is sre.ATOMIC_GROUP:
            out.append(samples(value, choice))
    return "".join(out)


def _member(items: list) -> str:
    if items[0][0] is sre.NEGATE:
        return "a"
    code, value = items[0]
    if code is sre.LITERAL:
        return chr(value)
    if code is sre.RANGE:
        return chr(value[0])
    return {sre.CATEGORY_SPACE: " ", sre.CATEGORY_DIGIT: "0"}.get(value, "a")


def attacks(pattern: re.Pattern) -> Iterator[str]:
    """Units to be repeated: beginnings of what matches, with what a repeat in the pattern may run over."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(text, pattern.flags & ~re.UNICODE)
    units = set(PUMPS[1:])
    for choice in range(4):
        whole = samples(tree, choice)[:48]
        units |= {whole[:end] for end in (*range(1, 13), *range(13, len(whole) + 1, 5))}
        units |= {whole + pump for pump in PUMPS}
        units |= {" " + whole[: max(len(whole) - 1, 1)], "\n" + whole[: max(len(whole) - 1, 1)]}
    yield from sorted(units)


def seconds(pattern: re.Pattern, text: str) -> float:
    data = text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")
    best = 60.0
    for _ in range(2):
        started = time.process_time()
        for found in pattern.finditer(data):
            assert found.end() >= found.start()
        best = min(best, time.process_time() - started)
        if best < QUICK_S:
            break
    return best


@pytest.mark.parametrize("name", PATTERNS)
def test_no_text_takes_the_square_of_its_length(name: str) -> None:
    pattern = PATTERNS[name]
    for unit in attacks(pattern):
        prefixes = ("", unit) if len(unit) < 3 else ("",)
        for prefix in prefixes:
            text = prefix + unit * (CHARS // len(unit))
            once = seconds(pattern, text)
            if once >= QUICK_S:
                assert seconds(pattern, text * 4) <= once * GROWTH, f"{unit!r} repeated"


def test_there_are_patterns_to_look_at() -> None:
    assert len(PATTERNS) > 40
