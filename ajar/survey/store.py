"""A survey's store: a folder of Parquet parts, packs of reports, and the ledger that knows which of them count.

    STORE/survey.json            what was surveyed, and how
    STORE/ledger.sqlite          every release with its state
    STORE/parts/0000001.parquet  rows, in parts; STORE/reports/0000/0000001.pack the reports of the same part
    STORE/status.json, log.jsonl

A part and its pack are written under another name, synced, renamed, and then named in the ledger. What a crash
leaves between is known by its number, which the ledger does not have, and removed: the journal still holds it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ajar.errors import AjarError, ExitCode, TargetNotFound, TargetUnreadable, UsageError
from ajar.survey import packs, parts
from ajar.survey.ledger import Finished, Ledger, Place
from ajar.survey.schema import SCHEMA, Row, fitted

if TYPE_CHECKING:
    import duckdb

PART_ROWS = 2000  # a part of about 1 MB; a hub of 2.5 million makes 1,250
_PLAN_BYTES = 1 << 20


class StoreError(AjarError):
    """The store cannot be written."""

    exit_code = ExitCode.TARGET


@dataclass(slots=True)
class Store:
    """A store that is open for writing. One run at a time has it: a second one is refused."""

    folder: Path
    ledger: Ledger
    _lock: int
    _duckdb: duckdb.DuckDBPyConnection

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a store, or make an empty one. Raises `UsageError`, `TargetUnreadable`."""
        duck = parts.connect()
        try:
            for name in ("parts", "reports"):
                (folder / name).mkdir(parents=True, exist_ok=True)
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise TargetUnreadable(
                f"{folder}: {error.strerror}", hint="give a folder that can be written"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise UsageError(
                f"{folder}: another run writes this store", hint="wait for it, or give another folder"
            ) from None
        ledger = Ledger(folder / "ledger.sqlite", is_new=True)
        made = cls(folder, ledger, lock, duck)
        made._tidy()
        ledger.recover()
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.ledger.shrink()
        self.ledger.close()
        self._duckdb.close()
        os.close(self._lock)

    def plan(self, wanted: Mapping[str, Any]) -> None:
        """Say what is surveyed, once. Raises `UsageError` when the store is of another plan."""
        text = json.dumps({"schema": SCHEMA, **wanted}, indent=2, sort_keys=True)
        known = self.ledger.get("plan")
        if known is None:
            self.ledger.set("plan", text)
        elif known != text:
            before, now = json.loads(known), json.loads(text)
            differs = ", ".join(
                f"{key}: {before.get(key)!r}, not {now.get(key)!r}"
                for key in now
                if before.get(key) != now.get(key)
            )
            raise UsageError(
                f"{self.folder}: a survey of something else ({differs})", hint="give a new folder"
            )
        write_whole(self.folder / "survey.json", text.encode() + b"\n")

    def flush(self, count: int = PART_ROWS) -> int:
        """Write a part of up to `count` journalled results. Returns how many. Raises `StoreError`."""
        found = self.ledger.journal(count)
        if not found:
            return 0
        number = max(self.ledger.parts(), default=0) + 1
        try:
            self._write(number, found)
        except (OSError, parts.database_error()) as error:
            self._tidy()
            words = error.strerror if isinstance(error, OSError) else str(error).partition("\n")[0]
            raise StoreError(
                f"{self.folder}: {words or error}",
                hint="make room or mend the disk, then run the same command: it goes on where it was",
            ) from error
        return len(found)

    def _write(self, number: int, found: list[Finished]) -> None:
        pack, part = packs.pack_path(self.folder, number), part_path(self.folder, number)
        pack.parent.mkdir(exist_ok=True)
        fresh: dict[str, bytes] = {}
        places: dict[str, Place] = {}
        for one in found:
            if one.digest and one.report and one.digest not in fresh and one.digest not in places:
                known = self.ledger.place(one.digest)
                if known:
                    places[one.digest] = known
                else:
                    fresh[one.digest] = one.report
        size = 0
        if fresh:
            with _temporary(pack).open("wb") as handle:
                spans = packs.write(handle, fresh.values())
                _sync(handle.fileno())
                size = handle.tell()
            places |= {
                digest: Place(pack=number, start=start, length=length)
                for digest, (start, length) in zip(fresh, spans, strict=True)
            }
        rows = (_placed(one, places, number) for one in found)
        parts.write(self._duckdb, rows, _temporary(part.with_suffix(".json")), _temporary(part))
        with _temporary(part).open("rb") as handle:
            _sync(handle.fileno())
        size += _temporary(part).stat().st_size
        if fresh:
            _temporary(pack).replace(pack)
            _sync_folder(pack.parent)
        _temporary(part).replace(part)
        _sync_folder(part.parent)
        self.ledger.commit_part(number, found, {key: places[key] for key in fresh}, size)

    def _tidy(self) -> None:
        """Remove what an interrupted write left. Raises `StoreError` when a part that counts is gone."""
        known = self.ledger.parts()
        for path in [*self.folder.glob("parts/*"), *self.folder.glob("reports/*/*")]:
            stem = path.name.partition(".")[0]
            if path.name.startswith(".") or (stem.isdigit() and int(stem) not in known):
                with suppress(FileNotFoundError):
                    path.unlink()
        for number in known:
            if not part_path(self.folder, number).is_file():
                raise StoreError(
                    f"{part_path(self.folder, number)}: gone", hint="restore it, or survey into a new folder"
                )


class Reader:
    """A store that is read, also while a run writes it: what its ledger held when it was opened."""

    def __init__(self, folder: Path, *, memory: str = "1GB") -> None:
        self.folder = folder
        ledger = _there(folder)
        try:
            self.plan: Mapping[str, Any] = json.loads(ledger.get("plan") or "{}")
            self.counts, self.reasons, self.strata = ledger.counts(), ledger.reasons(), ledger.strata()
            self.parts = ledger.parts()
        finally:
            ledger.close()
        current = self.counts.get("done", 0) + self.counts.get("failed", 0)
        self.duckdb = parts.connect(memory=memory)
        paths = [part_path(folder, number) for number in self.parts]
        try:
            parts.view(self.duckdb, paths, is_superseded=sum(self.parts.values()) != current)
        except parts.database_error() as error:
            self.duckdb.close()
            words = str(error).partition("\n")[0]
            raise StoreError(
                f"{folder}: {words}", hint="restore the part, or survey into a new folder"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.duckdb.close()

    def rows(self) -> Iterator[Row]:
        """All current rows by target."""
        found = self.duckdb.execute("SELECT * FROM releases ORDER BY target")
        names = [column[0] for column in found.description or ()]
        while batch := found.fetchmany(PART_ROWS):
            yield from (dict(zip(names, row, strict=True)) for row in batch)

    def row(self, name: str) -> Row | None:
        """The current row of a target, or of a name on the hub; `None` when there is none."""
        found = self.duckdb.execute(
            "SELECT * FROM releases WHERE target = $name OR target = $hub ORDER BY target = $name DESC LIMIT 1",
            {"name": name, "hub": f"hf:{name}"},
        )
        names = [column[0] for column in found.description or ()]
        row = found.fetchone()
        return None if row is None else dict(zip(names, row, strict=True))

    def report(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON report of a row, with the cost that the row has. Raises `TargetNotFound`, `MalformedError`."""
        if row["report"] is None:
            raise TargetNotFound(f"{row['target']}: no report is stored", hint="survey it at a greater depth")
        path = packs.pack_path(self.folder, row["report_pack"])
        text = packs.read(path, row["report_offset"], row["report_bytes"], row["report"])
        report: dict[str, Any] = json.loads(text)
        report["cost"] |= {name: row[name] for name in ("bytes_read", "requests", "seconds")}
        return report


def counted(folder: Path) -> dict[str, Any]:
    """Releases by state and failures by reason, as the ledger has them now. Raises `TargetNotFound`."""
    ledger = _there(folder)
    try:
        return {"releases": ledger.counts(), "failures": ledger.reasons()}
    finally:
        ledger.close()


def _there(folder: Path) -> Ledger:
    if not (folder / "ledger.sqlite").is_file():
        raise TargetNotFound(
            f"{folder}: no survey there", hint="make one: ajar survey hub: -o STORE --limit 1000"
        )
    return Ledger(folder / "ledger.sqlite", is_new=False)


def part_path(folder: Path, number: int) -> Path:
    return folder / "parts" / f"{number:07d}.parquet"


def write_whole(path: Path, data: bytes) -> None:
    """A file written whole or not at all. Raises `StoreError`."""
    try:
        _temporary(path).write_bytes(data)
        _temporary(path).replace(path)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}", hint="make room, then run the same command") from error


def _placed(one: Finished, places: Mapping[str, Place], number: int) -> Row:
    row = {**one.row, "part": number, "report": one.digest}
    if one.digest:
        at = places[one.digest]
        row |= {"report_pack": at.pack, "report_offset": at.start, "report_bytes": at.length}
    return fitted(row)


def _temporary(path: Path) -> Path:
    """A name beside it that no reader looks at."""
    return path.with_name(f".{path.name}")


def _sync(handle: int) -> None:
    os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
