"""From facts to components: MOF's 17 kinds, each by what it is, not by what its file is called."""

from __future__ import annotations

from collections.abc import Mapping

from ajar.components import code, datasets, documents, weights
from ajar.components.identity import names_of
from ajar.model.component import Component, ComponentKind
from ajar.model.dossier import Dossier


def find(
    dossier: Dossier, title: str, libraries: Mapping[str, code.Library], shared: Dossier | None = None
) -> tuple[Component, ...]:
    """All 17 components, in MOF's order. Only what a library supplies carries its licence yet.

    `shared` holds the facts of a repository that stand outside this release's folder: they may point
    to its weights, and prove nothing else.
    """
    names = names_of(dossier, title)
    found = (
        code.architecture(dossier, libraries),
        weights.final_parameters(dossier, shared, names),
        documents.technical_report(dossier),
        documents.evaluation_results(dossier),
        documents.model_card(dossier),
        datasets.data_card(dossier),
        documents.sample_outputs(dossier),
        code.training(dossier, names),
        code.inference(dossier, libraries),
        code.evaluation(dossier),
        datasets.evaluation_data(dossier),
        code.libraries_named(dossier),
        datasets.datasets(dossier),
        code.preprocessing(dossier),
        weights.intermediate_parameters(dossier),
        documents.research_paper(dossier, names),
        documents.model_metadata(dossier),
    )
    order = {kind: number for number, kind in enumerate(ComponentKind)}
    return tuple(sorted(found, key=lambda component: order[component.kind]))


def library_rows() -> tuple[dict[str, str], ...]:
    """Libraries that run models: name, licence id, source and date of each, as the data file has them."""
    import tomllib
    from importlib.resources import files

    table = tomllib.loads((files("ajar.components") / "data" / "libraries.toml").read_text("utf-8"))
    return tuple(table["library"])
