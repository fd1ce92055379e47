"""Licences for those who ask about one text, one id or one release: identified, read, and a question answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from ajar import rights
from ajar.config import Options
from ajar.errors import UsageError
from ajar.interfaces import Progress
from ajar.model.component import Licence, LicenceMatch, MatchKind, Scope
from ajar.model.evidence import Location
from ajar.model.reading import LicenceStory, Reading, Row, Touched
from ajar.model.terms import FacetDifference, Terms
from ajar.rights.data_store import licences, names_of_texts, store
from ajar.rights.identify import identify_licence
from ajar.rights.match import against as lay_on
from ajar.rights.plain import decode

_PARTS = 64


def of_text(data: bytes, path: str, question: str | None = None) -> Reading:
    """A document: which licence, its departures, rights, duties."""
    found = identify_licence(data)
    parts = found.parts[:_PARTS] or (found,)
    matches = tuple(replace(part, location=Location(path=path, line=part.location.line)) for part in parts)
    text = _decoded(data)
    note = found.because if found.match in {MatchKind.UNKNOWN, MatchKind.REFERENCE} else ""
    return _read(path, matches, {path: text}, question, note=note)


def against(data: bytes, path: str, name: str) -> Reading:
    """A document laid on one licence, however near another is. Raises `UsageError` for a licence without a text."""
    wanted = one(name)
    text = _decoded(data)
    try:
        found = lay_on(text, wanted.id)
    except KeyError:
        raise UsageError(
            f"{wanted.id}: its text is not known here",
            hint="choose one that `ajar licence list` shows with its text",
        ) from None
    if found is None:
        return _read(path, (), {path: text}, None, note=f"no part of {wanted.id} stands in it")
    match = LicenceMatch(
        licence=found.licence,
        match=found.match,
        location=Location(path=path, line=found.first_line),
        applies_to=(),
        because=f"laid on {wanted.id} as asked",
        differences=found.differences,
        text_present=True,
        share=found.share,
        last_line=found.last_line,
    )
    return _read(path, (match,), {path: text}, None)


def of_id(name: str, question: str | None = None) -> Reading | None:
    """A licence by its id or a common name; `None` when nothing is called so."""
    wanted = rights.resolve(name)
    if wanted is None:
        return None
    text = _text(wanted)
    path = f"{wanted.id}.txt"
    match = LicenceMatch(
        licence=wanted,
        match=MatchKind.EXACT if text else MatchKind.TAG,
        location=Location(path=path if text else wanted.id),
        applies_to=(),
        because="asked for by its name",
        text_present=bool(text),
    )
    note = (
        ""
        if text
        else "its text is not known here: what follows rests on the record of it, or on its known limits"
    )
    return _read(wanted.id, (match,), {path: text} if text else {}, question, note=note)


def of_release(
    target: str, question: str | None, options: Options, *, progress: Progress | None = None
) -> Reading:
    """A release: the licences on its weights. Raises `TargetError` when it is not there."""
    from ajar.pipeline import audit_texts

    report, texts = audit_texts(target, options, progress=progress)
    binding = rights.chosen(report.licences)
    matches = tuple(match for match in binding if Scope.WEIGHTS in match.applies_to)
    note = "" if matches else "no licence covers the weights here"
    readme = next((text for path, text in texts.items() if path.lower().startswith("readme")), None)
    facts = rights.ReleaseFacts(
        name=report.title.rpartition("/")[2],
        readme=readme,
        files=tuple(item.path for item in report.files),
        has_licence_text=any(match.text_present for match in matches),
        is_derived=bool(report.lineage) or None,
    )
    found = _read(report.target, matches, texts, question, note=note, facts=facts)
    return replace(found, rights=report.rights)


def _read(
    subject: str,
    matches: Sequence[LicenceMatch],
    texts: Mapping[str, str],
    question: str | None,
    *,
    note: str = "",
    facts: rights.ReleaseFacts | None = None,
) -> Reading:
    terms = rights.all_terms(matches, texts) if matches else ()
    plan = rights.plan_of(question) if question else None
    answers = rights.answer(plan, *terms) if plan is not None else ()
    return Reading(
        subject=subject,
        matches=tuple(matches),
        touched=tuple(touch for match in matches for touch in _touched(match)),
        rights=rights.rights_of(matches, texts),
        duties=rights.duties(terms, facts),
        terms=tuple(terms),
        plan=plan,
        answers=answers,
        overall=rights.overall(answers) if answers else "",
        note=note,
    )


def _touched(match: LicenceMatch) -> list[Touched]:
    return [
        Touched(change=item.change, text=item.text, line=item.line, clauses=rights.clauses_of(item.text))
        for item in match.differences
    ]


def _decoded(data: bytes) -> str:
    from ajar.errors import MalformedError

    try:
        return decode(data)
    except MalformedError as error:
        raise UsageError(f"no text: {error.message}", hint="give a text, HTML or RTF file") from error


def _text(wanted: Licence) -> str:
    try:
        return store().text(wanted.id)
    except KeyError:
        return ""


def text_of(wanted: Licence) -> str:
    """The published text. Raises `UsageError` when it is not here."""
    text = _text(wanted)
    if not text:
        raise UsageError(
            f"{wanted.id}: its text is not here", hint="its source stands in `ajar licence show`"
        )
    return text


def one(name: str) -> Licence:
    """A known licence. Raises `UsageError`, with a near one named."""
    found = rights.resolve(name)
    if found is None:
        ids = {key.lower(): key for key in licences()}
        close = get_close_matches(name.lower(), list(ids), n=1, cutoff=0.5)
        hint = f"did you mean {ids[close[0]]}?" if close else "see `ajar licence list`"
        raise UsageError(f"{name}: no licence is known by that name", hint=hint)
    return found


def terms(wanted: Licence) -> Terms:
    """What a licence's words say: the adjudicated record, else what is read in its text."""
    known = rights.known_terms(wanted.id)
    if known is not None:
        return known
    text = _text(wanted)
    return Terms(licence=wanted.id, clauses=rights.clauses_of(text) if text else (), is_reviewed=False)


def story(wanted: Licence) -> LicenceStory:
    """The history of its text, and which well-known models and releases stand under it."""
    from ajar.catalogue import load

    under = [item for item in load().systems if item.licence and item.licence.id == wanted.id]
    releases = sorted((str(item.date or ""), item.name) for item in under)
    return replace(rights.story(wanted.id), releases=tuple((name, date) for date, name in releases))


def compared(left: Licence, right: Licence) -> tuple[FacetDifference, ...]:
    return rights.compare(terms(left), terms(right))


def known(
    words: Sequence[str] = (), *, limits: Sequence[str] = (), only_open: bool = False
) -> tuple[Row, ...]:
    """Licences with all words in id or name, and all limits."""
    loaded = store()
    with_text = names_of_texts()
    recognised = {loaded.ids[owner] for owner in loaded.owners}
    rows = []
    for found in licences().values():
        name = f"{found.id} {found.name}".lower()
        if not all(word.lower() in name for word in words) or not set(limits) <= set(found.limits):
            continue
        if only_open and not found.openness.value.startswith("open"):
            continue
        rows.append(
            Row(
                licence=found,
                has_text=found.id in with_text,
                is_recognised=found.id in recognised,
                is_reviewed=rights.known_terms(found.id) is not None,
            )
        )
    return tuple(sorted(rows, key=lambda row: row.licence.id.lower()))
