"""Whatever the bytes, a format gives observations, `MalformedError` or `BudgetExceeded`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ajar.formats.registry import formats, sniff
from ajar.interfaces import HEAD_BYTES, Format
from tests.build.seeds import SEEDS
from tests.property.strategies import behaves, spoilt

QUICK = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
EVERY = pytest.mark.parametrize("form", formats(), ids=lambda form: form.id)


def seeds_of(form: Format) -> list[tuple[str, bytes]]:
    return [(path, data) for path, data in SEEDS if form.matches(data[:HEAD_BYTES], path)]


@EVERY
def test_every_format_recognises_a_seed(form: Format) -> None:
    assert seeds_of(form), f"tests/build/seeds.py has no beginning that {form.id} recognises"


@EVERY
def test_sniffing_reaches_every_format(form: Format) -> None:
    assert any(sniff(data[:HEAD_BYTES], path) is form for path, data in SEEDS), (
        f"no seed reaches {form.id}: another format comes first each time"
    )


@EVERY
def test_nothing_at_all(form: Format) -> None:
    for path, _ in seeds_of(form) or [("file", b"")]:
        behaves(form, path, b"")


@EVERY
@QUICK
@given(data=st.binary(max_size=2048))
def test_any_bytes(form: Format, data: bytes) -> None:
    behaves(form, f"file{form.suffixes[0] if form.suffixes else ''}", data)


@EVERY
@QUICK
@given(data=st.data())
def test_spoilt_seeds(form: Format, data: st.DataObject) -> None:
    path, seed = data.draw(st.sampled_from(seeds_of(form) or SEEDS))
    behaves(form, path, data.draw(spoilt(seed)))


@EVERY
def test_whole_and_cut_seeds(form: Format) -> None:
    for path, seed in seeds_of(form):
        behaves(form, path, seed)
        for end in range(0, len(seed), max(len(seed) // 64, 1)):
            behaves(form, path, seed[:end])


@QUICK
@given(data=st.binary(max_size=HEAD_BYTES), path=st.text(max_size=40))
def test_sniffing_never_fails(data: bytes, path: str) -> None:
    found = sniff(data, path)
    assert found is None or found in formats()
