"""Data: what the model learned from and was measured on, and what is said about it."""

from __future__ import annotations

import re

from ajar.components.identity import is_aside
from ajar.model.component import Component, ComponentKind
from ajar.model.dossier import Dossier
from ajar.model.evidence import Basis, Evidence

_EVALUATION = re.compile(r"(eval|test|bench|valid|dev|results?|scores?)", re.IGNORECASE)
_RESULTS = re.compile(r"(results?|scores?|metrics|leaderboard|evals?/)", re.IGNORECASE)
_TRAINING = re.compile(
    r"(^|/)(pre)?train(ing)?[-_.\d]*([-_]?data)?(-\d+-of-\d+)?\.\w+$|(^|/)(pre)?train(ing)?([-_]data)?/|(^|/)corp(us|ora)[/.]",
    re.IGNORECASE,
)

# A data section with fewer words or sources than this names data without describing it.
_CARD_WORDS = 40
_BLANKS = 5  # so many places left open, and so few words, make a template
_FILLED_WORDS = 400
_CARD_SOURCES = 2


def datasets(dossier: Dossier) -> Component:
    """The training data: in the release, or named where it stands."""
    kind = ComponentKind.DATASETS
    files = [
        item.path
        for item in dossier.family("data")
        if not is_aside(item.path) and _TRAINING.search(item.path) and not _EVALUATION.search(item.path)
    ]
    if files:
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"training data is here: {files[0]}",
            files=tuple(files[:64]),
        )
    withheld = tuple(item for item in dossier.all("card.withheld") if item.value == "data")
    if withheld:
        return Component(
            kind=kind,
            state=Basis.WITHHELD,
            reason="the publisher says the data is not released",
            because=withheld,
        )
    named = [
        item
        for item in dossier.all("card.dataset", "card.dataset-link", "config.dataset")
        if _training_source(item)
    ]
    if named:
        names = dict.fromkeys(
            str(item.value).removeprefix("https://huggingface.co/datasets/") for item in named
        )
        some = ", ".join(list(names)[:3])
        return Component(
            kind=kind,
            state=Basis.DECLARED,
            reason=f"{len(names)} data set{'s are' if len(names) > 1 else ' is'} named, {'none is' if len(names) > 1 else 'not'} here ({some})",
            because=tuple(named[:12]),
        )
    return Component(
        kind=kind, state=Basis.ABSENT, reason="no training data here, and none is named with a place"
    )


# A path on somebody's own machine says nothing of where the data stands.
_OWN_DISK = re.compile(r"^(/|~|\.{1,2}/|[A-Za-z]:\\|file:)")


def _training_source(item: Evidence) -> bool:
    if _OWN_DISK.match(str(item.value)):
        return False
    return not is_aside(item.location.path) and not re.search(
        r"(eval|bench|leaderboard)", str(item.value), re.IGNORECASE
    )


def evaluation_data(dossier: Dossier) -> Component:
    """What the model was measured on; tables of results are not it."""
    kind = ComponentKind.EVALUATION_DATA
    files = [
        item.path
        for item in dossier.family("data")
        if not is_aside(item.path) and _EVALUATION.search(item.path) and not _RESULTS.search(item.path)
    ]
    if files:
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"evaluation data is here: {files[0]}",
            files=tuple(files[:64]),
        )
    named = [
        item
        for item in dossier.all("card.dataset-link", "code.dataset-id", "config.dataset")
        if re.search(r"(eval|bench|test)", f"{item.value} {item.location.path}", re.IGNORECASE)
        and not is_aside(item.location.path)
    ]
    if named:
        return Component(
            kind=kind,
            state=Basis.DECLARED,
            reason=f"named, not here: {named[0].value}",
            because=tuple(named[:6]),
        )
    return Component(
        kind=kind, state=Basis.ABSENT, reason="no evaluation data here, and none is named with a place"
    )


def data_card(dossier: Dossier) -> Component:
    """A description of the data: where it comes from, how it was chosen and treated.

    A heading without sources is not one.
    """
    kind = ComponentKind.DATA_CARD
    unfilled = _unfilled(dossier)
    own = [path for path in dossier.paths("data-card") if not is_aside(path) and path not in unfilled]
    sections = [item for item in dossier.all("data-card.section") if item.location.path in own]
    if own and len(sections) >= 2:
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"a data card of {len(sections)} sections",
            files=tuple(own),
            because=tuple(sections[:6]),
        )
    words = [
        item
        for item in dossier.all("card.section-words")
        if item.location.pointer in {"training-data", "data-card"}
        and isinstance(item.value, int)
        and item.value >= _CARD_WORDS
    ]
    sources = dossier.all("card.training-data-source")
    if words and len(sources) >= _CARD_SOURCES:
        path = words[0].location.path
        return Component(
            kind=kind,
            state=Basis.INFERRED,
            reason=f"no data card; the section on training data in {path} names {len(sources)} sources",
            files=(path,),
            because=(*words[:1], *sources[:6]),
        )
    linked = [
        item
        for item in dossier.all("card.paper-link", "card.link")
        if re.search(r"(datasheet|data card|data statement)", item.quote, re.IGNORECASE)
    ]
    if linked:
        return Component(
            kind=kind, state=Basis.DECLARED, reason=f"linked: {linked[0].value}", because=tuple(linked[:3])
        )
    if own or words:
        return Component(
            kind=kind,
            state=Basis.ABSENT,
            reason="training data has a heading, but not two named sources under it",
            because=tuple(words[:2]),
        )
    if unfilled:
        path = min(unfilled)
        return Component(
            kind=kind,
            state=Basis.ABSENT,
            reason=f"{path} is a template that nobody filled in",
            because=(unfilled[path],),
        )
    return Component(kind=kind, state=Basis.ABSENT, reason="no description of the training data")


def _unfilled(dossier: Dossier) -> dict[str, Evidence]:
    """Data cards that are mostly places left to be filled in, as for model cards."""
    words = {item.location.path: item.value for item in dossier.all("data-card.words")}
    return {
        item.location.path: item
        for item in dossier.all("data-card.placeholder")
        if isinstance(item.value, int)
        and item.value >= _BLANKS
        and int(words.get(item.location.path, 0) or 0) < _FILLED_WORDS
    }
