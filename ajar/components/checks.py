"""Findings about the release as a whole: what is missing, broken, or not what it says."""

from __future__ import annotations

from collections.abc import Iterable

from ajar.components import hosted
from ajar.model.component import Component, ComponentKind
from ajar.model.dossier import Dossier
from ajar.model.evidence import Basis, GapReason
from ajar.model.judgement import Finding, Outcome, Severity

CATALOGUE_AGREES = (
    "catalogue-agrees-with-the-release"  # looked at where an audit is held against the catalogue
)
RULES = (
    (
        CATALOGUE_AGREES,
        "What the catalogue holds of a known system is what its release shows: licence, gate and door.",
        "A licence may be swapped and a gate added after a release became known; or a published fact was wrong from the start.",
        "Read both places. Where the catalogue is out of date, its entry wants mending.",
    ),
    (
        "weights-are-in-the-release",
        "The weights are in the release, readable.",
        "A link may die, change or ask for approval; only files that are here can be judged.",
        "Audit the folder that holds the weights.",
    ),
    (
        "weights-are-complete",
        "Every shard that the index names is here, whole, with the tensors the index lists for it.",
        "A missing or cut shard is found when loading fails, hours into a download.",
        "Fetch the missing files again.",
    ),
    (
        "file-suffix-matches-its-bytes",
        "Files are of the format that their names say.",
        "Loaders choose by suffix; a pickle named as something harmless is a way in.",
        "Rename the file, or find out why it is named so.",
    ),
    (
        "files-stay-inside-the-release",
        "No link in the release points out of it.",
        "A link that leaves the release can show a reader files of the machine it is read on.",
        "Replace the link by the file.",
    ),
    (
        "signature-verifies",
        "The signature is by the key, certificate or identity that was asked for, and of these files.",
        "A signature that is merely there says nothing: anybody can sign, and files can change afterwards.",
        "Ask the publisher for the key and the files; `ajar verify` names every file that differs.",
    ),
    (
        "every-file-could-be-read",
        "Every file of the release could be read and parsed.",
        "What could not be read was not judged.",
        "See the gaps of the report for what to mend.",
    ),
    *hosted.RULES,
)


_TELLING = frozenset(
    {
        ComponentKind.FINAL_PARAMETERS,
        ComponentKind.MODEL_CARD,
        ComponentKind.MODEL_METADATA,
        ComponentKind.MODEL_ARCHITECTURE,
    }
)


def has_model(parts: Iterable[Component]) -> bool:
    """Whether anything here is of a model: weights, a link to some, a card, a configuration."""
    return any(part.kind in _TELLING and part.state is not Basis.ABSENT for part in parts)


def release_findings(dossier: Dossier, parts: tuple[Component, ...]) -> tuple[Finding, ...]:
    """Findings that belong to no single judge."""
    return tuple(_all(dossier, {part.kind: part for part in parts}))


def _all(dossier: Dossier, parts: dict[ComponentKind, Component]) -> Iterable[Finding]:
    weights = parts[ComponentKind.FINAL_PARAMETERS]
    ground = weights.because or dossier.evidence[:1] or dossier.gaps[:1]
    if weights.state is Basis.UNKNOWN and ground:
        yield Finding(
            rule="weights-are-complete",
            severity=Severity.HIGH,
            message=weights.reason,
            because=ground[:8],
            remedy="fetch the missing or broken files again",
        )
    elif weights.state is not Basis.VERIFIED and ground:
        yield Finding(
            rule="weights-are-in-the-release",
            severity=Severity.LOW if weights.state is Basis.DECLARED else Severity.MEDIUM,
            message=weights.reason,
            because=ground[:4],
            outcome=Outcome.UNKNOWN if weights.state is Basis.DECLARED else Outcome.UNMET,
            remedy="audit the place that holds the weights to judge them",
        )
    for item in dossier.all("file.suffix-mismatch"):
        yield Finding(
            rule="file-suffix-matches-its-bytes",
            severity=Severity.MEDIUM,
            message=f"{item.location.path}: {item.quote}",
            because=(item,),
            remedy="do not trust the name; find out why it differs",
        )
    leaving = tuple(gap for gap in dossier.gaps if "leaves the release" in gap.detail)
    if leaving:
        yield Finding(
            rule="files-stay-inside-the-release",
            severity=Severity.HIGH,
            message=f"{len(leaving)} link{'s' if len(leaving) > 1 else ''} leave the release; not followed",
            because=leaving[:8],
            remedy="replace the link by the file it should be",
        )
    broken = tuple(
        gap for gap in dossier.gaps if gap.reason is not GapReason.UNSUPPORTED and gap not in leaving
    )
    if broken:
        some = "; ".join(f"{gap.location.path}: {gap.detail}" for gap in broken[:2])
        yield Finding(
            rule="every-file-could-be-read",
            severity=Severity.LOW,
            message=f"{len(broken)} thing{'s' if len(broken) > 1 else ''} could not be read ({some})",
            because=broken[:8],
            outcome=Outcome.UNKNOWN,
            remedy="see the gaps for what to mend; what was not read was not judged",
        )
