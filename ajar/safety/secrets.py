"""Secrets left in files: keys and tokens by the shapes that their issuers document. Never shown whole."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from ajar.model.judgement import Confidence, Severity
from ajar.safety.check import Check, Sign, Specimen

RULE, PEOPLE = "release-holds-no-secrets", "release-holds-no-lists-of-people"
_TEXT_BYTES = 8 << 20
_PLACEHOLDER = re.compile(
    r"example|sample|dummy|placeholder|your|xxxx|<|\*{3}|\.\.\.|0000000|1234567|abcdef|test_?key|insert|replace|changeme|fake",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"\b[\w.+-]{2,40}@[\w-]{2,40}\.[a-z]{2,12}\b", re.IGNORECASE)
_PEOPLE = 50
_ENTROPY_BITS = 3.0


@cache
def _shapes() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Rows of `name anchor pattern source date`; the anchor is a text that every match holds, looked for first."""
    from importlib.resources import files

    rows = (files("ajar.safety") / "data" / "secrets.tsv").read_text("utf-8").splitlines()[1:]
    return tuple(
        (name, anchor, re.compile(pattern))
        for name, anchor, pattern, *_ in (row.split("\t") for row in rows if row)
    )


def _look(specimen: Specimen) -> Iterator[Sign]:
    if b"\0" in specimen.head:
        return
    text = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
    told: set[str] = set()
    for name, anchor, pattern in _shapes():
        if anchor not in text:
            continue
        for found in pattern.finditer(text):
            if not _is_real(found[0], text[max(found.start() - 40, 0) : found.end() + 20]):
                continue
            if name not in told:
                told.add(name)
                line = text.count("\n", 0, found.start()) + 1
                message = f"line {line}: holds {name}, {_masked(found[0])}"
                yield specimen.finding(RULE, Severity.MEDIUM, message, line=line, quote=_masked(found[0]))
            break
    yield from _people(specimen, text)


def _people(specimen: Specimen, text: str) -> Iterator[Sign]:
    """A list of people's addresses in a data file; authors of a package are not one."""
    if (
        not specimen.path.lower().endswith((".csv", ".tsv", ".json", ".jsonl", ".txt"))
        or text.count("@") < _PEOPLE
    ):
        return
    addresses = {found[0].lower() for found in _EMAIL.finditer(text)}
    addresses = {
        item for item in addresses if not item.endswith(("example.com", "example.org", ".png", ".local"))
    }
    if len(addresses) >= _PEOPLE:
        message = f"holds {len(addresses)} e-mail addresses"
        yield specimen.finding(PEOPLE, Severity.LOW, message, confidence=Confidence.MEDIUM)


def _is_real(value: str, around: str) -> bool:
    if value.startswith("-----BEGIN"):
        return not _PLACEHOLDER.search(value)
    return not _PLACEHOLDER.search(around) and _entropy(value) >= _ENTROPY_BITS


def _entropy(value: str) -> float:
    """Bits a character."""
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())


def _masked(value: str) -> str:
    first = value.split("\n", 1)[0]
    return first if first.startswith("-----BEGIN") else f"{first[:6]}…({len(value)} characters)"


CHECK = Check(
    id="secrets",
    title="Keys, tokens and lists of people left in texts",
    look=_look,
)
