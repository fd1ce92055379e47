"""The badge: well-formed, named, and legible without colour."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from ajar.model.judgement import DOOR_LABELS, Door
from ajar.model.report import Report
from ajar.reports import badge
from tests.unit.reports.test_html import luminance

SVG = "{http://www.w3.org/2000/svg}"


def drawn(report: Report) -> ET.Element:
    return ET.fromstring(badge.render([report]))


def with_door(report: Report, door: str, proven: str) -> Report:
    verdicts = tuple(
        replace(item, declared=door, at_least=proven) if item.instrument == "g7" else item
        for item in report.verdicts
    )
    return replace(report, verdicts=verdicts)


@pytest.mark.parametrize("door", list(Door))
def test_every_door_says_its_label(door: Door, good: Report) -> None:
    picture = drawn(with_door(good, door, door))
    assert picture.get("role") == "img"
    named = (picture.get("aria-labelledby") or "").split()
    assert named == [picture.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")]
    words = [item.text for item in picture.iter(f"{SVG}text")]
    assert any(word and word.startswith(DOOR_LABELS[door]) for word in words)
    assert DOOR_LABELS[door] in (picture.find(f"{SVG}title").text or "")


def test_what_is_only_declared_bears_a_mark(good: Report) -> None:
    proven = badge.render([with_door(good, Door.AJAR, Door.AJAR)])
    declared = badge.render([with_door(good, Door.AJAR, Door.CHAINED)])
    assert "Open Weights AI*" not in proven
    assert "Open Weights AI*" in declared
    assert "as declared" in declared


def test_doors_look_different_without_colour(good: Report) -> None:
    shapes = set()
    for door in Door:
        picture = drawn(with_door(good, door, door))
        shapes.add(tuple(item.get("d") for item in picture.iter(f"{SVG}path")))
    assert len(shapes) == len(Door)


def test_white_words_stand_out() -> None:
    for ground in (*badge._GROUNDS.values(), "#333"):
        assert 1.05 / (luminance(ground) + 0.05) >= 4.5


def test_a_hostile_name_is_escaped(bad: Report) -> None:
    text = badge.render([replace(bad, title='</svg><script>alert(1)</script>"&\x1b')])
    assert "<script" not in text
    assert "\x1b" not in text
    ET.fromstring(text)
