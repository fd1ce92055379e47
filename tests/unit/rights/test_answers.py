"""A plan held against terms, the duties that a yes depends on, and what a release shows of them."""

from __future__ import annotations

import pytest

from ajar.model.component import LicenceMatch, MatchKind, Scope
from ajar.model.evidence import Location
from ajar.model.terms import Answer, Clause, Facet, Terms
from ajar.rights.answers import answer, overall
from ajar.rights.data_store import licences, store
from ajar.rights.duties import ReleaseFacts, duties
from ajar.rights.facets import terms_of
from ajar.rights.questions import plan_of


def terms(name: str) -> Terms:
    match = LicenceMatch(
        licence=licences()[name],
        match=MatchKind.EXACT,
        location=Location(path="LICENSE", line=1),
        applies_to=(Scope.WEIGHTS,),
        because="test",
        text_present=True,
    )
    return terms_of(match, store().text(name))


def ask(question: str, *names: str) -> dict[str, Answer]:
    return {item.about: item for item in answer(plan_of(question), *(terms(name) for name in names))}


PARTS = [
    ("commercial product", "Apache-2.0", "commercial use", "yes"),
    ("commercial product", "llama1", "commercial use", "no"),
    ("commercial product", "CC-BY-NC-4.0", "commercial use", "no"),
    ("commercial product", "llama2", "commercial use", "conditional"),
    ("commercial product, 2 million users", "llama2", "commercial use", "yes"),
    ("commercial product, 800 million users", "llama2", "commercial use", "no"),
    ("commercial product, $2M revenue", "stability-ai-community", "commercial use", "no"),
    ("commercial product, $500k revenue", "stability-ai-community", "commercial use", "conditional"),
    ("800 million users", "kimi-modified-mit", "800,000,000 monthly users", "conditional"),
    ("2 million users", "kimi-modified-mit", "2,000,000 monthly users", "yes"),
    ("2 million users", "tencent-hunyuan-3d-2.0", "2,000,000 monthly users", "no"),
    ("2 million users", "MIT", "2,000,000 monthly users", "yes"),
    ("use in Germany", "tencent-hunyuan-3d-2.0", "in DE", "no"),
    ("use in Norway", "tencent-hunyuan-3d-2.0", "in NO", "yes"),
    ("use in the UK", "tencent-hunyuan-3d-2.0", "in GB", "no"),
    ("use worldwide", "tencent-hunyuan-3d-2.0", "in WORLD", "conditional"),
    ("use in Germany", "llama4", "in DE", "no"),
    ("use in Germany", "llama3.2", "in DE", "conditional"),
    ("use in Japan", "llama4", "in JP", "yes"),
    ("no EU users", "tencent-hunyuan-3d-2.0", "not in EU", "yes"),
    ("modify", "MIT", "modify", "yes"),
    ("modify", "CC-BY-ND-3.0", "modify", "no"),
    ("modify", "CC-BY-ND-4.0", "modify", "conditional"),
    ("fine-tune", "llama3.1", "fine-tune", "conditional"),
    ("fine-tune", "llama2", "fine-tune", "yes"),
    ("redistribute", "MIT", "redistribute", "yes"),
    ("redistribute", "gemma", "redistribute", "conditional"),
    ("redistribute", "GPL-3.0-only", "redistribute", "conditional"),
    ("sell", "llama1", "sell", "no"),
    ("sell", "Apache-2.0", "sell", "yes"),
    ("host as an API", "stability-ai-nc", "host", "no"),
    ("host as an API", "Elastic-2.0", "host", "no"),
    ("host as an API", "AGPL-3.0-only", "host", "conditional"),
    ("host as an API", "MIT", "host", "yes"),
    ("train on outputs", "llama2", "train-on-outputs", "no"),
    ("train on outputs", "llama3.1", "train-on-outputs", "conditional"),
    ("train on outputs", "gemma", "train-on-outputs", "conditional"),
    ("train on outputs", "OpenMDW-1.0", "train-on-outputs", "yes"),
    ("train on outputs", "exaone-1.1-nc", "train-on-outputs", "no"),
    ("military", "llama3.1", "field: military", "no"),
    ("military", "deepseek-model-1.0", "field: military", "no"),
    ("military", "MIT", "field: military", "yes"),
    ("medical", "creativeml-openrail-m", "field: medical", "no"),
    ("government", "open-aleph-1.0", "field: public-administration", "no"),
    ("academic research", "llama1", "field: research", "yes"),
    ("personal", "CC-BY-NC-4.0", "non-commercial use", "yes"),
]


