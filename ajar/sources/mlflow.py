"""Models and runs of an MLflow tracking server: `models:/name/version`, `models:/name@alias`, `models:/m-…`, `runs:/id/path`.

REST API 2.0: https://mlflow.org/docs/latest/api_reference/rest-api.html. The server of `MLFLOW_TRACKING_URI` says where
the artefacts are. It hands them out itself (`mlflow-artifacts:`), or they are in a store, which is read as if it had been
named. What lies on the server's own disk it does not hand out.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ajar.blobs import Meter
from ajar.config import Options
from ajar.errors import MalformedError, TargetError, TargetNotFound, TargetUnreadable, UsageError
from ajar.interfaces import OpenRelease
from ajar.model.evidence import Evidence, Gap, GapReason, Location
from ajar.model.locator import Locator
from ajar.model.release import FileEntry, Release
from ajar.sources import store
from ajar.sources._names import is_path
from ajar.sources._remote import Line, RemoteFile, opened, refused, said
from ajar.sources._transport import Refused, authority

INSPECTOR = "mlflow"
FOLDERS, OUTPUTS = 1000, 32  # asked one by one
DESCRIPTION = "MLmodel"
_DESCRIPTION_BYTES = 1 << 20
_WORD = r"[^/:@'\"`\x00-\x1f]{1,200}"
_VERSION = re.compile(rf"/(?P<name>{_WORD})/(?P<version>\d{{1,9}})")
_ALIAS = re.compile(rf"/(?P<name>{_WORD})")
_LOGGED = re.compile(r"/(?P<id>m-[0-9a-f]{8,64})")
_RUN = re.compile(r"/(?P<id>[0-9a-f]{8,64})(?:/(?P<path>.{1,500}))?")
_REFUSED = "set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"


class MLflowSource:
    """A registered model's version, a logged model, or what a run left."""

    schemes: tuple[str, ...] = ("models", "runs")

    def resolve(self, locator: Locator, options: Options) -> AbstractContextManager[OpenRelease]:
        base = _server()
        meter = Meter(options.limits.read_bytes)
        line = Line(options, meter, trusted=frozenset({urlsplit(base).hostname or ""}))
        _authorise(line, base)
        try:
            found = _inside(_Server(line, base).found(locator), locator.subpath or "")
            place = urlsplit(found.uri)
            if place.scheme in store.StoreSource.schemes:
                line.close()
                return store.opened_as(
                    found.locator, found.uri, (found.revision, found.facts), options, meter
                )
            return opened(line, lambda way: _Artefacts(way, base, found).listed(), str(locator))
        except TargetError:
            line.close()
            raise
        except Refused as error:
            line.close()
            if error.status in {401, 403}:
                raise TargetUnreadable(f"{locator}: the server refuses", hint=_REFUSED) from error
            raise refused(error, str(locator)) from error
        except MalformedError as error:
            line.close()
            raise TargetUnreadable(
                f"{locator}: {error.message}", hint="check the server and the name"
            ) from error


@dataclass(frozen=True, slots=True)
class _Found:
    """Where artefacts are, and what the server says of the version they belong to."""

    locator: Locator  # the version instead of its alias
    revision: str
    uri: str
    facts: tuple[Evidence, ...] = ()


def _inside(found: _Found, folder: str) -> _Found:
    """A folder of the artefacts."""
    if not folder:
        return found
    return replace(found, uri=f"{found.uri.rstrip('/')}/{folder.strip('/')}")


def _server() -> str:
    base = os.environ.get("MLFLOW_TRACKING_URI", "").rstrip("/")
    if urlsplit(base).scheme not in {"http", "https"} or not urlsplit(base).hostname:
        hint = (
            "set it to the address of a tracking server; of a model on disk give the folder with the MLmodel"
        )
        raise UsageError(f"MLFLOW_TRACKING_URI={base or '(not set)'}: no server of MLflow", hint=hint)
    return base


def _authorise(line: Line, base: str) -> None:
    token, user = os.environ.get("MLFLOW_TRACKING_TOKEN", ""), os.environ.get("MLFLOW_TRACKING_USERNAME", "")
    if user:
        pair = f"{user}:{os.environ.get('MLFLOW_TRACKING_PASSWORD', '')}".encode()
        word = f"Basic {base64.b64encode(pair).decode()}"
        line.signers[authority(base)] = lambda *_: {"authorization": word}
    elif token:
        line.use_token(base, token)


