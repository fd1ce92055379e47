"""Countries by the names people and licences use, with the membership of the European Union."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Places:
    """`codes` maps a lower-case name to a code; `eu` and `eea` are the members' codes."""

    codes: Mapping[str, str]
    eu: frozenset[str]
    eea: frozenset[str]
    pattern: re.Pattern[str]  # names and adjectives
    nouns: re.Pattern[str]  # names only


@cache
def places() -> Places:
    data = tomllib.loads((files("ajar.rights") / "data" / "countries.toml").read_text("utf-8"))
    rows = [
        (name, code)
        for table in (data["eu"], data["other"], data["groups"])
        for code, names in table.items()
        for name in names
    ]
    codes = {name.removeprefix("~"): code for name, code in rows}
    eu = frozenset(data["eu"])
    nouns = _any_of(name for name, _ in rows if not name.startswith("~"))
    return Places(codes, eu, eu | frozenset(data["eea_only"]), _any_of(codes), nouns)


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")


def named_in(low: str) -> tuple[str, ...]:
    """Codes of the countries and unions named in lower-case words, in order. Adjectives do not count."""
    known = places()
    return tuple(dict.fromkeys(known.codes[found[0]] for found in known.nouns.finditer(low)))


def covers(named: str, country: str) -> bool:
    """Whether a country, or a union, lies within what a licence names."""
    known = places()
    if named in {country, "WORLD"}:
        return True
    if country == "EU":
        return named == "EEA"
    return (named == "EU" and country in known.eu) or (named == "EEA" and country in known.eea)


def overlaps(named: str, asked: str) -> bool:
    """Whether what a licence names and where somebody goes have ground in common."""
    return asked == "WORLD" or covers(named, asked) or covers(asked, named)
