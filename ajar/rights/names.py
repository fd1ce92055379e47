"""Licences by name: ids, hub tags, common spellings, SPDX expressions and addresses.

A name is the publisher's word, never a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import unquote

from ajar.model.component import Licence
from ajar.rights.data_store import aliases, licences, rows
from ajar.rights.expressions import hub_tags, own_terms, parse

_CLASSIFIER = "license :: osi approved :: "
_NAME_CHARS = 300

# Names with a shape of their own, found in running text. A bare "MIT" counts only beside the word licence.
NAME_IN_TEXT = re.compile(
    r"(?P<modified>\bmodified[ -]+)?(?:"
    r"(?P<apache>\bapache(?:[- ]| software )?(?:license)?,?[- ]*(?:version |v)?2(?:\.0)?\b(?: license)?)"
    r"|(?P<mit>\bMIT(?=[- ]licen[cs]|\b.{0,12}licen[cs]e|\s*$|\]\())"
    r"|(?P<bsd>\b(?:BSD[- ][23][- ]clause|[23][- ]clause BSD)\b)"
    r"|(?P<cc>\bCC(?:0|[- ]BY(?:[- ]NC)?(?:[- ](?:SA|ND))?)(?:[- ]?[1-4]\.0)?\b)"
    r"|(?P<gpl>\b(?:A|L)?GPL[- ]?v?[23](?:\.[01])?\b)"
    r"|(?P<llama>\b(?:meta )?llama[ -]?(?:2|3(?:\.[123])?|4) community licen[cs]e(?: agreement)?)"
    r"|(?P<gemma>\bgemma (?:terms of use|licen[cs]e))"
    r"|(?P<mnpl>\bMNPL\b|mistral ai non-production licen[cs]e)"
    r"|(?P<mrl>\bMRL\b|mistral ai research licen[cs]e)"
    r"|(?P<rail>\b(?:creativeml |bigscience |bigcode )?open ?rail(?:\+\+)?-?M?\b(?: v1)?)"
    r"|(?P<mdw>\bOpenMDW[- ]1\.[01]\b)"
    r"|(?P<xai>\b(?:grok-?2|xai) community licen[cs]e)"
    r"|(?P<falcon>\btii falcon licen[cs]e)"
    r")",
    re.IGNORECASE,
)
_FIXED = {
    "apache": "Apache-2.0",
    "mit": "MIT",
    "gemma": "gemma",
    "mnpl": "mistral-mnpl-0.1",
    "mrl": "mistral-mrl-0.1",
    "xai": "xai-community",
    "falcon": "falcon-llm-2.0",
}
_BRANCH = re.compile(r"/(?:blob|raw|resolve|tree)/[^/]{1,100}(?=/)")
_ENDING = re.compile(r"\.(?:txt|html?|md|pdf)$")
# Both pages of a licence of Creative Commons, in any language.
_CREATIVE = re.compile(r"^(creativecommons\.org/[a-z]+/[a-z-]+/\d\.\d)/(?:legalcode|deed)(?:\.[\w-]{1,12})?$")
_SEE_FILE = re.compile(
    r"^(?:see licen[cs]e(?: file)?(?: in)?\s*)?<?(?P<path>[\w./-]{1,200})>?$", re.IGNORECASE
)
_LICENCE_FILE = re.compile(r"(?:^|[/._-])(?:licen[cs]e|copying)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What a field names. `choice` when the licensee may pick one of the licences."""

    licences: tuple[Licence, ...] = ()
    choice: bool = False
    is_family: bool = False  # a hub tag for several licences; which one is not said
    file: str = ""  # the field points to a file and names nothing


@cache
def _by_name() -> Mapping[str, str]:
    """Every spelling, folded, to the id it means. Hand-written rows win over SPDX's names."""
    table: dict[str, str] = {}
    for name, licence in licences().items():
        table.setdefault(_fold(name), name)
        table.setdefault(_fold(licence.name), name)
    for name, others in aliases().items():
        table.update({_fold(other): name for other in others})
    for row in rows():
        table[_fold(row["id"])] = row["id"]
        table.update({_fold(other): row["id"] for other in (row["name"], *row.get("aliases", ()))})
    return table


def _fold(name: str) -> str:
    bare = name.strip().lower().removeprefix("http://").removeprefix("https://").removeprefix("www.")
    bare = re.sub(r"\.(?:txt|html|md)$", "", _CREATIVE.sub(r"\1", bare.rstrip("/")))
    return re.sub(r"[\s_,\"'()-]+", " ", bare).strip()


