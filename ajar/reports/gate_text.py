"""A gate's result for people: what fails first, each with why, evidence and what would mend it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import zip_longest

from ajar.model.evidence import Evidence, Ground
from ajar.model.gate import Effect, GateReport, RuleOutcome, RuleResult, TargetResult
from ajar.reports.plain import visible

_MARKS = {Effect.FAIL: "✗", Effect.WARN: "!", Effect.WAIVED: "~", Effect.KNOWN: "=", Effect.PASS: "✓"}
_COLOURS = {Effect.FAIL: "31", Effect.WARN: "33", Effect.WAIVED: "33", Effect.KNOWN: "33", Effect.PASS: "32"}
_GROUNDS = 2
_SHOWN = 12  # results of one target, unless all are asked for


def render(report: GateReport, *, verbose: bool, colour: bool, width: int) -> str:
    """The result as text of at most `width` columns."""
    page = _Page(width=width, colour=colour)
    lines = [page.bold(f"ajar gate: {visible(report.policy)}"), ""]
    order = tuple(Effect)
    for target in sorted(report.targets, key=lambda item: order.index(item.effect)):
        lines += page.target(target, verbose=verbose)
    if report.own:
        lines.append(
            f"{page.paint(_MARKS[Effect.FAIL], _COLOURS[Effect.FAIL])} {page.bold('the policy itself')}"
        )
    for item in report.own:
        lines += page.result(item)
    lines += [line for note in report.notes for line in page.wrap(f"note: {note}", 2, 4)]
    failing = sum(item.effect is Effect.FAIL for item in report.targets)
    verdict = "PASS" if report.passed else "FAIL"
    count = f"{failing} of {len(report.targets)} fail" if failing else f"{len(report.targets)} pass"
    if report.own and not failing:
        count = f"{len(report.targets)} would pass, the policy does not"
    lines += ["", page.paint(f"{verdict}: {count}", "32" if report.passed else "31")]
    if not report.passed:
        lines += page.wrap(report.headline, 2, 4)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def ground_words(ground: Ground) -> str:
    """A piece of evidence in one line."""
    if isinstance(ground, Evidence):
        quote = f" “{ground.quote[:120]}”" if ground.quote else ""
        return f"{ground.location}: {ground.key} = {ground.value}{quote}"
    return f"{ground.location}: {ground.reason.value}, {ground.detail}"


class _Page:
    def __init__(self, *, width: int, colour: bool) -> None:
        self.width, self.colour = width, colour

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def bold(self, text: str) -> str:
        return self.paint(text, "1")

    def wrap(self, text: str, indent: int, hang: int) -> list[str]:
        return textwrap.wrap(
            visible(text),
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * hang,
            break_on_hyphens=False,
        )

    def target(self, target: TargetResult, *, verbose: bool) -> Iterator[str]:
        mark = self.paint(_MARKS[target.effect], _COLOURS[target.effect])
        rules = len({item.rule for item in target.results})
        words = target.problem or f"{rules} rule{'' if rules == 1 else 's'}"
        revision = f" at {target.revision[:12]}" if target.revision else ""
        yield f"{mark} {self.bold(visible(target.target))}{visible(revision)}  {visible(words)}"[
            : self.width + 20
        ]
        if target.hint:
            yield from self.wrap(target.hint, 4, 4)
        shown = [item for item in target.results if verbose or item.effect is not Effect.PASS]
        shown.sort(key=lambda item: tuple(Effect).index(item.effect))
        shown_here = shown if verbose else shown[:_SHOWN]
        for item, following in zip_longest(shown_here, shown_here[1:]):
            alike = following is not None and (following.rule, following.remedy) == (item.rule, item.remedy)
            yield from self.result(item, is_last=not alike)
        if len(shown) > _SHOWN and not verbose:
            yield f"    and {len(shown) - _SHOWN} more with -v"

    def result(self, item: RuleResult, *, is_last: bool = True) -> Iterator[str]:
        """One result; what a run of them have in common stands below the last."""
        mark = self.paint(_MARKS[item.effect], _COLOURS[item.effect])
        unknown = "unknown: " if item.outcome is RuleOutcome.UNKNOWN else ""
        first, *rest = self.wrap(f"{item.rule}: {unknown}{item.why}", 6, 8)
        yield f"    {mark} {first.lstrip()}"
        yield from rest
        if item.effect is Effect.PASS:
            return
        if is_last:
            yield from self.wrap(f"asked: {item.asks}", 8, 10)
        for ground in item.because[:_GROUNDS]:
            yield from self.wrap(ground_words(ground), 8, 10)
        if item.waiver is not None:
            waiver = item.waiver
            yield from self.wrap(f"waived until {waiver.expires} by {waiver.owner}: {waiver.reason}", 8, 10)
        elif item.effect is Effect.KNOWN:
            yield from self.wrap("it failed in the baseline already", 8, 10)
        elif item.remedy and is_last:
            yield from self.wrap(f"to mend it: {item.remedy}", 8, 10)
