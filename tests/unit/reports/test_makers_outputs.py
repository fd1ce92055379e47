"""Makers over time, and the four questions, in every form."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.resources import files

import jsonschema_rs
import pytest

from ajar.makers import landscape, makers_of, questions_of
from ajar.model.landscape import Landscape
from ajar.questions import ask
from ajar.reports import (
    makers_chart,
    makers_data,
    makers_html,
    makers_text,
    questions_data,
    questions_text,
)
from ajar.reports.page import Page
from tests.build.entries import CATALOGUE, FREE, HOSTED, LIMITED, entry

STYLE = re.compile(r"\x1b\[\d*m")


@pytest.fixture(scope="module")
def both() -> Landscape:
    return landscape(makers_of(["giver", "keeper"], CATALOGUE), CATALOGUE)


@pytest.fixture(scope="module")
def hostile(both: Landscape) -> Landscape:
    named = replace(both.makers[0], name="=<b>x</b>\x1b[1m|")
    return replace(both, makers=(named, both.makers[1]))


def valid(name: str, text: str) -> dict:
    schema = (files("ajar.reports") / "schema" / f"ajar-{name}-1.json").read_text("utf-8")
    body = json.loads(text)
    jsonschema_rs.validator_for(json.loads(schema)).validate(body)
    return body


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_text_fits_and_says_the_same_without_colour(both: Landscape, width: int) -> None:
    plain = makers_text.render(both, colour=False, width=width)
    bare = STYLE.sub("", makers_text.render(both, colour=True, width=width))
    assert [line.rstrip() for line in bare.split("\n")] == plain.split("\n")
    assert max(map(len, plain.split("\n"))) <= width


def test_each_release_is_a_letter_with_its_n(both: Landscape) -> None:
    text = makers_text.render(both, colour=False, width=80)
    chart = text.partition("─\n")[2].partition("\n\n")[0].split("\n")
    assert chart[0].split() == ["Giver", "Labs", "A", "C", "A", "·"]
    assert chart[2].split() == ["Keeper", "Inc", "S", "·", "cA", "?"]
    assert chart[3].split() == ["n=1", "n=2", "n=1"]


def test_every_concentration_says_its_n_and_what_is_left_out(both: Landscape) -> None:
    for text in (
        makers_text.render(both, colour=False, width=100),
        makers_html.render(both),
        makers_data.to_markdown(both),
    ):
        flat = " ".join(text.split())
        assert flat.count("(n = ") == 3
        assert flat.count("not a market") == 3
        assert "and 1 of which it is not known" in flat


def test_the_chart_is_well_formed_named_and_drawn_for_every_year(both: Landscape, hostile: Landscape) -> None:
    for found in (both, hostile):
        root = ET.fromstring(makers_chart.svg(found))
        space = "{http://www.w3.org/2000/svg}" if root.tag.startswith("{") else ""
        texts = ["".join(item.itertext()) for item in root.iter(f"{space}text")]
        assert [text for text in texts if text in {"2024", "2025", "2026", "no date"}] == [
            "2024",
            "2025",
            "2026",
            "no date",
        ]
        assert sum(text.startswith("n=") for text in texts) == 6
        titles = [item.text for item in root.iter(f"{space}title")]
        assert "1 shut" in titles
        assert "1 of which no door is known" in titles


def test_bars_of_a_year_sum_to_the_whole(both: Landscape) -> None:
    root = ET.fromstring(makers_chart.svg(both))
    heights: dict[tuple[str, int], float] = {}
    for group in root.iter("g"):
        box = group.find("rect")
        assert box is not None
        row = int(float(box.get("y", "0")) // makers_chart._ROW)
        key = (box.get("x", ""), row)
        heights[key] = heights.get(key, 0) + float(box.get("height", "0"))
    assert len(heights) == 6
    assert {round(total) for total in heights.values()} == {makers_chart._HEIGHT}


def test_the_page_holds_the_figures_of_the_chart_and_escapes_names(hostile: Landscape) -> None:
    page = makers_html.render(hostile)
    assert "<b>x</b>" not in page
    assert "\x1b" not in page
    assert "<figcaption>" in page
    assert page.count("<tr>") >= 1 + 6


def test_data_hold_to_their_schema_and_add_up(both: Landscape) -> None:
    body = valid("makers", makers_data.dumps(both))
    for maker in body["makers"]:
        for tally in (maker["total"], *maker["years"]):
            doors = sum(door["count"] for door in tally["doors"].values())
            assert doors + tally["unknown"] == tally["n"] == len(tally["releases"])
    assert {item["id"] for item in body["concentrations"]} == {"releases", "weights-given-out", "lineage"}


def test_csv_and_markdown(hostile: Landscape) -> None:
    rows = list(csv.reader(io.StringIO(makers_data.to_csv(hostile))))
    assert rows[0][:3] == ["maker", "year", "n"]
    assert all(int(row[2]) == sum(map(int, row[3:])) for row in rows[1:])
    table = [line for line in makers_data.to_markdown(hostile).split("\n") if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1


def test_the_questions_of_a_release_and_of_a_maker() -> None:
    hands = landscape([], CATALOGUE).concentrations
    one = entry(LIMITED)
    text = questions_text.render(one, ask(one.report), hands, Page(width=80, colour=False))
    assert max(map(len, text.split("\n"))) <= 80
    for words in (
        "Privacy.",
        "Security.",
        "Ethics.",
        "Monopoly.",
        "700 million",
        "Giver Labs holds 42% (2.5)",
    ):
        assert words in " ".join(text.split())
    (giver,) = makers_of(["giver"], CATALOGUE)
    asked = questions_of(giver, CATALOGUE)
    titled = [(system.name, answers) for system, answers in asked]
    told = questions_text.render_maker(giver.name, titled, hands, ("giver",), Page(width=80, colour=False))
    assert "n = 3 releases" in told
    assert "yes 1: Limited" in told
    assert "not known 3" in told


def test_the_questions_as_data_hold_to_their_schema() -> None:
    hands = landscape([], CATALOGUE).concentrations
    for system in (FREE, HOSTED):
        one = entry(system)
        rows = [(system.id, system.name, ask(one.report))]
        body = valid("questions", questions_data.dumps(system.id, rows, hands, entry=one))
        assert body["kind"] == "release"
    assert valid("questions", questions_data.dumps("giver", [], hands))["kind"] == "maker"
