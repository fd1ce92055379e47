"""What a finding is known by from one audit to the next.

A fingerprint is made of the rule and of what the finding rests on: each fact's path, key and value, each
gap's path and reason. Lines, byte spans, messages, severities and the revision stay out, so that it outlives
an edit above the place, a better wording and a new commit, and changes when the fact itself does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from ajar.model.evidence import Evidence, Ground
from ajar.model.judgement import Finding

VERSION = "ajar/v1"
"""Name of this recipe, as outputs state it. Another recipe takes another name."""

DIGITS = 32  # hexadecimal, 128 bits: no two of any number of findings meet by chance


def fingerprint(finding: Finding) -> str:
    """32 hexadecimal digits; the same for two findings of one rule on facts that cannot be told apart."""
    grounds = sorted({_words(ground) for ground in finding.because})
    text = "\0".join((finding.rule, *grounds))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def fingerprints(findings: Iterable[Finding]) -> tuple[str, ...]:
    """One for each finding, in order. The second of a kind ends in `-2`, so that a waiver for one is none for two."""
    seen: Counter[str] = Counter()
    found = []
    for finding in findings:
        own = fingerprint(finding)
        seen[own] += 1
        found.append(own if seen[own] == 1 else f"{own}-{seen[own]}")
    return tuple(found)


def _words(ground: Ground) -> str:
    if isinstance(ground, Evidence):
        return f"{ground.location.path}\1{ground.key}\1{ground.value!r}"
    return f"{ground.location.path}\1{ground.reason.value}"