@pytest.mark.parametrize(("question", "licence", "about", "wanted"), PARTS)
def test_part(question: str, licence: str, about: str, wanted: str) -> None:
    found = ask(question, licence)
    assert found[about].answer == wanted, found


def test_answers_quote_and_point() -> None:
    part = ask("train on outputs", "llama2")["train-on-outputs"]
    assert "improve any other large language model" in part.quote
    assert part.location is not None
    assert part.location.path == "LICENSE"
    assert part.location.line is not None
    assert part.licence == "llama2"


def test_what_a_yes_depends_on() -> None:
    part = ask("fine-tune", "llama3.1")["fine-tune"]
    assert part.must == ("begin the name of a derived model with “Llama”",)
    part = ask("commercial product", "llama2")["commercial use"]
    assert part.must == ("get a licence from the licensor above 700 million monthly active users",)
    part = ask("800 million users", "kimi-modified-mit")["800,000,000 monthly users"]
    assert part.must == ("above 100 million monthly active users display “Kimi K2”",)


def test_the_worst_comes_first_and_the_strictest_licence_decides() -> None:
    found = answer(plan_of("commercial product, Germany, modify"), terms("Apache-2.0"), terms("llama4"))
    assert [item.answer for item in found] == ["no", "conditional", "yes"]
    assert found[0].licence == "llama4"
    assert overall(found) == "no"


def test_no_terms_answer_nothing() -> None:
    found = answer(plan_of("sell"))
    assert {item.answer for item in found} == {"unknown"}
    assert overall(()) == "unknown"


def test_silence_is_no_grant() -> None:
    empty = Terms(licence="x", clauses=(), is_reviewed=False)
    assert {
        item.answer for item in answer(plan_of("sell, modify, Germany, military, train on outputs"), empty)
    } == {"unknown"}


def test_a_grant_in_an_unknown_text_is_not_relied_on() -> None:
    grant = Clause(facet=Facet.MODIFICATION, value="yes", quote="you may modify", line=1)
    assert (
        answer(plan_of("modify"), Terms(licence="x", clauses=(grant,), is_reviewed=False, is_known=False))[
            0
        ].answer
        == "unknown"
    )
    assert (
        answer(plan_of("modify"), Terms(licence="x", clauses=(grant,), is_reviewed=False))[0].answer == "yes"
    )


def states(name: str, facts: ReleaseFacts) -> dict[str, str]:
    return {duty.id: duty.state for duty in duties([terms(name)], facts)}


GOOD = ReleaseFacts(
    name="Llama-3.1-Foo-8B",
    readme="# Llama-3.1-Foo\n\nBuilt with Llama. Fine-tuned from meta-llama/Llama-3.1-8B.",
    files=("LICENSE", "NOTICE", "model.safetensors"),
    has_licence_text=True,
    is_derived=True,
)
BAD = ReleaseFacts(
    name="Foo-8B", readme="# Foo", files=("model.safetensors",), has_licence_text=False, is_derived=True
)


def test_duties_that_a_release_shows() -> None:
    good, bad, blank = states("llama3.1", GOOD), states("llama3.1", BAD), states("llama3.1", ReleaseFacts())
    for name in ("licence-text", "notice-file", "name-prefix", "display"):
        assert (good[name], bad[name], blank[name]) == ("met", "unmet", "unknown"), name
    assert states("Apache-2.0", GOOD)["state-changes"] == "met"
    assert states("Apache-2.0", BAD)["state-changes"] == "unknown"


def test_an_original_needs_no_name_of_its_family() -> None:
    assert states("llama3.1", ReleaseFacts(name="Foo", is_derived=False))["name-prefix"] == "met"


def test_duties_have_words_a_quote_and_a_place() -> None:
    (duty,) = [item for item in duties([terms("llama3.1")]) if item.id == "display"]
    assert duty.what == "display “Built with Llama”"
    assert "prominently display" in duty.quote
    assert duty.location is not None
    assert duties([terms("0BSD")]) == ()
    assert duties([]) == ()


def test_every_duty_reads_well() -> None:
    names = ["llama4", "gemma", "kimi-modified-mit", "tencent-hunyuan-3d-2.0", "exaone-1.1-nc", "AGPL-3.0-only", "stability-ai-community", "OFL-1.1", "BSD-4-Clause"]  # fmt: skip
    found = duties([terms(name) for name in names])
    assert {duty.state for duty in found} == {"unknown"}
    assert all(duty.what and not duty.what.endswith(("with ", "above ", ":")) for duty in found)
    assert {"copyleft-network", "outputs-training", "territory", "ask-licence", "name", "registration"} <= {
        duty.id for duty in found
    }
