"""Where HDF5 keeps names and values: B-trees of both versions, local, global and fractal heaps.

Everything is addressed from outside, so every address and length is checked against the file first.
Spec: HDF5 File Format Specification 3.0, III.A to III.G.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._pages import Pages

VALUE_BYTES = 32 << 20  # of one attribute; a model's configuration takes a few megabytes at most
_VALUES_BYTES = 128 << 20  # of all attributes together
_WALK_BYTES = 1 << 30  # of one file's headers and values, read again or not
_TAKE_BYTES = 128  # what a smaller read is counted as, for the work that it is
_NODES = 200_000  # of one B-tree
_LEVELS = 32  # of one B-tree; the library's own trees stay below ten


@dataclass(slots=True)
class Addresses(Pages):
    """The file's bytes by address, with the widths in bytes that its superblock states."""

    offset_bytes: int = 8
    length_bytes: int = 8
    tick: Callable[[], None] = field(default=lambda: None)  # asked now and then whether there is time left
    _spent: int = 0
    _values: int = 0
    _takes: int = 0

    def take(self, at: int, length: int, what: str) -> bytes:
        """As `Pages.take`, and counted: the same bytes can be asked for any number of times."""
        self._takes += 1
        self._spent += max(length, _TAKE_BYTES)
        if not self._takes % 4096:
            self.tick()
        if self._spent > _WALK_BYTES:
            raise BudgetExceeded(f"more than {_WALK_BYTES} bytes read in one walk")
        return Pages.take(self, at, length, what)

    def value(self, at: int, length: int, what: str) -> bytes:
        """Bytes that an attribute keeps. Raises `BudgetExceeded` where they are too many."""
        self._values += length
        if length > VALUE_BYTES or self._values > _VALUES_BYTES:
            raise BudgetExceeded(f"a value of {length} bytes, or more than {_VALUES_BYTES} in all attributes")
        return self.take(at, length, what)

    def is_set(self, address: int) -> bool:
        """Whether an address is one: all ones stand for none."""
        return address != (1 << 8 * self.offset_bytes) - 1

    def signed(self, at: int, signature: bytes, length: int, what: str) -> Cursor:
        """A cursor behind a block's four letters. Raises `MalformedError` where they are others."""
        data = self.take(at, length, what)
        if data[:4] != signature:
            raise MalformedError(f"{what} at {at} does not begin with {signature.decode()}", offset=at)
        return Cursor(data, self.offset_bytes, self.length_bytes, at=4)


@dataclass(slots=True)
class Cursor:
    """Little-endian numbers out of bytes already read, in order."""

    data: bytes
    offset_bytes: int
    length_bytes: int
    at: int = 0

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "little")

    def take(self, length: int) -> bytes:
        if length < 0 or self.at + length > len(self.data):
            raise MalformedError("an HDF5 message ends early")
        self.at += length
        return self.data[self.at - length : self.at]

    def offset(self) -> int:
        return self.number(self.offset_bytes)

    def length(self) -> int:
        return self.number(self.length_bytes)

    def left(self) -> int:
        return len(self.data) - self.at


def symbol_nodes(pages: Addresses, root: int) -> Iterator[int]:
    """Addresses of the symbol nodes below a version 1 B-tree of a group."""
    waiting, seen = [(root, _LEVELS)], set[int]()
    while waiting:
        at, level = waiting.pop()
        if at in seen:
            raise MalformedError("a B-tree that goes in a circle", offset=at)
        seen.add(at)
        if len(seen) > _NODES:
            raise BudgetExceeded(f"a B-tree of more than {_NODES} nodes")
        prefix = 8 + 2 * pages.offset_bytes
        head = pages.signed(at, b"TREE", prefix, "a B-tree")
        kind, own, used = head.number(1), head.number(1), head.number(2)
        if kind != 0 or own >= level:
            raise MalformedError(f"a B-tree of kind {kind}, level {own}, where a group's was due", offset=at)
        width = pages.length_bytes + pages.offset_bytes
        body = pages.take(at + prefix, used * width, "a B-tree's children")
        for number in range(used):
            start = number * width + pages.length_bytes
            child = int.from_bytes(body[start : start + pages.offset_bytes], "little")
            if own:
                waiting.append((child, own))
            else:
                yield child


