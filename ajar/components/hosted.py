"""What the host states of a release, held against what its bytes say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from ajar.model.dossier import Dossier
from ajar.model.evidence import Evidence
from ajar.model.judgement import Finding, Outcome, Severity

RULES = (
    (
        "host-names-the-licence-of-the-release",
        "The licence that the host shows is the one that the release states for its weights.",
        "People choose by the host's label. It is a tag; the text in the release is what binds.",
        "Name the same licence in the card's front matter as in the licence text.",
    ),
    (
        "licence-stands-since-publication",
        "The licence file is the one that the repository was first published with.",
        "A licence may be swapped under the same name; a copy fetched before stands under the old one.",
        "Compare with what stood there before: ajar diff NAME --since DATE.",
    ),
    (
        "weights-are-not-withdrawn",
        "No weights were deleted from the repository and left out since.",
        "A release that can be taken back is under its host's and maker's control; a pinned revision may still have it.",
        "Keep a copy, and pin the revision that you use.",
    ),
    (
        "host-scan-found-nothing",
        "The host's own security scan has ended and flags no file.",
        "A second look by other tools. Not scanned is not safe, and a scan that found nothing is no proof.",
        "Read what the scan says on the repository's page, and what ajar says of the same file.",
    ),
)
_LICENCE_FILE = re.compile(r"(?:licen[cs]e|copying)[^/]*", re.IGNORECASE)
_WEIGHTS = re.compile(
    r"\.(?:safetensors|bin|pth?|ckpt|gguf|onnx|h5|keras|msgpack|pkl|tflite)$", re.IGNORECASE
)
_LATER_DAYS = 7  # many add the licence in the days after the first upload


def host_findings(
    dossier: Dossier, *, licences: Collection[str], tagged: Collection[str], levels: Mapping[str, str]
) -> Iterator[Finding]:
    """`licences` are the ids on the weights, `tagged` those that the host's tags mean, `levels` what loading a file would do."""
    yield from _licence(dossier, licences, tagged)
    yield from _changed(dossier)
    yield from _withdrawn(dossier)
    yield from _scan(dossier, levels)


def _licence(dossier: Dossier, licences: Collection[str], tagged: Collection[str]) -> Iterator[Finding]:
    ground = dossier.all("host.licence")
    own, shown = {_bare(name) for name in licences}, {_bare(name) for name in tagged}
    if ground and own and shown and not own & shown:
        message = f"the host shows {', '.join(sorted(tagged))}; the release says {', '.join(sorted(licences)[:3])} of its weights"
        yield _finding("host-names-the-licence-of-the-release", Severity.MEDIUM, message, ground)


def _bare(name: str) -> str:
    return name.lower().removesuffix("-only").removesuffix("-or-later")


def _changed(dossier: Dossier) -> Iterator[Finding]:
    made = next(iter(dossier.all("host.created")), None)
    for item in dossier.all("host.file-changed"):
        days = _days(str(made.value), str(item.value)) if made is not None else None
        if days is not None and days > _LATER_DAYS and _LICENCE_FILE.fullmatch(item.location.path):
            message = (
                f"{item.location.path} was last changed {days} days after the repository was made: {item.quote}; "
                "whoever took a copy before may hold it under other terms"
            )
            ground = (item, *((made,) if made is not None else ()))
            yield _finding("licence-stands-since-publication", Severity.LOW, message, ground, Outcome.UNKNOWN)


def _days(before: str, after: str) -> int | None:
    try:
        return (date.fromisoformat(after[:10]) - date.fromisoformat(before[:10])).days
    except ValueError:
        return None


def _withdrawn(dossier: Dossier) -> Iterator[Finding]:
    here = {entry.path for entry in dossier.release.files}
    if dossier.release.locator.subpath:
        return  # paths of the history are the repository's
    ground = tuple(
        item
        for item in dossier.all("host.file-deleted")
        if _WEIGHTS.search(str(item.value)) and str(item.value) not in here
    )
    if ground:
        names = ", ".join(str(item.value) for item in ground[:3])
        message = f"{names}: deleted from the repository and not there now ({ground[0].quote})"
        yield _finding("weights-are-not-withdrawn", Severity.LOW, message, ground)


def _scan(dossier: Dossier, levels: Mapping[str, str]) -> Iterator[Finding]:
    rule = "host-scan-found-nothing"
    for item in dossier.all("host.scan-issues"):
        if item.value is None:
            message = f"{item.quote}; not scanned is not safe"
            yield _finding(rule, Severity.INFO, message, (item,), Outcome.UNKNOWN)
        elif item.value:
            flagged = dossier.all("host.scan-issue")
            words = "; ".join(
                f"{issue.value} ({issue.quote}; by ajar: {levels.get(str(issue.value), 'clean')})"
                for issue in flagged[:3]
            )
            message = (
                f"the host's scan flags {item.value}: {words}"
                if words
                else f"the host's scan flags {item.value}"
            )
            yield _finding(rule, Severity.MEDIUM, message, (item, *flagged))


def _finding(
    rule: str,
    severity: Severity,
    message: str,
    ground: tuple[Evidence, ...],
    outcome: Outcome = Outcome.UNMET,
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        because=ground[:8],
        outcome=outcome,
        remedy=next(row[3] for row in RULES if row[0] == rule),
    )
