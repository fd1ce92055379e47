"""Model and data repositories of the Hugging Face hub, and of any host that speaks its API.

API: https://huggingface.co/docs/hub/api. One request lists a repository with sizes and digests; files are
read by range through `/resolve/`. A token goes to the endpoint alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from ajar.blobs import Meter
from ajar.config import Options
from ajar.errors import MalformedError, TargetNotFound, TargetUnreadable, UsageError
from ajar.interfaces import OpenRelease
from ajar.model.evidence import Evidence, Gap, GapReason, Location
from ajar.model.locator import Locator
from ajar.model.release import FileEntry, Release, is_front
from ajar.sources._remote import Line, RemoteFile, opened, parsed, refused, said
from ajar.sources._transport import Refused

INSPECTOR = "hub"
ENDPOINT = "https://huggingface.co"
NAME = re.compile(r"[\w.-]{1,96}(?:/[\w.-]{1,96})?")
_REVISION = re.compile(r"[\w./-]{1,256}")
_SHA = re.compile(r"[0-9a-f]{40}")
_PINNED = re.compile(r"/(?:tree|commits)/[0-9a-f]{40}(?:\?|$)")
_DATA = re.compile(r"datasets?/")
_PAGE = re.compile(
    r"/(?P<data>datasets/)?(?P<name>(?!datasets/|spaces/|api/|docs/)[\w.-]{1,96}/[\w.-]{1,96})"
    r"(?:/(?:tree|blob|resolve)/(?P<revision>refs/(?:pr|convert)/\w{1,64}|[\w.-]{1,128})(?:/(?P<inner>.{1,500}?))?)?/?"
)
NEXT = re.compile(r"<([^>]+)>\s*;\s*rel=\"?next\"?")
_PAGES = 500
_HISTORY_PAGES = 20  # of 50 commits
_TAGS = 64
_DELETED = re.compile(r"(?:Delete|Remove) `?([\w./ -]{1,300}?)`?(?: with huggingface_hub)?", re.IGNORECASE)


class HubSource:
    """`hf:org/name[@revision][//folder]`, `hf:dataset/org/name`."""

    schemes: tuple[str, ...] = ("hf",)

    def resolve(self, locator: Locator, options: Options) -> AbstractContextManager[OpenRelease]:
        repository, line = self._repository(locator, options)
        return opened(line, lambda _: repository.listed(), str(locator))

    def before(self, locator: Locator, date: str, options: Options) -> Locator:
        """The repository at its last commit before `date`. Raises `TargetError`."""
        repository, line = self._repository(locator, options)
        try:
            return replace(locator, revision=repository.commit_before(date))
        except Refused as error:
            raise refused(error, str(locator)) from error
        except MalformedError as error:
            raise TargetUnreadable(f"{locator}: {error.message}", hint="try again later") from error
        finally:
            line.close()

    def _repository(self, locator: Locator, options: Options) -> tuple[_Repository, Line]:
        kind, name = _kind_and_name(locator)
        endpoint = endpoint_of()
        line = trusted_line(endpoint, options)
        return _Repository(line, endpoint, kind, name, locator), line


def trusted_line(endpoint: str, options: Options) -> Line:
    """The way to a hub, with the token that is its own."""
    address = urlsplit(endpoint)
    port = address.port or (443 if address.scheme == "https" else 80)
    token = _token()
    return Line(
        options,
        Meter(options.limits.read_bytes),
        trusted=frozenset({address.hostname or ""}),
        tokens={f"{address.hostname}:{port}": token} if token else {},
    )


def has_token() -> bool:
    """Whether requests to the hub carry a token: its limits are higher then."""
    return bool(_token())


def of_page(address: str) -> Locator | None:
    """What a page of the hub shows, as people copy it from a browser: a repository, a folder or a file in it."""
    parts, hub = urlsplit(address), urlsplit(endpoint_of())
    if parts.netloc != hub.netloc and parts.netloc not in {"huggingface.co", "www.huggingface.co", "hf.co"}:
        return None
    found = _PAGE.fullmatch(unquote(parts.path))
    if not found:
        return None
    return Locator(
        scheme="hf",
        name=f"{'dataset/' if found['data'] else ''}{found['name']}",
        revision=found["revision"],
        subpath=found["inner"],
    )


def endpoint_of() -> str:
    """`HF_ENDPOINT`, or the hub itself. Raises `UsageError` when it is no address."""
    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or ENDPOINT
    if urlsplit(endpoint).scheme not in {"http", "https"} or not urlsplit(endpoint).hostname:
        raise UsageError(
            f"HF_ENDPOINT={endpoint}: not an address", hint="give one such as https://huggingface.co"
        )
    return endpoint


def _token() -> str:
    """As the hub's own client finds it: `HF_TOKEN`, else the file that logging in writes."""
    token = os.environ.get("HF_TOKEN", "").strip()
    if token or os.environ.get("HF_HUB_DISABLE_IMPLICIT_TOKEN", "").lower() in {"1", "true", "yes", "on"}:
        return token
    home = os.environ.get("HF_HOME") or str(Path.home() / ".cache" / "huggingface")
    path = Path(os.environ.get("HF_TOKEN_PATH") or Path(home) / "token")
    try:
        return path.read_text("ascii").strip()[:512]
    except (OSError, UnicodeError):
        return ""


