import struct

import pytest

from ajar.errors import MalformedError
from ajar.formats.parquet import FORMAT
from tests.build.observing import cut_everywhere, look


def zigzag(n):
    n = n << 1 if n >= 0 else -n << 1 | 1
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def element(name, children=None):
    head = b"\x48" + bytes([len(name)]) + name.encode()  # field 4, binary
    return head + (b"\x15" + zigzag(children) if children else b"") + b"\0"


def parquet(columns, rows, body=0):
    schema = b"".join([element("root", len(columns)), *map(element, columns)])
    count = len(columns) + 1
    listing = bytes([count << 4 | 12]) if count < 15 else b"\xfc" + bytes([count])
    footer = b"\x15" + zigzag(2) + b"\x19" + listing + schema + b"\x16" + zigzag(rows) + b"\x19\x0c" + b"\0"
    return b"PAR1" + bytes(body) + footer + struct.pack("<I", len(footer)) + b"PAR1"


def test_rows_and_columns():
    seen = look(FORMAT, parquet(["text", "label"], 1_000_000), "train.parquet")
    assert seen.one("data.rows") == 1_000_000
    assert seen.all("data.column") == ["text", "label"]


def test_many_columns():
    assert look(FORMAT, parquet([f"c{n}" for n in range(40)], 3), "x.parquet").one("data.columns") == 40


def test_pages_are_not_read():
    data = parquet(["a"], 5, body=10 * 2**20)
    assert look(FORMAT, data, "x.parquet").blob.bytes_read < 200


def test_every_cut_is_noticed():
    data = parquet(["text"], 5)
    assert cut_everywhere(FORMAT, data, "x.parquet") == len(data) - 1


@pytest.mark.parametrize(
    "footer", [b"\x19\xfc\xff\xff\xff\xff\x0f", b"\x1f\x00", b"\x18\xff\x7f", b"\x1c" * 200]
)
def test_footers_that_lie(footer):
    from ajar.errors import BudgetExceeded

    data = b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1"
    with pytest.raises((MalformedError, BudgetExceeded)):
        look(FORMAT, data, "x.parquet")
