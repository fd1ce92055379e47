"""The way up, for the person who publishes a release."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from ajar.frameworks.ways import Way
from ajar.model.judgement import DOOR_LABELS, Door, Outcome, Verdict
from ajar.model.report import Report
from ajar.reports.plain import visible
from ajar.reports.words import INSTRUMENT_WORDS, OUTCOME_MARKS, level_words

_SETTLED = frozenset({Outcome.MET, Outcome.NOT_APPLICABLE})
_NUMBERS = ("no thing", "one thing", "two things", "three things", "four things", "five things")


def render(report: Report, ways: Sequence[Way], drafts: Mapping[str, int], *, width: int) -> str:
    """The ways, the nearest level of each instrument first. `drafts` maps a path to its number of blanks."""
    door = report.verdict("g7")
    lines = [visible(report.title), f"  proven: {DOOR_LABELS[Door(door.at_least)]}", ""]
    seen: set[str] = set()
    for way in ways:
        lines += _way(way, width, is_next=way.instrument not in seen)
        seen.add(way.instrument)
    for verdict in report.verdicts:
        if verdict.instrument not in seen:
            lines += _points(verdict, width)
    if drafts:
        lines += ["", "Documents that can be begun from what is known (--write makes them)"]
        lines += [
            f"  {visible(path)}: {count} place{'' if count == 1 else 's'} left to fill in"
            for path, count in drafts.items()
        ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _points(verdict: Verdict, width: int) -> Iterator[str]:
    """An instrument without a level above: one of points, or the top of its levels."""
    open_ones = [item for item in verdict.criteria if item.outcome not in _SETTLED]
    name = INSTRUMENT_WORDS[verdict.instrument]
    more = "; more points for" if open_ones else ", and nothing above it"
    yield f"{name}, {level_words(verdict.at_least)}{more}"
    for item in open_ones:
        yield from _line(f"{OUTCOME_MARKS[item.outcome]} {item.id}: {item.reason}", width)


def _line(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        visible(text), width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )


def _way(way: Way, width: int, *, is_next: bool) -> Iterator[str]:
    count = len(way.more)
    number = _NUMBERS[count] if count < len(_NUMBERS) else f"{count} things"
    further = "" if is_next else " more"
    verb = "is" if count == 1 else "are"
    if not is_next:
        number = number.replace(" thing", f"{further} thing")
    yield f"{INSTRUMENT_WORDS[way.instrument]}, {way.label}: {number} {verb} missing"
    for thing in way.more:
        yield from _line(f"{OUTCOME_MARKS[thing.outcome]} {thing.what}: {thing.why}", width)
