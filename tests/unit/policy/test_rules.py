"""Each rule: what passes, what fails, and what cannot be decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ajar.model.component import Difference, Licence, LicenceMatch, MatchKind, Openness, Scope
from ajar.model.evidence import Basis, Evidence, Gap, GapReason, Location
from ajar.model.gate import PolicyWaiver, RuleOutcome
from ajar.model.judgement import Claim, ClaimFinding, Finding, Severity
from ajar.model.lineage import Parent, Relation
from ajar.model.scan import FileSafety, Safety
from ajar.policy.examples import imagined
from ajar.policy.loading import OWN_CODE
from ajar.rights.data_store import licences
from tests.build.policies import TODAY, case, outcomes, results

GAP = Gap(location=Location(path="x.json"), reason=GapReason.MALFORMED, detail="cut short")


def match(name: str, kind: MatchKind = MatchKind.EXACT, **changes) -> LicenceMatch:
    made = LicenceMatch(
        licence=licences()[name],
        match=kind,
        location=Location(path="LICENSE", line=1),
        applies_to=(Scope.WEIGHTS,),
        because="test",
        text_present=kind is MatchKind.EXACT,
    )
    return replace(made, **changes)


def waiver(rule: str, about: str = "*") -> PolicyWaiver:
    return PolicyWaiver(rule=rule, target="*", reason="known", owner="me", expires="2027-01-01", about=about)


@pytest.mark.parametrize(
    ("levels", "by", "expected"),
    [
        (["ajar"], "at-least", "pass"),
        (["open", "wide-open"], "at-least", "pass"),
        (["chained", "open"], "at-least", "unknown"),
        (["chained"], "at-least", "fail"),
        (["chained", "open"], "at-most", "pass"),
        (["shut", "chained"], "at-most", "fail"),
        (["chained", "open"], "declared", "unknown"),
    ],
)
def test_a_level_is_an_interval(levels: list[str], by: str, expected: str) -> None:
    about = case({"levels": {"g7": levels}})
    assert outcomes("openness.g7", {"min": "ajar", "by": by}, about) == [expected]


@pytest.mark.parametrize(("points", "expected"), [([6], "pass"), ([5.5, 7], "unknown"), ([2], "fail")])
def test_points_are_counted(points: list[float], expected: str) -> None:
    assert outcomes("openness.osai", {"min": 6}, case({"levels": {"osai": points}})) == [expected]


def test_a_level_that_is_missed_names_what_is_missing() -> None:
    import ajar
    from tests.build.releases import write_release

    def gated(path, minimum):
        report = ajar.audit(path)
        return results("openness.g7", {"min": minimum}, case(verdicts=report.verdicts))[0]

    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        named = write_release(Path(folder) / "named")
        unknown = gated(named, "ajar")
        assert unknown.outcome is RuleOutcome.UNKNOWN
        assert "its text is not in the release" in unknown.remedy
        assert [str(item.location) for item in unknown.because] == ["README.md:2"]
        failed = gated(named, "open")
    assert failed.outcome is RuleOutcome.FAIL
    assert failed.why == "proven: chained"
    # The shortest way, and no more: four things, of which the licence's text is one.
    assert failed.remedy.count(" (") == 4
    assert "the training code (no code that trains the model)" in failed.remedy


@pytest.mark.parametrize(
    ("asked", "found", "expected"),
    [
        ({"allow": ["MIT"]}, ["MIT"], ["pass"]),
        ({"allow": ["mit"]}, ["Apache-2.0"], ["fail"]),
        ({"allow": ["MIT OR Apache-2.0"]}, ["Apache-2.0"], ["pass"]),
        ({"allow": ["MIT AND Apache-2.0"]}, ["MIT", "Apache-2.0"], ["pass", "pass"]),
        ({"allow": ["MIT AND Apache-2.0"]}, ["MIT"], ["fail"]),
        ({"allow": ["MIT"]}, ["MIT", "Apache-2.0"], ["pass", "fail"]),
        ({"allow": ["(MIT AND Apache-2.0) OR ISC"]}, ["ISC"], ["pass"]),
        ({"allow": ["(MIT AND Apache-2.0) OR ISC"]}, ["MIT"], ["fail"]),
        ({"allow": ["MIT AND (Apache-2.0 OR ISC)"]}, ["MIT", "ISC"], ["pass", "pass"]),
        ({"deny": ["llama3.1"]}, ["llama3.1"], ["fail"]),
        ({"deny": ["llama3.1"]}, ["MIT"], ["pass"]),
        ({"kind": "open-source"}, ["CC-BY-4.0"], ["fail"]),
        ({"kind": "open"}, ["CC-BY-4.0"], ["pass"]),
        ({"kind": "open"}, ["llama3.1"], ["fail"]),
        ({"deny-limits": ["non-commercial"]}, ["CC-BY-NC-4.0"], ["fail"]),
        ({"deny-limits": ["non-commercial"]}, ["llama3.1"], ["pass"]),
    ],
)
def test_licences_are_allowed_denied_and_of_a_kind(
    asked: dict, found: list[str], expected: list[str]
) -> None:
    assert outcomes("licences.weights", asked, case({"weights-licences": found})) == expected


def test_a_name_without_its_text_is_unknown_where_the_text_is_asked_for() -> None:
    about = case({"weights-licences": ["MIT"], "text-present": False})
    assert outcomes("licences.weights", {"kind": "open"}, about) == ["pass"]
    (found,) = results("licences.weights", {"kind": "open", "basis": "verified"}, about)
    assert (found.outcome, found.got) == (RuleOutcome.UNKNOWN, "named")


def test_changed_words_under_a_good_name_are_unknown() -> None:
    words = (Difference(change="added", text="except by banks", line=9),)
    changed = match("MIT", MatchKind.MODIFIED, differences=words)
    (found,) = results("licences.weights", {"allow": ["MIT"]}, case(licences=(changed,)))
    assert found.outcome is RuleOutcome.UNKNOWN
    assert "except by banks" in found.why
    # A tag of the plain name beside it does not lend it the plain licence.
    beside = case(licences=(changed, match("MIT", MatchKind.TAG)))
    assert outcomes("licences.weights", {"allow": ["MIT"]}, beside) == ["unknown"]


def test_what_is_derived_from_a_denied_licence_is_denied() -> None:
    own = Licence(id="LicenseRef-own", name="own", openness=Openness.UNKNOWN, osi=False)
    derived = match("MIT", MatchKind.DERIVED, licence=own, nearest="llama3.1")
    assert outcomes("licences.weights", {"deny": ["llama3.1"]}, case(licences=(derived,))) == ["fail"]
    assert outcomes("licences.weights", {"deny": ["MIT"]}, case(licences=(derived,))) == ["unknown"]


def test_no_licence_is_no_right() -> None:
    nothing = case({"components": ["final-parameters"]})
    assert outcomes("licences.weights", {"kind": "any", "deny": ["MIT"]}, nothing) == ["fail"]
    assert outcomes("licences.data", {"kind": "open"}, nothing) == ["pass"]  # there is no data to license
    assert outcomes("licences.weights", {"kind": "open"}, case()) == ["unknown"]


@pytest.mark.parametrize(
    ("licence", "accept", "expected"),
    [
        ("Apache-2.0", "yes", "pass"),
        ("llama3.1", "yes", "fail"),
        ("llama3.1", "conditional", "pass"),
    ],
)
def test_a_use_is_answered_from_the_licence(licence: str, accept: str, expected: str) -> None:
    asked = [{"use": "redistribute", "accept": accept}]
    (found,) = results("rights", asked, case({"weights-licences": [licence]}))
    assert found.outcome.value == expected
    assert found.about == asked[0]["use"]


def test_a_use_without_a_licence_is_unknown() -> None:
    (found,) = results("rights", [{"use": "sell"}], case())
    assert (found.outcome, found.why) == (RuleOutcome.UNKNOWN, "no licence covers the weights")


def test_above_a_threshold_the_answer_is_no() -> None:
    def asked(users: int) -> list[str]:
        use = {"use": f"commercial use at {users} million users", "accept": "conditional"}
        return outcomes("rights", [use], case({"weights-licences": ["llama3.1"]}))

    assert (asked(10), asked(900)) == (["pass"], ["fail"])


PARENT = Parent(id="org/base", relation=Relation.FINETUNE, location=Location(path="README.md", line=3))


@pytest.mark.parametrize(
    ("asked", "licence", "expected"),
    [
        ({"deny": ["org/*"]}, "MIT", "fail"),
        ({"allow": ["other/*"]}, "MIT", "fail"),
        ({"allow": ["org/*"]}, "MIT", "pass"),
        ({"licences-known": True}, None, "unknown"),
        ({"licences-known": True}, "MIT", "pass"),
        ({"deny-licences": ["CC-BY-NC-4.0"]}, "CC-BY-NC-4.0", "fail"),
        ({"deny-limits": ["non-commercial"]}, "CC-BY-NC-4.0", "fail"),
        ({"deny-limits": ["non-commercial"]}, None, "unknown"),
    ],
)
def test_base_models(asked: dict, licence: str | None, expected: str) -> None:
    parent = replace(PARENT, licences=(licences()[licence],) if licence else ())
    assert outcomes("lineage", asked, case(lineage=(parent,))) == [expected]
    hint = replace(parent, is_hint=True)
    assert outcomes("lineage", asked, case(lineage=(hint,))) == ["pass"]


def test_of_a_choice_the_better_licence_may_be_picked() -> None:
    both = replace(PARENT, licences=(licences()["MIT"], licences()["CC-BY-NC-4.0"]))
    asked = {"deny-licences": ["CC-BY-NC-4.0"]}
    assert outcomes("lineage", asked, case(lineage=(both,))) == ["fail"]
    assert outcomes("lineage", asked, case(lineage=(replace(both, choice=True),))) == ["pass"]


def file(level: str, *findings: Finding, path: str = "a.pt", gaps: tuple[Gap, ...] = ()) -> FileSafety:
    return FileSafety(path=path, format="torch-zip", level=level, findings=findings, gaps=gaps)


def finding(rule: str, severity: Severity = Severity.HIGH, path: str = "a.pt") -> Finding:
    ground = Gap(location=Location(path=path), reason=GapReason.UNREADABLE, detail="test")
    return Finding(rule=rule, severity=severity, message="a reason", because=(ground,))


RULE = "pickle-calls-only-what-rebuilds-data"


@pytest.mark.parametrize(
    ("level", "most", "expected"),
    [
        ("dangerous", "caution", ["fail"]),
        ("caution", "clean", ["fail"]),
        ("caution", "caution", ["pass"]),
        ("unknown", "caution", ["unknown"]),
    ],
)
def test_the_level_of_every_file_counts(level: str, most: str, expected: list[str]) -> None:
    safety = Safety(level=level, files=(file(level, finding(RULE)), file("clean", path="b.pt")))
    assert outcomes("safety", {"max": most}, case(safety=safety)) == expected


def test_without_weights_safety_is_unknown() -> None:
    assert outcomes("safety", {"max": "caution"}, case(safety=Safety(level="unknown"))) == ["unknown"]
    assert outcomes("safety", {"max": "clean"}, case(safety=Safety(level="clean"))) == ["pass"]


def test_a_file_passes_when_each_of_its_findings_is_waived() -> None:
    other = "pickle-imports-are-reviewed"
    bad = Safety(level="dangerous", files=(file("dangerous", finding(RULE), finding(other)),))
    asked = {"max": "clean"}
    assert outcomes("safety", asked, case(safety=bad, waivers=(waiver(RULE),))) == ["fail"]
    assert outcomes("safety", asked, case(safety=bad, waivers=(waiver(RULE), waiver(other)))) == ["pass"]
    elsewhere = (waiver(RULE, "b*"), waiver(other, "b*"))
    assert outcomes("safety", asked, case(safety=bad, waivers=elsewhere)) == ["fail"]
    unseen = Safety(level="unknown", files=(file("unknown", finding(RULE), gaps=(GAP,)),))
    assert outcomes("safety", asked, case(safety=unseen, waivers=(waiver(RULE),))) == ["unknown"]


@pytest.mark.parametrize(
    ("asked", "found", "expected"),
    [
        ({"allow": ["safetensors"]}, ["safetensors"], ["pass"]),
        ({"allow": ["safetensors"]}, ["safetensors", "pickle"], ["pass", "fail"]),
        ({"deny": ["pickle"]}, ["pickle"], ["fail"]),
        ({"deny": ["pickle"]}, ["gguf"], ["pass"]),
        ({"deny": ["pickle"]}, [], ["unknown"]),
    ],
)
def test_formats(asked: dict, found: list[str], expected: list[str]) -> None:
    assert outcomes("formats", asked, case({"formats": found} if found else {})) == expected


def test_code_of_a_repository() -> None:
    asked = {"allow": False}
    assert outcomes("remote-code", asked, case({"remote-code": True})) == ["fail"]
    assert outcomes("remote-code", asked, case({"remote-code": False})) == ["pass"]
    assert outcomes("remote-code", asked, case()) == ["unknown"]  # a setting could not be read
    assert outcomes("remote-code", {"allow": True}, case({"remote-code": True})) == ["pass"]
    told = case({"remote-code": False}, findings=(finding(OWN_CODE),))
    assert outcomes("remote-code", asked, told) == ["fail"]


def test_findings() -> None:
    about = case(findings=(finding(RULE, Severity.HIGH), finding("weights-have-a-licence", Severity.LOW)))
    assert outcomes("findings", {"max": "medium"}, about) == ["fail"]
    assert outcomes("findings", {"max": "high"}, about) == ["pass"]
    assert outcomes("findings", {"deny": ["weights-have-a-licence"]}, about) == ["fail"]
    waived = replace(about, waivers=(waiver(RULE),))
    assert outcomes("findings", {"max": "medium"}, waived) == ["pass"]


@pytest.mark.parametrize(
    ("given", "asked", "expected"),
    [
        ({"signer": "release@example.org"}, {"signers": ["*@example.org"]}, "pass"),
        ({"signer": "release@example.org"}, {"required": True}, "pass"),
        ({"signer": "who@else.example"}, {"signers": ["*@example.org"]}, "fail"),
        ({}, {"required": True}, "unknown"),
        ({}, {"required": False}, "pass"),
    ],
)
def test_signatures_count_by_who_was_verified(given: dict, asked: dict, expected: str) -> None:
    assert outcomes("signature", asked, case(given)) == [expected]


def test_a_signature_file_alone_proves_nothing() -> None:
    control = replace(imagined({}, TODAY).control, signed=True)
    assert outcomes("signature", {"required": True}, case(control=control)) == ["unknown"]
    unsigned = replace(control, signed=False)
    assert outcomes("signature", {"required": True}, case(control=unsigned)) == ["fail"]
    said = Evidence(
        key="signature.signer",
        value="a@b.c",
        location=Location(path="model.sig"),
        inspector="t",
        basis=Basis.DECLARED,
    )
    assert outcomes("signature", {"required": True}, case(control=control, evidence=(said,))) == ["unknown"]


@pytest.mark.parametrize(
    ("given", "expected"), [({"gated": True}, "fail"), ({"gated": False}, "pass"), ({}, "unknown")]
)
def test_gates(given: dict, expected: str) -> None:
    assert outcomes("gated", {"allow": False}, case(given)) == [expected]
    assert outcomes("gated", {"allow": True}, case(given)) == ["pass"]


@pytest.mark.parametrize(
    ("days", "asked", "expected"),
    [
        (10, {"min-days": 7}, "pass"),
        (3, {"min-days": 7}, "fail"),
        (7, {"min-days": 7, "max-days": 7}, "pass"),
        (800, {"max-days": 730, "since": "created"}, "fail"),
        (None, {"min-days": 7}, "unknown"),
    ],
)
def test_age(days: int | None, asked: dict, expected: str) -> None:
    assert outcomes("age", asked, case({"age-days": days} if days is not None else {})) == [expected]


def test_a_date_that_is_none_is_unknown() -> None:
    odd = Evidence(key="host.created", value="last spring", location=Location(path="api"), inspector="t")
    assert outcomes("age", {"min-days": 1}, case(evidence=(odd,))) == ["unknown"]


def test_evidence() -> None:
    asked = {"components": {"final-parameters": "verified", "data-card": "declared"}}
    assert outcomes("evidence", asked, case({"components": ["final-parameters"]})) == ["pass", "fail"]
    assert outcomes("evidence", asked, case()) == ["unknown", "unknown"]
    assert outcomes("evidence", {"complete": True}, case(gaps=())) == ["pass"]
    assert outcomes("evidence", {"complete": True}, case(gaps=(GAP,))) == ["unknown"]


def test_claims() -> None:
    claim = Claim(
        quote="fully open source",
        location=Location(path="README.md", line=2),
        about="door",
        says="open-source",
        finding=ClaimFinding.OVERSTATED,
        because=("the licence sets limits",),
    )
    assert outcomes("claims", {"overstated": "forbid"}, case(claims=(claim,))) == ["fail"]
    assert outcomes("claims", {"overstated": "allow"}, case(claims=(claim,))) == ["pass"]
    upheld = replace(claim, finding=ClaimFinding.UPHELD)
    assert outcomes("claims", {"overstated": "forbid"}, case(claims=(upheld,))) == ["pass"]
