"""Pages about what audits write for other tools: the formats, and the minimum elements of an SBOM for AI."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ELEMENTS = Path(__file__).parent / "data" / "g7-sbom-for-ai.toml"
NOTE = "<!-- Written by tools/docs.py from code and data; change those, then run `make docs`. -->"


def elements() -> dict[str, Any]:
    """The table of minimum elements, as data."""
    return tomllib.loads(ELEMENTS.read_text("utf-8"))


def outputs_page() -> str:
    """Every format of `ajar audit`."""
    from ajar.cli.outputs import OUTPUTS

    rows = [
        (
            f"`{output.id}`",
            output.about,
            f"`{output.suffix}`",
            "one document" if output.several else "one each",
            f"<{output.spec}>" if output.spec else "ajar's own",
        )
        for output in OUTPUTS
    ]
    head = ("`--format`", "what it is", "usual suffix", "of several targets", "described at")
    return "\n\n".join(["# Formats of `ajar audit`", NOTE, _table(head, rows)]) + "\n"


def elements_page() -> str:
    """Which minimum elements are filled, and from what."""
    data = elements()
    rows = data["element"]
    count = {word: sum(row["filled"] == word for row in rows) for word in ("yes", "part", "no")}
    summary = (
        f"{data['title']} (G7 Cybersecurity Working Group, {data['published']}, <{data['source']}>) names "
        f"{len(rows)} elements. From the files of a release ajar's bills of materials fill {count['yes']} of them, "
        f"{count['part']} in part, and {count['no']} not at all. A test holds each row against documents of a real audit."
    )
    parts = [
        "# The minimum elements of an SBOM for AI",
        NOTE,
        summary,
    ]
    for cluster in dict.fromkeys(row["cluster"] for row in rows):
        own = [
            (
                f"{row['name']} ({row['id']})",
                row["filled"],
                f"`{row['cyclonedx']}`" if row["cyclonedx"] else "",
                f"`{row['spdx']}`" if row["spdx"] else "",
                row["evidence"],
            )
            for row in rows
            if row["cluster"] == cluster
        ]
        parts += [
            f"## {cluster}",
            _table(("element", "filled", "CycloneDX", "SPDX", "from what, or why not"), own),
        ]
    return "\n\n".join(parts) + "\n"


def pages() -> dict[str, Callable[[], str]]:
    return {"outputs": outputs_page, "sbom-for-ai": elements_page}


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
