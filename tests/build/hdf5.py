"""HDF5 files of the oldest version, built by hand: groups by symbol tables, attributes in their headers."""

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
