"""Recall and false alarms of ajar and its peers on one corpus, in one run.

    python benchmarks/peers.py CORPUS VENVS RESULTS.jsonl [TOOL …]     scan; goes on where an earlier run stopped
    python benchmarks/peers.py --table CORPUS RESULTS.jsonl            the tables, as Markdown

CORPUS has folders of one case each and `manifest.*.jsonl` files (id, label, family, split, dir). VENVS has one
environment a peer: picklescan, modelscan, fickling, modelaudit, aisbom. Every case is one process of the tool's
own command, with its default settings, under a limit of time and memory; nothing is ever loaded.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TIMEOUT_S, _MEMORY_BYTES = 60, 6 << 30
_QUIET = {
    "AISBOM_NO_TELEMETRY": "1",
    "AISBOM_OFFLINE": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "HF_HUB_OFFLINE": "1",
    "HTTPS_PROXY": "http://proxy.invalid:9",
    "HTTP_PROXY": "http://proxy.invalid:9",
    "NO_ANALYTICS": "1",
    "NO_COLOR": "1",
    "OMP_NUM_THREADS": "1",
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
}
_FICKLING = """
import json, os, sys, zipfile
from fickling import scan_file, scan_zip_archive
worst, order = "skip", ["skip", "clean", "error", "flag"]
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        path = os.path.join(folder, name)
        try:
            found = scan_zip_archive(path, graceful=True).values() if zipfile.is_zipfile(path) else [scan_file(path, graceful=True)]
            said = ["error" if item.errors and not item.results else "clean" if item.is_safe else "flag" for item in found]
        except Exception:
            said = ["error"]
        worst = max([worst, *said], key=order.index)
print(worst)
"""


@dataclass(frozen=True, slots=True)
class Done:
    """How one process ended."""

    code: int
    out: str
    err: str
    seconds: float
    peak_kb: int
    timed_out: bool = False


def _run(command: list[str], folder: str) -> Done:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=err,
            cwd=folder,
            env={**os.environ, **_QUIET, "HOME": folder},
            start_new_session=True,
            preexec_fn=limit,  # noqa: PLW1509  no thread of this process holds a lock then
        )
        timed_out = False
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - started > _TIMEOUT_S:
                timed_out = True
                os.killpg(process.pid, 9)
                _, status, usage = os.wait4(process.pid, 0)
                break
            time.sleep(0.003)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        out.seek(0)
        err.seek(0)
        text, errors = (item.read(1 << 20).decode("utf-8", "replace") for item in (out, err))
    return Done(process.returncode, text, errors, seconds, usage.ru_maxrss, timed_out)


def _ajar(_: Path, case: str, __: str) -> tuple[list[str], Callable[[Done], str]]:
    def said(done: Done) -> str:
        level = json.loads(done.out)["level"]
        return {"dangerous": "flag", "caution": "flag-low", "unknown": "error"}.get(level, level)

    return [str(Path(sys.executable).with_name("ajar")), "scan", "--format", "json", case], said


def _picklescan(*extra: str) -> Callable[[Path, str, str], tuple[list[str], Callable[[Done], str]]]:
    def tool(venvs: Path, case: str, _: str) -> tuple[list[str], Callable[[Done], str]]:
        def said(done: Done) -> str:
            if done.code == 1:
                return "flag"
            if done.code != 0:
                return "error"
            return "skip" if "Scanned files: 0" in done.out else "clean"

        return [str(venvs / "picklescan/bin/picklescan"), "-p", case, *extra], said

    return tool


def _modelscan(venvs: Path, case: str, folder: str) -> tuple[list[str], Callable[[Done], str]]:
    page = f"{folder}/out.json"

    def said(_: Done) -> str:
        found = json.loads(Path(page).read_text())
        if found["summary"]["total_issues"]:
            return "flag"
        if found.get("errors"):
            return "error"
        return "clean" if found["summary"]["scanned"]["total_scanned"] else "skip"

    return [str(venvs / "modelscan/bin/modelscan"), "scan", "-p", case, "-r", "json", "-o", page], said


def _fickling(venvs: Path, case: str, _: str) -> tuple[list[str], Callable[[Done], str]]:
    return [str(venvs / "fickling/bin/python"), "-c", _FICKLING, case], lambda done: done.out.split()[-1]


def _modelaudit(venvs: Path, case: str, folder: str) -> tuple[list[str], Callable[[Done], str]]:
    page = f"{folder}/out.json"

    def said(done: Done) -> str:
        found = json.loads(Path(page).read_text())
        severities = {issue.get("severity") for issue in found.get("issues", ())}
        if "critical" in severities:
            return "flag"
        if "warning" in severities:
            return "flag-low"
        if done.code == 2 or found.get("has_errors"):
            return "error"
        return "clean" if found.get("files_scanned") else "skip"

    return [
        str(venvs / "modelaudit/bin/modelaudit"), "scan", case, "--format", "json", "--no-cache", "-o", page,
    ], said  # fmt: skip


def _aisbom(*extra: str) -> Callable[[Path, str, str], tuple[list[str], Callable[[Done], str]]]:
    def tool(venvs: Path, case: str, folder: str) -> tuple[list[str], Callable[[Done], str]]:
        page = f"{folder}/out.json"

        def said(_: Done) -> str:
            parts = json.loads(Path(page).read_text()).get("components", ())
            risks = [
                row["value"]
                for part in parts
                for row in part.get("properties", ())
                if row["name"] == "aisbom:risk"
            ]
            if any(risk.startswith(("CRITICAL", "HIGH")) for risk in risks):
                return "flag"
            return "clean" if risks else "skip"

        return [str(venvs / "aisbom/bin/aisbom"), "scan", case, "--output", page, *extra], said

    return tool


TOOLS: dict[str, Callable[[Path, str, str], tuple[list[str], Callable[[Done], str]]]] = {
    "ajar": _ajar,
    "picklescan": _picklescan(),
    "picklescan --strict": _picklescan("--strict"),
    "modelscan": _modelscan,
    "fickling": _fickling,
    "modelaudit": _modelaudit,
    "aisbom": _aisbom(),
    "aisbom --strict": _aisbom("--strict"),
}


def _cases(corpus: Path) -> Iterator[dict[str, Any]]:
    for page in sorted(corpus.glob("manifest.*.jsonl")):
        yield from map(json.loads, page.read_text("utf-8").splitlines())


def scan(corpus: Path, venvs: Path, results: Path, tools: list[str]) -> None:
    """Append a row a tool and case; rows that are there are not made again."""
    made = (
        {(row["tool"], row["id"]) for row in map(json.loads, results.read_text().splitlines())}
        if results.exists()
        else set()
    )
    jobs = [(tool, row) for tool in tools for row in _cases(corpus) if (tool, row["id"]) not in made]

    def one(job: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        tool, row = job
        with tempfile.TemporaryDirectory() as folder:
            command, said = TOOLS[tool](venvs, str(corpus / row["dir"]), folder)
            done = _run(command, folder)
            try:
                verdict = "timeout" if done.timed_out else said(done)
            except (ValueError, KeyError, IndexError, OSError):
                verdict = "crash"
        return {
            "tool": tool,
            "id": row["id"],
            "verdict": verdict,
            "s": round(done.seconds, 3),
            "kb": done.peak_kb,
        }

    with results.open("a") as page, ThreadPoolExecutor(os.cpu_count()) as pool:
        for row in pool.map(one, jobs):
            page.write(json.dumps(row) + "\n")
            page.flush()


_CODE = ("code",)
_OTHER = ("keras", "tensorflow", "onnx", "gguf", "chat-template", "safetensors", "archive", "misc", "code")


def _group(row: dict[str, Any]) -> str:
    """What a case's danger is made of."""
    if row["split"] == "public":
        suffix = str(row["format"]).lower()
        pickled = suffix in {
            "pkl",
            "pickle",
            "pt",
            "pth",
            "bin",
            "joblib",
            "npy",
            "npz",
            "dill",
            "dat",
            "zip",
            "7z",
            "none",
            "ckpt",
            "p",
            "pkl2",
            "sav",
        }
        return "pickle" if pickled else "other"
    return "code" if row["family"] in _CODE else "other" if row["family"] in _OTHER else "pickle"


