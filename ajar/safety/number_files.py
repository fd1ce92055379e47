"""Files of numbers whose lengths must hold: MXNet's arrays, Darknet's weights, OpenVINO's constants.

Sources: MXNet's src/ndarray/ndarray.cc; Darknet's src/parser.c; OpenVINO's IR as its documentation describes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ajar.errors import MalformedError
from ajar.formats._pages import Pages
from ajar.model.evidence import GapReason
from ajar.model.judgement import Severity
from ajar.safety.check import Check, Sign, Specimen

WHOLE = "weights-file-is-well-formed"
_MXNET = (0x112).to_bytes(8, "little")
_ARRAYS = 1_000_000
_AXES = 32
_V1, _V2, _V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA
_ITEM_BYTES = {0: 4, 1: 8, 2: 2, 3: 1, 4: 4, 5: 1, 6: 8, 7: 1, 8: 2, 9: 2, 10: 4, 11: 8, 12: 2}
_SPARSE = {0: 0, 1: 1, 2: 2, -1: 0}  # storage type -> arrays of indices
_TEXT_BYTES = 64 << 20
_CONST = re.compile(rb'<layer\b[^>]{0,400}?\btype="Const"[^>]{0,400}>\s{0,80}<data\b([^>]{0,400})>')
_ATTRIBUTE = re.compile(rb'\b(element_type|shape|offset|size)="([^"]*)"')
_BITS = re.compile(rb"(?:[uif]|bf|nf)(\d{1,3})(?:e\d+m\d+\w*)?")
_LARGEST = 1 << 48  # bytes of one constant: beyond every disk that holds models


def _look(specimen: Specimen) -> Iterator[Sign]:
    if specimen.format == "openvino":
        yield from _openvino(specimen)
    elif specimen.head[:8] == _MXNET:
        yield from _mxnet(specimen)
    elif specimen.path.lower().endswith(".weights") and not specimen.path.lower().endswith(
        ".espresso.weights"
    ):
        yield from _darknet(specimen)


@dataclass(slots=True)
class _Cursor:
    """Numbers of a file in order. `Pages` checks each read against the end."""

    pages: Pages
    at: int = 0

    def number(self, width: int, *, signed: bool = False) -> int:
        data = self.pages.take(self.at, width, "a number")
        self.at += width
        return int.from_bytes(data, "little", signed=signed)

    def skip(self, length: int) -> None:
        if length < 0 or self.at + length > self.pages.blob.size:
            raise MalformedError(f"{length} bytes go on past the end", offset=self.at)
        self.at += length

    def shape(self, axes: int, width: int) -> int:
        """How many elements the next shape has; 0 for one that is not known."""
        if not 0 <= axes <= _AXES:
            raise MalformedError(f"an array of {axes} axes", offset=self.at)
        count = 1
        for _ in range(axes):
            count *= max(self.number(width, signed=width == 8), 0)
        return count


def _mxnet(specimen: Specimen) -> Iterator[Sign]:
    """A list of arrays, and their names: each array's numbers follow its shape."""
    cursor = _Cursor(Pages(specimen.blob), 16)
    count = cursor.number(8)
    if count > _ARRAYS:
        raise MalformedError(f"{count} arrays", offset=16)
    for number in range(count):
        if not number % 256:
            specimen.check_time()
        _array(cursor)
    names = cursor.number(8)
    if names not in {0, count}:
        raise MalformedError(f"{names} names of {count} arrays", offset=cursor.at)
    for _ in range(names):
        cursor.skip(cursor.number(8))
    left = specimen.blob.size - cursor.at
    if left:
        message = f"{left} bytes stand behind the last array"
        yield specimen.finding(WHOLE, Severity.LOW, message, start=cursor.at, end=specimen.blob.size)


def _array(cursor: _Cursor) -> None:
    magic = cursor.number(4)
    if magic in {_V2, _V3}:
        kind = cursor.number(4, signed=True)
        if kind not in _SPARSE:
            raise MalformedError(f"an array of storage type {kind}", offset=cursor.at)
        stored = cursor.shape(cursor.number(4, signed=True), 8) if _SPARSE[kind] else -1
        axes = cursor.number(4, signed=True)
        whole = cursor.shape(max(axes, 0), 8)
        if axes <= 0 and magic == _V2:
            return
        count, indices = (stored if stored >= 0 else whole), _SPARSE[kind]
    else:
        # The older kinds: a shape of 8-byte numbers behind a magic number, or of 4-byte numbers without one.
        axes = cursor.number(4) if magic == _V1 else magic
        count, indices = cursor.shape(axes, 8 if magic == _V1 else 4), 0
        if not axes:
            return
    cursor.skip(8)  # the device and its number
    sizes = [(_item(cursor), count)]
    sizes[1:] = [(_item(cursor), cursor.shape(cursor.number(4, signed=True), 8)) for _ in range(indices)]
    for width, items in sizes:
        cursor.skip(width * items)


def _item(cursor: _Cursor) -> int:
    kind = cursor.number(4)
    if kind not in _ITEM_BYTES:
        raise MalformedError(f"an element type {kind}", offset=cursor.at)
    return _ITEM_BYTES[kind]


def _darknet(specimen: Specimen) -> Iterator[Sign]:
    """Three version numbers, how many images were seen, then floats to the end."""
    size, head = specimen.blob.size, specimen.head
    major, minor = (int.from_bytes(head[at : at + 4], "little") for at in (0, 4))
    start = 20 if major * 10 + minor >= 2 else 16
    if major > 100 or minor > 100:
        return  # some other file of weights
    if size < start or (size - start) % 4:
        yield specimen.gap(GapReason.MALFORMED, f"Darknet weights of {size} bytes, which are no whole floats")


def _openvino(specimen: Specimen) -> Iterator[Sign]:
    """Constants stand in a file beside it, at places and with sizes that the layers state."""
    data = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES))
    for found in _CONST.finditer(data):
        row = dict(_ATTRIBUTE.findall(found[1]))
        problem = _constant(row)
        if problem:
            line = data.count(b"\n", 0, found.start()) + 1
            yield specimen.gap(GapReason.MALFORMED, f"line {line}: {problem}", at=found.start())
            return
    if specimen.blob.size > _TEXT_BYTES:
        yield specimen.gap(GapReason.OVER_BUDGET, f"a graph of more than {_TEXT_BYTES} bytes")


def _constant(row: dict[bytes, bytes]) -> str:
    """What is wrong with a constant's attributes, or nothing."""
    place, size = row.get(b"offset", b""), row.get(b"size", b"")
    if not re.fullmatch(rb"\d{1,19}", place) or not re.fullmatch(rb"\d{1,19}", size):
        return f"a constant at {place[:40]!r} of {size[:40]!r} bytes"
    if int(place) + int(size) > _LARGEST:
        return f"a constant of {int(size)} bytes at {int(place)}"
    kind, shape = row.get(b"element_type", b""), row.get(b"shape", b"").replace(b" ", b"")
    bits = 8 if kind == b"boolean" else int(found[1]) if (found := _BITS.fullmatch(kind)) else 0
    if not bits or not re.fullmatch(rb"(\d{1,15}(,\d{1,15})*)?", shape):
        return ""
    count = 1
    for extent in shape.split(b",") if shape else ():
        count *= int(extent)
    if (count * bits + 7) // 8 != int(size):
        return f"a constant of {count} times {kind.decode('latin-1')} in {int(size)} bytes"
    return ""


CHECK = Check(
    id="number-files",
    title="Whether files of numbers are as long as they say",
    look=_look,
)
