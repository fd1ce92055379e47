"""PyTorch files from before version 1.6: several pickles, then the storages.

Spec: torch.serialization, the legacy format: magic number, protocol, system information, object.
"""

from __future__ import annotations

from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._opcodes import KEYS, Walk, facts
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Gap, GapReason, Location

ID = "torch-legacy"
# The magic number 0x1950a86a20f9469cfc6c as a pickled long of ten bytes.
_MAGIC = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
_STREAMS = 5


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return head[:1] == b"\x80" and head[2:15] == _MAGIC


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    merged = Walk(blob, limit=limits.inflate_bytes)
    problem: tuple[GapReason, str] | None = None
    for _ in range(_STREAMS):
        merged.ended = False
        try:
            merged.run()
        except MalformedError as error:
            problem = (GapReason.MALFORMED, error.message)
        except BudgetExceeded as error:
            problem = (GapReason.OVER_BUDGET, error.message)
        if problem:
            break
    yield from facts(merged, path, ID)
    if problem:
        location = Location(path=path, start=merged.at, end=merged.at)
        yield Gap(location=location, reason=problem[0], detail=problem[1], inspector=ID)


FORMAT = Format(
    id=ID,
    title="PyTorch checkpoint, before 1.6",
    family="weights",
    suffixes=(".pt", ".pth", ".bin", ".ckpt"),
    matches=_matches,
    inspect=_inspect,
    keys=KEYS,
    spec="https://github.com/pytorch/pytorch/blob/main/torch/serialization.py",
)
