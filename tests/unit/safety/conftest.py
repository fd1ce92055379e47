"""One way to scan bytes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.model.scan import FileSafety
from ajar.safety import scan


@pytest.fixture
def look() -> Callable[..., FileSafety]:
    def look(data: bytes | str, path: str = "model.pkl", limits: Limits | None = None) -> FileSafety:
        body = data.encode() if isinstance(data, str) else data
        return scan(path, BytesBlob(body), limits or Limits())

    return look
