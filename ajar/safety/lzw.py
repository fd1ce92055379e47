"""Files of compress (.Z): LZW with codes of 9 to 16 bits.

Source: T. Welch, "A Technique for High-Performance Data Compression", 1984, and compress(1) of 4.3BSD for
the header; codes come in groups of eight, and a group is padded when their width changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ajar.errors import MalformedError
from ajar.interfaces import Blob

_READ_BYTES = 65536
_CLEAR = 256
_TAIL_BYTES = 256

# A word is its bytes, or for a long one the word that it goes on from and up to 256 bytes: a table whose
# words each repeat the one before would else take 2 GB.
Word = bytes | tuple["Word", bytes]


def is_compress(head: bytes) -> bool:
    """The magic, and flags with a width of 9 to 16 bits and nothing reserved."""
    return head[:2] == b"\x1f\x9d" and len(head) > 3 and not head[2] & 0x60 and 9 <= head[2] & 0x1F <= 16


def pieces(blob: Blob) -> Iterator[bytes]:
    """What is inside, a group of codes at a time. Raises `MalformedError` at a code that is not yet known."""
    flags = blob.read_at(2, 1)[0]
    table = _Table(most=flags & 0x1F, first=_CLEAR + (1 if flags & 0x80 else 0))
    data, start, at = b"", 3, 3
    while True:
        if at + 16 > start + len(data):
            start, data = at, blob.read_at(at, _READ_BYTES)
        group = data[at - start : at - start + table.width]
        if len(group) * 8 < table.width:
            return
        at += table.width
        yield b"".join(table.group(int.from_bytes(group, "little"), len(group) * 8 // table.width, at))


@dataclass(slots=True)
class _Table:
    most: int  # bits of the widest code
    first: int  # the first code that stands for a word
    width: int = 9
    words: list[Word] = field(default_factory=list)
    last: Word = b""
    last_byte: bytes = b""  # the first byte of `last`

    def group(self, bits: int, count: int, at: int) -> Iterator[bytes]:
        """The words of up to `count` codes; fewer where the width changes, the rest of a group is padding."""
        mask, width = (1 << self.width) - 1, self.width
        for _ in range(count):
            code, bits = bits & mask, bits >> width
            if code == _CLEAR and self.first > _CLEAR:
                self.words, self.width, self.last = [], 9, b""
                return
            yield self._word(code, at)
            if len(self.words) + self.first >= 1 << width and width < self.most:
                self.width += 1
                return

    def _word(self, code: int, at: int) -> bytes:
        number = code - self.first
        if code < _CLEAR:
            word: Word = bytes((code,))
        elif 0 <= number < len(self.words):
            word = self.words[number]
        elif number == len(self.words) and self.last:
            word = _longer(self.last, self.last_byte)
        else:
            raise MalformedError(f"an LZW code {code} that is not yet known", offset=at)
        text = _text(word)
        if self.last and len(self.words) + self.first < 1 << self.most:
            self.words.append(_longer(self.last, text[:1]))
        self.last, self.last_byte = word, text[:1]
        return text


def _longer(word: Word, byte: bytes) -> Word:
    if isinstance(word, bytes):
        return word + byte if len(word) < _TAIL_BYTES else (word, byte)
    before, tail = word
    return (before, tail + byte) if len(tail) < _TAIL_BYTES else (word, byte)


def _text(word: Word) -> bytes:
    parts = []
    while not isinstance(word, bytes):
        word, tail = word
        parts.append(tail)
    return b"".join([word, *reversed(parts)])
