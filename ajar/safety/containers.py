"""Which container a file is, by its first bytes or by an archive behind them; the reader of each is loaded then."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.blobs import StreamBlob
from ajar.model.judgement import Severity
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.closed import closed
from ajar.safety.inflating import FAINT, engine_of
from ajar.safety.lz4 import is_lz4
from ajar.safety.lzw import is_compress

SEVEN_ZIP, RAR, _RAR_OLD = b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"RE\x7e\x5e"
_BUNDLES = (b"!<arch>\n", b"070701", b"070702", b"070707")
_PREFIX_BYTES = 1 << 20  # a self-extracting archive begins with its program; 7-Zip and UnRAR look this far
# Formats whose readers stop at their own end, or that are none: an archive may stand behind them.
_MAY_TRAIL = frozenset({"unknown", "image", "pickle", "plain-text", "joblib", "paper-file"})
_MAY_BE_FAINT = frozenset({"gzip", "joblib", "unknown", "pickle", "plain-text"})


def is_compressed(head: bytes) -> bool:
    """Whether bytes begin like a compressed stream that names itself."""
    found = engine_of(head[:32])
    return (found is not None and found[0] not in FAINT) or is_lz4(head) or is_compress(head)


def is_container(head: bytes) -> bool:
    """Whether bytes begin like a container that names itself, so that they are no pickle whatever their name."""
    return is_compressed(head) or head[:6] in {SEVEN_ZIP, RAR}


def _look(specimen: Specimen) -> Iterator[Sign]:
    head = specimen.head
    if head[:6] in {SEVEN_ZIP, RAR} or head[:4] == _RAR_OLD:
        yield from _archive(specimen, 0)
    elif head.startswith(_BUNDLES):
        from ajar.safety.bundles import look

        yield from look(specimen)
    elif _is_compressed(specimen) or closed(specimen):
        from ajar.safety.compressed import look

        yield from look(specimen)
    elif specimen.format in _MAY_TRAIL:
        at = _behind(specimen)
        if at > 0:
            message = f"is {specimen.format}, and an archive from byte {at} on"
            yield specimen.finding("file-is-one-kind-of-file", Severity.MEDIUM, message, start=at)
            yield from _archive(specimen, at)


def _is_compressed(specimen: Specimen) -> bool:
    if is_compressed(specimen.head):
        return True
    return specimen.format in _MAY_BE_FAINT and engine_of(specimen.head[:32]) is not None


def _archive(specimen: Specimen, at: int) -> Iterator[Sign]:
    if specimen.blob.read_at(at, 2) == SEVEN_ZIP[:2]:
        from ajar.safety.seven_zip import look

        yield from look(specimen, at)
    else:
        from ajar.safety.rar import look as look_rar

        yield from look_rar(specimen, at)


def _behind(specimen: Specimen) -> int:
    """Where an archive begins behind something else; -1 when none does."""
    if isinstance(specimen.blob, StreamBlob):
        return -1  # a compressed member is not inflated further to look for one
    data = specimen.blob.read_at(0, _PREFIX_BYTES)
    at = data.find(SEVEN_ZIP)
    while at >= 0:
        from ajar.safety.seven_zip_header import START_BYTES, starts

        if starts(specimen.blob.read_at(at, START_BYTES)):
            return at
        at = data.find(SEVEN_ZIP, at + 1)
    at = data.find(RAR)
    while at >= 0:
        from ajar.safety.rar import starts as starts_rar

        if starts_rar(data[at : at + 32]):
            return at
        at = data.find(RAR, at + 1)
    return -1


CHECK = Check(
    id="containers",
    title="What is inside compressed files and archives of other kinds",
    look=_look,
)
