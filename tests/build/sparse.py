"""Weights of any size with real headers and zeros for tensors, as the stand-in serves them without holding them."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from typing import Any

from tests.build.pickles import row, stream, text
from tests.standin.hub import Sparse


def safetensors(size: int, tensors: int = 300) -> Sparse:
    """A header for `tensors` equal tensors, and zeros."""
    share = size // tensors // 2 * 2
    rows = {
        f"layers.{number}.weight": {
            "dtype": "F16",
            "shape": [share // 2],
            "data_offsets": [share * number, share * (number + 1)],
        }
        for number in range(tensors)
    }
    head = json.dumps(rows).encode()
    return Sparse(8 + len(head) + share * tensors, {0: struct.pack("<Q", len(head)) + head})


def gguf(size: int, tensors: int = 700, words: int = 128_000) -> Sparse:
    """GGUF 3 with a vocabulary of `words`, as large models have."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    share = size // tensors // 64 * 64
    keys = text("general.architecture") + struct.pack("<I", 8) + text("llama")
    keys += text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, words)
    keys += b"".join(text(f"token{number}") for number in range(words))
    table = b"".join(
        text(f"blk.{number}.weight") + struct.pack("<IQIQ", 1, share // 2, 1, share * number)
        for number in range(tensors)
    )
    head = b"GGUF" + struct.pack("<IQQ", 3, tensors, 2) + keys + table
    start = -(-len(head) // 32) * 32
    return Sparse(start + share * tensors, {0: head})


class _Recorder(io.RawIOBase):
    """A file to write to that keeps what is not zeros."""

    def __init__(self) -> None:
        self.at = self.end = 0
        self.spans: dict[int, bytes] = {}

    def write(self, data: Any) -> int:
        piece = bytes(data)
        if any(piece[:64]) or piece.strip(b"\0"):
            self.spans[self.at] = piece
        self.at += len(piece)
        self.end = max(self.end, self.at)
        return len(piece)

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (0, self.at, self.end)[whence]
        return self.at

    def tell(self) -> int:
        return self.at

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True


def torch_zip(size: int, storages: int = 100) -> Sparse:
    """A checkpoint as torch saves it: `data.pkl` and stored members of zeros."""
    made, piece = _Recorder(), bytes(16 << 20)
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("archive/data.pkl", stream(row(text("weights"))))
        for number in range(storages):
            entry = zipfile.ZipInfo(f"archive/data/{number}")
            with archive.open(entry, "w", force_zip64=True) as member:
                left = size // storages
                while left:
                    member.write(piece[: min(left, len(piece))])
                    left -= min(left, len(piece))
        archive.writestr("archive/version", b"3\n")
    return Sparse(made.end, made.spans)


def onnx(size: int, layers: int = 5) -> Sparse:
    """One graph of one node, with initializers of zeros: six of different shapes a layer, as in a transformer."""

    def varint(value: int) -> bytes:
        found = b""
        while value > 127:
            found, value = found + bytes([value & 127 | 128]), value >> 7
        return found + bytes([value])

    shares = [size // layers * part // 96 // 4 * 4 for part in (8, 8, 8, 8, 32, 31)]
    node = b"\x0a\x01x\x12\x01y\x22\x08Identity"
    rows = []
    for number in range(layers):
        for part, share in enumerate(shares):
            name = f"layers.{number}.part.{part}".encode()
            head = b"\x08" + varint(share // 4) + b"\x10\x01\x42" + varint(len(name)) + name
            head += b"\x4a" + varint(share)
            rows.append((b"\x2a" + varint(len(head) + share) + head, share))
    graph = b"\x0a" + varint(len(node)) + node
    length = len(graph) + sum(len(row) + share for row, share in rows)
    start = b"\x08\x08\x3a" + varint(length) + graph
    spans, at = {0: start}, len(start)
    for line, share in rows:
        spans[at] = line
        at += len(line) + share
    return Sparse(at, spans)
