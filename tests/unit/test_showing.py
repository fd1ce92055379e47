import pytest

from ajar.catalogue import load
from ajar.catalogue.lookup import kind_of, look_up, makers_named
from ajar.catalogue.queries import Period, events, given_at, positions, released_by, topics
from ajar.errors import TargetNotFound, UsageError
from ajar.model.catalogue import Access, EventKind, Organisation, Person
from ajar.model.partial_date import PartialDate
from ajar.showing import Wanted, listed, portrait, standing

KNOWN = load()


def party(name: str) -> Organisation | Person:
    found = look_up(KNOWN, name)
    assert isinstance(found, Organisation | Person)
    return found


def period(since: str | None = None, until: str | None = None) -> Period:
    return Period(since=since and PartialDate(since), until=until and PartialDate(until))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "key", "kind"),
    [
        ("grok-1", "grok-1", "system"),
        ("Llama", "llama", "product"),  # an id goes before the names of others
        ("LLaMA 1", "llama-1", "system"),
        ("musk", "elon-musk", "person"),
        ("Twitter", "x-corp", "organisation"),
    ],
)
def test_look_up(name: str, key: str, kind: str) -> None:
    entity = look_up(KNOWN, name)
    assert (entity.id, kind_of(entity)) == (key, kind)


def test_look_up_of_nothing_says_what_is_near() -> None:
    with pytest.raises(TargetNotFound) as error:
        look_up(KNOWN, "Mistol")
    assert error.value.hint == "did you mean: Mistral AI?"
    with pytest.raises(TargetNotFound) as error:
        look_up(KNOWN, "Acme Robotics")
    assert "did you mean" not in error.value.hint


def test_look_up_of_several_names_them() -> None:
    with pytest.raises(UsageError, match=r"Dario Amodei \(person dario-amodei\), Daniela Amodei"):
        look_up(KNOWN, "Amodei")


@pytest.mark.parametrize(
    ("span", "first", "last", "holds"),
    [
        (period(), None, None, True),
        (period("2024"), None, None, False),
        (period("2024"), "2023-12-31", None, False),
        (period("2024"), "2024", None, True),
        (period("2024-06"), "2024", None, True),  # may be so
        (period("2024-06"), "2023", "2024-07", True),
        (period(None, "2024-05"), "2024-06-01", None, False),
        (period(None, "2024-05"), "2024-05-31", None, True),
        (period("2024-01-02", "2024-01-03"), "2024-01-04", None, False),
    ],
)
def test_periods(span: Period, first: str | None, last: str | None, holds: bool) -> None:
    ends = [text and PartialDate(text) for text in (first, last)]
    assert span.holds(*ends) is holds  # type: ignore[arg-type]


def test_events_touch_all_that_they_are_asked_about() -> None:
    both = events(KNOWN, about=[party("musk"), party("openai")], kinds=[EventKind.LAWSUIT])
    assert len(both) > 10
    assert all({"elon-musk", "openai"} <= set(event.parties) for event in both)
    assert [event.date for event in both] == sorted(event.date for event in both)
    federal = events(KNOWN, case="musk-v-openai-federal")
    assert federal[0].date == "2024-08-05"
    assert "time-barred" in next(event for event in federal if event.id == "2026-05-18-verdict").outcome
    assert events(KNOWN, about=[look_up(KNOWN, "grok-1")], period=period("2024"))[0].id == "2024-03-17-grok-1"
    assert len(events(KNOWN, about=[look_up(KNOWN, "grok")])) > 4
    assert events(KNOWN, period=period("2040")) == ()


def test_what_was_only_announced_is_marked() -> None:
    assert [event.date for event in KNOWN.events if event.is_forecast] == ["2026-08-02"]


def test_changes_of_position_lead_back() -> None:
    by_id = {position.id: position for position in KNOWN.positions}
    changes = [position for position in KNOWN.positions if position.change_from]
    assert len(changes) >= 12
    for position in changes:
        assert by_id[position.change_from or ""].date <= position.date
    assert {item.topic for item in positions(KNOWN, topic="open-weights")} == {"open-weights"}
    assert "regulation" in topics(KNOWN)


def test_words_beside_releases() -> None:
    shown = standing(KNOWN, [party("openai")], "", Period())
    doors = {item.system.id: item.door.declared for item in shown.releases}
    assert shown.positions[0].date == "2015-12"
    assert (doors["gpt-3"], doors["gpt-4"], doors["gpt-oss-120b"]) == ("shut", "shut", "ajar")
    musk = standing(KNOWN, [party("musk")], "open-weights", period("2023"))
    assert {item.makers[0] for item in musk.releases} == {"xAI"}
    assert standing(KNOWN, [], "regulation", Period()).releases == ()


def test_a_system_stands_where_its_weights_came() -> None:
    assert given_at(KNOWN.system("grok-2")) == "2025-08-23"
    assert given_at(KNOWN.system("grok-4")) == "2025-07-09"
    dates = [given_at(system) for system in released_by(KNOWN, ["amazon"])]
    assert dates[-1] is None  # undated ones last
    assert dates[0] == "2024-03-13"


@pytest.mark.parametrize(
    ("wanted", "some", "none"),
    [
        (Wanted(doors=frozenset({"wide-open"})), "amber", "grok-1"),
        (Wanted(access=frozenset({Access.GATED})), "llama-2", "gpt-4"),
        (Wanted(modalities=frozenset({"audio"})), "whisper", "grok-1"),
        (Wanted(period=period("2026")), "gpt-5.5", "gpt-5"),
        (Wanted(makers=makers_named(KNOWN, ["grok"])), "grok-4", "gpt-4"),
        (Wanted(), "nova-premier", "no-such"),
        (Wanted(period=period("2026")), "gemma-4", "nova-premier"),  # an unknown date is in no period
    ],
)
def test_listing(wanted: Wanted, some: str, none: str) -> None:
    found = {item.system.id for item in listed(KNOWN, wanted)}
    assert some in found
    assert none not in found


def test_a_person_makes_nothing() -> None:
    with pytest.raises(UsageError, match="a person, not a maker"):
        makers_named(KNOWN, ["Altman"])


def test_portraits() -> None:
    system = portrait(KNOWN, look_up(KNOWN, "deepseek-v3"))
    assert system.report is not None
    assert [item.id for item in system.derived] == ["deepseek-r1"]
    maker = portrait(KNOWN, look_up(KNOWN, "xai"))
    assert maker.report is None
    assert {item.system.id for item in maker.releases} >= {"grok-1", "grok-4.5"}
    assert {person.id for person, _ in maker.people} == {"elon-musk"}
    person = portrait(KNOWN, look_up(KNOWN, "sutskever"))
    assert person.events
    assert person.positions
    assert person.releases == ()


def test_as_of_a_day() -> None:
    then = portrait(KNOWN, look_up(KNOWN, "x"), PartialDate("2022-12"))
    assert then.entity.name == "Twitter"
    assert isinstance(then.entity, Organisation)
    assert [tie.party for tie in then.entity.ties] == ["elon-musk"]
    assert then.events == ()
    musk = portrait(KNOWN, look_up(KNOWN, "musk"), PartialDate("2014")).entity
    assert isinstance(musk, Person)
    assert {role.organisation for role in musk.roles} == {"tesla", "spacex"}
    early = portrait(KNOWN, look_up(KNOWN, "openai"), PartialDate("2020"))
    assert {item.system.id for item in early.releases} == {"gpt-1", "gpt-2", "gpt-3"}
