"""Rules on where a release comes from and how it is known: signature, gate, age, evidence, claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from ajar.model.evidence import Basis, Gap, GapReason, Location
from ajar.model.gate import RuleOutcome, RuleResult
from ajar.model.judgement import ClaimFinding
from ajar.policy.case import Case, Rule, result

SIGNER = "signature.signer"
_DATES = {
    "created": ("host.created", "host.last-modified"),
    "last-modified": ("host.last-modified", "host.created"),
}


def _missing(detail: str) -> Gap:
    return Gap(location=Location(path="."), reason=GapReason.ABSENT, detail=detail)


def _signature(rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    """A signature counts by whom it was verified to be; a file that only lies there is unknown."""
    globs = rule.get("signers", ())
    asks = f"signed by {' or '.join(globs)}" if globs else "signed"
    if not rule.get("required", True):
        yield result(True, "a signature is not asked for", "not asked")
        return
    verified = [item for item in case.facts(SIGNER) if item.basis is Basis.VERIFIED]
    for item in verified:
        if not globs or any(fnmatchcase(str(item.value), glob) for glob in globs):
            yield result(True, asks, f"{item.value}, {item.location}", got=str(item.value))
            return
    if verified:
        names = ", ".join(str(item.value) for item in verified)
        yield result(
            False,
            asks,
            f"signed by {names}",
            got=names,
            because=verified,
            remedy="have it signed by one of these",
        )
    elif case.report.control.signed:
        why = "a signature lies in the release; whose it is was not verified"
        yield result(
            RuleOutcome.UNKNOWN,
            asks,
            why,
            got="not-verified",
            because=[_missing(why)],
            remedy="verify the signature",
        )
    else:
        outcome = RuleOutcome.UNKNOWN if case.report.control.signed is None else RuleOutcome.FAIL
        because = [_missing("no signature in the release")]
        yield result(
            outcome,
            asks,
            "no signature in the release",
            got="none",
            because=because,
            remedy="ask the publisher to sign it (OpenSSF Model Signing)",
        )


def _gated(rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    asks = "had without asking"
    stated = case.facts("host.gated", "card.gated", "card.approval")
    if rule["allow"]:
        yield result(True, "access may need approval", "allowed by the policy")
    elif case.report.control.gated or any(item.value not in {False, None} for item in stated):
        why = (
            f"access needs approval: {stated[0].quote or stated[0].value}"
            if stated
            else "access needs approval"
        )
        yield result(
            False, asks, why, got="gated", because=stated, remedy="choose a release that anybody may fetch"
        )
    elif any(item.key == "host.gated" for item in stated):
        yield result(True, asks, "the host gates nothing", got="free", because=stated)
    else:
        why = "no host was asked, and the release says nothing"
        yield result(
            RuleOutcome.UNKNOWN,
            asks,
            why,
            got="unknown",
            because=[_missing(why)],
            remedy="give the target as its host names it",
        )


def _age(rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    low, high = rule.get("min-days", 0), rule.get("max-days")
    since = rule.get("since", "last-modified")
    asks = f"{f'at least {low}' if low else ''}{' and ' if low and high is not None else ''}{f'at most {high}' if high is not None else ''} days since {since.replace('-', ' ')}".strip()
    item = next(iter([fact for key in _DATES[since] for fact in case.facts(key)]), None)
    day = _day(str(item.value)) if item is not None else None
    if item is None or day is None:
        why = "no host says when it was published"
        yield result(
            RuleOutcome.UNKNOWN,
            asks,
            why,
            got="unknown",
            because=[_missing(why)],
            remedy="give the target as its host names it",
        )
        return
    days = (case.today - day).days
    good = days >= low and (high is None or days <= high)
    remedy = (
        f"wait until it has stood for {low} days"
        if days < low
        else "choose a newer release, or look whether it is still kept up"
    )
    yield result(
        good, asks, f"{day.isoformat()}, {days} days ago", got=day.isoformat(), because=[item], remedy=remedy
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _evidence(rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    parts = {part.kind.value: part for part in case.report.components}
    for kind, basis in rule.get("components", {}).items():
        part = parts[kind]
        outcome = RuleOutcome.UNKNOWN
        if part.state is Basis.VERIFIED or (
            basis == "declared" and part.state in {Basis.DECLARED, Basis.INFERRED}
        ):
            outcome = RuleOutcome.PASS
        elif part.state in {Basis.ABSENT, Basis.WITHHELD}:
            outcome = RuleOutcome.FAIL
        yield result(
            outcome,
            f"{kind}: {basis}",
            f"{kind} is {part.state.value}: {part.reason}",
            about=kind,
            got=part.state.value,
            because=part.because,
            remedy=f"the {kind.replace('-', ' ')} itself, in the release",
        )
    if rule.get("complete"):
        gaps = case.report.gaps
        why = f"{gaps[0].location}: {gaps[0].detail}" if gaps else "all was read"
        more = f", and {len(gaps) - 1} more" if len(gaps) > 1 else ""
        outcome = RuleOutcome.UNKNOWN if gaps else RuleOutcome.PASS
        got = ",".join(sorted({gap.location.path for gap in gaps})[:20])
        yield result(
            outcome,
            "everything could be read",
            why + more,
            got=got,
            because=gaps,
            remedy="mend or remove what could not be read",
        )


def _claims(rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    asks = "claims that the evidence bears out"
    over = [item for item in case.report.claims if item.finding is ClaimFinding.OVERSTATED]
    if rule["overstated"] == "allow" or not over:
        yield result(True, asks, f"{len(case.report.claims)} claims, {len(over)} overstated")
        return
    for claim in over:
        because = [
            Gap(location=claim.location, reason=GapReason.ABSENT, detail=reason) for reason in claim.because
        ]
        yield result(
            False,
            asks,
            f"“{claim.quote[:160]}”, {claim.location}",
            about=claim.quote[:160],
            got=claim.says,
            because=because,
            remedy="say what the release is",
        )


RULES: Mapping[str, Rule] = {
    "signature": _signature,
    "gated": _gated,
    "age": _age,
    "evidence": _evidence,
    "claims": _claims,
}
