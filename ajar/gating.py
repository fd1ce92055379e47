"""A policy and a lock held against targets: policy files are read here, releases audited, results gathered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from ajar import digests, policy, rights, safety
from ajar.components import checks
from ajar.config import VERSION, Options
from ajar.diffing import compare, snapshot
from ajar.errors import BudgetExceeded, MalformedError, TargetError, UsageError
from ajar.interfaces import Progress
from ajar.lockfile import Lock
from ajar.model.evidence import Gap, GapReason, Location
from ajar.model.gate import GateReport, RuleOutcome, RuleResult, TargetResult
from ajar.model.locator import Locator
from ajar.model.report import Report
from ajar.model.snapshot import Snapshot
from ajar.pipeline import audit_texts
from ajar.policy import Baseline, Policy
from ajar.policy.examples import Tried
from ajar.releases import require_model
from ajar.turns import in_turn
from ajar.yaml_text import load_yaml

POLICY_BYTES = 2**20
BASELINE_BYTES = 256 * 2**20  # of 10,000 targets
BASELINE_SCHEMA = "ajar-gate/1"
_FAILED = frozenset({"fail", "known"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What targets are held against. Without a policy the lock alone decides."""

    policy: Policy | None
    lock: Lock | None = None
    baseline: Baseline | None = None
    today: date


NO_POLICY = Policy(name="the lock alone", about="", on_unknown="fail", rules={})


def finding_rules() -> frozenset[str]:
    """The ids that findings may bear."""
    return frozenset((*(row[0] for row in (*rights.RULES, *checks.RULES)), *safety.RULES))


def load_policy(name: str) -> Policy:
    """A policy by the path of its file, or a preset by its name.

    Raises `UsageError` for what is neither, or is no good policy.
    """
    path = Path(name)
    if name in policy.PRESETS and not path.is_file():
        return read_policy(policy.preset_text(name), name)
    if not path.exists() and not any(sign in name for sign in "/\\."):
        policy.preset_text(name)  # raises, with the nearest name
    try:
        with path.open("rb") as handle:
            data = handle.read(POLICY_BYTES + 1)
    except OSError as error:
        hint = f"give a file, or a preset: {', '.join(policy.PRESETS)}"
        raise UsageError(f"{name}: {error.strerror}", hint=hint) from error
    if len(data) > POLICY_BYTES:
        raise UsageError(f"{name}: larger than 1 MiB", hint="a policy is a few kilobytes of YAML")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: not UTF-8 at byte {error.start}", hint="save it as UTF-8") from error
    return read_policy(text, name)


def read_policy(text: str, path: str) -> Policy:
    """A policy from its text. Raises `UsageError`."""
    try:
        document = load_yaml(text)
    except (MalformedError, BudgetExceeded) as error:
        raise UsageError(
            f"{path}: {error.message}", hint="a policy is a few kilobytes of plain YAML"
        ) from error
    source = policy.Source(path=path, value=document.value, lines=document.lines, repeated=document.repeated)
    extends = document.value.get("extends") if isinstance(document.value, dict) else None
    preset = None
    if isinstance(extends, str) and extends in policy.PRESETS:
        if extends == path:
            raise UsageError(f"{path}: extends itself", hint="take the line out")
        preset = read_policy(policy.preset_text(extends), extends)
    return policy.read(source, preset, rule_ids=finding_rules())


def load_baseline(path: Path) -> Baseline:
    """What failed before: the JSON that an earlier gate printed. Raises `UsageError`."""
    try:
        with path.open("rb") as handle:
            value = json.loads(handle.read(BASELINE_BYTES))
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}", hint="write it with: ajar gate … --format json"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not JSON", hint="write it with: ajar gate … --format json") from error
    schema = value.get("schema") if isinstance(value, dict) else None
    if schema != BASELINE_SCHEMA:
        hint = f"this ajar reads {BASELINE_SCHEMA}; write it again with: ajar gate … --format json"
        raise UsageError(f"{path}: schema {str(schema)[:60]!r} is no baseline", hint=hint)
    return Baseline(fingerprints=frozenset(_fingerprints(value)))


def _fingerprints(value: Mapping[str, object]) -> Iterator[str]:
    own, targets = value.get("own"), value.get("targets")
    groups = (
        [own, *(item.get("results") for item in targets if isinstance(item, dict))]
        if isinstance(targets, list)
        else [own]
    )
    for group in groups:
        for item in group if isinstance(group, list) else ():
            if (
                isinstance(item, dict)
                and item.get("effect") in _FAILED
                and isinstance(item.get("fingerprint"), str)
            ):
                yield item["fingerprint"]


