"""Raw pickles: walked opcode by opcode for what they import, never run."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._opcodes import KEYS, Walk, facts
from ajar.interfaces import HEAD_BYTES, Blob, Format, Observation
from ajar.model.evidence import Gap, GapReason, Location

ID = "pickle"
_SUFFIXES = (".pkl", ".pickle", ".p", ".dill")
# First opcodes of ordinary protocol 0 and 1 streams.
_OLD_STARTS = b"(}]cI)lNSLFVKMJGUTX"


def _matches(head: bytes, path: str) -> bool:
    if head[:1] == b"\x80" and len(head) > 2 and 2 <= head[1] <= 5:
        return True
    return (
        path.lower().endswith((*_SUFFIXES, ".pt", ".pth", ".bin", ".ckpt"))
        and head[:1] in _OLD_STARTS
        and (b"." in head or len(head) == HEAD_BYTES)
    )


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    walk = Walk(blob, limit=limits.inflate_bytes)
    problem: tuple[GapReason, str] | None = None
    try:
        walk.run()
    except MalformedError as error:
        problem = (GapReason.MALFORMED, error.message)
    except BudgetExceeded as error:
        problem = (GapReason.OVER_BUDGET, error.message)
    yield from facts(walk, path, ID)
    if problem:
        location = Location(path=path, start=walk.at, end=walk.at)
        yield Gap(location=location, reason=problem[0], detail=problem[1], inspector=ID)


FORMAT = Format(
    id=ID,
    title="Python pickle",
    family="weights",
    suffixes=_SUFFIXES,
    matches=_matches,
    inspect=_inspect,
    keys=KEYS,
    spec="https://docs.python.org/3/library/pickletools.html",
)
