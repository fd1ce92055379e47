"""HDF5 files: every group walked, for settings that build things, other files that are read, and plugins.

A search of the bytes is the second view: what it finds and the walk did not is looked at too, and said.
Spec: HDF5 File Format Specification 3.0; ids of filters: the HDF Group's registry of filter plugins.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ajar.blobs import BytesBlob, SliceBlob
from ajar.errors import MalformedError
from ajar.formats._hdf5 import MAGIC, Node, walk
from ajar.formats.hdf5 import missing_bytes
from ajar.interfaces import Member
from ajar.model.evidence import GapReason
from ajar.model.judgement import Severity
from ajar.safety import settings
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.graphs import leads_out
from ajar.safety.structure import hidden_pickles

FILES, PLUGINS, WHOLE = (
    "model-reads-no-files-of-its-own",
    "model-needs-no-native-library",
    "weights-file-is-well-formed",
)
_SEARCH_BYTES = 16 << 20
_FIRST_BLOCK = 512
_OWN_FILTERS = 256  # ids below are the library's own
_LZF = 32000  # comes with h5py
_TOLD = 16  # findings of one kind; more say nothing new
# Attributes that Keras takes for JSON.
_CONFIGS = frozenset({"model_config", "training_config"})
_PICKLE = re.compile(rb"\x80[\x02-\x05]|[(ci]")
_NAME = re.compile(rb"([^\x00-\x1f\x7f-\x9f]++)(\0?)")
_NAME_BYTES = 1024  # the last ones of a run are its name


@dataclass(slots=True)
class _Walk:
    """One file's tree, and what was said of it so far."""

    specimen: Specimen
    texts: list[bytes] = field(default_factory=list)  # settings that the walk came by
    files: set[str] = field(default_factory=set)
    filters: set[int] = field(default_factory=set)
    problems: int = 0

    def signs(self) -> Iterator[Sign]:
        specimen = self.specimen
        missing = missing_bytes(specimen.blob)
        if missing:
            yield specimen.gap(GapReason.MALFORMED, f"cut short: {missing} bytes are missing")
        for node in walk(specimen.blob, specimen.check_time):
            yield from self._node(node)

    def _node(self, node: Node) -> Iterator[Sign]:
        specimen = self.specimen
        for problem in node.problems:
            self.problems += 1
            if self.problems <= _TOLD:
                detail = f"{node.path[:200] or '/'}: {problem}"
                yield specimen.gap(GapReason.MALFORMED, detail, at=node.address)
        for link in node.links:
            if link.file:
                place = f"{node.path}/{link.name}"
                yield from self._elsewhere(link.file, f"{place[:200]} stands in another file", node)
        for name in node.external_files:
            yield from self._elsewhere(name, f"{node.path[:200]} takes its numbers from another file", node)
        for name in _virtual_files(node.virtual):
            yield from self._elsewhere(name, f"{node.path[:200]} is put together from another file", node)
        yield from self._filters(node)
        for name, values in node.attributes.items():
            for value in values:
                yield from self._value(node, name, value)

    def _elsewhere(self, file: str, what: str, node: Node) -> Iterator[Sign]:
        if file in self.files:
            return
        self.files.add(file)
        if len(self.files) > _TOLD:
            return
        outside = leads_out(file.replace("\\", "/"))
        yield self.specimen.finding(
            FILES,
            Severity.HIGH if outside else Severity.MEDIUM,
            f"{what}, {file[:120]!r}{', outside its folder' if outside else ''}",
            start=node.address,
            quote=file[:160],
        )

    def _filters(self, node: Node) -> Iterator[Sign]:
        for kind in node.filters:
            if kind < _OWN_FILTERS or kind in self.filters:
                continue
            self.filters.add(kind)
            severity = Severity.INFO if kind == _LZF else Severity.LOW
            message = f"{node.path[:200]} is read through filter {kind}, a plugin that the library loads"
            yield self.specimen.finding(PLUGINS, severity, message, start=node.address)

    def _value(self, node: Node, name: str, value: bytes) -> Iterator[Sign]:
        path = f"{self.specimen.path}!{node.path[:200]}@{name[:80]}"
        if value.lstrip()[:1] in {b"{", b"["}:
            try:
                tree = json.loads(value)
            except (ValueError, RecursionError):
                if name in _CONFIGS:
                    detail = f"the attribute {name} is not JSON that can be parsed"
                    yield self.specimen.gap(GapReason.MALFORMED, detail, at=node.address)
                return
            self.texts.append(value)
            yield from settings.walk(self.specimen, tree, base=node.address)
        elif len(value) > 8 and _PICKLE.match(value) and (value[0] == 0x80 or value.rstrip().endswith(b".")):
            # PyTables unpickles attributes that look like a pickle.
            yield Member(path=path, blob=BytesBlob(value))


