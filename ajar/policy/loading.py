"""Rules on what loading a release does: safety, formats, code of a repository, findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ajar.model.component import ComponentKind
from ajar.model.evidence import Basis, Gap, GapReason, Location
from ajar.model.gate import RuleOutcome, RuleResult
from ajar.model.judgement import Finding, Severity
from ajar.model.scan import FileSafety
from ajar.policy.case import Case, Rule, result

OWN_CODE = "model-needs-no-code-of-its-repository"
_LEVELS = ("clean", "caution", "unknown", "dangerous")
_SEVERITIES = tuple(Severity)


def _safety(rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    worst, asks = rule["max"], f"every file {rule['max']} or better to load"
    found = False
    for file in case.report.safety.files:
        if file.level in {"clean", worst}:
            continue
        found = True
        yield _file(file, asks, case)
    if found:
        return
    if case.report.safety.level == "unknown":
        gap = Gap(
            location=Location(path="."), reason=GapReason.ABSENT, detail="no weights that could be looked at"
        )
        yield result(
            RuleOutcome.UNKNOWN,
            asks,
            "there are no weights here to look at",
            got="unknown",
            because=[gap],
            remedy="give the release with its weights",
        )
    else:
        yield result(True, asks, case.report.safety.level, got=case.report.safety.level)


def _file(file: FileSafety, asks: str, case: Case) -> RuleResult:
    """A file that is not as it should be; it passes when somebody answers for each of its findings."""
    weighty = [item for item in file.findings if item.severity is not Severity.INFO]
    waived = [case.waiver_of_finding(item.rule, file.path) for item in weighty]
    if weighty and not file.gaps and file.level != "unknown" and all(waived):
        return result(True, asks, f"{file.path}: every finding is waived", about=file.path, got=file.level)
    left = [item for item, waiver in zip(weighty, waived, strict=True) if waiver is None]
    first = (left or weighty)[0] if weighty else None
    why = f"{file.path}: {first.message if first else 'could not be looked at to its end'}"
    because = [ground for item in left for ground in item.because] + list(file.gaps)
    got = ",".join([file.level, *sorted({item.rule for item in left})])
    outcome = RuleOutcome.UNKNOWN if file.level == "unknown" else RuleOutcome.FAIL
    remedy = first.remedy if first else "look at the file by hand, or do not load it"
    return result(outcome, asks, why, about=file.path, got=got, because=because, remedy=remedy)


def _formats(rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    asks = _asked(rule)
    held = {part.kind: part for part in case.report.components}.get(ComponentKind.FINAL_PARAMETERS)
    carrying = set(held.files) if held and held.state is Basis.VERIFIED else set()
    files = [item for item in case.report.files if item.family == "weights" or item.path in carrying]
    if not files:
        gap = Gap(
            location=Location(path="."), reason=GapReason.ABSENT, detail="no file of weights is recognised"
        )
        yield result(
            RuleOutcome.UNKNOWN,
            asks,
            "no file of weights is recognised",
            got="none",
            because=[gap],
            remedy="give the release with its weights",
        )
    by_format: dict[str, list[str]] = {}
    for item in files:
        by_format.setdefault(item.format, []).append(item.path)
    for form, paths in by_format.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        allowed = form not in rule.get("deny", ()) and ("allow" not in rule or form in rule["allow"])
        outcome: RuleOutcome | bool = RuleOutcome.UNKNOWN if form == "unknown" else allowed
        yield result(
            outcome,
            asks,
            f"{form}: {paths[0]}{more}",
            about=form,
            got=form,
            remedy="ask for, or convert to, an allowed format",
        )


def _asked(rule: Mapping[str, Any]) -> str:
    words = [f"weights in {', '.join(rule['allow'])}"] if "allow" in rule else []
    words += [f"no weights in {', '.join(rule['deny'])}"] if "deny" in rule else []
    return "; ".join(words)


def _remote_code(rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    asks = "loads without code of a repository"
    if rule["allow"]:
        yield result(True, "code of a repository may run", "allowed by the policy")
        return
    told = [item for item in case.report.findings if item.rule == OWN_CODE]
    told += [item for file in case.report.safety.files for item in file.findings if item.rule == OWN_CODE]
    mapped = case.facts("config.auto-map")
    if told or mapped:
        why = told[0].message if told else f"{mapped[0].location} names {mapped[0].value}"
        because = [*(ground for item in told for ground in item.because), *mapped]
        remedy = "read the code and load it from your own copy at a pinned revision, or choose a release that a library runs"
        yield result(False, asks, why, got="needed", because=because, remedy=remedy)
        return
    unread = [
        gap for gap in case.report.gaps if gap.location.path.endswith((".json", ".py", ".yaml", ".yml"))
    ]
    if unread:
        why = f"{unread[0].location} could not be read, and may ask for it"
        yield result(
            RuleOutcome.UNKNOWN,
            asks,
            why,
            got="unknown",
            because=unread,
            remedy=f"look at {unread[0].location}",
        )
        return
    yield result(True, asks, "no setting asks for it", got="none")


def _findings(rule: Mapping[str, Any], case: Case) -> Iterator[RuleResult]:
    most = rule.get("max")
    asks = "; ".join(
        [
            *([f"no finding above {most}"] if most else []),
            *([f"no finding by {', '.join(rule['deny'])}"] if "deny" in rule else []),
        ]
    )
    bad: dict[tuple[str, str], Finding] = {}
    for item in case.report.findings:
        worse = most is not None and _SEVERITIES.index(item.severity) > _SEVERITIES.index(Severity(most))
        if worse or item.rule in rule.get("deny", ()):
            bad.setdefault((item.rule, item.because[0].location.path), item)
    for (name, path), item in bad.items():
        if case.waiver_of_finding(name, path) is None:
            yield result(
                False,
                asks,
                f"{item.severity.value}: {item.message}",
                about=f"{name} {path}",
                got=item.severity.value,
                because=item.because,
                remedy=item.remedy,
            )
    if not bad:
        yield result(True, asks, "none")
    elif all(case.waiver_of_finding(*key) for key in bad):
        yield result(True, asks, "every one is waived")


RULES: Mapping[str, Rule] = {
    "safety": _safety,
    "formats": _formats,
    "remote-code": _remote_code,
    "findings": _findings,
}
