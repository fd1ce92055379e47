"""A release held against a signature or a list of digests: on disk by its bytes, on a host without its weights."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ajar.blobs import FileBlob
from ajar.config import Options
from ajar.errors import BudgetExceeded, MalformedError, UsageError
from ajar.hashing import Digested, Part, digests, new, total
from ajar.interfaces import OpenRelease, Progress
from ajar.model.evidence import Evidence, Gap, Location
from ajar.model.judgement import Finding, Severity
from ajar.model.locator import Locator
from ajar.model.release import FileEntry
from ajar.model.report import Report
from ajar.model.verification import DigestBasis, FileCheck, FileState, Signer, Verification
from ajar.signing import Item, Manifest, manifest_of, parse_bundle, parse_checksums
from ajar.signing.bundle import BUNDLE_BYTES
from ajar.signing.checksums import LIST_BYTES
from ajar.signing.manifest import WHOLE
from ajar.signing.trust import NotTrusted, Trust, signer_of
from ajar.sources import open_release

INSPECTOR = "signing"
SIGNATURE = "model.sig"  # as Model Signing names it; a *.sigstore.json at the top is taken too
REMOTE_BYTES = (
    16 * 2**20
)  # a file of a host without a digest of its own is fetched and hashed up to this size
_NONE = Signer(kind="none", words="", shown=False)


def verify(
    target: str | Path | Locator,
    options: Options | None = None,
    *,
    trust: Trust | None = None,
    signature: Path | None = None,
    checksums: Path | None = None,
    allow_unlisted: bool = False,
    progress: Progress | None = None,
) -> Verification:
    """Hold a release against its signature, or against a list of digests.

    Raises `TargetError` where there is no release, `UsageError` for a key or a list that cannot be read. Everything
    else is in the answer: a signature that is none, by another, or of other files.
    """
    started = time.perf_counter()
    # Every file counts; of a host's files none is read ahead, since most are never read.
    options = replace(options or Options(), all_files=True, shallow=True)
    locator = target if isinstance(target, Locator) else Locator.parse(str(target))
    with open_release(locator, options) as opened:
        found = _Found(
            opened=opened, target=str(opened.release.locator), kind="list" if checksums else "signature"
        )
        if checksums is not None:
            _read_list(found, checksums)
        else:
            _read_signature(found, signature, trust or Trust())
        if found.manifest is not None:
            _compare(found, found.manifest, progress)
    return found.answer(allow_unlisted=allow_unlisted, seconds=time.perf_counter() - started)


@dataclass(slots=True)
class _Found:
    """What is known so far."""

    opened: OpenRelease
    target: str
    kind: str
    against: str = ""
    own: str = ""  # the path of the signature or list inside the release
    signer: Signer = _NONE
    manifest: Manifest | None = None
    files: list[FileCheck] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    hashed: int = 0

    def answer(self, *, allow_unlisted: bool, seconds: float) -> Verification:
        manifest = self.manifest
        return Verification(
            target=self.target,
            revision=self.opened.release.revision,
            against=self.against,
            kind=self.kind,
            method=manifest.method if manifest else "files",
            algorithm=manifest.algorithm if manifest else "",
            signer=self.signer,
            files=tuple(sorted(self.files, key=lambda item: item.path)),
            problems=tuple(self.problems),
            ignored=manifest.ignored if manifest else (),
            unlisted_allowed=allow_unlisted,
            bytes_hashed=self.hashed,
            seconds=round(seconds, 4),
            notes=tuple(self.notes),
        )


def _read_list(found: _Found, path: Path) -> None:
    """A list of digests; what Model Signing signed is one too, taken without its signature."""
    data = _bytes(path, LIST_BYTES)
    found.against, found.own = str(path), _inside(found, path)
    try:
        if data.lstrip()[:1] == b"{":
            found.manifest = manifest_of(parse_bundle(data).payload)
            found.notes.append("the list is that of a signature, which was not checked")
        else:
            found.manifest = parse_checksums(data, path.name)
    except MalformedError as error:
        hint = "give a list as sha256sum or b3sum writes it, or a model.sig"
        raise UsageError(f"{path}: {error.message}", hint=hint) from error


def _read_signature(found: _Found, given: Path | None, trust: Trust) -> None:
    if given is not None:
        found.against, found.own = str(given), _inside(found, given)
        data = _bytes(given, BUNDLE_BYTES)
    else:
        entry = signature_in(found.opened.release.files)
        if entry is None:
            found.problems.append(f"not signed: there is no {SIGNATURE} or *.sigstore.json in it")
            return
        found.against = found.own = entry.path
        try:
            with found.opened.open(entry) as blob:
                data = blob.read_at(0, min(blob.size, BUNDLE_BYTES))
        except (OSError, BudgetExceeded, MalformedError) as error:
            found.problems.append(f"{entry.path} could not be read: {_why(error)}")
            return
    try:
        bundle = parse_bundle(data)
        found.signer = signer_of(bundle, trust)
        found.manifest = manifest_of(bundle.payload)
    except (MalformedError, NotTrusted) as error:
        found.problems.append(str(error))


def signature_in(files: Sequence[FileEntry]) -> FileEntry | None:
    """The file that signs a release, by its name."""
    by_path = {entry.path: entry for entry in files}
    names = [path for path in by_path if "/" not in path and path.endswith((".sigstore.json", ".sigstore"))]
    names = [SIGNATURE, *names] if SIGNATURE in by_path else names
    return by_path[names[0]] if names else None


def _bytes(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as handle:
            return handle.read(limit + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="give a file that can be read") from error


def _inside(found: _Found, path: Path) -> str:
    """The path of a file of one's own in a folder that is audited; empty elsewhere."""
    locator = found.opened.release.locator
    if locator.scheme != "file":
        return ""
    folder = Path(locator.name, locator.subpath or "")
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except (ValueError, OSError):
        return ""