def _kind_and_name(locator: Locator) -> tuple[str, str]:
    name = locator.name
    kind = "datasets" if _DATA.match(name) else "models"
    name = _DATA.sub("", name, count=1)
    if not NAME.fullmatch(name) or ".." in name:
        raise UsageError(f"{locator}: not the name of a repository", hint="give it as hf:organisation/name")
    if locator.revision and (not _REVISION.fullmatch(locator.revision) or ".." in locator.revision):
        raise UsageError(f"{locator}: not a revision", hint="give a branch, a tag or a commit")
    return kind, name


class _Repository:
    """One repository at one revision."""

    def __init__(self, line: Line, endpoint: str, kind: str, name: str, locator: Locator) -> None:
        self._line, self._endpoint, self._kind, self._name, self._locator = (
            line,
            endpoint,
            kind,
            name,
            locator,
        )
        self._revision = locator.revision or "main"

    def listed(self) -> tuple[Release, Sequence[Evidence | Gap], Mapping[str, RemoteFile]]:
        api = f"{self._endpoint}/api/{self._kind}/{self._name}/revision/{quote(self._revision, safe='')}"
        info = self._line.answer(f"{api}?blobs=true&securityStatus=true")
        if not isinstance(info, dict):
            raise MalformedError("the hub's answer is no object")
        commit = info.get("sha")
        if not isinstance(commit, str) or not _SHA.fullmatch(commit):
            raise MalformedError("the hub names no commit")
        rows = info.get("siblings")
        rows = rows if isinstance(rows, list) else []
        if any(not isinstance(row, dict) or not isinstance(row.get("size"), int) for row in rows):
            rows = list(self._tree(commit))
        notes: list[Evidence | Gap] = [*_host_facts(info, self._name)]
        files: dict[str, RemoteFile] = {}
        entries: list[FileEntry] = []
        for row in rows[: self._line.options.limits.files]:
            entry = self._entry(row, commit, files, notes)
            if entry is not None:
                entries.append(entry)
        if len(rows) > self._line.options.limits.files:
            detail = f"more than {self._line.options.limits.files} files"
            notes.append(_gap(".", GapReason.OVER_BUDGET, detail))
        if not entries:
            shown = f"{self._locator}"
            raise TargetNotFound(
                f"{shown}: the repository has no files there", hint="check the name and the folder"
            )
        entries.sort(key=lambda entry: entry.path)
        paths = [entry.path for entry in entries]
        # Two questions that do not wait for each other.
        told = self._line.together(
            [partial(self._last_changes, commit, paths), partial(self._history, commit)]
        )
        notes += [note for some in told for note in some]
        locator = replace(self._locator, revision=commit)
        release = Release(locator=locator, revision=commit, files=tuple(entries))
        return release, notes, {entry.path: files[entry.path] for entry in entries}

    def _entry(
        self, row: Any, commit: str, files: dict[str, RemoteFile], notes: list[Evidence | Gap]
    ) -> FileEntry | None:
        path, size = row.get("rfilename", row.get("path")), row.get("size")
        if not isinstance(path, str) or not isinstance(size, int) or size < 0 or not path:
            notes.append(_gap(".", GapReason.MALFORMED, "the hub lists a file without a name or a size"))
            return None
        if ".." in path.split("/") or path.startswith("/") or "\0" in path:
            notes.append(
                _gap(path[:200], GapReason.MALFORMED, "the hub lists a name that leads out of the repository")
            )
            return None
        folder = self._locator.subpath
        if folder and not path.startswith(f"{folder.strip('/')}/") and path != folder.strip("/"):
            return None
        shown = path.removeprefix(f"{folder.strip('/')}/") if folder else path
        large = row.get("lfs")
        digest = large.get("sha256", large.get("oid")) if isinstance(large, dict) else None
        blob = row.get("blobId", row.get("oid"))
        stated = (
            f"sha256:{digest}" if isinstance(digest, str) else f"git:{blob}" if isinstance(blob, str) else ""
        )
        prefix = "datasets/" if self._kind == "datasets" else ""
        url = f"{self._endpoint}/{prefix}{self._name}/resolve/{commit}/{quote(path)}"
        key = stated if stated.startswith("sha256:") else f"{url}#{blob}"
        files[shown] = RemoteFile(url=url, size=size, key=key, digest=stated)
        return FileEntry(path=shown, size=size, digest=stated if stated.startswith("sha256:") else None)

    def _last_changes(self, commit: str, paths: Sequence[str]) -> list[Evidence | Gap]:
        """When licence and card were last changed, and by which commit: one request, and no loss where it fails."""
        asked = [path for path in paths if is_front(path, 0)][:_TAGS]
        options = self._line.options
        if not asked or options.shallow or not options.changes or self._locator.subpath:
            return []
        url = f"{self._endpoint}/api/{self._kind}/{self._name}/paths-info/{commit}"
        try:
            rows = self._line.post(url, {"paths": asked, "expand": True})
        except (OSError, MalformedError) as error:
            return [_not_asked("when licence and card changed", error)]
        found: list[Evidence | Gap] = []
        for row in rows if isinstance(rows, list) else []:
            last = row.get("lastCommit") if isinstance(row, dict) else None
            if isinstance(last, dict) and isinstance(last.get("date"), str) and row.get("path") in asked:
                words = (
                    f"{last['date'][:10]} {str(last.get('title', ''))[:120]} ({str(last.get('id', ''))[:10]})"
                )
                found.append(said("host.file-changed", last["date"][:40], row["path"], INSPECTOR, words))
        return found

    def _history(self, commit: str) -> list[Evidence | Gap]:
        """The commits, newest first: the first page, or with `history` up to a thousand."""
        if self._line.options.shallow or not self._line.options.changes:
            return []
        where = f"hub:{self._name}"
        url = f"{self._endpoint}/api/{self._kind}/{self._name}/commits/{commit}"
        pages = _HISTORY_PAGES if self._line.options.history else 1
        found: list[Evidence | Gap] = []
        try:
            for row in self._rows(url, pages):
                stated, title = row.get("date"), str(row.get("title", ""))[:120]
                if not isinstance(stated, str):
                    continue
                words = f"{stated[:10]} {title} ({str(row.get('id', ''))[:10]})"
                found.append(said("host.commit", stated[:40], where, INSPECTOR, words))
                deleted = _DELETED.fullmatch(title)
                if deleted:
                    found.append(said("host.file-deleted", deleted[1][:300], where, INSPECTOR, words))
        except (OSError, MalformedError) as error:
            found.append(_not_asked("the history", error))
        return found

    def commit_before(self, date: str) -> str:
        """The last commit before `date` (ISO 8601). Raises `TargetNotFound` when there is none."""
        revision = quote(self._revision, safe="")
        url = f"{self._endpoint}/api/{self._kind}/{self._name}/commits/{revision}"
        for row in self._rows(url, _PAGES):
            if str(row.get("date", "~"))[:19] < date and _SHA.fullmatch(str(row.get("id"))):
                return str(row["id"])
        raise TargetNotFound(f"{self._locator}: no commit before {date}", hint="give a later date")

    def _tree(self, commit: str) -> Iterator[Any]:
        """The paged listing, where the first answer had no sizes."""
        url = f"{self._endpoint}/api/{self._kind}/{self._name}/tree/{commit}?recursive=true"
        yield from (row for row in self._rows(url, _PAGES, whole=True) if row.get("type") != "directory")

    def _rows(self, url: str, pages: int, *, whole: bool = False) -> Iterator[Mapping[str, Any]]:
        """Objects of a paged list, up to so many pages; where the `whole` is wanted, more is `MalformedError`."""
        for _ in range(pages):
            # A pinned revision has one past and one list of files.
            is_known = self._line.options.offline or bool(_PINNED.search(url))
            kept = self._line.cache.answer(url) if is_known else None
            if kept is None:
                reply = self._line.ask(url)
                if reply.status != 200:
                    raise Refused(reply.status, f"the host answers {reply.status}", reply.headers)
                link = NEXT.search(reply.headers.get("link", ""))
                kept = {"rows": parsed(reply), "next": link[1] if link else ""}
                self._line.cache.keep_answer(url, kept)
            rows = kept["rows"]
            if not isinstance(rows, list):
                raise MalformedError("the hub's listing is no list")
            yield from (row for row in rows if isinstance(row, dict))
            following = kept["next"]
            if not following:
                return
            if urlsplit(following).netloc != urlsplit(url).netloc:
                raise MalformedError("the listing goes on at another host")
            url = following
        if whole:
            raise MalformedError(f"a listing of more than {pages} pages")


