"""A JSON report (`ajar-report/1`), in the words that a page shows. The same for one just made and for one stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ajar.errors import MalformedError
from ajar.frameworks.explain import explain
from ajar.model.component import SCOPE_OF, ComponentKind, Scope
from ajar.model.judgement import DOOR_LABELS, Door, Right
from ajar.reports.json_v1 import SCHEMA
from ajar.reports.plain import size_words
from ajar.reports.words import (
    COMPONENT_WORDS,
    INSTRUMENT_WORDS,
    OUTCOME_MARKS,
    RELATION_WORDS,
    RIGHT_WORDS,
    SAFETY_WORDS,
    STATE_WORDS,
    level_words,
    right_class,
    right_mark,
)
from ajar.web.pictures import Edge, Node

Json = Mapping[str, Any]
_GROUNDS = 6  # shown of one answer; the twin has all
_FILES = 500  # rows of the table of files
_CLAIM_MARKS = {"upheld": "✓", "overstated": "✗", "understated": "~", "unproven": "?"}
_STATE_MARKS = {"verified": "✓", "declared": "“", "inferred": "~", "absent": "✗", "withheld": "✗", "unknown": "?"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """One fact, or one thing that could not be seen. `href` when the place is an address."""

    place: str
    href: str
    words: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    id: str
    asks: str
    outcome: str
    mark: str
    reason: str
    basis: str
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    id: str
    name: str
    level: str
    words: str
    is_settled: bool
    criteria: tuple[CriterionView, ...]
    moved_by: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many criteria of each outcome that any has."""
        found: dict[str, int] = {}
        for item in self.criteria:
            found[item.outcome] = found.get(item.outcome, 0) + 1
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    kind: str
    name: str
    state: str
    mark: str
    words: str
    reason: str
    licences: str
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RightView:
    asks: str
    answer: str
    style: str
    mark: str
    quote: str
    place: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    severity: str
    message: str
    remedy: str
    rule: str
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    path: str
    format: str
    level: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    quote: str
    says: str
    finding: str
    mark: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """Everything that a report's page shows."""

    title: str
    target: str
    revision: str
    door: str
    label: str
    at_least: str
    at_most: str
    is_certain: bool
    moved_by: tuple[str, ...]
    verdicts: tuple[VerdictView, ...]
    parts: tuple[tuple[str, tuple[PartView, ...]], ...]  # by scope
    rights: tuple[RightView, ...]
    obligations: tuple[str, ...]
    licences: tuple[tuple[str, str, str], ...]  # what it covers, id, where
    safety: str
    safety_words: str
    files: tuple[FileView, ...]
    more_files: int
    claims: tuple[ClaimView, ...]
    findings: tuple[FindingView, ...]
    parents: tuple[tuple[Node, Edge], ...]
    gaps: tuple[Because, ...]
    cost: str
    releases: tuple[ReportView, ...] = ()


def view(report: Any) -> ReportView:
    """Read a report. Raises `MalformedError` when it is no report, or a broken one."""
    try:
        if report["schema"] != SCHEMA:
            raise MalformedError(f"not a report: its schema is {str(report['schema'])[:60]!r}")
        return _view(report)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedError(f"a broken report: {type(error).__name__} at {str(error)[:80]}") from error


def _view(report: Json) -> ReportView:
    door, safety, cost = report["door"], report["safety"], report["cost"]
    files = safety["files"]
    return ReportView(
        title=str(report["title"]),
        target=str(report["target"]),
        revision=str(report["release"]["revision"] or ""),
        door=Door(door["declared"]).value,
        label=DOOR_LABELS[Door(door["declared"])],
        at_least=DOOR_LABELS[Door(door["at_least"])],
        at_most=DOOR_LABELS[Door(door["at_most"])],
        is_certain=door["declared"] == door["at_most"],
        moved_by=tuple(map(str, door["moved_by"])),
        verdicts=tuple(verdict_view(item) for item in report["verdicts"]),
        parts=_parts(report["components"]),
        rights=tuple(_right(name, item) for name, item in report["rights"].items()),
        obligations=tuple(map(str, report["obligations"])),
        licences=tuple(
            (", ".join(item["applies_to"]), str(item["id"]), place(item["location"]))
            for item in report["licences"]
        ),
        safety=str(safety["level"]),
        safety_words=SAFETY_WORDS[safety["level"]],
        files=tuple(_file(item) for item in files[:_FILES]),
        more_files=max(0, len(files) - _FILES),
        claims=tuple(_claim(item) for item in report["claims"]),
        findings=tuple(_finding(item) for item in report["findings"]),
        parents=tuple(_parent(item, str(report["title"])) for item in report["lineage"]),
        gaps=tuple(_because(item) for item in report["gaps"][:_FILES]),
        cost=f"{size_words(int(cost['bytes_read']))} of {size_words(int(cost['bytes_total']))} read in {float(cost['seconds']):.2f} s",
        releases=tuple(_view(inner) for inner in report["releases"]),
    )


