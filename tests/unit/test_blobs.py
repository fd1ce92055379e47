"""Windows on a blob give its bytes, read little after a leap, and each byte once in a row."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from ajar.blobs import BytesBlob, HeadedBlob, Meter, MeteredBlob, SliceBlob, WindowBlob, will_read

DATA = bytes(number * number % 251 for number in range(1 << 19))


@dataclass
class Counted:
    """A blob that notes what is read of it."""

    inner: BytesBlob
    reads: list[tuple[int, int]] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.inner.size

    def read_at(self, offset: int, length: int) -> bytes:
        self.reads.append((offset, length))
        return self.inner.read_at(offset, length)


@given(st.lists(st.tuples(st.integers(0, len(DATA) + 9), st.integers(0, 1 << 19)), max_size=12))
def test_a_window_gives_the_bytes_of_what_is_behind_it(reads):
    window = WindowBlob(BytesBlob(DATA))
    assert all(window.read_at(at, length) == DATA[at : at + length] for at, length in reads)


def test_steps_forward_read_each_byte_about_once():
    counted = Counted(BytesBlob(DATA))
    window = WindowBlob(counted)
    for at in range(0, len(DATA), 40):
        window.read_at(at, 46)
    assert len(counted.reads) < 12
    assert sum(length for _, length in counted.reads) < 2 * len(DATA)


def test_a_leap_reads_little():
    counted = Counted(BytesBlob(DATA))
    window = WindowBlob(counted)
    for at in range(0, len(DATA), 100_000):
        window.read_at(at, 46)
    assert sum(length for _, length in counted.reads) <= 16_384 + 5 * 4_096


class Far:
    """A blob that notes what it is told."""

    size = 1000

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def read_at(self, offset: int, length: int) -> bytes:
        return bytes(1000)[offset : offset + length]

    def will_read(self, spans) -> None:
        self.told += spans


def test_what_will_be_read_is_told_through_every_view() -> None:
    far = Far()
    views = MeteredBlob(HeadedBlob(WindowBlob(SliceBlob(far, 100, 50)), b""), Meter(10_000))
    will_read(views, [(0, 10), (45, 100), (50, 1), (-3, 2)])
    assert far.told == [(100, 10), (145, 5)]
    will_read(BytesBlob(b"near"), [(0, 1)])