class _Server:
    """The questions that lead to the artefacts."""

    def __init__(self, line: Line, base: str) -> None:
        self._line, self._api = line, f"{base}/api/2.0/mlflow"

    def found(self, locator: Locator) -> _Found:
        name, alias = locator.name, locator.revision
        if ".." in f"{name}/{locator.subpath}".split("/"):
            raise UsageError(
                f"{locator}: a path that leads out of the artefacts", hint="give a folder in them"
            )
        if locator.scheme == "runs":
            run = _RUN.fullmatch(name)
            if run and not alias:
                return self._run(locator, run["id"], run["path"] or "")
        elif (logged := _LOGGED.fullmatch(name)) and not alias:
            return self._logged(locator, logged["id"])
        elif (version := _VERSION.fullmatch(name)) and not alias:
            row = self._ask("model-versions/get", name=version["name"], version=version["version"])
            return self._version(locator, row)
        elif (model := _ALIAS.fullmatch(name)) and alias:
            return self._version(
                locator, self._ask("registered-models/alias", name=model["name"], alias=alias)
            )
        hint = "give it as models:/name/version, models:/name@alias, models:/m-… or runs:/id/path"
        raise UsageError(f"{locator}: not the name of a model of MLflow", hint=hint)

    def _ask(self, what: str, **query: str) -> Mapping[str, Any]:
        answer = self._line.answer(f"{self._api}/{what}?{urlencode(query, quote_via=quote)}")
        if not isinstance(answer, dict):
            raise MalformedError("the server's answer is no object")
        return answer

    def _version(self, locator: Locator, answer: Mapping[str, Any]) -> _Found:
        row = answer.get("model_version")
        row = row if isinstance(row, dict) else {}
        name, version = row.get("name"), row.get("version")
        if (
            not isinstance(name, str)
            or not isinstance(version, str)
            or not _VERSION.fullmatch(f"/{name}/{version}")
        ):
            raise MalformedError("the server names no version of the model")
        uri = self._ask("model-versions/get-download-uri", name=name, version=version).get("artifact_uri")
        pinned = replace(locator, name=f"/{name}/{version}", revision=None)
        return _Found(pinned, version, _uri(uri), tuple(_facts(row, f"mlflow:{name}")))

    def _logged(self, locator: Locator, name: str) -> _Found:
        model = self._ask(f"logged-models/{name}").get("model")
        info = model.get("info") if isinstance(model, dict) else None
        info = info if isinstance(info, dict) else {}
        return _Found(locator, name, _uri(info.get("artifact_uri")), tuple(_facts(info, f"mlflow:{name}")))

    def _run(self, locator: Locator, name: str, path: str) -> _Found:
        run = self._ask("runs/get", run_id=name).get("run")
        run = run if isinstance(run, dict) else {}
        first, _, rest = path.strip("/").partition("/")
        model = self._output(run.get("outputs"), first) if first else None
        if model is not None:
            uri, facts, path = _uri(model.get("artifact_uri")), tuple(_facts(model, f"mlflow:{name}")), rest
        else:
            info = run.get("info")
            uri, facts = _uri(info.get("artifact_uri") if isinstance(info, dict) else None), ()
        return _Found(locator, name, f"{uri.rstrip('/')}/{path.strip('/')}" if path else uri, facts)

    def _output(self, outputs: Any, name: str) -> Mapping[str, Any] | None:
        """The model of that name that the run made: since MLflow 3 it is no longer among the run's artefacts."""
        rows = outputs.get("model_outputs") if isinstance(outputs, dict) else None
        for row in rows[:OUTPUTS] if isinstance(rows, list) else ():
            known = row.get("model_id") if isinstance(row, dict) else None
            if isinstance(known, str) and _LOGGED.fullmatch(f"/{known}"):
                model = self._ask(f"logged-models/{known}").get("model")
                info = model.get("info") if isinstance(model, dict) else None
                if isinstance(info, dict) and info.get("name") == name:
                    return info
        return None


