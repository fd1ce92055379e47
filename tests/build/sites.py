"""The server as users start it: the real command, on a free port."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[str]:
    """`ajar serve` until the end of the block; yields its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ajar", "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.match(r"http://(\S+)/", line)
        if found is None:
            raise RuntimeError(f"the server did not start: {line}{process.stdout.read()}")
        yield f"http://{found[1].replace('0.0.0.0', '127.0.0.1')}"
    finally:
        process.terminate()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()
