"""Fingerprints outlive what does not matter, and change with what does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.model.evidence import Evidence, Gap, GapReason, Location
from ajar.model.fingerprint import fingerprint, fingerprints
from ajar.model.judgement import Finding, Severity

FACT = Evidence(
    key="pickle.global",
    value="os system",
    location=Location(path="a.bin", start=3, end=9),
    inspector="pickle",
)
FINDING = Finding(
    rule="loads-without-running-code", severity=Severity.HIGH, message="runs os.system", because=(FACT,)
)


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, message="another wording"),
        replace(FINDING, severity=Severity.LOW, remedy="do this"),
        replace(FINDING, because=(replace(FACT, location=Location(path="a.bin", line=7), quote="words"),)),
        replace(FINDING, because=(FACT, FACT)),
    ],
)
def test_what_does_not_matter(other: Finding) -> None:
    assert fingerprint(other) == fingerprint(FINDING)


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, rule="another-rule"),
        replace(FINDING, because=(replace(FACT, value="os popen"),)),
        replace(FINDING, because=(replace(FACT, location=Location(path="b.bin")),)),
        replace(FINDING, because=(FACT, replace(FACT, value="os popen"))),
        replace(FINDING, because=(Gap(location=FACT.location, reason=GapReason.MALFORMED, detail="x"),)),
    ],
)
def test_what_matters(other: Finding) -> None:
    assert fingerprint(other) != fingerprint(FINDING)


def test_the_second_of_a_kind_is_another() -> None:
    marks = fingerprints((FINDING, replace(FINDING, message="again"), replace(FINDING, rule="x")))
    assert marks[1] == f"{marks[0]}-2"
    assert len(set(marks)) == 3


def test_it_is_this_one_for_good() -> None:
    """A change of the recipe would lose every waiver there is."""
    assert fingerprint(FINDING) == "51b1659411c17cbf5f8b44dd9f27c583"


@given(st.lists(st.text(), min_size=1, max_size=4, unique=True), st.randoms())
def test_order_of_grounds_does_not_matter(values: list[str], random) -> None:
    grounds = [replace(FACT, value=value) for value in values]
    shuffled = list(grounds)
    random.shuffle(shuffled)
    assert fingerprint(replace(FINDING, because=tuple(grounds))) == fingerprint(
        replace(FINDING, because=tuple(shuffled))
    )
