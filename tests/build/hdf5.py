"""HDF5 files built by hand: the oldest version, with groups by symbol tables and attributes in
headers, and the newer one, with both in heaps of their own.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

NONE = 2**64 - 1
_F32 = struct.pack("<BBBBIHHBBBBI", 0x11, 0x20, 31, 0, 4, 0, 32, 23, 8, 0, 23, 127)


@dataclass
class Dataset:
    shape: tuple[int, ...] = (2,)
    external: str = ""
    filter_id: int = 0
    virtual: str = ""
    stated_bytes: int | None = None


@dataclass
class Group:
    children: dict[str, Group | Dataset] = field(default_factory=dict)
    attributes: dict[str, bytes] = field(default_factory=dict)
    soft: dict[str, str] = field(default_factory=dict)
    external: dict[str, str] = field(default_factory=dict)  # name -> file
    loop: bool = False  # a child that is the group itself


def _pad(data: bytes) -> bytes:
    return data + bytes(-len(data) % 8)


class _File:
    def __init__(self) -> None:
        self.data = bytearray(96)

    def put(self, block: bytes) -> int:
        self.data += bytes(-len(self.data) % 8)
        self.data += block
        return len(self.data) - len(block)

    def heap(self, names: list[str]) -> tuple[int, list[int]]:
        body, offsets = bytearray(8), []
        for name in names:
            offsets.append(len(body))
            body += _pad(name.encode() + b"\0")
        start = self.put(bytes(body))
        return self.put(b"HEAP" + struct.pack("<B3xQQQ", 0, len(body), 1, start)), offsets

    def header(self, messages: list[tuple[int, bytes]]) -> int:
        body = b"".join(
            struct.pack("<HHB3x", kind, len(_pad(data)), 0) + _pad(data) for kind, data in messages
        )
        return self.put(struct.pack("<BxHII4x", 1, len(messages), 1, len(body)) + body)

    def collection(self, value: bytes) -> int:
        body = struct.pack("<HHIQ", 1, 1, 0, len(value)) + _pad(value)
        return self.put(b"GCOL" + struct.pack("<B3xQ", 1, 16 + len(body)) + body)

    def attribute(self, name: str, value: bytes) -> bytes:
        """A scalar string of variable length, as h5py writes it."""
        label = name.encode() + b"\0"
        kind = struct.pack("<B3sI", 0x19, b"\x01\x01\0", 16) + _F32[:8]
        space = struct.pack("<BBB5x", 1, 0, 0)
        data = struct.pack("<IQI", len(value), self.collection(value), 1)
        return struct.pack("<BxHHH", 1, len(label), len(kind), len(space)) + _pad(label) + kind + space + data

    def dataset(self, item: Dataset) -> int:
        size = 4
        for extent in item.shape:
            size *= extent
        shape = b"".join(struct.pack("<Q", extent) for extent in item.shape)
        messages = [(1, struct.pack("<BBB5x", 1, len(item.shape), 0) + shape), (3, _F32)]
        if item.external:
            heap, offsets = self.heap([item.external])
            slot = struct.pack("<QQQ", offsets[0], 0, size)
            messages.append((7, struct.pack("<B3xHHQ", 1, 1, 1, heap) + slot))
        if item.filter_id:
            messages.append((11, struct.pack("<BB6xHHHH", 1, 1, item.filter_id, 0, 0, 0)))
        if item.virtual:
            names = item.virtual.encode() + b"\0d\0"
            at = self.collection(struct.pack("<BQ", 0, 1) + names + bytes(8))
            messages.append((8, struct.pack("<BBQI", 4, 3, at, 1)))
        else:
            stated = size if item.stated_bytes is None else item.stated_bytes
            at = NONE if item.external else self.put(bytes(size))
            messages.append((8, struct.pack("<BBQQ", 3, 1, at, stated)))
        return self.header(messages)

    def group(self, item: Group) -> int:
        rows = [(name, self.add(child), 0) for name, child in item.children.items()]
        rows += [(name, 0, 2) for name in item.soft]
        names = [name for name, _, _ in rows]
        heap, offsets = self.heap([*names, *item.soft.values()])
        targets = iter(offsets[len(names) :])
        node = b"SNOD" + struct.pack("<BxH", 1, len(rows))
        for (_, address, cache), offset in zip(rows, offsets, strict=False):
            scratch = struct.pack("<I12x", next(targets) if cache else 0)
            node += struct.pack("<QQII", offset, address, cache, 0) + scratch
        tree = self.put(
            b"TREE" + struct.pack("<BBHQQ", 0, 0, 1, NONE, NONE) + struct.pack("<QQQ", 0, self.put(node), 0)
        )
        messages = [(0x11, struct.pack("<QQ", tree, heap))]
        messages += [(12, self.attribute(name, value)) for name, value in item.attributes.items()]
        for name, file in item.external.items():
            value = b"\0" + file.encode() + b"\0/x\0"
            label = name.encode()
            messages.append(
                (6, b"\x01\x08\x40" + bytes([len(label)]) + label + struct.pack("<H", len(value)) + value)
            )
        if item.loop:
            # The header comes next, at the next multiple of eight.
            at = len(self.data) + -len(self.data) % 8
            messages.append((6, b"\x01\x00\x04self" + struct.pack("<Q", at)))
        return self.header(messages)

    def add(self, item: Group | Dataset) -> int:
        return self.group(item) if isinstance(item, Group) else self.dataset(item)


def hdf5(root: Group) -> bytes:
    """The file of a tree."""
    file = _File()
    at = file.group(root)
    head = b"\x89HDF\r\n\x1a\n" + bytes([0, 0, 0, 0, 0, 8, 8, 0]) + struct.pack("<HHI", 4, 16, 0)
    head += (
        struct.pack("<QQQQ", 0, NONE, len(file.data), NONE) + struct.pack("<QQII", 0, at, 0, 0) + bytes(16)
    )
    file.data[:96] = head
    return bytes(file.data)


def _new_header(messages: list[tuple[int, bytes]]) -> bytes:
    body = b"".join(struct.pack("<BHB", kind, len(data), 0) + data for kind, data in messages)
    return b"OHDR" + struct.pack("<BBI", 2, 2, len(body)) + body + bytes(4)


def _heap_and_tree(at: int, kind: int, objects: list[bytes]) -> bytes:
    """A fractal heap of one direct block, and the B-tree that names its objects; both begin at `at`."""
    names = 8 if kind == 8 else 7
    block_at = at + 160
    body = b"FHDB" + struct.pack("<BQI", 0, at, 0)
    ids = []
    for item in objects:
        ids.append((struct.pack("<BIH", 0, len(body), len(item)) + bytes(1))[:names])
        body += item
    size = 512
    while size < len(body):
        size *= 2
    heap = b"FRHP" + struct.pack("<BHHBI", 0, names, 0, 0, 4096)
    heap += struct.pack("<QQQQ", 0, NONE, 0, NONE) + bytes(64)
    heap += struct.pack("<HQQHHQH", 4, size, 65536, 32, 1, block_at, 0) + bytes(4)
    rows = b"".join(name + bytes(9) if kind == 8 else bytes(4) + name for name in ids)
    record = len(rows) // len(ids)
    leaf_at = block_at + size + 64
    tree = b"BTHD" + struct.pack("<BBIHHBB", 0, kind, 512, record, 0, 100, 40)
    tree += struct.pack("<QHQ", leaf_at, len(ids), len(ids)) + bytes(4)
    leaf = (b"BTLF" + bytes([0, kind]) + rows).ljust(512, b"\0")
    return heap.ljust(160, b"\0") + body.ljust(size, b"\0") + tree.ljust(64, b"\0") + leaf


def new_hdf5(external: dict[str, str], attributes: dict[str, bytes]) -> bytes:
    """A file of the newer version: links and attributes stand in heaps of their own."""
    links = []
    for name, file in external.items():
        value = b"\0" + file.encode() + b"\0/x\0"
        links.append(
            b"\x01\x08\x40" + bytes([len(name)]) + name.encode() + struct.pack("<H", len(value)) + value
        )
    made = []
    for name, value in attributes.items():
        label = name.encode() + b"\0"
        kind, space = struct.pack("<B3sI", 0x13, b"\x01\0\0", len(value)), b"\x02\x00\x00\x00"
        made.append(
            struct.pack("<BBHHHB", 3, 0, len(label), len(kind), len(space), 0) + label + kind + space + value
        )
    data, messages = bytearray(48), []
    for kind, message, objects in ((5, 0x02, links), (8, 0x15, made)):
        if objects:
            at = len(data)
            block = _heap_and_tree(at, kind, objects)
            tree_at = at + block.index(b"BTHD")
            data += block
            messages.append((message, struct.pack("<BBQQ", 0, 0, at, tree_at)))
    root = len(data)
    data += _new_header(messages)
    head = (
        b"\x89HDF\r\n\x1a\n" + bytes([2, 8, 8, 0]) + struct.pack("<QQQQ", 0, NONE, len(data), root) + bytes(4)
    )
    data[:48] = head
    return bytes(data)
