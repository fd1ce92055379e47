"""Which licence covers what: texts, tags, statements and headers, each laid on the parts it speaks for.

A text covers what stands with it, unless its name, its place or a statement says otherwise. A package's
own licence covers the package's code; weights that it only carries keep the licence their card names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from ajar.model.component import Licence, LicenceMatch, MatchKind, Scope
from ajar.model.dossier import Dossier
from ajar.model.evidence import Evidence, Location, Text
from ajar.rights import companions, texts
from ajar.rights.expressions import own_terms
from ajar.rights.names import Resolved, at_address, named_in, resolve, resolve_field
from ajar.rights.reach import described, extended, in_release, pointed_to
from ajar.rights.statements import Mention, badges, mentions, pointers, table_rows
from ajar.rights.texts import ALL, PACKAGE_PLACE

_WITH_TEXT = frozenset(
    {MatchKind.EXACT, MatchKind.TEMPLATE, MatchKind.MODIFIED, MatchKind.DERIVED, MatchKind.UNKNOWN}
)
_NO_NAME = frozenset({"other", "unknown", "unlicensed", "none", "n/a", "proprietary", "custom"})
_HEADERS = 8  # licences named by file headers, the most frequent first
_APPLIES = re.compile(r"\b(?:following|this) licen[cs]e applies to (?P<what>[^.\n]{3,300})", re.IGNORECASE)
_SCOPE_WORDS = (
    (Scope.CODE, re.compile(r"\b(code|software|source|scripts?)\b", re.IGNORECASE)),
    (Scope.WEIGHTS, re.compile(r"\b(models?|weights?|checkpoints?|parameters)\b", re.IGNORECASE)),
    (Scope.DATA, re.compile(r"\b(datasets?|data|corpus)\b", re.IGNORECASE)),
    (Scope.DOCUMENTS, re.compile(r"\b(documentation|docs|documents|artifacts|artefacts)\b", re.IGNORECASE)),
)
_ABOUT_CODE = frozenset({"codemeta.json", "composer.json"})
_ABOUT_ALL = frozenset({".zenodo.json", "zenodo.json"})


def matches(dossier: Dossier) -> tuple[LicenceMatch, ...]:
    """Every licence found in a release, with the parts it applies to, strongest kinds first."""
    found = texts.find(dossier)
    pointed = pointed_to(dossier, found)
    said = [
        *_tags(dossier, found),
        *_details(dossier),
        *_package_fields(dossier),
        *_mentions(dossier),
        *_headers(dossier),
        *_reuse(dossier),
        *_elsewhere(dossier, found),
    ]
    held = frozenset(scope for match in found for scope in match.applies_to)
    found = [extended(match, said, pointed, dossier, held) for match in found]
    found = companions.attach(found, dossier)
    said = [_with_text(match, found) for match in said]
    order = {kind: number for number, kind in enumerate(MatchKind)}
    kept = [match for match in (*found, *said) if match.applies_to]
    return tuple(sorted(kept, key=lambda match: (order[match.match], str(match.location), match.licence.id)))


def chosen(found: Sequence[LicenceMatch]) -> tuple[LicenceMatch, ...]:
    """The matches that bind: of a dual licence, the member with the fewest limits, as a licensee would pick."""
    picks: dict[tuple[str, str], LicenceMatch] = {}
    for match in found:
        if match.choice:
            key = (match.location.path, match.choice)
            best = picks.get(key)
            if best is None or _burden(match) < _burden(best):
                picks[key] = match
    dropped = {match.licence.id for match in found if match.choice} - {m.licence.id for m in picks.values()}
    return tuple(
        match
        for match in found
        if (not match.choice or picks[match.location.path, match.choice] is match)
        and (match.choice or match.licence.id not in dropped)
    )


def _burden(match: LicenceMatch) -> tuple[bool, int, bool]:
    licence = match.licence
    return licence.openness.value == "unknown", len(licence.limits), not match.text_present


def _tags(dossier: Dossier, found: Sequence[LicenceMatch]) -> Iterable[LicenceMatch]:
    """Licence fields of cards, configurations and weight files: the publisher's word on the model."""
    for item in dossier.all(
        "card.license", "weights.licence", "config.licence", "data-card.license", "card.tag"
    ):
        if texts.is_aside(item.location.path):
            continue
        value = str(item.value)
        if item.key == "card.tag":
            if not value.startswith("license:"):
                continue
            value = value.removeprefix("license:")
        scopes = _scopes_of_field(item)
        read = _field(value, item, dossier)
        for licence in read.licences:
            # A name of the publisher's own is the name of the text beside it, where one stands.
            if licence.id.startswith("LicenseRef-") and any(set(scopes) & set(m.applies_to) for m in found):
                continue
            yield LicenceMatch(
                licence=licence,
                match=MatchKind.TAG,
                location=item.location,
                applies_to=scopes,
                because=f"the field {item.key.replace('.', ' ')} names it"
                + (", a family of licences: which one is not said" if read.is_family else ""),
                quote=item.quote or value,
                choice=value if read.choice else "",
            )


