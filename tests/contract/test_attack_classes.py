"""Every class of attack has rules that exist and tests that exist; every rule on load safety is raised by a check."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ajar.safety.registry import CHECKS, load
from ajar.safety.rules import RULES
from tools.safety_pages import AttackClass, attack_classes, marked_tests, rules_of

ROOT = Path(__file__).parents[2]
CLASSES = attack_classes()
BY_ID = pytest.mark.parametrize("item", CLASSES, ids=lambda item: item.id)
ADVISORY = re.compile(r"CVE-\d{4}-\d{4,}|GHSA(-[23456789cfghjmpqrvwx]{4}){3}")


def functions(path: Path) -> set[str]:
    return {
        node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    }


@BY_ID
def test_a_class_is_covered_by_tests_that_exist(item: AttackClass) -> None:
    assert item.tests, f"no test covers {item.id}"
    for test in item.tests:
        path, _, name = test.partition("::")
        assert (ROOT / path).is_file(), test
        assert name in functions(ROOT / path), f"{test} does not exist"


@BY_ID
def test_a_class_says_what_it_is_and_by_which_rules_it_is_met(item: AttackClass) -> None:
    assert set(item.rules) <= set(RULES)
    assert item.title[:1].isupper()
    assert item.what.endswith(".")
    assert item.source.startswith("https://")
    assert all(ADVISORY.fullmatch(name) for name in item.advisories), item.advisories


def test_marks_name_classes() -> None:
    assert marked_tests().keys() <= {item.id for item in CLASSES}
    assert "scanner-limits" in marked_tests()


def test_every_advisory_of_a_rule_stands_in_a_class() -> None:
    known = {name for item in CLASSES for name in item.advisories}
    aliases = {"GHSA-f7qq-56ww-84cr": "CVE-2025-10157"}
    named = {aliases.get(name, name) for rule in RULES.values() for name in rule.advisories}
    assert named <= known, named - known


def test_every_rule_is_raised_by_a_check() -> None:
    raised = {rule for module, _ in CHECKS for rule in rules_of(module)}
    assert set(RULES) - raised == set()


@pytest.mark.parametrize("module", [module for module, _ in CHECKS])
def test_every_check_says_what_it_looks_at(module: str) -> None:
    assert rules_of(module)
    assert load(module).title[:1].isupper()
    page = (ROOT / "docs" / "reference" / "safety-formats.md").read_text("utf-8")
    assert f"\n### {load(module).id}\n" in page
