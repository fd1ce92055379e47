"""HDF5 files, Keras weights among them: the superblock, and the names that stand in the clear.

The object tree is not walked: Keras's version and layer names are looked for in the first bytes only, and
what is not there is said to be unread. Spec: HDF5 File Format Specification 3.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.blobs import read_exactly
from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Gap, GapReason, Location, Scalar

ID = "hdf5"
_MAGIC = b"\x89HDF\r\n\x1a\n"
_LOOK_BYTES = 1 << 20
_VERSION = re.compile(rb"keras_version.{0,200}?(\d+\.\d+\.\d+)", re.DOTALL)
_CLASS = re.compile(rb'"class_name": ?"(\w{1,64})"')


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    return head[:8] == _MAGIC


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:  # noqa: ARG001  one bounded read
    version = read_exactly(blob, 8, 1, "the superblock")[0]
    if version > 3:
        raise MalformedError(f"superblock version {version}", offset=8)
    yield _fact("weights.version", f"superblock {version}", path)
    stated = _end_of_file(blob, version)
    if stated is not None and stated > blob.size:
        detail = f"cut short: {stated - blob.size} of {stated} bytes are missing"
        yield Gap(location=Location(path=path), reason=GapReason.MALFORMED, detail=detail, inspector=ID)
    look = blob.read_at(0, min(_LOOK_BYTES, blob.size))
    found = _VERSION.search(look)
    if found:
        yield _fact("weights.keras-version", found[1].decode("ascii"), path)
    names = dict.fromkeys(match[1].decode("ascii") for match in _CLASS.finditer(look))
    for name in list(names)[:32]:
        yield _fact("weights.architecture", name, path)
    if "Lambda" in names:
        yield _fact("weights.lambda-layer", True, path)
    detail = "the tree of groups is not walked; tensors are not counted"
    yield Gap(location=Location(path=path), reason=GapReason.UNSUPPORTED, detail=detail, inspector=ID)


def _end_of_file(blob: Blob, version: int) -> int | None:
    """The end-of-file address of the superblock, for the usual eight-byte offsets."""
    head = read_exactly(blob, 0, 48, "the superblock")
    if version < 2:
        return int.from_bytes(head[40:48], "little") if head[13] == 8 else None
    return int.from_bytes(head[28:36], "little") if head[9] == 8 else None


def _fact(key: str, value: Scalar, path: str) -> Evidence:
    return Evidence(key=key, value=value, location=Location(path=path), inspector=ID)


FORMAT = Format(
    id=ID,
    title="HDF5 (Keras weights)",
    family="weights",
    suffixes=(".h5", ".hdf5"),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.version": "superblock version",
        "weights.keras-version": "Keras version named in the first megabyte",
        "weights.architecture": "a layer class named in the first megabyte",
        "weights.lambda-layer": "a Lambda layer, which carries code",
    },
    spec="https://docs.hdfgroup.org/hdf5/develop/_s_p_e_c.html",
)
