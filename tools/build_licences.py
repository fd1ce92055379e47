"""Build `ajar/rights/data/{texts.zip,index.bin,spdx.json}` from upstream texts.

    python tools/build_licences.py --spdx DIR --flags FILE --scancode DIR [--repositories DIR]

--spdx          `licenses/` of the npm package spdx-license-list 6.12.0 (SPDX 3.28, CC0-1.0)
--flags         an SPDX `licenses.json`, for what the FSF holds free
--scancode      `licensedcode/data/licenses/` of the wheel scancode-toolkit-mini 32.5.0 (CC-BY-4.0)
--repositories  a folder of git clones named `owner+name`, for rows of licences.toml whose text is a file there

The result depends on nothing else and is the same, byte for byte, on every machine.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
import tomllib
import zipfile
from array import array
from pathlib import Path

DATA = Path(__file__).parents[1] / "ajar" / "rights" / "data"

OPEN_CONTENT = (
    "CC-BY-1",
    "CC-BY-2",
    "CC-BY-3",
    "CC-BY-4",
    "CC-BY-SA-",
    "CC0-",
    "CC-PDDC",
    "CDLA-",
    "C-UDA",
    "ODC-By",
    "ODbL",
    "PDDL",
    "OGL-",
    "GFDL",
    "OGDL",
    "OpenMDW",
)
NON_COMMERCIAL = ("CC-BY-NC", "PolyForm-Noncommercial", "ANTLR-PD-fallback-NC")
RESTRICTED = {
    "BUSL-1.1": ["non-commercial"],
    "Elastic-2.0": ["field-of-use"],
    "SSPL-1.0": ["field-of-use"],
    "JSON": ["field-of-use"],
    "Hippocratic-2.1": ["field-of-use"],
    "PolyForm-Small-Business-1.0.0": ["revenue-threshold"],
    "Aladdin": ["non-commercial"],
    "CC-BY-ND-4.0": ["no-derivatives"],
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spdx", type=Path, required=True)
    parser.add_argument("--flags", type=Path, required=True)
    parser.add_argument("--scancode", type=Path, required=True)
    parser.add_argument("--repositories", type=Path)
    arguments = parser.parse_args()
    sys.path.insert(0, str(DATA.parents[2]))
    table, texts = spdx_texts(arguments.spdx, arguments.flags)
    texts |= row_texts(arguments.scancode, arguments.repositories)
    texts = without_twins(texts)
    (DATA / "spdx.json").write_text(
        json.dumps(
            {"source": "SPDX license list 3.28", "date": "2026-11-24", "licences": table},
            separators=(",", ":"),
            sort_keys=True,
        )
        + "\n",
        encoding="utf-8",
    )
    write_texts(texts)
    write_index(texts)
    print(
        f"{len(texts)} texts, {(DATA / 'texts.zip').stat().st_size:,} bytes; index {(DATA / 'index.bin').stat().st_size:,} bytes"
    )
    return 0


def spdx_texts(folder: Path, flags: Path) -> tuple[dict[str, dict[str, object]], dict[str, str]]:
    libre = {
        row["licenseId"] for row in json.loads(flags.read_text("utf-8"))["licenses"] if row.get("isFsfLibre")
    }
    table: dict[str, dict[str, object]] = {}
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        name, row = path.stem, json.loads(path.read_text("utf-8"))
        entry: dict[str, object] = {"name": row["name"], "osi": bool(row["osiApproved"])}
        if name in RESTRICTED or name.startswith(NON_COMMERCIAL) or "-ND-" in name or name.endswith("-ND"):
            entry["openness"] = "restricted"
            limits = list(RESTRICTED.get(name, []))
            limits += ["non-commercial"] if "NC" in name or "Noncommercial" in name else []
            limits += ["no-derivatives"] if "-ND" in name else []
            entry["limits"] = sorted(set(limits))
        elif name.startswith(OPEN_CONTENT):
            entry["openness"] = "open-content"
        else:
            entry["openness"] = "open-source" if row["osiApproved"] or name in libre else "unknown"
        if "openness" in entry and ("GPL" in name or "-SA-" in name or name.startswith(("ODbL", "MPL"))):
            entry["limits"] = sorted({*entry.get("limits", []), "share-alike"})  # type: ignore[misc]
        table[name] = entry
        texts[name] = row["licenseText"]
    return table, texts


def row_texts(scancode: Path, repositories: Path | None) -> dict[str, str]:
    import subprocess

    texts: dict[str, str] = {}
    for row in tomllib.loads((DATA / "licences.toml").read_text("utf-8"))["licence"]:
        place = row.get("text", "")
        if place.startswith("scancode:"):
            raw = (scancode / f"{place.removeprefix('scancode:')}.LICENSE").read_text("utf-8")
            texts[row["id"]] = raw.split("\n---\n", 1)[1] if raw.startswith("---\n") else raw
        elif place.startswith("github:") and repositories is not None:
            repository, _, rest = place.removeprefix("github:").partition("@")
            commit, _, path = rest.partition(":")
            folder = repositories / repository.replace("/", "+")
            git = folder / "repo" if (folder / "repo").is_dir() else folder
            done = subprocess.run(
                ["git", f"--git-dir={git}", "show", f"{commit}:{path}"], capture_output=True, check=True
            )
            texts[row["id"]] = done.stdout.decode("utf-8")
    return texts


def without_twins(texts: dict[str, str]) -> dict[str, str]:
    """One id for texts that are the same word for word: the one that says least beyond the text."""
    from ajar.rights.normalise import words_of

    kept: dict[tuple[str, ...], str] = {}
    for name in sorted(
        texts, key=lambda name: (name.endswith("-or-later"), "-only" not in name, len(name), name)
    ):
        words = words_of(texts[name]).words
        if len(words) >= 12:
            kept.setdefault(words, name)
    return {name: texts[name] for name in sorted(kept.values())}


def write_texts(texts: dict[str, str]) -> None:
    with zipfile.ZipFile(DATA / "texts.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in texts.items():
            archive.writestr(
                zipfile.ZipInfo(f"{name}.txt", (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED, 9
            )


def write_index(texts: dict[str, str]) -> None:
    from ajar.rights.data_store import MAGIC, shingles_of, whole_hash
    from ajar.rights.normalise import words_of

    sizes, exact, grams = [], [], []
    for number, text in enumerate(texts.values()):
        words = words_of(text).words
        sizes.append(len(words))
        exact.append((whole_hash(words), number))
        grams += [(value, number) for value in shingles_of(words)]
    exact.sort()
    grams.sort()
    columns = [
        array("I", sizes),
        array("Q", [value for value, _ in exact]),
        array("H", [number for _, number in exact]),
        array("I", [value for value, _ in grams]),
        array("H", [number for _, number in grams]),
    ]
    head = struct.pack("<4I", MAGIC, len(texts), len(exact), len(grams))
    for column in columns:
        if sys.byteorder == "big":
            column.byteswap()
    (DATA / "index.bin").write_bytes(head + b"".join(column.tobytes() for column in columns))


if __name__ == "__main__":
    sys.exit(main())
