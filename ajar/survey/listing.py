"""What a survey is of: a file of targets, a hub's listing, a table of a hub, a folder of releases.

Each source gives pages of releases with the cursor of the page after, so that a listing goes on where it was.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from ajar.config import Options
from ajar.errors import TargetNotFound, TargetUnreadable, UsageError
from ajar.model.catalogue import Organisation, OrganisationKind
from ajar.survey import parts
from ajar.survey.ledger import Listed
from ajar.survey.schema import Row, moment, plain_text

PAGE_ROWS = 1000
TARGET_CHARS = 1024  # a path or an address; what is longer is no target
_OWN_COLUMN = ("license:", "base_model:")  # tags that have a column of their own
_SHA = re.compile(r"[0-9a-f]{40}")
_WALK_FILES = 20_000  # looked at to tell whether a folder changed

Page = tuple[list[Listed], str | None]


class Source(Protocol):
    """Where releases are listed. `plan` says which, in plain values: a store keeps to one."""

    plan: Mapping[str, Any]

    def pages(self, cursor: str | None, options: Options) -> Iterator[Page]:
        """Pages from `cursor` on. Raises `TargetError`."""


def source_of(text: str, filters: Mapping[str, str]) -> Source:
    """The source that a person named. Raises `UsageError`, `TargetNotFound`."""
    if text == "hub:":
        return HubListing(filters)
    if any(filters.values()):
        raise UsageError("filters are for a hub's listing", hint="survey hub: instead")
    if text.startswith(("https://", "http://")) and text.endswith(".parquet"):
        return Table(text)
    if text == "-":
        return Targets(None)
    path = Path(text)
    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        raise TargetNotFound(f"{text}: nothing to survey there", hint="a file, a folder, hub: or - for input")
    return Table(text) if path.suffix == ".parquet" else Targets(path)


class Targets:
    """One target a line; blank lines and those that start with # are left out."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.plan: Mapping[str, Any] = {"source": "-" if path is None else str(path)}

    def pages(self, cursor: str | None, options: Options) -> Iterator[Page]:  # noqa: ARG002
        start = int(cursor or 0)
        handle = sys.stdin if self._path is None else self._path.open(encoding="utf-8", errors="replace")
        try:
            lines = enumerate(handle)
            found: list[Listed] = []
            for number, line in lines:
                text = line.strip()
                if number < start or not text or text.startswith("#"):
                    continue
                found.append(Listed(target=plain_text(text, TARGET_CHARS), stamp="", row={}))
                if len(found) == PAGE_ROWS:
                    yield found, f"{number + 1}"
                    found = []
            yield found, None
        finally:
            if self._path is not None:
                handle.close()


class HubListing:
    """A hub's own listing, through `HF_ENDPOINT`."""

    def __init__(self, filters: Mapping[str, str]) -> None:
        from ajar.sources.hub import endpoint_of

        self._filters = dict(filters)
        self.plan: Mapping[str, Any] = {"source": "hub:", "endpoint": endpoint_of(), **self._filters}

    def pages(self, cursor: str | None, options: Options) -> Iterator[Page]:
        from ajar.sources._listing import Query, hub_pages

        for rows, following in hub_pages(Query(**self._filters), cursor, options):
            yield [item for row in rows if (item := listed(row)) is not None], following


class Table:
    """A snapshot of a hub's listing in Parquet, in the shape of the `hub-stats` data set: no request a release.

    One at an address is first fetched into the store.
    """

    _WANTED = (
        "id", "author", "sha", "createdAt", "lastModified", "downloads", "likes", "pipeline_tag", "library_name",
        "tags", "gated", "safetensors",
    )  # fmt: skip

    def __init__(self, place: str) -> None:
        self._place = place
        self.folder = Path()
        self.plan: Mapping[str, Any] = {"source": place}

    def pages(self, cursor: str | None, options: Options) -> Iterator[Page]:
        at = int(cursor or 0)
        with_duck = parts.connect()
        try:
            path = self._local(options)
            known = [
                row[0]
                for row in with_duck.execute(
                    "DESCRIBE SELECT * FROM read_parquet($p)", {"p": path}
                ).fetchall()
            ]
            names = [name for name in self._WANTED if name in known]
            if "id" not in names:
                raise TargetUnreadable(
                    f"{self._place}: no table of a hub, it has no column id", hint="see docs/survey.md"
                )
            chosen = ", ".join(f'"{name}"' for name in names)
            query = f"SELECT {chosen} FROM read_parquet($p) OFFSET $at"  # noqa: S608  names of ours alone
            found = with_duck.execute(query, {"p": path, "at": at})
            while rows := found.fetchmany(PAGE_ROWS):
                at += len(rows)
                items = (listed(dict(zip(names, row, strict=True))) for row in rows)
                yield [item for item in items if item is not None], f"{at}"
            yield [], None
        except parts.database_error() as error:
            words = str(error).partition("\n")[0]
            raise TargetUnreadable(f"{self._place}: {words}", hint="give a table in Parquet") from error
        finally:
            with_duck.close()

    def _local(self, options: Options) -> str:
        if not self._place.startswith(("https://", "http://")):
            return self._place
        from ajar.sources._listing import fetch

        path = self.folder / f"source-{sha256(self._place.encode()).hexdigest()[:16]}.parquet"
        try:
            fetch(self._place, path, options)
        except OSError as error:
            raise TargetUnreadable(f"{path}: {error.strerror}", hint="make room") from error
        return str(path)