def _uri(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise MalformedError("the server does not say where the artefacts are")
    return value


def _facts(row: Mapping[str, Any], where: str) -> Iterator[Evidence]:
    for key, fields in (
        ("host.created", ("creation_timestamp", "creation_timestamp_ms")),
        ("host.last-modified", ("last_updated_timestamp", "last_updated_timestamp_ms")),
    ):
        stamp = next((row[field] for field in fields if field in row), None)
        text = str(stamp)  # servers write 64-bit numbers as text too
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
        if 0 < number < 1 << 45:
            date = datetime.fromtimestamp(number / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            yield said(key, date, where, INSPECTOR)
    tags = row.get("tags")
    for tag in tags[:64] if isinstance(tags, list) else ():
        name, value = (tag.get("key"), tag.get("value")) if isinstance(tag, dict) else (None, None)
        if isinstance(name, str) and name.lower() in {"license", "licence"} and isinstance(value, str):
            yield said("host.licence", value[:200], where, INSPECTOR, f"{name}: {value}"[:200])


class _Artefacts:
    """Files that the tracking server itself hands out."""

    def __init__(self, line: Line, base: str, found: _Found) -> None:
        self._line, self._found = line, found
        place = urlsplit(found.uri)
        if place.scheme != "mlflow-artifacts" or place.netloc not in {"", urlsplit(base).netloc}:
            hint = "download it with MLflow, and give the folder"
            raise TargetUnreadable(
                f"{found.locator}: the artefacts are at {found.uri[:200]}, which the server does not hand out",
                hint=hint,
            )
        self._root = place.path.strip("/")
        self._api = f"{base}/api/2.0/mlflow-artifacts/artifacts"

    def listed(self) -> tuple[Release, Sequence[Evidence | Gap], Mapping[str, RemoteFile]]:
        notes: list[Evidence | Gap] = [*self._found.facts]
        sizes = self._sizes(notes)
        if not sizes:
            locator = self._found.locator
            raise TargetNotFound(
                f"{locator}: no artefacts there", hint="check the version, or the run and its path"
            )
        rows = "".join(f"{path}\0{size}\n" for path, size in sorted(sizes.items()))
        edition = sha256(f"{rows}{self._description(sizes)}".encode("utf-8", "surrogatepass")).hexdigest()
        files = {
            path: RemoteFile(url=self._url(path), size=size, key=f"{self._url(path)}#{edition}")
            for path, size in sorted(sizes.items())
        }
        entries = tuple(FileEntry(path=path, size=file.size) for path, file in files.items())
        release = Release(locator=self._found.locator, revision=self._found.revision, files=entries)
        return release, notes, files

    def _url(self, path: str) -> str:
        return f"{self._api}/{quote(f'{self._root}/{path}' if self._root else path, safe='/')}"

    def _description(self, sizes: Mapping[str, int]) -> str:
        """What tells one logging of a model from the next: its MLmodel, with the time and the name of the logging."""
        if not 0 < sizes.get(DESCRIPTION, 0) <= _DESCRIPTION_BYTES:
            return os.urandom(16).hex()  # nothing tells: what is read is not read back from the cache
        url = self._url(DESCRIPTION)
        if self._line.options.offline:
            return str(self._line.cache.answer(url))
        reply = self._line.transport.get(url, limit_bytes=_DESCRIPTION_BYTES + 1)
        if reply.status != 200:
            raise Refused(reply.status, f"the server answers {reply.status}", reply.headers)
        digest = sha256(reply.body).hexdigest()
        self._line.cache.keep_answer(url, digest)
        return digest

    def _sizes(self, notes: list[Evidence | Gap]) -> dict[str, int]:
        """Paths and sizes in bytes, folder by folder, as the API lists them."""
        sizes: dict[str, int] = {}
        queue, asked, limit = [""], 0, self._line.options.limits.files
        while queue:
            folder = queue.pop()
            asked += 1
            if asked > FOLDERS or len(sizes) > limit:
                notes.append(
                    _gap(
                        folder or ".", GapReason.OVER_BUDGET, f"more than {limit} files, or {FOLDERS} folders"
                    )
                )
                break
            for row in self._rows(folder):
                name = row.get("path") if isinstance(row, dict) else None
                if not isinstance(name, str) or "/" in name or not is_path(name):
                    notes.append(
                        _gap(folder or ".", GapReason.MALFORMED, "the server lists a name that is none")
                    )
                    continue
                path = f"{folder}/{name}" if folder else name
                size = row.get("file_size")
                size = int(str(size)) if re.fullmatch(r"[0-9]{1,19}", str(size)) else -1
                if row.get("is_dir") is True:
                    queue.append(path)
                elif size >= 0:
                    sizes[path] = size
                else:
                    notes.append(_gap(path, GapReason.MALFORMED, "the server lists a file without a size"))
        return sizes

    def _rows(self, folder: str) -> Sequence[Any]:
        path = "/".join(part for part in (self._root, folder) if part)
        answer = self._line.answer(f"{self._api}?{urlencode({'path': path}, quote_via=quote)}")
        rows = answer.get("files", []) if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise MalformedError("the server's listing is no list")
        return rows


def _gap(path: str, reason: GapReason, detail: str) -> Gap:
    return Gap(location=Location(path=path), reason=reason, detail=detail, inspector=INSPECTOR)
