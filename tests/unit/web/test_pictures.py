"""Pictures hold what they should, are well-formed XML, and escape whatever stands in them."""

from xml.etree import ElementTree as ET

import pytest

from ajar.model.judgement import DOORS
from ajar.web.pictures import Bar, Edge, Node, descent, door, icon, sprite, stacked
from tests.build.hostile import ATTACKS

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def test_the_sprite_has_every_door_and_each_use_finds_one() -> None:
    ids = {item.get("id") for item in parsed(sprite()).iter("symbol")}
    assert ids == {f"door-{name}" for name in DOORS}
    for name in DOORS:
        assert parsed(door(name)).find("use").get("href") == f"#door-{name}"  # type: ignore[union-attr]


def test_doors_differ_without_colour() -> None:
    shapes = {icon(name) for name in DOORS}
    assert len(shapes) == len(DOORS)


def test_an_unknown_door_is_an_error() -> None:
    with pytest.raises(ValueError, match="half"):
        door("half")


def test_a_chart_has_each_number_and_no_style() -> None:
    svg = stacked([Bar(name="2024", counts={"shut": 3, "ajar": 12}), Bar(name="2025", counts={})], "Doors")
    texts = [item.text for item in parsed(svg).iter("text")]
    assert texts == ["2024", "3", "12", "15", "2025", "0"]
    assert "style=" not in svg
    assert parsed(stacked([], "Nothing")).get("aria-label") == "Nothing"


def test_a_line_of_descent_draws_boxes_edges_and_counts_the_rest() -> None:
    many = [Node(key=f"n{number}", name=f"child {number}") for number in range(30)]
    edges = [Edge(parent="a", child=node.key) for node in many]
    svg = descent([[Node(key="a", name="base", href="../a/", door="ajar")], many], edges, "Line")
    root = parsed(svg)
    assert len(list(root.iter("rect"))) == 1 + 12
    assert "and 19 more" in svg
    assert root.find("a").get("href") == "../a/"  # type: ignore[union-attr]


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_stands_in_a_picture_is_escaped(attack: str) -> None:
    node = Node(key="a", name=attack, href=attack, note=attack)
    for svg in (
        descent([[node], [Node(key="b", name="b")]], [Edge(parent="a", child="b", words=attack)], attack),
        stacked([Bar(name=attack, counts={"shut": 1})], attack),
    ):
        parsed(svg)
        assert "<script" not in svg
        assert "\x1b" not in svg
        assert "\u202e" not in svg