def _details(dossier: Dossier) -> Iterable[LicenceMatch]:
    """The card's free words on its licence."""
    for item in dossier.all("card.field"):
        if item.location.pointer != "/license_details" or texts.is_aside(item.location.path):
            continue
        for licence in dict.fromkeys(named_in(str(item.value))):
            yield LicenceMatch(
                licence=licence,
                match=MatchKind.REFERENCE,
                location=item.location,
                applies_to=(Scope.WEIGHTS, Scope.DOCUMENTS),
                because="the card's licence details name it",
                quote=item.quote or str(item.value),
            )


def _scopes_of_field(item: Evidence) -> tuple[Scope, ...]:
    name = item.location.path.rpartition("/")[2].lower()
    if item.key.startswith("data-card"):
        return (Scope.DATA,)
    if name in _ABOUT_CODE:
        return (Scope.CODE,)
    if name in _ABOUT_ALL:
        return ALL
    return (Scope.WEIGHTS, Scope.DOCUMENTS)


def _field(value: str, item: Evidence, dossier: Dossier) -> Resolved:
    """What a field names; of `other`, what the name and the link beside it do."""
    if value.strip().lower() not in _NO_NAME:
        read = resolve_field(value)
        is_name = len(value) <= 120 and not read.licences and not read.file
        return Resolved(licences=(own_terms("terms", value),)) if is_name else read
    prefix = item.key.rpartition(".")[0]
    beside = {
        key: str(named.value)
        for key in ("license-name", "licence-name", "license-link", "licence-link")
        for named in dossier.all(f"{prefix}.{key}")
        if named.location.path == item.location.path
    }
    name = beside.get("license-name") or beside.get("licence-name") or ""
    link = beside.get("license-link") or beside.get("licence-link") or ""
    known = (
        resolve(name) or at_address(link) or next(iter(resolve_field(name).licences if name else ()), None)
    )
    if known is not None:
        return Resolved(licences=(known,))
    return Resolved(licences=(own_terms("terms", name or link),)) if name or link else Resolved()


def _package_fields(dossier: Dossier) -> Iterable[LicenceMatch]:
    for item in dossier.all("package.licence", "code.package-licence"):
        if texts.is_aside(item.location.path):
            continue
        read = resolve_field(str(item.value))
        for licence in read.licences:
            yield LicenceMatch(
                licence=licence,
                match=MatchKind.TAG,
                location=item.location,
                applies_to=(Scope.CODE,),
                because="the package's metadata names it",
                quote=item.quote or str(item.value),
                choice=str(item.value) if read.choice else "",
            )


def _mentions(dossier: Dossier) -> Iterable[LicenceMatch]:
    """Sentences, table rows and badges of documents that name the licence of something."""
    for text in described(dossier):
        spread = _spread_scopes(text)
        silent: tuple[Scope, ...] = (Scope.CODE, Scope.DOCUMENTS)
        if re.search(r"model[-_]?card", text.path, re.IGNORECASE):
            silent = (Scope.WEIGHTS, Scope.DOCUMENTS)
        fields_end = (
            text.text.count("\n", 0, max(text.text.find("\n\n"), 0)) if PACKAGE_PLACE.search(text.path) else 0
        )
        said: tuple[Mention, ...] = (*mentions(text.text), *badges(text.text), *table_rows(text.text))
        for mention in said:
            if mention.line <= fields_end:
                continue
            scopes = mention.scopes or _near(spread, mention.line) or silent
            words = {"badge": "a badge", "table": "a table row"}.get(mention.through, "the document")
            yield LicenceMatch(
                licence=mention.licence,
                match=MatchKind.REFERENCE,
                location=Location(path=text.path, line=mention.line),
                applies_to=scopes,
                because=f"{words} names it{f' for {mention.subject}' if mention.subject else ''}",
                quote=mention.quote,
                subject=mention.subject,
            )


