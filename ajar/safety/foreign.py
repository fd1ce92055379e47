"""Files of other worlds: programs, XML and R data."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ajar.blobs import read_exactly
from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob
from ajar.model.judgement import Severity
from ajar.safety.check import Check, Sign, Specimen

PROGRAMS, MARKUP, R_CODE = (
    "release-holds-no-programs",
    "markup-refers-to-nothing-outside",
    "objects-of-r-hold-no-code",
)
_TEXT_BYTES = 32 << 20
_PROGRAM_SUFFIXES = frozenset(
    {".exe", ".dll", ".so", ".dylib", ".bin", ".llamafile", "", ".run", ".node", ".pyd"}
)


def _look(specimen: Specimen) -> Iterator[Sign]:
    head = specimen.head
    kind = _program(head)
    if kind:
        honest = PurePosixPath(specimen.path.rpartition("!/")[2]).suffix.lower() in _PROGRAM_SUFFIXES - {
            ".bin",
            "",
        }
        severity = Severity.MEDIUM if honest else Severity.HIGH
        yield specimen.finding(PROGRAMS, severity, f"is {kind}: starting or loading it runs native code")
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        yield from _markup(specimen)
    elif head[:2] in {b"X\n", b"A\n", b"B\n"} or head[:5] in {b"RDX2\n", b"RDX3\n", b"RDA2\n", b"RDA3\n"}:
        yield from _r_data(specimen)


def _program(head: bytes) -> str:
    if head[:4] == b"\x7fELF":
        return "an ELF program or library"
    if head[:6] in {b"MZqFpD", b"jartsr"}:
        return "a program for every system (APE, as llamafile makes them)"
    if head[:2] == b"MZ" and len(head) > 64:
        at = int.from_bytes(head[60:64], "little")
        if at + 4 <= len(head) and head[at : at + 2] in {b"PE", b"NE", b"LE"}:
            return "a Windows program or library"
    if head[:4] in {b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"}:
        return "a macOS program or library"
    if head[:4] == b"\xca\xfe\xba\xbe":
        return "a macOS program" if 0 < int.from_bytes(head[4:8], "big") < 30 else "a Java class"
    if head[:4] == b"\0asm":
        return "a WebAssembly module"
    return ""


_ENTITY = re.compile(r"<!ENTITY\s+(?:%\s+)?[\w.:-]+\s+(SYSTEM|PUBLIC)?", re.IGNORECASE)
_INCLUDES = re.compile(
    r"<(?:\w+:)?(include|import)\s[^>]{0,200}href\s{0,8}=|<\?xml-stylesheet|<!DOCTYPE[^>\[]{0,200}\b(SYSTEM|PUBLIC)\s{1,8}[\"'](?!http://www\.w3|-//W3C)",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"<script\b|\bjava\.lang\.|Runtime\.getRuntime|xsl:script|javascript:", re.IGNORECASE)
_EXTENSION = re.compile(
    r"<layer\b[^>]{0,1000}?(?:\blibrary\s{0,8}=\s{0,8}\"[^\"]{1,200}\"|\bversion\s{0,8}=\s{0,8}\"(?!opset|extension|experimental|ops|ie_internal|util)[^\"]{1,200}\")",
    re.IGNORECASE,
)


def _markup(specimen: Specimen) -> Iterator[Sign]:
    yield from specimen.cut(_TEXT_BYTES)
    text = specimen.blob.read_at(0, min(specimen.blob.size, _TEXT_BYTES)).decode("utf-8", "replace")
    is_page = bool(re.match(r"\s*(<!DOCTYPE html|<html)", text[:400], re.IGNORECASE))
    rows = (
        (_ENTITY, "defines an entity"),
        (_INCLUDES, "includes something from elsewhere"),
        (_SCRIPT, "carries a script"),
        (_EXTENSION, "names a layer of an extension library"),
    )
    for pattern, what in rows:
        found = pattern.search(text)
        if found is None or (is_page and pattern in {_SCRIPT, _INCLUDES}):
            continue
        line = text.count("\n", 0, found.start()) + 1
        outside = pattern is _ENTITY and bool(found[1])
        severity = Severity.HIGH if outside else Severity.MEDIUM
        message = f"line {line}: {what}{' that reads a file or an address' if outside else ''}"
        yield specimen.finding(MARKUP, severity, message, line=line, quote=found[0][:120])


_R_NODES = 2_000_000
_PROMISE, _CLOSURE, _ENVIRONMENT, _CALL, _BYTECODE = 5, 3, 4, 6, 21


@dataclass(slots=True)
class _R:
    """A reader of R's XDR serialisation. Source: R Internals, 1.8; serialize.c of R."""

    blob: Blob
    at: int
    kinds: set[int] = field(default_factory=set)
    waiting: int = 1
    nodes: int = 0

    def number(self) -> int:
        value: int = struct.unpack(">i", read_exactly(self.blob, self.at, 4, "a number"))[0]
        self.at += 4
        return value

    def skip(self, length: int) -> None:
        if length < 0 or self.at + length > self.blob.size:
            raise MalformedError("a vector goes on past the end", offset=self.at)
        self.at += length

    def walk(self) -> None:
        """Every item, counted and never nested: an item only says how many more are to come."""
        while self.waiting:
            self.waiting -= 1
            self.nodes += 1
            if self.nodes > _R_NODES:
                raise BudgetExceeded(f"more than {_R_NODES} values of R")
            self.item()

    def item(self) -> None:
        flags = self.number()
        kind, more = flags & 0xFF, bool(flags & 0x200)
        self.kinds.add(kind)
        if kind in {2, _CALL, _CLOSURE, _PROMISE, 17, 239, 240}:
            self.waiting += 2 + more + bool(flags & 0x400)
        elif kind == 1:
            self.waiting += 1
        elif kind == 9:
            self.skip(max(self.number(), 0))
        elif kind in _R_WIDTHS:
            self.skip(self.number() * _R_WIDTHS[kind])
            self.waiting += more
        elif kind in {16, 19, 20}:
            count = self.number()
            if count < 0 or count > self.blob.size:
                raise MalformedError("a vector goes on past the end", offset=self.at)
            self.waiting += count + more
        elif kind == _ENVIRONMENT:
            self.skip(4)
            self.waiting += 4
        elif kind in {7, 8}:
            self.skip(self.number())
        elif kind == 25:
            self.waiting += more
        elif kind == 238:
            self.waiting += 3
        elif kind in {247, 248, 249}:
            self.skip(4)
            self.waiting += self.number()
        elif kind == 255:
            self.at += 4 if not flags >> 8 else 0
        elif kind == _BYTECODE or kind not in _R_BARE:
            raise MalformedError(f"an R value of type {kind}, which is not followed", offset=self.at)


_R_WIDTHS = {10: 4, 13: 4, 14: 8, 15: 16, 24: 1}
_R_BARE = frozenset({0, 241, 242, 250, 251, 252, 253, 254})


def _r_data(specimen: Specimen) -> Iterator[Sign]:
    start = 7 if specimen.head[:3] == b"RDX" else 2
    if specimen.head[start - 2 : start] != b"X\n":
        yield specimen.finding(R_CODE, Severity.LOW, "R data as text or native bytes, which is not followed")
        return
    reader = _R(specimen.blob, start)
    version = reader.number()
    reader.skip(8)
    if version == 3:
        reader.skip(reader.number())
    try:
        reader.walk()
    finally:
        if _PROMISE in reader.kinds:
            yield specimen.finding(
                R_CODE, Severity.HIGH, "holds a promise: code that runs when it is touched"
            )
        elif reader.kinds & {_CLOSURE, _CALL, _BYTECODE}:
            yield specimen.finding(R_CODE, Severity.MEDIUM, "holds functions or calls of R")


CHECK = Check(
    id="foreign",
    title="Programs, XML and R data",
    look=_look,
)
