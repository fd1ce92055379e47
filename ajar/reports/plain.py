"""Characters and sizes as they are shown, shared by every output."""

from __future__ import annotations

_HIDDEN = frozenset(
    map(chr, (0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF))
)


def visible(text: str) -> str:
    """Text that cannot drive a terminal: control, bidirectional and other invisible characters spelled out."""
    if text.isprintable() and _HIDDEN.isdisjoint(text):
        return text
    return "".join(
        char if char.isprintable() and char not in _HIDDEN else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def size_words(size_bytes: int) -> str:
    """Bytes in the unit that reads best."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError(size)
