"""A file behind HTTP as a blob: what is asked, what is believed, what is kept."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.errors import MalformedError
from ajar.sources._cache import Cache
from ajar.sources._parts import header, parts, said_range
from ajar.sources._ranges import FIRST_BYTES, LEAP_BYTES, PAGE_BYTES, Hosts, RangeBlob
from ajar.sources._strides import Strides
from ajar.sources._transport import Refused, Reply

URL = "https://host.example/file"
SIZE = (3 << 20) + 17
DATA = random.Random(7).randbytes(SIZE)


class Host:
    """Serves `DATA` by one range or several, and notes what it is asked."""

    def __init__(self, *, several: bool = True, joins: bool = False, shuffles: bool = False) -> None:
        self.several, self.joins, self.shuffles = several, joins, shuffles
        self.asked: list[list[tuple[int, int]]] = []
        self.fails = 0

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        start: int | None = None,
        length: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        if self.fails:
            self.fails -= 1
            raise Refused(503, "busy")
        if headers is None:
            assert start is not None
            assert length is not None
            self.asked.append([(start, length)])
            said = {"content-range": f"bytes {start}-{start + length - 1}/{SIZE}"}
            return Reply(status=206, headers=said, body=DATA[start : start + length], url=url, is_whole=True)
        spans = [
            (int(low), int(high) + 1)
            for low, _, high in (part.partition("-") for part in headers["range"][6:].split(","))
        ]
        self.asked.append([(low, high - low) for low, high in spans])
        if not self.several:
            body = DATA[: min(limit_bytes, 1)]
            return Reply(
                status=200, headers={"content-length": str(SIZE)}, body=body, url=url, is_whole=False
            )
        if self.joins:
            spans = [(spans[0][0], spans[1][1]), *spans[2:]]
        if self.shuffles:
            spans.reverse()
        return Reply(status=206, headers=KIND, body=multipart(spans), url=url, is_whole=True)


KIND = {"content-type": "multipart/byteranges; boundary=xx"}


def multipart(spans, size: int = SIZE, mark: bytes = b"xx") -> bytes:
    body = b""
    for low, high in spans:
        body += b"\r\n--" + mark + b"\r\nContent-Type: x/y\r\n"
        body += b"content-range: bytes %d-%d/%d\r\n\r\n" % (low, high - 1, size) + DATA[low:high]
    return body + b"\r\n--" + mark + b"--\r\n"


def blob(host: Host, cache: Cache | None = None, hosts: Hosts | None = None) -> RangeBlob:
    return RangeBlob(
        transport=host, url=URL, size=SIZE, cache=cache or Cache(None), key="k", hosts=hosts or Hosts()
    )


FAR = [(1 << 20, 30), ((1 << 20) + 400_000, 30), (2 << 20, 5000), (SIZE - 10, 10)]


@pytest.mark.parametrize(
    "host", [Host(), Host(joins=True), Host(shuffles=True)], ids=["plain", "joins", "shuffles"]
)
def test_spans_known_beforehand_take_one_request(host):
    made = blob(host)
    made.will_read(FAR)
    assert len(host.asked) == 1
    assert sum(length for _, length in host.asked[0]) < 8 * PAGE_BYTES
    for offset, length in FAR:
        assert made.read_at(offset, length) == DATA[offset : offset + length]
    assert len(host.asked) == 1


def test_a_host_of_one_range_is_tried_once_and_then_asked_side_by_side():
    host, hosts = Host(several=False), Hosts()
    made = blob(host, hosts=hosts)
    made.will_read(FAR)
    assert [len(spans) for spans in host.asked] == [4, 1, 1, 1, 1]
    assert made.read_at(*FAR[2]) == DATA[FAR[2][0] : FAR[2][0] + FAR[2][1]]
    other = blob(host, hosts=hosts)
    other.will_read(FAR)
    assert all(len(spans) == 1 for spans in host.asked[1:])


def test_a_part_that_was_not_asked_for_is_not_believed():
    class Shifted(Host):
        def get(self, url, **more):
            reply = super().get(url, **more)
            if more.get("headers") is None:
                return reply
            spans = [(start + 1, start + length) for start, length in self.asked[-1]]
            return Reply(status=206, headers=KIND, body=multipart(spans), url=url, is_whole=True)

    made = blob(Shifted())
    made.will_read(FAR)
    for offset, length in FAR:
        assert made.read_at(offset, length) == DATA[offset : offset + length]
    assert all(len(spans) == 1 for spans in made.transport.asked[1:])


@pytest.mark.parametrize("status", [400, 403, 416, 501])
def test_a_host_that_refuses_several_ranges_is_asked_for_one_each(status):
    class Refusing(Host):
        def get(self, url, **more):
            reply = super().get(url, **more)
            if more.get("headers") is None:
                return reply
            return Reply(status=status, headers={}, body=b"no", url=url, is_whole=True)

    host = Refusing()
    made = blob(host)
    made.will_read(FAR)
    assert made.read_at(*FAR[1]) == DATA[FAR[1][0] : FAR[1][0] + 30]
    assert [len(spans) for spans in host.asked] == [4, 1, 1, 1, 1]


def test_what_could_not_be_had_early_is_had_when_read():
    host = Host()
    host.fails = 1
    made = blob(host)
    made.will_read(FAR)
    assert made.read_at(*FAR[0]) == DATA[FAR[0][0] : FAR[0][0] + 30]


def test_more_spans_than_one_request_may_carry():
    host = Host()
    made = blob(host)
    made.will_read([(number * 3 * PAGE_BYTES, 1) for number in range(250)])
    assert len(host.asked) == 3


def test_spans_outside_the_file_are_nothing():
    host = Host()
    blob(host).will_read([(-5, 3), (SIZE, 10), (SIZE + 5, 1), (4, 0)])
    assert host.asked == []


def test_a_leap_reads_little_and_going_on_reads_more():
    host = Host()
    made = blob(host)
    for step in range(40):
        made.read_at((1 << 20) + step * 20_000, 20_000)
    sizes = [spans[0][1] for spans in host.asked]
    assert sizes[0] <= LEAP_BYTES + 2 * PAGE_BYTES
    assert len(sizes) < 6


def test_the_first_bytes_come_at_once():
    host = Host()
    made = blob(host)
    made.read_at(0, 8)
    assert made.read_at(FIRST_BYTES - 9, 9) == DATA[FIRST_BYTES - 9 : FIRST_BYTES]
    assert host.asked == [[(0, FIRST_BYTES)]]


@settings(max_examples=60, deadline=None)
@given(
    reads=st.lists(st.tuples(st.integers(0, SIZE + 9), st.integers(0, 200_000), st.booleans()), max_size=12),
    several=st.booleans(),
)
def test_every_read_gives_the_bytes_of_the_file(reads, several):
    made = blob(Host(several=several))
    for offset, length, is_ahead in reads:
        if is_ahead:
            made.will_read([(offset, length), (offset // 2, length), (offset // 3, 10)])
        assert made.read_at(offset, length) == DATA[offset : offset + length]


# parts of one answer


def answer(body: bytes, **headers: str) -> Reply:
    return Reply(
        status=206,
        headers={name.replace("_", "-"): value for name, value in headers.items()} or KIND,
        body=body,
        url=URL,
        is_whole=True,
    )


def test_parts_are_what_they_say():
    body = multipart([(10, 20), (300, 310)])
    assert list(parts(answer(body), SIZE)) == [(10, DATA[10:20]), (300, DATA[300:310])]
    quoted = answer(body, content_type='Multipart/ByteRanges; charset=x; boundary="xx"')
    assert len(list(parts(quoted, SIZE))) == 2


def test_a_part_that_holds_the_boundary_is_whole():
    body = b"--xx\r\nContent-Range: bytes 0-9/%d\r\n\r\n--xx--xx--\r\n--xx--" % SIZE
    assert list(parts(answer(body), SIZE)) == [(0, b"--xx--xx--")]


def test_one_part_alone():
    assert list(parts(answer(b"abc", content_range=f"bytes 5-7/{SIZE}"), SIZE)) == [(5, b"abc")]
    assert list(parts(answer(b"ab", content_range=f"bytes 5-7/{SIZE}"), SIZE)) == []


def test_a_cut_answer_gives_its_whole_parts():
    body = multipart([(10, 20), (300, 310)])
    assert list(parts(answer(body[:-20]), SIZE)) == [(10, DATA[10:20])]


@pytest.mark.parametrize(
    "body",
    [
        b"--xx\r\nContent-Type: x\r\n\r\nabc",
        b"--xx\r\nContent-Range: bytes x\r\n\r\nabc",
        b"--xx\r\nContent-Range: bytes %d-%d/%d\r\n\r\nabc" % (SIZE, SIZE + 2, SIZE),
    ],
)
def test_parts_that_do_not_say_which_are_refused(body):
    with pytest.raises(MalformedError):
        list(parts(answer(body), SIZE))


def test_parts_of_a_file_of_another_size_are_refused():
    with pytest.raises(Refused, match="has 99"):
        list(parts(answer(multipart([(1, 3)], size=99)), SIZE))


@given(st.binary(max_size=300))
def test_any_body_is_read_or_refused(body):
    try:
        found = list(parts(answer(b"--xx" + body), SIZE))
    except (MalformedError, Refused):
        return
    assert all(start + len(data) <= SIZE for start, data in found)


def test_ranges_are_written_in_order():
    assert header([(0, 10), (20, 1)]) == "bytes=0-9,20-20"
    assert said_range("bytes 0-9/10", 10) == (0, 10)


# guesses


def test_leaps_that_repeat_are_told_ahead():
    strides = Strides()
    sizes, at = [100_000, 300_000, 500_000] * 3, 0
    landings = []
    for size in sizes:
        strides.step(at, at + 500)
        landings.append(at)
        at += size
    known = set(landings) | {at}
    early = Strides()
    for landing in landings[:5]:
        early.step(landing, landing + 500)
    assert set(early.guesses(is_dear=False)[:4]) <= known


def test_leaps_that_do_not_repeat_are_not_guessed():
    strides = Strides()
    at = 0
    for size in (100_000, 250_000, 700_000, 1_500_000):
        strides.step(at, at + 100)
        at += size
    assert strides.guesses(is_dear=False) == []


def test_a_dear_guess_wants_longer_grounds():
    strides = Strides()
    for number in range(3):
        strides.step(number * 100_000, number * 100_000 + 100)
    assert strides.guesses(is_dear=False)
    assert strides.guesses(is_dear=True) == []


def test_going_on_is_no_leap_and_going_back_begins_anew():
    strides = Strides()
    for number in range(9):
        strides.step(number * 1000, number * 1000 + 1000)
    assert strides.guesses(is_dear=False) == []
    for number in range(3):
        strides.step(number * 100_000, number * 100_000 + 10)
    strides.step(0, 10)
    assert strides.guesses(is_dear=False) == []


# what is kept


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def test_a_second_blob_reads_from_the_cache(cache):
    first, second = Host(), Host()
    for host in (first, second):
        made = blob(host, cache)
        made.will_read(FAR)
        assert made.read_at(100, 200) == DATA[100:300]
        assert made.read_at(*FAR[3]) == DATA[-10:]
    assert first.asked
    assert second.asked == []


@pytest.mark.parametrize("harm", ["flip", "cut", "empty", "swap"])
def test_a_page_that_is_not_what_was_written_is_read_anew(cache, harm):
    made = blob(Host(), cache)
    made.read_at(0, 10)
    made.read_at(1 << 20, 10)
    pages = sorted(path for path in cache.folder.rglob("*-*") if path.is_file())
    assert len(pages) == 2
    page = pages[0].read_bytes()
    if harm == "swap":
        pages[0].write_bytes(pages[1].read_bytes())
        pages[1].write_bytes(page)
    else:
        broken = {"flip": page[:-1] + bytes([page[-1] ^ 1]), "cut": page[:-1], "empty": b""}[harm]
        pages[0].write_bytes(broken)
    host = Host()
    again = blob(host, cache)
    assert again.read_at(0, 10) == DATA[:10]
    assert again.read_at(1 << 20, 10) == DATA[1 << 20 : (1 << 20) + 10]
    assert len(host.asked) == (2 if harm == "swap" else 1)


@pytest.mark.parametrize("name", ["5-4096", "0-0", "0-99", f"{SIZE - 1}-1", f"0-{1 << 40}", "x", "part-abc"])
def test_names_that_nobody_wrote_are_passed_over(cache, name):
    made = blob(Host(), cache)
    made.read_at(0, 10)
    folder = next(path for path in cache.folder.rglob("*-*") if path.is_file()).parent
    (folder / name).write_bytes(b"x" * 50)
    assert blob(Host(), cache).read_at(0, 4096) == DATA[:4096]


def test_an_answer_with_a_turned_bit_is_not_an_answer(cache):
    cache.keep_answer("url", {"sha": "a"})
    assert cache.answer("url") == {"sha": "a"}
    page = next(path for path in cache.folder.rglob("json"))
    page.write_bytes(page.read_bytes().replace(b'"a"', b'"b"'))
    assert cache.answer("url") is None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    made = blob(Host(), Cache(tmp_path / "file"))
    assert made.read_at(0, 10) == DATA[:10]