def _virtual_files(description: bytes) -> list[str]:
    """Names in the description of a virtual dataset that are other files. Spec: III.F.

    Its selections are numbers; the names stand between them, each ended by a zero byte.
    """
    runs = _NAME.finditer(description[:_SEARCH_BYTES])
    names = [found[1][-_NAME_BYTES:].decode("utf-8", "replace") for found in runs if found[2]]
    first = names[:1] if description[:1] == b"\0" and names[:1] != ["."] else []
    return list(dict.fromkeys([*first, *(name for name in names if "/" in name[1:] and leads_out(name))]))


def _look(specimen: Specimen) -> Iterator[Sign]:
    if specimen.format != "hdf5":
        yield from _behind_a_block(specimen)
        return
    tree = _Walk(specimen)
    try:
        yield from tree.signs()
    except MalformedError as error:
        yield specimen.gap(GapReason.MALFORMED, error.message, at=error.offset)
    yield from _unreached(specimen, tree)
    yield from _search_links(specimen, tree.files)
    yield from hidden_pickles(specimen)


def _behind_a_block(specimen: Specimen) -> Iterator[Sign]:
    """HDF5 behind a block of the user's own, which ends at 512 bytes or that doubled. Spec: II.A."""
    at = _FIRST_BLOCK
    while at < min(specimen.blob.size, _SEARCH_BYTES):
        if specimen.blob.read_at(at, len(MAGIC)) == MAGIC:
            blob = SliceBlob(specimen.blob, at, specimen.blob.size - at)
            yield Member(path=f"{specimen.path}!/hdf5-at-{at}", blob=blob)
            return
        at *= 2


def _unreached(specimen: Specimen, tree: _Walk) -> Iterator[Sign]:
    for number, (start, text, found) in enumerate(settings.embedded(specimen)):
        if any(text in known for known in tree.texts):
            continue
        if number < _TOLD:
            message = f"byte {start}: settings that no attribute holds; a reader may not see them"
            yield specimen.finding(WHOLE, Severity.INFO, message, start=start)
        yield from settings.walk(specimen, found, base=start)


def _search_links(specimen: Specimen, known: set[str]) -> Iterator[Sign]:
    """Link messages of type 64 that no group leads to. Spec: IV.A.2.g."""
    data = specimen.blob.read_at(0, _SEARCH_BYTES)
    told = 0
    for found in re.finditer(rb"\x01[\x08-\x1f]\x40", data):
        target = _link_target(data, found.start())
        if target and target not in known and told < _TOLD:
            told += 1
            severity = Severity.HIGH if leads_out(target.replace("\\", "/")) else Severity.MEDIUM
            message = (
                f"byte {found.start()}: a link to the file {target[:120]!r}, in no group that was walked"
            )
            yield specimen.finding(FILES, severity, message, start=found.start())


def _link_target(data: bytes, at: int) -> str:
    flags = data[at + 1]
    at += 3 + (8 if flags & 4 else 0) + (1 if flags & 16 else 0)
    width = 1 << (flags & 3)
    length = int.from_bytes(data[at : at + width], "little")
    if not 0 < length < 1024:
        return ""
    name, at = data[at + width : at + width + length], at + width + length
    size = int.from_bytes(data[at : at + 2], "little")
    value = data[at + 2 : at + 2 + size]
    parts = value[1:].split(b"\0")
    if not name.isascii() or value[:1] != b"\0" or len(parts) != 3 or parts[2] or not parts[0].isascii():
        return ""
    return parts[0].decode("ascii")


CHECK = Check(
    id="hdf5-tree",
    title="What an HDF5 file's groups and attributes make a reader open, build and load",
    look=_look,
)