def _compare(found: _Found, manifest: Manifest, progress: Progress | None) -> None:
    entries = {
        entry.path: entry
        for entry in found.opened.release.files
        if entry.path != found.own and not _is_ignored(entry.path, manifest.ignored)
    }
    items = {_path(item, entries): item for item in manifest.items} if manifest.method == "files" else {}
    if found.opened.release.locator.scheme == "file":
        if manifest.method == "shards":
            _compare_shards(found, manifest, entries, progress)
        else:
            _compare_disk(found, items, entries, progress)
    else:
        _compare_host(found, manifest, items, entries)
    listed = {_path(item, entries) for item in manifest.items}
    for path in entries.keys() - listed:
        found.files.append(FileCheck(path=path, state=FileState.UNLISTED, why="there, but not in the list"))
    for path in listed - entries.keys():
        found.files.append(FileCheck(path=path, state=FileState.MISSING, why="in the list, but not there"))
    for note in found.opened.observations:
        if isinstance(note, Gap) and not _is_ignored(note.location.path, manifest.ignored):
            found.files.append(FileCheck(path=note.location.path, state=FileState.UNREAD, why=note.detail))


def _path(item: Item, entries: Mapping[str, FileEntry]) -> str:
    """The path in the release; a model that is one file is called by a dot, or by its own name."""
    return next(iter(entries)) if item.path == WHOLE and len(entries) == 1 else item.path


def _is_ignored(path: str, ignored: Sequence[str]) -> bool:
    return any(path == name or path.startswith(f"{name.rstrip('/')}/") for name in ignored)


def _compare_disk(
    found: _Found, items: Mapping[str, Item], entries: Mapping[str, FileEntry], progress: Progress | None
) -> None:
    both = [(path, item, entries[path]) for path, item in items.items() if path in entries]
    parts = [
        Part(key=path, algorithm=item.algorithm, size=entry.size, open=_opener(found.opened, entry))
        for path, item, entry in both
    ]
    done = digests(parts, progress)
    found.hashed += total(done)
    found.files += [_checked(item, result) for (_, item, _), result in zip(both, done, strict=True)]


def _checked(item: Item, result: Digested) -> FileCheck:
    if result.why:
        return FileCheck(path=result.key, state=FileState.UNREAD, expected=item.digest, why=result.why)
    same = result.digest == item.digest
    return FileCheck(
        path=result.key,
        state=FileState.SAME if same else FileState.CHANGED,
        basis=DigestBasis.READ,
        expected=item.digest,
        actual=result.digest,
        why="" if same else "its bytes are others than those in the list",
    )


class _Opener:
    """Opens a file of the release and gives its descriptor, if it is still the file that was listed."""

    def __init__(self, opened: OpenRelease, entry: FileEntry) -> None:
        self._opened, self._entry = opened, entry

    @contextmanager
    def __call__(self) -> Iterator[int]:
        with self._opened.open(self._entry) as blob:
            if not isinstance(blob, FileBlob):
                raise OSError(errno.EINVAL, "not a file on this disk")
            if blob.size != self._entry.size:
                raise OSError(errno.EIO, "changed its size since it was listed")
            yield blob.fd


def _opener(opened: OpenRelease, entry: FileEntry) -> _Opener:
    return _Opener(opened, entry)


