"""HDF5 walked from its superblock: every group, link, attribute and dataset that a reader would reach.

Addresses and lengths are checked before use, no object is entered twice, and what cannot be followed is
said and not passed over. Raw data is never read. Spec: HDF5 File Format Specification 3.0, II and IV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ajar.blobs import read_exactly
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._hdf5_storage import (
    VALUE_BYTES,
    Addresses,
    Cursor,
    FractalHeap,
    LocalHeap,
    global_object,
    records,
    symbol_nodes,
)
from ajar.interfaces import Blob

MAGIC = b"\x89HDF\r\n\x1a\n"
OBJECTS = 100_000  # of one file; the largest Keras models hold some ten thousand
_MESSAGES = 200_000  # of one object
_BLOCKS = 10_000  # of one object header
_ELEMENTS = 10_000  # values read from one attribute
_SHARED = 2  # flag of a message whose body stands elsewhere
_STRING, _VLEN = 3, 9
_DATASPACE, _LINK_INFO, _DATATYPE, _LINK, _EXTERNAL, _LAYOUT = 0x01, 0x02, 0x03, 0x06, 0x07, 0x08
_FILTERS, _ATTRIBUTE, _CONTINUES, _TABLE, _ATTRIBUTE_INFO = 0x0B, 0x0C, 0x10, 0x11, 0x15


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A name that leads elsewhere: `file` is set for an external link, and empty for a soft one."""

    name: str
    file: str
    target: str


