import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.catalogue import Catalogue, load, names
from ajar.model.catalogue import System
from ajar.model.partial_date import PartialDate


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ("Twitter", ["x-corp"]),
        ("x corp.", ["x-corp"]),
        ("FACEBOOK", ["meta"]),
        ("clement delangue", ["clement-delangue"]),
        ("gpt 4", ["gpt-4"]),
        ("DALL-E 2", ["dall-e-2"]),
        ("Command R", ["command-r"]),
        ("Command R+", ["command-r-plus"]),
        ("Grok", ["grok"]),
    ],
)
def test_names_are_found_but_for_case_accents_and_hyphens(asked: str, ids: list[str]) -> None:
    found = load().find(asked)
    assert [entity.id for entity in found.exact] == ids
    assert found.one is not None
    assert found.near == ()


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("Mistol", "mistral-ai"),
        ("Mark Andreessen", "marc-andreessen"),
        ("Antropic", "anthropic"),
        ("OpenIA", "openai"),
    ],
)
def test_slips_are_near_and_never_exact(asked: str, first: str) -> None:
    found = load().find(asked)
    assert (found.exact, found.one) == ((), None)
    assert found.near[0].entity.id == first


@pytest.mark.parametrize("asked", ["", "   ", "zzz", "Acme Robotics", "Groq4you", "a" * 10_000])
def test_what_is_not_there_is_not_guessed(asked: str) -> None:
    found = load().find(asked)
    assert (found.exact, found.near) == ((), ())


def test_a_name_of_several_says_so() -> None:
    found = load().find("Amodei")
    assert found.is_ambiguous
    assert {entity.id for entity in found.exact} == {"dario-amodei", "daniela-amodei"}
    assert found.one is None


def test_every_name_leads_to_its_bearer() -> None:
    catalogue = load()
    for entity in catalogue.entities():
        for name in (entity.name, *entity.aliases, entity.id):
            assert entity in catalogue.find(name).exact, name


@given(st.text(max_size=60))
def test_any_text_may_be_asked(asked: str) -> None:
    found = load().find(asked)
    assert not (found.exact and found.near)
    assert len(found.near) <= 5


@given(st.text("abcd", max_size=8), st.text("abcd", max_size=8))
def test_distance_is_a_distance(left: str, right: str) -> None:
    both = names.distance(left, right, 8), names.distance(right, left, 8)
    assert both[0] == both[1]
    assert (both[0] == 0) == (left == right)
    assert names.distance(left, right, 1) in {None, 0, 1}


def test_what_something_was_called() -> None:
    x = load().organisation("x-corp")
    assert x.name_at(PartialDate("2022")) == "Twitter"
    assert x.name_at(PartialDate("2024-03")) == "X"
    assert x.name_at(PartialDate("2023-07")) is None
    assert [item.name for item in x.former_names()] == ["Twitter"]
    assert load().organisation("openai").name_at(PartialDate("2016")) == "OpenAI"


def test_who_owned_what_when() -> None:
    x = load().organisation("x-corp")
    assert [tie.party for tie in x.ties_at(PartialDate("2023"))] == ["elon-musk"]
    assert [tie.party for tie in x.ties_at(PartialDate("2025-06"))] == ["xai"]


def test_roles_by_date() -> None:
    musk = load().person("elon-musk")
    assert {role.kind.value for role in musk.roles_in("openai")} == {"founder", "board"}
    assert "co-chair" in {role.title for role in musk.roles_at(PartialDate("2016"))}
    assert "co-chair" not in {role.title for role in musk.roles_at(PartialDate("2019"))}


def test_dorsey_is_at_twitter_block_and_bluesky_and_not_among_openai_s_founders() -> None:
    catalogue = load()
    assert {role.organisation for role in catalogue.person("jack-dorsey").roles} == {
        "x-corp",
        "block",
        "bluesky",
    }
    founders = next(item for item in catalogue.organisation("openai").rosters if item.heading == "founders")
    assert founders.complete
    assert "jack-dorsey" not in founders.people
    assert "elon-musk" in founders.people


def test_a_key_of_another_kind_is_no_hit() -> None:
    for look in (load().organisation, load().person, load().system):
        with pytest.raises(KeyError):
            look("no-such-id")
    with pytest.raises(KeyError):
        load().person("openai")


def test_line_of_base_models_both_ways() -> None:
    catalogue = load()
    r1 = catalogue.system("deepseek-r1")
    assert [getattr(base, "id", base) for base in catalogue.bases_of(r1)] == ["deepseek-v3"]
    assert r1 in catalogue.derived_from("deepseek-v3")
    falcon = catalogue.bases_of(catalogue.system("falcon-h1r-7b"))
    assert falcon == ("Falcon-H1-7B-Base",)


def test_systems_by_place() -> None:
    found = load().at("XAI-ORG/grok-1")
    assert found is load().at("https://github.com/xai-org/grok-1/")
    assert found is not None
    assert found.id == "grok-1"
    assert load().at("xai-org/none") is None


def test_unknown_stays_unknown() -> None:
    nova = load().system("nova-premier")
    assert nova.date is None
    assert nova.parameter_count is None
    assert load().system("gemma-3n").weights is None


def test_longer_lines_and_those_that_part_and_meet() -> None:
    def system(key: str, *bases: str) -> System:
        return System(id=key, name=key.upper(), makers=(), sources=(), base_models=bases)

    line = Catalogue(
        systems=(system("a"), system("b", "a"), system("c", "A", "elsewhere/x"), system("d", "b", "c"))
    )
    up = [getattr(step, "id", step) for step in line.line_up(line.system("d"))]
    assert up == ["b", "c", "a", "elsewhere/x"]
    assert [step.id for step in line.line_down("a")] == ["b", "c", "d"]
    circle = Catalogue(systems=(system("a", "b"), system("b", "a")))
    assert [getattr(step, "id", step) for step in circle.line_up(circle.system("a"))] == ["b", "a"]


def test_what_openai_was_in_law() -> None:
    openai = load().organisation("openai")
    forms = {
        year: {form.form for form in openai.forms_at(PartialDate(year))} for year in ("2016", "2020", "2026")
    }
    assert forms["2016"] == {"non-profit"}
    assert forms["2020"] == {"non-profit", "capped-profit"}
    assert forms["2026"] == {"non-profit", "public-benefit-corporation"}
