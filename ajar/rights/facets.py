"""The terms of a licence as found in a release: adjudicated facets, read again where the text was changed.

A restriction that is read in changed words counts at once. A restriction that changed words seem to lift
is kept, and a grant whose words were changed is for a person to check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from ajar.model.component import Difference, Licence, LicenceMatch, MatchKind, Openness
from ajar.model.terms import Clause, Facet, FacetDifference, Terms
from ajar.rights.clauses import clauses_of
from ajar.rights.data_store import store
from ajar.rights.records import Placed, Record, key_of, record
from ajar.rights.sentences import LIMIT_CHARS

_GRANTS = frozenset({"yes", "free", "granted"})
# Facets whose words name a thing: what a changed text names there stands for what the licence named.
_NAMING = frozenset(
    {
        Facet.NAMING,
        Facet.DISPLAY,
        Facet.INCORPORATED,
        Facet.USE_POLICY,
        Facet.LAW,
        Facet.NOTICES,
        Facet.AMENDMENT,
    }
)
_PERMISSIONS = (
    Facet.COMMERCIAL_USE,
    Facet.MODIFICATION,
    Facet.REDISTRIBUTION,
    Facet.SUBLICENCE,
    Facet.OUTPUTS,
    Facet.FIELD_OF_USE,
    Facet.TERRITORY,
    Facet.THRESHOLD,
    Facet.REVOCABLE,
)
_WEIGHTY = re.compile(
    r"\b(?:shall|must|not|no|only|except|unless|may|if|however|provided|prohibit\w*|forbid\w*|requir\w*|limit\w*"
    r"|restrict\w*|until|without|cannot|never|subject|solely|terminat\w*|revo\w+|fee|royalt\w*|prior|consent|permission)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"\b(?:not|no|non|only|except|unless|never|without)\b", re.IGNORECASE)
_QUOTE_CHARS = 200
_POLICY_NAME = re.compile(
    r"(?:^|/)(?:[\w.-]{0,40}[-_ ])?(?:use|usage|acceptable[-_ ]?use|prohibited[-_ ]?uses?)[-_ ]?(?:polic(?:y|ies)|restrictions?)?"
    r"(?:[-_ ][\w.-]{0,30})?(?:\.(?:md|txt|rst))?$|(?:^|/)aup(?:\.(?:md|txt))?$",
    re.IGNORECASE,
)
_LIMITS: Mapping[str, tuple[tuple[Facet, str, tuple[str, ...]], ...]] = {
    "non-commercial": ((Facet.COMMERCIAL_USE, "no", ()),),
    "user-threshold": ((Facet.COMMERCIAL_USE, "conditional", ()), (Facet.THRESHOLD, "ask-licence", ())),
    "revenue-threshold": ((Facet.COMMERCIAL_USE, "conditional", ()), (Facet.THRESHOLD, "ask-licence", ())),
    "field-of-use": ((Facet.FIELD_OF_USE, "limited", ()),),
    "use-policy": ((Facet.USE_POLICY, "binds", ()),),
    "territory": ((Facet.TERRITORY, "excluded", ()),),
    "naming": ((Facet.NAMING, "prefix", ()),),
    "display": ((Facet.DISPLAY, "required", ()),),
    "outputs-may-not-train": ((Facet.OUTPUTS, "may-not-train", ()),),
    "outputs-terms-follow": ((Facet.OUTPUTS, "terms-follow", ()),),
    "no-derivatives": ((Facet.MODIFICATION, "no", ()),),
    "no-redistribution": ((Facet.REDISTRIBUTION, "no", ()),),
    "share-alike": ((Facet.COPYLEFT, "share-alike", ()),),
    "registration": ((Facet.REGISTRATION, "commercial", ()), (Facet.COMMERCIAL_USE, "conditional", ())),
    "revocable": ((Facet.REVOCABLE, "any-time", ()),),
    "terms-may-change": ((Facet.AMENDMENT, "licensor", ()),),
}


def known_terms(licence: str) -> Terms | None:
    """The adjudicated terms of a licence by its id, without a text to place them in; `None` where nobody did."""
    known = record(licence)
    if known is None:
        return None
    return Terms(
        licence=known.licence,
        clauses=known.clauses,
        is_reviewed=known.reviewed,
        source=known.source,
        date=known.date,
        silence_permits=known.reviewed,
    )


def terms_of(match: LicenceMatch, text: str = "") -> Terms:
    """The terms of one match; `text` is the document it was found in, empty when only its name is there."""
    known = record(match.licence.id)
    here, first = _part(match, text)
    if match.match in {MatchKind.UNKNOWN, MatchKind.DERIVED, MatchKind.COMPOSITE}:
        return _read(match, here, first, record(match.nearest) if match.nearest else None)
    if match.match is MatchKind.MODIFIED:
        return _changed(match, here, first, known)
    if known is not None:
        placed = Placed(here, first) if here else None
        return Terms(
            licence=known.licence,
            clauses=tuple(_placed(clause, placed, match.location.path) for clause in known.clauses),
            is_reviewed=known.reviewed,
            source=known.source,
            date=known.date,
            silence_permits=known.reviewed,
        )
    return _unreviewed(match, here, first)


def all_terms(
    matches: Sequence[LicenceMatch], texts: Mapping[str, str], *, with_policies: bool = True
) -> tuple[Terms, ...]:
    """The terms of every match, of every part of a composite, and of the use policies beside them."""
    found: list[Terms] = []
    for match in matches:
        for part in match.parts or (match,):
            has_text = part.text_present and part.match not in {MatchKind.TAG, MatchKind.REFERENCE}
            found.append(terms_of(part, texts.get(part.location.path, "") if has_text else ""))
    policies = {path: text for path, text in sorted(texts.items()) if is_policy(path)}
    if with_policies and matches and policies:
        found = [_with_policies(terms, policies) for terms in found]
        found += [policy_terms(path, text) for path, text in policies.items()]
    return tuple(found)


def _with_policies(terms: Terms, policies: Mapping[str, str]) -> Terms:
    """Rows that rest on a document elsewhere, placed in the copy of it that the release holds."""
    if not any("://" in clause.path for clause in terms.clauses):
        return terms
    placed = [(path, Placed(text)) for path, text in policies.items()]
    clauses = []
    for clause in terms.clauses:
        where = next(
            ((path, at) for path, page in placed if "://" in clause.path and (at := page.find(clause.quote))),
            None,
        )
        if where is None:
            clauses.append(clause)
        else:
            path, (quote, line) = where
            clauses.append(replace(clause, quote=quote, line=line, path=path))
    return replace(terms, clauses=tuple(clauses))


def is_policy(path: str) -> bool:
    """Whether a file's name says that it is a use policy."""
    name = path.rpartition("/")[2].lower()
    return bool(_POLICY_NAME.search(path)) and ("polic" in name or "aup" in name or "restriction" in name)


