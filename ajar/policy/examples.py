"""A policy's own examples: releases imagined by their facts, and how the policy must end on each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ajar.config import VERSION
from ajar.frameworks import INSTRUMENTS
from ajar.model.component import Component, ComponentKind, LicenceMatch, MatchKind, Scope
from ajar.model.evidence import Basis, Evidence, Gap, GapReason, Location
from ajar.model.gate import Effect, TargetResult
from ajar.model.judgement import Finding, Severity, Verdict
from ajar.model.lineage import Parent, Relation
from ajar.model.locator import Locator
from ajar.model.release import Release
from ajar.model.report import Control, FileFacts, Report
from ajar.model.scan import Cost, FileSafety, Safety
from ajar.policy.judge import judge
from ajar.policy.licence_names import named
from ajar.policy.loading import OWN_CODE
from ajar.policy.origin import SIGNER
from ajar.policy.policy import Policy, without_waivers

_HERE = Location(path="given")
_LICENCES = {"weights-licences": Scope.WEIGHTS, "code-licences": Scope.CODE, "data-licences": Scope.DATA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One example: how it had to end, how it ended, and which rules failed."""

    name: str
    expected: str
    got: str
    wanted_fails: tuple[str, ...]
    fails: tuple[str, ...]
    why: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return self.expected == self.got and (
            not self.wanted_fails or set(self.wanted_fails) == set(self.fails)
        )


def try_examples(policy: Policy, today: date, audited: Mapping[int, TargetResult]) -> Iterator[Tried]:
    """Every example; those that name a target were judged by the caller and come by their number."""
    bare = without_waivers(policy)
    for number, example in enumerate(policy.examples):
        done = audited.get(number)
        if done is None:
            report = imagined(example.get("given", {}), today)
            done = judge(bare, report, target=report.target, today=today)
        failing = [item for item in done.results if item.effect is Effect.FAIL]
        yield Tried(
            name=example["name"],
            expected=example["expect"],
            got="fail" if done.effect is Effect.FAIL else "pass",
            wanted_fails=tuple(example.get("fails", ())),
            fails=tuple(dict.fromkeys(item.rule for item in failing)),
            why=(done.problem,) if done.problem else tuple(f"{item.rule}: {item.why}" for item in failing),
        )


def imagined(given: Mapping[str, Any], today: date) -> Report:
    """A report that holds the facts given and nothing else; whatever is not given is unknown."""
    evidence = tuple(_evidence(given, today))
    findings = tuple(_finding(rule) for rule in given.get("findings", ()))
    level = given.get("safety", "unknown")
    held = tuple(f"weights-{number}" for number, _ in enumerate(given.get("formats", ())))
    file = FileSafety(
        path="weights",
        format="unknown",
        level=level,
        gaps=(_gap("given as unknown"),) if level == "unknown" else (),
    )
    return Report(
        tool_version=VERSION,
        target="example",
        title="example",
        release=Release(locator=Locator(name="example")),
        files=tuple(
            FileFacts(path=path, format=form, size=1, family="weights")
            for path, form in zip(held, given.get("formats", ()), strict=True)
        ),
        components=tuple(_component(kind, given) for kind in ComponentKind),
        licences=tuple(_licences(given)),
        rights=(),
        obligations=(),
        safety=Safety(level=level, files=() if level == "clean" or "safety" not in given else (file,)),
        claims=(),
        control=Control(
            hosted_only=None,
            gated=given.get("gated"),
            signed=True if "signer" in given else None,
            revocable=None,
        ),
        verdicts=tuple(
            _verdict(item.id, item.levels, given.get("levels", {}).get(item.id)) for item in INSTRUMENTS
        ),
        findings=findings,
        evidence=evidence,
        gaps=() if "remote-code" in given else (_gap("not given", "config.json"),),
        cost=Cost(bytes_read=0, bytes_total=0, requests=0, seconds=0.0),
        lineage=tuple(_parent(item) for item in given.get("bases", ())),
    )


def _gap(detail: str, path: str = "given") -> Gap:
    return Gap(location=Location(path=path), reason=GapReason.ABSENT, detail=detail)


def _component(kind: ComponentKind, given: Mapping[str, Any]) -> Component:
    state = Basis.UNKNOWN
    if "components" in given:
        state = Basis.VERIFIED if kind.value in given["components"] else Basis.ABSENT
    return Component(kind=kind, state=state, reason="as given" if "components" in given else "not given")


def _licences(given: Mapping[str, Any]) -> Iterator[LicenceMatch]:
    there = given.get("text-present", True)
    for key, scope in _LICENCES.items():
        for text in given.get(key, ()):
            for licence in named(text).licences:
                yield LicenceMatch(
                    licence=licence,
                    match=MatchKind.EXACT if there else MatchKind.TAG,
                    location=Location(path="LICENSE" if there else "README.md"),
                    applies_to=(scope,),
                    because="given",
                    text_present=there,
                )


def _evidence(given: Mapping[str, Any], today: date) -> Iterator[Evidence]:
    def fact(key: str, value: str | bool) -> Evidence:
        return Evidence(key=key, value=value, location=_HERE, inspector="example")

    if "age-days" in given:
        day = (today - timedelta(days=given["age-days"])).isoformat()
        yield fact("host.created", day)
        yield fact("host.last-modified", day)
    if "gated" in given:
        yield fact("host.gated", given["gated"])
    if "signer" in given:
        yield fact(SIGNER, given["signer"])
    if given.get("remote-code"):
        yield fact("config.auto-map", "AutoModel=modeling.py")


def _finding(rule: str) -> Finding:
    severity = Severity.HIGH if rule == OWN_CODE else Severity.MEDIUM
    return Finding(rule=rule, severity=severity, message="as given", because=(_gap("given"),))


def _parent(base: Mapping[str, str]) -> Parent:
    licences = named(base["licence"]).licences if "licence" in base else ()
    return Parent(id=base["name"], relation=Relation.UNKNOWN, location=_HERE, licences=licences)


def _verdict(instrument: str, levels: Sequence[str], given: Sequence[str | float] | None) -> Verdict:
    """The level given, or one anywhere between the least and the most."""
    if given is None:
        given = (levels[0], levels[-1]) if levels else (0, 12)
    low, high = (str(item) if levels else f"{item:g}/12" for item in (given[0], given[-1]))
    return Verdict(
        instrument=instrument, version="", at_least=low, declared=low, at_most=high, summary=low, criteria=()
    )
