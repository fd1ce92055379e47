"""One file through every check that its bytes call for, and the files inside it after that."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from ajar.blobs import BytesBlob, ChunksBlob, StreamBlob
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats.registry import sniff
from ajar.interfaces import HEAD_BYTES, Blob, Member
from ajar.model.evidence import Gap, GapReason
from ajar.model.judgement import Finding
from ajar.model.scan import FileSafety
from ajar.safety.check import Check, Sign, Specimen, level_of
from ajar.safety.registry import checks_for

FINDINGS = 200  # of one file; more say nothing new
SMALL_BYTES = 1 << 16
MEMBERS = 10_000  # files inside one file that are looked at
_FLOOR_BYTES = 1 << 20  # what a member may inflate even when those around it hold all the memory there is


@dataclass(slots=True)
class _Scan:
    limits: Limits
    deadline: float
    findings: list[Finding] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    members: int = 0
    held: int = 0  # inflated bytes that the members around the present one keep
    worst: int = -1

    def run(self, path: str, blob: Blob) -> FileSafety:
        format_id = self._look(path, blob, depth=0)
        findings = tuple(sorted(self.findings, key=lambda item: -_WORST.index(item.severity)))
        return FileSafety(
            path=path,
            format=format_id,
            level=level_of(findings, self.gaps),
            findings=findings,
            gaps=tuple(self.gaps),
        )

    def _look(self, path: str, blob: Blob, *, depth: int) -> str:
        limits = self._limits()
        specimen = Specimen(
            path=path, format="unknown", head=b"", blob=blob, limits=limits, deadline=self.deadline
        )
        try:
            # A small file is read once, whole; of a large one only what a check asks for.
            if blob.size <= SMALL_BYTES and not isinstance(blob, BytesBlob):
                blob = BytesBlob(blob.read_at(0, blob.size))
            head = blob.read_at(0, min(HEAD_BYTES, blob.size))
        except Exception as error:  # noqa: BLE001  hostile containers fail in many ways; each is a gap
            self.gaps.append(_gap_of(error, specimen))
            return "unknown"
        found = sniff(head, path)
        format_id = found.id if found else ("empty" if not blob.size else "unknown")
        specimen = Specimen(
            path=path, format=format_id, head=head, blob=blob, limits=limits, deadline=self.deadline
        )
        for check in checks_for(format_id, path, head):
            self._run(check, specimen, depth)
        return format_id

    def _run(self, check: Check, specimen: Specimen, depth: int) -> None:
        try:
            for sign in check.look(specimen):
                self._keep(sign, specimen, depth)
        except Exception as error:  # noqa: BLE001  the guard: one file's fault never ends a scan
            self.gaps.append(_gap_of(error, specimen))

    def _keep(self, sign: Sign, specimen: Specimen, depth: int) -> None:
        if isinstance(sign, Finding):
            # However many small ones come first, one that is worse than all before it is kept.
            rank = _WORST.index(sign.severity)
            if len(self.findings) < FINDINGS or rank > self.worst:
                self.findings.append(sign)
                self.worst = max(self.worst, rank)
        elif isinstance(sign, Gap):
            if len(self.gaps) < FINDINGS:
                self.gaps.append(sign)
        else:
            self._descend(sign, specimen, depth + 1)

    def _descend(self, member: Member, specimen: Specimen, depth: int) -> None:
        self.members += 1
        if depth > self.limits.archive_depth:
            detail = f"{member.path}: nested more than {self.limits.archive_depth} deep"
            self.gaps.append(specimen.gap(GapReason.OVER_BUDGET, detail))
        elif self.members > MEMBERS:
            if self.members == MEMBERS + 1:
                detail = f"more than {MEMBERS} files inside this one"
                self.gaps.append(specimen.gap(GapReason.OVER_BUDGET, detail))
        else:
            held = _held(member.blob)
            self.held += held
            self._look(member.path, member.blob, depth=depth)
            self.held -= held

    def _limits(self) -> Limits:
        """Members in members share one allowance of inflated bytes, however deep they are."""
        if not self.held:
            return self.limits
        left = max(self.limits.inflate_bytes - self.held, min(_FLOOR_BYTES, self.limits.inflate_bytes))
        return replace(self.limits, inflate_bytes=left)


def _held(blob: Blob) -> int:
    if isinstance(blob, ChunksBlob):
        return blob.held_bytes
    return min(blob.size, blob.limit_bytes) if isinstance(blob, StreamBlob) else 0


_WORST: tuple[str, ...] = ("info", "low", "medium", "high", "critical")


def scan(path: str, blob: Blob, limits: Limits) -> FileSafety:
    """What loading this file would do, as far as its bytes show. Raises nothing."""
    deadline = time.monotonic() + limits.file_seconds
    return _Scan(limits=limits, deadline=deadline).run(path, blob)


def _gap_of(error: Exception, specimen: Specimen) -> Gap:
    if isinstance(error, MalformedError):
        return specimen.gap(GapReason.MALFORMED, error.message, at=error.offset)
    if isinstance(error, BudgetExceeded):
        return specimen.gap(GapReason.OVER_BUDGET, error.message)
    if isinstance(error, OSError):
        return specimen.gap(GapReason.UNREADABLE, error.strerror or "read failed")
    return specimen.gap(GapReason.INTERNAL_ERROR, f"{type(error).__name__}: {error}"[:200])