def _not_asked(what: str, error: Exception) -> Gap:
    detail = error.strerror if isinstance(error, OSError) else str(error)
    return _gap(".", GapReason.UNREADABLE, f"{what} could not be asked: {detail}")


def _host_facts(info: Mapping[str, Any], name: str) -> Iterator[Evidence]:
    """What only the host has, as it states it."""
    where = f"hub:{name}"
    gated = info.get("gated")
    if gated in ("auto", "manual"):
        yield said("host.gated", gated, where, INSPECTOR, f"gated: {gated}")
    elif gated is False:
        yield said("host.gated", False, where, INSPECTOR)
    for key, field in (("host.private", "private"), ("host.disabled", "disabled")):
        if isinstance(info.get(field), bool):
            yield said(key, info[field], where, INSPECTOR)
    for key, field in (("host.downloads", "downloads"), ("host.likes", "likes")):
        if isinstance(info.get(field), int):
            yield said(key, info[field], where, INSPECTOR)
    for key, field in (
        ("host.last-modified", "lastModified"),
        ("host.created", "createdAt"),
        ("host.author", "author"),
    ):
        if isinstance(info.get(field), str):
            yield said(key, info[field][:200], where, INSPECTOR)
    tags = (
        [tag for tag in info.get("tags", ()) if isinstance(tag, str)]
        if isinstance(info.get("tags"), list)
        else []
    )
    for tag in tags[:_TAGS]:
        kind, _, value = tag.partition(":")
        if kind == "license":
            yield said("host.licence", value[:200], where, INSPECTOR, tag[:200])
        elif kind == "base_model":
            relation, _, base = value.rpartition(":")
            yield said(
                "host.base-model", base[:200], where, INSPECTOR, f"relation: {relation or 'not stated'}"
            )
        elif kind == "dataset":
            yield said("host.dataset", value[:200], where, INSPECTOR, tag[:200])
        else:
            yield said("host.tag", tag[:200], where, INSPECTOR)
    yield from _scans(info, where)


def _scans(info: Mapping[str, Any], where: str) -> Iterator[Evidence]:
    """The hub's own security scan. Not scanned is not safe, so a scan that is not stated is said to be missing."""
    status = info.get("securityRepoStatus")
    if not isinstance(status, dict):
        yield said("host.scan-issues", None, where, INSPECTOR, "the hub states no scan of this repository")
        return
    done = status.get("scansDone")
    issues = status.get("filesWithIssues")
    if done is True and isinstance(issues, list):
        yield said("host.scan-issues", len(issues), where, INSPECTOR)
        for issue in issues[:_TAGS]:
            if isinstance(issue, dict) and isinstance(issue.get("path"), str):
                level = issue.get("level")
                yield said("host.scan-issue", issue["path"][:300], where, INSPECTOR, f"level: {level}"[:100])
    else:
        yield said("host.scan-issues", None, where, INSPECTOR, "the hub has not finished its scan")


def _gap(path: str, reason: GapReason, detail: str) -> Gap:
    return Gap(location=Location(path=path), reason=reason, detail=detail, inspector=INSPECTOR)
