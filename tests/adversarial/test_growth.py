"""Files of n, 2n and 4n parts, made to take the square of their size: work grows with the file and no faster.

What can be counted is counted: the bytes that a scan reads. Time is only compared with itself, the least
of three, and may be twice what a straight line gives.
"""

from __future__ import annotations

import gzip
import io
import struct
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ajar.config import Limits
from ajar.model.evidence import GapReason
from ajar.safety import scan
from tests.build import pickles as made
from tests.build.safety_seeds import tarred
from tests.build.zips import zipped

LIMITS = Limits(file_seconds=30.0)
SLACK_S = 0.08  # noise of a busy machine
STREAM_HEAD = b"\x80\x02"


@dataclass(slots=True)
class CountingBlob:
    data: bytes
    bytes_read: int = 0

    @property
    def size(self) -> int:
        return len(self.data)

    def read_at(self, offset: int, length: int) -> bytes:
        found = self.data[offset : offset + length]
        self.bytes_read += len(found)
        return found


def _zip_of(count: int) -> bytes:
    return zipped({f"folder/member-{number}.txt": b"x" for number in range(count)})


def _overlapping(count: int) -> bytes:
    """A directory whose every row names the one member."""
    good = zipped({"a.pkl": b"N."})
    at = good.index(b"PK\x01\x02")
    row, end = good[at : good.index(b"PK\x05\x06")], good[good.index(b"PK\x05\x06") :]
    rows = b"".join(
        row[:46] + name.encode() + row[51:] for name in (f"{number:05}" for number in range(count))
    )
    return good[:at] + rows + end[:8] + struct.pack("<HHII", 1, 1, len(rows), at) + end[20:]


def _end_records(count: int) -> bytes:
    """As many end records as fit, each with a directory that begins one row later."""
    good = _zip_of(count)
    at, end = good.index(b"PK\x01\x02"), good.index(b"PK\x05\x06")
    row = (end - at) // count
    ends = b"".join(
        good[end : end + 12] + struct.pack("<IIH", end - at - number * row, at + number * row, 0)
        for number in range(min(count, 2000))
    )
    return good[:end] + ends


def _nested(count: int) -> bytes:
    return zipped(
        {f"{number}.zip": zipped({f"{inner}": b"x" for inner in range(8)}) for number in range(count)}
    )


def _gzips(count: int) -> bytes:
    return gzip.compress(b"\x80\x04N.") * count


def _bz2_like(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        for number in range(count):
            archive.writestr(str(number), b"x" * 50)
    return out.getvalue()


def _memo_chain(count: int) -> bytes:
    links = b"".join(
        b"j" + struct.pack("<I", number) + b"\x85r" + struct.pack("<I", number + 1) for number in range(count)
    )
    return STREAM_HEAD + b"N\x85r\0\0\0\0" + links + made.name("a.b", "C", old=True) + b"."


def _lines(count: int) -> bytes:
    return b"ca.b\nC\n(lp0\n" + b"I1\na" * count + b"."


def _deep_python(count: int) -> str:
    return "import socket\ns = socket.socket()\nx = a" + ".b()" * count + "\n"


def _yaml_bomb(count: int) -> str:
    return "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a,*a,*a]\n" for n in range(count))


def _holes(count: int) -> bytes:
    rows = ",".join(
        f'"t{n}":{{"dtype":"U8","shape":[1],"data_offsets":[{2 * n},{2 * n + 1}]}}' for n in range(count)
    )
    head = f"{{{rows}}}".encode()
    return struct.pack("<Q", len(head)) + head + bytes(2 * count)


