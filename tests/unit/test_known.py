from dataclasses import replace
from html import escape

import pytest

from ajar.catalogue import Catalogue, load
from ajar.known import door_of, licence_of, place_of, report_of
from ajar.model.catalogue import Access, Grade, Grant, Part, Share, Source, System
from ajar.model.component import ComponentKind, Openness
from ajar.model.dossier import by_kind
from ajar.model.evidence import Basis, Gap
from ajar.model.partial_date import PartialDate
from ajar.reports import html, json_v1, terminal

READ = PartialDate("2026-11-01")
DIGEST = Source(url="https://index.example/acme", grade=Grade.DIGEST, read=READ)
PRIMARY = Source(url="https://acme.example/one", grade=Grade.PRIMARY, read=READ)
APACHE = Grant(name="Apache-2.0", id="Apache-2.0")
BARE = System(id="acme-1", name="Acme One", makers=("acme",), sources=(DIGEST, PRIMARY))
OPEN = replace(
    BARE,
    weights=Access.OPEN,
    licence=APACHE,
    code=Part(share=Share.PARTIAL, licence=APACHE),
    data=Part(share=Share.NONE),
)
RELEASED = Part(share=Share.RELEASED, licence=APACHE)
CATALOGUE = Catalogue(systems=(BARE,))


def bounds(system: System) -> tuple[str, str, str]:
    door = report_of(system, CATALOGUE).verdict("g7")
    return door.at_least, door.declared, door.at_most


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        (BARE, ("shut", "shut", "wide-open")),  # nothing known: nothing excluded
        (replace(BARE, weights=Access.API), ("shut", "shut", "shut")),
        (replace(BARE, weights=Access.NONE), ("shut", "shut", "shut")),
        (OPEN, ("shut", "ajar", "ajar")),
        (replace(OPEN, weights=Access.GATED), ("shut", "chained", "chained")),
        (replace(OPEN, licence=Grant(name="Llama 2", id="llama2")), ("shut", "chained", "chained")),
        (replace(OPEN, licence=Grant(name="Terms of our own")), ("shut", "chained", "ajar")),
        (
            replace(OPEN, licence=Grant(name="Ours", limits=("non-commercial",))),
            ("shut", "chained", "chained"),
        ),
        (replace(OPEN, code=RELEASED, data=RELEASED), ("shut", "wide-open", "wide-open")),
        (replace(OPEN, code=RELEASED), ("shut", "ajar", "open")),
    ],
)
def test_doors_follow_from_the_facts(system: System, expected: tuple[str, str, str]) -> None:
    assert bounds(system) == expected


def test_unknown_is_a_gap_and_never_a_no() -> None:
    parts = by_kind(report_of(BARE, CATALOGUE).components)
    assert {part.state for part in parts.values()} == {Basis.UNKNOWN}
    assert all(isinstance(item, Gap) for part in parts.values() for item in part.because)
    none = by_kind(report_of(replace(BARE, data=Part(share=Share.NONE)), CATALOGUE).components)
    assert none[ComponentKind.DATASETS].state is Basis.ABSENT
    assert none[ComponentKind.TRAINING_CODE].state is Basis.UNKNOWN


def test_every_verdict_rests_on_the_best_source() -> None:
    assert place_of(OPEN).path == PRIMARY.url
    report = report_of(OPEN, CATALOGUE)
    assert {item.location.path for item in report.evidence} == {PRIMARY.url}
    weights = by_kind(report.components)[ComponentKind.FINAL_PARAMETERS]
    assert weights.state is Basis.DECLARED
    assert weights.because[0] in report.evidence


def test_hosted_models_are_withheld_and_hosted_only() -> None:
    report = report_of(replace(BARE, weights=Access.API), CATALOGUE)
    assert report.control.hosted_only is True
    assert report.verdict("solaiman").declared == "cloud-api-access"
    assert by_kind(report.components)[ComponentKind.FINAL_PARAMETERS].state is Basis.WITHHELD


@pytest.mark.parametrize(
    ("words", "system", "found"),
    [
        ('"our open-weight models"', OPEN, ["upheld"]),
        ('"now open source" (its chief)', OPEN, ["overstated"]),
        (
            '"open source"; "truly open" (blog)',
            replace(OPEN, code=RELEASED, data=RELEASED),
            ["upheld", "upheld"],
        ),
        ('"will be made open source in about 6 months"', OPEN, []),
        ("hopes to open-source future versions", OPEN, []),
        ('"is not an open model"', replace(BARE, weights=Access.API), []),
        ('"open source"', BARE, ["unproven"]),
        (None, OPEN, []),
    ],
)
def test_what_its_maker_says_is_held_against_the_facts(
    words: str | None, system: System, found: list[str]
) -> None:
    claims = report_of(replace(system, maker_words=words), CATALOGUE).claims
    assert [claim.finding.value for claim in claims] == found
    assert all(claim.because[0] == "by its published facts" for claim in claims)


def test_rights_come_from_the_licence_data() -> None:
    rights = {right.id: right.answer for right in report_of(OPEN, CATALOGUE).rights}
    assert rights["commercial-use"] == "yes"
    limited = replace(OPEN, licence=Grant(name="Command R", id="CC-BY-NC-4.0"))
    rights = {right.id: right.answer for right in report_of(limited, CATALOGUE).rights}
    assert rights["commercial-use"] == "no"


def test_a_licence_that_nobody_knows_has_unknown_terms() -> None:
    assert licence_of(Grant(name="Ours")).openness is Openness.UNKNOWN
    assert licence_of(APACHE).openness is Openness.OPEN_SOURCE


def test_line_of_base_models_bears_the_licence_of_the_base() -> None:
    r1 = report_of(load().system("deepseek-r1"))
    assert [(parent.id, [item.id for item in parent.licences]) for parent in r1.lineage] == [
        ("deepseek-ai/DeepSeek-V3", ["deepseek-model-1.0"])
    ]
    words = report_of(load().system("falcon-h1r-7b"))
    assert [(parent.id, parent.licences) for parent in words.lineage] == [("Falcon-H1-7B-Base", ())]


@pytest.mark.parametrize("system", load().systems, ids=lambda system: system.id)
def test_every_system_of_the_catalogue_is_judged(system: System) -> None:
    report = report_of(system)
    assert len(report.verdicts) == 6
    door = door_of(system)
    assert door.at_least == "shut"  # nothing is proven where nothing was read
    assert report.verdict("g7") == door
    if system.weights is Access.API:
        assert door.at_most == "shut"
    for text in (
        terminal.render(report, verbose=True, explain=True, colour=False, width=80),
        html.render(report),
    ):
        assert escape(system.name) in text or system.name in text
    assert json_v1.to_json(report)["title"] == system.name


@pytest.mark.parametrize(
    ("system", "declared", "at_most"),
    [
        ("grok-1", "ajar", "ajar"),
        ("grok-2", "chained", "chained"),
        ("grok-4", "shut", "shut"),
        ("llama-3.1", "chained", "chained"),
        ("gpt-oss-120b", "ajar", "ajar"),
        ("amber", "wide-open", "wide-open"),
        ("gemma-3n", "shut", "chained"),
    ],
)
def test_doors_of_well_known_systems(system: str, declared: str, at_most: str) -> None:
    door = door_of(load().system(system))
    assert (door.declared, door.at_most) == (declared, at_most)