def _compare_shards(
    found: _Found, manifest: Manifest, entries: Mapping[str, FileEntry], progress: Progress | None
) -> None:
    """Every part by itself; a file is the same when its parts are, and when they leave nothing of it out."""
    by_path: dict[str, list[Item]] = {}
    for item in manifest.items:
        by_path.setdefault(_path(item, entries), []).append(item)
    work: list[tuple[str, Item]] = []
    for path, items in by_path.items():
        if path not in entries:
            continue
        items.sort(key=lambda item: item.start or 0)
        ends = [0, *(item.end or 0 for item in items)]
        if [item.start for item in items] != ends[:-1] or ends[-1] != entries[path].size:
            why = f"its {entries[path].size} bytes are not what the parts in the list make up"
            found.files.append(FileCheck(path=path, state=FileState.CHANGED, why=why))
        else:
            work += [(path, item) for item in items]
    parts = [
        Part(
            key=path,
            algorithm=item.algorithm,
            start=item.start or 0,
            size=(item.end or 0) - (item.start or 0),
            open=_opener(found.opened, entries[path]),
        )
        for path, item in work
    ]
    done = digests(parts, progress)
    found.hashed += total(done)
    worst: dict[str, FileCheck] = {}
    for (_, item), result in zip(work, done, strict=True):
        check = _checked(item, result)
        if result.key not in worst or worst[result.key].state is FileState.SAME:
            worst[result.key] = check
    found.files += worst.values()


def _compare_host(
    found: _Found, manifest: Manifest, items: Mapping[str, Item], entries: Mapping[str, FileEntry]
) -> None:
    """By the digests that the host states; small files without one are fetched. No weights are."""
    if manifest.method != "files":
        why = "signed in parts, which no host states: needs download"
        found.files += [FileCheck(path=path, state=FileState.UNREAD, why=why) for path in entries]
        return
    stated = 0
    for path, item in items.items():
        if path in entries:
            check = _on_host(found, item, entries[path])
            stated += check.basis is DigestBasis.STATED
            found.files.append(check)
    if stated:
        found.notes.append(
            f"for {stated} files the host's word stands: it states their digests, nobody here read them"
        )


def _on_host(found: _Found, item: Item, entry: FileEntry) -> FileCheck:
    kind, _, digest = (entry.digest or "").partition(":")
    if kind == "sha256" and item.algorithm == "sha256":
        same = digest == item.digest
        return FileCheck(
            path=entry.path,
            state=FileState.SAME if same else FileState.CHANGED,
            basis=DigestBasis.STATED,
            expected=item.digest,
            actual=digest,
            why="" if same else "the host states another digest than the list",
        )
    if entry.size > REMOTE_BYTES:
        reason = f"the host states no {item.algorithm} for it: needs download"
        return FileCheck(path=entry.path, state=FileState.UNREAD, expected=item.digest, why=reason)
    try:
        hasher = new(item.algorithm)
        with found.opened.open(entry) as blob:
            data = blob.read_at(0, entry.size)
    except (OSError, BudgetExceeded, MalformedError) as error:
        return FileCheck(path=entry.path, state=FileState.UNREAD, expected=item.digest, why=_why(error))
    hasher.update(memoryview(data))
    found.hashed += len(data)
    why = "" if len(data) == entry.size else "the host gave less than it lists"
    return _checked(item, Digested(key=entry.path, digest=hasher.hexdigest(), size=len(data), why=why))


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else str(error)) or "cannot be read"


def with_signature(report: Report, found: Verification) -> Report:
    """The report, with what is now known of its signature: verified, or a finding that says why not."""
    state = "verified" if found.verified else "not-verified" if found.against else "none"
    control = replace(report.control, signature=state, signed=bool(found.against))
    where = Location(path=found.against or ".")
    fact = Evidence(
        key="signature.verified",
        value=found.verified,
        location=where,
        inspector=INSPECTOR,
        quote=found.signer.words,
    )
    findings = report.findings
    if not found.verified:
        bad = [file for file in found.files if file.state is not FileState.SAME]
        why = (
            found.problems[0]
            if found.problems
            else f"{bad[0].path}: {bad[0].why}"
            if bad
            else "nothing was signed"
        )
        finding = Finding(
            rule="signature-verifies",
            severity=Severity.HIGH,
            message=f"the signature does not stand: {why}",
            because=(fact,),
            remedy="ask its publisher; `ajar verify` names every file",
        )
        findings = (finding, *findings)
    return replace(report, control=control, findings=findings, evidence=(*report.evidence, fact))
