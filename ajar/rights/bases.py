"""Well-known models by id or by name, and the licence on their weights: `data/bases.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

from ajar.model.component import Licence, Openness
from ajar.rights.data_store import licences
from ajar.rights.names import resolve_field

ID_CHARS = 200  # the hub allows 96 for each half of an id
_QUANT = re.compile(
    r"[-_.](?:i1-)?(?:gguf|ggml|awq|gptq|exl[23]|bnb(?:-4bit)?|[248]-?bits?|int[48]|fp8(?:-dynamic)?|w[48]a(?:8|16)|nvfp4|mxfp4|mlx"
    r"|q[2-8](?:_[k01](?:_[sml])?)?|iq[1-4]_\w{1,4})(?=$|[-_.])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a base model's licence. `is_read` is false for rows nobody checked against a page."""

    id: str
    licences: tuple[Licence, ...]
    choice: bool
    source: str
    date: str
    is_read: bool
    note: str = ""
    is_service: bool = False
    maker: str = ""


@cache
def _data() -> Mapping[str, Any]:
    import tomllib

    return tomllib.loads((files("ajar.rights") / "data" / "bases.toml").read_text("utf-8"))


@cache
def _own_licences() -> Mapping[str, Licence]:
    """Licences that only this table knows: what their words limit, and the terms of services."""
    rows = [*_data()["licence"], *_data()["service"]]
    return {
        row["id"]: Licence(
            id=row["id"],
            name=row["name"],
            openness=Openness.RESTRICTED,
            osi=False,
            limits=tuple(row["limits"]),
        )
        for row in rows
    }


@cache
def _patterns() -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Folded patterns with their rows, the most specific first."""
    pairs = [(pattern.lower(), row) for row in _data()["base"] for pattern in row["match"]]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0].rstrip("*")) * 2 - ("*" not in pair[0])))


@cache
def _bare_patterns() -> tuple[tuple[str, str, Mapping[str, Any]], ...]:
    """`(second half folded, whole pattern, row)`, longest first; the maker's own before copies of it."""
    triples = [
        (pattern.partition("/")[2].lower(), pattern, row)
        for row in _data()["base"]
        for pattern in row["match"]
    ]
    kept = [triple for triple in triples if len(triple[0].rstrip("*")) >= 4]
    return tuple(sorted(kept, key=lambda triple: -len(triple[0].rstrip("*"))))


@cache
def _by_words() -> tuple[tuple[str, str, Mapping[str, Any]], ...]:
    """`(name folded, name, row)`, longest first."""
    named = [(_fold(name), name, row) for row in _data()["base"] for name in row.get("names", ())]
    return tuple(sorted(named, key=lambda item: -len(item[0])))


@cache
def _services() -> tuple[tuple[str, str, Mapping[str, Any]], ...]:
    named = [(_fold(name), name, row) for row in _data()["service"] for name in row["names"]]
    return tuple(sorted(named, key=lambda item: -len(item[0])))


def _fold(name: str) -> str:
    return re.sub(r"[\s_.\-]+", " ", name.lower()).strip()


def named_licences(expression: str) -> tuple[tuple[Licence, ...], bool]:
    """The licences of an expression of this table, and whether one may be picked."""
    known = {**licences(), **_own_licences()}
    if expression in known:
        return (known[expression],), False
    parts = expression.split(" AND ")
    if len(parts) > 1 and all(part in known for part in parts):
        return tuple(known[part] for part in parts), False
    read = resolve_field(expression) if expression else None
    return (read.licences, read.choice) if read is not None else ((), False)


def models_under(licence: str) -> tuple[str, ...]:
    """Patterns of the ids of base models under a licence, alone or beside others."""
    return tuple(
        sorted(
            pattern
            for row in _data()["base"]
            if licence in row.get("licence", "").replace("(", " ").replace(")", " ").split()
            for pattern in row["match"]
        )
    )


def by_id(name: str) -> Known | None:
    """What is known of a hub id; None when no row matches it."""
    folded = name.strip().lower()
    if not folded or len(folded) > ID_CHARS or ("/" not in folded and len(folded) < 4):
        return None
    row = next((row for pattern, row in _patterns() if fnmatchcase(folded, pattern)), None)
    if row is None:
        return None
    return _known(name.strip(), row)


def by_bare_name(name: str) -> Known | None:
    """What is known of a model by the second half of its id, as quantised copies keep it."""
    folded = _QUANT.sub("", name.strip()).lower()
    if not 4 <= len(folded) <= ID_CHARS:
        return None
    for bare, pattern, row in _bare_patterns():
        if fnmatchcase(folded, bare):
            return _known(f"{pattern.partition('/')[0]}/{_QUANT.sub('', name.strip())}", row)
    return None


def by_words(words: str) -> Known | None:
    """A model or service that a sentence calls by its usual name; the longest name wins."""
    folded = f" {_fold(re.sub(r'[^A-Za-z0-9.+/_ -]', ' ', words[:400]))} "
    for plain, name, row in _by_words():
        if re.search(rf"(?<![\w.]){re.escape(plain)}(?!\w)", folded):
            return _known(name, row)
    return service(words)


def service(words: str) -> Known | None:
    """A hosted model that words name: its outputs come with terms."""
    folded = f" {_fold(re.sub(r'[^A-Za-z0-9.+/_ -]', ' ', words[:400]))} "
    for plain, name, row in _services():
        if re.search(rf"(?<![\w.]){re.escape(plain)}(?!\w)", folded):
            return Known(
                id=name,
                licences=(_own_licences()[row["id"]],),
                choice=False,
                source=row["source"],
                date=row["date"],
                is_read=row["basis"] == "read",
                note=row["says"],
                is_service=True,
            )
    return None


def _known(name: str, row: Mapping[str, Any]) -> Known:
    found, choice = named_licences(row["licence"])
    return Known(
        id=name,
        licences=found,
        choice=choice,
        source=row["source"],
        date=row["date"],
        is_read=row["basis"] == "read",
        note=row.get("note", ""),
        maker=name.strip().partition("/")[0] if "/" in name else row["match"][0].partition("/")[0],
    )


def dataset(name: str) -> Known | None:
    """Whose outputs a well-known data set holds; None when none that is known."""
    folded = name.strip().lower()
    for row in _data()["dataset"]:
        if any(fnmatchcase(folded, pattern.lower()) for pattern in row["match"]):
            found, choice = named_licences(row["made_with"])
            return Known(
                id=name.strip(),
                licences=found,
                choice=choice,
                source=row["source"],
                date=row["date"],
                is_read=row["basis"] == "read",
                is_service=row["made_with"].endswith(("-services", "-api")),
            )
    return None


def is_quantised_name(name: str) -> bool:
    """Whether a repository's name says that it holds a quantised copy."""
    return bool(_QUANT.search(name))


def without_quantisation(name: str) -> str:
    return _QUANT.sub("", name)
