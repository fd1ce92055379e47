"""Adjudicated facets: one file a licence in `data/facets/`, and where their words stand in a given text.

A record inherits the rows of its family's and says which it drops. Each row rests on an anchor, a few
words that stand in the licence's own text.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ajar.model.terms import Clause, Facet
from ajar.rights.quoting import quote_of
from ajar.rights.sentences import LIMIT_CHARS, lower

_ID = re.compile(r"[A-Za-z0-9][\w.+-]{0,100}")
_FAMILY_DEPTH = 8
_LEADER = re.compile(r"^(?:#{1,6}|//+|/?\*+/?|--+|;+|>+)\s")
_MARKUP = re.compile(r"<br ?/?>|\*\*|</?ins>")
_SENTENCE_END = re.compile(r"[.;!?][\"')]?\s")
# How far around its anchor a sentence is looked for.
_REACH_CHARS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A licence's adjudicated clauses, each with its anchor as quote."""

    licence: str
    clauses: tuple[Clause, ...]
    source: str
    date: str
    reviewed: bool


@cache
def record(name: str) -> Record | None:
    """The record of a licence, or None when nobody has adjudicated it."""
    return _load(name, _FAMILY_DEPTH)


def recorded() -> tuple[str, ...]:
    """Ids of all records."""
    folder = files("ajar.rights") / "data" / "facets"
    return tuple(
        sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))
    )


def _load(name: str, depth: int) -> Record | None:
    if not _ID.fullmatch(name):
        return None
    place = files("ajar.rights") / "data" / "facets" / f"{name}.toml"
    if not place.is_file():
        return None
    data = tomllib.loads(place.read_text("utf-8"))
    own = tuple(_clause(row) for row in data.get("facet", ()))
    inherited: Sequence[Clause] = ()
    if "inherits" in data:
        parent = _load(data["inherits"], depth - 1) if depth else None
        if parent is None:
            raise ValueError(f"{name} inherits from {data['inherits']}, which is not there")
        inherited = _kept(parent.clauses, data.get("drop", ()), own)
    return Record(
        licence=data["licence"],
        clauses=(*inherited, *own),
        source=data["source"],
        date=data["date"],
        reviewed=bool(data["reviewed"]),
    )


def _kept(clauses: Sequence[Clause], drops: Sequence[str], own: Sequence[Clause]) -> list[Clause]:
    """Rows of the family that the record neither drops nor words anew."""
    dropped = [tuple(drop.split("/", 2)) for drop in drops]
    renewed = {(clause.facet, clause.value, clause.items, clause.unit) for clause in own}
    return [
        clause
        for clause in clauses
        if (clause.facet, clause.value, clause.items, clause.unit) not in renewed
        and not any(
            (clause.facet.value, clause.value, *clause.items[:1])[: len(drop)] == drop for drop in dropped
        )
    ]


def _clause(row: Mapping[str, Any]) -> Clause:
    return Clause(
        facet=Facet(row["facet"]),
        value=row["value"],
        quote=row["clause"],
        number=float(row["number"]) if "number" in row else None,
        unit=row.get("unit", ""),
        items=tuple(row.get("items", ())),
        path=row.get("document", ""),  # the words stand in a document that the licence refers to
    )


def key_of(clause: Clause) -> tuple[str, str, tuple[str, ...], float | None, str]:
    """What a clause says, without the words it says it in."""
    return clause.facet.value, clause.value, clause.items, clause.number, clause.unit


class Placed:
    """A text in which anchors are found whatever its wrapping, quotes and markup."""

    __slots__ = ("_lines", "_starts", "low", "text")

    def __init__(self, text: str, first_line: int = 1) -> None:
        parts: list[str] = []
        self._starts: list[int] = []
        self._lines: list[int] = []
        at = 0
        for number, raw in enumerate(text[:LIMIT_CHARS].split("\n"), first_line):
            line = " ".join(raw.split())
            if line[:1] in "#/*-;>" or "*" in line or "<" in line:
                line = " ".join(_MARKUP.sub("", _LEADER.sub("", line)).split())
            if not line:
                continue
            parts.append(line)
            self._starts.append(at)
            self._lines.append(number)
            at += len(line) + 1
        self.text = " ".join(parts)
        self.low = lower(self.text)

    def find(self, anchor: str) -> tuple[str, int] | None:
        """`(the sentence the anchor stands in, its line)`, or None."""
        words = " ".join(lower(anchor).split())
        at = self.low.find(words)
        if at < 0:
            return None
        line = self._lines[bisect_right(self._starts, at) - 1]
        begin = max(at - _REACH_CHARS, 0)
        for stop in _SENTENCE_END.finditer(self.low, begin, at):
            begin = stop.end()
        following = _SENTENCE_END.search(self.low, at + len(words), at + len(words) + _REACH_CHARS)
        end = following.start() + 1 if following else min(at + len(words) + _REACH_CHARS, len(self.text))
        return quote_of(self.text[begin:end], at - begin, at - begin + len(words)), line