@dataclass(slots=True)
class LocalHeap:
    """The names of an old group. Spec: III.D."""

    pages: Addresses
    start: int
    size: int

    @classmethod
    def at(cls, pages: Addresses, address: int) -> LocalHeap:
        head = pages.signed(address, b"HEAP", 8 + 2 * pages.length_bytes + pages.offset_bytes, "a local heap")
        head.take(4)
        size = head.length()
        head.length()
        return cls(pages, head.offset(), size)

    def text(self, offset: int, limit: int = 4096) -> str:
        """The name at an offset, up to its zero byte."""
        if offset >= self.size:
            raise MalformedError(f"a name at {offset} of a heap of {self.size} bytes", offset=self.start)
        room = self.pages.blob.size - self.pages.base - self.start - offset
        data = self.pages.take(self.start + offset, min(limit, self.size - offset, max(room, 0)), "a name")
        return data.partition(b"\0")[0].decode("utf-8", "replace")


def global_object(pages: Addresses, address: int, index: int) -> bytes:
    """One object of a global heap collection. Spec: III.E."""
    head = pages.signed(address, b"GCOL", 8 + pages.length_bytes, "a global heap")
    head.take(4)
    size, at = head.length(), 8 + pages.length_bytes
    item = 8 + pages.length_bytes
    for _ in range(_NODES):
        if at + item > size:
            break
        row = Cursor(pages.take(address + at, item, "a heap object"), pages.offset_bytes, pages.length_bytes)
        number = row.number(2)
        row.take(6)
        length = row.length()
        if number == index and number:
            return pages.value(address + at + item, length, "a heap object's bytes")
        if not number:
            break
        at += item + (length + 7) // 8 * 8
    raise MalformedError(f"a global heap without object {index}", offset=address)


def records(pages: Addresses, address: int) -> Iterator[bytes]:
    """The records of a version 2 B-tree, from every node. Spec: III.A.2."""
    head = pages.signed(address, b"BTHD", 22 + pages.offset_bytes + pages.length_bytes, "a B-tree header")
    head.take(2)
    node, record, depth = head.number(4), head.number(2), head.number(2)
    head.take(2)
    root, count = head.offset(), head.number(2)
    if not pages.is_set(root):
        return
    if not record or depth > _LEVELS or node < 16 + record:
        raise MalformedError(f"a B-tree of depth {depth}, with records of {record} bytes", offset=address)
    counts, totals = _widths(pages, node, record, depth)
    waiting, seen = [(root, count, depth)], 0
    while waiting:
        at, count, level = waiting.pop()
        seen += 1
        if seen > _NODES:
            raise BudgetExceeded(f"a B-tree of more than {_NODES} nodes")
        cursor = pages.signed(at, b"BTIN" if level else b"BTLF", node, "a B-tree node")
        cursor.take(2)
        for _ in range(count):
            yield cursor.take(record)
        if level:
            for _ in range(count + 1):
                child, amount = cursor.offset(), cursor.number(counts)
                cursor.take(totals[level - 1])
                waiting.append((child, amount, level - 1))


