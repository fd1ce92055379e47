"""Models on ModelScope, and on any host that speaks its API: `modelscope:org/name[@revision][//folder]`.

The API as its own client (modelscope-hub 0.5) uses it. A listing names no commit, but the SHA-256 of every file: what is
read is held against it, and the revision is a digest of the listing. One answer holds at most 3000 entries and does not
say that there are more, so that a longer listing is asked for folder by folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from ajar.blobs import Meter
from ajar.config import Options
from ajar.errors import MalformedError, TargetNotFound, TargetUnreadable, UsageError
from ajar.interfaces import OpenRelease
from ajar.model.evidence import Evidence, Gap, GapReason, Location
from ajar.model.locator import Locator
from ajar.model.release import FileEntry, Release
from ajar.sources._names import is_path
from ajar.sources._remote import Line, RemoteFile, opened, said
from ajar.sources._transport import Refused

INSPECTOR = "modelscope"
ENDPOINT = "https://www.modelscope.cn"
MOST_ROWS = 3000  # of one answer, whatever is asked for
FOLDERS = 1000  # asked one by one
_NAME = re.compile(r"[\w.-]{1,96}/[\w.-]{1,128}")
_REVISION = re.compile(r"[\w./-]{1,200}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PAGE = re.compile(
    r"/models/(?P<name>[\w.-]{1,96}/[\w.-]{1,128})"
    r"(?:/(?:summary|files|file/view/(?P<revision>[\w.-]{1,128})/(?P<inner>.{1,500}?)))?/?"
)


class ModelScopeSource:
    """A model repository."""

    schemes: tuple[str, ...] = ("modelscope",)

    def resolve(self, locator: Locator, options: Options) -> AbstractContextManager[OpenRelease]:
        if not _NAME.fullmatch(locator.name) or ".." in locator.name:
            hint = "give it as modelscope:organisation/name"
            raise UsageError(f"{locator}: not the name of a repository", hint=hint)
        if locator.revision and (not _REVISION.fullmatch(locator.revision) or ".." in locator.revision):
            raise UsageError(f"{locator}: not a revision", hint="give a branch or a tag")
        endpoint = endpoint_of()
        line = Line(
            options, Meter(options.limits.read_bytes), trusted=frozenset({urlsplit(endpoint).hostname or ""})
        )
        token = os.environ.get("MODELSCOPE_API_TOKEN", "").strip()
        if token:
            line.use_token(endpoint, token)
        return opened(line, lambda way: _Repository(way, endpoint, locator).listed(), str(locator))


def endpoint_of() -> str:
    """`MODELSCOPE_ENDPOINT`, or the older `MODELSCOPE_DOMAIN`, or ModelScope itself. Raises `UsageError`."""
    named = os.environ.get("MODELSCOPE_ENDPOINT") or os.environ.get("MODELSCOPE_DOMAIN") or ENDPOINT
    endpoint = (named if "://" in named else f"https://{named}").rstrip("/")
    if urlsplit(endpoint).scheme not in {"http", "https"} or not urlsplit(endpoint).hostname:
        hint = f"give one such as {ENDPOINT}"
        raise UsageError(f"MODELSCOPE_ENDPOINT={endpoint}: not an address", hint=hint)
    return endpoint


def of_page(address: str) -> Locator | None:
    """The model, or the file in it, that a page of ModelScope shows."""
    parts = urlsplit(address)
    hosts = {
        urlsplit(endpoint_of()).netloc,
        "modelscope.cn",
        "www.modelscope.cn",
        "modelscope.ai",
        "www.modelscope.ai",
    }
    found = _PAGE.fullmatch(unquote(parts.path)) if parts.netloc in hosts else None
    if not found:
        return None
    return Locator(
        scheme="modelscope", name=found["name"], revision=found["revision"], subpath=found["inner"]
    )


class _Repository:
    """One repository at one revision."""

    def __init__(self, line: Line, endpoint: str, locator: Locator) -> None:
        self._line, self._locator = line, locator
        self._api = f"{endpoint}/api/v1/models/{locator.name}"
        self._revision = locator.revision or "master"
        self._folder = (locator.subpath or "").strip("/")

    def listed(self) -> tuple[Release, Sequence[Evidence | Gap], Mapping[str, RemoteFile]]:
        notes: list[Evidence | Gap] = []
        files: dict[str, RemoteFile] = {}
        limit = self._line.options.limits.files
        for row in self._rows(notes):
            if len(files) >= limit:
                notes.append(_gap(".", GapReason.OVER_BUDGET, f"more than {limit} files"))
                break
            self._place(row, files, notes)
        if not files:
            hint = "check the name, the revision and the folder"
            raise TargetNotFound(f"{self._locator}: the repository has no files there", hint=hint)
        notes += self._facts()
        files = dict(sorted(files.items()))
        listing = "".join(f"{path}\0{file.size}\0{file.key}\n" for path, file in files.items())
        revision = f"listing:{sha256(listing.encode('utf-8', 'surrogatepass')).hexdigest()}"
        entries = tuple(
            FileEntry(path=path, size=file.size, digest=file.digest or None) for path, file in files.items()
        )
        return Release(locator=self._locator, revision=revision, files=entries), notes, files

    def _place(self, row: Any, files: dict[str, RemoteFile], notes: list[Evidence | Gap]) -> None:
        path, size = (row.get("Path"), row.get("Size")) if isinstance(row, dict) else (None, None)
        if not isinstance(path, str) or not path or not isinstance(size, int) or size < 0:
            notes.append(_gap(".", GapReason.MALFORMED, "the host lists a file without a name or a size"))
            return
        if not is_path(path):
            detail = "the host lists a name that leads out of the repository"
            notes.append(_gap(path[:200].encode("utf-8", "replace").decode(), GapReason.MALFORMED, detail))
            return
        if self._folder and path != self._folder and not path.startswith(f"{self._folder}/"):
            return
        shown = path.removeprefix(f"{self._folder}/") if self._folder else path
        shown = shown.rpartition("/")[2] if path == self._folder else shown
        stated = str(row.get("Sha256") or "")
        digest = f"sha256:{stated}" if _SHA256.fullmatch(stated) else ""
        url = f"{self._api}/repo?{urlencode({'Revision': self._revision, 'FilePath': path}, quote_via=quote, safe='')}"
        files[shown] = RemoteFile(
            url=url, size=size, key=digest or f"{url}#{row.get('Revision')}", digest=digest
        )

    def _rows(self, notes: list[Evidence | Gap]) -> Iterator[Any]:
        """Files, each once; folder by folder where one answer does not hold them."""
        rows = self._listing("", recursive=True)
        if len(rows) < MOST_ROWS:
            yield from (row for row in rows if not _is_folder(row))
            return
        queue, asked = [""], 0
        while queue:
            folder = queue.pop()
            asked += 1
            if asked > FOLDERS:
                notes.append(_gap(folder, GapReason.OVER_BUDGET, f"more than {FOLDERS} folders"))
                return
            rows = self._listing(folder, recursive=False)
            if len(rows) >= MOST_ROWS:
                detail = f"the host lists no more than {MOST_ROWS} files of a folder"
                notes.append(_gap(folder or ".", GapReason.OVER_BUDGET, detail))
            for row in rows:
                if not _is_folder(row):
                    yield row
                elif isinstance(row.get("Path"), str) and row["Path"] != folder:
                    queue.append(row["Path"])

    def _listing(self, folder: str, *, recursive: bool) -> Sequence[Any]:
        query = {
            "Revision": self._revision,
            "Recursive": str(recursive),
            **({"Root": folder} if folder else {}),
        }
        data = self._answer(f"{self._api}/repo/files?{urlencode(query, quote_via=quote, safe='')}")
        rows = data.get("Files") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            raise MalformedError("the host's listing is no list")
        return rows

    def _answer(self, url: str) -> Any:
        try:
            answer = self._line.answer(url)
        except Refused as error:
            if error.status not in {401, 403}:
                raise
            hint = "check the name, or set MODELSCOPE_API_TOKEN to a token that has access"
            raise TargetUnreadable(f"{self._locator}: not there, private or gated", hint=hint) from error
        if not isinstance(answer, dict) or answer.get("Success") is not True:
            words = str(answer.get("Message", ""))[:200] if isinstance(answer, dict) else ""
            raise MalformedError(f"the host says no: {words}")
        return answer.get("Data")

    def _facts(self) -> Iterator[Evidence | Gap]:
        """What only the host has, as it states it."""
        where = f"modelscope:{self._locator.name}"
        try:
            info = self._answer(f"{self._api}?{urlencode({'Revision': self._revision})}")
        except (Refused, MalformedError, TargetUnreadable) as error:
            detail = error.strerror if isinstance(error, Refused) else error.message
            yield _gap(
                ".", GapReason.UNREADABLE, f"what the host says of the model could not be asked: {detail}"
            )
            return
        info = info if isinstance(info, dict) else {}
        if isinstance(info.get("License"), str) and info["License"]:
            yield said(
                "host.licence", info["License"][:200], where, INSPECTOR, f"License: {info['License']}"[:200]
            )
        bases = info.get("BaseModel")
        for base in bases[:16] if isinstance(bases, list) else ():
            if isinstance(base, str) and base:
                yield said("host.base-model", base[:200], where, INSPECTOR, "relation: not stated")
        if isinstance(info.get("Downloads"), int):
            yield said("host.downloads", info["Downloads"], where, INSPECTOR)
        when = info.get("LastUpdatedTime")
        if isinstance(when, int) and 0 < when < 1 << 36:
            date = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            yield said("host.last-modified", date, where, INSPECTOR)


def _is_folder(row: Any) -> bool:
    return isinstance(row, dict) and row.get("Type") == "tree"


def _gap(path: str, reason: GapReason, detail: str) -> Gap:
    return Gap(location=Location(path=path), reason=reason, detail=detail, inspector=INSPECTOR)
