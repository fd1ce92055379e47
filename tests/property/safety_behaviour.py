"""What must hold of every safety check, and of the whole scan, for any bytes under any name."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats.registry import sniff
from ajar.interfaces import HEAD_BYTES, Member
from ajar.model.evidence import Gap, GapReason
from ajar.model.judgement import Finding
from ajar.safety import scan
from ajar.safety.check import LEVELS, Specimen
from ajar.safety.registry import CHECKS, load
from ajar.safety.rules import RULES

# Small, so that a few kilobytes reach every limit.
LIMITS = Limits(
    header_bytes=1 << 16,
    text_bytes=1 << 15,
    inflate_bytes=1 << 17,
    archive_members=64,
    files=1000,
    file_seconds=10.0,
)
SIGNS = 20_000
# Bytes that may be read of a file, as a multiple of its size: views, candidates and members look again.
READ_FACTOR, READ_BYTES = 400, 1 << 20
NAMES = (
    "m.pkl", "m.pt", "m.bin", "m.safetensors", "m.gguf", "m.onnx", "m.h5", "m.keras", "m.zip", "m.tar",
    "m.joblib", "m.npy", "config.json", "a.yaml", "chat_template.jinja", "modeling_x.py", "requirements.txt",
    "x.ipynb", "x.pth", "m.rds", "x.xml", "saved_model.pb", "a.zip!/code/__torch__/m.py", "notes.txt",
    "tokenizer_config.json", "modules.json", "model_index.json", "m.gz", "a/b/Pipfile", "m",
)  # fmt: skip


@dataclass(slots=True)
class WatchingBlob:
    """Bytes that may turn out shorter than they were said to be; every read is checked and counted."""

    data: bytes
    size: int
    reads: int = 0
    bytes_read: int = 0
    shrinks_after: int = -1  # reads, after which half of the file is gone; -1 for never
    _limit: int = field(default=0)

    def __post_init__(self) -> None:
        self._limit = READ_FACTOR * self.size + READ_BYTES

    def read_at(self, offset: int, length: int) -> bytes:
        assert offset >= 0, "a negative offset"
        assert length >= 0, "a negative length"
        self.reads += 1
        end = len(self.data)
        if 0 <= self.shrinks_after < self.reads:
            end //= 2
        data = self.data[offset : min(offset + length, end)]
        self.bytes_read += len(data)
        assert self.bytes_read <= self._limit, f"{self.bytes_read} bytes read of {self.size}"
        return data


def check_behaves(
    module: str, path: str, data: bytes, *, format_id: str = "", shrinks_after: int = -1
) -> int:
    """One check on any bytes: signs come out, or one of two errors. Gives the number of signs."""
    blob = WatchingBlob(data, len(data), shrinks_after=shrinks_after)
    head = data[:HEAD_BYTES]
    found = sniff(head, path)
    specimen = Specimen(
        path=path,
        format=format_id or (found.id if found else "unknown"),
        head=head,
        blob=blob,
        limits=LIMITS,
        deadline=time.monotonic() + LIMITS.file_seconds,
    )
    count = 0
    try:
        for sign in load(module).look(specimen):
            count += 1
            assert count <= SIGNS, f"{module}: signs without end"
            _well_formed(sign)
    except (MalformedError, BudgetExceeded) as error:
        error.message.encode()
    return count


def _well_formed(sign: object) -> None:
    match sign:
        case Finding():
            assert sign.rule in RULES
            sign.message.encode("utf-8", "surrogatepass")
            assert len(sign.message) < 20_000
        case Gap():
            assert sign.reason is not GapReason.INTERNAL_ERROR, sign.detail
        case Member():
            assert sign.blob.size >= 0
        case _:
            raise AssertionError(f"a check yields a {type(sign).__name__}")


def scan_behaves(path: str, data: bytes, *, shrinks_after: int = -1) -> str:
    """The whole scan of any bytes: a level comes out, and never a fault of ajar's own."""
    found = scan(path, WatchingBlob(data, len(data), shrinks_after=shrinks_after), LIMITS)
    assert found.level in LEVELS
    faults = [gap.detail for gap in found.gaps if gap.reason is GapReason.INTERNAL_ERROR]
    assert not faults, faults
    for finding in found.findings:
        _well_formed(finding)
    return found.level


CHECK_MODULES = tuple(module for module, _ in CHECKS)
