import json
from dataclasses import replace
from importlib.resources import files

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar import rights
from ajar.catalogue import Catalogue, load
from ajar.catalogue.check import _unknown, check, check_catalogue
from ajar.catalogue.files import catalogue_of, data_files, decode
from ajar.errors import MalformedError
from ajar.model.catalogue import Ambiguity, Grade, Organisation, OrganisationKind, Source, System
from ajar.model.partial_date import PartialDate
from tools import catalogue_schema

SOURCE = Source(url="https://example.org/a", grade=Grade.PRIMARY, read=PartialDate("2026-11-01"))
MAKER = Organisation(id="acme", name="Acme", kinds=(OrganisationKind.MAKER,), sources=(SOURCE,))
SYSTEM = System(id="acme-1", name="Acme One", makers=("acme",), sources=(SOURCE,))


def is_known(licence: str) -> bool:
    found = rights.resolve(licence)
    return found is not None and found.id == licence


def problems(*systems: System, maker: Organisation = MAKER, **more: object) -> list[str]:
    catalogue = Catalogue(organisations=(maker,), systems=systems, **more)  # type: ignore[arg-type]
    return [str(item) for item in check_catalogue(catalogue, is_known)]


def test_the_shipped_data_hold_together() -> None:
    assert check(is_known) == ()


def test_every_fact_has_a_source_with_date_and_grade() -> None:
    catalogue = load()
    facts = [*catalogue.systems, *catalogue.events, *catalogue.positions, *catalogue.entities()]
    facts += [role for person in catalogue.people for role in person.roles]
    facts += [ground for argument in catalogue.arguments for ground in argument.evidence]
    assert len(facts) > 500
    assert all(fact.sources for fact in facts)


def test_the_published_schema_is_that_of_the_types_and_holds_for_every_file() -> None:
    published = json.loads((files("ajar.catalogue") / "schema" / "catalogue.json").read_text("utf-8"))
    assert published == json.loads(json.dumps(catalogue_schema.schema()))
    validator = jsonschema_rs.validator_for(published)
    for entry in data_files():
        record = json.loads(entry.read_bytes())
        assert [str(error) for error in validator.iter_errors(record)] == [], entry.name
        assert record["$schema"].endswith("schema/catalogue.json")
    assert not validator.is_valid(
        {"systems": [{"id": "a", "name": "A", "makers": [], "sources": [], "wieghts": 1}]}
    )


def test_a_sound_catalogue_has_no_problem() -> None:
    assert problems(SYSTEM) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (replace(SYSTEM, sources=()), "System without a source"),
        (replace(SYSTEM, makers=("nobody",)), "makers 'nobody' names no organisation"),
        (replace(SYSTEM, id="Acme 1"), "is no id"),
        (replace(SYSTEM, name="Acme\u200b One"), "control characters"),
        (replace(SYSTEM, name="Acme\u0301 One"), "not in NFC"),
        (replace(SYSTEM, base_models=("acme-1",)), "comes from itself"),
        (replace(SYSTEM, family="grok"), "family 'grok' names no product"),
        (replace(SYSTEM, sources=(replace(SOURCE, url="javascript:alert(1)"),)), "is no address"),
        (
            replace(SYSTEM, sources=(replace(SOURCE, published=PartialDate("2027")),)),
            "read before it came out",
        ),
    ],
)
def test_what_is_amiss_is_said(broken: System, said: str) -> None:
    assert any(said in problem for problem in problems(broken)), problems(broken)


def test_ids_names_places_and_grades_are_not_shared() -> None:
    assert "acme-1: the id is taken twice" in problems(SYSTEM, SYSTEM)
    other = replace(SYSTEM, id="acme-2", name="Acme Two", hub_repo="acme/one")
    found = problems(replace(SYSTEM, hub_repo="Acme/One"), other)
    assert found == ["acme-2: shares acme/one with acme-1"]
    found = problems(SYSTEM, replace(SYSTEM, id="acme-2", sources=(replace(SOURCE, grade=Grade.PRESS),)))
    assert any("graded in two ways" in item for item in found)
    assert any("not among the ambiguities" in item for item in found)
    marked = (Ambiguity(name="Acme One", text="two"), Ambiguity(name="Other", text="none"))
    found = problems(SYSTEM, replace(SYSTEM, id="acme-2"), ambiguities=marked)
    assert found == ["Other: is marked as ambiguous and is not"]


def test_who_makes_systems_is_a_maker() -> None:
    court = replace(MAKER, kinds=(OrganisationKind.COURT,))
    assert problems(SYSTEM, maker=court) == ["acme-1: acme makes systems and is not said to be a maker"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "x.json"),
        (b'{"systems": [', "truncated"),
        (b'{"systems": [{"id": "a"}]}', "missing required field"),
        (b'{"systems": [{"id": "a", "name": "A", "makers": [], "sources": [], "date": "soon"}]}', "no date"),
        (
            b'{"systems": [{"id": "a", "name": "A", "makers": [], "sources": [], "weights": "ajar"}]}',
            "weights",
        ),
    ],
)
def test_a_file_that_is_none_says_where(data: bytes, said: str) -> None:
    with pytest.raises(MalformedError, match=said):
        decode(data, "x.json")


def test_misspelled_fields_are_seen() -> None:
    raw = {
        "systems": [
            {"id": "a", "name": "A", "makers": ["m"], "sources": [], "wieghts": "open", "code": {"shared": 1}}
        ]
    }
    part = decode(json.dumps(raw).encode(), "x.json")
    assert list(_unknown(raw, part)) == ["$.systems[0].wieghts", "$.systems[0].code.shared"]
    assert catalogue_of(iter([part])).systems[0].id == "a"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_file_or_malformed(data: bytes) -> None:
    try:
        decode(data, "x.json")
    except MalformedError as error:
        assert error.message.startswith("x.json: ")  # noqa: PT017  no error is right, too
