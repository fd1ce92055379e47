"""How far a licence text reaches beyond its place: statements that point to it, or name it for other parts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ajar.model.component import LicenceMatch, Scope
from ajar.model.dossier import Dossier
from ajar.model.evidence import Text
from ajar.rights import texts
from ajar.rights.names import resolve_field
from ajar.rights.statements import pointers
from ajar.rights.texts import ALL, PACKAGE_PLACE

Pointed = Mapping[str, Sequence[tuple[tuple[Scope, ...], str]]]  # path: (parts, where it is said)

_CODE_AND_MODELS = re.compile(
    r"\bcode (?:and|&) (?:the |associated )?(?:\w+ ){0,2}(models?|weights)\b", re.IGNORECASE
)


def described(dossier: Dossier) -> Iterable[Text]:
    """Documents that speak for the release."""
    licence_files = {item.location.path for item in dossier.all("licence.document")}
    described = {item.location.path for item in dossier.all("card.words", "package.name")}
    for text in dossier.texts:
        path = text.path
        if path in described and path not in licence_files and not texts.is_aside(path):
            yield text


def pointed_to(dossier: Dossier, found: Sequence[LicenceMatch]) -> Pointed:
    """Licence files that statements or fields send the reader to: `path: [(scopes, where it is said)]`."""
    there: dict[str, list[tuple[tuple[Scope, ...], str]]] = defaultdict(list)
    paths = {match.location.path.lower(): match.location.path for match in found}
    pages = {item.location.path for item in dossier.all("card.words")}  # a package speaks of itself only
    for text in described(dossier):
        for pointer in pointers(text.text) if text.path in pages else ():
            target = in_release(pointer.target, text.path, dossier)
            if target in paths and pointer.scopes:
                there[paths[target]].append((pointer.scopes, f"{text.path}:{pointer.line}"))
    for item in dossier.all("card.license-link", "weights.licence-link", "card.license"):
        value = str(item.value)
        target = in_release(value, item.location.path, dossier)
        if item.key == "card.license":
            target = in_release(resolve_field(value).file or ".", item.location.path, dossier)
        if target in paths:
            there[paths[target]].append(((Scope.WEIGHTS, Scope.DOCUMENTS), str(item.location)))
    return there


def in_release(target: str, page: str, dossier: Dossier) -> str:
    """A link's target as a path of this release, lower-case; `""` when it leads elsewhere."""
    bare = target.partition("#")[0].partition("?")[0]
    if "://" in bare:
        parts = bare.partition("://")[2].split("/")
        own = dossier.release.locator.name.replace("--", "/").rstrip("/").lower()
        if len(parts) < 6 or parts[3] not in {"blob", "raw", "resolve", "tree"}:
            return ""
        return "/".join(parts[5:]).lower() if _same_name(own, parts[2].lower()) else ""
    folder = page.rpartition("/")[0]
    stack = [part for part in folder.split("/") if part]
    for part in bare.split("/"):
        if part == ".." and stack:
            stack.pop()
        elif part not in {"", ".", ".."}:
            stack.append(part)
    inner = "/".join(stack).lower()
    held = {item.path.lower() for item in dossier.files}
    return inner if inner in held else bare.lower().lstrip("./")


def _same_name(own: str, repository: str) -> bool:
    """Whether a repository's name is the release's own, however its folder was called."""
    last = own.rpartition("/")[2]
    return last == repository or bool(re.search(rf"(?:^|[+_@-]){re.escape(repository)}(?:[@-]|$)", last))


def extended(
    match: LicenceMatch,
    said: Sequence[LicenceMatch],
    pointed: Pointed,
    dossier: Dossier,
    held: frozenset[Scope],
) -> LicenceMatch:
    """A text covers further parts where a statement points to it, or names the same licence for them."""
    shelved = texts.on_shelf(match.location.path)
    if not match.applies_to and not shelved:
        return match
    same = [other for other in said if other.licence.id == match.licence.id and not other.subject]
    if texts.is_named(match):
        same = []  # a text whose name says what it covers goes no further unless it is pointed to
    named = {scope for other in same for scope in other.applies_to}
    reason = match.because
    for scopes, place in pointed.get(match.location.path, ()):
        if not set(scopes) <= {*match.applies_to, *named}:
            reason = f"{reason}; {place} points to it for {' and '.join(scope.value for scope in scopes)}"
        named.update(scopes)
    if Scope.WEIGHTS not in {*match.applies_to, *named} and not PACKAGE_PLACE.search(match.location.path):
        if place := _says_code_and_models(dossier, match) if Scope.WEIGHTS not in held else "":
            named.add(Scope.WEIGHTS)
            reason = f"{reason}; {place} says that it covers the weights too"
    elif Scope.WEIGHTS not in match.applies_to and Scope.WEIGHTS in named and reason == match.because:
        covering = next((other for other in same if Scope.WEIGHTS in other.applies_to), None)
        if covering is not None:
            reason = f"{reason}; {covering.location} says that it covers the weights too"
    if PACKAGE_PLACE.search(match.location.path):
        named.discard(Scope.WEIGHTS)
    scopes = tuple(scope for scope in ALL if scope in {*match.applies_to, *named})
    if shelved and pointed.get(match.location.path):
        name = match.location.path.rpartition("/")[2]
        match = replace(match, subject=name)  # one of several texts, each for a model of its own
    return _not_over_said(replace(match, applies_to=scopes, because=reason), said, pointed, dossier)


def _not_over_said(
    match: LicenceMatch,
    said: Sequence[LicenceMatch],
    pointed: Pointed,
    dossier: Dossier,
) -> LicenceMatch:
    """A package's text does not reach weights for which the release names another licence."""
    named = {other.licence.id for other in said if Scope.WEIGHTS in other.applies_to}
    if (
        Scope.WEIGHTS not in match.applies_to
        or not named
        or match.licence.id in named
        or pointed.get(match.location.path)
        or not dossier.all("package.name")
    ):
        return match
    return replace(
        match,
        applies_to=tuple(scope for scope in match.applies_to if scope is not Scope.WEIGHTS),
        because="it covers the package; the weights that the package carries name another licence",
    )


def _says_code_and_models(dossier: Dossier, match: LicenceMatch) -> str:
    """Where the repository's own first page says that it is code and models, under its one licence."""
    for text in dossier.texts:
        if text.path.lower() not in {"readme.md", "readme.rst", "readme"}:
            continue
        found = _CODE_AND_MODELS.search(text.text[:3000])
        if found and match.location.path.count("/") == 0:
            return f"{text.path}:{text.text.count(chr(10), 0, found.start()) + 1}"
    return ""