def run(
    gate: Gate, targets: Sequence[str], options: Options, *, progress: Progress | None = None
) -> GateReport:
    """Every target against the policy and the lock. A target that cannot be had is a result that fails."""
    if not targets:
        raise UsageError("no target", hint="give a release, --from a project, or --locked with a lock")
    rules = gate.policy or NO_POLICY
    found: list[TargetResult] = []
    for target, work in zip(
        targets, in_turn(targets, partial(_one, gate=gate, options=options), progress), strict=True
    ):
        try:
            found += work()
        except TargetError as error:
            found.append(
                TargetResult(target=target, problem=error.message, hint=error.hint, exit_code=error.exit_code)
            )
    unused = policy.unused_waivers(rules, found, gate.today)
    notes = [f"the waiver of {item.rule} for {item.target} was not needed" for item in unused]
    if gate.lock is not None and gate.lock.ajar != VERSION:
        notes.append(f"the lock was written by ajar {gate.lock.ajar}; verdicts may have moved with ajar")
    return GateReport(
        tool_version=VERSION,
        policy=rules.name,
        about=rules.about,
        targets=tuple(found),
        own=policy.own_results(rules, gate.today),
        notes=tuple(notes),
    )


def _one(
    target: str, /, *, gate: Gate, options: Options, progress: Progress | None = None
) -> list[TargetResult]:
    """One target; a repository of several releases gives a result for each."""
    report, texts = audit_texts(target, options, progress=progress)
    require_model(report)
    rules = gate.policy or NO_POLICY
    moved: tuple[RuleResult, ...] = ()
    diff = None
    if gate.lock is not None:
        before = gate.lock.targets.get(target)
        if before is None:
            moved = (_not_locked(target),)
        else:
            diff = compare(before, _snapshot(report, target, options, before))
            moved = policy.results_of_changes(diff)
    inner = report.releases or (report,)
    return [
        policy.judge(
            rules,
            one,
            target=target if one is report else f"{target}//{one.title}",
            today=gate.today,
            texts=texts,
            baseline=gate.baseline,
            more=moved if number == 0 else (),
            diff=diff if number == 0 else None,
        )
        for number, one in enumerate(inner)
    ]


def _not_locked(target: str) -> RuleResult:
    return RuleResult(
        rule="lock",
        asks="as it was locked",
        outcome=RuleOutcome.FAIL,
        why="it is not in the lock",
        about="not locked",
        because=(
            Gap(
                location=Location(path="ajar.lock"), reason=GapReason.ABSENT, detail=f"no entry for {target}"
            ),
        ),
        remedy=f"look at it, then: ajar lock --update {target}",
    )


def _snapshot(
    report: Report, target: str, options: Options, before: Snapshot | None, *, whole: bool = False
) -> Snapshot:
    as_in = {path: mark.digest for path, mark in before.files.items()} if before else None
    known = digests.of_release(Locator.parse(target), options, whole=whole, as_in=as_in)
    return snapshot(report, known)


def lock(
    targets: Sequence[str], options: Options, *, whole: bool = False, progress: Progress | None = None
) -> Mapping[str, Snapshot]:
    """What is kept of every target. Raises `TargetError` for the first that cannot be had."""

    def work(target: str, /, *, progress: Progress | None = None) -> Snapshot:
        report, _ = audit_texts(target, options, progress=progress)
        require_model(report)
        return _snapshot(report, target, options, None, whole=whole)

    return {target: done() for target, done in zip(targets, in_turn(targets, work, progress), strict=True)}


def try_policy(rules: Policy, folder: Path, options: Options, today: date) -> tuple[Tried, ...]:
    """A policy's examples; those that name a release look for it from the policy's folder."""
    gate = Gate(policy=replace(rules, waivers=()), today=today)
    audited = {}
    for number, example in enumerate(rules.examples):
        if "target" in example:
            target = str(folder / example["target"])
            try:
                results = _one(target, gate=gate, options=options)
            except TargetError as error:
                audited[number] = TargetResult(
                    target=target, problem=error.message, exit_code=error.exit_code
                )
                continue
            audited[number] = replace(
                results[0], results=tuple(item for one in results for item in one.results)
            )
    return tuple(policy.try_examples(rules, today, audited))
