"""A gate's result as Markdown, for a job summary or a comment. Every word of a release is escaped."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.model.gate import Effect, GateReport, RuleOutcome, RuleResult
from ajar.reports.gate_text import ground_words
from ajar.reports.markdown_words import escaped

_WORDS = {
    Effect.FAIL: "**fails**",
    Effect.WARN: "warning",
    Effect.WAIVED: "waived",
    Effect.KNOWN: "known",
    Effect.PASS: "passes",
}
_SHOWN = 50  # rows of one target; a job summary holds 1 MiB


def render(report: GateReport) -> str:
    """The result as GitHub-flavoured Markdown."""
    failing = sum(item.effect is Effect.FAIL for item in report.targets)
    verdict = "passes" if report.passed else "fails"
    lines = [f"## {escaped(report.policy)}: {verdict}", ""]
    if not report.passed:
        lines += [f"{failing} of {len(report.targets)} fail. {escaped(report.headline)}", ""]
    lines += ["| release | | rules that need a look |", "|---|---|---|"]
    order = tuple(Effect)
    targets = sorted(report.targets, key=lambda item: order.index(item.effect))
    for item in targets:
        looked = list(dict.fromkeys(one.rule for one in item.results if one.effect is not Effect.PASS))
        words = escaped(item.problem) if item.problem else escaped(", ".join(looked)) or "none"
        lines.append(f"| {escaped(item.target)} | {_WORDS[item.effect]} | {words} |")
    for item in targets:
        shown = [one for one in item.results if one.effect is not Effect.PASS]
        if shown:
            lines += ["", f"### {escaped(item.target)}", ""]
            lines += [line for one in shown[:_SHOWN] for line in _result(one)]
    lines += [line for one in report.own for line in ("", *_result(one))]
    lines += [line for note in report.notes for line in ("", escaped(note))]
    return "\n".join(lines) + "\n"


def _result(item: RuleResult) -> Iterator[str]:
    unknown = "unknown: " if item.outcome is RuleOutcome.UNKNOWN else ""
    yield f"- {_WORDS[item.effect]}: {escaped(item.rule)}: {unknown}{escaped(item.why)}"
    yield f"  - asked: {escaped(item.asks)}"
    for ground in item.because[:2]:
        yield f"  - evidence: {escaped(ground_words(ground))}"
    if item.waiver is not None:
        one = item.waiver
        yield f"  - waived until {escaped(one.expires)} by {escaped(one.owner)}: {escaped(one.reason)}"
    elif item.remedy and item.effect is not Effect.KNOWN:
        yield f"  - to mend it: {escaped(item.remedy)}"