def _spread_scopes(text: Text) -> list[tuple[int, tuple[Scope, ...]]]:
    """Lines that say what "the following licence" applies to."""
    found = []
    for match in _APPLIES.finditer(text.text):
        scopes = tuple(scope for scope, words in _SCOPE_WORDS if words.search(match["what"]))
        found.append((text.text.count("\n", 0, match.start()) + 1, scopes))
    return found


def _near(spread: list[tuple[int, tuple[Scope, ...]]], line: int) -> tuple[Scope, ...]:
    return next((scopes for at, scopes in reversed(spread) if 0 <= line - at <= 15), ())


def _headers(dossier: Dossier) -> Iterable[LicenceMatch]:
    """File headers of the source, one match for each licence they name."""
    found: Counter[str] = Counter()
    first: dict[str, Evidence] = {}
    for item in dossier.all("code.spdx", "code.licence-header"):
        if not texts.is_aside(item.location.path):
            found[str(item.value)] += 1
            first.setdefault(str(item.value), item)
    for name, count in found.most_common(_HEADERS):
        read = resolve_field(name)
        for licence in read.licences:
            yield LicenceMatch(
                licence=licence,
                match=MatchKind.REFERENCE,
                location=first[name].location,
                applies_to=(Scope.CODE,),
                because=f"the headers of {count} source file{'s' if count > 1 else ''} name it",
                quote=first[name].quote or name,
                choice=name if read.choice else "",
            )


def _reuse(dossier: Dossier) -> Iterable[LicenceMatch]:
    """REUSE information, one match for each pattern that meets a file."""
    for item in dossier.all("reuse.licence"):
        pattern = item.location.pointer or ""
        folder = item.location.path.rpartition("/")[0].removesuffix(".reuse").rstrip("/")
        whole = pattern if item.location.path.endswith(".license") else f"{folder}/{pattern}".lstrip("/")
        files = [entry for entry in dossier.files if fnmatchcase(entry.path, whole)]
        held = {texts.FAMILY_SCOPES[entry.family] for entry in files if entry.family in texts.FAMILY_SCOPES}
        read = resolve_field(str(item.value))
        for licence in read.licences if held else ():
            yield LicenceMatch(
                licence=licence,
                match=MatchKind.REFERENCE,
                location=item.location,
                applies_to=tuple(scope for scope in ALL if scope in held),
                because=f"REUSE information lays it on {len(files)} file{'s' if len(files) > 1 else ''}",
                quote=item.quote,
                choice=str(item.value) if read.choice else "",
            )


def _elsewhere(dossier: Dossier, found: Sequence[LicenceMatch]) -> Iterable[LicenceMatch]:
    """Sentences that send the reader to a known licence text outside the release."""
    paths = {match.location.path.lower() for match in found}
    for text in described(dossier):
        for pointer in pointers(text.text):
            licence: Licence | None = at_address(pointer.target) if "://" in pointer.target else None
            if licence is None or in_release(pointer.target, text.path, dossier) in paths:
                continue
            yield LicenceMatch(
                licence=licence,
                match=MatchKind.REFERENCE,
                location=Location(path=text.path, line=pointer.line),
                applies_to=pointer.scopes or (Scope.WEIGHTS, Scope.DOCUMENTS),
                because=f"the document points to its text at {pointer.target}",
                quote=pointer.quote,
            )


def _with_text(match: LicenceMatch, found: Sequence[LicenceMatch]) -> LicenceMatch:
    """A tag or statement has its text present when the same licence's text covers the same parts."""
    covered = any(
        text.licence.id == match.licence.id
        and text.match in _WITH_TEXT
        and set(match.applies_to).intersection(text.applies_to)
        for text in found
    )
    return replace(match, text_present=covered)
