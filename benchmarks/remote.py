"""Releases on a hub behind 30 ms and 100 Mbit/s: requests, bytes, seconds. `python benchmarks/remote.py [VENVS]`.

The hub is the stand-in of the tests, on loopback: it answers each request after 30 ms, and all its answers share one
line of 100 Mbit/s. Weights are sparse, with real headers. Every run is a command of its own with an empty cache,
start-up included. VENVS has an environment a peer (aisbom, modelaudit); one that is missing is made there with pip.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.build.sparse import gguf, onnx, safetensors, torch_zip
from tests.standin.hub import Hub, Sparse, hub

LATENCY_S = 0.03
BITS_A_SECOND = 100_000_000
PATIENCE_S = 60  # for a peer; one that reads headers needs a second, one that downloads needs minutes
SCALE = 100  # of the size at which downloading is really run
SMALL = 100
TRIES = 3  # the best is told; neighbours on the machine only add
GIB = 1 << 30
NAME = "org/model"
CARD = b"---\nlicense: apache-2.0\n---\n# Model\nWeights under Apache-2.0.\n"
PEERS = {"aisbom": "aisbom-cli==1.7.0", "modelaudit": "modelaudit==0.2.54"}
QUIET = {
    "AISBOM_NO_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",
    "NO_ANALYTICS": "1",
    "NO_COLOR": "1",
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
}
DOWNLOAD = """
import sys, time
from huggingface_hub import snapshot_download
started = time.perf_counter()
snapshot_download(sys.argv[1], local_dir=sys.argv[2])
print(time.perf_counter() - started)
"""


def releases(scale: int = 1) -> Iterator[tuple[str, dict[str, Any]]]:
    """`(what it is, its files)`, each weight file `scale` times smaller."""
    own = {"README.md": CARD, "config.json": b'{"model_type": "llama"}'}
    shards = {f"model-0000{number}-of-00002.safetensors": safetensors(8 * GIB // scale) for number in (1, 2)}
    yield "two shards of safetensors, 16 GiB", {**own, **shards}
    yield "one GGUF, 40 GiB", {**own, "model.gguf": gguf(40 * GIB // scale)}
    yield "one torch zip, 10 GiB, 100 storages", {**own, "pytorch_model.bin": torch_zip(10 * GIB // scale)}
    yield "one ONNX, 2 GB, 30 initializers", {**own, "model.onnx": onnx(2_000_000_000 // scale)}


@dataclass(frozen=True, slots=True)
class Ran:
    """One command, and what the hub saw of it."""

    code: int | None  # None: stopped when patience was out
    out: str
    err: str
    seconds: float
    requests: int
    sent: int


def settle(standin: Hub) -> None:
    """Wait until what an earlier command asked for has been sent, or given up."""
    before = -1
    while standin.sent != before:
        before = standin.sent
        time.sleep(1)
    standin.asked.clear()
    standin.sent = 0


def stop_workers(home: str) -> None:
    """End what a stopped command left running: processes whose home is its own."""
    for page in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"HOME={home}".encode() in page.read_bytes().split(b"\0"):
                os.kill(int(page.parent.name), signal.SIGKILL)


def ran(standin: Hub, command: list[str], patience_s: float, **more: str) -> Ran:
    """Run a command against the stand-in, at home nowhere."""
    settle(standin)
    with tempfile.TemporaryDirectory() as home:
        own = {**QUIET, "HF_ENDPOINT": standin.endpoint, "HOME": home, "AJAR_CACHE": f"{home}/kept", **more}
        own = {name: value.replace("{home}", home) for name, value in own.items()}
        command = [part.replace("{home}", home) for part in command]
        started = time.perf_counter()
        code: int | None = None
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **own},
            cwd=home,
            text=True,
        ) as process:
            try:
                out, err = process.communicate(timeout=patience_s)
                code = process.returncode
            except subprocess.TimeoutExpired:
                process.kill()
                stop_workers(home)
                out, err = process.communicate()
        seconds = time.perf_counter() - started
    return Ran(code, out, err, seconds, standin.requests(), standin.sent)


def audited(standin: Hub, *targets: str) -> tuple[list[dict[str, Any]], Ran]:
    """The reports of one command."""
    command = [sys.executable, "-m", "ajar", "audit", *targets, "--format", "json", "--quiet"]
    done = ran(standin, command, 600, PYTHONPATH=str(Path(__file__).parent.parent))
    if done.code:
        raise SystemExit(done.err)
    found = json.loads(done.out)
    return (found if isinstance(found, list) else [found]), done


def own_table(standin: Hub) -> None:
    print("| release | there | the host serves | read | share | requests | seconds |")
    print("|---|---|---|---|---|---|---|")
    for what, files in releases():
        standin.add(NAME, files)
        for several in (True, False):
            standin.faults.several_ranges = several
            reports, done = min(
                (audited(standin, NAME) for _ in range(TRIES)), key=lambda run: run[1].seconds
            )
            there, read = reports[0]["cost"]["bytes_total"], reports[0]["cost"]["bytes_read"]
            print(
                f"| {what} | {there / 1e9:.1f} GB | {'several ranges' if several else 'one range'} "
                f"| {read / 1e6:.2f} MB | {read / there:.4%} | {done.requests} | {done.seconds:.1f} |",
                flush=True,
            )
        standin.faults.several_ranges = False


def downloaded(standin: Hub) -> Iterator[float]:
    """Seconds to download each release: really run at a hundredth of the size, times a hundred."""
    for _, files in releases(SCALE):
        standin.add(NAME, files)
        done = ran(standin, [sys.executable, "-c", DOWNLOAD, NAME, "{home}/model"], 600)
        if done.code:
            raise SystemExit(done.err)
        yield float(done.out.split()[-1]) * SCALE


def peer_commands(venvs: Path, standin: Hub, files: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """AIsbom knows one hub by name and no other, so it is given the addresses of the weights there."""
    weights = [path for path, content in files.items() if isinstance(content, Sparse)]
    address = f"{standin.endpoint}/{NAME}/resolve/main/{weights[0]}"
    yield "aisbom", [str(venvs / "aisbom/bin/aisbom"), "scan", address, "--output", "{home}/bom.json"]
    yield "modelaudit", [
        str(venvs / "modelaudit/bin/modelaudit"), "scan", f"hf://{NAME}", "--format", "json",
        "--max-size", "100GB", "--timeout", "600",
    ]  # fmt: skip


def peer_table(standin: Hub, venvs: Path) -> None:
    """What each peer did; the stand-in sends one range at a time, as S3 does."""
    print("\n| release | tool | seconds | requests | sent to it | what it did |")
    print("|---|---|---|---|---|---|")
    slow = list(downloaded(standin))
    for (what, files), seconds in zip(releases(), slow, strict=True):
        standin.add(NAME, files)
        reports, done = min((audited(standin, NAME) for _ in range(TRIES)), key=lambda run: run[1].seconds)
        level = reports[0]["safety"]["level"]
        print(
            f"| {what} | ajar | {done.seconds:.1f} | {done.requests} | {done.sent / 1e6:.2f} MB | {level} |"
        )
        for name, command in peer_commands(venvs, standin, files):
            found = ran(standin, command, PATIENCE_S)
            words = " ".join(re.sub(r"[^ -~]", " ", found.out + found.err).replace("|", "/").split())
            end = f"stopped after {PATIENCE_S} s" if found.code is None else f"exit {found.code}"
            print(
                f"| {what} | {name} | {found.seconds:.1f} | {found.requests} | {found.sent / 1e6:.2f} MB "
                f"| {end}; {words[-160:]} |",
                flush=True,
            )
        there = sum(content.size for content in files.values() if isinstance(content, Sparse))
        print(
            f"| {what} | a download alone | {seconds:.0f} | | {there / 1e6:,.0f} MB | run at 1/{SCALE} |",
            flush=True,
        )


def made(venvs: Path) -> Path:
    """Environments of the peers."""
    for name, package in PEERS.items():
        if not (venvs / name / "bin" / name).exists():
            subprocess.run([sys.executable, "-m", "venv", str(venvs / name)], check=True)
            subprocess.run([str(venvs / name / "bin/pip"), "install", "-qq", package], check=True)
    return venvs.resolve()


def small_ones(standin: Hub) -> None:
    names = [f"org/small-{number}" for number in range(SMALL)]
    for name in names:
        small = {"README.md": CARD, "config.json": b"{}", "model.safetensors": safetensors(1 << 20, 4)}
        standin.add(name, small)
    _, done = audited(standin, *names)
    print(f"\n{SMALL} small releases: {SMALL / done.seconds:.1f} a second, {done.requests} requests")


def main() -> None:
    venvs = made(Path(sys.argv[1] if len(sys.argv) > 1 else "build/peers"))
    with hub() as standin:
        standin.faults.latency, standin.faults.bits_a_second = LATENCY_S, BITS_A_SECOND
        own_table(standin)
        small_ones(standin)
        peer_table(standin, venvs)


if __name__ == "__main__":
    main()
