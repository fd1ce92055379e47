"""Pointers that stand in for large files: Git LFS and git-annex."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats._text import EvidenceMaker
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Basis

_LFS = b"version https://git-lfs.github.com/spec/v1"
_LIMIT_BYTES = 1024  # the specification's own limit
_OID = re.compile(rb"^oid (sha256:[0-9a-f]{64})$", re.MULTILINE)
_SIZE = re.compile(rb"^size ([0-9]{1,19})$", re.MULTILINE)
_ANNEX = re.compile(
    rb"\s{0,4}(?:/annex/objects/|(?:\.\./){0,40}\.git/annex/objects/\S{0,300}/)"
    rb"([A-Z0-9]{1,20})(?:-s([0-9]{1,19}))?(?:-[mSC][0-9]{1,19}){0,3}--([^\s/]{1,300})\s*"
)


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001
    return head.startswith(_LFS) or (len(head) < _LIMIT_BYTES and _ANNEX.fullmatch(head) is not None)


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001
    if blob.size > _LIMIT_BYTES:
        raise MalformedError(f"a pointer is at most {_LIMIT_BYTES} bytes, this file has {blob.size}")
    data = blob.read_at(0, _LIMIT_BYTES)
    make = EvidenceMaker(path, "lfs-pointer")
    annex = _ANNEX.fullmatch(data)
    if annex:
        oid = f"{annex[1].decode().lower()}:{annex[3].decode('utf-8', 'replace')}"
        yield make("pointer.oid", oid, basis=Basis.DECLARED)
        if annex[2]:
            yield make("pointer.size", int(annex[2]), basis=Basis.DECLARED)
        return
    oid_line, size_line = _OID.search(data), _SIZE.search(data)
    if oid_line is None or size_line is None:
        raise MalformedError("Git LFS pointer without a valid oid and size", offset=len(_LFS))
    yield make("pointer.oid", oid_line[1].decode(), line=2, basis=Basis.DECLARED)
    yield make("pointer.size", int(size_line[1]), line=3, basis=Basis.DECLARED)


FORMAT = Format(
    id="lfs-pointer",
    title="Git LFS or git-annex pointer",
    family="pointer",
    suffixes=(),
    matches=_matches,
    inspect=_inspect,
    keys={
        "pointer.oid": "digest of the file that is not here, as algorithm:hex",
        "pointer.size": "its size in bytes",
    },
    spec="https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md",
)
