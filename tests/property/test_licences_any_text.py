"""Licence identification never fails, never passes a clause in silence, and does not mind how a text is laid out."""

from __future__ import annotations

import textwrap
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ajar.model.component import MatchKind
from ajar.rights.data_store import store
from ajar.rights.identify import identify_licence

CLEAN = {MatchKind.EXACT, MatchKind.TEMPLATE}
NAMES = [
    "MIT",
    "Apache-2.0",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "CC-BY-4.0",
    "llama2",
    "gemma",
    "openrail++",
    "OFL-1.1",
]
CLAUSES = (Path(__file__).parents[2] / "benchmarks" / "data" / "clauses.txt").read_text("utf-8").splitlines()


@given(st.text(max_size=3000) | st.binary(max_size=3000))
@settings(max_examples=150, deadline=None)
def test_any_text_or_bytes_is_answered(text: str | bytes) -> None:
    assert identify_licence(text).match in MatchKind


@given(st.sampled_from(NAMES), st.sampled_from(CLAUSES), st.floats(0, 1))
@settings(max_examples=150, deadline=None)
def test_a_clause_put_in_is_never_passed(name: str, clause: str, place: float) -> None:
    parts = store().text(name).split("\n\n")
    at = round(len(parts) * place)
    found = identify_licence("\n\n".join([*parts[:at], clause, *parts[at:]]))
    assert found.match not in CLEAN, (name, clause, at)


@given(
    st.sampled_from(NAMES),
    st.sampled_from(["", "# ", "// ", " * ", "> "]),
    st.integers(50, 120),
    st.booleans(),
)
@example("CC-BY-4.0", "", 92, True)  # a wrapped line begins with a treaty's name and year
@settings(max_examples=60, deadline=None)
def test_case_and_wrapping_change_nothing(name: str, leader: str, width: int, upper: bool) -> None:
    lines = []
    for part in store().text(name).split("\n\n"):
        lines += [
            *(textwrap.wrap(" ".join(part.split()), width, break_long_words=False, break_on_hyphens=False)),
            "",
        ]
    text = "\n".join(leader + line for line in lines)
    found = identify_licence(text.upper() if upper else text)
    assert (found.licence.id, found.match in CLEAN) == (name, True), [item.text for item in found.differences]
