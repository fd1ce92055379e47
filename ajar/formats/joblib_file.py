"""joblib files: a pickle, bare or behind zlib, gzip, bz2 or xz, with arrays inlined."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._opcodes import KEYS, Walk, facts
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Gap, GapReason, Location

ID = "joblib"
_PREFIX = {
    b"x": "zlib",
    b"\x1f\x8b": "gzip",
    b"BZh": "bz2",
    b"\xfd7zXZ": "xz",
    b"]\x00\x00": "lzma",
    b'\x04"M\x18': "lz4",
}
_LOOK_BYTES = 8 * 2**20
_MEMORY = 64 * 2**20


def _matches(head: bytes, path: str) -> bool:
    if head[:1] == b"\x80" and b"joblib.numpy_pickle" in head:
        return True
    return path.lower().endswith(".joblib") and (
        head[:1] == b"\x80" or any(head.startswith(magic) for magic in _PREFIX)
    )


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    head = blob.read_at(0, 8)
    kind = next((kind for magic, kind in _PREFIX.items() if head.startswith(magic)), "")
    if kind == "lz4":
        detail = "lz4 compression is not read"
        yield Gap(location=Location(path=path), reason=GapReason.UNSUPPORTED, detail=detail, inspector=ID)
        return
    source: Blob = BytesBlob(_inflated(blob, kind, min(_LOOK_BYTES, limits.inflate_bytes))) if kind else blob
    walk = Walk(source, limit=limits.inflate_bytes)
    problem = ""
    try:
        walk.run()
    except MalformedError as error:
        # Array bytes stand between the opcodes: the walk stops at the first array.
        problem = "" if any("numpy_pickle" in name for name in walk.globals) else error.message
        reason = GapReason.MALFORMED
        if not problem:
            problem, reason = "array bytes follow; imports after them were not seen", GapReason.UNSUPPORTED
    except BudgetExceeded as error:
        problem, reason = error.message, GapReason.OVER_BUDGET
    yield from facts(walk, path, ID)
    if problem:
        yield Gap(location=Location(path=path), reason=reason, detail=problem, inspector=ID)


def _inflated(blob: Blob, kind: str, limit: int) -> bytes:
    data = blob.read_at(0, min(blob.size, limit))
    try:
        if kind in {"zlib", "gzip"}:
            return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, limit)
        if kind == "bz2":
            return bz2.BZ2Decompressor().decompress(data, limit)
        return lzma.LZMADecompressor(memlimit=_MEMORY).decompress(data, limit)
    except (zlib.error, OSError, lzma.LZMAError, EOFError) as error:
        raise MalformedError(f"the {kind} stream cannot be inflated: {error}") from error


FORMAT = Format(
    id=ID,
    title="joblib dump",
    family="weights",
    suffixes=(".joblib",),
    matches=_matches,
    inspect=_inspect,
    keys=KEYS,
    spec="https://joblib.readthedocs.io/en/stable/persistence.html",
)
