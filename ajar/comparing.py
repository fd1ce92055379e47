"""From reports to rows: what several releases differ in, what they share, what nobody knows.

A report of an audit and one on a system of the catalogue stand in one table; a published fact stays `declared`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ajar.model.comparison import MOOT, Cell, Comparison, Entry, Group, Row, Standing
from ajar.model.component import Component, ComponentKind, Scope
from ajar.model.evidence import Basis
from ajar.model.judgement import Right
from ajar.model.question import Point, Reply
from ajar.model.report import Report
from ajar.questions import ask

NO_ANSWER = "unknown"
# Points that a right of the terms answers in the same words.
_SAID_BY_RIGHTS = frozenset({"uses-limited", "revocable", "limited-by-size"})
_THERE = frozenset({Basis.VERIFIED, Basis.DECLARED, Basis.INFERRED})


def compare(entries: Sequence[Entry]) -> Comparison:
    """Every row that any of the releases has, the differences first."""
    reports = [entry.report for entry in entries]
    rows = [
        *_rows(Group.DOOR, _instruments(reports), reports, _verdict),
        *_rows(Group.LICENCE, [scope.value for scope in _LICENSED], reports, _licence),
        *_rows(Group.RIGHT, _rights(reports), reports, _right),
        *_questions(reports),
        *_rows(Group.COMPONENT, [kind.value for kind in ComponentKind], reports, _component),
        *_rows(Group.CLAIM, _sayings(reports), reports, _claim),
    ]
    order, groups = tuple(Standing), tuple(Group)
    rows.sort(key=lambda row: (order.index(row.standing), groups.index(row.group)))
    return Comparison(entries=tuple(entries), rows=tuple(rows))


def standing_of(cells: Sequence[Cell]) -> Standing:
    """What cells have in common. One that is not known, or has nothing to answer, neither agrees nor differs."""
    asked = [cell for cell in cells if cell.value != MOOT]
    known = {(cell.value, cell.condition) for cell in asked if cell.is_known}
    if len(known) > 1:
        return Standing.DIFFERS
    if asked and not known:
        return Standing.UNKNOWN
    sure = all(cell.is_known and not cell.may_be_more for cell in asked)
    return Standing.SHARED if sure else Standing.OPEN


def _rows(
    group: Group, ids: Sequence[str], reports: Sequence[Report], cell: Callable[[Report, str], Cell]
) -> Iterator[Row]:
    for name in ids:
        cells = tuple(cell(report, name) for report in reports)
        yield Row(group=group, id=name, cells=cells, standing=standing_of(cells))


def _unknown(words: str = "") -> Cell:
    return Cell(value=NO_ANSWER, is_known=False, basis=Basis.UNKNOWN, words=words)


def _instruments(reports: Sequence[Report]) -> list[str]:
    return list(dict.fromkeys(verdict.instrument for report in reports for verdict in report.verdicts))


def _verdict(report: Report, instrument: str) -> Cell:
    """What is declared, with its bounds. One that rests on unknowns alone, at the lowest level, is not known."""
    try:
        verdict = report.verdict(instrument)
    except KeyError:
        return _unknown("this instrument was not asked")
    known = verdict.certain or verdict.declared != verdict.at_least
    seen = Basis.VERIFIED if report.files and verdict.certain else Basis.DECLARED
    return Cell(
        value=verdict.declared if known else NO_ANSWER,
        is_known=known,
        basis=seen if known else Basis.UNKNOWN,
        words=verdict.moved_by[0] if verdict.moved_by else verdict.summary,
        bounds=None if verdict.certain else (verdict.at_least, verdict.at_most),
        may_be_more=verdict.declared != verdict.at_most,
    )


_LICENSED = {
    Scope.WEIGHTS: ComponentKind.FINAL_PARAMETERS,
    Scope.CODE: ComponentKind.INFERENCE_CODE,
    Scope.DATA: ComponentKind.DATASETS,
}


def _part(report: Report, kind: ComponentKind) -> Component | None:
    return next((part for part in report.components if part.kind is kind), None)


def _licence(report: Report, scope: str) -> Cell:
    """The licences on one part, in their order. What is not given out has none to name."""
    found = [match for match in report.licences if scope in match.applies_to]
    if found:
        names = ", ".join(sorted({match.licence.id for match in found}))
        basis = Basis.VERIFIED if any(match.text_present for match in found) else Basis.DECLARED
        return Cell(value=names, is_known=True, basis=basis, words=found[0].because)
    part = _part(report, _LICENSED[Scope(scope)])
    if part is not None and part.state in {Basis.WITHHELD, Basis.ABSENT}:
        return Cell(value=MOOT, is_known=True, basis=part.state, words=part.reason, because=part.because)
    if part is not None and part.state is Basis.VERIFIED:
        return Cell(value="none", is_known=True, basis=Basis.ABSENT, words="no licence was found for it")
    return _unknown("no source that was read names it")


def _rights(reports: Sequence[Report]) -> list[str]:
    return list(dict.fromkeys(right.id for report in reports for right in report.rights))


def _right(report: Report, name: str) -> Cell:
    found: Right | None = next((right for right in report.rights if right.id == name), None)
    weights = _part(report, ComponentKind.FINAL_PARAMETERS)
    if found is None or found.answer == NO_ANSWER:
        if weights is not None and weights.state is Basis.WITHHELD:
            return Cell(value=MOOT, is_known=True, basis=Basis.WITHHELD, words=weights.reason)
        return _unknown(found.quote if found else "")
    with_text = any(match.text_present and Scope.WEIGHTS in match.applies_to for match in report.licences)
    return Cell(
        value=found.answer,
        is_known=True,
        basis=Basis.VERIFIED if with_text else Basis.DECLARED,
        condition="; ".join(sorted(found.must)) if found.answer == "conditional" else "",
        words="; ".join(found.must) or found.quote,
    )


def _questions(reports: Sequence[Report]) -> Iterator[Row]:
    asked = [{point.id: point for question in ask(report) for point in question.points} for report in reports]
    for name, first in (asked[0] if asked else {}).items():
        if name not in _SAID_BY_RIGHTS:
            cells = tuple(_point(points[name]) for points in asked)
            yield Row(group=Group(first.topic), id=name, cells=cells, standing=standing_of(cells))


def _point(point: Point) -> Cell:
    names_it = point.id == "derived-from" and point.reply is Reply.YES  # two may come from different ones
    return Cell(
        value=point.words if names_it else point.reply.value,
        is_known=point.reply is not Reply.UNKNOWN,
        basis=point.basis,
        words=point.words,
        because=point.because,
    )


def _component(report: Report, kind: str) -> Cell:
    """Whether it is to be had. That a maker refuses it or that it is not there comes to the same for a user."""
    part = _part(report, ComponentKind(kind))
    if part is None or part.state is Basis.UNKNOWN:
        return _unknown(part.reason if part else "")
    there = part.state in _THERE
    return Cell(
        value="there" if there else "not-there",
        is_known=True,
        basis=part.state,
        words=part.reason,
        because=part.because,
    )


def _sayings(reports: Sequence[Report]) -> list[str]:
    return list(dict.fromkeys(claim.says for report in reports for claim in report.claims))


def _claim(report: Report, says: str) -> Cell:
    """What became of a saying. Of a release without files nobody read all that its maker says."""
    found = next((claim for claim in report.claims if claim.says == says), None)
    if found is not None:
        words = f"“{found.quote}”: {'; '.join(found.because[:2])}"
        return Cell(value=found.finding.value, is_known=True, basis=Basis.DECLARED, words=words)
    if report.files:
        return Cell(value="not-said", is_known=True, basis=Basis.ABSENT, words="its card does not say so")
    return _unknown("no source that was read quotes it on this")
