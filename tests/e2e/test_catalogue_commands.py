"""`ajar catalogue`, `show`, `timeline`, `positions` as a user runs them, without a network."""

import csv
import io
import json
from pathlib import Path

import jsonschema_rs
import pytest

from ajar.catalogue import load
from ajar.reports import json_v1
from tests.e2e.test_command_line import ajar

KNOWN = load()


def test_the_data_are_sound() -> None:
    done = ajar("catalogue", "check")
    assert done.returncode == 0, done.stdout
    assert f"{len(KNOWN.systems)} systems" in done.stdout
    assert "nothing amiss" in done.stdout


def test_listing_is_the_default_and_filters_add_up() -> None:
    done = ajar("catalogue", "--maker", "OpenAI", "--door", "ajar", "--since", "2025")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["system", "maker", "date", "weights", "licence", "door"]
    assert [line.split()[0] for line in lines[1:3]] == ["gpt-oss-120b", "gpt-oss-20b"]
    assert "2 systems" in lines[-1]
    assert "no system fits" in ajar("catalogue", "list", "--maker", "Cohere", "--since", "2030").stdout


def test_listing_as_json_csv_and_markdown(tmp_path: Path) -> None:
    systems = json.loads(ajar("catalogue", "list", "--format", "json").stdout)["systems"]
    assert len(systems) == len(KNOWN.systems) >= 118
    assert all(system["sources"] for system in systems)
    assert next(item for item in systems if item["id"] == "nova-premier")["date"] is None
    assert ajar("catalogue", "--format", "csv", "-o", tmp_path / "all.csv").returncode == 0
    assert len(list(csv.reader(io.StringIO((tmp_path / "all.csv").read_text())))) == len(KNOWN.systems) + 1
    assert ajar("catalogue", "--door", "open", "--format", "markdown").stdout.startswith("| system | maker |")
    people = json.loads(ajar("catalogue", "list", "--kind", "people", "--format", "json").stdout)["people"]
    assert {person["id"] for person in people} >= {"elon-musk", "sam-altman", "jack-dorsey", "yann-lecun"}
    assert "mistral-ai" in ajar("catalogue", "list", "--kind", "organisations").stdout


def test_a_system_is_shown_with_doors_facts_and_sources() -> None:
    done = ajar("show", "grok-2")
    assert done.returncode == 0, done.stderr
    for words in (
        "Weights Available AI",
        "MOF 1.0",
        "open since 2025-08-23",
        "✗ overstated: open source",
        "primary https://",
    ):
        assert words in done.stdout
    record = json.loads(ajar("show", "grok-2", "--format", "json").stdout)
    assert record["kind"] == "system"
    assert list(jsonschema_rs.validator_for(json_v1.schema()).iter_errors(record["report"])) == []
    page = ajar("show", "llama-3.1", "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "<script" not in page


def test_people_organisations_products_and_days_past() -> None:
    assert "No source read places him at OpenAI." in ajar("show", "Jack", "Dorsey").stdout
    then = ajar("show", "Twitter", "--at", "2022").stdout
    assert then.startswith("Twitter\n")
    assert "owned by Elon Musk" in then
    assert "xAI since" not in then
    assert "Grok-1: ajar" in ajar("show", "Grok").stdout


def test_what_is_not_there() -> None:
    done = ajar("show", "Mistol")
    assert done.returncode == 3
    assert "did you mean: Mistral AI?" in done.stderr
    assert ajar("show", "Amodei").returncode == 2
    assert ajar("timeline", "--about", "Antropic").returncode == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("catalogue", "--since", "soon"), "--since soon: no date"),
        (("catalogue", "Grok"), "ajar show Grok"),
        (("catalogue", "--modality", "smell"), "one of: "),
        (("catalogue", "--kind", "people", "--door", "ajar"), "takes no other filter"),
        (("catalogue", "--maker", "Altman"), "a person, not a maker"),
        (("show", "openai", "--format", "html"), "is for systems"),
        (("show", "openai", "--at", "x"), "--at x: no date"),
        (("timeline", "--case", "x"), "musk-v-openai-federal"),
        (("positions", "--on", "x"), "open-weights"),
        (("positions", "--party", "grok-1"), "takes no position"),
        (("catalogue", "arguments", "--on", "x"), "privacy"),
    ],
)
def test_mistakes_are_named(arguments: tuple[str, ...], words: str) -> None:
    done = ajar(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_the_dispute_on_a_timeline() -> None:
    done = ajar("timeline", "--about", "musk", "--about", "openai", "--since", "2026-05")
    assert "dismissed as time-barred" in " ".join(done.stdout.split())
    assert "2015" not in done.stdout
    everything = json.loads(ajar("timeline", "--format", "json").stdout)["events"]
    assert len(everything) == len(KNOWN.events) >= 127
    assert all(event["sources"] for event in everything)
    assert "no event fits" in ajar("timeline", "--since", "2040").stdout


def test_positions_with_changes_beside_releases() -> None:
    done = ajar("positions", "--party", "openai")
    assert "↺ Sam Altman, OpenAI, open weights: for." in done.stdout
    assert "made  2020-06-11   GPT-3: shut (hosted only)" in done.stdout
    shown = json.loads(ajar("positions", "--party", "openai", "--format", "json").stdout)
    assert shown["positions"][0]["id"] == "openai-2015-publication"
    assert {item["id"]: item["door"]["declared"] for item in shown["releases"]}["gpt-2"] == "chained"
    rows = list(csv.reader(io.StringIO(ajar("positions", "--on", "regulation", "--format", "csv").stdout)))
    assert rows[0][:2] == ["date", "what"]


def test_arguments_of_both_sides() -> None:
    found = json.loads(ajar("catalogue", "arguments", "--format", "json").stdout)["arguments"]
    assert len(found) == len(KNOWN.arguments) >= 26
    text = ajar("catalogue", "arguments", "--on", "privacy").stdout
    assert "for " in text
    assert "against " in text
