"""Countries by the names people and licences use, with the membership of the European Union."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Places:
    """`codes` maps a lower-case name to a code; `eu` and `eea` are the members' codes."""

    codes: Mapping[str, str]
    eu: frozenset[str]
    eea: frozenset[str]
    pattern: re.Pattern[str]


@cache
def places() -> Places:
    data = tomllib.loads((files("ajar.rights") / "data" / "countries.toml").read_text("utf-8"))
    codes = {
        name: code
        for table in (data["eu"], data["other"], data["groups"])
        for code, names in table.items()
        for name in names
    }
    eu = frozenset(data["eu"])
    longest_first = sorted(codes, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")
    return Places(codes, eu, eu | frozenset(data["eea_only"]), pattern)


def named_in(low: str) -> tuple[str, ...]:
    """Codes of the countries and unions named in lower-case words, in order."""
    known = places()
    return tuple(dict.fromkeys(known.codes[found[0]] for found in known.pattern.finditer(low)))


def covers(named: str, country: str) -> bool:
    """Whether a country, or a union, lies within what a licence names."""
    known = places()
    if named == country or named == "WORLD":
        return True
    if country == "EU":
        return named == "EEA"
    return (named == "EU" and country in known.eu) or (named == "EEA" and country in known.eea)


def overlaps(named: str, asked: str) -> bool:
    """Whether what a licence names and where somebody goes have ground in common."""
    return asked == "WORLD" or covers(named, asked) or covers(asked, named)
