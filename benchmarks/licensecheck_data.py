"""google/licensecheck's testdata: how many of its files with one licence are named alike, and the rest one by one.

    python benchmarks/licensecheck_data.py TESTDATA

TESTDATA  the folder of that name in a clone of github.com/google/licensecheck

An answer counts as named when it is the id that the file gives, whether it says "only" or "or later", or a row of
data/licensecheck.toml says why another id is right and the answer is that row's.
"""

from __future__ import annotations

import re
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from ajar import identify_licence

_CASE = re.compile(r"\.t\d+$")
_SUFFIX = re.compile(r"(?:-only|-or-later|\+)$")
_NO_NAME = {"unknown", "derived"}


def main() -> int:
    rows = tomllib.loads((HERE / "data" / "licensecheck.toml").read_text("utf-8"))["answer"]
    settled = {name: row for row in rows for name in row["files"]}
    counts: Counter[str] = Counter()
    left: list[str] = []
    spent = 0.0
    for path in sorted(Path(sys.argv[1]).rglob("*")):
        if not path.is_file() or not _CASE.search(path.name):
            continue
        wanted, text = _case(path)
        if len(wanted) != 1:
            continue
        started = time.process_time()
        found = identify_licence(text)
        spent += time.process_time() - started
        ids = [part.licence.id for part in found.parts or (found,) if part.match not in _NO_NAME]
        outcome = _outcome(wanted[0], ids, settled.get(path.name))
        counts.update([outcome, "files"])
        if outcome in {"unknown", "otherwise"}:
            left.append(f"{path.name}: {', '.join(ids) or found.licence.name}")
    named = counts["named"] + counts["same"]
    print(f"{counts['files']} files with one licence, {spent:.1f} s")
    print(f"named {named} ({100 * named / counts['files']:.1f} %), {counts['same']} of them by another id")
    print(f"more exactly {counts['finer']}, as the nearest and modified {counts['near']}")
    print(f"unknown {counts['unknown']}, otherwise {counts['otherwise']}")
    print("\n".join(left))
    return 0


def _case(path: Path) -> tuple[list[str], str]:
    """The ids that a file gives, and its text; lines with `#` are remarks, the first other one is the coverage."""
    head, _, text = path.read_text("utf-8", "replace").partition("\n\n")
    lines = [line for line in head.split("\n") if line and not line.startswith("#")]
    return [line.split()[0] for line in lines[1:]], text


def _outcome(wanted: str, ids: list[str], row: dict[str, str] | None) -> str:
    if _SUFFIX.sub("", wanted) in {_SUFFIX.sub("", name) for name in ids}:
        return "named"
    if not ids:
        return "unknown"
    return (
        row["kind"] if row is not None and all(name.startswith(row["ours"]) for name in ids) else "otherwise"
    )


if __name__ == "__main__":
    sys.exit(main())
