"""Precision and recall of `ajar read`, kind by kind, on the marked articles of tests/reading/articles.

python benchmarks/reading.py            the development and the held-out articles, in two tables
python benchmarks/reading.py --misses   and what was missed or judged otherwise (development only)
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ajar.model.article import ArticleReading, Statement
from ajar.reading import read

ARTICLES = Path(__file__).resolve().parent.parent / "tests" / "reading" / "articles"
CHECKED = {"supported", "contradicted", "imprecise"}


@dataclass(slots=True)
class Score:
    """Counts by kind. A mark is hit when a statement of its kind overlaps its words and has its verdict."""

    marked: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    unmarked: Counter[str] = field(default_factory=Counter)
    false_alarms: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def precision(self, kind: str | None = None) -> float:
        return _share(self.right, self.judged, kind)

    def recall(self, kind: str | None = None) -> float:
        return _share(self.hit, self.marked, kind)


def _share(part: Counter[str], whole: Counter[str], kind: str | None) -> float:
    top, base = (part.total(), whole.total()) if kind is None else (part[kind], whole[kind])
    return top / base if base else float("nan")


def articles(group: str) -> list[tuple[Path, dict[str, Any]]]:
    """The articles of a group, `dev` or `heldout`, with their marks."""
    found = []
    for marks in sorted(ARTICLES.glob(f"{group}-*.marks.yaml")):
        stem = marks.name.removesuffix(".marks.yaml")
        article = next(path for path in ARTICLES.glob(f"{stem}.*") if path != marks)
        found.append((article, yaml.safe_load(marks.read_text("utf-8"))))
    return found


def score(group: str) -> Score:
    total = Score()
    for path, marks in articles(group):
        add(total, read(path.read_bytes(), path.name), marks["statements"], path.name)
    return total


def add(total: Score, reading: ArticleReading, marks: list[dict[str, Any]], where: str) -> None:
    text = reading.text
    seen: set[int] = set()
    for mark in marks:
        start = text.find(mark["quote"])
        assert start >= 0, f"{where}: {mark['quote']!r} is not in the text"
        kinds = mark["kind"] if isinstance(mark["kind"], list) else [mark["kind"]]
        verdicts = mark["verdict"] if isinstance(mark["verdict"], list) else [mark["verdict"]]
        near = [
            (number, item)
            for number, item in enumerate(reading.statements)
            if item.kind in kinds and item.span.start < start + len(mark["quote"]) and start < item.span.end
        ]
        total.marked[kinds[0]] += 1
        right = [item for _, item in near if item.verdict in verdicts]
        if right:
            total.hit[kinds[0]] += 1
        else:
            total.misses.append(
                f"{where}: {mark['quote']!r} {kinds} {verdicts}: {[_short(item) for _, item in near]}"
            )
        for number, item in near:
            if item.verdict in CHECKED and number not in seen:
                seen.add(number)
                total.judged[item.kind.value] += 1
                fits = any(item.verdict in _verdicts(other) for other in marks if _covers(other, item, text))
                total.right[item.kind.value] += fits
                if not fits and item.verdict == "contradicted":
                    total.false_alarms.append(f"{where}: {_short(item)}")
    for number, item in enumerate(reading.statements):
        if number in seen or item.verdict not in CHECKED:
            continue
        total.unmarked[item.verdict.value] += 1
        if item.verdict == "contradicted":
            total.judged[item.kind.value] += 1
            total.false_alarms.append(f"{where}: {_short(item)}")


def _verdicts(mark: dict[str, Any]) -> list[str]:
    return mark["verdict"] if isinstance(mark["verdict"], list) else [mark["verdict"]]


def _covers(mark: dict[str, Any], item: Statement, text: str) -> bool:
    kinds = mark["kind"] if isinstance(mark["kind"], list) else [mark["kind"]]
    start = text.find(mark["quote"])
    return item.kind in kinds and item.span.start < start + len(mark["quote"]) and start < item.span.end


def _short(item: Statement) -> str:
    return f"{item.verdict.value} {item.kind.value} ({item.about}) [{item.rule}]"


def table(name: str, total: Score) -> str:
    rows = [f"{name}: {total.marked.total()} marked statements, {total.unmarked.total()} found besides", ""]
    rows.append(f"  {'kind':<18}{'marked':>7}{'recall':>8}{'judged':>8}{'precision':>11}")
    for kind in sorted(set(total.marked) | set(total.judged)):
        rows.append(
            f"  {kind:<18}{total.marked[kind]:>7}{total.recall(kind):>8.0%}{total.judged[kind]:>8}{total.precision(kind):>11.0%}"
        )
    rows.append(
        f"  {'all':<18}{total.marked.total():>7}{total.recall():>8.0%}{total.judged.total():>8}{total.precision():>11.0%}"
    )
    rows.append(f"  true statements called contradicted: {len(total.false_alarms)}")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--misses", action="store_true", help="list what was missed in the development articles"
    )
    asked = parser.parse_args()
    for group, name in (
        ("dev", "development"),
        ("heldout", "held out"),
        ("fresh", "written after the rules"),
    ):
        total = score(group)
        print(table(name, total), end="\n\n")
        if asked.misses and group == "dev":
            print("\n".join(["missed:", *total.misses, "false alarms:", *total.false_alarms]), end="\n\n")


if __name__ == "__main__":
    main()
