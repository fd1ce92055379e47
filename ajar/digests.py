"""Digests of files on this disk, where no host states one.

A file of at most `WHOLE_BYTES` is read whole. Of a larger one, weights as a rule, only both ends and the size are, so
that a gate over many releases stays quick; the digest's name says so, and `whole` reads it all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ajar.config import Options
from ajar.errors import AjarError
from ajar.interfaces import Blob
from ajar.model.locator import Locator
from ajar.model.snapshot import FileMark
from ajar.sources import open_release

WHOLE_BYTES = 16 * 2**20  # read in 10 ms; cards, licences, code and tokenizers are smaller
END_BYTES = 2**20
WHOLE = "sha256"
ENDS = "ends-sha256"
_CHUNK_BYTES = 2**20


def of_release(
    locator: Locator, options: Options, *, whole: bool = False, as_in: Mapping[str, str | None] | None = None
) -> Mapping[str, FileMark]:
    """Size and digest of every file that can be read and that no host states a digest of. An archive is one file.

    `as_in` are digests to compare with: each file is read in the way that its digest names. What is on
    a host is not fetched.
    """
    found: dict[str, FileMark] = {}
    with open_release(locator, options) as opened:
        if opened.meter is not None:
            return found
        for entry in opened.release.files:
            if entry.digest is not None:
                continue
            known = (as_in or {}).get(entry.path) or ""
            all_of_it = whole or known.startswith(f"{WHOLE}:") or entry.size <= WHOLE_BYTES
            try:
                with opened.open(entry) as blob:
                    digest = _whole(blob) if all_of_it else _ends(blob)
                    found[entry.path] = FileMark(size=blob.size, digest=digest)
            except (OSError, AjarError):
                continue  # the audit says that it cannot be read
    return found


def _whole(blob: Blob) -> str:
    digest = hashlib.sha256()
    for start in range(0, blob.size, _CHUNK_BYTES):
        digest.update(blob.read_at(start, min(_CHUNK_BYTES, blob.size - start)))
    return f"{WHOLE}:{digest.hexdigest()}"


def _ends(blob: Blob) -> str:
    digest = hashlib.sha256(blob.size.to_bytes(8, "little"))
    digest.update(blob.read_at(0, END_BYTES))
    digest.update(blob.read_at(max(blob.size - END_BYTES, 0), END_BYTES))
    return f"{ENDS}:{digest.hexdigest()}"
