"""The gate: a policy's rules held against a release, with who answers for what fails."""

from __future__ import annotations

from ajar.policy.examples import try_examples
from ajar.policy.judge import Baseline, judge, own_results, results_of_changes, unused_waivers
from ajar.policy.policy import PRESETS, RULES, SCHEMA, Policy, Source, preset_text, read, schema

__all__ = [
    "PRESETS",
    "RULES",
    "SCHEMA",
    "Baseline",
    "Policy",
    "Source",
    "judge",
    "own_results",
    "preset_text",
    "read",
    "results_of_changes",
    "schema",
    "try_examples",
    "unused_waivers",
]
