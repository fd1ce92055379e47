"""Archives and compressed streams written byte by byte, so that each field can lie."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable

Rows = Iterable[tuple[str, bytes]]

# 7z ------------------------------------------------------------------------------------------------

COPY = b"\x01\x00"  # a coder whose id is one byte long


def number(value: int) -> bytes:
    """A 7z number of up to 14 bits, or of eight bytes."""
    if value < 0x80:
        return bytes([value])
    if value < 0x4000:
        return bytes([0x80 | value >> 8, value & 0xFF])
    return b"\xff" + struct.pack("<Q", value)


def seven_zip(
    rows: Rows,
    *,
    coders: Iterable[bytes] = (COPY,),
    packed: bytes | None = None,
    sizes: Iterable[int] | None = None,
    attributes: Iterable[int] = (),
    wrong_crc: bool = False,
    extra: bytes = b"",
) -> bytes:
    """One solid folder. Coders stand in a chain, the last of them reads the packed stream."""
    rows, coders, modes = list(rows), list(coders), list(attributes)
    whole = b"".join(data for _, data in rows)
    packed = whole if packed is None else packed
    folder = number(len(coders)) + b"".join(coders)
    folder += b"".join(number(n) + number(n + 1) for n in range(len(coders) - 1))
    filled = [(name, data) for name, data in rows if data]
    parts = list(sizes) if sizes is not None else [len(data) for _, data in filled][:-1]
    streams = b"\x04\x06" + number(0) + number(1) + b"\x09" + number(len(packed)) + b"\0"
    streams += b"\x07\x0b\x01\x00" + folder + b"\x0c" + number(len(whole)) * len(coders) + b"\0"
    streams += b"\x08\x0d" + number(len(filled)) + (b"\x09" + b"".join(map(number, parts)) if parts else b"")
    streams += b"\0\0"
    names = b"\0" + b"".join(name.encode("utf-16-le") + b"\0\0" for name, _ in rows)
    files = b"\x05" + number(len(rows)) + b"\x11" + number(len(names)) + names
    if len(filled) < len(rows):
        bits = "".join("0" if data else "1" for _, data in rows).ljust(-(-len(rows) // 8) * 8, "0")
        empty = int(bits, 2).to_bytes(len(bits) // 8, "big")
        files += b"\x0e" + number(len(empty)) + empty
    if modes:
        body = b"\x01\x00" + b"".join(struct.pack("<I", mode) for mode in modes)
        files += b"\x15" + number(len(body)) + body
    return seven_zip_of(packed, b"\x01" + streams + files + extra + b"\0\0", wrong_crc=wrong_crc)


def seven_zip_of(packed: bytes, header: bytes, *, wrong_crc: bool = False) -> bytes:
    """Packed streams and a header, with the checksums that they need."""
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header) ^ wrong_crc)
    return b"7z\xbc\xaf\x27\x1c\0\x04" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


# RAR -----------------------------------------------------------------------------------------------


def _vint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def _block_5(kind: int, fields: bytes, data: bytes = b"", extra: bytes = b"") -> bytes:
    flags = (1 if extra else 0) | (2 if data else 0)
    body = _vint(kind) + _vint(flags) + (_vint(len(extra)) if extra else b"")
    body += (_vint(len(data)) if data else b"") + fields + extra
    sized = _vint(len(body)) + body
    return struct.pack("<I", zlib.crc32(sized)) + sized + data


def rar5_file(
    name: str, data: bytes, *, method: int = 0, link: tuple[int, str] | None = None, encrypted: bool = False
) -> bytes:
    extra = b""
    if encrypted:
        extra += _vint(2) + b"\x01\x00"
    if link:
        target = link[1].encode()
        record = b"\x05" + _vint(link[0]) + b"\0" + _vint(len(target)) + target
        extra += _vint(len(record)) + record
    fields = b"\0" + _vint(len(data)) + _vint(0o100644) + _vint(method << 7) + b"\x01"
    return _block_5(2, fields + _vint(len(name.encode())) + name.encode(), data, extra)


def rar5(*blocks: bytes, ended: bool = True) -> bytes:
    end = _block_5(5, b"\0") if ended else b""
    return b"Rar!\x1a\x07\x01\x00" + _block_5(1, b"\0") + b"".join(blocks) + end


RAR5_ENCRYPTED = b"Rar!\x1a\x07\x01\x00" + _block_5(4, b"\0\0\x0f" + bytes(16)) + bytes(64)


def rar4(
    rows: Rows, *, method: int = 0x30, flags: int = 0, mode: int = 0o100644, head_flags: int = 0
) -> bytes:
    out = b"Rar!\x1a\x07\x00" + struct.pack("<HBHH6x", 0, 0x73, head_flags, 13)
    for name, data in rows:
        raw = name.encode()
        body = struct.pack("<IIBIIBBHI", len(data), len(data), 3, 0, 0, 29, method, len(raw), mode) + raw
        out += struct.pack("<HBHH", 0, 0x74, 0x8000 | flags, 7 + len(body)) + body + data
    return out + struct.pack("<HBHH", 0, 0x7B, 0, 7)


# Unix ----------------------------------------------------------------------------------------------


def ar(rows: Rows, *, long_names: bytes = b"") -> bytes:
    out = b"!<arch>\n"
    if long_names:
        rows = [("//", long_names), *rows]
    for name, data in rows:
        out += b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name.encode(), 0, 0, 0, b"100644", len(data))
        out += data + b"\n" * (len(data) % 2)
    return out


def cpio(rows: Iterable[tuple[str, bytes, int]], *, old: bool = False) -> bytes:
    out = b""
    for name, data, mode in [*rows, ("TRAILER!!!", b"", 0)]:
        raw = name.encode() + b"\0"
        if old:
            fields = (0, 0, mode, 0, 0, 1, 0)
            out += b"070707" + b"".join(b"%06o" % n for n in fields)
            out += b"%011o%06o%011o" % (0, len(raw), len(data)) + raw + data
            continue
        numbers = (1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0)
        out += b"070701" + b"".join(b"%08x" % n for n in numbers) + raw
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return out


def compressed(data: bytes) -> bytes:
    """As compress(1) writes it, codes of 9 to 16 bits."""
    table, out = {bytes([n]): n for n in range(256)}, b"\x1f\x9d\x90"
    width, free, bits, used, word = 9, 257, 0, 0, b""
    for at in range(len(data) + 1):
        byte = data[at : at + 1]
        if byte and word + byte in table:
            word += byte
            continue
        bits |= table[word] << used
        used += width
        if not byte:
            return out + bits.to_bytes((used + 7) // 8, "little")
        if used == 8 * width:
            out, bits, used = out + bits.to_bytes(width, "little"), 0, 0
        if free < 1 << 16:
            table[word + byte] = free
            free += 1
        if width < 16 and free > 1 << width:
            out, bits, used = out + (bits.to_bytes(width, "little") if used else b""), 0, 0
            width += 1
        word = byte
    return out


def lzip(data: bytes) -> bytes:
    import lzma

    row = {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}
    body = lzma.compress(data, lzma.FORMAT_RAW, filters=[row])
    return b"LZIP\x01\x10" + body + struct.pack("<IQQ", zlib.crc32(data), len(data), len(body) + 26)


# tar and zip ---------------------------------------------------------------------------------------


def tar_block(
    name: str, size: int | bytes = 0, kind: bytes = b"0", link: str = "", *, v7: bool = False
) -> bytes:
    """One header. `size` may be the field's own bytes."""
    field = size if isinstance(size, bytes) else b"%011o\0" % size
    head = name.encode()[:100].ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + field + b"00000000000\0"
    head += b" " * 8 + kind + link.encode().ljust(100, b"\0") + (b"" if v7 else b"ustar\00000")
    head = head.ljust(512, b"\0")
    return head[:148] + b"%06o\0 " % sum(head) + head[156:]


def tar_file(name: str, data: bytes, kind: bytes = b"0", link: str = "") -> bytes:
    return tar_block(name, len(data), kind, link) + data + bytes(-len(data) % 512)


def pax(records: dict[str, str], kind: bytes = b"x") -> bytes:
    out = b""
    for key, value in records.items():
        line = f" {key}={value}\n".encode()
        length = len(line) + 1
        while len(str(length)) + len(line) != length:
            length = len(str(length)) + len(line)
        out += str(length).encode() + line
    return tar_file("PaxHeaders/x", out, kind)


TAR_END = bytes(1024)


def tarred(rows: Rows) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in rows:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_of(name: str, packed: bytes, method: int, size: int) -> bytes:
    """A zip of one member whose bytes were compressed elsewhere."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), packed)
    data = bytearray(out.getvalue())
    for sign, method_at, size_at in ((b"PK\x03\x04", 8, 22), (b"PK\x01\x02", 10, 24)):
        at = data.find(sign)
        struct.pack_into("<H", data, at + method_at, method)
        struct.pack_into("<I", data, at + size_at, size)
    return bytes(data)
