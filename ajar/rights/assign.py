"""Which licence covers what: texts, tags, statements and headers, each laid on the scopes it speaks for.

A text covers what stands with it, unless its name, its place or a statement says otherwise. A package's
own licence covers the package's code; weights that it only carries keep the licence their card names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ajar.model.component import LicenceMatch, MatchKind, Scope
from ajar.model.dossier import Dossier
from ajar.model.evidence import Evidence, Location, Text
from ajar.rights.match import identify
from ajar.rights.names import mentions, resolve_expression

_ALL = (Scope.CODE, Scope.WEIGHTS, Scope.DATA, Scope.DOCUMENTS)
_WITH_TEXT = frozenset({MatchKind.EXACT, MatchKind.TEMPLATE, MatchKind.MODIFIED, MatchKind.UNKNOWN})

_NAMED_SCOPES = (
    (re.compile(r"(model|weights?|checkpoint|params)", re.IGNORECASE), (Scope.WEIGHTS,)),
    (re.compile(r"(code|software|source)", re.IGNORECASE), (Scope.CODE,)),
    (re.compile(r"(data|dataset)", re.IGNORECASE), (Scope.DATA,)),
    (re.compile(r"(docs?|documentation)", re.IGNORECASE), (Scope.DOCUMENTS,)),
)
_PACKAGE_PLACE = re.compile(r"\.(dist-info|egg-info)(/|$)")
_ASIDE = re.compile(r"(^|/)(third[-_]?party|vendor|node_modules|licenses?|tests?)/", re.IGNORECASE)
_CODE_AND_MODELS = re.compile(
    r"\bcode (?:and|&) (?:the |associated )?(?:\w+ ){0,2}(models?|weights)\b", re.IGNORECASE
)
_APPLIES = re.compile(r"\b(?:following|this) licen[cs]e applies to (?P<what>[^.\n]{3,300})", re.IGNORECASE)
_SCOPE_WORDS = (
    (Scope.CODE, re.compile(r"\b(code|software|source|scripts?)\b", re.IGNORECASE)),
    (Scope.WEIGHTS, re.compile(r"\b(models?|weights?|checkpoints?|parameters)\b", re.IGNORECASE)),
    (Scope.DATA, re.compile(r"\b(datasets?|data|corpus)\b", re.IGNORECASE)),
    (Scope.DOCUMENTS, re.compile(r"\b(documentation|docs|documents|artifacts|artefacts)\b", re.IGNORECASE)),
)


def matches(dossier: Dossier) -> tuple[LicenceMatch, ...]:
    """Every licence found in a release, with the scopes it applies to, strongest kinds first."""
    said = [*_tags(dossier), *_mentions(dossier), *_package_fields(dossier), *_headers(dossier)]
    texts = list(_texts(dossier))
    texts = [_extended(match, said, dossier) for match in texts]
    said = [_with_text(match, texts) for match in said]
    order = {kind: number for number, kind in enumerate(MatchKind)}
    found = [match for match in (*texts, *said) if match.applies_to]
    return tuple(sorted(found, key=lambda match: (order[match.match], str(match.location), match.licence.id)))


def _texts(dossier: Dossier) -> Iterable[LicenceMatch]:
    documents = {item.location.path: item for item in dossier.all("licence.document")}
    for text in dossier.texts:
        document = documents.get(text.path)
        if document is None or document.value != "licence":
            continue
        found = identify(text.text)
        for item in found:
            scopes, why = _scopes_of_file(text.path, dossier)
            yield LicenceMatch(
                licence=item.licence,
                match=item.match,
                location=replace(document.location, line=item.first_line),
                applies_to=scopes,
                because=why,
                quote=_first_words(text, item.first_line),
                differences=item.differences,
                text_present=item.match is not MatchKind.REFERENCE,
            )
        if not found:
            yield from _named_only(text, document)


def _named_only(text: Text, document: Evidence) -> Iterable[LicenceMatch]:
    """A licence file that only names a licence, or links to its text."""
    for mention in mentions(text.text)[:1]:
        yield LicenceMatch(
            licence=mention.licence,
            match=MatchKind.REFERENCE,
            location=replace(document.location, line=mention.line),
            applies_to=mention.scopes or _ALL,
            because="the licence file names a licence and does not hold its text",
            quote=mention.quote,
        )


def _scopes_of_file(path: str, dossier: Dossier) -> tuple[tuple[Scope, ...], str]:
    name = PurePosixPath(path).name
    if _PACKAGE_PLACE.search(path):
        return (Scope.CODE,), "it stands in the package's metadata and covers the package's code"
    if _ASIDE.search(path):
        return (), "it stands beside other people's work"
    bare = re.sub(r"licen[cs]e|copying|\.\w+$", "", name, flags=re.IGNORECASE)
    for pattern, scopes in _NAMED_SCOPES:
        if pattern.search(bare):
            return scopes, f"its name, {name}, says what it covers"
    if any(item.family == "weights" and not _ASIDE.search(item.path) for item in dossier.files):
        return _ALL, "it stands at the release's side and names no part"
    return (Scope.CODE, Scope.DOCUMENTS), "it stands in the repository; no weights stand with it"


def _extended(match: LicenceMatch, said: Sequence[LicenceMatch], dossier: Dossier) -> LicenceMatch:
    """A text covers further scopes where a statement of the same licence says so."""
    if not match.applies_to:
        return match
    named = {scope for other in said if other.licence.id == match.licence.id for scope in other.applies_to}
    reason = match.because
    if Scope.WEIGHTS not in match.applies_to and not _PACKAGE_PLACE.search(match.location.path):
        covering = next(
            (
                other
                for other in said
                if other.licence.id == match.licence.id and Scope.WEIGHTS in other.applies_to
            ),
            None,
        )
        place = str(covering.location) if covering else _says_code_and_models(dossier, match)
        if place:
            named.add(Scope.WEIGHTS)
            reason = f"{reason}; {place} says that it covers the weights too"
    if _PACKAGE_PLACE.search(match.location.path):
        named.discard(Scope.WEIGHTS)
    weights_said = {other.licence.id for other in said if Scope.WEIGHTS in other.applies_to}
    scopes = tuple(scope for scope in _ALL if scope in {*match.applies_to, *named})
    if (
        Scope.WEIGHTS in scopes
        and weights_said
        and match.licence.id not in weights_said
        and _is_package(dossier)
    ):
        scopes = tuple(scope for scope in scopes if scope is not Scope.WEIGHTS)
        reason = "it covers the package; the weights that the package carries name another licence"
    return replace(match, applies_to=scopes, because=reason)


def _is_package(dossier: Dossier) -> bool:
    return bool(dossier.all("package.name"))


def _says_code_and_models(dossier: Dossier, match: LicenceMatch) -> str:
    """Where the repository's own first page says that it is code and models, under its one licence."""
    for text in dossier.texts:
        if text.path.lower() not in {"readme.md", "readme.rst", "readme"}:
            continue
        found = _CODE_AND_MODELS.search(text.text[:3000])
        if found and match.location.path.count("/") == 0:
            return f"{text.path}:{text.text.count(chr(10), 0, found.start()) + 1}"
    return ""