def table(corpus: Path, results: Path) -> Iterator[str]:
    """Markdown: a row a tool, in percent of the cases of each kind; silent passes and costs in numbers."""
    rows = {row["id"]: row for row in _cases(corpus)}
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for item in map(json.loads, results.read_text().splitlines()):
        if item["id"] in rows:
            found[item["tool"]][item["id"]] = item
    kinds = [
        (f"{group} {split}", "malicious", split, group)
        for split, group in (
            ("dev", "pickle"),
            ("public", "pickle"),
            ("dev", "other"),
            ("public", "other"),
            ("dev", "code"),
        )
    ]
    ids = {
        title: [
            i for i, r in rows.items() if r["label"] == label and r["split"] == split and _group(r) == group
        ]
        for title, label, split, group in kinds
    }
    ids["files of libraries"] = [
        i for i, r in rows.items() if r["label"] == "benign" and r["split"] == "libs"
    ]
    ids["all honest"] = [i for i, r in rows.items() if r["label"] == "benign"]
    hostile = [i for i, r in rows.items() if r["label"] == "malicious"]
    named = {"exhausting": "dos", "malformed": "malformed"}
    others = {title: [i for i, r in rows.items() if r["label"] == label] for title, label in named.items()}
    heads = [*(f"{title} ({len(those)})" for title, those in ids.items()), f"silent of {len(hostile)}"]
    heads += [*(f"{title} named ({len(those)})" for title, those in others.items()), "median, worst", "peak"]
    yield "| tool | " + " | ".join(heads) + " |"
    yield "|---" * (len(heads) + 1) + "|"
    for tool, said in found.items():
        cells = []
        for those in ids.values():
            count = Counter(said[i]["verdict"] for i in those if i in said)
            total = max(sum(count.values()), 1)
            alarm = 100 * count["flag"] / total
            both = 100 * (count["flag"] + count["flag-low"]) / total
            cells.append(f"{both:.1f}" if tool not in {"ajar", "modelaudit"} else f"{both:.1f} ({alarm:.1f})")
        cells.append(str(sum(said[i]["verdict"] in {"clean", "skip"} for i in hostile if i in said)))
        for those in others.values():
            cells.append(
                str(
                    sum(
                        said[i]["verdict"] not in {"clean", "skip", "crash", "timeout"}
                        for i in those
                        if i in said
                    )
                )
            )
        seconds = sorted(item["s"] for item in said.values())
        cells.append(f"{seconds[len(seconds) // 2]:.2f} s, {seconds[-1]:.1f} s")
        cells.append(f"{max(item['kb'] for item in said.values()) // 1024} MB")
        yield f"| {tool} | " + " | ".join(cells) + " |"


def main() -> None:
    if sys.argv[1] == "--table":
        sys.stdout.writelines(f"{line}\n" for line in table(Path(sys.argv[2]), Path(sys.argv[3])))
        return
    corpus, venvs, results = map(Path, sys.argv[1:4])
    scan(corpus, venvs, results, sys.argv[4:] or list(TOOLS))


if __name__ == "__main__":
    main()
