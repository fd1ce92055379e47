"""Dossiers made by hand, to test judges without bytes."""

from __future__ import annotations

from ajar.model.dossier import Dossier
from ajar.model.evidence import Evidence, Gap, GapReason, Location, Scalar, Text
from ajar.model.locator import Locator
from ajar.model.release import FileEntry, Release
from ajar.model.report import FileFacts


def fact(
    key: str,
    value: Scalar,
    path: str,
    *,
    line: int | None = None,
    quote: str = "",
    pointer: str | None = None,
    inspector: str = "test",
) -> Evidence:
    return Evidence(
        key=key,
        value=value,
        location=Location(path=path, line=line, pointer=pointer),
        inspector=inspector,
        quote=quote,
    )


def gap(path: str, reason: GapReason = GapReason.MALFORMED, detail: str = "cut short") -> Gap:
    return Gap(location=Location(path=path), reason=reason, detail=detail)


def dossier(
    files: dict[str, tuple[str, str]] | None = None,
    facts: list[Evidence] | None = None,
    texts: dict[str, str] | None = None,
    gaps: list[Gap] | None = None,
    name: str = "release",
) -> Dossier:
    """`files` maps a path to `(format, family)`."""
    found = tuple(
        FileFacts(path=path, format=form, size=1, family=family)
        for path, (form, family) in (files or {}).items()
    )
    return Dossier(
        release=Release(
            locator=Locator(name=name), files=tuple(FileEntry(path=item.path, size=1) for item in found)
        ),
        files=found,
        evidence=tuple(facts or ()),
        gaps=tuple(gaps or ()),
        texts=tuple(Text(path=path, text=text, sha256="0" * 64) for path, text in (texts or {}).items()),
    )
