"""One repository, several releases: found by their own licence or their own weights, never mixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ajar.components.checks import has_model
from ajar.components.identity import folder_of, is_aside
from ajar.errors import TargetNotFound
from ajar.model.dossier import Dossier
from ajar.model.locator import Locator
from ajar.model.release import Release
from ajar.model.report import Report

# A folder of these at the top is one pipeline made of parts, not many releases.
_PIPELINE_FILES = frozenset({"model_index.json", "modules.json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One release inside a repository, and what stands outside every such release."""

    title: str
    dossier: Dossier
    shared: Dossier


def split(dossier: Dossier) -> tuple[Part, ...]:
    """The releases inside a repository; empty when it is one release.

    A folder is a release of its own when a licence text stands in it beside a card, a configuration
    or weights; or when it holds configuration and weights while the top holds neither. Two at least.
    """
    folders = _licensed_folders(dossier)
    if len(folders) < 2:
        folders = _weight_folders(dossier)
    if len(folders) < 2:
        return ()
    outside = [path for path in _paths(dossier) if not any(_under(path, folder) for folder in folders)]
    shared = _part_of(dossier, set(outside), None)
    parts = []
    for folder in folders:
        inside = {path for path in _paths(dossier) if _under(path, folder)}
        parts.append(Part(title=folder, dossier=_part_of(dossier, inside, folder), shared=shared))
    return tuple(parts)


def _licensed_folders(dossier: Dossier) -> list[str]:
    licensed = {
        folder_of(item.location.path) for item in dossier.all("licence.document") if item.value == "licence"
    }
    described = {
        folder_of(item.location.path)
        for item in dossier.all("card.words", "config.model-type", "weights.tensor-count")
        if not item.location.path.rpartition("/")[2]
        .lower()
        .startswith(("contributing", "security", "code_of_conduct"))
    }
    return _outermost(folder for folder in licensed & described if folder and not is_aside(f"{folder}/x"))


def _weight_folders(dossier: Dossier) -> list[str]:
    paths = _paths(dossier)
    if any(path in _PIPELINE_FILES for path in paths):
        return []
    weights = {folder_of(item.path) for item in dossier.family("weights") if not is_aside(item.path)}
    configured = {
        folder_of(item.location.path) for item in dossier.all("config.model-type", "config.architecture")
    }
    if "" in weights | configured:
        return []
    nested = {
        folder_of(path) for path in paths if path.rpartition("/")[2] in _PIPELINE_FILES and folder_of(path)
    }
    whole = (weights & configured) | nested
    return _outermost(folder for folder in whole if not is_aside(f"{folder}/x"))


def _outermost(folders: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for folder in sorted(folders):
        if not any(_under(folder, other) for other in kept):
            kept.append(folder)
    return kept


def _under(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")


def _paths(dossier: Dossier) -> tuple[str, ...]:
    return tuple(item.path for item in dossier.files)


def _part_of(dossier: Dossier, paths: set[str], folder: str | None) -> Dossier:
    locator = dossier.release.locator
    if folder is not None:
        base = f"{locator.subpath}/" if locator.subpath else ""
        locator = Locator(
            scheme=locator.scheme, name=locator.name, revision=locator.revision, subpath=f"{base}{folder}"
        )
    release = Release(
        locator=locator,
        revision=dossier.release.revision,
        files=tuple(entry for entry in dossier.release.files if entry.path in paths),
    )
    return Dossier(
        release=release,
        files=tuple(item for item in dossier.files if item.path in paths),
        evidence=tuple(item for item in dossier.evidence if _base(item.location.path) in paths),
        gaps=tuple(gap for gap in dossier.gaps if folder is None or _under(gap.location.path, folder)),
        texts=tuple(text for text in dossier.texts if _base(text.path) in paths),
    )


def _base(path: str) -> str:
    """The file a fact belongs to: `x.gguf#chat_template` belongs to `x.gguf`."""
    return path.partition("#")[0]


def require_model(report: Report) -> None:
    """Raises `TargetNotFound` for a report on something that is no model: it is never a pass."""
    if not report.releases and not has_model(report.components):
        raise TargetNotFound(
            "there is no model in this: no weights, no link to any, no card, no configuration",
            hint="looked for: weights, model card, model metadata; give the folder that holds the release",
        )
