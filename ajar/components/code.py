"""Code: what runs the model, trains it, evaluates it, prepares its data. Told by what it does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ajar.components.identity import is_aside, is_own
from ajar.model.component import (
    Component,
    ComponentKind,
    Licence,
    LicenceMatch,
    MatchKind,
    Scope,
)
from ajar.model.dossier import Dossier
from ajar.model.evidence import Basis, Evidence

# Fewer lines than this is a snippet, not a program.
_PROGRAM_LINES = 10

_SHOWN = re.compile(
    r"\.ipynb$|(^|/)(examples?|tutorials?|notebooks?|colabs?|docs?|case-studies)/", re.IGNORECASE
)
# A repository of evaluation code, or its folder in one; not a benchmark's own page, not a document.
_EVALUATES = re.compile(
    r"(harness|(^|[/_-])evals?(uation)?([/_-]|$)(?!.*\.(md|rst|html|pdf)$))", re.IGNORECASE
)
_TUNING = re.compile(r"(fine[-_]?tun|finetune|lora|peft|sft|dpo|rlhf|distil)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """An open library that loads and runs published weights."""

    name: str
    licence: Licence
    source: str


def _found(dossier: Dossier, key: str) -> list[Evidence]:
    """Facts about code that is part of the release: a program, not a test, not a snippet."""
    lines = {item.location.path: item.value for item in dossier.all("code.lines")}
    kept = []
    for item in dossier.all(key):
        path = item.location.path
        size = lines.get(path, _PROGRAM_LINES)
        if not is_aside(path) and isinstance(size, int) and size >= _PROGRAM_LINES:
            kept.append(item)
    # A library's own source speaks for the release before a notebook or an example does.
    return sorted(kept, key=lambda item: bool(_SHOWN.search(item.location.path)))


def _files(items: list[Evidence]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.location.path for item in items))


def architecture(dossier: Dossier, libraries: Mapping[str, Library]) -> Component:
    """Source that defines the network, or a configuration that names one an open library defines."""
    kind = ComponentKind.MODEL_ARCHITECTURE
    defined = _found(dossier, "code.defines-model")
    if defined:
        names = ", ".join(str(item.value) for item in defined[:3])
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"defined in source: {names}",
            files=_files(defined),
            because=tuple(defined[:6]),
        )
    graphs = dossier.paths("onnx", "openvino", "tflite", "tf-saved-model")
    if graphs:
        return Component(
            kind=kind, state=Basis.VERIFIED, reason="the graph itself is in the file", files=graphs
        )
    supplied = _from_library(
        dossier, kind, libraries, "its source is in {name}, under {licence} (named by {value})"
    )
    return supplied or Component(
        kind=kind,
        state=Basis.ABSENT,
        reason="no source that defines the network, and no library that does is named",
    )


def inference(dossier: Dossier, libraries: Mapping[str, Library]) -> Component:
    """A program here that loads the weights and runs them, or an open library that is known to.

    A few lines in a card do not count.
    """
    kind = ComponentKind.INFERENCE_CODE
    runs = _found(dossier, "code.generates")
    loads = _found(dossier, "code.loads-weights")
    own = [item for item in dossier.all("config.auto-map") if not is_aside(item.location.path)]
    if runs or (own and loads):
        first = (runs or loads)[0]
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"{first.location.path} runs the model",
            files=_files([*runs, *loads]),
            because=tuple((runs or loads)[:6]),
        )
    if own:
        reason = "the configuration asks for code of its own, which is not here"
        return Component(kind=kind, state=Basis.ABSENT, reason=reason, because=tuple(own[:2]))
    return _from_library(
        dossier, kind, libraries, "no code here; {name} runs this format, under {licence}"
    ) or Component(kind=kind, state=Basis.ABSENT, reason="no program here that runs the model")


def _from_library(
    dossier: Dossier, kind: ComponentKind, libraries: Mapping[str, Library], words: str
) -> Component | None:
    """A component that an open library supplies, when the release names the library or its format."""
    for item in dossier.all(
        "card.library", "config.kind", "config.model-type", "weights.architecture", "card.loads-with"
    ):
        name = str(item.value).lower()
        if item.key == "config.model-type":
            name = "transformers"
        elif item.key == "weights.architecture":
            name = "llama.cpp" if item.inspector == "gguf" else ""
        library = libraries.get(name)
        if library is None or is_aside(item.location.path):
            continue
        match = LicenceMatch(
            licence=library.licence,
            match=MatchKind.REFERENCE,
            location=item.location,
            applies_to=(Scope.CODE,),
            because=f"{library.name} is published under it: {library.source}",
            quote=item.quote,
        )
        return Component(
            kind=kind,
            state=Basis.INFERRED,
            reason=words.format(name=library.name, licence=library.licence.id, value=item.value),
            files=(item.location.path,),
            because=(item,),
            licences=(match,),
        )
    return None


def training(dossier: Dossier, names: frozenset[str]) -> Component:
    """The code that trained this model: it trains from scratch, and its settings are here.

    A script that only tunes a finished model is not it; a trainer without this model's settings is
    somebody's library.
    """
    kind = ComponentKind.TRAINING_CODE
    trains = _found(dossier, "code.trains")
    tunes = {item.location.path for item in dossier.all("code.fine-tunes")}
    whole = [
        item for item in trains if item.location.path not in tunes and not _TUNING.search(item.location.path)
    ]
    settings = [item for item in dossier.all("config.training-setting") if not is_aside(item.location.path)]
    settings = [item for item in settings if not _TUNING.search(item.location.path)]
    if whole and (settings or _names_model(whole, names)):
        ground = (*whole[:4], *settings[:2])
        reason = f"{whole[0].location.path} trains the model" + (
            f" with settings in {settings[0].location.path}" if settings else ""
        )
        return Component(
            kind=kind, state=Basis.VERIFIED, reason=reason, files=_files([*whole, *settings]), because=ground
        )
    linked = [item for item in dossier.all("card.code-link") if not is_aside(item.location.path)]
    if settings and linked and not whole:
        reason = f"settings for this model are here ({settings[0].location.path}); the trainer is linked"
        return Component(
            kind=kind,
            state=Basis.DECLARED,
            reason=reason,
            files=_files(settings)[:32],
            because=(*settings[:3], *linked[:3]),
        )
    if whole:
        reason = f"{whole[0].location.path} trains, but no settings for this model are here"
        return Component(kind=kind, state=Basis.ABSENT, reason=reason, because=tuple(whole[:3]))
    if trains:
        reason = f"only tuning of a finished model ({trains[0].location.path})"
        return Component(kind=kind, state=Basis.ABSENT, reason=reason, because=tuple(trains[:3]))
    return _withheld_or_absent(dossier, kind, "code", "no code that trains the model")


def _names_model(items: list[Evidence], names: frozenset[str]) -> bool:
    return any(is_own(item.location.path, names) and "train" in item.location.path.lower() for item in items)


def evaluation(dossier: Dossier) -> Component:
    """Code that measures the model."""
    kind = ComponentKind.EVALUATION_CODE
    found = _found(dossier, "code.evaluates")
    if found:
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"{found[0].location.path} evaluates the model",
            files=_files(found),
            because=tuple(found[:6]),
        )
    linked = [
        item
        for item in dossier.all("card.code-link")
        if _EVALUATES.search(str(item.value)) and not is_aside(item.location.path)
    ]
    if linked:
        return Component(
            kind=kind, state=Basis.DECLARED, reason=f"linked: {linked[0].value}", because=tuple(linked[:4])
        )
    return Component(kind=kind, state=Basis.ABSENT, reason="no code that evaluates the model")


def preprocessing(dossier: Dossier) -> Component:
    """Code that makes the training data: collects, filters, tokenises and writes it."""
    kind = ComponentKind.PREPROCESSING_CODE
    found = _found(dossier, "code.preprocesses-data")
    if found:
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"{found[0].location.path} prepares data",
            files=_files(found),
            because=tuple(found[:6]),
        )
    return _withheld_or_absent(dossier, kind, "code", "no code that prepares the training data")


def libraries_named(dossier: Dossier) -> Component:
    """What the code needs, named."""
    kind = ComponentKind.SUPPORTING_LIBRARIES
    found = [
        item
        for item in dossier.all("requirements.package", "package.dependency")
        if not is_aside(item.location.path)
    ]
    if found:
        return Component(
            kind=kind,
            state=Basis.VERIFIED,
            reason=f"{len(found)} named in {found[0].location.path}",
            files=_files(found),
            because=tuple(found[:4]),
        )
    return Component(kind=kind, state=Basis.ABSENT, reason="no list of what the code needs")


def _withheld_or_absent(dossier: Dossier, kind: ComponentKind, what: str, nothing: str) -> Component:
    withheld = [item for item in dossier.all("card.withheld") if item.value == what]
    if withheld:
        return Component(
            kind=kind,
            state=Basis.WITHHELD,
            reason="the publisher says it is not released",
            because=tuple(withheld),
        )
    return Component(kind=kind, state=Basis.ABSENT, reason=nothing)