def policy_terms(path: str, text: str) -> Terms:
    """What a policy beside a licence takes away: it grants nothing."""
    taken = {
        Facet.FIELD_OF_USE,
        Facet.TERRITORY,
        Facet.THRESHOLD,
        Facet.COMMERCIAL_USE,
        Facet.OUTPUTS,
        Facet.AMENDMENT,
    }
    clauses = [replace(clause, path=path) for clause in clauses_of(text) if clause.facet in taken]
    return Terms(
        licence=path,
        clauses=tuple(clause for clause in clauses if clause.value not in _GRANTS),
        is_reviewed=False,
        silence_permits=True,
    )


def compare(left: Terms, right: Terms) -> tuple[FacetDifference, ...]:
    """Facet by facet, the clauses that only one of two licences has."""
    keys = {key_of(clause) for clause in left.clauses}, {key_of(clause) for clause in right.clauses}
    found = (
        FacetDifference(
            facet=facet,
            left=tuple(clause for clause in left.of(facet) if key_of(clause) not in keys[1]),
            right=tuple(clause for clause in right.of(facet) if key_of(clause) not in keys[0]),
        )
        for facet in Facet
    )
    return tuple(difference for difference in found if difference.left or difference.right)


def _part(match: LicenceMatch, text: str) -> tuple[str, int]:
    """The lines of a text that belong to the match, and the number of the first."""
    first, last = match.location.line or 1, match.last_line
    if not text or last is None or last < first:
        return text, 1
    lines = text.split("\n")
    # A heading or a preamble above the first word that was recognised is read as well when nothing else stands there.
    return "\n".join(lines[first - 1 : last]), first


def _placed(clause: Clause, placed: Placed | None, path: str) -> Clause:
    found = placed.find(clause.quote) if placed is not None and not clause.path else None
    return clause if found is None else replace(clause, quote=found[0], line=found[1], path=path)


def _unreviewed(match: LicenceMatch, text: str, first: int) -> Terms:
    """A known licence that nobody has adjudicated: its own text is read, and its data row's limits are kept."""
    known = text or _text_of(match.licence.id)
    read = _read_clauses(known, first, match.location.path if text else "")
    named = {(clause.facet, clause.value) for clause in read}
    coarse = [clause for clause in _from_limits(match.licence) if (clause.facet, clause.value) not in named]
    is_open = match.licence.openness in {Openness.OPEN_SOURCE, Openness.OPEN_CONTENT}
    if is_open:
        # An approved or content licence bars no commerce and no field; a wording that seems to is misread.
        read = tuple(
            clause
            for clause in read
            if (clause.facet, clause.value)
            not in {(Facet.COMMERCIAL_USE, "no"), (Facet.REDISTRIBUTION, "no")}
        )
    return Terms(
        licence=match.licence.id,
        clauses=(*read, *coarse),
        is_reviewed=False,
        silence_permits=match.licence.openness is not Openness.UNKNOWN and (is_open or bool(coarse)),
    )


def _from_limits(licence: Licence) -> list[Clause]:
    return [
        Clause(facet=facet, value=value, items=items, quote=licence.name)
        for limit in licence.limits
        for facet, value, items in _LIMITS.get(limit, ())
    ]


