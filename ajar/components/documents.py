"""Documents: card, paper, report, results, samples, metadata. Told by substance, not by file name."""

from __future__ import annotations

import re

from ajar.components.identity import folder_of, is_aside
from ajar.model.component import Component, ComponentKind
from ajar.model.dossier import Dossier
from ajar.model.evidence import Basis, Evidence

# What a card must speak of (Mitchell et al. 2019): use, limits, data, training, evaluation.
_CARD_SECTIONS = frozenset(
    [
        "intended-use",
        "out-of-scope",
        "limitations",
        "bias-risks",
        "training-data",
        "training-procedure",
        "evaluation",
        "results",
    ]
)
_USE_AND_LIMITS = frozenset({"intended-use", "out-of-scope", "limitations", "bias-risks"})
_CARD_WORDS = 100
_CARD_SECTIONS_NEEDED = 2
_METRICS_NEEDED = 3
_REPORT = re.compile(r"(technical[-_ ]?report|tech[-_ ]?report|report\.pdf|system[-_ ]?card)", re.IGNORECASE)
_OWN_PAPER = re.compile(
    r"\b(?:our|this|the|following|associated) (?:\w+ ){0,2}(?:paper|preprint)\b", re.IGNORECASE
)
# A link that only says "paper" is the release's own, unless there is a whole list of them.
_BARE = re.compile(r"(?:the )?(?:paper|publication|preprint|arxiv)s?", re.IGNORECASE)
_BARE_LINKS = 3
_RESULT_FILE = re.compile(r"(^|/)(evals?|evaluations?|results?|benchmarks?)(/|[-_.])", re.IGNORECASE)


def model_card(dossier: Dossier) -> Component:
    """A document that says what the model is for, where it fails, what it learned from."""
    kind = ComponentKind.MODEL_CARD
    words = {item.location.path: item.value for item in dossier.all("card.words")}
    sections: dict[str, list[Evidence]] = {}
    for item in dossier.all("card.section"):
        if item.value in _CARD_SECTIONS:
            sections.setdefault(item.location.path, []).append(item)
    placeholders = {
        item.location.path
        for item in dossier.all("card.placeholder")
        if isinstance(item.value, int) and item.value >= 5
    }
    best: tuple[int, str] | None = None
    for path, found in sections.items():
        count = words.get(path, 0)
        kinds = {item.value for item in found}
        enough = isinstance(count, int) and count >= _CARD_WORDS and len(kinds) >= _CARD_SECTIONS_NEEDED
        main = _may_be_card(path, dossier) and bool(kinds & _USE_AND_LIMITS)
        if (
            enough
            and main
            and not is_aside(path)
            and not (path in placeholders and isinstance(count, int) and count < 400)
        ):
            rank = (
                len(kinds)
                + 10 * bool(re.search(r"model[-_ ]?card", path, re.IGNORECASE))
                - 2 * path.count("/"),
                path,
            )
            best = max(best, rank) if best else rank
    if best:
        path = best[1]
        kinds_said = ", ".join(dict.fromkeys(str(item.value).replace("-", " ") for item in sections[path]))
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"{path} speaks of {kinds_said}",
            files=(path,),
            because=tuple(sections[path][:6]),
        )
    if placeholders:
        path = min(placeholders)
        ground = tuple(item for item in dossier.all("card.placeholder") if item.location.path == path)
        return Component(
            kind=kind,
            state=Basis.ABSENT,
            reason=f"{path} is a template that nobody filled in",
            because=ground[:3],
        )
    readmes = [
        path
        for path in words
        if path.rpartition("/")[2].lower().startswith(("readme", "model_card", "modelcard"))
    ]
    if readmes:
        first = min(readmes, key=lambda path: path.count("/"))
        return Component(
            kind=kind,
            state=Basis.ABSENT,
            reason=f"{first} does not speak of use, limits, data or evaluation",
            because=tuple(item for item in dossier.all("card.words") if item.location.path == first),
        )
    return Component(kind=kind, state=Basis.ABSENT, reason="no document that describes the model")


def _may_be_card(path: str, dossier: Dossier) -> bool:
    """A named card, or a first page: at the top, beside weights, or with a hub's front matter."""
    folder, _, name = path.rpartition("/")
    name = name.lower()
    if "model_card" in name or name.startswith(("modelcard", "model-card")):
        return True
    if not name.startswith("readme"):
        return False
    beside = any(folder_of(item.path) == folder for item in dossier.family("weights"))
    fielded = any(
        item.location.path == path for item in dossier.all("card.license", "card.library", "card.tag")
    )
    return not folder or beside or fielded


