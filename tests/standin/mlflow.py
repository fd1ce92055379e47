"""A tracking server of MLflow: a stand-in in the shapes of MLflow 3.17, and the server itself where it is there."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standin.hub import LOOPBACK, serving

MLFLOW = os.environ.get("MLFLOW") or shutil.which("mlflow") or ""
RUN, MODEL = "ab" * 16, "m-" + "cd" * 16


class Standin:
    """Artefacts by path. One run, one logged model, and versions by name."""

    def __init__(self) -> None:
        self.artefacts: dict[str, bytes] = {}
        self.versions: dict[tuple[str, str], str] = {}
        self.aliases: dict[tuple[str, str], str] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.wanted_word = ""
        self.endpoint = ""
        self.run_uri = f"mlflow-artifacts:/0/{RUN}/artifacts"
        self.model_uri = f"mlflow-artifacts:/0/models/{MODEL}/artifacts"
        self.file_row: dict[str, Any] = {}

    def place(self, name: str) -> str:
        """A folder of artefacts of the run."""
        return f"0/{RUN}/artifacts/{name}"

    def put(self, folder: str, files: dict[str, bytes]) -> None:
        self.artefacts |= {f"{folder}/{path}": data for path, data in files.items()}

    def register(self, name: str, uri: str, alias: str = "") -> str:
        version = str(1 + sum(known == name for known, _ in self.versions))
        self.versions[name, version] = uri
        if alias:
            self.aliases[name, alias] = version
        return version

    def answer(self, request: Request) -> Response:
        self.asked.append((request.url.path, dict(request.headers)))
        if self.wanted_word and request.headers.get("authorization") != self.wanted_word:
            return Response(b"You are not authenticated.", 401)
        what, query = request.path_params["what"], request.query_params
        gone = JSONResponse({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "not found"}, 404)
        if what == "mlflow-artifacts/artifacts":
            return self._list(query.get("path", ""))
        if what.startswith("mlflow-artifacts/artifacts/"):
            return self._read(request, what.removeprefix("mlflow-artifacts/artifacts/"))
        if what == "mlflow/runs/get":
            info = {"run_id": RUN, "artifact_uri": self.run_uri}
            outputs = {"model_outputs": [{"model_id": MODEL, "step": 0}]}
            return (
                JSONResponse({"run": {"info": info, "outputs": outputs}}) if query["run_id"] == RUN else gone
            )
        if what == f"mlflow/logged-models/{MODEL}":
            info = {
                "model_id": MODEL,
                "name": "model",
                "artifact_uri": self.model_uri,
                "creation_timestamp_ms": 1767323045000,
            }
            return JSONResponse({"model": {"info": info, "data": {}}})
        name, version = query.get("name", ""), query.get("version", "")
        if what == "mlflow/registered-models/alias":
            version = self.aliases.get((name, query["alias"]), "")
        if (name, version) not in self.versions:
            return gone
        if what == "mlflow/model-versions/get-download-uri":
            return JSONResponse({"artifact_uri": self.versions[name, version]})
        row = {
            "name": name, "version": version, "creation_timestamp": 1767323045000, "last_updated_timestamp": 1767323045000,
            "tags": [{"key": "license", "value": "mit"}], "status": "READY",
        }  # fmt: skip
        return JSONResponse({"model_version": row})

    def _list(self, folder: str) -> Response:
        rows: dict[str, dict[str, Any]] = {}
        for path, data in sorted(self.artefacts.items()):
            if path.startswith(f"{folder}/"):
                name, slash, _ = path.removeprefix(f"{folder}/").partition("/")
                rows[name] = {"path": name, "is_dir": bool(slash)} | (
                    {} if slash else {"file_size": len(data)} | self.file_row
                )
        return JSONResponse({"files": list(rows.values())} if rows else {})

    def _read(self, request: Request, path: str) -> Response:
        data = self.artefacts.get(path)
        if data is None:
            return Response(b"{}", 404)
        if "range" not in request.headers:
            return Response(data)
        first, _, last = request.headers["range"].removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last) + 1, len(data))
        return Response(data[start:end], 206, {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}"})


@contextmanager
def standin() -> Iterator[Standin]:
    made = Standin()
    with serving(Starlette(routes=[Route("/api/2.0/{what:path}", made.answer)])) as endpoint:
        made.endpoint = endpoint
        yield made


class Server:
    """MLflow's own server, written to by its REST API."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._run = self._post("runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]

    def _post(self, what: str, body: dict[str, str]) -> Any:
        url = f"{self.endpoint}/api/2.0/mlflow/{what}"
        answer = httpx2.post(url, json=body, trust_env=False, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def place(self, name: str) -> str:
        return f"0/{self._run}/artifacts/{name}"

    def put(self, folder: str, files: dict[str, bytes]) -> None:
        for path, data in files.items():
            root = f"/api/2.0/mlflow-artifacts/artifacts/{folder}"
            where = httpx2.URL(f"{self.endpoint}/").copy_with(path=f"{root}/{path}")
            httpx2.put(where, content=data, trust_env=False, timeout=60).raise_for_status()

    def register(self, name: str, uri: str, alias: str = "") -> str:
        self._post("registered-models/create", {"name": name})
        body = {"name": name, "source": uri, "run_id": self._run}
        version = str(self._post("model-versions/create", body)["model_version"]["version"])
        if alias:
            self._post("registered-models/alias", {"name": name, "alias": alias, "version": version})
        return version


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = free.getsockname()[1]
    folder.mkdir()
    command = [MLFLOW, "server", "--host", LOOPBACK, "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{folder}/m.db",
        "--artifacts-destination",
        str(folder / "art"),
    ]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=folder, start_new_session=True)
    endpoint = f"http://{LOOPBACK}:{port}"
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                httpx2.get(f"{endpoint}/health", trust_env=False).raise_for_status()
                break
            except httpx2.HTTPError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)
        yield Server(endpoint)
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)