CASES: dict[str, tuple[str, int, Callable[[int], bytes | str]]] = {
    # pickles
    "streams": ("m.pkl", 250, lambda n: (b"\x80\x04K\x01." * n) + bytes(n)),
    "false-starts": ("m.pkl", 150, lambda n: b"\x80\x04K\x01.junk" + b"\x80\x04]ca\nb\n" * n),
    "memo-chain": ("m.pkl", 3000, _memo_chain),
    "marks": ("m.pkl", 8000, lambda n: STREAM_HEAD + made.name("a.b", "C", old=True) + b"(" * n),
    "nested-lists": ("m.pkl", 3000, lambda n: STREAM_HEAD + made.name("a.b", "C", old=True) + b"](" * n + b"e" * n + b"."),
    "lines": ("m.pkl", 8000, _lines),
    "harmless-calls": ("m.pkl", 800, lambda n: made.stream((made.call(made.name("collections", "defaultdict"), made.name("builtins", "list")) + b"0") * n + b"N")),
    "imports": ("m.pkl", 800, lambda n: made.stream(b"".join(made.name("a.b", f"C{i}") + b"0" for i in range(n)) + b"N")),
    # archives
    "zip-members": ("m.zip", 250, _zip_of),
    "zip-one-member-many-names": ("m.zip", 2000, _overlapping),
    "zip-end-records": ("m.zip", 200, _end_records),
    "zip-in-zip": ("m.zip", 40, _nested),
    "zip-bzip2": ("m.zip", 150, _bz2_like),
    "tar-members": ("m.tar", 400, lambda n: tarred({f"a/{number}": b"x" for number in range(n)})),
    "tar-long-names": ("m.tar", 100, lambda n: tarred({f"{number}" + "x" * 300: b"x" for number in range(n)})),
    "gzip-members": ("m.gz", 200, _gzips),
    # templates
    "template-parentheses": ("chat_template.jinja", 1000, lambda n: "{{ ((((a)))) }}" * n),
    "template-filters": ("chat_template.jinja", 1500, lambda n: "{% set a = 'x' * 4000 %}{{ a" + "|lower" * n + " }}"),
    "template-joins": ("chat_template.jinja", 1500, lambda n: "{% set a = 'x' * 4000 %}{{ [" + "a," * n + "]|join }}"),
    "template-replaces": ("chat_template.jinja", 300, lambda n: "{% set a = 'x' * 4000 %}{{ a" + "|replace('x', a)" * n + " }}"),
    "template-additions": ("chat_template.jinja", 2000, lambda n: "{% set a = 'x' * 4000 %}{{ a" + "~a" * n + " }}"),
    "template-quotes": ("chat_template.jinja", 4000, lambda n: "{{ " + "\\'" * n),
    "template-dunders": ("chat_template.jinja", 1000, lambda n: "".join(f"{{{{ x.__a{i}__ }}}}\n" for i in range(n))),
    "template-signs": ("chat_template.jinja", 4000, lambda n: "{{ " + "-" * n + "1 }}"),
    "template-loops": ("chat_template.jinja", 200, lambda n: "{% for a in range(2) %}" * n),
    # code
    "python-chains": ("modeling_x.py", 200, _deep_python),
    "python-calls": ("modeling_x.py", 300, lambda n: "import os\n" + "open('a' + 'b').read()\n" * n),
    "python-sums": ("modeling_x.py", 600, lambda n: "import os\nos.system(" + "'a'+" * n + "'b')\n"),
    "python-joins": ("modeling_x.py", 3000, lambda n: f"import os\na = '{'x' * 4000}'\nos.system(''.join([" + "a," * n + "]))\n"),
    "python-braces": ("modeling_x.py", 4000, lambda n: "import os\na = 1\nb = f'" + "{a}" * n + "'\n"),
    "notebook-magics": ("x.ipynb", 1000, lambda n: '{"cells":[{"cell_type":"code","source":"' + "%%bash\\n" * n + '"}]}'),
    "requirements-lines": ("requirements.txt", 8000, lambda n: "\n" * n),
    "requirements-addresses": ("requirements.txt", 400, lambda n: "a @ http://192.0.2.1/x.whl\n" * n),
    "requirements-one-address": ("requirements.txt", 800, lambda n: "@http://a" * n),
    "path-imports": ("x.pth", 500, lambda n: "import a\n" * n),
    # settings
    "json-wide": ("config.json", 3000, lambda n: '{"auto_map":{},"a":[' + ",".join(["{}"] * n) + "]}"),
    "json-deep-and-wide": ("config.json", 3000, lambda n: ('{"type":"a","' + "k" * 70 + '":') * 300 + "[" + ",".join(['"b"'] * n) + "]" + "}" * 300),
    "json-braces": ("config.json", 8000, lambda n: '{"a":"' + "{{" * n + '"}'),
    "json-brackets": ("config.json", 30_000, lambda n: "[" * n),
    "json-in-a-binary": ("m.bin", 2000, lambda n: "\x01\x7f" + '{"name":1}' * n),
    "yaml-tags": ("a.yaml", 1000, lambda n: "a: !!python/object/apply:os.system [x]\n" * n),
    "yaml-aliases": ("a.yaml", 1000, _yaml_bomb),
    # other files
    "xml-entities": ("a.xml", 3000, lambda n: "<!ENTITY a" * n),
    "xml-includes": ("a.xml", 3000, lambda n: "<include " * n),
    "script-fetches": ("a.sh", 4000, lambda n: "#!/bin/sh\n" + "curl " * n),
    "r-lists": ("m.rds", 8000, lambda n: b"X\n" + struct.pack(">iii", 2, 0x30600, 0x20300) + struct.pack(">ii", 19, 1) * n),
    "e-mail-addresses": ("a.csv", 2000, lambda n: "a.b.c.d.e.f@x.org," * n),
    "private-key": ("a.txt", 500, lambda n: "-----BEGIN PRIVATE KEY-----\n" * n),
    "safetensors-holes": ("m.safetensors", 300, _holes),
}  # fmt: skip


def _work(path: str, data: bytes) -> tuple[int, float]:
    """Bytes read, and the least seconds of three."""
    best, read = 60.0, 0
    for _ in range(3):
        blob = CountingBlob(data)
        started = time.process_time()
        found = scan(path, blob, LIMITS)
        best = min(best, time.process_time() - started)
        read = blob.bytes_read
        faults = [gap.detail for gap in found.gaps if gap.reason is GapReason.INTERNAL_ERROR]
        assert not faults
    return read, best


@pytest.mark.parametrize("case", CASES)
def test_work_grows_with_the_file(case: str) -> None:
    path, count, build = CASES[case]
    sizes, reads, times = [], [], []
    for times_n in (1, 2, 4):
        made_of = build(count * times_n)
        data = made_of.encode() if isinstance(made_of, str) else made_of
        read, best = _work(path, data)
        sizes.append(len(data))
        reads.append(read)
        times.append(best)
    # Files under 64 KiB are read whole, others by their parts: what is read is compared with the size.
    per_byte = [read / size for read, size in zip(reads, sizes, strict=True)]
    assert per_byte[2] <= 2 * max(per_byte[:2]) + 40, f"bytes read for each byte: {per_byte}"
    assert times[2] <= 8 * times[0] + SLACK_S, f"seconds: {times}"


@pytest.mark.parametrize("case", ["memo-chain", "nested-lists"])
def test_depth_is_no_recursion(case: str) -> None:
    path, count, build = CASES[case]
    assert scan(path, CountingBlob(build(count * 16)), LIMITS).level in {"caution", "unknown", "dangerous"}
