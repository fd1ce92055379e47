"""The pages in a real browser: with and without scripts, narrow, dark, printed, and by the rules of axe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.build.sites import serving

CHROMIUM = shutil.which("chromium")
AXE = Path(__file__).parents[2] / "build" / "axe" / "axe.min.js"
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or not AXE.is_file(), reason="needs chromium, and `make axe`"
)

PATHS = (
    "",
    "systems/",
    "systems/grok-2/",
    "systems/mixtral-8x22b/",
    "doors/chained/",
    "makers/",
    "organisations/openai/",
    "people/elon-musk/",
    "products/grok/",
    "timeline/",
    "arguments/",
    "licences/",
    "licences/Apache-2.0/",
    "licences/compare/?a=Apache-2.0&b=MIT",
    "compare/",
    "compare/?system=grok-1&system=gpt-oss-120b&system=llama-4-scout",
    "instruments/",
    "instruments/mof/",
    "about/",
    "audits/",
    "read/",
    "no-such-page/",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as place:
        yield place


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Any]:
    """Opens a page; whatever it complains of, and whatever it asks of another host, fails the test."""
    contexts, complaints = [], []

    def opened(path: str, *, bypass: bool = False, **options: Any) -> Page:
        context = browser.new_context(bypass_csp=bypass, **options)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith((address, "data:")) else complaints.append(asked.url),
        )
        page.goto(f"{address}/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [text for text in complaints if "404 (Not Found)" not in text] == []


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("scheme", "rules"), [("light", RULES), ("dark", COLOURS)], ids=["light", "dark"])
def test_axe_finds_nothing(visit: Any, path: str, scheme: str, rules: dict[str, Any]) -> None:
    page = visit(path, bypass=True, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    for details in page.query_selector_all("details:not([open])")[:40]:
        details.evaluate("item => item.open = true")
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("rules => axe.run(document, rules)", rules)["violations"]
    told = [
        f"{item['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for item in found
        for node in item["nodes"][:3]
    ]
    assert told == []


def test_axe_would_find_something(visit: Any) -> None:
    page = visit("about/", bypass=True)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input>')")
    page.add_script_tag(path=str(AXE))
    assert [
        item["id"] for item in page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    ] == ["label"]


@pytest.mark.parametrize("path", PATHS)
def test_a_phone_shows_it_without_sideways_scrolling(visit: Any, path: str) -> None:
    page = visit(path, viewport={"width": 360, "height": 740}, color_scheme="light")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("path", PATHS)
def test_without_scripts_the_same_is_there(visit: Any, path: str) -> None:
    with_scripts = visit(path).locator("main").inner_text()
    plain = visit(path, java_script_enabled=False).locator("main").inner_text()
    assert plain.split() == with_scripts.split()


def test_search_as_you_type_and_its_address(visit: Any) -> None:
    page = visit("")
    total = page.locator(".tile:visible").count()
    page.fill("#q", "gròk")
    assert 0 < page.locator(".tile:visible").count() < total
    page.check("input[name=door][value=shut]")
    shown = sorted(page.locator(".tile:visible .name").all_inner_texts())
    assert page.locator("#shown").inner_text() == str(len(shown))
    query = page.url.partition("?")[2]
    assert "door=shut" in query
    plain = visit(f"?{query}", java_script_enabled=False)
    assert sorted(plain.locator(".tile:visible .name").all_inner_texts()) == shown
    again = visit(f"?{query}")
    assert sorted(again.locator(".tile:visible .name").all_inner_texts()) == shown
    again.fill("#q", "")
    again.uncheck("input[name=door][value=shut]")
    assert again.locator(".tile:visible").count() == total


def test_the_form_works_without_scripts(visit: Any) -> None:
    page = visit("", java_script_enabled=False)
    page.fill("#q", "olmo")
    page.click("button:has-text('Show')")
    assert "q=olmo" in page.url
    assert all("olmo" in name.lower() for name in page.locator(".tile:visible .name").all_inner_texts())


def test_a_table_is_sorted_by_its_heads(visit: Any) -> None:
    page = visit("makers/")
    head = page.locator("th:has(button)").nth(6)
    head.locator("button").focus()
    page.keyboard.press("Enter")
    counts = [int(text) for text in page.locator("tbody tr td:nth-child(7)").all_inner_texts()]
    assert counts == sorted(counts)
    assert head.get_attribute("aria-sort") == "ascending"


def test_the_keyboard_reaches_the_page_past_the_menu(visit: Any) -> None:
    page = visit("systems/grok-2/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_nothing_moves_while_a_page_loads(visit: Any) -> None:
    for path in ("", "systems/grok-2/", "timeline/"):
        page = visit(path, viewport={"width": 1280, "height": 900})
        page.wait_for_load_state("networkidle")
        shift = page.evaluate(
            "new Promise(done => { let sum = 0; new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))"
            ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 150); })"
        )
        assert shift < 0.02, path


def test_print_has_no_menu_and_every_detail(visit: Any) -> None:
    page = visit("systems/grok-2/")
    page.emulate_media(media="print")
    assert not page.locator(".top").is_visible()
    assert page.locator(".verdict .criteria").nth(2).is_visible()


def test_an_article_pasted_is_annotated_and_clean_by_axe(visit: Any) -> None:
    page = visit("read/", bypass=True)
    page.fill(
        "#text", "xAI released Grok-1 under the Apache 2.0 licence.\n\nLlama 2 is open source, says Meta."
    )
    page.click("button:has-text('Read it')")
    page.wait_for_selector("mark")
    assert page.locator(".margin").count() >= 1
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    assert [(item["id"], item["nodes"][0]["html"][:200]) for item in found] == []
