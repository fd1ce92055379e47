"""`ajar.lock`: releases as they were, to tell later whether they moved.

JSON, one fact a line, in a fixed order, without anything that changes when nothing did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ajar.config import VERSION
from ajar.errors import UsageError
from ajar.model.snapshot import Bounds, FileMark, Snapshot, UnsafeFile
from ajar.schema_check import faults

SCHEMA = "ajar-lock/1"
NAME = "ajar.lock"
LIMIT_BYTES = 64 * 2**20  # a release of 100,000 files takes 12 MB
_AGAIN = "lock again with this ajar: ajar lock TARGET…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Targets as they were typed, each with what was kept of it."""

    ajar: str  # the version that wrote it
    targets: Mapping[str, Snapshot]


@cache
def schema() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(
        (files("ajar.reports") / "schema" / "ajar-lock-1.json").read_text("utf-8")
    )
    return loaded


def load(path: Path) -> Lock:
    """A lock from its file. Raises `UsageError` for one that cannot be read, is none, or is of another version."""
    try:
        with path.open("rb") as handle:
            data = handle.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}", hint=f"write it with: ajar lock TARGET… -o {path}"
        ) from error
    if len(data) > LIMIT_BYTES:
        raise UsageError(
            f"{path}: larger than {LIMIT_BYTES >> 20} MiB", hint="lock fewer targets in one file"
        )
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not JSON ({str(error)[:120]})", hint=_AGAIN) from error
    if not isinstance(value, dict) or "schema" not in value:
        raise UsageError(f"{path}: not a lock", hint=_AGAIN)
    if value["schema"] != SCHEMA:
        said = str(value["schema"])[:60]
        raise UsageError(f"{path}: schema {said!r}; this ajar reads {SCHEMA}", hint=_AGAIN)
    fault = next(faults(value, schema()), None)
    if fault is not None:
        raise UsageError(f"{path}: {fault.pointer}: {fault.message}", hint=_AGAIN)
    targets = {item["target"]: _read(item) for item in value["targets"]}
    if len(targets) != len(value["targets"]):
        raise UsageError(f"{path}: a target stands in it twice", hint=_AGAIN)
    return Lock(ajar=value["ajar"], targets=targets)


def dumps(targets: Mapping[str, Snapshot]) -> str:
    """The lock as text: targets, paths and ids in the order of the alphabet."""
    value = {
        "schema": SCHEMA,
        "ajar": VERSION,
        "targets": [_plain(name, targets[name]) for name in sorted(targets)],
    }
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def _plain(target: str, kept: Snapshot) -> Mapping[str, Any]:
    found = {
        "target": target,
        "locator": kept.locator,
        "revision": kept.revision,
        "licences": {scope: list(ids) for scope, ids in kept.licences.items()},
        "open": sorted(kept.open_scopes),
        "licence_texts": _sorted(kept.texts),
        "open_texts": sorted(kept.open_texts),
        "untouched_texts": sorted(kept.untouched_texts),
        "safety": {
            "level": kept.safety,
            "files": {
                path: {"level": file.level, "why": file.why} for path, file in sorted(kept.unsafe.items())
            },
        },
        "verdicts": {
            name: {"at_least": item.at_least, "declared": item.declared, "at_most": item.at_most}
            for name, item in kept.verdicts.items()
        },
        "rights": dict(kept.rights),
        "components": dict(kept.components),
        "claims": _sorted(kept.claims),
        "host": _sorted(kept.host),
        "files": {
            path: f"{file.size}{f' {file.digest}' if file.digest else ''}"
            for path, file in sorted(kept.files.items())
        },
    }
    return {key: value for key, value in found.items() if value is not None}


def _sorted(values: Mapping[str, str]) -> Mapping[str, str]:
    return dict(sorted(values.items()))


def _read(item: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        locator=item["locator"],
        revision=item.get("revision"),
        licences={scope: tuple(ids) for scope, ids in item["licences"].items()},
        open_scopes=frozenset(item["open"]),
        texts=item["licence_texts"],
        open_texts=frozenset(item["open_texts"]),
        untouched_texts=frozenset(item["untouched_texts"]),
        safety=item["safety"]["level"],
        unsafe={path: UnsafeFile(**file) for path, file in item["safety"]["files"].items()},
        verdicts={name: Bounds(**bounds) for name, bounds in item["verdicts"].items()},
        rights=item["rights"],
        components=item["components"],
        claims=item["claims"],
        host=item["host"],
        files={path: _mark(text) for path, text in item["files"].items()},
    )


def _mark(text: str) -> FileMark:
    size, _, digest = text.partition(" ")
    return FileMark(size=int(size), digest=digest or None)
