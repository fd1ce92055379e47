"""Containers that are known by their bytes and not opened here: each is named, so that none is clean.

Sources of the signatures: the specification of each format, and the magic database of file(1) 5.45; read
2026-11-24.
"""

from __future__ import annotations

import re

from ajar.blobs import StreamBlob
from ajar.safety.check import Specimen

# (offset, bytes, what it is)
_CLOSED = (
    (0, b"MSCF\0\0\0\0", "a cabinet"),
    (0, b"ISc(", "an InstallShield cabinet"),
    (0, b"xar!", "a xar archive"),
    (0, b"hsqs", "a squashfs image"),
    (0, b"sqsh", "a squashfs image"),
    (0, b"\x45\x3d\xcd\x28", "a cramfs image"),
    (0, b"\xff\x06\x00\x00sNaPpY", "compressed by snappy"),
    (0, b"\x89LZO\x00\r\n\x1a\n", "compressed by lzop"),
    (0, b"LRZI", "compressed by lrzip"),
    (0, b"7kSt", "a zpaq archive"),
    (0, b"zPQ", "a zpaq archive"),
    (0, b"MSWIM\0\0\0", "a Windows image"),
    (0, b"ITSF", "a help archive"),
    (0, b"bvx2", "compressed by LZFSE"),
    (0, b"bvx-", "compressed by LZFSE"),
    (0, b"vhdxfile", "a disk image (VHDX)"),
    (0, b"conectix", "a disk image (VHD)"),
    (0, b"QFI\xfb", "a disk image (QCOW)"),
    (0, b"KDMV", "a disk image (VMDK)"),
    (0, b"StuffIt ", "a StuffIt archive"),
    (0, b"!<thin>\n", "a thin archive, whose members are files elsewhere"),
    (0, b"ustar", "a tar fragment"),
    (7, b"**ACE**", "an ACE archive"),
    (2, b"-lh", "an LHA archive"),
)
_ANY = re.compile(
    b"|".join(b".{%d}%s" % (offset, re.escape(magic)) for offset, magic, _ in _CLOSED), re.DOTALL
)
# zstd before its format was fixed: the last byte of the magic was the same, the first counted versions.
_ZSTD_BEFORE_1 = frozenset(bytes([first]) + b"\xb5/\xfd" for first in range(0x22, 0x28))
_ISO_AT, _ISO = 32769, b"CD001"  # ECMA-119, 8.1.2: the first volume descriptor, at sector 16
_DMG_BYTES, _DMG = 512, b"koly"  # the trailer of an Apple disk image
_EXT_AT, _EXT = 1080, b"\x53\xef"
_BY_NAME = {
    ".br": "compressed by brotli, by its name",
    ".ppmd": "compressed by PPMd, by its name",
    ".sz": "compressed by snappy, by its name",
}


def closed(specimen: Specimen) -> str:
    """What the container is, with its article; empty for a file that is none of them."""
    head, blob = specimen.head, specimen.blob
    if _ANY.match(head):
        for offset, magic, what in _CLOSED:
            if head[offset : offset + len(magic)] == magic and (magic != b"-lh" or head[6:7] == b"-"):
                return what
    if head[:2] == b"\xc7\x71" and _is_binary_cpio(head):
        return "a cpio archive of the binary kind"
    if head[:4] in _ZSTD_BEFORE_1:
        return "compressed by a zstd before 1.0"
    name = specimen.path.lower()
    by_name = next((what for suffix, what in _BY_NAME.items() if name.endswith(suffix)), "")
    if by_name or specimen.format != "unknown":
        return by_name
    if blob.size > _ISO_AT + 5 and blob.read_at(_ISO_AT, 5) == _ISO:
        return "a disc image (ISO 9660)"
    if head[_EXT_AT : _EXT_AT + 2] == _EXT and not any(head[:32]):
        return "a file system image (ext)"
    if (
        blob.size > _DMG_BYTES
        and not isinstance(blob, StreamBlob)
        and blob.read_at(blob.size - _DMG_BYTES, 4) == _DMG
    ):
        return "a disk image (DMG)"
    return ""


def _is_binary_cpio(head: bytes) -> bool:
    """The magic is two bytes long: the name behind the header has to end where it says."""
    length = int.from_bytes(head[20:22], "little")
    return (
        1 < length <= 1024
        and head[26 + length - 1 : 26 + length] == b"\0"
        and 0 not in head[26 : 25 + length]
    )
