"""What was read from hosts, kept on disk: spans of files by digest or pinned revision, and answers of APIs.

A name from a host is never part of a path here: every key is hashed. Nothing is kept that could change
under its key, except answers marked with the time they were given, which only `--offline` reads back.
Every page begins with a digest of its key, its name and its content; a page that does not match is not there.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

_SEAL_BYTES = 16
_SPAN = re.compile(r"(\d{1,19})-(\d{1,19})")


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

    def spans(self, key: str) -> list[tuple[int, int]]:
        """`(start, length)` of what is kept under a key, in order."""
        folder = self._folder("spans", key)
        found = []
        with suppress(OSError):
            pages = folder.iterdir() if folder else ()
            found = [(int(span[1]), int(span[2])) for page in pages if (span := _SPAN.fullmatch(page.name))]
        return sorted(found)

    def span(self, key: str, start: int, length: int) -> bytes | None:
        """The bytes of one kept span, or `None` when they are gone or not what was written."""
        data = self._read("spans", key, f"{start}-{length}")
        return data if data is not None and len(data) == length else None

    def keep_span(self, key: str, start: int, data: bytes) -> None:
        self._write("spans", key, f"{start}-{len(data)}", data)

    def answer(self, key: str) -> Any:
        """The last answer under a key, or `None`."""
        page = self._read("answers", key, "json")
        with suppress(ValueError, KeyError, TypeError):
            return json.loads(page)["answer"] if page else None
        return None

    def keep_answer(self, key: str, answer: Any) -> None:
        row = {"key": key, "at": int(time.time()), "answer": answer}
        self._write("answers", key, "json", json.dumps(row).encode())

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
        for name in ("spans", "answers"):
            if self.folder:
                shutil.rmtree(self.folder / name, ignore_errors=True)
        return count

    def _folder(self, kind: str, key: str) -> Path | None:
        if self.folder is None:
            return None
        digest = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / kind / digest[:2] / digest

    def _read(self, kind: str, key: str, name: str) -> bytes | None:
        folder = self._folder(kind, key)
        if folder is None:
            return None
        try:
            page = (folder / name).read_bytes()
        except OSError:
            return None
        seal, data = page[:_SEAL_BYTES], page[_SEAL_BYTES:]
        return data if seal == _seal(key, name, data) else None

    def _write(self, kind: str, key: str, name: str, data: bytes) -> None:
        """Whole or not at all: a run that is killed leaves no half of a page."""
        folder = self._folder(kind, key)
        if folder is None:
            return
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix="part-", delete=False) as page:
                page.write(_seal(key, name, data) + data)
            Path(page.name).replace(folder / name)


def _seal(key: str, name: str, data: bytes) -> bytes:
    """A digest against bits that turn and pages that are cut, not against somebody who may write here."""
    made = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_SEAL_BYTES)
    made.update(f"\0{name}\0".encode())
    made.update(data)
    return made.digest()
