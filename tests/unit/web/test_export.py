"""The site as files: links that resolve, twins, nothing from elsewhere, and the same pages as the server's."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from ajar.catalogue import load
from ajar.errors import UsageError
from ajar.web.app import application
from ajar.web.export import build
from ajar.web.page import Asked
from ajar.web.pages import ROUTES, twin
from ajar.web.site import Features, Site

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    build(Site(address="https://example.org/doors"), place)
    return place


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.followed: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        if tag in {"script", "img", "link"}:
            self.loaded.append(given.get("src") or given.get("href", ""))
        elif "href" in given:
            self.followed.append(given["href"])
        self._in_script = tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.inline.append(data)
        self._in_script = False


def pages(folder: Path) -> dict[str, Links]:
    found = {}
    for path in folder.rglob("index.html"):
        links = Links()
        links.feed(path.read_text("utf-8"))
        place = path.relative_to(folder).parent.as_posix()
        found["/" if place == "." else f"/{place}/"] = links
    return found


def test_every_link_of_every_page_leads_somewhere(folder: Path) -> None:
    found = pages(folder)
    assert len(found) > 350
    missing = set()
    for page, links in found.items():
        for href in (*links.followed, *links.loaded):
            if href.startswith(("https://", "http://")):
                continue
            parts = urlsplit(urljoin(f"http://x{page}", href))
            target = folder / unquote(parts.path).lstrip("/")
            is_page = parts.path.endswith("/")
            there = (target / "index.html" if is_page else target).is_file()
            anchored = not is_page or not parts.fragment or parts.fragment in found[parts.path].ids
            if not there or not anchored:
                missing.add((page, href))
    assert missing == set()


def test_no_page_loads_anything_from_elsewhere_or_holds_code(folder: Path) -> None:
    for page, links in pages(folder).items():
        assert links.inline == [], page
        assert not [href for href in links.loaded if "//" in href], page
        assert len(links.ids) == len(set(links.ids)), page


def test_pages_are_light(folder: Path) -> None:
    heaviest = max(folder.rglob("*.html"), key=lambda path: path.stat().st_size)
    shared = sum(path.stat().st_size for path in (folder / "static").iterdir())
    assert heaviest.stat().st_size + shared < 300_000, heaviest


def test_every_page_has_its_twins(folder: Path) -> None:
    site = Site()
    for route in ROUTES:
        if route.is_static:
            for given in route.arguments(site):
                path = route.pattern.format(**given)
                json.loads((folder / twin(path, "json")).read_text("utf-8"))
                assert (folder / twin(path, "csv")).is_file() == route.has_table, path


def test_titles_say_what_a_page_is(folder: Path) -> None:
    titles = {
        path: re.search(r"<title>(.*?)</title>", path.read_text("utf-8"))[1]
        for path in folder.rglob("index.html")
    }  # type: ignore[index]
    assert len(set(titles.values())) == len(titles)
    assert "Grok-1 by xAI: Open Weights AI · ajar" in titles.values()


def test_the_server_gives_the_same_pages(folder: Path) -> None:
    client = TestClient(application(Site(address="https://example.org/doors", features=Features())))
    for path in (
        "",
        "systems/grok-1/",
        "licences/Apache-2.0/",
        "organisations/openai/",
        "timeline/",
        "doors/open/",
    ):
        assert client.get(f"/{path}").content == (folder / path / "index.html").read_bytes(), path
        assert client.get(f"/{twin(path, 'json')}").content == (folder / twin(path, "json")).read_bytes()
    assert client.get("/badge/grok-1.svg").content == (folder / "badge" / "grok-1.svg").read_bytes()


def test_the_feed_is_one(folder: Path) -> None:
    feed = ET.fromstring((folder / "changes.atom").read_bytes())
    entries = feed.findall(f"{ATOM}entry")
    updated = [entry.find(f"{ATOM}updated").text for entry in entries]  # type: ignore[union-attr]
    assert len(entries) == 60
    assert updated == sorted(updated, reverse=True)  # type: ignore[type-var]
    assert all(
        entry.find(f"{ATOM}link").get("href").startswith("https://example.org/doors/") for entry in entries
    )  # type: ignore[union-attr]
    ids = [entry.find(f"{ATOM}id").text for entry in entries]  # type: ignore[union-attr]
    assert len(set(ids)) == len(ids)


def test_the_page_for_what_is_missing_knows_where_the_site_begins(folder: Path) -> None:
    assert 'href="/doors/static/site.css"' in (folder / "404.html").read_text("utf-8")


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="no site of ajar's"):
        build(Site(), tmp_path)
    with pytest.raises(UsageError, match="a file"):
        build(Site(), tmp_path / "thesis.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_second_build_removes_what_is_gone(folder: Path) -> None:
    old = folder / "systems" / "gone" / "index.html"
    old.parent.mkdir()
    old.write_text("old")
    build(Site(address="https://example.org/doors"), folder)
    assert not old.exists()
    assert (folder / "systems" / "grok-1" / "index.html").is_file()


def test_the_description_of_the_addresses_fits_the_routes() -> None:
    described = set(
        json.loads((Path(__file__).parents[3] / "ajar/web/assets/openapi.json").read_text("utf-8"))["paths"]
    )
    served = {
        f"/{twin(route.pattern, suffix)}"
        for route in ROUTES
        for suffix in ("json", *["csv"] * route.has_table)
    }
    assert described == served | {"/changes.atom", "/badge/{id}.svg", "/audits/{id}.json"}


def test_every_system_is_in_the_first_page() -> None:
    page = ROUTES[0].make(Site(), {}, Asked())
    assert len(json.loads(page.data)["systems"]) == len(load().systems)
