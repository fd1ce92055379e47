"""Packages a release needs: requirements files, lock files and environments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.config import Limits
from ajar.formats._text import EvidenceMaker, basename, clip, looks_like_text, read_text
from ajar.interfaces import Blob, Format, Observation

PACKAGE_LIMIT = 128
_LINES = 100_000
_NAME = re.compile(
    r"(?:.{0,40}[_-])?requirements?(?:[._-].{0,40})?\.(?:txt|in|pip)|environment(?:[._-].{0,30})?\.ya?ml|conda(?:[._-].{0,30})?\.ya?ml"
    r"|pipfile(?:\.lock)?|(?:uv|poetry|pdm|pixi|cargo)\.lock|constraints.{0,20}\.txt",
    re.IGNORECASE,
)
_REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]{0,99})\s{0,4}(?:\[[^\]]{0,200}\])?\s{0,4}(?:$|[=<>!~;@(])")
_EGG = re.compile(
    r"#egg=([A-Za-z0-9][\w.-]{0,99})|/([A-Za-z0-9][\w.-]{0,99}?)(?:\.git)?(?:@[^\s#]{0,100})?(?:#.{0,100})?$"
)
_CONDA = re.compile(r"\s{0,12}-\s+(?:[\w-]{1,40}::)?([A-Za-z0-9_][\w.-]{0,99})\s{0,4}(?:[=<>!~].{0,80})?$")
_LOCK_NAME = re.compile(r"name = \"([A-Za-z0-9][\w.-]{0,99})\"\s*$")
_PIPFILE = re.compile(r"\"?([A-Za-z0-9][\w.-]{0,99})\"?\s{0,4}=\s{0,4}[\"{].*")
_SECTION = re.compile(r"\[{0,2}([A-Za-z][\w-]{0,40})(?:\]{1,2}|:)\s*$")
_PIPFILE_KEYS = frozenset({"_meta", "default", "develop", "hash", "requires", "sources"})
_JSON_NAME = re.compile(r"\s{0,12}\"([A-Za-z0-9][\w.-]{0,99})\": \{\s*$")


def _matches(head: bytes, path: str) -> bool:
    if _NAME.fullmatch(basename(path)) is None:
        in_folder = re.search(r"(?:^|/)requirements/[^/]{1,100}\.(?:txt|in)$", path)
        return in_folder is not None and looks_like_text(head)
    return looks_like_text(head)


def _packages(lines: list[str], name: str) -> Iterator[tuple[int, str]]:
    """1-based line and name of each package, by the kind of file that its name says it is."""
    section = ""
    for number, line in enumerate(lines[:_LINES], 1):
        text = line[:500]
        heading = _SECTION.match(text)
        if heading:
            section = heading[1].lower()
        package = None
        if name.startswith("pipfile"):
            match = (_JSON_NAME if name.endswith(".lock") else _PIPFILE).match(text)
            package = match[1] if match and (name.endswith(".lock") or "packages" in section) else None
            package = None if package in _PIPFILE_KEYS else package
        elif name.endswith(".lock"):
            package = match[1] if (match := _LOCK_NAME.match(text)) else None
        elif name.endswith((".yml", ".yaml")):
            match = _CONDA.match(text)
            package = match[1] if match and section == "dependencies" else _required(text.strip(" -"))
            package = package if section == "dependencies" else None
        else:
            package = _required(text.removeprefix("-e "))
        if package:
            yield number, package


def _required(line: str) -> str | None:
    """The package that a line of a requirements file names."""
    bare = line.partition(" #")[0].partition(" -")[0].strip()
    if not bare or bare.startswith(("#", "-")):
        return None
    if "://" in bare.partition("@")[0]:
        match = _EGG.search(bare)
        return (match[1] or match[2]) if match else None
    match = _REQUIREMENT.match(bare)
    return match[1] if match else None


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    text, gaps = read_text(path, blob, limits, "requirements")
    yield from gaps
    make = EvidenceMaker(path, "requirements")
    lines, seen = text.text.split("\n"), set[str]()
    for number, package in _packages(lines, basename(path).lower()):
        key = re.sub(r"[-_.]+", "-", package).lower()
        if key in seen:
            continue
        seen.add(key)
        yield make("requirements.package", key, line=number, quote=clip(lines[number - 1]))
        if len(seen) >= PACKAGE_LIMIT:
            return


FORMAT = Format(
    id="requirements",
    title="list of required packages",
    family="config",
    suffixes=(".lock",),
    matches=_matches,
    inspect=_inspect,
    keys={"requirements.package": "normalised package name, each once, at most 128; the line is the quote"},
    spec="https://pip.pypa.io/en/stable/reference/requirements-file-format/",
)