class Folder:
    """Releases in a folder: each folder in it that holds files, otherwise each folder in that (`maker/model`)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.plan: Mapping[str, Any] = {"source": str(path)}

    def pages(self, cursor: str | None, options: Options) -> Iterator[Page]:  # noqa: ARG002
        places = iter(sorted(self._releases()))
        found = islice((place for place in places if place > (cursor or "")), None)
        while page := list(islice(found, PAGE_ROWS)):
            yield [self._listed(place) for place in page], page[-1]
        yield [], None

    def _releases(self) -> Iterator[str]:
        for child in _folders(self._path):
            inner = _folders(child)
            is_release = child.name.startswith("models--") or not inner or _holds_files(child)
            yield from ([str(child)] if is_release else map(str, inner))

    def _listed(self, place: str) -> Listed:
        path = Path(place)
        name = path.name.removeprefix("models--").replace("--", "/")
        if "/" not in name and path.parent != self._path:
            name = f"{path.parent.name}/{name}"
        return Listed(
            target=plain_text(place, TARGET_CHARS),
            stamp=_folder_stamp(path),
            row={"title": name, **maker(name.rpartition("/")[0])},
        )


def listed(info: Mapping[str, Any]) -> Listed | None:
    """A release as a hub's API or table states it; `None` when it has no name that could be asked for."""
    from ajar.sources.hub import NAME

    name = info.get("id") or info.get("modelId")
    if not isinstance(name, str) or not NAME.fullmatch(name) or ".." in name:
        return None
    raw = info.get("tags")
    tags = [str(tag) for tag in raw if isinstance(tag, str)] if isinstance(raw, list) else []
    licences = [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
    sha, changed = info.get("sha"), moment(_date(info.get("lastModified")))
    created = moment(_date(info.get("createdAt")))
    counted = info.get("safetensors")
    gated = info.get("gated")
    row: Row = {
        "title": name,
        "revision": sha if isinstance(sha, str) and _SHA.fullmatch(sha) else None,
        "created": created,
        "last_modified": changed,
        "year": int(created[:4]) if created else None,
        "downloads": info.get("downloads"),
        "likes": info.get("likes"),
        "task": info.get("pipeline_tag"),
        "library": info.get("library_name"),
        "tags": [plain_text(tag, 100) for tag in tags if not tag.startswith(_OWN_COLUMN)][:64],
        "tagged_licence": licences[0] if licences else None,
        "gated": "no"
        if gated is False or gated == "false"
        else gated
        if gated in ("auto", "manual")
        else None,
        "parameters": counted.get("total") if isinstance(counted, dict) else None,
        **maker(name.rpartition("/")[0]),
    }
    return Listed(
        target=f"hf:{name}",
        stamp=str(row["revision"] or changed or ""),
        row={key: value for key, value in row.items() if value is not None and value != []},
    )


def _date(value: Any) -> Any:
    return value.isoformat(" ", "seconds")[:19] if hasattr(value, "isoformat") else value


def maker(account: str) -> Row:
    """Who an account is, by the catalogue; an account that it does not know is its own maker."""
    if not account:
        return {}
    known = _known_makers().get(account.lower())
    if known is None:
        return {"maker": plain_text(account, 100), "is_known_maker": False}
    return {"maker": known.id, "is_known_maker": True, "country": known.country}


@cache
def _known_makers() -> dict[str, Organisation]:
    """Organisations by the accounts that hold their known systems, and by their own names."""
    from ajar.catalogue import load

    catalogue = load()
    found: dict[str, Organisation] = {}
    for organisation in catalogue.organisations:
        if OrganisationKind.MAKER in organisation.kinds:
            for name in (organisation.id, organisation.name):
                found.setdefault(name.lower().replace(" ", "-"), organisation)
    for system in catalogue.systems:
        account = (system.hub_repo or "").partition("/")[0].lower()
        if (
            account
            and len(system.makers) == 1
            and isinstance(made := catalogue.by_id.get(system.makers[0]), Organisation)
        ):
            found[account] = made
    return found


def _folders(path: Path) -> list[Path]:
    try:
        with os.scandir(path) as children:
            return sorted(
                Path(child.path) for child in children if child.is_dir() and not child.name.startswith(".")
            )
    except OSError as error:
        raise TargetUnreadable(f"{path}: {error.strerror}", hint="make it readable") from error


def _holds_files(path: Path) -> bool:
    with os.scandir(path) as children:
        return any(child.is_file() for child in children)


def _folder_stamp(path: Path) -> str:
    """Changes when a file in the folder was added, removed or written."""
    count = size = newest = 0
    for root, _, names in _walk(path):
        for name in names:
            try:
                info = (root / name).stat()
            except OSError:
                continue
            count, size, newest = count + 1, size + info.st_size, max(newest, info.st_mtime_ns)
    return f"{count}:{size}:{newest}"


def _walk(path: Path) -> Iterable[tuple[Path, list[str], list[str]]]:
    seen = 0
    for root, folders, names in os.walk(path):
        seen += len(names)
        yield Path(root), folders, names
        if seen > _WALK_FILES:
            return
