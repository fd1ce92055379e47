"""Rules on licences, on what they allow, and on those of base models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from ajar import rights
from ajar.model.component import SCOPE_OF, LicenceMatch, MatchKind, Openness, Scope
from ajar.model.evidence import Basis, Evidence, Gap, GapReason, Ground, Location
from ajar.model.gate import RuleOutcome, RuleResult
from ajar.model.lineage import Parent
from ajar.model.terms import Answer
from ajar.policy.case import Case, Rule, result
from ajar.policy.licence_names import named

_NAMED_ONLY = frozenset({MatchKind.TAG, MatchKind.REFERENCE})
_OPEN = {
    "open-source": frozenset({Openness.OPEN_SOURCE}),
    "open": frozenset({Openness.OPEN_SOURCE, Openness.OPEN_CONTENT}),
}
_THERE = frozenset({Basis.VERIFIED, Basis.DECLARED, Basis.UNKNOWN})


def ground(match: LicenceMatch) -> Evidence:
    """The place where a licence was found, as evidence."""
    return Evidence(
        key=f"licence.{match.match.value}",
        value=match.licence.id,
        location=match.location,
        inspector="rights",
        quote=match.quote,
        basis=Basis.DECLARED if match.match in _NAMED_ONLY else Basis.VERIFIED,
    )


def _licences(scope: Scope, rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    binding = [item for item in rights.chosen(case.report.licences) if scope in item.applies_to]
    asks = _asked(rule)
    if not binding:
        yield _none(scope, asks, case)
        return
    together = frozenset(item.licence.id for item in binding)
    by_id: dict[str, list[LicenceMatch]] = {}
    for match in binding:
        by_id.setdefault(match.licence.id, []).append(match)
    for matches in by_id.values():
        yield _one(matches, rule, asks, together)


def _asked(rule: Mapping[str, Any]) -> str:
    words = []
    if "allow" in rule:
        words.append(f"one of {', '.join(rule['allow'][:6])}{' …' if len(rule['allow']) > 6 else ''}")
    if "deny" in rule:
        words.append(f"none of {', '.join(rule['deny'][:6])}{' …' if len(rule['deny']) > 6 else ''}")
    if rule.get("kind", "any") != "any":
        words.append(f"an {rule['kind']} licence")
    if "deny-limits" in rule:
        words.append(f"no limit on: {', '.join(rule['deny-limits'])}")
    if rule.get("basis") == "verified":
        words.append("its text in the release")
    return "; ".join(words)


def _none(scope: Scope, asks: str, case: Case) -> RuleResult:
    parts = [part for part in case.report.components if SCOPE_OF[part.kind] is scope]
    there = [part for part in parts if part.state in _THERE]
    if scope is not Scope.WEIGHTS and not there:
        return result(True, asks, f"there is no {scope.value} here to license")
    gap = Gap(location=Location(path="."), reason=GapReason.ABSENT, detail=f"no licence on the {scope.value}")
    if all(part.state is not Basis.VERIFIED for part in there):
        why = f"the licence on the {scope.value} stands where it is published, not here"
        return result(
            RuleOutcome.UNKNOWN, asks, why, got="none", because=[gap], remedy="read it there, and record it"
        )
    why = f"no licence covers the {scope.value}: the law then gives no right to use it"
    remedy = "ask the publisher to state one, or choose another release"
    return result(False, asks, why, got="none", because=[gap], remedy=remedy)


def _one(
    matches: Sequence[LicenceMatch], rule: Mapping[str, Any], asks: str, together: frozenset[str]
) -> RuleResult:
    """One licence, with every place it was found in; its text counts for more than its name."""
    first = min(matches, key=lambda item: tuple(MatchKind).index(item.match))
    licence = first.licence
    because = [ground(item) for item in matches]
    told = partial(result, asks=asks, about=licence.id, because=because)
    problem = _denied(first, rule, together)
    if problem:
        return told(
            False,
            why=problem,
            got=first.match.value,
            remedy="choose a release under another licence, or ask for a waiver",
        )
    changed = next((item for item in matches if item.match is MatchKind.MODIFIED), None)
    if changed is not None or first.match in {MatchKind.DERIVED, MatchKind.UNKNOWN}:
        at = changed or first
        words = f" (“{at.differences[0].text[:100]}”)" if at.differences else ""
        why = f"{at.location.path} is no known licence word for word{words}"
        return told(
            RuleOutcome.UNKNOWN, why=why, got=at.match.value, remedy=f"have a person read {at.location}"
        )
    if licence.openness is Openness.UNKNOWN and "allow" not in rule:
        why = f"{licence.id} is no licence that is known"
        return told(
            RuleOutcome.UNKNOWN, why=why, got="not-known", remedy=f"have a person read {first.location}"
        )
    if rule.get("basis") == "verified" and all(item.match in _NAMED_ONLY for item in matches):
        why = f"{licence.id} is named at {first.location}, and its text is not in the release"
        return told(
            RuleOutcome.UNKNOWN, why=why, got="named", remedy="put the licence's text into the release"
        )
    return told(True, why=f"{licence.id}, {first.location}", got=first.match.value)


def _denied(match: LicenceMatch, rule: Mapping[str, Any], together: frozenset[str]) -> str:
    """Why a licence does not pass; empty when it does."""
    licence = match.licence
    names = {licence.id, match.nearest} if match.nearest else {licence.id}
    if any(item.id in names for text in rule.get("deny", ()) for item in named(text).licences):
        return f"{licence.id} is denied, {match.location}"
    limits = [limit for limit in licence.limits if limit in rule.get("deny-limits", ())]
    if limits:
        return f"{licence.id} sets a limit that is denied: {', '.join(limits)}, {match.location}"
    if "allow" in rule and not any(named(text).covers(licence.id, together) for text in rule["allow"]):
        return f"{licence.id} is not among the allowed, {match.location}"
    wanted = _OPEN.get(rule.get("kind", "any"))
    if wanted and licence.openness not in {*wanted, Openness.UNKNOWN}:
        return f"{licence.id} is {licence.openness.value}, {match.location}"
    return ""


def _rights(rules: Sequence[Mapping[str, Any]], case: Case) -> Iterator[RuleResult]:
    binding = [item for item in rights.chosen(case.report.licences) if Scope.WEIGHTS in item.applies_to]
    terms = rights.all_terms(binding, case.texts) if binding else ()
    for rule in rules:
        answers = rights.answer(rights.plan_of(rule["use"]), *terms)
        yield _right(rule, answers, binding)


def _right(rule: Mapping[str, Any], answers: Sequence[Answer], binding: Sequence[LicenceMatch]) -> RuleResult:
    overall = rights.overall(answers)
    accepted = {"yes", "conditional"} if rule.get("accept") == "conditional" else {"yes"}
    outcome = RuleOutcome.UNKNOWN if overall == "unknown" else RuleOutcome.FAIL
    if overall in accepted:
        outcome = RuleOutcome.PASS
    decisive = [item for item in answers if item.answer == overall]
    words = _in_words(decisive) or overall
    because: list[Ground] = [
        Evidence(
            key="licence.clause",
            value=item.answer,
            location=item.location,
            inspector="rights",
            quote=item.quote,
        )
        for item in decisive
        if item.location is not None
    ]
    because += [ground(item) for item in binding[:2]] if not because else []
    must = list(dict.fromkeys(duty for item in decisive for duty in item.must if duty))
    if not binding:
        words, because = "no licence covers the weights", []
    remedy = f"it depends on: {'; '.join(must[:3])}" if must else "choose a release whose licence allows it"
    if outcome is RuleOutcome.UNKNOWN:
        remedy = "have a person read the licence" + (f"; {remedy}" if must else "")
    elif outcome is RuleOutcome.PASS and must:
        words = f"{words}; on condition: {'; '.join(must[:4])}"
    return result(
        outcome,
        f"“{rule['use']}” is allowed" + ("" if len(accepted) == 1 else ", conditions kept"),
        words,
        about=rule["use"],
        got=overall,
        because=because,
        remedy=remedy,
    )


def _in_words(answers: Sequence[Answer]) -> str:
    """The parts that decide, each clause quoted once."""
    by_quote: dict[str, list[str]] = {}
    for item in answers:
        by_quote.setdefault(item.quote, []).append(item.about)
    shown = sorted(by_quote.items(), key=lambda pair: not pair[0])[:2]
    answer = answers[0].answer if answers else ""
    return "; ".join(
        f"{', '.join(abouts)}: {answer}" + (f" (“{quote[:160]}”)" if quote else "") for quote, abouts in shown
    )


def _lineage(rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    parents = [item for item in case.report.lineage if not item.is_hint]
    if not parents:
        yield result(True, "base models as the policy wants them", "it names no base model", got="none")
    for parent in parents:
        yield _parent(parent, rule)


def _parent(parent: Parent, rule: Mapping[str, Any]) -> RuleResult:
    because = [
        Evidence(
            key="lineage.parent",
            value=parent.id,
            location=parent.location,
            inspector="rights",
            quote=parent.quote,
            basis=parent.basis,
        )
    ]
    told = partial(result, asks="a base model as the policy wants it", about=parent.id, because=because)
    licences = " and ".join(item.id for item in parent.licences)
    if any(fnmatchcase(parent.id, glob) for glob in rule.get("deny", ())):
        return told(
            False, why=f"{parent.id} is denied", got="denied", remedy="choose a release of another line"
        )
    if "allow" in rule and not any(fnmatchcase(parent.id, glob) for glob in rule["allow"]):
        return told(
            False,
            why=f"{parent.id} is not among the allowed",
            got="not-allowed",
            remedy="choose a release of another line",
        )
    denied = {item.id for text in rule.get("deny-licences", ()) for item in named(text).licences}
    bad = [
        item.id
        for item in parent.licences
        if item.id in denied or set(item.limits) & set(rule.get("deny-limits", ()))
    ]
    if bad and not (parent.choice and len(bad) < len(parent.licences)):
        return told(
            False,
            why=f"{parent.id} stands under {', '.join(bad)}, which is denied",
            got=licences,
            remedy="its licence passes down: choose a release of another line",
        )
    asked = rule.get("licences-known") or denied or rule.get("deny-limits")
    if asked and not parent.licences:
        return told(
            RuleOutcome.UNKNOWN,
            why=f"the licence of {parent.id} is not known here",
            got="not-known",
            remedy=f"ajar audit {parent.id}, or give its folder with --base",
        )
    return told(True, why=f"{parent.id} ({licences or 'licence not asked'})", got=licences)


RULES: Mapping[str, Rule] = {
    **{f"licences.{scope.value}": partial(_licences, scope) for scope in Scope},
    "rights": _rights,
    "lineage": _lineage,
}
