"""Where unpacking an archive would write: names that lead out, links, and members placed through links."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ajar.model.judgement import Severity
from ajar.safety.check import Sign, Specimen

SAME, INSIDE, LIMITS, OPEN = (
    "archive-reads-the-same-everywhere",
    "archive-stays-in-its-folder",
    "archive-expands-within-limits",
    "archive-can-be-looked-into",
)
RATIO = 200  # inflated bytes for each packed one; text stays under 20, zeros come to 1,000 and more
_PARENTS = 64
_SHOWN = 120
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(slots=True)
class Unpacking:
    """One archive being unpacked in thought, member after member."""

    specimen: Specimen
    _links: set[str] = field(default_factory=set)

    def place(self, name: str) -> Iterator[Sign]:
        """What is wrong with a member of this name."""
        clean = name.replace("\\", "/")
        if clean.startswith("/") or ".." in clean.split("/") or _DRIVE.match(clean):
            message = f"the member {name[:_SHOWN]!r} leads out of the folder"
            yield self.specimen.finding(INSIDE, Severity.HIGH, message)
        if self._links:
            yield from self._through(clean)

    def _through(self, name: str) -> Iterator[Sign]:
        parts = posixpath.normpath(name).split("/")[:_PARENTS]
        for count in range(1, len(parts)):
            if "/".join(parts[:count]) in self._links:
                link = "/".join(parts[:count])
                message = f"the member {name[:_SHOWN]!r} is unpacked through the link {link[:_SHOWN]!r}"
                yield self.specimen.finding(INSIDE, Severity.HIGH, message)
                return

    def expect_link(self, name: str) -> None:
        """A link whose target is read later than the names of the members behind it."""
        self._links.add(posixpath.normpath(name.replace("\\", "/")))

    def link(self, name: str, target: str, *, hard: bool = False) -> Iterator[Sign]:
        """A link; the target of a hard one counts from the top of the archive."""
        clean, target = name.replace("\\", "/"), target.replace("\\", "/")
        if not hard:
            self.expect_link(name)
        base = "" if hard else posixpath.dirname(clean)
        reached = posixpath.normpath(posixpath.join(base, target))
        outward = target.startswith("/") or reached.split("/")[0] == ".." or bool(_DRIVE.match(target))
        severity = Severity.HIGH if outward else Severity.INFO
        message = f"the member {name[:_SHOWN]!r} is a link to {target[:_SHOWN]!r}"
        yield self.specimen.finding(INSIDE, severity, message)
