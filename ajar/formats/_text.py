"""Bounded decoding of text files, and the making of evidence from what they say."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.interfaces import Blob
from ajar.model.evidence import Basis, Evidence, Gap, GapReason, Location, Scalar, Text

VALUE_LIMIT_CHARS = 500
CONTEXT_LIMIT_CHARS = 120
_INT_LIMIT = 2**63
_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),  # before utf-16: it begins alike
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1b\b")
_SPACE = re.compile(r"\s+")
_NEWLINE = re.compile(r"\r\n?")


def basename(path: str) -> str:
    """The last part of a POSIX path."""
    return path.rpartition("/")[2]


def looks_like_text(head: bytes) -> bool:
    """Whether leading bytes can be text: a Unicode byte-order mark, or no NUL and few control bytes."""
    if any(head.startswith(bom) for bom, _ in _BOMS):
        return True
    if b"\0" in head:
        return False
    return len(head) - len(head.translate(None, _CONTROL)) <= len(head) // 32


def clip(text: str, limit_chars: int = CONTEXT_LIMIT_CHARS) -> str:
    """One line of at most `limit_chars` characters."""
    flat = _SPACE.sub(" ", text[: limit_chars * 4]).strip()
    return flat if len(flat) <= limit_chars else flat[: limit_chars - 1] + "…"


def _scalar(value: Scalar) -> Scalar:
    """A value that any output can carry: no lone surrogate, no NaN, no integer over 64 bits."""
    if isinstance(value, str):
        cut = value if len(value) <= VALUE_LIMIT_CHARS else value[: VALUE_LIMIT_CHARS - 1] + "…"
        return cut if cut.isascii() else cut.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and not -_INT_LIMIT <= value < _INT_LIMIT:
        return "an integer over 64 bits"
    return value


@dataclass(frozen=True, slots=True)
class EvidenceMaker:
    """Makes the evidence and gaps of one file."""

    path: str
    inspector: str

    def __call__(
        self,
        key: str,
        value: Scalar,
        *,
        line: int | None = None,
        pointer: str | None = None,
        quote: str = "",
        basis: Basis = Basis.VERIFIED,
    ) -> Evidence:
        return Evidence(
            key=key,
            value=_scalar(value),
            location=Location(path=self.path, line=line, pointer=pointer),
            inspector=self.inspector,
            quote=str(_scalar(clip(quote, 200))) if quote else "",
            basis=basis,
        )

    def gap(self, reason: GapReason, detail: str, *, line: int | None = None) -> Gap:
        """What could not be read here."""
        return Gap(
            location=Location(path=self.path, line=line),
            reason=reason,
            detail=detail,
            inspector=self.inspector,
        )


def decode(data: bytes, *, truncated: bool = False) -> tuple[str, int]:
    """Text of `data` with newlines as LF, and how many undecodable places were replaced.

    UTF-8, or UTF-16/32 with a byte-order mark. Raises `MalformedError` on a NUL: that is no text.
    """
    encoding, skip = "utf-8", 0
    for bom, name in _BOMS:
        if data.startswith(bom):
            encoding, skip = name, len(bom)
            break
    if encoding == "utf-8" and b"\0" in data:
        raise MalformedError("not text: it has a NUL byte", offset=data.index(b"\0"))
    body = data[skip:]
    if truncated and encoding == "utf-8":
        body = body[: len(body) - _broken_tail(body)]
    elif truncated:
        body = body[: len(body) - len(body) % 4]
    try:
        text, replaced = body.decode(encoding), 0
    except UnicodeDecodeError:
        text = body.decode(encoding, "replace")
        replaced = text.count("\ufffd")
    if "\0" in text:
        raise MalformedError("not text: it has a NUL character", offset=skip)
    if "\r" in text:
        text = _NEWLINE.sub("\n", text)
    return text, replaced


def _broken_tail(body: bytes) -> int:
    """How many last bytes begin a UTF-8 sequence that is not finished, 0 to 3."""
    for back in range(1, min(4, len(body) + 1)):
        byte = body[-back]
        if byte < 0x80:
            return 0
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if needed > back else 0
    return 0


def read_text(path: str, blob: Blob, limits: Limits, inspector: str) -> tuple[Text, tuple[Gap, ...]]:
    """The file's text up to `limits.text_bytes`, with a gap where it was cut or did not decode.

    `sha256` is of the bytes that were read. Raises `MalformedError` when it is not text.
    """
    length = min(blob.size, limits.text_bytes)
    data = blob.read_at(0, length)
    truncated = blob.size > length
    text, replaced = decode(data, truncated=truncated)
    make = EvidenceMaker(path, inspector)
    gaps = []
    if truncated:
        gaps.append(
            make.gap(GapReason.OVER_BUDGET, f"read {length} of {blob.size} bytes: the limit for a text")
        )
    if replaced:
        gaps.append(make.gap(GapReason.MALFORMED, f"{replaced} places are not valid text and were replaced"))
    import hashlib  # OpenSSL is slow to load, and a scan of binary files needs none of it

    digest = hashlib.sha256(data).hexdigest()
    return Text(path=path, text=text, sha256=digest, truncated=truncated), tuple(gaps)
