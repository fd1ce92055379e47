"""What was read from hosts, kept on disk: blocks of files by digest or pinned revision, and answers of APIs.

A name from a host is never part of a path here: every key is hashed. Nothing is kept that could change
under its key, except answers marked with the time they were given, which only `--offline` reads back.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any


def default_folder() -> Path:
    """`AJAR_CACHE`, else the platform's cache folder."""
    named = os.environ.get("AJAR_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "ajar"


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of blocks and answers. A folder that cannot be written is no error: nothing is kept then."""

    folder: Path | None

    def block(self, key: str, number: int) -> bytes | None:
        path = self._path("blocks", key, f"{number}")
        with suppress(OSError):
            return path.read_bytes() if path else None
        return None

    def keep_block(self, key: str, number: int, data: bytes) -> None:
        self._write(self._path("blocks", key, f"{number}"), data)

    def answer(self, key: str) -> Any:
        """The last answer under a key, or `None`."""
        path = self._path("answers", key, "json")
        with suppress(OSError, ValueError):
            return json.loads(path.read_bytes())["answer"] if path else None
        return None

    def keep_answer(self, key: str, answer: Any) -> None:
        row = {"key": key, "at": int(time.time()), "answer": answer}
        self._write(self._path("answers", key, "json"), json.dumps(row).encode())

    def size(self) -> Mapping[str, int]:
        """Files and bytes that are kept."""
        files = (
            [path for path in self.folder.rglob("*") if path.is_file()]
            if self.folder and self.folder.is_dir()
            else []
        )
        return {"files": len(files), "bytes": sum(path.stat().st_size for path in files)}

    def clear(self) -> int:
        """Remove what this cache wrote, and nothing else. Returns how many files."""
        import shutil

        count = self.size()["files"]
        for name in ("blocks", "answers"):
            if self.folder:
                shutil.rmtree(self.folder / name, ignore_errors=True)
        return count

    def _path(self, kind: str, key: str, name: str) -> Path | None:
        if self.folder is None:
            return None
        digest = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / kind / digest[:2] / digest / name

    def _write(self, path: Path | None, data: bytes) -> None:
        """Whole or not at all: a run that is killed leaves no half of a block."""
        if path is None:
            return
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as page:
                page.write(data)
            Path(page.name).replace(path)
