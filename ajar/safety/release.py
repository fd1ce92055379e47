"""From the files to the release: its level is that of its worst file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ajar.model.dossier import Dossier
from ajar.model.evidence import GapReason
from ajar.model.scan import FileSafety, Safety
from ajar.safety.check import worst

_UNSEEN = frozenset(
    {GapReason.MALFORMED, GapReason.UNREADABLE, GapReason.OVER_BUDGET, GapReason.INTERNAL_ERROR}
)


def assess(dossier: Dossier, scanned: Sequence[FileSafety]) -> Safety:
    """The level of a release, and the files that are not clean or hold weights.

    A release without weights is `unknown` unless something in it is worse: there was nothing to load. A
    weights file that the facts could not be read from is never clean.
    """
    weights = {item.path for item in dossier.files if item.family == "weights"}
    own = {item.path.partition("!/")[0] for item in dossier.files}
    # An archive that is the release itself was scanned as one file.
    mine = [file for file in scanned if file.path in own] or list(scanned)
    unread = {gap.location.path for gap in dossier.gaps if gap.reason in _UNSEEN}
    files = [
        replace(file, level="unknown") if file.level == "clean" and file.path in unread & weights else file
        for file in mine
    ]
    pointers = [
        FileSafety(path=item.path, format=item.format, level="unknown")
        for item in dossier.files
        if item.format == "lfs-pointer"
    ]
    shown = [file for file in files if file.level != "clean" or file.path in weights or len(mine) == 1]
    level = worst([file.level for file in (*files, *pointers)])
    if level == "clean" and not weights:
        level = "unknown"
    return Safety(level=level, files=(*shown, *pointers))
