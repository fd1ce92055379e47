"""The report as one HTML file: no script, no request to anywhere, every string escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ajar.model.component import Difference, Scope
from ajar.model.evidence import Ground
from ajar.model.judgement import DOOR_LABELS, Door, Verdict
from ajar.model.report import Report
from ajar.questions import ask
from ajar.reports import door_art, tree
from ajar.reports.html_page import ground as _ground
from ajar.reports.html_page import grounds as _grounds
from ajar.reports.html_page import page
from ajar.reports.html_page import section as _section
from ajar.reports.html_page import table as _table
from ajar.reports.html_page import text as _t
from ajar.reports.plain import size_words
from ajar.reports.questions_words import REPLY_WORDS, TOPIC_WORDS, basis_words
from ajar.reports.words import (
    COMPONENT_WORDS,
    INSTRUMENT_WORDS,
    OUTCOME_MARKS,
    RELATION_WORDS,
    RIGHT_WORDS,
    SAFETY_WORDS,
    STATE_WORDS,
    how_known,
    level_words,
    right_class,
    right_mark,
    verdict_words,
)

_EVIDENCE_ROWS = 2000


def render(report: Report) -> str:
    """The page as text."""
    body = "".join(_several(report) if report.releases else _release(report, level=1))
    return page(f"{report.title}: how open is it? (ajar)", body, _footer(report))


def _several(report: Report) -> Iterator[str]:
    yield f"<header><h1>{_t(report.title)}</h1><p>{len(report.releases)} releases in one repository, each judged by its own licence.</p></header>"
    rows = (
        (
            f'<a href="#r{number}">{_t(inner.title)}</a>',
            _t(verdict_words(inner.verdict("g7"))),
            _t(
                ", ".join(
                    dict.fromkeys(m.licence.id for m in inner.licences if Scope.WEIGHTS in m.applies_to)
                )
                or "none found"
            ),
            _t(inner.safety.level),
        )
        for number, inner in enumerate(report.releases)
    )
    yield _table(("Release", "Door", "Licence of the weights", "Safe to load"), rows)
    for number, inner in enumerate(report.releases):
        yield f'<article id="r{number}">'
        yield from _release(inner, level=2)
        yield "</article>"


def _release(report: Report, *, level: int) -> Iterator[str]:
    yield from _headline(report, level)
    yield _section("Verdicts", level, (_verdict(verdict) for verdict in report.verdicts))
    yield _section("Licences", level, _licences(report))
    if report.lineage:
        yield _section("Comes from", level, _lineage(report))
    yield _section("May I, with the weights", level, _rights(report))
    yield _section("Safe to load", level, _safety(report))
    yield _section("Components", level, _components(report))
    yield _section("The four questions", level, _questions(report))
    if report.claims:
        yield _section("What it says of itself", level, _claims(report))
    if report.findings:
        yield _section("Watch", level, _findings(report))
    yield _section("Evidence", level, _evidence(report))


def _headline(report: Report, level: int) -> Iterator[str]:
    verdict = report.verdict("g7")
    label = DOOR_LABELS[Door(verdict.declared)]
    said = "" if verdict.declared == verdict.at_least else ", as declared"
    yield f'<header class="head {verdict.declared}">{door_art.svg(verdict.declared)}<div><h{level}>{_t(report.title)}</h{level}>'
    yield f'<p class="label">{label}{said}</p>'
    if not verdict.certain:
        yield f"<p>Proven: <strong>{level_words(verdict.at_least)}</strong>. Possible: <strong>{level_words(verdict.at_most)}</strong>.</p>"
    if verdict.moved_by:
        yield f"<p>What would move it: {_t(verdict.moved_by[0])}</p>"
    yield "</div></header>\n"


def _verdict(verdict: Verdict) -> str:
    rows = (
        (
            f'<span class="{item.outcome.value}">{OUTCOME_MARKS[item.outcome]} {item.outcome.value}</span>',
            f"<code>{_t(item.id)}</code>",
            _t(item.reason) + _grounds(item.because),
            _t(item.basis.value),
        )
        for item in verdict.criteria
    )
    notes = "".join(f"<p class=note>{_t(note)}</p>" for note in (*verdict.notes, *verdict.moved_by))
    return (
        f"<details><summary><strong>{INSTRUMENT_WORDS[verdict.instrument]}</strong> {_t(verdict_words(verdict))}</summary>"
        f"{_table(('Outcome', 'Criterion', 'Why', 'Basis'), rows)}{notes}</details>"
    )


def _licences(report: Report) -> Iterator[str]:
    if not report.licences:
        yield "<p>No licence was found.</p>"
        return
    rows = (
        (
            _t(", ".join(scope.value for scope in match.applies_to)),
            f"<strong>{_t(match.licence.id)}</strong><br>{_t(match.licence.name)}",
            _t(how_known(match)) + _differences(match.differences),
            _t(match.because),
        )
        for match in report.licences
    )
    yield _table(("Covers", "Licence", "How it is known", "Why it covers that"), rows)


def _differences(differences: Iterable[Difference]) -> str:
    found = []
    for item in differences:
        tag = "del" if item.change == "removed" else "ins"
        found.append(f"<p><{tag}>{_t(item.text)}</{tag}> (line {_t(item.line)})</p>")
    return "".join(found[:6])


def _lineage(report: Report) -> Iterator[str]:
    if any(parent.depth > 1 or parent.problem for parent in report.lineage):
        yield tree.html(tree.of_parents(report.lineage))
    rows = (
        (
            f"<code>{_t(parent.id)}</code>"
            + (f" of {_t(parent.of)}" if parent.of else "")
            + (f" ({_t(parent.subject)})" if parent.subject else ""),
            _t(RELATION_WORDS[parent.relation]) + (", a hint" if parent.is_hint else ""),
            _t(" and ".join(licence.id for licence in parent.licences) or "not known here"),
            f"<code>{_t(parent.location)}</code> <q>{_t(parent.quote)}</q>",
            _t(parent.licence_source),
        )
        for parent in report.lineage
    )
    yield _table(("Base model", "How", "Its licence", "Where it is said", "Where that licence stands"), rows)


def _rights(report: Report) -> Iterator[str]:
    rows = (
        (
            _t(RIGHT_WORDS.get(right.id, right.id)),
            f'<span class="{right_class(right)}">{right_mark(right)} {right.answer}</span>',
            f"<q>{_t(right.quote)}</q> {_t(right.location or '')}",
        )
        for right in report.rights
    )
    yield _table(("May I", "Answer", "The words it rests on"), rows)
    if report.obligations:
        duties = "".join(f"<li>{_t(duty)}</li>" for duty in report.obligations)
        yield f"<p>You must:</p><ul>{duties}</ul>"


def _safety(report: Report) -> Iterator[str]:
    yield f"<p><strong>{SAFETY_WORDS[report.safety.level]}</strong></p>"
    rows = (
        (
            f"<code>{_t(file.path)}</code>",
            _t(file.format),
            _t(file.level),
            _t("; ".join(finding.message for finding in file.findings)),
        )
        for file in report.safety.files
    )
    yield _table(("File", "Format", "Level", "Why"), rows)


def _components(report: Report) -> Iterator[str]:
    rows = (
        (
            _t(COMPONENT_WORDS[part.kind]),
            _t(STATE_WORDS[part.state]),
            _t(part.reason) + _grounds(part.because),
            _t(", ".join(dict.fromkeys(match.licence.id for match in part.licences)) or "none"),
        )
        for part in report.components
    )
    yield _table(("Component", "State", "Why", "Licences"), rows)


def _questions(report: Report) -> Iterator[str]:
    """Privacy, security, ethics, monopoly; never one score."""
    for question in ask(report):
        rows = (
            (
                _t(point.asks),
                f"<strong>{_t(REPLY_WORDS[point.reply])}</strong>",
                _t(point.words) + _grounds(point.because),
                _t(basis_words(point)),
            )
            for point in question.points
        )
        open_ones = f", {question.unknown} of {len(question.points)} not known" if question.unknown else ""
        yield (
            f"<details><summary><strong>{TOPIC_WORDS[question.topic]}</strong> {_t(question.asks)}{open_ones}</summary>"
            f"{_table(('Question', 'Answer', 'Why', 'How it is known'), rows)}</details>"
        )


def _claims(report: Report) -> Iterator[str]:
    rows = (
        (
            _t(claim.finding.value),
            f"<q>{_t(claim.quote)}</q> <code>{_t(claim.location)}</code>",
            _t("; ".join(claim.because)),
        )
        for claim in report.claims
    )
    yield _table(("Finding", "What is said", "Against"), rows)


def _findings(report: Report) -> Iterator[str]:
    rows = (
        (
            _t(finding.severity.value),
            f"{_t(finding.message)}{_grounds(finding.because)}",
            _t(finding.remedy),
            f"<code>{_t(finding.rule)}</code>",
        )
        for finding in report.findings
    )
    yield _table(("Severity", "Finding", "Remedy", "Rule"), rows)


def _evidence(report: Report) -> Iterator[str]:
    grounds: list[Ground] = [*report.gaps, *report.evidence]
    shown = grounds[:_EVIDENCE_ROWS]
    items = "".join(f"<li>{_ground(item)}</li>" for item in shown)
    more = len(report.evidence) + len(report.gaps) - len(shown)
    rest = f"<p>{more} more in the JSON report.</p>" if more else ""
    yield (
        f"<details><summary>{len(report.evidence)} facts read, {len(report.gaps)} things that could not be</summary>"
        f"<ul class=because>{items}</ul>{rest}</details>"
    )


def _footer(report: Report) -> str:
    cost = report.cost
    states = {"verified": "Signed, verified.", "not-verified": "Signed, not verified."}
    return (
        f"<footer><p>{states.get(report.control.signature, '')} {len(report.release.files)} files, {size_words(cost.bytes_read)} of {size_words(cost.bytes_total)} read "
        f"in {cost.seconds:.2f} s by ajar {_t(report.tool_version)}. Target: <code>{_t(report.target)}</code>"
        f"{f', revision <code>{_t(report.release.revision)}</code>' if report.release.revision else ''}.</p></footer>"
    )