def _read(match: LicenceMatch, text: str, first: int, near: Record | None) -> Terms:
    """A text that is no known licence: what its sentences say, and what it shares word for word."""
    path = match.location.path
    read = _read_clauses(text, first, path)
    shared: list[Clause] = []
    if near is not None:
        placed = Placed(text, first)
        here = {(clause.facet, clause.value, clause.items) for clause in read}
        for clause in near.clauses:
            if (clause.facet, clause.value, clause.items) not in here and placed.find(clause.quote):
                shared.append(_placed(clause, placed, path))
    return Terms(licence=match.licence.id, clauses=(*read, *shared), is_reviewed=False, is_known=False)


def _read_clauses(text: str, first: int, path: str) -> tuple[Clause, ...]:
    shift = first - 1
    return tuple(
        replace(clause, path=path, line=None if clause.line is None else clause.line + shift)
        for clause in clauses_of(text)
    )


def _changed(match: LicenceMatch, text: str, first: int, known: Record | None) -> Terms:
    path = match.location.path
    base = _text_of(match.licence.id)
    before = {key_of(clause) for clause in _clauses_of_known(match.licence.id)}
    read = _read_clauses(text, first, path)
    rows: Sequence[Clause] = known.clauses if known else _clauses_of_known(match.licence.id)
    rows = (*rows, *_from_limits(match.licence)) if known is None else rows
    settled = {key_of(clause) for clause in rows} | before
    fresh = [clause for clause in read if key_of(clause) not in settled and clause.value not in _GRANTS]
    placed = Placed(text, first)
    clauses = [*fresh, *_standing(rows, placed, fresh, match, Placed(base) if base else None)]
    puzzle = next((item for item in match.differences if _puzzling(item)), None)
    if puzzle is not None or not match.differences or not text or len(text) > LIMIT_CHARS:
        clauses = list(_checked(clauses, puzzle, path))
    return Terms(
        licence=match.licence.id,
        clauses=tuple(clauses),
        is_reviewed=False,
        source=known.source if known else "",
        date=known.date if known else "",
        silence_permits=puzzle is None and bool(match.differences) and bool(text) and known is not None,
    )


def _standing(
    rows: Sequence[Clause], placed: Placed, fresh: Sequence[Clause], match: LicenceMatch, base: Placed | None
) -> Iterator[Clause]:
    """Rows whose words stand in the changed text; of the others, what a careful reader still assumes."""
    path = match.location.path
    renamed = {clause.facet for clause in fresh if clause.facet in _NAMING}
    for row in rows:
        if row.path:
            yield row
            continue
        there = placed.find(row.quote)
        if there is not None:
            same = base is None or (at := base.find(row.quote)) is None or at[0] == there[0]
            touched = None if same else _touching(match.differences, there[0])
            yield replace(row, quote=there[0], line=there[1], path=path)
            if touched is not None and row.value in _GRANTS and _is_open_change(touched, fresh):
                yield _check(row.facet, touched, path)
        elif row.value in _GRANTS:
            yield _check(row.facet, match.differences[0] if match.differences else None, path)
        elif row.facet not in renamed:
            gone = match.differences[0].line if match.differences else None
            words = f"changed here; the licence says: {row.quote}"
            yield replace(row, quote=words, line=gone, path=path)


def _touching(differences: Sequence[Difference], sentence: str) -> Difference | None:
    """The difference that bears on a sentence whose words are not the licence's."""
    for item in differences:
        weighs = item.change == "removed" and _WEIGHTY.search(item.text)
        if weighs or (item.change != "removed" and item.text[:40] in sentence) or sentence[:40] in item.text:
            return item
    return None


def _is_open_change(difference: Difference, fresh: Sequence[Clause]) -> bool:
    """Whether no restriction read in the changed text explains a difference."""
    return not any(
        clause.quote[:30] in difference.text or difference.text[:30] in clause.quote for clause in fresh
    )


def _puzzling(difference: Difference) -> bool:
    """Changed words that weigh and that the detectors make nothing of."""
    if not _WEIGHTY.search(difference.text):
        return False
    if difference.change == "removed":
        return bool(_NEGATION.search(difference.text)) and len(difference.text.split()) <= 6
    return not any(clause.value not in _GRANTS for clause in clauses_of(difference.text))


def _checked(clauses: Sequence[Clause], puzzle: Difference | None, path: str) -> Iterator[Clause]:
    """Every grant gives way to a check; restrictions stay."""
    yield from (clause for clause in clauses if clause.value not in _GRANTS)
    for facet in _PERMISSIONS:
        yield _check(facet, puzzle, path)


def _check(facet: Facet, difference: Difference | None, path: str) -> Clause:
    words = f"changed here: {difference.text[:_QUOTE_CHARS]}" if difference else "changed here"
    return Clause(
        facet=facet, value="check", quote=words, line=difference.line if difference else None, path=path
    )


def _text_of(name: str) -> str:
    """The published text of a licence, empty where only its fingerprint is here."""
    try:
        return store().text(name)
    except KeyError:
        return ""


@lru_cache(maxsize=32)
def _clauses_of_known(name: str) -> tuple[Clause, ...]:
    return clauses_of(_text_of(name))
