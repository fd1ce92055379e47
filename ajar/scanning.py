"""Files looked at for load safety and nothing else: what `ajar scan` runs. Light, so that it starts fast."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterable
from pathlib import Path

import ajar
from ajar.blobs import Meter, MeteredBlob
from ajar.config import Limits, Options
from ajar.errors import TargetError
from ajar.interfaces import OpenRelease, Progress
from ajar.model.evidence import Gap, GapReason, Location
from ajar.model.locator import Locator
from ajar.model.scan import Cost, FileSafety, ScanReport
from ajar.safety.check import worst
from ajar.safety.engine import scan as scan_file
from ajar.sources import open_release


def scan(
    targets: Iterable[str | Path], options: Options | None = None, *, progress: Progress | None = None
) -> ScanReport:
    """Look at every file of the targets for what loading it would do, and at nothing else.

    Raises `TargetError` for a target that is not there, after the others were looked at.
    """
    started = time.perf_counter()
    options = options or Options()
    meter, requests = Meter(options.limits.read_bytes), 0
    files: list[FileSafety] = []
    gaps: list[Gap] = []
    total, missing = 0, None
    for target in targets:
        try:
            with open_release(Locator.parse(str(target)), options) as opened:
                total += opened.release.size_bytes
                gaps += [note for note in opened.observations if isinstance(note, Gap)]
                before = meter.bytes_read
                _scan_release(opened, str(target), options.limits, meter, progress, files, gaps)
                if opened.meter is not None:  # what came over the network, not what was read of it
                    meter.bytes_read = before + opened.meter.bytes_read
                    requests += opened.meter.requests
        except TargetError as error:
            missing = missing or error
    if missing is not None and not files:
        raise missing
    if missing is not None:
        where = Location(path=missing.message.partition(":")[0])
        gaps.append(Gap(location=where, reason=GapReason.UNREADABLE, detail=missing.message))
    cost = Cost(
        bytes_read=meter.bytes_read,
        bytes_total=total,
        requests=requests,
        seconds=round(time.perf_counter() - started, 4),
    )
    level = worst([*(file.level for file in files), *("unknown" for _ in gaps[:1])])
    return ScanReport(
        tool_version=ajar.__version__, level=level, files=tuple(files), gaps=tuple(gaps), cost=cost
    )


def _scan_release(
    opened: OpenRelease,
    target: str,
    limits: Limits,
    meter: Meter,
    progress: Progress | None,
    files: list[FileSafety],
    gaps: list[Gap],
) -> None:
    entries = opened.release.files
    alone = len(entries) == 1 and Path(target).name == entries[0].path
    for number, entry in enumerate(entries):
        if progress and number % 64 == 0:
            progress("looking at files", number, len(entries))
        shown = target if alone else f"{target.rstrip('/')}/{entry.path}"
        try:
            with opened.open(entry) as blob:
                files.append(scan_file(shown, MeteredBlob(blob, meter), limits))
        except OSError as error:
            detail = "a link took its place" if error.errno == errno.ELOOP else error.strerror
            detail = detail or "cannot be opened"
            gaps.append(Gap(location=Location(path=shown), reason=GapReason.UNREADABLE, detail=detail))
