"""A survey in a process of its own, for tests that end it: `python -m tests.standin.surveying STORE DEPTH [LIMIT_BYTES [CLUSTER]]`.

The command itself has no way to make its pauses short.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from ajar.errors import AjarError
from ajar.survey.listing import source_of
from ajar.survey.run import Survey, run
from ajar.survey.work import Settings

FILTERS = dict.fromkeys(("author", "task", "library", "licence", "sort"), "")


def survey(store: Path, depth: str, **more: object) -> Survey:
    settings = Settings(depth=depth, backoff_s=0.05)
    found: dict[str, object] = {"workers": 2, "settings": settings, **more}
    return Survey(source=source_of("hub:", FILTERS), store=store, **found)  # type: ignore[arg-type]


def main(store: str, depth: str, limit_bytes: str = "", cluster: str = "") -> int:
    if limit_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit_bytes),) * 2)
    try:
        run(survey(Path(store), depth, cluster=cluster or None))
    except AjarError as error:
        sys.stderr.write(f"{error.message} | {error.hint}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
