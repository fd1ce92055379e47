"""What becomes of an outcome: waived, known already, a warning, a failure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ajar.model.change import Change, Diff
from ajar.model.fingerprint import fingerprint, fingerprints
from ajar.model.gate import Effect, GateReport, TargetResult
from ajar.policy import Baseline, judge, own_results, results_of_changes, unused_waivers
from ajar.policy.examples import imagined
from tests.build.policies import TODAY, policy

NC = {"weights-licences": ["CC-BY-NC-4.0"], "safety": "clean"}
RULES = "licences: {weights: {deny-limits: [non-commercial]}}\nsafety: {max: clean}\n"
WAIVER = "  - {rule: licences.weights, target: 'models/*', reason: bought it, owner: me@example.org, expires: DAY}\n"


def waived(day: str, target: str = "models/*") -> str:
    return RULES + "waivers:\n" + WAIVER.replace("DAY", day).replace("models/*", target)


def judged(text: str, given: dict = NC, **more) -> TargetResult:
    return judge(policy(text), imagined(given, TODAY), target="models/nc", today=TODAY, **more)


def effects(result: TargetResult) -> dict[str, str]:
    return {item.rule: item.effect.value for item in result.results}


def test_a_failure_without_a_waiver_fails() -> None:
    assert effects(judged(RULES)) == {"licences.weights": "fail", "safety": "pass"}


@pytest.mark.parametrize(("days", "effect"), [(1, "waived"), (0, "waived"), (-1, "fail")])
def test_a_waiver_holds_until_its_day_and_on_it(days: int, effect: str) -> None:
    day = (TODAY + timedelta(days=days)).isoformat()
    found = judged(waived(day))
    assert effects(found)["licences.weights"] == effect
    (result,) = [item for item in found.results if item.rule == "licences.weights"]
    assert (result.waiver is not None) is (effect == "waived")
    own = own_results(policy(waived(day)), TODAY)
    assert [item.effect for item in own] == ([] if days >= 0 else [Effect.FAIL])
    assert all(day in item.why and "me@example.org" in item.why for item in own)


def test_a_waiver_for_another_target_waives_nothing_and_is_told_as_unused() -> None:
    text = waived("2027-01-01", "other/*")
    found = judged(text)
    assert effects(found)["licences.weights"] == "fail"
    assert [item.target for item in unused_waivers(policy(text), [found], TODAY)] == ["other/*"]
    used = judged(waived("2027-01-01"))
    assert unused_waivers(policy(waived("2027-01-01")), [used], TODAY) == ()


@pytest.mark.parametrize(
    ("own", "whole", "effect"),
    [("", "", "fail"), ("warn", "", "warn"), ("", "pass", "pass"), ("fail", "pass", "fail")],
)
def test_the_undecided_ends_as_the_rule_or_the_policy_says(own: str, whole: str, effect: str) -> None:
    rule = f", on-unknown: {own}" if own else ""
    text = f"safety: {{max: clean{rule}}}\n" + (f"on-unknown: {whole}\n" if whole else "")
    assert effects(judged(text, {"safety": "unknown"})) == {"safety": effect}


def test_of_several_uses_each_has_its_own_word_on_the_undecided() -> None:
    text = "rights:\n- {use: sell, on-unknown: warn}\n- {use: fine-tune}\n"
    found = {item.about: item.effect.value for item in judged(text, {}).results}
    assert found == {"sell": "warn", "fine-tune": "fail"}


def test_what_failed_before_is_known_and_what_is_worse_is_new() -> None:
    first = judged(RULES)
    baseline = Baseline(fingerprints=frozenset(item.fingerprint for item in first.failing))
    again = judged(RULES, baseline=baseline)
    assert effects(again)["licences.weights"] == "known"
    assert again.effect is Effect.KNOWN
    worse = judged(RULES, {**NC, "safety": "dangerous"}, baseline=baseline)
    assert effects(worse) == {"licences.weights": "known", "safety": "fail"}
    more = judged(RULES, {**NC, "weights-licences": ["CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"]}, baseline=baseline)
    assert [item.about for item in more.failing] == ["CC-BY-NC-SA-4.0"]


def test_waived_findings_go_by_their_fingerprint() -> None:
    rule = "weights-have-a-licence"
    text = (
        RULES
        + f"waivers:\n  - {{rule: {rule}, target: '*', reason: it is ours, owner: me, expires: 2027-01-01}}\n"
    )
    report = imagined({**NC, "findings": [rule, "licence-is-said"]}, TODAY)
    found = judge(policy(text), report, target="x", today=TODAY)
    wanted = next(item for item in report.findings if item.rule == rule)
    (mark,) = found.waived
    assert mark == fingerprint(wanted)
    assert mark in fingerprints(report.findings)
    assert (found.waived[mark].id, found.waived[mark].owner) == (rule, "me")
    assert unused_waivers(policy(text), [found], TODAY) == ()
    assert fingerprint(replace(wanted, message="in other words")) == mark


def test_nothing_asked_is_not_a_pass() -> None:
    assert TargetResult(target="x").effect is Effect.FAIL
    assert not GateReport(tool_version="", policy="", about="", targets=()).passed


def change(about: str, what: str = "x") -> Change:
    return Change(about=about, what=what, before="a", after="b")


def test_changes_since_the_lock_fail_but_for_what_only_the_host_says() -> None:
    diff = Diff(before="a", after="b", changes=(change("licence"), change("host"), change("file")))
    found = judge(
        policy(RULES), imagined(NC, TODAY), target="x", today=TODAY, more=results_of_changes(diff), diff=diff
    )
    assert [item.effect.value for item in found.results if item.rule == "lock"] == ["fail", "warn", "fail"]
    same = results_of_changes(Diff(before="a", after="a", changes=()))
    assert [item.outcome.value for item in same] == ["pass"]


def test_the_headline_is_the_licence_that_moved() -> None:
    file_first = Diff(before="a", after="b", changes=(change("file", "f"),))
    licence = Diff(before="a", after="b", changes=(change("licence", "licence of the weights"),))
    targets = tuple(
        judge(policy(RULES), imagined(NC, TODAY), target=name, today=TODAY, more=results_of_changes(diff))
        for name, diff in (("one", file_first), ("two", licence))
    )
    report = GateReport(tool_version="", policy="", about="", targets=targets)
    assert report.headline == "two: licence of the weights: a → b"
