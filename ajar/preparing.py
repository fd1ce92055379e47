"""What a publisher would still have to add, and the documents that can be begun from the evidence."""

from __future__ import annotations

from dataclasses import dataclass

from ajar.config import Options
from ajar.frameworks.ways import Way, ways
from ajar.interfaces import Progress
from ajar.model.component import ComponentKind
from ajar.model.evidence import Basis
from ajar.model.report import Report
from ajar.pipeline import audit
from ajar.releases import require_model
from ajar.reports import cards


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document to begin with."""

    card: str  # model-card | data-card | data-information
    path: str  # in the release
    text: str
    blanks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """A release, the way to every higher level, and the documents that are missing."""

    report: Report
    ways: tuple[Way, ...]
    drafts: tuple[Draft, ...]


def prepare(
    target: str, options: Options, *, everything: bool = False, progress: Progress | None = None
) -> Preparation:
    """Look at a release as its publisher would. Raises `TargetError`.

    Documents that are there and say enough are not drafted, unless `everything` is asked for.
    """
    report = audit(target, options, progress=progress)
    require_model(report)
    wanted = tuple(cards.CARDS) if everything else _missing(report)
    return Preparation(
        report=report,
        ways=tuple(ways(report.verdicts)),
        drafts=tuple(_draft(card, report) for card in wanted),
    )


def _missing(report: Report) -> tuple[str, ...]:
    parts = {part.kind: part for part in report.components}
    found = []
    if parts[ComponentKind.MODEL_CARD].state is not Basis.VERIFIED:
        found.append("model-card")
    if parts[ComponentKind.DATA_CARD].state is not Basis.VERIFIED:
        found += ["data-card"]
        # Data that is public needs no stand-in; where it is not, the information is what counts.
        if parts[ComponentKind.DATASETS].state is not Basis.VERIFIED:
            found += ["data-information"]
    return tuple(found)


def _draft(card: str, report: Report) -> Draft:
    text = cards.render(card, report)
    path = cards.CARDS[card]
    if card == "model-card" and any(entry.path == path for entry in report.release.files):
        path = "MODEL_CARD.md"  # the page that is there is the publisher's own
    return Draft(card=card, path=path, text=text, blanks=cards.blanks(text))
