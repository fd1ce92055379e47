"""Objects in the stores of clouds: S3 and what speaks its API, Google Cloud Storage, Azure Blob Storage.

A listing gives names, sizes and tags; objects are read by range. What is read is pinned: by its version where the
store keeps versions, by its ETag elsewhere, so that an object that changes during the audit is a gap and no mixture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from hashlib import sha256

from ajar.blobs import Meter
from ajar.config import Options
from ajar.errors import TargetNotFound, TargetUnreadable, UsageError
from ajar.interfaces import OpenRelease
from ajar.model.evidence import Evidence, Gap, GapReason, Location
from ajar.model.locator import Locator
from ajar.model.release import FileEntry, Release
from ajar.sources._buckets import ALL, ONE, Bucket, Stored
from ajar.sources._names import is_path
from ajar.sources._pins import pin
from ajar.sources._remote import OFFLINE, Line, RemoteFile, opened, said
from ajar.sources._transport import Refused

INSPECTOR = "store"
_CHECKED = ("md5:",)
_FILE = re.compile(r"[^/]*\.[A-Za-z0-9_]{1,16}")


class StoreSource:
    """`s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix`, `abfss://container@account/prefix`."""

    schemes: tuple[str, ...] = ("s3", "gs", "az", "abfs", "abfss")

    def resolve(self, locator: Locator, options: Options) -> AbstractContextManager[OpenRelease]:
        bucket, prefix = _place(locator)
        line = Line(options, Meter(options.limits.read_bytes), trusted=frozenset({bucket.host}))
        return opened(line, lambda way: _Listing(way, bucket, prefix, locator).listed(), str(locator))


def opened_as(
    locator: Locator, address: str, stated: tuple[str, Sequence[Evidence]], options: Options, meter: Meter
) -> AbstractContextManager[OpenRelease]:
    """What stands at an address in a store, under the locator, the revision and the facts of whoever led there."""
    there = Locator.parse(address)
    bucket, prefix = _place(there)
    line = Line(options, meter, trusted=frozenset({bucket.host}))

    def listed(way: Line) -> tuple[Release, Sequence[Evidence | Gap], Mapping[str, RemoteFile]]:
        release, notes, files = _Listing(way, bucket, prefix, there).listed()
        revision, facts = stated
        return replace(release, locator=locator, revision=revision), [*facts, *notes], files

    return opened(line, listed, str(locator))


def _place(locator: Locator) -> tuple[Bucket, str]:
    if not locator.name.startswith("//"):
        hint = f"give it as {locator.scheme}://bucket/prefix"
        raise UsageError(f"{locator}: not an address in a store", hint=hint)
    name, _, prefix = locator.name[2:].partition("/")
    # A release in the release is written with two slashes, as in every other target.
    return _bucket(locator.scheme, name), prefix.replace("//", "/")


def _bucket(scheme: str, name: str) -> Bucket:
    if scheme == "s3":
        from ajar.sources._s3 import S3Bucket

        return S3Bucket(name)
    if scheme == "gs":
        from ajar.sources._gcs import GoogleBucket

        return GoogleBucket(name)
    from ajar.sources._azure import AzureContainer

    return AzureContainer(name)


class _Listing:
    """What stands under one prefix."""

    def __init__(self, line: Line, bucket: Bucket, prefix: str, locator: Locator) -> None:
        self._line, self._bucket, self._prefix, self._locator = line, bucket, prefix, locator

    def listed(self) -> tuple[Release, Sequence[Evidence | Gap], Mapping[str, RemoteFile]]:
        found = self._found()
        notes: list[Evidence | Gap] = []
        files: dict[str, RemoteFile] = {}
        entries: list[FileEntry] = []
        pins: dict[str, Mapping[str, str]] = {}
        limit = self._line.options.limits.files
        if len(found) > limit:
            notes.append(_gap(".", GapReason.OVER_BUDGET, f"more than {limit} files"))
        for item, path in sorted(self._named(found[:limit], notes), key=lambda pair: pair[1]):
            url = self._bucket.address(item)
            if condition := _condition(item):
                pins[url] = condition
            key = f"{self._bucket.place}/{item.key}#{item.version or item.tag}#{item.size}"
            checked = item.digest if item.digest.startswith(_CHECKED) and not item.is_packed else ""
            files[path] = RemoteFile(url=url, size=item.size, key=key, digest=checked)
            entries.append(FileEntry(path=path, size=item.size, digest=item.digest or None))
        if not entries:
            raise TargetNotFound(
                f"{self._locator}: nothing stands there", hint="check the bucket and the prefix"
            )
        pin(self._line, pins)
        release = Release(locator=self._locator, revision=_revision(found), files=tuple(entries))
        return release, [*notes, *self._basis(found)], files

    def _found(self) -> list[Stored]:
        """The objects, from the store or, offline, as they were listed last."""
        key = f"listing:{self._bucket.place}/{self._prefix}"
        if self._line.options.offline:
            kept = self._line.cache.answer(key)
            if not isinstance(kept, list):
                raise Refused(0, OFFLINE)
            return [Stored(**row) for row in kept]
        self._bucket.prepare(self._line)
        try:
            found = list(self._objects())
        except Refused as error:
            if error.status not in {401, 403}:
                raise
            hint = f"it is private, or the credentials are not for it; {self._bucket.credentials}"
            raise TargetUnreadable(f"{self._locator}: the store refuses to list it", hint=hint) from error
        self._line.cache.keep_answer(key, [asdict(item) for item in found])
        return found

    def _objects(self) -> Iterator[Stored]:
        """What stands under the prefix as a folder, or the one object of that name; the likelier is asked first."""
        prefix = self._prefix
        folder = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
        first_is_file = folder != prefix and _FILE.fullmatch(prefix.rpartition("/")[2])
        for is_file in (True, False) if first_is_file else (False, True):
            if is_file and folder == prefix:
                continue
            count = 0
            for item in self._bucket.objects(
                self._line, prefix if is_file else folder, ONE if is_file else ALL
            ):
                if is_file and item.key != prefix:
                    break
                count += 1
                yield item
                if is_file or count > self._line.options.limits.files:
                    break
            if count:
                return

    def _named(self, found: Sequence[Stored], notes: list[Evidence | Gap]) -> Iterator[tuple[Stored, str]]:
        """Objects with the paths they have in the release."""
        prefix = self._prefix.rpartition("/")[0] + "/" if "/" in self._prefix else ""
        folder = self._prefix if not self._prefix or self._prefix.endswith("/") else f"{self._prefix}/"
        for item in found:
            is_under = item.key.startswith(folder)
            path = item.key.removeprefix(folder if is_under else prefix)
            if path.endswith("/") or not path:  # a mark for an empty folder, as consoles leave them
                continue
            if not is_path(path):
                detail = "an object's name is no path of a folder; it was not looked at"
                notes.append(
                    _gap(path[:200].encode("utf-8", "replace").decode(), GapReason.MALFORMED, detail)
                )
                continue
            yield item, path

    def _basis(self, found: Sequence[Stored]) -> Iterator[Evidence]:
        """What the digests that the store states are of."""
        kinds = sorted({item.digest.partition(":")[0] or "tag" for item in found})
        words = {
            "md5": "MD5 of the content, as the store states it",
            "crc32c": "CRC32C of the content; no digest against tampering",
            "tag": "ETag alone: it changes with the content, and is no digest of it",
        }
        for kind in kinds:
            yield said("host.digests", kind, self._bucket.shown, INSPECTOR, words[kind])


def _condition(item: Stored) -> Mapping[str, str]:
    condition = {"if-match": f'"{item.tag}"'} if item.tag and not item.version else {}
    return {**condition, "accept-encoding": "gzip"} if item.is_packed else condition


def _revision(found: Sequence[Stored]) -> str:
    """The version of a single object that has one; else a digest of names, sizes, and versions or tags."""
    if len(found) == 1 and found[0].version:
        return found[0].version
    rows = sorted(f"{item.key}\0{item.size}\0{item.version or item.tag}\n" for item in found)
    return f"listing:{sha256(''.join(rows).encode('utf-8', 'surrogatepass')).hexdigest()}"


def _gap(path: str, reason: GapReason, detail: str) -> Gap:
    return Gap(location=Location(path=path), reason=reason, detail=detail, inspector=INSPECTOR)
