"""The files of a commit, out of the trees of a pack."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ajar.errors import MalformedError
from ajar.model.evidence import Gap, GapReason, Location

INSPECTOR = "git"
Objects = Mapping[str, tuple[str, bytes]]
_LINK, _MODULE, _TREE = "120000", "160000", "40000"
_LINKS = 16  # one after the other
_COMMITTED = re.compile(rb"^committer .{0,500}> (\d{1,12}) [+-]\d{4}$", re.MULTILINE)


@dataclass(slots=True)
class Tree:
    """Paths and the names of their content. Links are followed inside the repository, as a checkout would have them."""

    objects: Objects
    limit: int
    files: dict[str, str] = field(default_factory=dict)
    notes: list[Gap] = field(default_factory=list)
    _links: dict[str, str] = field(default_factory=dict)
    _folders: set[str] = field(default_factory=set)

    def walk(self, root: str) -> None:
        queue = [("", root)]
        seen = 0
        while queue:
            shown, name = queue.pop()
            for mode, path, content in self._entries(shown, name):
                seen += 1  # folders too: a tree that holds itself many times over has no end
                if seen > self.limit:
                    self.gap(path, GapReason.OVER_BUDGET, f"more than {self.limit} files")
                    return
                if mode == _TREE:
                    self._folders.add(path)
                    queue.append((path, content))
                elif mode == _MODULE:
                    self.gap(path, GapReason.UNSUPPORTED, "another repository, at commit " + content)
                elif mode == _LINK:
                    self._links[path] = content
                else:
                    self.files[path] = content
        for path in sorted(self._links):
            self._follow(path)

    def _entries(self, shown: str, name: str) -> Iterator[tuple[str, str, str]]:
        data = _of(self.objects, name, "tree")
        at = 0
        while at < len(data):
            end = data.find(b"\0", at)
            mode, space, own = data[at:end].partition(b" ")
            if end < 0 or not space or end + 21 > len(data):
                raise MalformedError("a tree that is cut short")
            path = own.decode("utf-8", "backslashreplace")
            full = f"{shown}/{path}" if shown else path
            at = end + 21
            if path in {"", ".", ".."} or "/" in path or path.lower() == ".git":
                self.gap(full, GapReason.MALFORMED, "a name that no checkout has; it was not looked at")
                continue
            yield mode.decode("ascii", "replace").lstrip("0"), full, data[end + 1 : at].hex()

    def _follow(self, path: str) -> None:
        where = path
        for _ in range(_LINKS):
            held = self.objects.get(self._links[where])
            target = held[1].decode("utf-8", "backslashreplace") if held else ""
            where = posixpath.normpath(posixpath.join(posixpath.dirname(where), target))
            if not target or target.startswith("/") or where.split("/")[0] == "..":
                detail = "a link that leaves the release; it was not followed"
                self.gap(path, GapReason.UNREADABLE, detail)
                return
            if where in self.files:
                self.files[path] = self.files[where]
                return
            if where in self._folders or where == ".":
                self.gap(path, GapReason.UNSUPPORTED, "a link to a folder of the release; seen there")
                return
            if where not in self._links:
                self.gap(path, GapReason.ABSENT, "a broken link")
                return
        self.gap(path, GapReason.ABSENT, "a link that leads back to itself")

    def gap(self, path: str, reason: GapReason, detail: str) -> None:
        self.notes.append(
            Gap(location=Location(path=path), reason=reason, detail=detail, inspector=INSPECTOR)
        )


def root_of(objects: Objects, commit: str) -> tuple[str, int]:
    """The tree of a commit, and when it was committed, in seconds since 1970. Raises `MalformedError`."""
    data = _of(objects, commit, "commit")
    line = data.split(b"\n", 1)[0]
    found = re.fullmatch(rb"tree ([0-9a-f]{40})", line)
    if not found:
        raise MalformedError("a commit without a tree")
    when = _COMMITTED.search(data.split(b"\n\n", 1)[0])
    return found[1].decode(), int(when[1]) if when else 0


def _of(objects: Objects, name: str, kind: str) -> bytes:
    found = objects.get(name)
    if found is None or found[0] != kind:
        raise MalformedError(f"the pack lacks the {kind} {name[:12]}")
    return found[1]
