"""The page: one file, no request, no script, every string escaped, readable by machine and person."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

import ajar
from ajar.model.report import Report
from ajar.reports import html
from tests.build import hostile
from tests.build.releases import apache_text, write_release

VOID = {"meta", "br", "img", "hr", "link", "input"}


class Page(HTMLParser):
    """Tags with their attributes, and whether they nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.crossed.append(tag)
        else:
            self.open.pop()

    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return ajar.audit(write_release(tmp_path_factory.mktemp("r") / "tiny", licence=apache_text()))


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> str:
    return html.render(ajar.audit(hostile.write(tmp_path_factory.mktemp("r") / "bad")))


def test_every_string_of_a_release_is_escaped(bad: str) -> None:
    page = Page(bad)
    assert not page.names() & {"script", "img", "b", "iframe", "object"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert "&lt;script&gt;" in bad
    assert "\x1b" not in bad
    assert "\u202e" not in bad


def test_tags_nest(good: Report, bad: str) -> None:
    for text in (html.render(good), bad):
        page = Page(text)
        assert (page.open, page.crossed) == ([], [])


def test_the_page_asks_nobody_for_anything(good: Report) -> None:
    text = html.render(good)
    page = Page(text)
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "iframe", "img"} or "src" not in attributes
    assert not re.search(r"url\(\s*['\"]?https?:|@import", text)


def test_it_can_be_read_aloud_and_on_a_phone(good: Report) -> None:
    text = html.render(good)
    page = Page(text)
    attributes = dict(page.tags)
    assert attributes["html"].get("lang") == "en"
    assert any(at.get("name") == "viewport" for tag, at in page.tags if tag == "meta")
    assert {"title", "main", "h1"} <= page.names()
    assert [at.get("role") for tag, at in page.tags if tag == "svg"] == ["img"]
    assert "<title>A door: Open Weights AI</title>" in text
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
    assert sum(tag == "table" for tag, _ in page.tags) == sum(tag == "thead" for tag, _ in page.tags)


CSS = (files("ajar.reports") / "assets" / "report.css").read_text("utf-8")


def test_it_prints_and_knows_the_dark() -> None:
    assert "@media print" in CSS
    assert "prefers-color-scheme: dark" in CSS


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(char * 2 for char in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6})\b", css))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text."""
    light, _, dark = CSS.partition("prefers-color-scheme: dark")
    colours = variables(light) | (variables(dark) if scheme == "dark" else {})
    for ground in ("paper", "panel"):
        for name in colours.keys() - {"paper", "panel", "line"}:
            first, second = sorted((luminance(colours[name]), luminance(colours[ground])), reverse=True)
            assert (first + 0.05) / (second + 0.05) >= 4.5, (name, ground)
