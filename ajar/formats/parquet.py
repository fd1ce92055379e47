"""Parquet: the footer, in Thrift's compact protocol: rows and column names. No page is read.

Spec: https://github.com/apache/parquet-format (FileMetaData), Thrift compact protocol.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ajar.blobs import read_exactly
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location, Scalar

ID = "parquet"
_DEPTH = 32
_COLUMNS = 64
_ELEMENTS = 1_000_000
_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 11, 12


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return head[:4] == b"PAR1"


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    tail = read_exactly(blob, blob.size - 8, 8, "the footer's length")
    if tail[4:] != b"PAR1":
        raise MalformedError("no PAR1 at the end: the file is cut short", offset=blob.size - 4)
    (length,) = struct.unpack("<I", tail[:4])
    if length > limits.header_bytes:
        raise BudgetExceeded(f"a footer of {length} bytes")
    start = blob.size - 8 - length
    reader = _Compact(read_exactly(blob, start, length, "the footer"))
    rows, names = reader.metadata()
    where = Location(path=path, start=start, end=blob.size)
    if rows is not None:
        yield _fact("data.rows", rows, where)
    yield _fact("data.columns", len(names), where)
    for name in names[:_COLUMNS]:
        yield _fact("data.column", name, where)
    yield _fact("data.bytes", blob.size, where)


class _Compact:
    """Just enough of the compact protocol: structs are walked, what is not wanted is stepped over."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._budget = _ELEMENTS

    def metadata(self) -> tuple[int | None, list[str]]:
        """Rows, and the names of the leaves of the schema."""
        rows: int | None = None
        names: list[str] = []
        for number, kind in self._fields():
            if number == 2 and kind == _LIST:
                names = self._schema()
            elif number == 3 and kind not in {_TRUE, _FALSE}:
                rows = self._zigzag()
            else:
                self._skip(kind, _DEPTH)
        return rows, names

    def _schema(self) -> list[str]:
        size, kind = self._list()
        names: list[str] = []
        for _ in range(size):
            name, children = "", 0
            if kind != _STRUCT:
                raise MalformedError("the schema is no list of elements", offset=self._at)
            for number, inner in self._fields():
                if number == 4 and inner == _BINARY:
                    name = self._binary().decode("utf-8", "replace")
                elif number == 5:
                    children = self._zigzag()
                else:
                    self._skip(inner, _DEPTH)
            if not children:
                names.append(name[:120])
        return names

    def _fields(self) -> Iterator[tuple[int, int]]:
        number = 0
        while True:
            head = self._byte()
            if head == _STOP:
                return
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            yield number, head & 0x0F

    def _skip(self, kind: int, depth: int) -> None:
        self._budget -= 1
        if not depth or self._budget < 0:
            raise BudgetExceeded("the footer nests or goes on without end")
        if kind in {_TRUE, _FALSE}:
            return
        if kind == _BYTE:
            self._byte()
        elif kind in {4, 5, 6}:
            self._zigzag()
        elif kind == _DOUBLE:
            self._move(8)
        elif kind == _BINARY:
            self._binary()
        elif kind in {_LIST, _SET}:
            size, inner = self._list()
            for _ in range(size):
                self._skip(_BYTE if inner in {_TRUE, _FALSE} else inner, depth - 1)
        elif kind == _MAP:
            size = self._varint()
            kinds = self._byte() if size else 0
            for _ in range(min(size, _ELEMENTS)):
                self._skip(kinds >> 4, depth - 1)
                self._skip(kinds & 0x0F, depth - 1)
        elif kind == _STRUCT:
            for _, inner in self._fields():
                self._skip(inner, depth - 1)
        else:
            raise MalformedError(f"Thrift type {kind}", offset=self._at)

    def _list(self) -> tuple[int, int]:
        head = self._byte()
        size = self._varint() if head >> 4 == 15 else head >> 4
        if size > len(self._data):
            raise MalformedError(f"a list of {size} elements", offset=self._at)
        return size, head & 0x0F

    def _binary(self) -> bytes:
        length = self._varint()
        start = self._at
        self._move(length)
        return self._data[start : start + length]

    def _move(self, length: int) -> None:
        if self._at + length > len(self._data):
            raise MalformedError("the footer ends early", offset=self._at)
        self._at += length

    def _byte(self) -> int:
        self._move(1)
        return self._data[self._at - 1]

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise MalformedError("a number of more than ten bytes", offset=self._at)

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)


def _fact(key: str, value: Scalar, where: Location) -> Evidence:
    return Evidence(key=key, value=value, location=where, inspector=ID)


FORMAT = Format(
    id=ID,
    title="Parquet table",
    family="data",
    suffixes=(".parquet",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "data.rows": "rows that the footer states",
        "data.columns": "leaf columns",
        "data.column": "a column's name",
        "data.bytes": "size of the file in bytes",
    },
    spec="https://parquet.apache.org/docs/file-format/metadata/",
)
