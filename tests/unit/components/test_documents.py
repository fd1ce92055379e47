"""Documents count by substance: an empty template is no card, a heading is no data information."""

from __future__ import annotations

from ajar.components import datasets, documents
from ajar.model.evidence import Basis
from tests.build.dossiers import dossier, fact

NAMES = frozenset({"chronos"})


def card(path: str, words: int, *sections: str, placeholders: int = 0) -> list:
    facts = [fact("card.words", words, path)]
    facts += [fact("card.section", name, path, line=number + 1) for number, name in enumerate(sections)]
    if placeholders:
        facts.append(fact("card.placeholder", placeholders, path))
    return facts


def test_a_card_speaks_of_use_and_limits() -> None:
    found = documents.model_card(
        dossier(facts=card("README.md", 400, "intended-use", "limitations", "usage"))
    )
    assert (found.state, found.files) == (Basis.VERIFIED, ("README.md",))


def test_an_empty_template_is_no_card() -> None:
    found = documents.model_card(
        dossier(facts=card("README.md", 120, "intended-use", "limitations", "training-data", placeholders=30))
    )
    assert found.state is Basis.ABSENT
    assert "template" in found.reason


def test_a_readme_about_installing_is_no_card() -> None:
    found = documents.model_card(dossier(facts=card("README.md", 900, "usage", "license")))
    assert found.state is Basis.ABSENT


def test_a_named_card_wins_over_the_readme() -> None:
    facts = [
        *card("README.md", 900, "evaluation", "training-data"),
        *card("model_card.md", 300, "intended-use", "limitations"),
    ]
    assert documents.model_card(dossier(facts=facts)).files == ("model_card.md",)


def test_a_paper_of_ones_own_is_declared_and_others_are_not() -> None:
    own = fact("card.paper-link", "https://arxiv.org/abs/2403.07815", "README.md", quote="Chronos paper")
    other = fact("card.paper-link", "https://arxiv.org/abs/1706.03762", "README.md", quote="Transformers")
    assert documents.research_paper(dossier(facts=[own]), NAMES).state is Basis.DECLARED
    assert documents.research_paper(dossier(facts=[other]), NAMES).state is Basis.ABSENT


def test_result_files_are_results_and_not_data() -> None:
    files = {"scripts/evaluation/results/chronos.csv": ("csv", "data")}
    assert documents.evaluation_results(dossier(files)).state is Basis.VERIFIED
    assert datasets.evaluation_data(dossier(files)).state is Basis.ABSENT


def test_a_heading_without_sources_is_no_data_information() -> None:
    facts = [fact("card.section-words", 60, "README.md", pointer="training-data")]
    found = datasets.data_card(dossier(facts=facts))
    assert found.state is Basis.ABSENT
    assert "not two named sources" in found.reason


def test_a_section_that_names_sources_is_inferred() -> None:
    facts = [fact("card.section-words", 160, "README.md", pointer="training-data")]
    facts += [fact("card.training-data-source", name, "README.md") for name in ("S2ORC", "MS MARCO", "SNLI")]
    assert datasets.data_card(dossier(facts=facts)).state is Basis.INFERRED


def test_named_data_is_declared_withheld_data_withheld() -> None:
    named = dossier(facts=[fact("card.dataset", "ms_marco", "README.md")])
    assert datasets.datasets(named).state is Basis.DECLARED
    kept = dossier(facts=[fact("card.withheld", "data", "README.md", quote="The data will not be released.")])
    assert datasets.datasets(kept).state is Basis.WITHHELD
    assert datasets.datasets(dossier()).state is Basis.ABSENT


def test_data_in_the_release_is_verified() -> None:
    assert datasets.datasets(dossier({"data/train.parquet": ("parquet", "data")})).state is Basis.VERIFIED
