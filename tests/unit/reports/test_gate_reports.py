"""A gate's result in its three forms; a hostile release drives none of them."""

from __future__ import annotations

import json

import jsonschema_rs
import markdown_it
import pytest

from ajar.model.evidence import Evidence, Location
from ajar.model.gate import Effect, GateReport, PolicyWaiver, RuleOutcome, RuleResult, TargetResult
from ajar.model.waiver import Waiver
from ajar.reports import gate_json, gate_markdown, gate_text
from ajar.reports.markdown_words import escaped

EVIL = "a\x1b[2J\u202e|b](http://x.example) <img src=x onerror=alert(1)> `c` @team ![i](u) www.x.example"
WAIVER = PolicyWaiver(rule="safety", target="*", reason=EVIL, owner=EVIL, expires="2027-01-01")


def result(effect: Effect, **more) -> RuleResult:
    ground = Evidence(key="k", value=EVIL, location=Location(path=EVIL, line=1), inspector="t", quote=EVIL)
    made = {
        "rule": "licences.weights",
        "asks": EVIL,
        "outcome": RuleOutcome.PASS if effect is Effect.PASS else RuleOutcome.FAIL,
        "why": EVIL,
        "about": EVIL,
        "because": (ground,),
        "remedy": EVIL,
        "effect": effect,
        "fingerprint": "f",
    }
    return RuleResult(**{**made, **more})


def report(*effects: Effect) -> GateReport:
    results = tuple(result(item, waiver=WAIVER if item is Effect.WAIVED else None) for item in effects)
    target = TargetResult(
        target=EVIL,
        title=EVIL,
        revision=EVIL,
        results=results,
        waived={"f": Waiver(id="x", reason=EVIL, owner=EVIL, expires="2027-01-01")},
    )
    gone = TargetResult(target="gone", problem=EVIL, hint=EVIL, exit_code=3)
    return GateReport(
        tool_version="1",
        policy=EVIL,
        about="",
        targets=(target, gone),
        own=(result(Effect.FAIL),),
        notes=(EVIL,),
    )


EVERY = tuple(Effect)


def test_the_text_holds_its_width_and_no_control_characters() -> None:
    text = gate_text.render(report(*EVERY), verbose=True, colour=False, width=80)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "waived until 2027-01-01" in text
    assert "it failed in the baseline already" in text
    assert text.count("\n") < 400
    assert "\x1b[31m" in gate_text.render(report(*EVERY), verbose=True, colour=True, width=80)


def test_the_text_shows_passing_rules_only_when_asked() -> None:
    short = gate_text.render(report(Effect.PASS), verbose=False, colour=False, width=80)
    assert "    ✓" not in short
    assert "    ✓" in gate_text.render(report(Effect.PASS), verbose=True, colour=False, width=80)


def test_many_failures_are_counted() -> None:
    text = gate_text.render(report(*[Effect.FAIL] * 20), verbose=False, colour=False, width=80)
    assert "and 8 more with -v" in text


def test_the_json_holds_to_its_schema() -> None:
    value = json.loads(gate_json.dumps(report(*EVERY)))
    jsonschema_rs.validator_for(gate_json.schema()).validate(value)
    assert value["passed"] is False
    assert [item["effect"] for item in value["targets"][0]["results"]] == [item.value for item in EVERY]
    assert value["targets"][0]["waived_findings"]["f"]["expires"] == "2027-01-01"


def test_lone_surrogates_do_not_break_the_json() -> None:
    bad = GateReport(tool_version="1", policy="\udce4", about="", targets=(TargetResult(target="\udce4"),))
    assert "\\udce4" in gate_json.dumps(bad).encode("utf-8").decode()


def test_the_markdown_has_the_words_and_none_of_the_markup() -> None:
    page = gate_markdown.render(report(*EVERY))
    tokens = markdown_it.MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(page)
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inner)}
    assert not kinds & {"link_open", "image", "html_block", "html_inline", "code_inline"}
    assert "www.x" not in page
    assert "@team" not in page
    rows = [token for token in tokens if token.type == "tr_open"]
    assert len(rows) == 3  # the head and two targets: no row was broken
    text = "".join(child.content for child in inner if child.type == "text")
    assert "onerror=alert(1)" in text


@pytest.mark.parametrize("text", ["- a", "# a", "1. a", "> a", "    a", "a\n\n# b", "***", "a  \nb"])
def test_escaped_words_are_one_paragraph(text: str) -> None:
    found = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).parse(f"x {escaped(text)}")
    assert [token.type for token in found] == ["paragraph_open", "inline", "paragraph_close"]
    assert "\n" not in found[1].content