def resolve(name: str) -> Licence | None:
    """The licence of an id, a hub tag, a usual spelling or an address; None when nobody knows it.

    A hub tag for a family gives the family, which is no licence that anybody could read.
    """
    return _resolve(name.strip()) if name and len(name) <= _NAME_CHARS else None


@lru_cache(maxsize=1024)
def _resolve(bare: str) -> Licence | None:
    tag = hub_tags().get(bare.lower())
    if tag is not None:
        return _tagged(bare.lower())
    if bare.lower().startswith(_CLASSIFIER):
        bare = bare[len(_CLASSIFIER) :]
    table = _by_name()
    found = table.get(_fold(bare)) or table.get(
        _fold(re.sub(r"\blicen[cs]e\b|\bthe\b", " ", bare, flags=re.IGNORECASE))
    )
    return licences().get(found) if found else (at_address(bare) if "/" in bare else None)


def _tagged(name: str) -> Licence | None:
    tag = hub_tags()[name]
    if tag.kind == "none":
        return None
    known = licences().get(tag.licence or tag.id)
    return known or tag.as_licence()


def resolve_field(text: str) -> Resolved:
    """What a licence field says, its expression or its pointer to a file followed."""
    bare = text.strip()
    tag = hub_tags().get(bare.lower())
    whole = resolve(bare)
    if whole is not None:
        return Resolved(licences=(whole,), is_family=tag is not None and tag.kind == "family")
    named = parse(bare)
    if named is not None:
        found = tuple(licence for name in named.names if (licence := resolve(name)) is not None)
        if found:
            unread = [own_terms("unknown", name) for name in named.names if resolve(name) is None]
            return Resolved(licences=(*found, *unread), choice=named.choice)
    pointed = _SEE_FILE.match(bare)
    if pointed and _LICENCE_FILE.search(pointed["path"]):
        return Resolved(file=pointed["path"])
    mention = next(iter(named_in(bare)), None)
    return Resolved(licences=(mention,) if mention is not None else ())


def resolve_expression(text: str) -> tuple[Licence, ...]:
    """The licences that a name or an SPDX expression names; none when nobody knows any of them."""
    return resolve_field(text).licences


def named_in(text: str) -> Iterator[Licence]:
    """Licences whose names stand in running text."""
    for _, licence in spans_in(text):
        yield licence


def spans_in(text: str) -> Iterator[tuple[tuple[int, int], Licence]]:
    """Licences named in running text with the place of each name. "Modified MIT" names nothing known."""
    for match in NAME_IN_TEXT.finditer(text):
        if match["modified"]:
            continue
        licence = resolve(match[0]) or resolve(_canonical(match))
        if licence is not None:
            yield match.span(), licence


def _canonical(match: re.Match[str]) -> str:
    """The id a pattern's find stands for, where its words are not an alias already."""
    kind, words = match.lastgroup or "", match[0].lower()
    digits = re.findall(r"\d(?:\.\d)?", words)
    if kind == "llama":
        return f"llama{digits[0]}" if digits else ""
    if kind == "bsd":
        return f"BSD-{digits[0]}-Clause"
    if kind == "cc":
        return (
            "CC0-1.0" if "cc0" in words else re.sub(r"\s+", "-", words.upper()) + ("" if digits else "-4.0")
        )
    if kind == "gpl":
        family = re.match(r"[al]?gpl", words)
        version = digits[0] if "." in (digits[0] if digits else "") else f"{digits[0]}.0"
        return f"{family[0].upper()}-{version}-only" if family else ""
    if kind == "rail":
        return "openrail++" if "++" in words else "openrail"
    return _FIXED.get(kind, words)


@cache
def _addresses() -> Mapping[str, str]:
    """Bare addresses to the licence whose text stands there."""
    import tomllib

    data = tomllib.loads((files("ajar.rights") / "data" / "addresses.toml").read_text("utf-8"))
    return {_bare_address(place): row["licence"] for row in data["address"] for place in row["at"]}


def _bare_address(address: str) -> str:
    bare = unquote(address).strip().lower().partition("://")[2] or unquote(address).strip().lower()
    bare = bare.partition("#")[0].partition("?")[0].removeprefix("www.").rstrip("/.")
    return _ENDING.sub("", _BRANCH.sub("", bare))


def at_address(address: str) -> Licence | None:
    """The licence whose text stands at an address; None when nobody knows."""
    if len(address) > _NAME_CHARS:
        return None
    found = _addresses().get(_bare_address(address))
    return licences().get(found) if found else None