def technical_report(dossier: Dossier) -> Component:
    """A report by the makers, in the release or linked."""
    kind = ComponentKind.TECHNICAL_REPORT
    files = [path for path in dossier.paths("pdf", "paper") if _REPORT.search(path) and not is_aside(path)]
    if files:
        return Component(kind=kind, state=Basis.VERIFIED, reason=f"{files[0]} is here", files=tuple(files))
    links = [
        item
        for item in dossier.all("card.paper-link", "card.link")
        if _REPORT.search(f"{item.quote} {item.value}") and not is_aside(item.location.path)
    ]
    if links:
        return Component(
            kind=kind, state=Basis.DECLARED, reason=f"linked: {links[0].value}", because=tuple(links[:4])
        )
    return Component(kind=kind, state=Basis.ABSENT, reason="no technical report here, and none is linked")


def research_paper(dossier: Dossier, names: frozenset[str]) -> Component:
    """The paper on this model, in the release or linked."""
    kind = ComponentKind.RESEARCH_PAPER
    files = [
        path for path in dossier.paths("pdf", "paper") if not _REPORT.search(path) and not is_aside(path)
    ]
    papers = [path for path in files if re.search(r"paper|arxiv|preprint", path, re.IGNORECASE)]
    if papers:
        return Component(kind=kind, state=Basis.VERIFIED, reason=f"{papers[0]} is here", files=tuple(papers))
    links = [
        item
        for item in dossier.all("card.paper-link")
        if not is_aside(item.location.path) and not _REPORT.search(f"{item.quote} {item.value}")
    ]
    bare = [item for item in links if _BARE.fullmatch(item.quote.strip(" *_[]()"))]
    own = [
        item
        for item in links
        if any(name in item.quote.lower() for name in names)
        or _OWN_PAPER.search(item.quote)
        or (item in bare and len(bare) <= _BARE_LINKS)
    ]
    if own:
        return Component(
            kind=kind, state=Basis.DECLARED, reason=f"linked: {own[0].value}", because=tuple(own[:4])
        )
    if links:
        return Component(
            kind=kind,
            state=Basis.ABSENT,
            reason="papers are linked, none as this model's own",
            because=tuple(links[:3]),
        )
    return Component(kind=kind, state=Basis.ABSENT, reason="no paper here, and none is linked")


def evaluation_results(dossier: Dossier) -> Component:
    """Numbers: tables in a document, or result files."""
    kind = ComponentKind.EVALUATION_RESULTS
    metrics = [
        item
        for item in dossier.all("card.metric")
        if isinstance(item.value, int) and item.value >= _METRICS_NEEDED and not is_aside(item.location.path)
    ]
    files = [
        item.path
        for item in dossier.files
        if item.format in {"config", "csv", "jsonl", "parquet"}
        and _RESULT_FILE.search(item.path)
        and not is_aside(item.path)
        and "config" not in item.path.lower()
    ]
    if metrics or files:
        where = metrics[0].location.path if metrics else files[0]
        more = f" and {len(files)} result files" if metrics and files else ""
        paths = (*dict.fromkeys(item.location.path for item in metrics), *files[:64])
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"results in {where}{more}",
            files=paths,
            because=tuple(metrics[:4]),
        )
    return Component(kind=kind, state=Basis.ABSENT, reason="no results of an evaluation")


def sample_outputs(dossier: Dossier) -> Component:
    """What the model wrote or drew."""
    kind = ComponentKind.SAMPLE_OUTPUTS
    found = [item for item in dossier.all("card.sample-output") if not is_aside(item.location.path)]
    if found:
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"in {found[0].location.path}",
            files=tuple(dict.fromkeys(item.location.path for item in found)),
            because=tuple(found[:4]),
        )
    return Component(kind=kind, state=Basis.ABSENT, reason="no sample of the model's output")


def model_metadata(dossier: Dossier) -> Component:
    """Configuration and metadata of the model itself."""
    kind = ComponentKind.MODEL_METADATA
    found = [
        item
        for item in dossier.all(
            "config.model-type",
            "config.architecture",
            "config.field",
            "weights.metadata",
            "config.training-setting",
        )
        if not is_aside(item.location.path) and folder_of(item.location.path).count("/") < 4
    ]
    if found:
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"in {found[0].location.path}",
            files=tuple(dict.fromkeys(item.location.path for item in found))[:64],
            because=tuple(found[:4]),
        )
    return Component(kind=kind, state=Basis.ABSENT, reason="no configuration or metadata of the model")
