"""A subprocess that lets CPython's own unpickler walk a stream, gives it nothing real, and notes each import.

It reads streams as lines of hex and answers with lines of JSON. `find_class` never imports: it hands out a
class that does nothing, whatever is done to it. Memory and time are limited before the first stream.
"""

from __future__ import annotations

import io
import json
import pickle
import resource
import sys
from typing import Self


class Nothing:
    """Takes any construction, state, item or call, and does nothing."""

    def __new__(cls, *_: object, **__: object) -> Self:
        return object.__new__(cls)

    def __init__(self, *_: object, **__: object) -> None: ...

    def __call__(self, *_: object, **__: object) -> Nothing:
        return self

    def __setstate__(self, _: object) -> None: ...

    def __setitem__(self, *_: object) -> None: ...

    def append(self, _: object) -> None: ...

    def extend(self, _: object) -> None: ...

    def add(self, _: object) -> None: ...


class Recorder(pickle.Unpickler):
    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self.seen: list[tuple[str, str]] = []

    def find_class(self, module: str, name: str) -> type:
        self.seen.append((module, name))
        return Nothing

    def persistent_load(self, _: object) -> Nothing:
        return Nothing()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    for line in sys.stdin:
        recorder = Recorder(bytes.fromhex(line.strip()))
        ended = True
        try:
            recorder.load()
        except Exception:  # noqa: BLE001  a broken stream breaks in many ways
            ended = False
        sys.stdout.write(json.dumps([ended, recorder.seen]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
