"""`make bench`: every measurement against its budget, as a table."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import catalogue, documents, gate, hashing, large_repo, licences, startup


def main() -> int:
    print("| what | measured | budget | holds |\n|---|---|---|---|")
    for module in (startup, large_repo, documents, hashing, licences, catalogue, gate):
        for row in module.measure():
            print(f"| {' | '.join(row)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