def verdict_view(verdict: Json) -> VerdictView:
    """One instrument's answer, each criterion with its question."""
    declared, most = level_words(verdict["declared"]), level_words(verdict["at_most"])
    return VerdictView(
        id=str(verdict["instrument"]),
        name=INSTRUMENT_WORDS[verdict["instrument"]],
        level=str(verdict["declared"]),
        words=declared if declared == most else f"{declared}; at most {most}",
        is_settled=declared == most,
        criteria=tuple(_criterion(item) for item in verdict["criteria"]),
        moved_by=tuple(map(str, verdict["moved_by"])),
        notes=tuple(map(str, verdict["notes"])),
    )


def _criterion(item: Json) -> CriterionView:
    known = explain(str(item["id"]))
    return CriterionView(
        id=str(item["id"]),
        asks=known.title if known else str(item["id"]).replace("-", " "),
        outcome=str(item["outcome"]),
        mark=OUTCOME_MARKS[item["outcome"]],
        reason=str(item["reason"]),
        basis=str(item["basis"]),
        because=grounds_view(item["because"]),
    )


def grounds_view(found: Iterable[Json]) -> tuple[Because, ...]:
    """The first few facts and gaps that something rests on."""
    return tuple(_because(item) for item in list(found)[:_GROUNDS])


def _because(item: Json) -> Because:
    where = place(item["location"])
    words = f"{item['reason']}: {item['detail']}" if "reason" in item else f"{item['key']} = {item['value']}"
    return Because(place=where, href=link(where), words=words, quote=str(item.get("quote") or ""))


def place(location: Any) -> str:
    """Where something stands: path, and the line, bytes or pointer in it."""
    if location is None:
        return ""
    path = str(location["path"])
    if location.get("line") is not None:
        return f"{path}:{int(location['line'])}"
    if location.get("pointer") is not None:
        return f"{path}#{location['pointer']}"
    start = location.get("start")
    return path if start is None else f"{path} bytes {int(start)}–{location.get('end')}"


def link(place: str) -> str:
    """The place itself when it is an address that a browser may follow, and otherwise nothing."""
    return place if place.startswith(("https://", "http://")) and " " not in place else ""


def _parts(components: Iterable[Json]) -> tuple[tuple[str, tuple[PartView, ...]], ...]:
    groups: dict[Scope, list[PartView]] = {scope: [] for scope in (Scope.WEIGHTS, Scope.CODE, Scope.DATA, Scope.DOCUMENTS)}  # fmt: skip
    for item in components:
        kind = ComponentKind(item["kind"])
        groups[SCOPE_OF[kind]].append(
            PartView(
                kind=kind.value,
                name=COMPONENT_WORDS[kind],
                state=str(item["state"]),
                mark=_STATE_MARKS[item["state"]],
                words=STATE_WORDS[item["state"]],
                reason=str(item["reason"]),
                licences=", ".join(map(str, item["licences"])),
                because=grounds_view(item["because"]),
            )
        )
    return tuple((scope.value, tuple(parts)) for scope, parts in groups.items())


def _right(name: str, item: Json) -> RightView:
    right = Right(id=name, answer=str(item["answer"]), quote=str(item["quote"]), location=None)
    where = place(item["location"])
    return RightView(
        asks=RIGHT_WORDS.get(name, name.replace("-", " ")),
        answer=right.answer,
        style=right_class(right),
        mark=right_mark(right),
        quote=right.quote,
        place=where,
        href=link(where),
    )


def _file(item: Json) -> FileView:
    return FileView(
        path=str(item["path"]),
        format=str(item["format"]),
        level=str(item["level"]),
        findings=tuple(str(finding["message"]) for finding in item["findings"]),
    )


def _claim(item: Json) -> ClaimView:
    return ClaimView(
        quote=str(item["quote"]).strip('"“” '),
        says=str(item["says"]).replace("-", " "),
        finding=str(item["finding"]),
        mark=_CLAIM_MARKS[item["finding"]],
        because=tuple(map(str, item["because"])),
    )


def _finding(item: Json) -> FindingView:
    return FindingView(
        severity=str(item["severity"]),
        message=str(item["message"]),
        remedy=str(item["remedy"]),
        rule=str(item["rule"]),
        because=grounds_view(item["because"]),
    )


def _parent(item: Json, child: str) -> tuple[Node, Edge]:
    licence = str(item["licence"] or "licence not known here")
    node = Node(key=f"parent {item['parent']}", name=str(item["parent"]), note=licence)
    words = RELATION_WORDS[item["relation"]]
    return node, Edge(parent=node.key, child=child, words=f"{words}; {licence}", is_hint=bool(item["hint"]))
