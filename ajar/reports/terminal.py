"""The card: what a person should know in five seconds, then the reasons for whoever reads on.

Plain lines, built by hand: importing a layout library would cost more than the audit. Every string of
a release passes through `visible`, so that no file name drives the terminal.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from ajar.model.component import Scope
from ajar.model.evidence import Basis, Evidence, Ground
from ajar.model.judgement import DOOR_LABELS, ClaimFinding, Door, Severity, Verdict
from ajar.model.report import Report
from ajar.questions import ask
from ajar.reports import door_art, tree
from ajar.reports.page import Page
from ajar.reports.plain import size_words, visible
from ajar.reports.questions_text import summary
from ajar.reports.words import (
    COMPONENT_WORDS,
    INSTRUMENT_WORDS,
    OUTCOME_MARKS,
    RIGHT_WORDS,
    SAFETY_WORDS,
    STATE_WORDS,
    how_known,
    level_words,
    parent_words,
    right_mark,
    verdict_words,
)

_FINDINGS = 6
_PARENTS = 4
DOOR_COLOURS = {
    Door.SHUT: "31",
    Door.CHAINED: "33",
    Door.AJAR: "36",
    Door.OPEN: "32",
    Door.WIDE_OPEN: "32",
}


def render(report: Report, *, verbose: bool, explain: bool, colour: bool, width: int) -> str:
    """The report as text of at most `width` columns."""
    page = Page(width=width, colour=colour)
    if report.releases:
        page.add(_several(report, page))
        for inner in report.releases if verbose or explain else ():
            page.add(_card(inner, page, verbose=verbose, explain=explain))
    else:
        page.add(_card(report, page, verbose=verbose, explain=explain))
    page.add(_footer(report))
    return "\n".join(page.lines) + "\n"


def _card(report: Report, page: Page, *, verbose: bool, explain: bool) -> Iterator[str]:
    yield from _door(report, page)
    yield ""
    yield from _verdicts(report, page)
    yield from _licences(report, page)
    yield from _lineage(report, page)
    yield from rights(report, page)
    yield from _safety(report, page)
    yield from _components(report, page)
    yield from _claims(report, page)
    yield from _findings(report, page, verbose=verbose)
    if explain:
        for verdict in report.verdicts:
            yield from _explained(verdict, page)
    if verbose:
        yield ""
        yield from summary(ask(report), page)
        yield from _evidence(report, page)


def _door(report: Report, page: Page) -> Iterator[str]:
    """The drawn door with the headline at its right."""
    verdict = report.verdict("g7")
    shown = Door(verdict.declared)
    beside = _headline(report, verdict, page)
    art = door_art.TEXT[shown]
    for number in range(max(len(art), len(beside))):
        left = art[number] if number < len(art) else " " * door_art.WIDTH
        yield f" {page.paint(left, DOOR_COLOURS[shown])} {beside[number] if number < len(beside) else ''}"


def _headline(report: Report, verdict: Verdict, page: Page) -> list[str]:
    room = page.width - door_art.WIDTH - 2
    label = DOOR_LABELS[Door(verdict.declared)]
    as_declared = "" if verdict.declared == verdict.at_least else ", as declared"
    lines = [page.heading(visible(report.title)[:room]), "", page.heading(f"{label}{as_declared}")]
    if not verdict.certain:
        lines.append(
            f"proven: {level_words(verdict.at_least)}; possible: {level_words(verdict.at_most)}"[:room]
        )
    reason = verdict.moved_by[0] if verdict.moved_by else _why(verdict)
    title = "What would move it: " if verdict.moved_by else "Why: "
    wrapped = textwrap.wrap(
        visible(title + reason), room, max_lines=4, placeholder=" …", break_on_hyphens=False
    )
    return lines + wrapped


def _why(verdict: Verdict) -> str:
    """For a certain verdict: the first criterion that keeps it from the next door."""
    failing = next((item for item in verdict.criteria if item.outcome.value in {"unmet", "partial"}), None)
    return f"{failing.id.replace('-', ' ')}: no; {failing.reason}" if failing else "every criterion is met"


def _verdicts(report: Report, page: Page) -> Iterator[str]:
    yield page.heading("Verdicts")
    for verdict in report.verdicts:
        name = INSTRUMENT_WORDS[verdict.instrument]
        yield from page.wrap(f"{name:<17}{verdict_words(verdict)}", hang=19)


def _licences(report: Report, page: Page) -> Iterator[str]:
    yield page.heading("Licences")
    for scope in (Scope.WEIGHTS, Scope.CODE, Scope.DATA, Scope.DOCUMENTS):
        matches = [match for match in report.licences if scope in match.applies_to]
        if not matches:
            if scope in {Scope.WEIGHTS, Scope.CODE}:
                yield from page.wrap(f"{scope.value:<11}none found")
            continue
        shown: dict[str, str] = {}
        for match in matches:
            shown.setdefault(match.licence.id, how_known(match))
        for number, (name, how) in enumerate(list(shown.items())[:3]):
            label = scope.value if number == 0 else ""
            yield from page.wrap(f"{label:<11}{name} ({how})", hang=13)
        if len(shown) > 3:
            yield from page.wrap(f"{'':<11}and {len(shown) - 3} more")


def _lineage(report: Report, page: Page) -> Iterator[str]:
    if not report.lineage:
        return
    yield page.heading("Comes from")
    if any(parent.depth > 1 or parent.problem for parent in report.lineage):
        for line in tree.lines(tree.of_parents(report.lineage)):
            yield from page.wrap(line, hang=6)
        return
    for parent in report.lineage[:_PARENTS]:
        yield from page.wrap(parent_words(parent), hang=4)
    if len(report.lineage) > _PARENTS:
        yield from page.wrap(f"and {len(report.lineage) - _PARENTS} more")


def rights(report: Report, page: Page) -> Iterator[str]:
    """What may be done with the weights, in columns."""
    yield page.heading("May I, with the weights")
    words = [
        f"{right_mark(right)} {RIGHT_WORDS.get(right.id, right.id)}: {right.answer}"
        for right in report.rights
    ]
    column = max((len(word) for word in words), default=0) + 3
    per_line = max((page.width - 2) // max(column, 1), 1)
    for start in range(0, len(words), per_line):
        yield "  " + "".join(f"{word:<{column}}" for word in words[start : start + per_line])


def _safety(report: Report, page: Page) -> Iterator[str]:
    yield page.heading("Safe to load")
    reasons = [
        f"{file.path}: {finding.message}"
        for file in sorted(report.safety.files, key=lambda file: file.level != report.safety.level)
        for finding in file.findings
        if finding.severity is not Severity.INFO
    ]
    detail = f": {reasons[0]}" if reasons else ""
    if not report.safety.files and report.safety.level == "unknown":
        detail = ": no weights here to load"
    yield from page.wrap(f"{SAFETY_WORDS[report.safety.level]}{detail}", hang=4)


def _components(report: Report, page: Page) -> Iterator[str]:
    yield page.heading("Components")
    for state in (
        Basis.VERIFIED,
        Basis.INFERRED,
        Basis.DECLARED,
        Basis.UNKNOWN,
        Basis.WITHHELD,
        Basis.ABSENT,
    ):
        parts = [part for part in report.components if part.state is state]
        if parts:
            names = ", ".join(COMPONENT_WORDS[part.kind] for part in parts)
            yield from page.wrap(f"{STATE_WORDS[state]:<16}{names}", hang=18)


def _claims(report: Report, page: Page) -> Iterator[str]:
    if not report.claims:
        return
    yield page.heading("What it says of itself")
    marks = {
        ClaimFinding.UPHELD: "✓",
        ClaimFinding.OVERSTATED: "✗",
        ClaimFinding.UNDERSTATED: "~",
        ClaimFinding.UNPROVEN: "?",
    }
    for claim in report.claims[:4]:
        quote = claim.quote if len(claim.quote) <= 90 else claim.quote[:89] + "…"
        yield from page.wrap(
            f"{marks[claim.finding]} {claim.finding.value}: “{quote}” ({claim.location})", hang=4
        )
    if len(report.claims) > 4:
        yield from page.wrap(f"and {len(report.claims) - 4} more", indent=4)


def _findings(report: Report, page: Page, *, verbose: bool) -> Iterator[str]:
    if not report.findings:
        return
    yield page.heading("Watch")
    shown = report.findings if verbose else report.findings[:_FINDINGS]
    for finding in shown:
        yield from page.wrap(f"{finding.severity.value:<9}{finding.message}", hang=11)
    if len(report.findings) > len(shown):
        yield from page.wrap(f"+{len(report.findings) - len(shown)} more with -v", indent=11)


def _explained(verdict: Verdict, page: Page) -> Iterator[str]:
    yield ""
    yield page.heading(f"{INSTRUMENT_WORDS[verdict.instrument]}: {verdict_words(verdict)}")
    for item in verdict.criteria:
        mark = OUTCOME_MARKS[item.outcome]
        yield from page.wrap(
            f"{mark} {item.id}: {item.outcome.value} ({item.basis.value}). {item.reason}", hang=4
        )
        for ground in item.because[:3]:
            yield from page.wrap(_ground(ground), indent=6, hang=8)
    for note in verdict.notes:
        yield from page.wrap(f"note: {note}", hang=4)
    for fact in verdict.moved_by:
        yield from page.wrap(f"would move it: {fact}", hang=4)


def _ground(ground: Ground) -> str:
    if isinstance(ground, Evidence):
        quote = f" “{ground.quote[:100]}”" if ground.quote else ""
        return f"{ground.location}  {ground.key} = {ground.value}{quote}"
    return f"{ground.location}  {ground.reason.value}: {ground.detail}"


def _evidence(report: Report, page: Page) -> Iterator[str]:
    yield ""
    yield page.heading("Components, with reasons")
    for part in report.components:
        yield from page.wrap(f"{COMPONENT_WORDS[part.kind]} ({part.state.value}): {part.reason}", hang=4)
    yield page.heading(f"Evidence ({len(report.evidence)})")
    for item in report.evidence:
        yield from page.wrap(_ground(item), hang=4)
    if report.gaps:
        yield page.heading(f"Could not look ({len(report.gaps)})")
        for gap in report.gaps:
            yield from page.wrap(_ground(gap), hang=4)


def _several(report: Report, page: Page) -> Iterator[str]:
    yield page.heading(f"{visible(report.title)}: {len(report.releases)} releases in one repository")
    yield ""
    rows: list[Sequence[str]] = [("release", "door", "weights' licence", "safe", "watch")]
    for inner in report.releases:
        weights = [match.licence.id for match in inner.licences if Scope.WEIGHTS in match.applies_to]
        door = inner.verdict("g7")
        said = level_words(door.declared) + ("" if door.declared == door.at_least else ", as declared")
        licence = ", ".join(dict.fromkeys(weights)) or "none found"
        rows.append((visible(inner.title), said, licence, inner.safety.level, str(len(inner.findings))))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        line = "  ".join(f"{cell:<{size}}" for cell, size in zip(row, widths, strict=True)).rstrip()
        yield page.heading(f"  {line}"[: page.width]) if number == 0 else f"  {line}"[: page.width]
    yield ""
    yield from page.wrap("Each is judged by its own licence; none is lent another's. -v shows every card.")
    for inner in report.releases:
        for finding in inner.findings[:1]:
            yield from page.wrap(f"{inner.title}: {finding.message}", hang=4)


def _footer(report: Report) -> Iterator[str]:
    cost = report.cost
    yield ""
    yield (
        f"{len(report.release.files)} files, read {size_words(cost.bytes_read)} of {size_words(cost.bytes_total)} "
        f"in {cost.seconds:.2f} s; ajar {report.tool_version}"
    )
    if report.control.signature != "none":
        verified = report.control.signature == "verified"
        yield "signed, verified" if verified else "signed, not verified: see `ajar verify`"
