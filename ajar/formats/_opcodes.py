"""Pickle opcodes by the shape of their argument, and a walk that collects imports without running any.

Source: the pickle protocol as documented in the standard library (PEP 307, 3154, 574).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from ajar.errors import BudgetExceeded, MalformedError
from ajar.interfaces import Blob
from ajar.model.evidence import Evidence, Location

_FIXED = {
    b"I": "line", b"F": "line", b"L": "line", b"S": "line", b"V": "line", b"p": "line", b"g": "line", b"P": "line",
    b"c": "two lines", b"i": "two lines",
    b"K": 1, b"M": 2, b"J": 4, b"G": 8, b"q": 1, b"r": 4, b"h": 1, b"j": 4, b"\x80": 1, b"\x82": 1, b"\x83": 2,
    b"\x84": 4, b"\x95": 8,
    b"U": "1", b"T": "4", b"X": "4", b"C": "1", b"B": "4", b"\x8a": "1", b"\x8b": "4", b"\x8c": "1", b"\x8d": "8",
    b"\x8e": "8", b"\x96": "8",
}  # fmt: skip
_BARE = frozenset(b"(.012NQRabdelostu)]}\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98")
_TEXT = frozenset(b"UTXSV\x8c\x8d")
_LINE_BYTES = 65536
_TEXT_BYTES = 4096
_WINDOW_BYTES = 65536
_OPCODES = 20_000_000
_GLOBALS = 256
_LENGTHS = {"1": "<B", "4": "<I", "8": "<Q"}


@dataclass(slots=True)
class Walk:
    """What a pickle imports: `module name` each, in order, and how far the stream went."""

    blob: Blob
    at: int = 0
    limit: int = 64 * 2**20
    protocol: int = 0
    opcodes: int = 0
    ended: bool = False
    globals: dict[str, int] = field(default_factory=dict)
    _window: bytes = b""
    _start: int = 0
    _recent: list[str] = field(default_factory=list)
    _memo: dict[int, str] = field(default_factory=dict)

    def run(self) -> Walk:
        """Walk to STOP. Raises `MalformedError` at an opcode that is none, `BudgetExceeded` past the limit."""
        while not self.ended:
            self._step()
        return self

    def _step(self) -> None:
        where = self.at
        code = self._take(1)
        self.opcodes += 1
        if self.opcodes > _OPCODES:
            raise BudgetExceeded(f"more than {_OPCODES} opcodes")
        kind = _FIXED.get(code)
        if kind is None:
            if code[0] not in _BARE:
                raise MalformedError(f"no pickle opcode: {code!r}", offset=where)
            self._bare(code, where)
        elif isinstance(kind, int):
            self._fixed(code, self._take(kind))
        elif kind in _LENGTHS:
            self._counted(code, _LENGTHS[kind])
        else:
            self._lines(code, where, two=kind == "two lines")

    def _bare(self, code: bytes, where: int) -> None:
        if code == b".":
            self.ended = True
        elif code == b"\x93":
            known = len(self._recent) >= 2 and "?" not in self._recent[-2:]
            self._import(" ".join(self._recent[-2:]) if known else "?", where)
            self._recent.append("?")
        elif code == b"\x94":
            self._memo[len(self._memo)] = self._recent[-1] if self._recent else "?"
        elif code not in b"(":
            self._push("?")

    def _fixed(self, code: bytes, data: bytes) -> None:
        number = int.from_bytes(data, "little")
        if code == b"\x80":
            self.protocol = max(self.protocol, number)
        elif code in {b"q", b"r"}:
            self._memo[number] = self._recent[-1] if self._recent else "?"
        elif code in {b"h", b"j"}:
            self._push(self._memo.get(number, "?"))
        elif code != b"\x95":
            self._push("?")

    def _counted(self, code: bytes, form: str) -> None:
        length = struct.unpack(form, self._take(struct.calcsize(form)))[0]
        if self.at + length > self.blob.size:
            raise MalformedError(f"{length} bytes wanted, the stream ends before", offset=self.at)
        if code[0] in _TEXT and length <= _TEXT_BYTES:
            self._push(self._take(length).decode("utf-8", "backslashreplace"))
        else:
            self.at += length
            self._push("?")

    def _lines(self, code: bytes, where: int, *, two: bool) -> None:
        first = self._line()
        if two:
            self._import(f"{first} {self._line()}", where)
            self._push("?")
        elif code == b"p":
            self._memo[_number(first)] = self._recent[-1] if self._recent else "?"
        elif code == b"g":
            self._push(self._memo.get(_number(first), "?"))
        elif code in {b"S", b"V"}:
            self._push(first.strip("'\""))
        else:
            self._push("?")

    def _push(self, value: str) -> None:
        self._recent.append(value)
        if len(self._recent) > 64:
            del self._recent[:32]

    def _import(self, name: str, where: int) -> None:
        if len(self.globals) < _GLOBALS:
            self.globals.setdefault(name, where)

    def _line(self) -> str:
        out = bytearray()
        while True:
            char = self._take(1)
            if char == b"\n":
                return out.decode("utf-8", "backslashreplace")
            out += char
            if len(out) > _LINE_BYTES:
                raise MalformedError("an argument line without end", offset=self.at)

    def _take(self, length: int) -> bytes:
        end = self.at + length
        if end > self.blob.size:
            raise MalformedError("the pickle ends before its STOP", offset=self.at)
        if end > self.limit:
            raise BudgetExceeded(f"the pickle goes on past {self.limit} bytes")
        if not self._start <= self.at <= end <= self._start + len(self._window):
            self._start = self.at
            self._window = self.blob.read_at(self.at, max(length, _WINDOW_BYTES))
        offset = self.at - self._start
        data = self._window[offset : offset + length]
        if len(data) != length:
            raise MalformedError("the pickle ends before its STOP", offset=self.at)
        self.at = end
        return data


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1


def facts(walk: Walk, path: str, inspector: str) -> Iterator[Evidence]:
    """A walk's evidence: that the file is pickled, its protocol, each import."""
    at = Location(path=path, start=0, end=walk.at)
    yield Evidence(
        key="weights.pickled",
        value=True,
        location=at,
        inspector=inspector,
        quote="loading this runs a pickle",
    )
    yield Evidence(key="weights.pickle-protocol", value=walk.protocol, location=at, inspector=inspector)
    for name, where in walk.globals.items():
        place = Location(path=path, start=where, end=where + 1)
        yield Evidence(
            key="weights.pickle-global", value=name, location=place, inspector=inspector, quote=name
        )


KEYS = {
    "weights.pickled": "loading the file runs a pickle",
    "weights.pickle-protocol": "highest pickle protocol that the stream names",
    "weights.pickle-global": "a name that the pickle imports, as `module name`; `?` when built at run time",
}
