"""Licence texts of a release: what each is, and which part of the release its place and name give it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ajar.model.component import LicenceMatch, MatchKind, Scope
from ajar.model.dossier import Dossier
from ajar.model.evidence import Evidence, Text
from ajar.model.report import FileFacts
from ajar.rights.match import Identification, identify
from ajar.rights.names import at_address
from ajar.rights.statements import mentions

ALL = (Scope.CODE, Scope.WEIGHTS, Scope.DATA, Scope.DOCUMENTS)
_NAMED_SCOPES = (
    (re.compile(r"(model|weights?|checkpoint|params)", re.IGNORECASE), (Scope.WEIGHTS,)),
    (re.compile(r"(code|software|source)", re.IGNORECASE), (Scope.CODE,)),
    (re.compile(r"(data|dataset)", re.IGNORECASE), (Scope.DATA,)),
    (re.compile(r"(docs?|documentation)", re.IGNORECASE), (Scope.DOCUMENTS,)),
)
FAMILY_SCOPES = {
    "weights": Scope.WEIGHTS,
    "code": Scope.CODE,
    "data": Scope.DATA,
    "document": Scope.DOCUMENTS,
}
PACKAGE_PLACE = re.compile(r"\.(dist-info|egg-info)(/|$)")
_ASIDE = re.compile(r"(^|/)(third[-_]?party|vendor|node_modules|tests?)/", re.IGNORECASE)
_SHELF = re.compile(
    r"(^|/)(?:[\w-]{1,40}[_-])?licen[cs]es/", re.IGNORECASE
)  # texts that others refer to (REUSE 3.3)
_OF_MODELS = re.compile(r"\bweights\b|\bmodels?\b", re.IGNORECASE)
_OF_MODELS_TIMES = 5  # Apache-2.0, MIT, GPL and CC speak of neither; the shortest model licence does 7 times
_URL = re.compile(r"https?://[^\s<>\"')\]]{4,300}")


def is_aside(path: str) -> bool:
    """Whether a file belongs to other people's work, or to tests."""
    return bool(_ASIDE.search(path))


def on_shelf(path: str) -> bool:
    """Whether a text lies in a folder of licences, where it covers only what refers to it."""
    return bool(_SHELF.search(path)) and not PACKAGE_PLACE.search(path)


def find(dossier: Dossier) -> list[LicenceMatch]:
    """Every licence document, identified, with the parts it covers by its place and name."""
    documents = {item.location.path: item for item in dossier.all("licence.document")}
    found: list[LicenceMatch] = []
    for text in dossier.texts:
        document = documents.get(text.path)
        if document is None or document.value != "licence":
            continue
        scopes, why, subject = _covered(text, dossier)
        read = identify(text.text)
        found += (_match(item, text, document, scopes, why, subject) for item in read)
        if not read:
            found += (replace(item, subject=subject) for item in _only_named(text, document, scopes))
    return _inner_first(found, dossier)


def _match(
    item: Identification,
    text: Text,
    document: Evidence,
    scopes: tuple[Scope, ...],
    why: str,
    subject: str,
) -> LicenceMatch:
    return LicenceMatch(
        licence=item.licence,
        match=item.match,
        location=replace(document.location, line=item.first_line),
        applies_to=scopes,
        because=why,
        quote=_first_words(text, item.first_line),
        differences=item.differences,
        text_present=item.match is not MatchKind.REFERENCE,
        share=item.share,
        nearest=item.nearest,
        last_line=item.last_line,
        subject=subject,
    )


