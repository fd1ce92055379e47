"""Buckets of S3, and of every store that speaks its API: MinIO, Ceph, R2, Garage.

API: https://docs.aws.amazon.com/AmazonS3/latest/API/. An ETag is an MD5 of the content only of an object that came in
one part and was not encrypted with a key of its own, which no listing tells: it is a tag here, and no digest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_plus, urlsplit

from ajar.errors import MalformedError, UsageError
from ajar.sources import _aws
from ajar.sources._buckets import PAGE_BYTES, PAGES, Node, Stored, address, count, rows, text, tree
from ajar.sources._remote import Line
from ajar.sources._transport import Refused, Reply, authority

_NAME = re.compile(r"[A-Za-z0-9][\w.-]{1,61}[A-Za-z0-9]")
_REGION = re.compile(r"[a-z0-9-]{1,32}")


class S3Bucket:
    """One bucket, in the region that it is in."""

    credentials = f"set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for roles {_aws.INSTALL}"

    def __init__(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise UsageError(f"s3://{name}: not the name of a bucket", hint="give it as s3://bucket/prefix")
        self._name = name
        self._settings = _aws.settings()
        self._endpoint = self._settings.endpoint
        self._region = self._settings.region or "us-east-1"
        self._keys: _aws.Keys | None = None
        self._base = self._base_in(self._region)
        self.shown = f"s3://{name}"
        self.place = f"{self._endpoint or 's3'}/{name}"

    @property
    def host(self) -> str:
        return urlsplit(self._base).hostname or ""

    def _base_in(self, region: str) -> str:
        if self._endpoint:
            if (
                urlsplit(self._endpoint).scheme not in {"http", "https"}
                or not urlsplit(self._endpoint).hostname
            ):
                raise UsageError(
                    f"{self._endpoint}: no endpoint of S3", hint="set AWS_ENDPOINT_URL to https://…"
                )
            return f"{self._endpoint}/{self._name}/"
        domain = f"{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
        if "." in self._name:  # the certificate covers one label
            return f"https://s3.{domain}/{self._name}/"
        return f"https://{self._name}.s3.{domain}/"

    def prepare(self, line: Line) -> None:
        self._keys = _aws.keys(self._settings)
        self._sign(line)

    def _sign(self, line: Line) -> None:
        pair, region = self._keys, self._region
        if pair is not None:
            line.signers[authority(self._base)] = lambda method, url, _: _aws.signed(
                method, url, pair, region
            )

    def objects(self, line: Line, prefix: str, most: int) -> Iterator[Stored]:
        if self._keys is not None and self._keeps_versions(line):
            try:
                found = list(self._versions(line, prefix, most))
            except Refused as error:
                if error.status not in {403, 501}:
                    raise
            else:
                yield from found
                return
        query: dict[str, str | int] = {"list-type": 2, "max-keys": most, "prefix": prefix}
        for root in self._pages(line, query, {"continuation-token": "NextContinuationToken"}):
            for item in rows(root, "Contents"):
                yield _stored(root, item, "")

    def _versions(self, line: Line, prefix: str, most: int) -> Iterator[Stored]:
        # Of a deleted object the page holds the deletion first, so that one row would not do.
        query: dict[str, str | int] = {"versions": "", "max-keys": max(most, 100), "prefix": prefix}
        marks = {"key-marker": "NextKeyMarker", "version-id-marker": "NextVersionIdMarker"}
        for root in self._pages(line, query, marks):
            for item in rows(root, "Version"):
                if text(item, "IsLatest") == "true":
                    version = text(item, "VersionId")
                    yield _stored(root, item, "" if version == "null" else version)

    def _pages(self, line: Line, query: Mapping[str, str | int], marks: Mapping[str, str]) -> Iterator[Node]:
        """Answers, one after the other; `marks` are what the next question takes from the last answer."""
        following: dict[str, str] = {}
        for _ in range(PAGES):
            root = tree(self._ask(line, {**query, "encoding-type": "url", **following}).body)
            yield root
            if text(root, "IsTruncated") != "true":
                return
            after = {
                name: _plain(root, text(root, element)) if name == "key-marker" else text(root, element)
                for name, element in marks.items()
            }
            if not any(after.values()) or after == following:
                raise MalformedError("the listing goes on, and does not say where")
            following = after
        raise MalformedError(f"a listing of more than {PAGES} pages")

    def _keeps_versions(self, line: Line) -> bool:
        try:
            return text(tree(self._ask(line, {"versioning": ""}).body), "Status") == "Enabled"
        except Refused as error:
            if error.status in {403, 404, 501}:  # who may read need not be allowed to ask
                return False
            raise
        except MalformedError:
            return False

    def _ask(self, line: Line, query: Mapping[str, str | int]) -> Reply:
        reply = self._once(line, query)
        region = reply.headers.get("x-amz-bucket-region", "")
        if (
            reply.status != 200
            and not self._endpoint
            and region != self._region
            and _REGION.fullmatch(region)
        ):
            self._region, self._base = region, self._base_in(region)
            self._sign(line)
            reply = self._once(line, query)
        if reply.status != 200:
            raise Refused(reply.status, f"the store answers {reply.status}", reply.headers)
        return reply

    def _once(self, line: Line, query: Mapping[str, str | int]) -> Reply:
        url = address(self._base, "", query)
        return line.transport.get(url, limit_bytes=PAGE_BYTES, accept="application/xml")

    def address(self, item: Stored) -> str:
        return address(self._base, item.key, {"versionId": item.version} if item.version else None)


def _plain(root: Node, name: str) -> str:
    """A name as it is: XML holds no control characters, so that stores escape names when asked to."""
    return unquote_plus(name) if text(root, "EncodingType") == "url" else name


def _stored(root: Node, item: Node, version: str) -> Stored:
    return Stored(
        key=_plain(root, text(item, "Key")),
        size=count(text(item, "Size")),
        tag=text(item, "ETag").strip('"')[:128],
        version=version[:1024],
    )
