"""Releases on a hub that answers after 30 ms: requests, bytes, seconds. `python benchmarks/remote.py`.

The hub is the stand-in of the tests, on loopback; the weights are sparse with real headers. Downloading is computed
at 100 Mbit/s, not done. Each audit is a command of its own with an empty cache, start-up included.
"""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.build.pickles import row, stream, text
from tests.standin.hub import Hub, Sparse, hub

LATENCY_S = 0.03
BITS_A_SECOND = 100_000_000
SMALL = 100
GIB = 1 << 30
CARD = b"---\nlicense: apache-2.0\n---\n# Model\nWeights under Apache-2.0.\n"


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
                for _ in range(size // storages // len(piece)):
                    member.write(piece)
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


def releases() -> Iterator[tuple[str, dict[str, Any]]]:
    """`(what it is, its files)`."""
    own = {"README.md": CARD, "config.json": b'{"model_type": "llama"}'}
    shards = {f"model-0000{number}-of-00002.safetensors": safetensors(8 * GIB) for number in (1, 2)}
    yield "two shards of safetensors, 16 GiB", {**own, **shards}
    yield "one GGUF, 40 GiB", {**own, "model.gguf": gguf(40 * GIB)}
    yield "one torch zip, 10 GiB", {**own, "pytorch_model.bin": torch_zip(10 * GIB)}
    yield "one ONNX, 2 GB", {**own, "model.onnx": onnx(2_000_000_000)}


def audited(standin: Hub, *targets: str) -> tuple[list[dict[str, Any]], float]:
    """The reports of one command with an empty cache, and its seconds."""
    with tempfile.TemporaryDirectory() as cache:
        own = {
            "HF_ENDPOINT": standin.endpoint,
            "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
            "AJAR_CACHE": cache,
        }
        command = [sys.executable, "-m", "ajar", "audit", *targets, "--format", "json", "--quiet"]
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, env={**os.environ, **own}, check=False)
        seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    found = json.loads(done.stdout)
    return (found if isinstance(found, list) else found.get("reports", [found])), seconds


def main() -> None:
    print("| release | bytes there | read | share | requests | ajar | to download it |")
    print("|---|---|---|---|---|---|---|")
    with hub() as standin:
        for what, files in releases():
            standin.add("org/model", files)
            standin.faults.latency = LATENCY_S
            standin.asked.clear()
            reports, seconds = audited(standin, "org/model")
            cost = reports[0]["cost"]
            there, read = cost["bytes_total"], cost["bytes_read"]
            minutes = there * 8 / BITS_A_SECOND / 60
            print(
                f"| {what} | {there / 1e9:.1f} GB | {read / 1e6:.2f} MB | {read / there:.4%} "
                f"| {standin.requests()} | {seconds:.2f} s | {minutes:.0f} min |"
            )
        names = [f"org/small-{number}" for number in range(SMALL)]
        for name in names:
            standin.add(
                name, {"README.md": CARD, "config.json": b"{}", "model.safetensors": safetensors(1 << 20, 4)}
            )
        standin.asked.clear()
        _, seconds = audited(standin, *names)
        print(f"\n{SMALL} small releases: {SMALL / seconds:.1f} a second, {standin.requests()} requests")


if __name__ == "__main__":
    main()
