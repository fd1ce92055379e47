"""PyTorch files since 1.6: a zip with `data.pkl` and one member a storage. TorchScript carries code too.

Spec: https://pytorch.org/docs/stable/notes/serialization.html
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats._opcodes import KEYS, Walk, facts
from ajar.formats._zip import open_zip
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Gap, GapReason, Location, Scalar

ID = "torch-zip"
_STORAGE = re.compile(r"[^/]+/data/\d+")
_ITEM_BYTES = {
    "FloatStorage": ("F32", 4),
    "HalfStorage": ("F16", 2),
    "BFloat16Storage": ("BF16", 2),
    "DoubleStorage": ("F64", 8),
    "LongStorage": ("I64", 8),
    "IntStorage": ("I32", 4),
    "ShortStorage": ("I16", 2),
    "CharStorage": ("I8", 1),
    "ByteStorage": ("U8", 1),
    "BoolStorage": ("BOOL", 1),
}
_CODE_MEMBERS = 64


def _matches(head: bytes, path: str) -> bool:  # noqa: ARG001  bytes decide
    if head[:4] != b"PK\x03\x04" or len(head) < 30:
        return False
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return (
        name.endswith((b"/data.pkl", b"/version", b"/byteorder", b"/constants.pkl"))
        or b"/.data/" in name
        or (b"/code/" in name and name.endswith(b".py"))
    )


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    with open_zip(blob) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        storages = [entry for name, entry in entries.items() if _STORAGE.fullmatch(name)]
        yield _fact("weights.tensor-count", len(storages), path, f"{len(storages)} storages")
        seen: set[str] = set()
        for name, entry in entries.items():
            if name.endswith(".pkl"):
                for item in _pickle(archive, entry, path, limits):
                    if isinstance(item, Evidence) and item.key == "weights.pickle-global":
                        seen.add(str(item.value))
                    yield item
    yield from _sizes(storages, seen, path)
    code = [name for name in entries if re.search(r"/code/.*\.py$", name)]
    for name in code[:_CODE_MEMBERS]:
        yield _fact("weights.code-member", name, path, "TorchScript code")
    for entry in storages:
        if entry.compress_type == zipfile.ZIP_STORED and entry.header_offset + entry.file_size > blob.size:
            detail = f"cut short: {entry.filename} goes on past the end"
            yield Gap(location=Location(path=path), reason=GapReason.MALFORMED, detail=detail, inspector=ID)
            break


def _pickle(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, limits: Limits
) -> Iterator[Observation]:
    shown = f"{path}!/{entry.filename}"
    if entry.file_size > limits.inflate_bytes:
        detail = f"a pickle of {entry.file_size} bytes"
        yield Gap(location=Location(path=path), reason=GapReason.OVER_BUDGET, detail=detail, inspector=ID)
        return
    try:
        with archive.open(entry) as stream:
            data = stream.read(limits.inflate_bytes)
        walk = Walk(BytesBlob(data), limit=limits.inflate_bytes)
        walk.run()
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        UnicodeDecodeError,
        MalformedError,
    ) as error:
        words = error.message if isinstance(error, MalformedError) else str(error)
        yield Gap(
            location=Location(path=path),
            reason=GapReason.MALFORMED,
            detail=f"{shown}: {words}"[:200],
            inspector=ID,
        )
        return
    except BudgetExceeded as error:
        yield Gap(
            location=Location(path=path), reason=GapReason.OVER_BUDGET, detail=error.message, inspector=ID
        )
        return
    yield from facts(walk, path, ID)


def _sizes(storages: list[zipfile.ZipInfo], names: set[str], path: str) -> Iterator[Evidence]:
    """Element counts, when one storage type is used: the pickle's imports say which."""
    types = [kind for name in names if (kind := _ITEM_BYTES.get(name.rpartition(" ")[2]))]
    for dtype, _ in types:
        yield _fact("weights.dtype", dtype, path, "")
    if len(types) == 1:
        total = sum(entry.file_size for entry in storages) // types[0][1]
        yield _fact("weights.parameter-count", total, path, f"{total:,} elements of {types[0][0]}")


def _fact(key: str, value: Scalar, path: str, quote: str) -> Evidence:
    return Evidence(key=key, value=value, location=Location(path=path), inspector=ID, quote=quote)


FORMAT = Format(
    id=ID,
    title="PyTorch checkpoint (zip)",
    family="weights",
    suffixes=(".pt", ".pth", ".bin", ".ckpt"),
    matches=_matches,
    inspect=_inspect,
    keys={
        **KEYS,
        "weights.tensor-count": "storages in the file",
        "weights.parameter-count": "elements in all storages, when they are of one type",
        "weights.dtype": "a storage type that the pickle names",
        "weights.code-member": "TorchScript source in the archive",
    },
    spec="https://pytorch.org/docs/stable/notes/serialization.html",
)