def _tags(dossier: Dossier) -> Iterable[LicenceMatch]:
    """Licence fields of cards, configurations and weight files: the publisher's word on the model."""
    for item in dossier.all("card.license", "weights.licence", "config.licence"):
        if _ASIDE.search(item.location.path):
            continue
        name = str(item.value)
        if name.lower() in {"other", "unknown"}:
            names = [
                str(named.value)
                for named in dossier.all("card.license-name", "weights.licence-name")
                if named.location.path == item.location.path
            ]
            name = names[0] if names else name
        for licence in resolve_expression(name):
            yield LicenceMatch(
                licence=licence,
                match=MatchKind.TAG,
                location=item.location,
                applies_to=(Scope.WEIGHTS, Scope.DOCUMENTS),
                because=f"the field {item.key.replace('.', ' ')} names it",
                quote=item.quote or name,
            )


def _package_fields(dossier: Dossier) -> Iterable[LicenceMatch]:
    for item in dossier.all("package.licence"):
        if _ASIDE.search(item.location.path):
            continue
        for licence in resolve_expression(str(item.value)):
            yield LicenceMatch(
                licence=licence,
                match=MatchKind.TAG,
                location=item.location,
                applies_to=(Scope.CODE,),
                because="the package's metadata names it",
                quote=item.quote or str(item.value),
            )


def _mentions(dossier: Dossier) -> Iterable[LicenceMatch]:
    """Sentences of documents that name the licence of something."""
    licence_files = {item.location.path for item in dossier.all("licence.document")}
    described = {item.location.path for item in dossier.all("card.words", "package.name")}
    for text in dossier.texts:
        if text.path in licence_files or text.path not in described or _ASIDE.search(text.path):
            continue
        spread = _spread_scopes(text)
        silent = (Scope.CODE, Scope.DOCUMENTS)
        if re.search(r"model[-_]?card", text.path, re.IGNORECASE):
            silent = (Scope.WEIGHTS, Scope.DOCUMENTS)
        fields_end = (
            text.text.count("\n", 0, max(text.text.find("\n\n"), 0))
            if _PACKAGE_PLACE.search(text.path)
            else 0
        )
        for mention in mentions(text.text):
            if mention.line <= fields_end:
                continue
            scopes = mention.scopes or _near(spread, mention.line) or silent
            yield LicenceMatch(
                licence=mention.licence,
                match=MatchKind.REFERENCE,
                location=Location(path=text.path, line=mention.line),
                applies_to=scopes,
                because=f"the document names it{f' for {mention.subject}' if mention.subject else ''}",
                quote=mention.quote,
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
        if not _ASIDE.search(item.location.path):
            found[str(item.value)] += 1
            first.setdefault(str(item.value), item)
    for name, count in found.most_common(8):
        for licence in resolve_expression(name):
            yield LicenceMatch(
                licence=licence,
                match=MatchKind.REFERENCE,
                location=first[name].location,
                applies_to=(Scope.CODE,),
                because=f"the headers of {count} source file{'s' if count > 1 else ''} name it",
                quote=first[name].quote or name,
            )


def _with_text(match: LicenceMatch, texts: Sequence[LicenceMatch]) -> LicenceMatch:
    """A tag or statement has its text present when the same licence's text covers the same scopes."""
    covered = any(
        text.licence.id == match.licence.id
        and text.match in _WITH_TEXT
        and set(match.applies_to).intersection(text.applies_to)
        for text in texts
    )
    return replace(match, text_present=covered)


def _first_words(text: Text, line: int) -> str:
    lines = text.text.split("\n")[max(line - 1, 0) :]
    return next((words.strip()[:120] for words in lines if words.strip()), "")