def _widths(pages: Addresses, node: int, record: int, depth: int) -> tuple[int, list[int]]:
    """Bytes of a child's number of records, and by level of the number below it."""
    most = (node - 10) // record
    counts = _bytes_for(most)
    totals, below = [0], most
    for _ in range(depth):
        pointer = pages.offset_bytes + counts + totals[-1]
        inner = max((node - 10 - pointer) // (record + pointer), 0)
        below = (inner + 1) * below + inner
        totals.append(_bytes_for(below))
    return counts, totals


def _bytes_for(value: int) -> int:
    return max(value.bit_length() - 1, 0) // 8 + 1


@dataclass(slots=True)
class FractalHeap:
    """The heap of a group or an object with many links or attributes. Spec: III.G."""

    pages: Addresses
    id_bytes: int
    is_filtered: bool
    huge_tree: int
    width: int
    first_bytes: int
    direct_bytes: int
    offset_width: int
    length_width: int
    root: int
    rows: int

    @classmethod
    def at(cls, pages: Addresses, address: int) -> FractalHeap:
        size = 22 + 12 * pages.length_bytes + 3 * pages.offset_bytes
        head = pages.signed(address, b"FRHP", size, "a fractal heap")
        head.take(1)
        id_bytes, filters = head.number(2), head.number(2)
        head.take(1)
        most = head.number(4)
        head.length()
        huge = head.offset()
        head.length()
        head.offset()
        head.take(8 * pages.length_bytes)
        width, first, direct = head.number(2), head.length(), head.length()
        bits = head.number(2)
        head.take(2)
        root, rows = head.offset(), head.number(2)
        if not width or not first or first & (first - 1) or bits > 64 or direct < first:
            raise MalformedError("a fractal heap whose table makes no sense", offset=address)
        length_width = min(_bytes_for(direct), _bytes_for(most))
        return cls(
            pages,
            id_bytes,
            bool(filters),
            huge,
            width,
            first,
            direct,
            (bits + 7) // 8,
            length_width,
            root,
            rows,
        )

    def object(self, name: bytes) -> bytes:
        """The bytes of the object that an id names."""
        kind = name[0] >> 4 & 3
        if kind == 2:
            return name[1 : 2 + (name[0] & 15)]
        if self.is_filtered or kind > 2:
            raise MalformedError("a fractal heap whose blocks are filtered, which is not followed")
        cursor = Cursor(name, self.pages.offset_bytes, self.pages.length_bytes, at=1)
        if kind == 1:
            return self._huge(cursor)
        offset, length = cursor.number(self.offset_width), cursor.number(self.length_width)
        return self.pages.value(self._address(offset), length, "an object of a fractal heap")

    def _huge(self, cursor: Cursor) -> bytes:
        pages = self.pages
        if cursor.left() >= pages.offset_bytes + pages.length_bytes:
            return pages.value(cursor.offset(), cursor.length(), "a huge object")
        wanted = cursor.number(cursor.left())
        for record in records(pages, self.huge_tree):
            row = Cursor(record, pages.offset_bytes, pages.length_bytes)
            address, length = row.offset(), row.length()
            if row.left() >= pages.length_bytes and row.length() == wanted:
                return pages.value(address, length, "a huge object")
        raise MalformedError(f"a fractal heap without object {wanted}")

    def _address(self, offset: int) -> int:
        """Where an offset of the heap's own space stands in the file, down the doubling table."""
        block, rows = self.root, self.rows
        for _ in range(_LEVELS * 2):
            if not rows:
                return block + offset
            row, column, start, size = self._cell(offset)
            if row >= rows:
                break
            at = block + 5 + self.pages.offset_bytes + self.offset_width
            entry = at + (row * self.width + column) * self.pages.offset_bytes
            block = int.from_bytes(self.pages.take(entry, self.pages.offset_bytes, "a heap block"), "little")
            offset -= start
            rows = 0 if size <= self.direct_bytes else self._rows_of(size)
        raise MalformedError("an object outside the blocks of its fractal heap")

    def _cell(self, offset: int) -> tuple[int, int, int, int]:
        """`(row, column, start, size)` of the block that holds an offset."""
        size, start, row = self.first_bytes, 0, 0
        while offset >= start + size * self.width:
            start += size * self.width
            row += 1
            size = self.first_bytes << max(row - 1, 0)
            if row > 64:
                raise MalformedError("an object outside its fractal heap")
        column = (offset - start) // size
        return row, column, start + column * size, size

    def _rows_of(self, size: int) -> int:
        """Rows of an indirect block that spans `size` bytes."""
        return max(size.bit_length() - (self.first_bytes * self.width).bit_length() + 1, 1)
