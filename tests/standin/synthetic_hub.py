"""A hub of made releases in a process of its own: `python -m tests.standin.synthetic_hub SEED COUNT [honest]`.

Prints its address, and serves until its input closes.
"""

from __future__ import annotations

import sys

from tests.build.synthetic import Releases
from tests.standin.hub import hub


def main(seed: str, count: str, kind: str = "") -> None:
    with hub() as made:
        made.repositories = Releases(int(seed), int(count), only_honest=kind == "honest")
        made.is_noting = False
        sys.stdout.write(f"{made.endpoint}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
