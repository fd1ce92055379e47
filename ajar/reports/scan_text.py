"""A scan in words: what is wrong first, one line a finding, what to do about it, and a sum at the end."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator

from ajar.model.judgement import Finding, Severity
from ajar.model.scan import FileSafety, ScanReport
from ajar.reports.plain import size_words, visible

_MARKS = {"dangerous": "✗", "unknown": "?", "caution": "~", "clean": "✓"}
_COLOURS = {"dangerous": "31", "unknown": "35", "caution": "33", "clean": "32"}
_ORDER = ("dangerous", "unknown", "caution", "clean")
_FINDINGS = 5


def render(report: ScanReport, *, verbose: bool, colour: bool, width: int) -> str:
    """Text of at most `width` columns; clean files and notes only when `verbose`."""
    lines: list[str] = []
    for level in _ORDER:
        for file in report.files:
            if file.level == level and (verbose or level != "clean"):
                lines += _file(file, verbose=verbose, colour=colour, width=width)
    for gap in report.gaps:
        lines += _wrapped(f"? {gap.location}: {gap.detail}", width, 0)
    lines += _next_steps(report, width)
    done, cost = _sum(report)
    whole = f"{done}; {cost}"
    lines += [whole] if len(whole) <= width else [*_wrapped(f"{done};", width, 0), f"  {cost}"]
    return "\n".join(lines) + "\n"


def _file(file: FileSafety, *, verbose: bool, colour: bool, width: int) -> Iterator[str]:
    head = f"{_MARKS[file.level]} {file.level:<9} {visible(file.path)} ({file.format})"
    # A path stays whole, so that it can be copied.
    first, *rest = textwrap.wrap(
        head, width, subsequent_indent=" " * 12, break_on_hyphens=False, break_long_words=False
    )
    yield f"\x1b[{_COLOURS[file.level]}m{first}\x1b[0m" if colour else first
    yield from rest
    shown = [item for item in file.findings if verbose or item.severity is not Severity.INFO]
    told: set[str] = set()
    for finding in shown[: None if verbose else _FINDINGS]:
        text = f"{finding.severity.value:<8} {_inner(finding)}{finding.message}"
        yield from _wrapped(text, width, 4, hang=13)
        if finding.severity is not Severity.INFO and finding.rule not in told:
            told.add(finding.rule)
            yield from _wrapped(f"{finding.rule}: {finding.remedy}", width, 13, hang=13)
    if len(shown) > _FINDINGS and not verbose:
        yield f"    and {len(shown) - _FINDINGS} more; -v shows them"
    for gap in file.gaps[: None if verbose else 3]:
        yield from _wrapped(f"not seen {gap.detail}", width, 4, hang=13)


def _inner(finding: Finding) -> str:
    """The member of an archive that a finding is about."""
    inside = finding.because[0].location.path.partition("!/")[2]
    return f"{inside}, " if inside else ""


def _wrapped(text: str, width: int, indent: int, *, hang: int = 2) -> list[str]:
    return textwrap.wrap(
        visible(text),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * hang,
        break_on_hyphens=False,
    )


def _next_steps(report: ScanReport, width: int) -> Iterator[str]:
    """Where more is said, and that unknown is no pass."""
    rule = next(
        (item.rule for file in report.files if file.level == "dangerous" for item in file.findings), ""
    )
    if rule:
        yield from _wrapped(f"More: ajar explain {rule}", width, 0)
    if report.level == "unknown" or any(file.level == "unknown" for file in report.files):
        text = "Unknown is not clean: get the file again, or do not load it. --fail-on unknown makes it an error."
        yield from _wrapped(text, width, 0)


def _sum(report: ScanReport) -> tuple[str, str]:
    counts = Counter(file.level for file in report.files)
    parts = [f"{counts[level]} {level}" for level in _ORDER if counts[level]]
    cost = report.cost
    number = f"{len(report.files)} file{'s' if len(report.files) != 1 else ''}"
    return (
        f"{number}: {', '.join(parts) or 'none'}",
        f"read {size_words(cost.bytes_read)} of {size_words(cost.bytes_total)} in {cost.seconds:.2f} s",
    )
