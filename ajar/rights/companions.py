"""Documents that belong to a licence: notices, use policies; and terms that stand elsewhere and bind all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ajar.model.component import LicenceMatch, MatchKind, Openness
from ajar.model.dossier import Dossier
from ajar.model.evidence import Evidence, Location

_READ_CHARS = 400_000
_ELSEWHERE = 6  # addresses told of one text
_SENTENCE_BEFORE = 400
_SENTENCE_AFTER = 200
_WORD = re.compile(r"[a-z]{4,}|\d+(?:\.\d+)?")
_COMMON = frozenset(
    word
    for line in (
        "policy acceptable prohibited restricted license licence agreement community this that with model terms from",
        "your will version shall other under such means include including these which services materials",
    )
    for word in line.split()
)
_POLICY_NAME = re.compile(
    r"(?:acceptable|prohibited|restricted)[ _-]use[ _-]policy|use[ _-]polic|usage[ _-]polic|\bAUP\b|use[ _-]restrictions",
    re.IGNORECASE,
)
# Words by which a text takes in terms that stand somewhere else.
_TAKES_IN = re.compile(
    r"incorporated(?: herein)? by (?:this )?reference|use policy|usage polic|\bAUP\b|use restrictions|"
    r"(?:terms|polic(?:y|ies)|guidelines|conditions) (?:\w+ ){0,6}(?:found|available|accessible|located|set (?:out|forth)|published) at|"
    r"(?:found|available|accessible) at|"
    r"(?:comply|consistent|accordance) with|refer to (?:the )?licen[cs]e|see (?:the )?(?:full )?licen[cs]e",
    re.IGNORECASE,
)
_BINDS = re.compile(
    r"polic(?:y|ies)|terms|guidelines|restrictions|\bAUP\b|licen[cs]e|conditions|agreement", re.IGNORECASE
)
_MATERIALS = re.compile(
    r"source code|documentation (?:accompanying|for)|manuals|made (?:publicly )?available by (?:us|\w+) at|distributed by \w+ at|"
    r"identified as an open source|based on the apache|wiki\.|contact|request a licen[cs]e|download",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>\"'`)\]|}]{4,300}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Terms that a licence text takes in and that are not in the release."""

    address: str
    location: Location
    quote: str
    kind: str  # policy | terms | whole: the text is only this address


def attach(found: Sequence[LicenceMatch], dossier: Dossier) -> list[LicenceMatch]:
    """Give each notice and use policy to the licence texts it belongs to: same folder, most words in common."""
    documents = tuple(
        item for item in dossier.all("licence.document") if item.value in {"notice", "use-policy"}
    )
    if not documents or not found:
        return list(found)
    owned: dict[int, list[Location]] = {}
    for document in documents:
        number = _owner(document, found, dossier)
        if number is not None:
            owned.setdefault(number, []).append(document.location)
    return [
        replace(match, companions=tuple(owned[number])) if number in owned else match
        for number, match in enumerate(found)
    ]


def _owner(document: Evidence, found: Sequence[LicenceMatch], dossier: Dossier) -> int | None:
    folder = document.location.path.rpartition("/")[0]
    texts = {text.path: text.text for text in dossier.texts}
    words = _words(
        f"{document.location.path} {document.quote} {texts.get(document.location.path, '')[:3000]}"
    )
    ranked = [
        (len(words & _words(f"{match.licence.id} {match.licence.name}")), -number)
        for number, match in enumerate(found)
        if folder == match.location.path.rpartition("/")[0] or not folder
    ]
    return -max(ranked)[1] if ranked else None


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.lower()) if word not in _COMMON}


def policies(dossier: Dossier) -> tuple[Evidence, ...]:
    """Use policies that are in the release."""
    return tuple(item for item in dossier.all("licence.document") if item.value == "use-policy")


def elsewhere(dossier: Dossier, found: Sequence[LicenceMatch]) -> Iterator[Elsewhere]:
    """Terms that licence texts take in by an address, where no document of the release holds them."""
    texts = {text.path: text.text for text in dossier.texts}
    has_policy = bool(policies(dossier))
    seen: set[str] = set()
    read: set[str] = set()
    for match in found:
        path = match.location.path
        if path in read or match.match is MatchKind.TAG or not _is_licence_file(path, dossier):
            continue
        read.add(path)
        if match.licence.openness is Openness.OPEN_CONTENT and match.match in {
            MatchKind.EXACT,
            MatchKind.TEMPLATE,
        }:
            continue  # their addresses lead to help and to translations
        for item in _taken_in(texts.get(path, "")[:_READ_CHARS], path, points_only=not match.text_present):
            if item.address not in seen and not (has_policy and item.kind == "policy"):
                seen.add(item.address)
                yield item


def _is_licence_file(path: str, dossier: Dossier) -> bool:
    return any(item.location.path == path for item in dossier.all("licence.document"))


def _taken_in(text: str, path: str, *, points_only: bool) -> Iterable[Elsewhere]:
    found: list[Elsewhere] = []
    for match in _URL.finditer(text):
        address = match[0].replace("\\", "").rstrip(".,;:*_")
        sentence = _sentence(text, match.start(), match.end())
        if address in {item.address for item in found}:
            continue
        binds = _TAKES_IN.search(sentence) and _BINDS.search(sentence) and not _MATERIALS.search(sentence)
        if not binds and not points_only:
            continue
        is_policy = bool(_POLICY_NAME.search(sentence) or re.search(r"use-?policy", address, re.IGNORECASE))
        found.append(
            Elsewhere(
                address=address,
                location=Location(path=path, line=text.count("\n", 0, match.start()) + 1),
                quote=sentence[:200],
                kind="whole" if points_only else "policy" if is_policy else "terms",
            )
        )
        if len(found) >= _ELSEWHERE:
            break
    return found


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence around an address, on one line."""
    before = text[max(0, start - _SENTENCE_BEFORE) : start]
    cut = max(before.rfind(". "), before.rfind(".\n"), before.rfind("\n\n"), before.rfind("; "))
    after = text[end : end + _SENTENCE_AFTER]
    stop = re.search(r"\.(?:\s|$)|\n\s*\n", after)
    return " ".join((before[cut + 1 :] + text[start:end] + after[: stop.start() if stop else None]).split())