@dataclass(slots=True, kw_only=True)
class Node:
    """One object: what its header says, and what could not be followed in it."""

    path: str
    address: int
    attributes: dict[str, list[bytes]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    children: list[tuple[str, int]] = field(default_factory=list)
    external_files: list[str] = field(default_factory=list)
    virtual: bytes = b""  # the description of a virtual dataset: file names among it
    filters: list[int] = field(default_factory=list)
    shape: tuple[int, ...] | None = None
    type_class: int = -1
    item_bytes: int = 0
    is_dataset: bool = False
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Message:
    kind: int
    flags: int
    body: bytes


def superblock(blob: Blob) -> tuple[Addresses, int]:
    """`(bytes, address of the root object)`. Raises `MalformedError` where there is none."""
    head = read_exactly(blob, 0, 16, "the superblock")
    version = head[8]
    if head[:8] != MAGIC or version > 3:
        raise MalformedError(f"superblock version {version}", offset=8)
    widths = head[13:15] if version < 2 else head[9:11]
    if not all(width in {2, 4, 8} for width in widths):
        raise MalformedError("addresses of an unknown width", offset=9)
    pages = Addresses(blob, offset_bytes=widths[0], length_bytes=widths[1])
    start = (28 if version == 1 else 24) if version < 2 else 12
    fields = 6 if version < 2 else 4
    rest = Cursor(pages.take(start, fields * widths[0], "the superblock"), widths[0], widths[1])
    # The stated base address first: readers go by where the superblock stands, and so is it here.
    for _ in range(fields - 1):
        rest.offset()
    return pages, rest.offset()


def walk(blob: Blob, tick: Callable[[], None] | None = None) -> Iterator[Node]:
    """Every object that can be reached from the root, once each. Raises `BudgetExceeded`, or what `tick` does."""
    pages, root = superblock(blob)
    pages.tick = tick or pages.tick
    waiting, seen = [("", root)], {root}
    while waiting:
        path, address = waiting.pop()
        node = Node(path=path, address=address)
        try:
            _read(pages, node)
        except MalformedError as error:
            node.problems.append(error.message)
        yield node
        for name, child in node.children:
            if child not in seen:
                seen.add(child)
                waiting.append((f"{path}/{name}"[-1000:], child))
        if len(seen) > OBJECTS:
            raise BudgetExceeded(f"more than {OBJECTS} objects in an HDF5 file")


def _read(pages: Addresses, node: Node) -> None:
    for message in _messages(pages, node.address):
        try:
            _take(pages, node, message)
        except MalformedError as error:
            if len(node.problems) < 8:
                node.problems.append(error.message)


def _messages(pages: Addresses, address: int) -> Iterator[_Message]:
    """The messages of an object header of either version, its continuations too."""
    head = pages.take(address, 16, "an object header")
    is_new = head[:4] == b"OHDR"
    if is_new:
        flags = head[5]
        start = 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        size = int.from_bytes(pages.take(address + start, width, "an object header"), "little")
        blocks = [(address + start + width, size)]
        prefix = 6 if flags & 4 else 4
    elif head[0] == 1:
        blocks, prefix = [(address + 16, int.from_bytes(head[8:12], "little"))], 8
    else:
        raise MalformedError(f"no object header at {address}", offset=address)
    seen, count = {blocks[0][0]}, 0
    while blocks:
        at, size = blocks.pop()
        data = pages.take(at, size, "a header's messages")
        while len(data) >= prefix:
            kind = data[0] if is_new else int.from_bytes(data[:2], "little")
            length = int.from_bytes(data[1:3] if is_new else data[2:4], "little")
            body = data[prefix : prefix + length]
            if len(body) != length:
                raise MalformedError("a message goes on past its object header", offset=at)
            count += 1
            if count > _MESSAGES:
                raise BudgetExceeded(f"an object of more than {_MESSAGES} messages")
            message = _Message(kind, data[3] if is_new else data[4], body)
            data = data[prefix + length :]
            if kind == _CONTINUES:
                follow = _continued(pages, message, is_new=is_new)
                if follow[0] in seen or len(seen) > _BLOCKS:
                    raise MalformedError("an object header that goes in a circle", offset=at)
                seen.add(follow[0])
                blocks.append(follow)
            elif kind:
                yield message


def _continued(pages: Addresses, message: _Message, *, is_new: bool) -> tuple[int, int]:
    cursor = _cursor(pages, message.body)
    at, size = cursor.offset(), cursor.length()
    if is_new:
        if pages.take(at, 4, "a continued header") != b"OCHK":
            raise MalformedError("a header goes on where nothing continues it", offset=at)
        return at + 4, size - 8
    return at, size


def _cursor(pages: Addresses, body: bytes) -> Cursor:
    return Cursor(body, pages.offset_bytes, pages.length_bytes)


def _take(pages: Addresses, node: Node, message: _Message) -> None:
    kind, cursor = message.kind, _cursor(pages, message.body)
    if kind == _LAYOUT:
        node.is_dataset = True
    if message.flags & _SHARED:
        cursor = _cursor(pages, _shared(pages, message.body, kind))
    if kind == _LINK:
        _link(node, cursor)
    elif kind == _TABLE:
        _old_group(pages, node, cursor)
    elif kind == _ATTRIBUTE:
        _attribute(pages, node, cursor)
    elif kind in {_LINK_INFO, _ATTRIBUTE_INFO}:
        _dense(pages, node, cursor, is_links=kind == _LINK_INFO)
    elif kind == _DATASPACE:
        node.shape = _shape(cursor)
    elif kind == _DATATYPE:
        node.type_class, node.item_bytes = _datatype(cursor.data)[::2]
    elif kind == _EXTERNAL:
        _external(pages, node, cursor)
    elif kind == _LAYOUT:
        _layout(pages, node, cursor)
    elif kind == _FILTERS:
        _filters(node, cursor)


def _shared(pages: Addresses, body: bytes, kind: int) -> bytes:
    """The message that a shared one stands for, in the header of another object. Spec: IV.A.2."""
    cursor = _cursor(pages, body)
    version, how = cursor.number(1), cursor.number(1)
    if not 1 <= version <= 3 or (version == 3 and how != 2):
        raise MalformedError(
            f"a message of type {kind} in the heap of shared messages, which is not followed"
        )
    cursor.take(6 if version == 1 else 0)
    for message in _messages(pages, cursor.offset()):
        if message.kind == kind and not message.flags & _SHARED:
            return message.body
    raise MalformedError(f"a message of type {kind} is shared, and not where it should stand")


def _old_group(pages: Addresses, node: Node, cursor: Cursor) -> None:
    tree, heap_at = cursor.offset(), cursor.offset()
    if not pages.is_set(tree):
        return
    heap = LocalHeap.at(pages, heap_at)
    width = 2 * pages.offset_bytes + 24
    for address in symbol_nodes(pages, tree):
        head = pages.signed(address, b"SNOD", 8, "a symbol node")
        head.take(2)
        rows = _cursor(pages, pages.take(address + 8, head.number(2) * width, "the symbols of a node"))
        while rows.left():
            name, target, cache = rows.offset(), rows.offset(), rows.number(4)
            rows.take(4)
            scratch = rows.take(16)
            if cache == 2:
                where = heap.text(int.from_bytes(scratch[:4], "little"))
                node.links.append(Link(name=heap.text(name), file="", target=where))
            else:
                node.children.append((heap.text(name, 1024), target))
        if len(node.children) + len(node.links) > OBJECTS:
            raise BudgetExceeded(f"a group of more than {OBJECTS} objects")


def _link(node: Node, cursor: Cursor) -> None:
    """A link message. Spec: IV.A.2.g."""
    cursor.take(1)
    flags = cursor.number(1)
    kind = cursor.number(1) if flags & 8 else 0
    cursor.take((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
    name = cursor.take(cursor.number(1 << (flags & 3))).decode("utf-8", "replace")
    if kind == 0:
        node.children.append((name, cursor.offset()))
        return
    value = cursor.take(cursor.number(2))
    if kind == 1:
        node.links.append(Link(name=name, file="", target=value.decode("utf-8", "replace")))
    elif kind == 64:
        file, _, target = value[1:].partition(b"\0")
        rest = target.partition(b"\0")[0].decode("utf-8", "replace")
        node.links.append(Link(name=name, file=file.decode("utf-8", "replace"), target=rest))
    else:
        raise MalformedError(f"a link of the type {kind}, which a program of its own defines")


def _dense(pages: Addresses, node: Node, cursor: Cursor, *, is_links: bool) -> None:
    """Links or attributes that stand in a heap of their own. Spec: IV.A.2.c, IV.A.2.v."""
    cursor.take(1)
    flags = cursor.number(1)
    cursor.take((8 if is_links else 2) if flags & 1 else 0)
    heap_at, tree = cursor.offset(), cursor.offset()
    if not pages.is_set(heap_at) or not pages.is_set(tree):
        return
    heap = FractalHeap.at(pages, heap_at)
    for number, record in enumerate(records(pages, tree)):
        if number > OBJECTS:
            raise BudgetExceeded(f"an object with more than {OBJECTS} links or attributes")
        name = record[4 : 4 + heap.id_bytes] if is_links else record[: heap.id_bytes]
        if len(name) != heap.id_bytes or not name:
            raise MalformedError("an id shorter than its heap's")
        item = _cursor(pages, heap.object(name))
        if is_links:
            _link(node, item)
        else:
            _attribute(pages, node, item)


def _attribute(pages: Addresses, node: Node, cursor: Cursor) -> None:
    """An attribute of version 1 to 3: its name, and the bytes of its values. Spec: IV.A.2.m."""
    version, flags = cursor.number(1), cursor.number(1)
    if not 1 <= version <= 3:
        raise MalformedError(f"an attribute of version {version}")
    sizes = [cursor.number(2) for _ in range(3)]
    if version == 3:
        cursor.take(1)
    name_bytes, kind_bytes, space = (
        cursor.take((size + 7) // 8 * 8 if version == 1 else size)[:size] for size in sizes
    )
    name = name_bytes.partition(b"\0")[0].decode("utf-8", "replace")
    if version > 1 and flags & 1:
        kind_bytes = _shared(pages, kind_bytes, _DATATYPE)
    if version > 1 and flags & 2:
        space = _shared(pages, space, _DATASPACE)
    kind, is_text, item = _datatype(kind_bytes)
    shape = _shape(_cursor(pages, space))
    count = 1
    for extent in shape or ():
        count *= extent
    if shape is None:
        count = 0
    if kind != _VLEN:
        raw = cursor.take(min(item * count, cursor.left()))
        is_split = kind == _STRING and count > 1 and item
        values = (
            [raw[at : at + item] for at in range(0, min(len(raw), item * _ELEMENTS), item)]
            if is_split
            else [raw]
        )
        node.attributes[name] = [value.rstrip(b"\0") if kind == _STRING else value for value in values]
        return
    values = []
    total = 0
    for _ in range(min(count, _ELEMENTS)):
        length, heap, index = cursor.number(4), cursor.offset(), cursor.number(4)
        if not length or not pages.is_set(heap) or not heap:
            values.append(b"")
            continue
        value = global_object(pages, heap, index)
        total += len(value)
        if total > VALUE_BYTES:
            raise BudgetExceeded(f"an attribute of more than {VALUE_BYTES} bytes")
        values.append(value[:length] if is_text else value)
    node.attributes[name] = values


def _datatype(body: bytes) -> tuple[int, bool, int]:
    """`(class, whether it is text of variable length, bytes of one item)`. Spec: IV.A.2.d."""
    if len(body) < 8:
        raise MalformedError("a datatype cut short")
    return body[0] & 15, body[0] & 15 == _VLEN and body[1] & 15 == 1, int.from_bytes(body[4:8], "little")


def _shape(cursor: Cursor) -> tuple[int, ...] | None:
    """Extents; `()` for a scalar, `None` for no values at all. Spec: IV.A.2.b."""
    version, rank = cursor.number(1), cursor.number(1)
    cursor.take(1)
    kind = cursor.number(1)
    if version == 1:
        cursor.take(4)
    elif version != 2:
        raise MalformedError(f"a dataspace of version {version}")
    if version == 2 and kind == 2:
        return None
    return tuple(cursor.length() for _ in range(rank))


def _external(pages: Addresses, node: Node, cursor: Cursor) -> None:
    """Raw data in other files. Spec: IV.A.2.h."""
    cursor.take(6)
    used, heap = cursor.number(2), LocalHeap.at(pages, cursor.offset())
    for _ in range(used):
        node.external_files.append(heap.text(cursor.length()))
        cursor.length()
        cursor.length()


def _layout(pages: Addresses, node: Node, cursor: Cursor) -> None:
    """Only a virtual layout, class 3 of version 4, leads elsewhere. Spec: IV.A.2.i."""
    version = cursor.number(1)
    if version < 3:
        return
    kind = cursor.number(1)
    if kind == 3:
        heap = cursor.offset()
        if pages.is_set(heap):
            node.virtual = global_object(pages, heap, cursor.number(4)) or b"\0"
    elif kind == 1:
        at, size = cursor.offset(), cursor.length()
        if pages.is_set(at) and not node.external_files and at + pages.base + size > pages.blob.size:
            raise MalformedError(f"the {size} bytes of a dataset at {at} go on past the end", offset=at)


def _filters(node: Node, cursor: Cursor) -> None:
    """Ids of the filters that raw data goes through. Spec: IV.A.2.l."""
    version, count = cursor.number(1), cursor.number(1)
    if version == 1:
        cursor.take(6)
    for _ in range(count):
        kind = cursor.number(2)
        named = cursor.number(2) if version == 1 or kind >= 256 else 0
        cursor.take(2)
        values = cursor.number(2)
        cursor.take((named + 7) // 8 * 8 if version == 1 else named)
        cursor.take(4 * values + (4 if version == 1 and values % 2 else 0))
        node.filters.append(kind)
