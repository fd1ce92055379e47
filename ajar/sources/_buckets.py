"""What the stores have in common: an object as a listing names it, and how a listing in XML is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from ajar.errors import MalformedError
from ajar.sources._remote import Line

PAGES = 1000  # of a thousand objects each: more than the files of any audit
PAGE_BYTES = 16 << 20  # a page of a thousand names of 1024 bytes, escaped, is 4 MB
TAGS = 200_000  # of a page of a thousand objects; Azure writes 80 an object
ALL, ONE = 1000, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One object. `tag` changes with its content; `version` names this content for good, where the store keeps it."""

    key: str
    size: int
    tag: str = ""
    version: str = ""
    digest: str = ""  # md5:… or crc32c:…, where the store states one of the content
    is_packed: bool = False  # gzip, which the store would undo on the way


class Bucket(Protocol):
    """One bucket or container of a store."""

    shown: str
    place: str  # the endpoint too, so that stores of one name are kept apart
    credentials: str  # how a user gives them

    @property
    def host(self) -> str:
        """The name that requests go to."""

    def prepare(self, line: Line) -> None:
        """Find credentials, and have requests to the store signed. Raises `UsageError`."""

    def objects(self, line: Line, prefix: str, most: int) -> Iterator[Stored]:
        """Objects whose key begins so, page by page, `most` in one. Raises `Refused`, `MalformedError`."""

    def address(self, item: Stored) -> str:
        """Where its bytes are; of a version kept for good, that version."""


def address(base: str, path: str, query: Mapping[str, str | int] | None = None) -> str:
    """An address with everything escaped that is not a letter, a digit or one of `-_.~/`."""
    asked = urlencode(query or {}, quote_via=quote, safe="-_.~")
    return f"{base}{quote(path, safe='/-_.~')}{f'?{asked}' if asked else ''}"


Node = ET.Element


def tree(body: bytes) -> Node:
    """The root of an answer in XML. Raises `MalformedError`, also where it declares a document type."""
    try:
        page = body.decode("utf-8-sig")  # whatever encoding it declares: none hides a declaration
        if "<!" in page:
            raise MalformedError("the store's answer declares a document type")
        if page.count("<") > TAGS:
            raise MalformedError(f"an answer of more than {TAGS} tags")
        return ET.fromstring(page)  # noqa: S314  no document type, so no entity
    except (ET.ParseError, ValueError):
        raise MalformedError("the store's answer is not XML") from None


def rows(root: Node, name: str) -> Iterator[Node]:
    """Elements of a name, whatever their namespace."""
    return (item for item in root.iter() if item.tag.rpartition("}")[2] == name)


def text(item: Node, name: str) -> str:
    """The text of the first element of a name in `item`; empty where there is none."""
    return next((found.text or "" for found in rows(item, name)), "")


def count(value: str) -> int:
    """A size. Raises `MalformedError`."""
    if not value.isascii() or not value.isdigit() or len(value) > 19:
        raise MalformedError("the store lists an object without a size")
    return int(value)
