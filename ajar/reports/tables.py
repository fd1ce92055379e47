"""Tables in the forms that other programs read: JSON, CSV and Markdown, with every string made harmless there."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from ajar.reports.plain import visible

# A cell that begins so is run as a formula by spreadsheets (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def json_text(body: dict[str, Any]) -> str:
    """In a fixed order. Lone surrogates are written as escapes."""
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def csv_text(heads: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """Comma-separated (RFC 4180), with a line of heads. What a spreadsheet would run is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_cell(head) for head in heads])
    writer.writerows([_cell(value) for value in line] for line in lines)
    return out.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    shown = visible(value)
    return f"'{shown}" if value.startswith(_FORMULA) else shown


def markdown_text(value: str) -> str:
    """Words that stay words in Markdown: no markup, no HTML, no line break."""
    return _MARKUP.sub(r"\\\1", visible(value))


def markdown_table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [heads, *lines]
    shown = ["| " + " | ".join(markdown_text(cell) or " " for cell in row) + " |" for row in rows]
    return "\n".join([shown[0], "|" + "---|" * len(heads), *shown[1:]])