def _only_named(text: Text, document: Evidence, scopes: tuple[Scope, ...]) -> Iterable[LicenceMatch]:
    """A licence file that names a licence, or gives an address, and does not hold the text."""
    for mention in mentions(text.text)[:1]:
        yield LicenceMatch(
            licence=mention.licence,
            match=MatchKind.REFERENCE,
            location=replace(document.location, line=mention.line),
            applies_to=mention.scopes or scopes,
            because="the licence file names a licence and does not hold its text",
            quote=mention.quote,
        )
        return
    for address in list(_URL.finditer(text.text[:4000]))[:4]:
        licence = at_address(address[0].rstrip(".,;"))
        if licence is not None:
            yield LicenceMatch(
                licence=licence,
                match=MatchKind.REFERENCE,
                location=replace(document.location, line=text.text.count("\n", 0, address.start()) + 1),
                applies_to=scopes,
                because=f"the licence file only points to {address[0]}",
                quote=" ".join(text.text[max(0, address.start() - 80) : address.end()].split()),
            )
            return


def _covered(text: Text, dossier: Dossier) -> tuple[tuple[Scope, ...], str, str]:
    """The parts that a text covers, why, and the folder it is confined to (`""`: none)."""
    path = text.path
    name = PurePosixPath(path).name
    if PACKAGE_PLACE.search(path):
        return (Scope.CODE,), "it stands in the package's metadata and covers the package's code", ""
    if is_aside(path):
        return (), "it stands beside other people's work", ""
    if on_shelf(path):
        return (), "it lies in a folder of licences and covers what refers to it", ""
    folder = path.rpartition("/")[0]
    bare = re.sub(r"licen[cs]e|copying|\.(?:txt|md|rst|html?)$", "", name, flags=re.IGNORECASE)
    for pattern, scopes in _NAMED_SCOPES:
        if pattern.search(bare):
            return scopes, f"its name, {name}, says what it covers", f"{folder}/" if folder else ""
    if folder:
        inside = _families(item for item in dossier.files if item.path.startswith(f"{folder}/"))
        outside = any(not item.path.startswith(f"{folder}/") for item in dossier.files)
        if inside and outside:
            return inside, f"it stands in {folder}/ and covers what is there", f"{folder}/"
    if any(item.family == "weights" and not is_aside(item.path) for item in dossier.files):
        return ALL, "it stands at the release's side and names no part", ""
    if len(_OF_MODELS.findall(text.text[:100_000])) >= _OF_MODELS_TIMES:
        return ALL, "its own words speak of the model; the weights stand elsewhere", ""
    return (Scope.CODE, Scope.DOCUMENTS), "it stands in the repository; no weights stand with it", ""


def _families(files: Iterable[FileFacts]) -> tuple[Scope, ...]:
    held = {FAMILY_SCOPES[item.family] for item in files if item.family in FAMILY_SCOPES}
    return tuple(scope for scope in ALL if scope in held)


def _inner_first(found: Sequence[LicenceMatch], dossier: Dossier) -> list[LicenceMatch]:
    """Where folders with texts of their own hold all files of a kind, the outer text does not reach them."""
    folders = [match for match in found if match.subject.endswith("/")]
    # A text whose name says what it covers leaves the nameless one the rest.
    taken = {scope for match in found if is_named(match) and not match.subject for scope in match.applies_to}
    for family, scope in FAMILY_SCOPES.items():
        files = [item.path for item in dossier.files if item.family == family and not is_aside(item.path)]
        own = tuple(match.subject for match in folders if scope in match.applies_to)
        if files and own and all(path.startswith(own) for path in files):
            taken.add(scope)
    return [
        match
        if match.subject or is_named(match) or not taken.intersection(match.applies_to)
        else replace(
            match,
            applies_to=tuple(scope for scope in match.applies_to if scope not in taken),
            because=f"{match.because}; what has a text of its own is left to that",
        )
        for match in found
    ]


def is_named(match: LicenceMatch) -> bool:
    """Whether the text's own file name says what it covers."""
    return match.because.startswith("its name, ")


def _first_words(text: Text, line: int) -> str:
    lines = text.text.split("\n")[max(line - 1, 0) :]
    return next((words.strip()[:120] for words in lines if words.strip()), "")
